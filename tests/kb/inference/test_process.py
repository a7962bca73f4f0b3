"""Models in child processes: streaming, cancelling, crashing and ending, acted and real."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from kb.errors import ModelUnavailable
from kb.inference import ChatPrompt, ChildEncoder, ChildGenerator, Role, Sampling, open_encoder, open_generator
from kb.inference.scripted import Fault, open_scripted_encoder, open_scripted_generator

PROMPT = ChatPrompt("Eres un ayudante.", "Cuenta una historia larga sobre un río, con emojis.")
SHORT = Sampling(max_tokens=12)
LONG = Sampling(max_tokens=400)
Wait = Callable[[Callable[[], bool]], bool]


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def script(body: str) -> subprocess.Popen[str]:
    """Run a Python program that uses the package as a user's process does."""
    lines = (
        "import sys, os, signal",
        "from pathlib import Path",
        "from kb.inference import *",
        "from kb.inference.scripted import *",
        f"PROMPT = ChatPrompt({PROMPT.system!r}, {PROMPT.user!r})",
        body,
    )
    root = Path(__file__).parents[3]
    return subprocess.Popen(
        [sys.executable, "-c", "\n".join(lines)], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def opening(kind: str, request: pytest.FixtureRequest) -> str:
    """The expression that opens a slow acted generator or the real one."""
    if kind == "scripted":
        return "open_scripted_generator(['una palabra tras otra ' * 200], delay=0.02)"
    model, cache = (str(request.getfixturevalue(name)) for name in ("small_model", "tmp_path"))
    return f"open_generator({model!r}, Path({cache!r}), 1)"


def test_nothing_starts_before_the_first_request(generator: ChildGenerator) -> None:
    iterator = generator.generate(PROMPT, SHORT)
    assert generator.process.pids == ()
    next(iterator)
    assert len(generator.process.pids) == 1


def test_greedy_answers_are_the_same_every_time(generator: ChildGenerator) -> None:
    first = list(generator.generate(PROMPT, SHORT))
    assert len(first) > 3
    assert list(generator.generate(PROMPT, SHORT)) == first
    assert generator.usage.tokens == SHORT.max_tokens


def test_pieces_are_whole_characters_and_never_empty(generator: ChildGenerator) -> None:
    pieces = list(generator.generate(PROMPT, Sampling(max_tokens=60)))
    assert all(pieces)
    assert not any("\ufffd" in piece for piece in pieces)


def test_an_answer_ends_before_its_stop_string(generator: ChildGenerator) -> None:
    whole = "".join(generator.generate(PROMPT, Sampling(max_tokens=30)))
    stop = whole[len(whole) // 2 :][:6]
    stopped = "".join(generator.generate(PROMPT, Sampling(max_tokens=30, stop=(stop,))))
    assert stopped == whole.split(stop)[0]


def test_no_tokens_asked_for_gives_no_text(generator: ChildGenerator) -> None:
    assert list(generator.generate(PROMPT, Sampling(max_tokens=0))) == []


def test_cancel_ends_the_answer_at_once_and_the_next_request_works(generator: ChildGenerator) -> None:
    expected = list(generator.generate(PROMPT, SHORT))
    answer = generator.generate(PROMPT, LONG)
    list(islice(answer, 3))
    generator.cancel()
    assert list(answer) == []
    assert list(generator.generate(PROMPT, SHORT)) == expected


def test_cancel_works_from_another_thread_while_the_first_word_is_awaited(
    generator: ChildGenerator, wait_until: Wait
) -> None:
    expected = list(generator.generate(PROMPT, SHORT))
    pieces: list[str] = []
    asked = ChatPrompt("Eres un ayudante.", "Resume este texto: " + "el río baja al mar. " * 150)
    thread = threading.Thread(target=lambda: pieces.extend(generator.generate(asked, LONG)))
    thread.start()
    assert wait_until(lambda: generator.process.busy)
    generator.cancel()
    thread.join(30)
    assert not thread.is_alive()
    assert list(generator.generate(PROMPT, SHORT)) == expected


def test_cancel_does_nothing_when_idle(generator: ChildGenerator) -> None:
    generator.cancel()
    expected = list(generator.generate(PROMPT, SHORT))
    generator.cancel()
    assert list(generator.generate(PROMPT, SHORT)) == expected


def test_leaving_an_answer_early_cancels_it_and_no_stale_word_comes_later(generator: ChildGenerator) -> None:
    expected = list(generator.generate(PROMPT, SHORT))
    for _ in range(3):
        answer = generator.generate(PROMPT, LONG)
        next(answer)
        del answer
        gc.collect()
        assert not generator.process.busy
        assert list(generator.generate(PROMPT, SHORT)) == expected


def test_two_threads_wait_for_each_other(generator: ChildGenerator) -> None:
    expected = list(generator.generate(PROMPT, SHORT))
    answers: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(list(generator.generate(PROMPT, SHORT)))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [expected] * 4


def test_an_answer_nobody_reads_to_its_end_holds_no_other_up(generator: ChildGenerator) -> None:
    abandoned = generator.generate(PROMPT, Sampling(max_tokens=20))
    next(abandoned)
    assert len(list(generator.generate(PROMPT, SHORT))) > 3
    assert len(list(abandoned)) > 3


def test_a_killed_process_is_an_error_and_the_next_request_starts_another(generator: ChildGenerator) -> None:
    expected = list(generator.generate(PROMPT, SHORT))
    answer = generator.generate(PROMPT, LONG)
    next(answer)
    (pid,) = generator.process.pids
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ModelUnavailable) as caught:
        list(answer)
    assert caught.value.params["reason"] == "killed"
    assert caught.value.params["model"] == generator.name
    assert list(generator.generate(PROMPT, SHORT)) == expected
    assert generator.process.pids != (pid,)


def test_a_process_killed_while_idle_is_replaced_without_a_word(generator: ChildGenerator, wait_until: Wait) -> None:
    expected = list(generator.generate(PROMPT, SHORT))
    (pid,) = generator.process.pids
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: generator.process.pids == ())
    assert list(generator.generate(PROMPT, SHORT)) == expected


