from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.screens.latest import LatestOnly


def test_one_job_runs_at_a_time_and_the_newest_request_is_next() -> None:
    launched: list[int] = []
    jobs = LatestOnly(launched.append)
    for request in (1, 2, 3):
        jobs.ask(request)
    assert launched == [1]
    jobs.done()
    assert launched == [1, 3]
    jobs.done()
    assert launched == [1, 3]


def test_a_forgotten_request_never_runs() -> None:
    launched: list[int] = []
    jobs = LatestOnly(launched.append)
    jobs.ask(1)
    jobs.ask(2)
    jobs.forget()
    jobs.done()
    assert launched == [1]
    jobs.ask(3)
    assert launched == [1, 3]


@given(st.lists(st.sampled_from(["ask", "done"])))
def test_never_two_at_once_and_the_last_request_always_runs(steps: list[str]) -> None:
    launched: list[int] = []
    jobs = LatestOnly(launched.append)
    asked = ended = 0
    for step in steps:
        if step == "ask":
            asked += 1
            jobs.ask(asked)
        elif len(launched) > ended:
            ended += 1
            jobs.done()
        assert len(launched) - ended in (0, 1)
    while len(launched) > ended:
        ended += 1
        jobs.done()
    assert launched == sorted(set(launched))
    assert launched[-1:] == ([asked] if asked else [])
