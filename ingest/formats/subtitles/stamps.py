"""Times as subtitles write them: `01:02.5`, `1:02:03,500`, a missing end, a sign that an editor's shift left."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STAMP = re.compile(r"(-?)(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?")
# The arrow as the standards have it, and as word processors and hands change it.
_ARROW = re.compile(r"[ \t]*(?:-{1,3}>|[–—]>|→)[ \t]*")
_SBV = re.compile(r"((?:\d{1,4}:)?\d{1,3}:\d{1,2}(?:\.\d{1,9})?),((?:\d{1,4}:)?\d{1,3}:\d{1,2}(?:\.\d{1,9})?)")
# What is left of a stamp that something spoilt: a digit first, then no more than a stamp's length.
_SPOILT = re.compile(r"-?\d[^ \t]{0,20}|")
_BROKEN = re.compile(r"-?\d[^ \t]{0,20}[ \t]*-->.{0,60}")
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Stamps:
    """A timing line's start and end in seconds; None where the line has none that can be read."""

    start: float | None
    end: float | None


def seconds_of(text: str) -> float | None:
    """Return the seconds that `h:mm:ss.mmm` or `mm:ss` stands for, or None."""
    match = _STAMP.fullmatch(text.strip())
    return _seconds(match) if match else None


def stamps_of(line: str) -> Stamps | None:
    """Return a timing line's stamps, or None when the line is none; at least one of the two is read."""
    if len(line) > _LONGEST_LINE or ":" not in line:
        return None
    line = line.strip()
    if match := _SBV.fullmatch(line):
        return Stamps(seconds_of(match[1]), seconds_of(match[2]))
    arrow = _ARROW.search(line)
    if arrow is None:
        return None
    start, end = seconds_of(line[: arrow.start()]), _STAMP.match(line, arrow.end())
    rest = line[end.end() :] if end else line[arrow.end() :]
    # "x: 00:10 -> 00:20 en el eje" is speech: a timing line begins with its time, or with one that is spoilt.
    if (start is None and (end is None or not _SPOILT.fullmatch(line[: arrow.start()]))) or (
        rest and rest[0].isalnum()
    ):
        return None
    return Stamps(start, _seconds(end) if end else None)


def is_broken(line: str) -> bool:
    """Say whether a line is a timing line of which neither time can be read."""
    return len(line) <= _LONGEST_LINE and _BROKEN.fullmatch(line.strip()) is not None and stamps_of(line) is None


def _seconds(match: re.Match[str]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in match.groups()[1:])
    # Whole thousandths divided once, so that the same stamp gives the same number in every format.
    thousandths = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0")[:3])
    return (-thousandths if match[1] else thousandths) / 1000