def test_close_ends_the_process_and_later_requests_say_so(generator: ChildGenerator) -> None:
    answer = generator.generate(PROMPT, LONG)
    next(answer)
    (pid,) = generator.process.pids
    generator.close()
    assert not running(pid)
    for pieces in (answer, generator.generate(PROMPT, SHORT)):
        with pytest.raises(ModelUnavailable) as caught:
            list(pieces)
        assert caught.value.params["reason"] == "closed"


def test_a_forgotten_generator_takes_its_process_along() -> None:
    generator = open_scripted_generator()
    list(generator.generate(PROMPT, SHORT))
    (pid,) = generator.process.pids
    del generator
    gc.collect()
    assert not running(pid)


def test_a_crash_in_native_code_in_the_middle_of_an_answer_is_an_error_and_is_recovered_from() -> None:
    generator = open_scripted_generator(["uno dos tres"], fault=Fault.CRASH, fault_token=2, fault_requests=(1,))
    pieces: list[str] = []
    with pytest.raises(ModelUnavailable) as caught:
        pieces.extend(generator.generate(PROMPT, SHORT))
    assert caught.value.params["reason"] == "crashed"
    assert "".join(generator.generate(PROMPT, SHORT)) == "uno dos tres"
    generator.close()


def test_every_waiting_request_hears_of_a_crash() -> None:
    generator = open_scripted_generator(["uno dos"], delay=0.05, fault=Fault.CRASH, fault_token=1)
    reasons: list[str] = []

    def ask() -> None:
        try:
            list(generator.generate(PROMPT, SHORT))
        except ModelUnavailable as error:
            reasons.append(error.params["reason"])

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert reasons == ["crashed"] * 3
    generator.close()


def test_a_process_that_says_nothing_for_too_long_is_killed() -> None:
    generator = open_scripted_generator(
        ["uno dos"], fault=Fault.HANG, fault_token=1, fault_requests=(1,), hang_after=2
    )
    answer = generator.generate(PROMPT, SHORT)
    assert next(answer) == "uno"
    (pid,) = generator.process.pids
    with pytest.raises(ModelUnavailable) as caught:
        list(answer)
    assert caught.value.params["reason"] == "hung"
    assert "".join(generator.generate(PROMPT, SHORT)) == "uno dos"
    assert not running(pid)
    generator.close()


def test_a_request_that_waits_for_a_long_one_does_not_count_as_hung() -> None:
    generator = open_scripted_generator(["una palabra tras otra"], delay=0.5, hang_after=1.5)
    first = generator.generate(PROMPT, SHORT)
    next(first)
    assert len(list(generator.generate(PROMPT, SHORT))) == 4
    generator.close()


@pytest.mark.parametrize(("fault", "reason"), [(Fault.NO_MEMORY, "no_memory"), (Fault.DAMAGED, "damaged")])
def test_every_failure_carries_its_reason(fault: Fault, reason: str) -> None:
    generator = open_scripted_generator(["uno dos"], fault=fault)
    with pytest.raises(ModelUnavailable) as caught:
        list(generator.generate(PROMPT, SHORT))
    assert caught.value.params["reason"] == reason
    generator.close()


