"""What stands on the screen while a subtitle plays, before it becomes words of somebody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cue and the voice that a tag gives it, "" for none."""

    text: str
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines that stand on the screen from `start` to `end` (seconds); None where the file does not say.

    `confidence` and `silence` are those of a `Cue`.
    """

    start: float | None
    end: float | None
    lines: tuple[Line, ...]
    confidence: float = 1.0
    silence: float = 0.0

    @property
    def begin(self) -> float:
        """The start, 0 where there is none."""
        return self.start or 0.0

    @property
    def until(self) -> float:
        """The end, the start where there is none."""
        return self.begin if self.end is None else self.end
