"""Models that leave the memory when nothing is asked of them, and what ended those that did not."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from kb.errors import ModelUnavailable
from kb.inference import ChatPrompt, Sampling, worker
from kb.inference.engine import StopFlag
from kb.inference.messages import Alive, Cancel, Generate, Prefill, receive
from kb.inference.scripted import Fault, open_scripted_generator
from kb.inference.worker import Desk, signs_of_life

PROMPT = ChatPrompt("Eres un tutor.", "¿Qué es un río?")
ALL = Sampling()
Wait = Callable[[Callable[[], bool]], bool]


def test_an_idle_model_leaves_the_memory_and_comes_back(wait_until: Wait) -> None:
    generator = open_scripted_generator(["Un río."], idle_after=0.2)
    for _ in range(2):
        assert "".join(generator.generate(PROMPT, ALL)) == "Un río."
        assert wait_until(lambda: generator.process.pids == ())
    generator.close()


def test_a_model_that_was_only_warmed_leaves_too(wait_until: Wait) -> None:
    generator = open_scripted_generator(idle_after=0.2)
    generator.warm()
    assert generator.process.pids
    assert wait_until(lambda: generator.process.pids == ())
    generator.close()


def test_no_answer_is_cut_short_however_long_it_takes() -> None:
    generator = open_scripted_generator(["uno dos tres cuatro cinco"], delay=0.2, idle_after=0.05)
    answer = generator.generate(PROMPT, ALL)
    assert "".join(answer) == "uno dos tres cuatro cinco"
    generator.close()


def test_a_request_never_meets_a_model_that_is_leaving() -> None:
    generator = open_scripted_generator(["Un río."], idle_after=0.001)
    answers: list[str] = []

    def ask() -> None:
        answers.extend("".join(generator.generate(PROMPT, ALL)) for _ in range(6))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == ["Un río."] * 18
    generator.close()


def test_without_a_time_it_stays_and_a_time_of_centuries_is_no_error() -> None:
    for seconds in (0.0, 1e15):
        generator = open_scripted_generator(["Un río."], idle_after=seconds)
        list(generator.generate(PROMPT, ALL))
        pids = generator.process.pids
        list(generator.generate(PROMPT, ALL))
        assert generator.process.pids == pids != ()
        generator.close()


def test_a_closed_model_stays_closed() -> None:
    generator = open_scripted_generator(["Un río."], idle_after=0.05)
    list(generator.generate(PROMPT, ALL))
    generator.close()
    with pytest.raises(ModelUnavailable) as caught:
        list(generator.generate(PROMPT, ALL))
    assert caught.value.params["reason"] == "closed"


@pytest.mark.parametrize(
    ("sent", "reason"), [(signal.SIGKILL, "killed"), (signal.SIGSEGV, "crashed"), (signal.SIGTERM, "crashed")]
)
def test_what_was_killed_from_outside_is_told_from_what_crashed(sent: signal.Signals, reason: str) -> None:
    generator = open_scripted_generator(["uno dos tres"], delay=0.2)
    answer = generator.generate(PROMPT, ALL)
    next(answer)
    (pid,) = generator.process.pids
    os.kill(pid, sent)
    with pytest.raises(ModelUnavailable) as caught:
        list(answer)
    assert caught.value.params["reason"] == reason
    assert caught.value.params["detail"] == f"exit status {-sent}"
    assert "".join(generator.generate(PROMPT, ALL)) == "uno dos tres"
    generator.close()


def test_what_we_end_ourselves_is_not_said_to_be_killed() -> None:
    generator = open_scripted_generator(["uno"], fault=Fault.HANG, fault_requests=[1], hang_after=3.0)
    with pytest.raises(ModelUnavailable) as caught:
        list(generator.generate(PROMPT, ALL))
    assert caught.value.params["reason"] == "hung"
    generator.close()


def test_a_model_that_takes_long_to_load_gives_signs_of_life(
    monkeypatch: pytest.MonkeyPatch, wait_until: Wait
) -> None:
    monkeypatch.setattr(worker, "LIFE_EVERY", 0.01)
    monkeypatch.setattr(worker, "LEAST_WORK", 0.0001)
    replies = io.BytesIO()
    with signs_of_life(replies):
        assert wait_until(lambda: sum(range(100_000)) > 0 and replies.tell() > 0)
    assert receive(io.BytesIO(replies.getvalue())) == Alive()


def test_a_model_that_hangs_while_it_is_loaded_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LIFE_EVERY", 0.01)
    monkeypatch.setattr(worker, "LEAST_WORK", 0.5)
    replies = io.BytesIO()
    with signs_of_life(replies):
        time.sleep(0.2)
    assert replies.getvalue() == b""


def ahead(number: int) -> Prefill:
    return Prefill(number, "Eres un tutor.", "Apuntes:")


def answering(number: int) -> Generate:
    return Generate(number, "Eres un tutor.", "Apuntes: ¿?", 8, 0.0, 0, ())


def test_what_is_read_ahead_gives_way_and_is_not_aborted() -> None:
    stop = StopFlag()
    desk = Desk(stop)
    desk.accept(ahead(1))
    assert desk.begin(ahead(1))
    desk.accept(answering(2))
    assert stop.gives_way
    assert not stop.is_set()
    desk.end()
    assert desk.begin(answering(2))
    assert not stop.gives_way


def test_what_waits_to_be_read_ahead_is_passed_over() -> None:
    desk = Desk(StopFlag())
    for request in (ahead(1), ahead(2), answering(3), ahead(4)):
        desk.accept(request)
    assert [desk.begin(request) for request in (ahead(1), ahead(2), answering(3))] == [False, False, True]
    desk.end()
    assert desk.begin(ahead(4))


def test_an_answer_does_not_give_way() -> None:
    stop = StopFlag()
    desk = Desk(stop)
    desk.accept(answering(1))
    assert desk.begin(answering(1))
    desk.accept(ahead(2))
    desk.accept(answering(3))
    assert not stop.gives_way
    desk.accept(Cancel(1))
    assert stop.is_set()
