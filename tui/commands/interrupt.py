"""Ctrl-C during long work: the first ends it after the item at hand, the second at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_between_items(announce: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Within the block, the first SIGINT makes the yielded function true; the next raises KeyboardInterrupt."""
    stopped = False

    def handle(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 (the signal module's signature)
        nonlocal stopped
        if stopped:
            raise KeyboardInterrupt
        stopped = True
        announce()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield lambda: stopped
    finally:
        signal.signal(signal.SIGINT, before)
