"""Captions that repeat their lines: two-line scrolls, cues that grow word by word, YouTube's held lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.formats.subtitles.shown import Shown


@dataclass(frozen=True, slots=True)
class _Overlap:
    """How many of a cue's first lines the cue before has; the last of these may have `grown` by some words."""

    lines: int
    grown: bool = False


# YouTube holds each finished line for a hundredth of a second before it moves up.
_HELD_SECONDS = 0.05
# Share of cues that must show that captions roll before a line said twice is taken for one shown twice. A transcript
# where people say "Sí." after "Sí.", or where a machine repeats itself, has none of these signs.
_ROLLING_SHARE = 0.1


def without_repeats(cues: Sequence[Shown]) -> tuple[list[Shown], int]:
    """Return cues with each line where it first stands, and how many repeated lines went."""
    signs = sum(_is_sign(before, cue) for before, cue in pairwise(cues))
    rolls = signs > 0 and signs >= _ROLLING_SHARE * len(cues)
    result: list[Shown] = []
    gone = 0
    before = Shown(None, None, ())
    for cue in cues:
        overlap = _overlap(before, cue) if rolls or _is_sign(before, cue) else _Overlap(0)
        gone += overlap.lines
        new = cue.lines[overlap.lines :]
        if overlap.grown and result:
            result[-1] = _longer(result[-1], cue, overlap)
        if new:
            result.append(replace(cue, lines=new))
        before = cue
    return result, gone


def _is_sign(before: Shown, cue: Shown) -> bool:
    """Say whether two cues show that captions roll: a line moves up, grows, is held, or is shown twice at a time."""
    overlap = _overlap(before, cue)
    if not overlap.lines:
        return False
    moved = overlap.lines < len(cue.lines) or len(before.lines) > overlap.lines
    held = min(cue.until - cue.begin, before.until - before.begin) <= _HELD_SECONDS
    return overlap.grown or moved or held or cue.begin < before.until


def _overlap(before: Shown, cue: Shown) -> _Overlap:
    """Return how the first lines of a cue repeat the last ones of the cue before."""
    last = [line.text for line in before.lines]
    lines = [line.text for line in cue.lines]
    for count in range(min(len(last), len(lines)), 0, -1):
        tail, head = last[-count:], lines[:count]
        if tail[:-1] != head[:-1]:
            continue
        if tail[-1] == head[-1]:
            return _Overlap(count)
        touches = cue.begin <= before.until + 0.5
        if touches and head[-1].startswith(tail[-1] + " "):
            return _Overlap(count, grown=True)
    return _Overlap(0)


def _longer(shown: Shown, cue: Shown, overlap: _Overlap) -> Shown:
    """Give a cue's last line the words that it has grown by, and its end."""
    grown = cue.lines[overlap.lines - 1]
    return replace(shown, end=max(shown.until, cue.until), lines=(*shown.lines[:-1], grown))
