"""Transcripts in plain text whose lines say when: as Otter, Teams, Zoom, Meet and YouTube give them for copying.

A time may begin the line of what was said, stand on a line of its own, or follow the speaker's name. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.clean import one_line
from ingest.formats.blocks import Cue

_TIME = r"[\[(]?(?:\d{1,3}:\d{1,2}:\d{1,2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?[\])]?"
_STAMPED = re.compile(
    rf"[ \t]*(?:[-*][ \t]+)?(?:\*\*)?({_TIME})(?:[ \t]*(?:-{{1,2}}>|[-–—])[ \t]*({_TIME}))?(?:\*\*)?"
    r"[ \t]*(?:[-–—|:][ \t]*)?(?=\S|$)(.*)"
)
NAME = r"[A-ZÁÉÍÓÚÑÜ][\w.'’_-]*(?: [\w.'’-]+){0,4}"
_NAMED = re.compile(rf"[ \t]*(?:\*\*)?\[?({NAME})\]?(?:\*\*)?[ \t]*[|,–-]?[ \t]*({_TIME})(?:\*\*)?[ \t]*:?[ \t]*")
_NAMED_INLINE = re.compile(
    rf"[ \t]*(?:\*\*)?({NAME})(?:\*\*)?[ \t]*([\[(]{_TIME}[\])]|\({_TIME}\))[ \t]*:[ \t]+(\S.*)"
)
_TURN = re.compile(rf"(?:\*\*)?({NAME})(?:\*\*)?[ \t]?:(?:\*\*)?[ \t]+(\S.*)")
_ONLY_NAME = re.compile(rf"({NAME})[ \t]*:?")
# YouTube's page says each time twice, the second time for a screen reader.
_SPOKEN_TIME = re.compile(
    r"(?:\d{1,3} (?:horas?|hours?|minutos?|minutes?|segundos?|seconds?)(?:,? (?:y |and )?|$)){1,3}", re.IGNORECASE
)
_NUMBERS = re.compile(r"\d+")
_LEAST_STAMPS = 3
# At most so many lines for each time: times within lines are commoner in notes than times on lines of their own.
_LINES_INLINE, _LINES_APART = 4, 12
_LONGEST_NAME_LINE = 60
_SOME_REPEAT = 1.3


@dataclass(slots=True)
class _Stamp:
    """A time, who it names, and the lines that follow it."""

    start: float
    end: float
    speaker: str
    lines: list[str] = field(default_factory=list)
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Stamped:
    """Lines before the first time, and the cues; no cues when the text is not a timed transcript."""

    before: tuple[str, ...]
    cues: tuple[Cue, ...]


def stamped(text: str) -> Stamped:
    """Read a text whose lines say when they were said; a time that runs backwards is words."""
    lines = [line for line in text.split("\n") if line.strip()]
    before: list[str] = []
    stamps: list[_Stamp] = []
    backwards = 0
    for line in lines:
        stamp = _stamp_of(line)
        late = bool(stamp and stamps and stamp.start < stamps[-1].start)
        backwards += late
        if stamp and not late:
            stamps.append(stamp)
        elif stamps:
            stamps[-1].lines.append(line)
        else:
            before.append(line)
    apart = sum(stamp.apart for stamp in stamps)
    most = _LINES_APART if apart * 2 > len(stamps) else _LINES_INLINE
    if len(stamps) < _LEAST_STAMPS or len(stamps) * most < len(lines) - len(before) or backwards * 20 > len(stamps):
        return Stamped((), ())
    return Stamped(tuple(before), tuple(_cues(stamps)))


def turn_of(line: str) -> tuple[str, str]:
    """Return who a line says speaks ("" when it does not) and the words."""
    match = _TURN.fullmatch(line)
    return (match[1], match[2]) if match else ("", line)


def _stamp_of(line: str) -> _Stamp | None:
    match = _STAMPED.fullmatch(line)
    if match:
        start = _seconds(match[1])
        rest = [match[3]] if match[3].strip() else []
        return _Stamp(start, max(start, _seconds(match[2])) if match[2] else -1.0, "", rest, apart=not rest)
    match = _NAMED.fullmatch(line) if len(line) <= _LONGEST_NAME_LINE else None
    if match:
        return _Stamp(_seconds(match[2]), -1.0, match[1], apart=True)
    match = _NAMED_INLINE.fullmatch(line)
    return _Stamp(_seconds(match[2]), -1.0, match[1], [match[3]]) if match else None


def _seconds(stamp: str) -> float:
    whole, _, fraction = stamp.strip("[]()").replace(",", ".").partition(".")
    numbers = [int(number) for number in _NUMBERS.findall(whole)]
    seconds = sum(number * (1, 60, 3600)[power] for power, number in enumerate(reversed(numbers)))
    return seconds + int((fraction or "0").ljust(3, "0")) / 1000


def _cues(stamps: Sequence[_Stamp]) -> list[Cue]:
    """Return a cue for each time with words, which lasts until the next one unless it says otherwise."""
    names = _names(stamps)
    cues = []
    for number, stamp in enumerate(stamps):
        lines = stamp.lines
        if stamp.apart and lines and _SPOKEN_TIME.fullmatch(lines[0].strip()):
            lines = lines[1:]
        speaker = stamp.speaker
        if not speaker and stamp.apart and len(lines) > 1 and lines[0].strip(" \t:") in names:
            speaker, lines = lines[0].strip(" \t:"), lines[1:]
        words = one_line(" ".join(lines))
        if not speaker:
            speaker, words = turn_of(words)
        following = stamps[number + 1].start if number + 1 < len(stamps) else stamp.start
        if words:
            cues.append(Cue(stamp.start, stamp.end if stamp.end >= 0 else following, speaker, words))
    return cues


def _names(stamps: Sequence[_Stamp]) -> frozenset[str]:
    """Return the names that stand on a line between a time and the words: twice or more, or each time some name."""
    apart = [stamp.lines for stamp in stamps if stamp.apart and stamp.lines]
    firsts = Counter(
        match[1] for lines in apart if len(lines) > 1 and (match := _ONLY_NAME.fullmatch(lines[0].strip()))
    )
    if firsts.total() == len(apart) and len(firsts) * _SOME_REPEAT <= len(apart):
        return frozenset(firsts)
    return frozenset(name for name, times in firsts.items() if times > 1)