def test_a_model_that_is_not_there_is_an_error_of_the_first_request(tmp_path: Path) -> None:
    for model in ("smollm2-135m", str(tmp_path / "none.gguf")):
        generator = open_generator(model, tmp_path)
        with pytest.raises(ModelUnavailable) as caught:
            list(generator.generate(PROMPT, SHORT))
        assert caught.value.params["reason"] == "missing"
        with pytest.raises(ModelUnavailable):
            open_encoder(model, tmp_path).encode(["a"], Role.QUERY)


@pytest.mark.parametrize("kind", ["scripted", "real"])
def test_a_parent_killed_outright_leaves_no_process_behind(
    kind: str, request: pytest.FixtureRequest, wait_until: Wait
) -> None:
    parent = script(f"""
generator = {opening(kind, request)}
answer = generator.generate(PROMPT, Sampling(max_tokens=1500))
next(answer)
print(*generator.process.pids, flush=True)
for piece in answer: pass
""")
    assert parent.stdout is not None
    assert parent.stderr is not None
    child = int(parent.stdout.readline())
    assert running(child)
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not running(child))
    parent.stdout.close()
    parent.stderr.close()


@pytest.mark.parametrize("kind", ["scripted", "real"])
def test_ctrl_c_cancels_the_answer_and_keeps_the_process(kind: str, request: pytest.FixtureRequest) -> None:
    parent = script(f"""
generator = {opening(kind, request)}
expected = list(generator.generate(PROMPT, Sampling(max_tokens=8)))
(pid,) = generator.process.pids
try:
    for piece in generator.generate(PROMPT, Sampling(max_tokens=1500)):
        os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    pass
assert list(generator.generate(PROMPT, Sampling(max_tokens=8))) == expected
assert generator.process.pids == (pid,)
print("done")
""")
    out, err = parent.communicate(timeout=60)
    assert (out, err, parent.returncode) == ("done\n", "", 0)


def test_a_program_that_just_ends_ends_cleanly_with_a_model_at_work() -> None:
    parent = script("""
generator = open_scripted_generator(["uno dos " * 500], delay=0.01)
answer = generator.generate(PROMPT, Sampling(max_tokens=1500))
next(answer)
print(*generator.process.pids)
""")
    out, err = parent.communicate(timeout=60)
    assert (err, parent.returncode) == ("", 0)
    assert not running(int(out))


def test_the_program_itself_never_imports_a_model_library(
    small_model: Path, embedder_folder: Path, tmp_path: Path
) -> None:
    parent = script(f"""
list(open_generator({str(small_model)!r}, Path({str(tmp_path)!r}), 1).generate(PROMPT, Sampling(max_tokens=2)))
open_encoder({str(embedder_folder)!r}, Path({str(tmp_path)!r})).encode(["hola"], Role.QUERY)
libraries = {{"llama_cpp", "onnxruntime", "tokenizers", "torch", "sentence_transformers", "transformers"}}
print(sorted(libraries & set(sys.modules)))
""")
    out, err = parent.communicate(timeout=120)
    assert (out, err) == ("[]\n", "")


def test_a_model_process_imports_nothing_from_the_folder_it_starts_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    generator = open_scripted_generator(["hola"])
    assert list(generator.generate(PROMPT, SHORT)) == ["hola"]
    generator.close()


def test_a_model_process_may_not_connect_or_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = open_scripted_generator(["hola"])
    list(generator.generate(PROMPT, SHORT))
    (pid,) = generator.process.pids
    environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    generator.close()
    for setting in (b"HF_HUB_OFFLINE=1", b"TRANSFORMERS_OFFLINE=1", b"TOKENIZERS_PARALLELISM=false"):
        assert setting in environment


def test_text_that_is_no_unicode_still_reaches_the_model(generator: ChildGenerator, encoder: ChildEncoder) -> None:
    assert list(generator.generate(ChatPrompt("a\x00b", "c\ud800d"), Sampling(max_tokens=3)))
    assert encoder.encode(["c\ud800d\x00"], Role.QUERY).shape[0] == 1


@pytest.fixture
def crashing_encoder() -> Iterator[ChildEncoder]:
    encoder = open_scripted_encoder(8, fault=Fault.CRASH, fault_requests=(2,))
    yield encoder
    encoder.close()


def test_an_encoder_that_crashes_is_an_error_and_is_recovered_from(crashing_encoder: ChildEncoder) -> None:
    texts = ["hola"] * 40
    with pytest.raises(ModelUnavailable):
        crashing_encoder.encode(texts, Role.PASSAGE)
    assert crashing_encoder.encode(texts, Role.PASSAGE).shape == (40, 8)
