"""From a model's bytes to text that can be shown: whole characters, no thoughts, nothing of a stop string (pure)."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from kb.inference.thoughts import Marks, Thoughts


class TextStream:
    """Takes bytes token by token and gives back the text that is certain.

    A character split over tokens waits until it is whole; text that may be the beginning of a stop string waits
    until it is known not to be one. Bytes that are no UTF-8 become U+FFFD. What stands between marks of `thoughts` at
    the beginning is left out, and no stop string is looked for in it.
    """

    def __init__(self, stops: Sequence[str], thoughts: tuple[Marks, ...] = ()) -> None:
        self.thoughts = Thoughts(thoughts)
        self._stops = tuple(stop for stop in stops if stop)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False

    def feed(self, data: bytes) -> str:
        """Add one token's bytes; return the text that can be shown now. Nothing comes after a stop string."""
        return self._release(self.thoughts.feed(self._decoder.decode(data)))

    def flush(self) -> str:
        """Return what was held back, at the end of the answer."""
        rest = self.thoughts.feed(self._decoder.decode(b"", final=True)) + self.thoughts.flush()
        text = self._release(rest)
        held, self._held = self._held, ""
        return text if self.stopped else text + held

    def _release(self, text: str) -> str:
        """Cut at the first stop string, or hold back what may be the beginning of one."""
        if self.stopped:
            return ""
        text = self._held + text
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        keep = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that is a beginning of `stop`, shorter than `stop`."""
    return next((size for size in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:size])), 0)
