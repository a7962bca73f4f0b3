"""Where sentences begin and end in lecture text: prose, Markdown lists, code, and speech without punctuation."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_SENTENCE = 60
"""Words after which unpunctuated speech is cut, so that a quote stays readable."""

_FENCE = re.compile(r"^[ \t]*(```|~~~)", re.MULTILINE)
_LINE_OWN = re.compile(r"[ \t]*(?:[-*+•∘○o■–]|\d{1,3}[.)]|[a-z]\)|#{1,6}|\||>)[ \t]")
# Starting only at the first mark of a run keeps a line of dots linear; the mark comes first, which is quick to find.
_END = re.compile(r"[.!?…](?<![.!?…]{2})[.!?…]*[\"'»”’)\]*_]*(?=\s)")
_OPENING = re.compile(r"[\s\"'«“‘(\[*_¿¡-]*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-ZÁÉÍÓÚÑ]|sr|sra|srta|dr|dra|prof|ing|lic|etc|ej|p|pp|pág|págs|fig|figs|eq|ec|ecs|vs|al|cap|vol|núm"
    r"|no|approx|aprox|i\.e|e\.g|cf|ed|eds|ee|uu|s)\.)$",
    re.IGNORECASE,
)
_ITEM_NUMBER = re.compile(r"\s*\d{1,3}")
_WORD = re.compile(r"\S+")
_BREATH = re.compile(r"[,;:][\"'»”)]*\s")


class Span(NamedTuple):
    """A sentence's place in a text: `text[start:end]`, without the white space around it."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the sentence itself."""
        return text[self.start : self.end]


def split(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text in order; list items, headings and code blocks stand alone.

    Every character that is not white space belongs to exactly one sentence.
    """
    return tuple(spans(text))


def spans(text: str) -> Iterator[Span]:
    """Yield what `split` returns, each sentence as it is found."""
    for start, end, whole in _blocks(text):
        for first, last in [(start, end)] if whole else _prose(text, start, end):
            piece = text[first:last].rstrip()
            if piece:
                yield Span(first + len(piece) - len(piece.lstrip()), first + len(piece))


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, is_code) stretches: fenced code whole, prose by paragraph or by list line."""
    fences = [match.start() for match in _FENCE.finditer(text)]
    at = 0
    for opening, closing in zip(fences[::2], fences[1::2], strict=False):
        yield from ((start, end, False) for start, end in _paragraphs(text, at, opening))
        line_end = text.find("\n", closing)
        at = len(text) if line_end < 0 else line_end
        yield opening, at, True
    yield from ((start, end, False) for start, end in _paragraphs(text, at, len(text)))


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield stretches that are read on their own: split at blank lines and before every list item or heading."""
    begin = at = start
    heading = False
    while at < end:
        newline = text.find("\n", at, end)
        stop = end if newline < 0 else newline + 1
        line = text[at:stop]
        alone = bool(_LINE_OWN.match(line))
        if at > begin and (alone or heading or not line.strip()):
            yield begin, at
            begin = at
        heading = line.lstrip().startswith(("#", "|"))
        at = stop
    if begin < end:
        yield begin, end


def _prose(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _END.finditer(text, start, end):
        after = _OPENING.match(text, match.end(), end)
        follower = text[after.end() : after.end() + 1] if after else ""
        is_full_stop = match.group().startswith(".") and not match.group().startswith("..")
        if is_full_stop and (
            follower.islower() or _ABBREVIATION.search(text[max(begin, match.start() - 8) : match.start() + 1])
        ):
            continue
        if _ITEM_NUMBER.fullmatch(text, begin, match.start()):
            continue  # the marker of a numbered item is not a sentence
        yield from _readable(text, begin, match.end())
        begin = match.end()
    if begin < end:
        yield from _readable(text, begin, end)


def _readable(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a run of more than LONGEST_SENTENCE words, at a comma in its second half where there is one."""
    if len(text[start:end].split()) <= LONGEST_SENTENCE:
        yield start, end
        return
    words = [match.start() for match in _WORD.finditer(text, start, end)]
    first = 0
    while len(words) - first > LONGEST_SENTENCE:
        limit = words[first + LONGEST_SENTENCE]
        middle = words[first + LONGEST_SENTENCE // 2]
        breaths = [match.end() for match in _BREATH.finditer(text, middle, limit)]
        cut = breaths[-1] if breaths else limit
        yield start, cut
        first = bisect_left(words, cut, first)
        start = cut
    yield start, end
