"""The part of a passage that shows why it was found. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile
from math import fsum

from ingest.model import Reading
from kb import sentences
from kb.search.language import stems
from kb.search.lookout import Lookout, Sighting

LENGTH = 240
"""Characters of a snippet: three lines of a terminal."""

_LEAD = 60
_MORE = "…"


def snippet(
    text: str, weights: Mapping[str, float], lookout: Lookout, readings: Sequence[Reading] = ()
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return about LENGTH characters around the best matches of the weighted terms, and the (start, end) of each.

    The lookout sees these terms.

    It starts at a sentence, unless the sentence is so long that its matches would lie outside. White space is
    single; an ellipsis stands where the text was cut. A stretch that a reading of the text tells to be other words
    matches as a whole by any of them.
    """
    glued = [
        Sighting(reading.start, reading.end, stem)
        for reading in readings
        for stem in stems(reading.text)
        if stem in weights
    ]
    start = _best_start(text, sorted((*lookout.seen(text), *glued)), weights)
    cut = _cut(text, start)
    return cut, _highlights(cut, lookout, {" ".join(text[match.start : match.end].split()) for match in glued})


def _best_start(text: str, found: list[Sighting], weights: Mapping[str, float]) -> int:
    """Return where the window with the heaviest distinct matches starts; of equals, the nearest."""
    last = found[-1].start if found else 0  # nothing to show begins after it
    starts = [span.start for span in takewhile(lambda one: one.start <= last, sentences.spans(text))] or [0]
    candidates = set(starts)
    for match in found:
        sentence = starts[max(0, bisect_right(starts, match.start) - 1)]
        if match.end - sentence > LENGTH:
            candidates.add(_word_before(text, max(sentence, match.start - _LEAD)))
    places = [match.start for match in found]

    def worth(start: int) -> tuple[float, int, int]:
        inside = found[bisect_left(places, start) : bisect_right(places, start + LENGTH)]
        held = [match for match in inside if match.end <= start + LENGTH]
        gap = held[0].start - start if held else LENGTH
        return fsum(weights[stem] for stem in {match.term for match in held}), len(held), -gap

    return max(sorted(candidates), key=worth) if found else starts[0]


def _word_before(text: str, at: int) -> int:
    while at > 0 and not text[at - 1].isspace():
        at -= 1
    return at


def _cut(text: str, start: int) -> str:
    """Return the window as one line, ended at a word."""
    head = text[:start].rstrip()
    whole = " ".join(text[start:].split())
    body = whole
    if len(whole) > LENGTH:
        body = whole[: LENGTH + 1].rsplit(" ", 1)[0][:LENGTH].rstrip() + _MORE
    begins_within = bool(head) and head[-1] not in ".!?…:;\"»”')]*|" and "\n" not in text[len(head) : start]
    return _MORE + body if begins_within else body


def _highlights(cut: str, lookout: Lookout, glued: Collection[str]) -> tuple[tuple[int, int], ...]:
    found = [(word.start, word.end) for word in lookout.seen(cut)]
    for written in glued:
        found += [match.span() for match in re.finditer(rf"(?<!\w){re.escape(written)}(?!\w)", cut)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return tuple(apart)
