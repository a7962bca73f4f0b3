"""Garbage in cycles is collected when the app rests, and Python's own ways are left as they were."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from tui.tidying import DUE, LATEST, MOMENT, MOST_YOUNG, REST, YOUNG, Tidying


class Ring:
    """An object that only the search for cycles finds to be garbage."""

    def __init__(self) -> None:
        self.itself = self


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tidying(clock: Clock) -> Iterator[Tidying]:
    gc.collect()
    made = Tidying(clock)
    made.begin()
    yield made
    made.end()


def old_garbage() -> weakref.ref[Ring]:
    """Make garbage that Python finds only when it looks at everything, and let it be time for that."""
    ring = Ring()
    seen = weakref.ref(ring)
    for _ in range(DUE):
        gc.collect(1)
    del ring
    gc.collect(1)
    assert seen() is not None
    return seen


def test_garbage_is_collected_once_nobody_has_used_the_app_for_a_moment(tidying: Tidying, clock: Clock) -> None:
    seen = old_garbage()
    clock.seconds = 60.0
    tidying.used()
    clock.seconds += REST / 2
    tidying.look()
    assert seen() is not None
    clock.seconds += REST / 2
    tidying.look()
    assert seen() is None


def test_what_there_is_at_the_first_rest_is_not_looked_at_again_and_what_comes_later_is(
    tidying: Tidying, clock: Clock
) -> None:
    clock.seconds = 60.0
    frozen = gc.get_freeze_count()
    old_garbage()
    tidying.look()
    assert gc.get_freeze_count() > frozen
    frozen = gc.get_freeze_count()
    seen = old_garbage()
    tidying.look()
    assert seen() is None
    assert gc.get_freeze_count() <= frozen


def test_young_garbage_is_collected_a_moment_after_a_key_unless_another_came(tidying: Tidying, clock: Clock) -> None:
    gc.collect()
    ring = Ring()
    seen = weakref.ref(ring)
    del ring
    kept = [[] for _ in range(YOUNG)]
    clock.seconds = 60.0
    tidying.used()
    clock.seconds += MOMENT / 2
    tidying.look_at_young()
    assert seen() is not None
    clock.seconds += MOMENT
    tidying.look_at_young()
    assert seen() is None
    assert len(kept) == YOUNG


def test_nothing_is_looked_for_where_little_can_have_come(tidying: Tidying, clock: Clock) -> None:
    old_garbage()
    clock.seconds = 60.0
    tidying.look()
    collected = gc.get_stats()[2]["collections"]
    tidying.look()
    assert gc.get_stats()[2]["collections"] == collected


def test_typing_without_a_rest_does_not_put_it_off_for_ever_and_the_end_leaves_all_as_before(clock: Clock) -> None:
    before = gc.get_threshold()
    tidying = Tidying(clock)
    tidying.begin()
    try:
        assert gc.get_threshold() == (MOST_YOUNG, before[1], LATEST)
        assert gc.get_freeze_count() > 0
    finally:
        tidying.end()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
