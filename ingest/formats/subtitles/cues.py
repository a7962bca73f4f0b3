"""What every timed format has in common: times set right, captions told once, speakers, sounds left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.formats.blocks import Cues, Metadata
from ingest.formats.subtitles.rolling import without_repeats
from ingest.formats.subtitles.shown import Shown
from ingest.formats.subtitles.speakers import in_turns
from ingest.model import Notice

# An end that is missing or before its start is where the next cue starts, where that is no further than this.
_LONGEST_GUESS = 10.0
# Cues of two speakers or tracks may stand a little out of order; a longer jump back is another recording's beginning.
_SMALL_JUMP = 60.0
_SOUND_WORD = (
    r"(?:m[uú]sica|music|aplausos?|applause|risas?|r[ií]e[ns]?|laughter|laughs|laughing|ruidos?|noise|silencio|silence"
    r"|tos|tose|coughs?|coughing|inaudible|ininteligible|unintelligible|crosstalk|blank_audio|sonidos?|sound|suspiros?"
    r"|suspira|sighs?|pitidos?|beep|timbre|murmullos|carraspea|golpes?|foreign|no speech|sin voz)"
)
_SOUND = re.compile(
    rf"[\[(*][ \t]*(?:la |sound of |suena )?{_SOUND_WORD}\b[^\[\]()*\n]{{0,40}}[\])*]"
    r"|[♪♫♬][^♪♫♬\n]{0,300}[♪♫♬]|[♪♫♬]+",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\W_]*")


@dataclass(slots=True)
class _Counts:
    """What was done to a file's cues."""

    mended: int = 0
    sounds: int = 0


def finished(
    shown: Sequence[Shown], metadata: Metadata, notices: tuple[Notice, ...] = (), *, rolls: bool = False
) -> Cues:
    """Return cues in order of time with the speakers that their lines name, and notices of what was changed.

    `rolls`: the captions may repeat lines as they move up the screen, and say them once.
    """
    counts = _Counts()
    timed, told = _in_order(_with_times(shown, counts))
    if rolls:
        timed, repeats = without_repeats(timed)
        told = (*told, *_counted("captions_rolling", repeats))
    cues = [cue for cue in in_turns([_without_sounds(cue, counts) for cue in timed]) if cue.text]
    told = (*_counted("times_repaired", counts.mended), *told, *_counted("sounds_left_out", counts.sounds))
    return Cues(tuple(cues), metadata, (*notices, *told))


def is_sound(text: str) -> bool:
    """Say whether a line holds nothing but a transcriber's note of a sound: [MÚSICA], (risas), ♪ la la ♪."""
    return ("[" in text or "(" in text or "*" in text or "♪" in text or "♫" in text or "♬" in text) and (
        _MARKS.fullmatch(_SOUND.sub(" ", text)) is not None and _SOUND.search(text) is not None
    )


def _with_times(shown: Sequence[Shown], counts: _Counts) -> list[Shown]:
    """Fill in times that are missing, and set right those below zero or backwards."""
    result: list[Shown] = []
    for number, cue in enumerate(shown):
        start = cue.start if cue.start is not None else cue.end if cue.end is not None else 0.0
        floor = max(start, 0.0)
        end = cue.end
        if end is None or end < floor:
            following = shown[number + 1].start if number + 1 < len(shown) else None
            near = following is not None and floor < following <= floor + _LONGEST_GUESS
            end = following if near else floor
        counts.mended += (cue.start, cue.end) != (floor, end)
        result.append(replace(cue, start=floor, end=end))
    return result


def _in_order(cues: list[Shown]) -> tuple[list[Shown], tuple[Notice, ...]]:
    """Sort cues by their start, unless the times begin anew on the way, as in two recordings joined to one file."""
    backwards = [i for i in range(1, len(cues)) if cues[i].begin < cues[i - 1].begin]
    if not backwards:
        return cues, ()
    breaks = [i for i in backwards if cues[i - 1].begin - cues[i].begin > _SMALL_JUMP]
    runs = [cues[start:stop] for start, stop in zip((0, *breaks), (*breaks, len(cues)), strict=True)]
    ranges = sorted((min(cue.begin for cue in run), max(cue.begin for cue in run)) for run in runs)
    if any(before[1] > after[0] for before, after in pairwise(ranges)):
        return cues, _counted("times_restart", len(breaks))
    return sorted(cues, key=lambda cue: cue.begin), _counted("cues_reordered", len(backwards))


def _without_sounds(cue: Shown, counts: _Counts) -> Shown:
    kept = tuple(line for line in cue.lines if not is_sound(line.text))
    counts.sounds += len(cue.lines) - len(kept)
    return cue if len(kept) == len(cue.lines) else replace(cue, lines=kept)


def _counted(code: str, count: int) -> tuple[Notice, ...]:
    return (Notice(code, params=(("count", str(count)),)),) if count else ()
