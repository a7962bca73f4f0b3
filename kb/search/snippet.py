"""The part of a passage that shows why it was found. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from kb import sentences
from kb.search.language import Word, word_stems, words

LENGTH = 240
"""Characters of a snippet: three lines of a terminal."""

_LEAD = 60
_MORE = "…"


def snippet(text: str, weights: Mapping[str, float]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return about LENGTH characters around the best matches of the weighted stems, and the (start, end) of each.

    It starts at a sentence, unless the sentence is so long that its matches would lie outside. White space is
    single; an ellipsis stands where the text was cut.
    """
    found = [(word, stem) for word in words(text) for stem in word_stems(word) if stem in weights]
    start = _best_start(text, found, weights)
    cut = _cut(text, start)
    return cut, _highlights(cut, weights)


def _best_start(text: str, found: list[tuple[Word, str]], weights: Mapping[str, float]) -> int:
    """Return where the window with the heaviest distinct matches starts; of equals, the nearest."""
    starts = [span.start for span in sentences.split(text)] or [0]
    candidates = set(starts)
    for word, _ in found:
        sentence = starts[max(0, bisect_right(starts, word.start) - 1)]
        if word.end - sentence > LENGTH:
            candidates.add(_word_before(text, max(sentence, word.start - _LEAD)))
    places = [word.start for word, _ in found]

    def worth(start: int) -> tuple[float, int, int]:
        inside = found[bisect_left(places, start) : bisect_right(places, start + LENGTH)]
        held = [(word, stem) for word, stem in inside if word.end <= start + LENGTH]
        gap = held[0][0].start - start if held else LENGTH
        return sum(weights[stem] for stem in {stem for _, stem in held}), len(held), -gap

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


def _highlights(cut: str, weights: Mapping[str, float]) -> tuple[tuple[int, int], ...]:
    return tuple((word.start, word.end) for word in words(cut) if any(stem in weights for stem in word_stems(word)))
