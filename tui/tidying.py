"""When Python looks for garbage in cycles: looking at everything stops every thread, so it waits until nobody types.

All of an app's objects, over a hundred thousand, take as long as may pass between a key and its hits, and Python
would look at them every few seconds of typing; at the young ones, some milliseconds, at every key.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

REST = 1.5
"""Seconds without a key or a click after which a pause of the app is not felt."""

MOMENT = 0.08
"""Seconds after a key by which its hits have been painted, and in which few people press another."""

YOUNG = 700
"""New objects that make a look at the young ones worth it: Python's own threshold
(docs.python.org/3/library/gc.html#gc.set_threshold)."""

DUE = 10
"""Looks at the young ones that make one at all worth it: Python's own threshold, too."""

MOST_YOUNG, LATEST = 20_000, 500
"""New objects, and looks at the young ones, after which no moment or rest is waited for: two keys' worth, and some
minutes of typing without a rest."""


class Tidying:
    """Collects garbage when the app rests; between `begin` and `end` Python itself does so only late.

    A process has one at work at a time. `clock` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used = clock()
        self._is_up = False
        self._before: tuple[int, int, int] = gc.get_threshold()

    def begin(self) -> None:
        """Take over. What there is by now is not looked at again, nor what there is after the first rest."""
        self._before = gc.get_threshold()
        gc.set_threshold(MOST_YOUNG, self._before[1], LATEST)
        gc.freeze()

    def end(self) -> None:
        """Leave it to Python again."""
        gc.unfreeze()
        gc.set_threshold(*self._before)

    def used(self) -> None:
        """Somebody is at the keyboard."""
        self._used = self._clock()

    def look_at_young(self) -> None:
        """Collect young objects if it is due and no key came; to be called a `MOMENT` after each."""
        if gc.get_count()[0] >= YOUNG and self._clock() - self._used >= MOMENT:
            gc.collect(1)

    def look(self) -> None:
        """Collect everything if it is due and the app rests; to be called every now and then."""
        if gc.get_count()[2] < DUE or self._clock() - self._used < REST:
            return
        gc.collect()
        if not self._is_up:
            gc.freeze()  # most of what the app is made of is there by now
            self._is_up = True
