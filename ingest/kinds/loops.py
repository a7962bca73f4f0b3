"""Words that a transcriber's decoder wrote again and again ("y entonces y entonces y entonces…"): all but the first.

A loop is a stretch of words that follows itself many times. People repeat themselves too ("muy, muy, muy"), spell
vectors ("cero, cero, uno, cero") and read refrains, so the fewer its words, the oftener it must come. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

LONGEST_PERIOD = 64
"""Words of the longest stretch that is looked for: more than Whisper writes for its 30 seconds is not a loop."""

# Words that come twice within a stretch are no sign of its length; so many seldom do.
_RUN = 6
# How often a stretch of up to so many words comes before it is a loop and no rhetoric.
_TIMES = ((1, 9), (3, 6), (8, 5), (LONGEST_PERIOD, 4))
_TIMES_OF_NUMBERS = 60
_NUMBER = re.compile(
    r"\d+(?:[.,]\d+)*|cero|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|menos|punto|coma"
    r"|zero|one|two|three|four|five|six|seven|eight|nine|ten|minus|point"
)
_WORD = re.compile(r"\S*\w\S*")
# One token that is a few letters over and over: "jajajajajaja…", "aaaaaaaa…".
_STUTTER = re.compile(r"([^\W\d_]{1,8}?)\1{19,}")
_STUTTERS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Loop:
    """Words `first` to `last` (ordinals over the whole talk, `last` excluded) repeat the `period` words before."""

    first: int
    last: int
    period: int

    @property
    def times(self) -> int:
        """How often the words come, the kept first time included."""
        return (self.last - self.first) // self.period + 1


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the talk: the ordinal of its utterance, its characters there, and its form for comparing."""

    utterance: int
    start: int
    end: int
    form: str


def words_of(texts: Sequence[str]) -> list[Word]:
    """Return the words of the utterances of a talk, in order."""
    return [
        Word(number, match.start(), match.end(), match.group().lower().strip(".,;:!?¡¿…\"'«»“”()[]-–—"))
        for number, text in enumerate(texts)
        for match in _WORD.finditer(text)
    ]


def loops(forms: Sequence[str]) -> tuple[Loop, ...]:
    """Return the loops among the words of a talk, from first to last; they do not overlap.

    Each run of six words tells from how far back it may be repeating; that distance is then checked word by word,
    and no word twice for one distance, so the time grows with the number of words.
    """
    found: list[Loop] = []
    seen: dict[tuple[str, ...], int] = {}
    checked: dict[int, int] = {}
    done = 0
    for at in range(len(forms) - _RUN + 1):
        run = tuple(forms[at : at + _RUN])
        period = at - seen.get(run, -LONGEST_PERIOD - 1)
        seen[run] = at
        if period > LONGEST_PERIOD or at < done or checked.get(period, 0) > at:
            continue
        start, end = at, at
        while start - 1 - period >= done and forms[start - 1] == forms[start - 1 - period]:
            start -= 1
        while end < len(forms) and forms[end] == forms[end - period]:
            end += 1
        checked[period] = end
        times = (end - start) // period + 1
        if start - period >= done and times >= _enough(forms[start - period : start]):
            last = start + (times - 1) * period
            found.append(Loop(start, last, period))
            done = last
    return tuple(found)


def stutters(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the letters that repeat the ones before them twenty times or more within a token."""
    for match in _STUTTER.finditer(text):
        yield match.start() + len(match[1]) * _STUTTERS_KEPT, match.end()


def dropped_spans(loop: Loop, words: Sequence[Word]) -> Iterator[tuple[int, int, int]]:
    """Yield (utterance, start, end) of what a loop repeats: from its first word to the word after it, or to the end.

    `end` is -1 for the end of the utterance.
    """
    for utterance, group in groupby(range(loop.first, loop.last), key=lambda i: words[i].utterance):
        ordinals = list(group)
        after = ordinals[-1] + 1
        follows = after < len(words) and words[after].utterance == utterance
        yield utterance, words[ordinals[0]].start, words[after].start if follows else -1


def _enough(period: Sequence[str]) -> int:
    """Return how often these words must come to be a loop."""
    if all(_NUMBER.fullmatch(form) for form in period):
        return _TIMES_OF_NUMBERS
    return next(times for longest, times in _TIMES if len(period) <= longest)
