"""What a student is told of slides that only lead up to the next one. Pure."""

from __future__ import annotations

from ingest.model import Notice


def steps_notice(first: int, last: int, kept: int) -> Notice:
    """Return the notice that slides `first` to `last` are steps of an animation that `kept` shows whole."""
    if first == last:
        return Notice("slide_step", str(first), (("slide", str(first)), ("kept", str(kept))))
    return Notice("slide_steps", str(first), (("first", str(first)), ("last", str(last)), ("kept", str(kept))))
