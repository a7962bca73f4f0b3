"""When Python looks for garbage in cycles: looking at everything stops every thread, so it waits until nobody types.

What is young is looked at as ever; that takes a millisecond or two. All of an app's objects, over a hundred thousand,
take as long as may pass between a key and its hits, and without this it happens every few seconds of typing.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

REST = 1.5
"""Seconds without a key or a click after which a pause of the app is not felt."""

DUE = 10
"""Collections of the middle generation that make one of the oldest worth it: Python's own threshold
(docs.python.org/3/library/gc.html#gc.set_threshold)."""

LATEST = 500
"""As many of them after which it is no longer waited for: some minutes of typing without a rest."""


class Tidying:
    """Collects the oldest generation when the app rests; between `begin` and `end` Python itself does so only late.

    A process has one at work at a time. `clock` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used = clock()
        self._before: tuple[int, int, int] = gc.get_threshold()

    def begin(self) -> None:
        """Take over. What has been imported by now stays, and is not looked at again."""
        self._before = gc.get_threshold()
        gc.set_threshold(*self._before[:2], LATEST)
        gc.freeze()

    def end(self) -> None:
        """Leave it to Python again."""
        gc.unfreeze()
        gc.set_threshold(*self._before)

    def used(self) -> None:
        """Somebody is at the keyboard."""
        self._used = self._clock()

    def look(self) -> None:
        """Collect, if it is due and the app rests; to be called every now and then."""
        if gc.get_count()[2] >= DUE and self._clock() - self._used >= REST:
            gc.collect()
