"""Reading ahead of a question: what is kept of it, what it gives way to, and what stays on the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import ModelUnavailable
from kb.inference import ChatPrompt, ChildGenerator, Sampling, open_generator
from kb.inference.engine import EngineError, StopFlag
from kb.inference.llm import LanguageModel
from kb.inference.messages import (
    Alive,
    Cancelled,
    Finished,
    Generate,
    Judge,
    LoadLanguageModel,
    Piece,
    Prefill,
    Reply,
    Request,
)
from kb.inference.protocol import Choice, Judgement, Preparing
from kb.inference.scripted import Fault, open_scripted_generator

Wait = Callable[[Callable[[], bool]], bool]

SYSTEM = "Eres un tutor. Responde en español, solo con lo que dicen los apuntes y en frases completas. " * 2
NOTES = "Apuntes:\n- LoRA congela los pesos del modelo y entrena dos matrices de rango bajo.\n" * 6
WHOLE = f"{NOTES}\nPregunta: ¿Qué entrena LoRA?"
OTHER = "Apuntes:\n- El río baja de la montaña y llega al mar.\n" * 6
SHORT = Sampling(max_tokens=8)


@pytest.fixture(scope="module")
def stop() -> StopFlag:
    return StopFlag()


@pytest.fixture
def model(small_model: Path, stop: StopFlag, tmp_path: Path) -> LanguageModel:
    stop.clear()
    return opened(small_model, stop, tmp_path)


def opened(path: Path, stop: StopFlag, folder: Path) -> LanguageModel:
    return LanguageModel(LoadLanguageModel(str(path), 1, 2048, prefixes=str(folder / "prefixes")), stop)


def ask(user: str = WHOLE, system: str = SYSTEM) -> Generate:
    return Generate(1, system, user, 8, 0.0, 0, ())


def served(model: LanguageModel, request: Request) -> list[Reply]:
    return [reply for reply in model.run(request) if not isinstance(reply, Alive)]


def end(model: LanguageModel, request: Request) -> Finished:
    last = served(model, request)[-1]
    assert isinstance(last, Finished)
    return last


def text(model: LanguageModel, request: Request) -> str:
    return "".join(reply.text for reply in served(model, request) if isinstance(reply, Piece))


def test_what_was_read_ahead_is_not_read_again(model: LanguageModel) -> None:
    expected = text(model, ask())
    text(model, ask(OTHER, "Otro."))
    ahead = end(model, Prefill(2, SYSTEM, NOTES))
    assert ahead.tokens == 0
    finished = end(model, ask())
    assert finished.reused_tokens >= ahead.prompt_tokens - 2
    assert text(model, ask()) == expected


@pytest.mark.parametrize("cut", [1, 7, 30, 31, 32, 33, 200])
def test_a_beginning_may_end_in_the_middle_of_a_word(model: LanguageModel, cut: int) -> None:
    expected = text(model, ask())
    text(model, ask(OTHER, "Otro."))
    end(model, Prefill(2, SYSTEM, WHOLE[:cut]))
    assert text(model, ask()) == expected


def test_reading_the_same_again_takes_nothing_and_loses_nothing(model: LanguageModel) -> None:
    end(model, ask())
    known = list(model.evaluation.tokens)
    again = list(model.run(Prefill(2, SYSTEM, NOTES)))
    assert again == [Finished(2, again[0].prompt_tokens, again[0].prompt_tokens, 0)]  # type: ignore[union-attr]
    assert model.evaluation.tokens == known


def test_only_a_system_text_can_be_read_ahead_too(model: LanguageModel) -> None:
    ahead = end(model, Prefill(2, SYSTEM, ""))
    assert ahead.prompt_tokens > 20
    assert end(model, ask()).reused_tokens == ahead.prompt_tokens


def test_reading_ahead_serves_a_yes_or_no_about_the_same_notes(model: LanguageModel) -> None:
    ahead = end(model, Prefill(2, SYSTEM, NOTES))
    judged = end(model, Judge(3, SYSTEM, NOTES, ("LoRA congela los pesos.",), "\n¿Sí o no?", ("Sí", "No"), 64))
    assert judged.reused_tokens >= ahead.prompt_tokens - 2


def test_it_gives_way_with_the_batch_that_runs_and_what_it_read_is_used(model: LanguageModel, stop: StopFlag) -> None:
    replies = model.run(Prefill(2, SYSTEM, NOTES * 3))
    assert next(replies) == Alive()
    assert next(replies) == Alive()
    read = len(model.evaluation.tokens)
    stop.give_way()
    assert list(replies) == [Cancelled(2)]
    stop.clear()
    assert 0 < read <= len(model.evaluation.tokens) < len(model.tokens(SYSTEM, NOTES * 3))
    kept = len(model.evaluation.tokens)
    assert end(model, ask(NOTES * 3)).reused_tokens == kept


def test_a_cancelled_one_keeps_what_was_read_before(model: LanguageModel, stop: StopFlag) -> None:
    expected = text(model, ask())
    text(model, ask(OTHER, "Otro."))
    replies = model.run(Prefill(2, SYSTEM, NOTES))
    next(replies)
    next(replies)
    stop.set()
    assert list(replies) == [Cancelled(2)]
    stop.clear()
    finished = end(model, ask())
    assert 0 < finished.reused_tokens < finished.prompt_tokens - 8
    assert text(model, ask()) == expected


def test_a_beginning_that_does_not_fit_is_refused(model: LanguageModel) -> None:
    with pytest.raises(EngineError) as caught:
        served(model, Prefill(2, SYSTEM, NOTES * 60))
    assert caught.value.reason == "prompt_too_long"


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_system_text_is_on_the_disk_for_the_next_run(
    model: LanguageModel, small_model: Path, stop: StopFlag, tmp_path: Path
) -> None:
    first = end(model, ask())
    expected = text(model, ask())
    assert first.reused_tokens == 0
    (path,) = kept(tmp_path)
    again = opened(small_model, stop, tmp_path)
    assert end(again, Prefill(1, SYSTEM, NOTES)).reused_tokens == len(again.frame(SYSTEM)[0])
    assert text(again, ask()) == expected
    assert kept(tmp_path) == [path]


@pytest.mark.parametrize("damage", [b"", b"repaso prefix 1\n" + bytes(5000)])
def test_a_damaged_beginning_is_evaluated_and_kept_anew(
    model: LanguageModel, small_model: Path, stop: StopFlag, tmp_path: Path, damage: bytes
) -> None:
    expected = text(model, ask())
    (path,) = kept(tmp_path)
    good = path.read_bytes()
    path.write_bytes(damage)
    again = opened(small_model, stop, tmp_path)
    assert end(again, ask()).reused_tokens == 0
    assert text(again, ask()) == expected
    assert len(path.read_bytes()) == len(good)


def test_a_state_that_the_library_refuses_is_removed(
    model: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = text(model, ask())
    stable = model.frame(SYSTEM)[0]
    model.prefixes.save(stable, b"no state at all, although its checksum is right" * 40)
    model.evaluation.cut(0)
    assert end(model, ask()).reused_tokens == 0
    assert text(model, ask()) == expected
    model.evaluation.cut(0)
    assert end(model, ask()).reused_tokens == len(stable), "the good state has taken its place"


def test_another_context_has_its_own(small_model: Path, stop: StopFlag, tmp_path: Path) -> None:
    for context in (512, 1024):
        load = LoadLanguageModel(str(small_model), 1, context, prefixes=str(tmp_path))
        assert end(LanguageModel(load, stop), ask()).reused_tokens == 0
    assert len(kept(tmp_path)) == 2


@pytest.fixture(params=["scripted", "real"])
def child(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChildGenerator]:
    if request.param == "scripted":
        opened = open_scripted_generator(["Dos matrices de rango bajo, dice."], delay=0.05)
    else:
        opened = open_generator(str(request.getfixturevalue("small_model")), tmp_path, threads=1)
    yield opened
    opened.close()


def in_thread(child: ChildGenerator, prompt: ChatPrompt, results: list[bool]) -> threading.Thread:
    thread = threading.Thread(target=lambda: results.append(child.prefill(prompt)))
    thread.start()
    return thread


LONG = ChatPrompt(SYSTEM, NOTES * 4)


def test_a_child_reads_ahead_and_the_answer_is_the_same(child: ChildGenerator) -> None:
    assert isinstance(child, Preparing)
    expected = list(child.generate(ChatPrompt(SYSTEM, WHOLE), SHORT))
    list(child.generate(ChatPrompt("", OTHER), SHORT))
    assert child.prefill(ChatPrompt(SYSTEM, NOTES))
    assert list(child.generate(ChatPrompt(SYSTEM, WHOLE), SHORT)) == expected
    assert child.usage.reused_tokens > 0.8 * child.usage.prompt_tokens


def test_an_answer_asked_for_meanwhile_does_not_wait(child: ChildGenerator, wait_until: Wait) -> None:
    expected = list(child.generate(ChatPrompt(SYSTEM, WHOLE), SHORT))
    list(child.generate(ChatPrompt("", OTHER), SHORT))
    results: list[bool] = []
    thread = in_thread(child, LONG, results)
    assert wait_until(lambda: child.process.busy)
    assert list(child.generate(ChatPrompt(SYSTEM, WHOLE), SHORT)) == expected
    thread.join(30)
    assert results == [False]


def test_newer_notes_take_the_place_of_older_ones(child: ChildGenerator, wait_until: Wait) -> None:
    list(child.generate(ChatPrompt("", OTHER), SHORT))
    older: list[bool] = []
    thread = in_thread(child, LONG, older)
    assert wait_until(lambda: child.process.busy)
    assert child.prefill(ChatPrompt(SYSTEM, NOTES))
    thread.join(30)
    assert older == [False]


def test_cancelling_what_is_read_ahead_leaves_an_answer_alone(child: ChildGenerator, wait_until: Wait) -> None:
    expected = list(child.generate(ChatPrompt(SYSTEM, WHOLE), SHORT))
    answer = child.generate(ChatPrompt(SYSTEM, WHOLE), SHORT)
    begun = next(answer)
    child.cancel_prefill()
    assert [begun, *answer] == expected
    list(child.generate(ChatPrompt("", OTHER), SHORT))
    results: list[bool] = []
    thread = in_thread(child, LONG, results)
    assert wait_until(lambda: child.process.busy)
    child.cancel_prefill()
    thread.join(30)
    assert results == [False]
    assert not child.process.busy


def test_cancel_ends_what_is_read_ahead(child: ChildGenerator, wait_until: Wait) -> None:
    results: list[bool] = []
    thread = in_thread(child, LONG, results)
    assert wait_until(lambda: child.process.busy)
    child.cancel()
    thread.join(30)
    assert results == [False]


def test_a_judgement_asked_for_meanwhile_does_not_wait_either(child: ChildGenerator, wait_until: Wait) -> None:
    results: list[bool] = []
    thread = in_thread(child, LONG, results)
    assert wait_until(lambda: child.process.busy)
    judgement = Judgement(SYSTEM, NOTES, ("LoRA congela los pesos.",), "\n¿Sí o no?", Choice("Sí", "No"))
    assert len(list(child.judge(judgement))) == 1
    thread.join(30)
    assert results == [False]


def test_warming_starts_a_process_and_waits_for_nothing(child: ChildGenerator) -> None:
    child.warm()
    (pid,) = child.process.pids
    child.warm()
    assert list(child.generate(ChatPrompt("", "Hola."), SHORT))
    assert child.process.pids == (pid,)


def test_cancelling_while_a_model_is_loaded_ends_the_wait_at_once(child: ChildGenerator) -> None:
    pieces: list[str] = []
    child.warm()
    thread = threading.Thread(target=lambda: pieces.extend(child.generate(LONG, SHORT)))
    thread.start()
    while thread.is_alive() and not child.process.busy:
        pass
    child.cancel()
    thread.join(30)
    assert pieces == []
    assert list(child.generate(ChatPrompt("", "Hola."), SHORT))


def test_warming_raises_nothing_and_what_is_wrong_is_told_by_the_next_request(
    tmp_path: Path, wait_until: Wait
) -> None:
    missing = open_generator("nowhere.gguf", tmp_path)
    missing.warm()
    damaged = open_scripted_generator(fault=Fault.DAMAGED)
    damaged.warm()
    assert wait_until(lambda: damaged.process.pids == ())
    damaged.warm()
    assert damaged.process.pids == (), "what failed to load is not loaded again at every key"
    for generator, reason in ((missing, "missing"), (damaged, "damaged")):
        with pytest.raises(ModelUnavailable) as caught:
            generator.prefill(LONG)
        assert caught.value.params["reason"] == reason
    closed = open_scripted_generator()
    closed.close()
    closed.warm()
    assert closed.process.pids == ()


def test_a_crash_while_reading_ahead_says_so_and_the_answer_comes_from_a_fresh_process() -> None:
    generator = open_scripted_generator(["Sí."], fault=Fault.CRASH, fault_requests=[1])
    with pytest.raises(ModelUnavailable) as caught:
        generator.prefill(LONG)
    assert caught.value.params["reason"] == "crashed"
    assert list(generator.generate(LONG, SHORT)) == ["Sí."]
    generator.close()
