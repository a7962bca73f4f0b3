"""Documents become passages: stretches of one section, long enough to make sense and short enough to cite. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise, zip_longest

from ingest.model import Document, Locator, Mark, Reading, Section
from kb import sentences
from kb.model import Passage

SHORTEST = 120
LONGEST = 220
"""Words of a passage, where its section has as many: what a small embedder reads whole (256 to 512 tokens)."""

LONGEST_BLOCK = 330
"""A code block or a table of up to this many words stays in one piece."""

NOTES_GAP = "\n\n"
"""A section's notes count as following its text after a blank line: offsets of passages from notes start there."""

_LETTERS_A_WORD = 12
"""Unspaced runs (addresses, formulas, Chinese) count as one word for every so many characters."""

# What a cut costs by where it falls, against 1.0 for a passage whose length misses the wanted one by all of it.
_AFTER_PARAGRAPH, _AFTER_SENTENCE, _WITHIN_SENTENCE, _WITHIN_BLOCK = 0.0, 0.5, 3.0, 4.0
_SPEAKER_BONUS = 0.4
_TOO_SHORT = 2.0
_TOO_LONG = 50.0

_BLOCK = re.compile(
    r"^[ \t]*(?P<fence>```|~~~)[^\n]*\n.*?(?:^[ \t]*(?P=fence)[^\n]*(?:\n|\Z)|\Z)|(?:^[ \t]*\|[^\n]*(?:\n|\Z)){2,}",
    re.MULTILINE | re.DOTALL,
)
_GAP = re.compile(r"\s*")
_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

_MANY_PIECES, _WORDS_OF_PIECE = 2000, 8
"""Of more pieces than this, short ones are taken together up to so many words: fewer places to choose cuts from."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that is not cut: it ends at `end`, holds `words`, and a cut after it costs `cost`."""

    end: int
    words: int
    cost: float


def identity(*parts: str) -> str:
    """Return the id of what these parts name: 16 hex characters of BLAKE2b, the same on every machine."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def context(course: str, session: str, title: str, heading: str) -> str:
    """Return the line that says where a passage belongs: course > session > document > section, repeats left out.

    It is indexed and embedded with the passage (so a question's stem finds every part of its answer), never shown.
    """
    return " > ".join(dict.fromkeys(part for part in (course, session, title, heading) if part))


def passages(document_id: str, document: Document) -> tuple[Passage, ...]:
    """Return a document's passages in order. A passage never crosses a section, nor its text and its notes."""
    seen: Counter[str] = Counter()
    made: list[Passage] = []
    for number, section in enumerate(document.sections):
        for start, end in section_spans(section):
            text = full_text(section)[start:end]
            normal = _normal(text)
            seen[normal] += 1
            made.append(
                Passage(
                    id=identity(document_id, normal, str(seen[normal])),
                    document=document_id,
                    section=number,
                    ordinal=len(made),
                    heading=section.title,
                    locator=_locator(section, start, end),
                    speaker=_speaker(section, start, end),
                    start=start,
                    end=end,
                    text=text,
                    readings=_readings(section, start, end),
                )
            )
    return tuple(made)


def full_text(section: Section) -> str:
    """Return a section's text with its notes after it, as the offsets of its passages count."""
    return f"{section.text}{NOTES_GAP}{section.notes}" if section.notes else section.text


def as_read(text: str, readings: Sequence[Reading]) -> str:
    """Return the text with what its readings (in order, apart from each other) say in place of what is written."""
    pieces, at = [], 0
    for reading in readings:
        pieces += [text[at : reading.start], reading.text]
        at = reading.end
    return "".join((*pieces, text[at:]))


def section_spans(section: Section) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of a section's passages in its full text, without the white space around them."""
    changes = [mark.offset for before, mark in pairwise(section.marks) if before.speaker != mark.speaker]
    places = [(0, cuts(section.text, changes))]
    if section.notes:
        places.append((len(section.text) + len(NOTES_GAP), cuts(section.notes)))
    text = full_text(section)
    for offset, ends in places:
        for start, end in pairwise((0, *ends)):
            piece = text[offset + start : offset + end]
            if piece.strip():
                left = len(piece) - len(piece.lstrip())
                yield offset + start + left, offset + start + len(piece.rstrip())


def cuts(text: str, changes: Sequence[int] = ()) -> tuple[int, ...]:
    """Return where the text's passages end; every character belongs to exactly one of them.

    The cheapest set of cuts by dynamic programming, as Knuth and Plass break paragraphs into lines (Software:
    Practice and Experience 11, 1981): lengths near the middle of SHORTEST to LONGEST, cuts after paragraphs rather
    than sentences, and where the speaker changes (`changes`, offsets) rather than elsewhere.
    """
    pieces = list(_pieces(text, sorted(set(changes))))
    if len(pieces) > _MANY_PIECES:
        pieces = list(_joined(pieces))
    best = [0.0]
    previous = [0]
    for end in range(1, len(pieces) + 1):
        words, cheapest, at = 0, float("inf"), end - 1
        for start in range(end - 1, -1, -1):
            words += pieces[start].words
            if words > LONGEST and start < end - 1:
                break
            cost = best[start] + _length_cost(words)
            if cost < cheapest:
                cheapest, at = cost, start
        best.append(cheapest + (pieces[end - 1].cost if end < len(pieces) else 0.0))
        previous.append(at)
    ends: list[int] = []
    at = len(pieces)
    while at:
        ends.append(pieces[at - 1].end)
        at = previous[at]
    return tuple(reversed(ends))


def _joined(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Join short pieces to those that follow, unless a cut between them would be the better one."""
    words = 0
    for piece, following in zip_longest(pieces, pieces[1:]):
        words += piece.words
        if following is None or words >= _WORDS_OF_PIECE or piece.cost < following.cost:
            yield _Piece(piece.end, words, piece.cost)
            words = 0


def _length_cost(words: int) -> float:
    """Return what a passage of so many words costs: least in the middle of the range, much outside it."""
    middle = (SHORTEST + LONGEST) / 2
    cost = abs(words - middle) / middle
    if words < SHORTEST:
        return cost + _TOO_SHORT
    return cost + (_TOO_LONG if words > LONGEST_BLOCK else 0.0)


def _pieces(text: str, changes: Sequence[int]) -> Iterator[_Piece]:
    """Yield what is kept whole: sentences, code blocks, tables; cut further where the speaker changes."""
    speaker = set(changes)
    start = 0
    waiting = list(changes)
    for end, cost in _stretches(text):
        while waiting and waiting[0] <= end:
            change = waiting.pop(0)
            if start < change < end:
                yield _Piece(change, _words(text[start:change]), _AFTER_SENTENCE - _SPEAKER_BONUS)
                start = change
        if end > start:
            yield _Piece(end, _words(text[start:end]), cost - _SPEAKER_BONUS if end in speaker else cost)
            start = end


def _stretches(text: str) -> Iterator[tuple[int, float]]:
    """Yield (end, cost of a cut there) over the whole text, each end past the white space that follows."""
    at = 0
    for block in _BLOCK.finditer(text):
        yield from _prose(text, at, block.start())
        end = _past_gap(text, block.end())
        if _words(block.group()) > LONGEST_BLOCK:
            yield from _lines(text, block.start(), block.end())
        yield end, _AFTER_PARAGRAPH
        at = end
    yield from _prose(text, at, len(text))


def _lines(text: str, start: int, stop: int) -> Iterator[tuple[int, float]]:
    """Yield the ends of a long block's lines, short ones taken together."""
    begin, words = start, 0
    for line in _LINE.finditer(text, start, stop):
        words += _words(line.group())
        if words >= _WORDS_OF_PIECE or line.end() == stop:
            yield from _sized(text, begin, line.end(), _WITHIN_BLOCK)
            begin, words = line.end(), 0


def _prose(text: str, start: int, stop: int) -> Iterator[tuple[int, float]]:
    if start >= stop:
        return
    ends = [start + span.end for span in sentences.split(text[start:stop])] or [stop]
    begin = start
    for end in ends:
        after = min(_past_gap(text, end), stop)
        last = end == ends[-1]
        after = stop if last else after
        paragraph = last or "\n\n" in text[end:after] or "\n\r\n" in text[end:after]
        finished = text[end - 1 : end] in ".!?…:;\"»”')]*" or "\n" in text[end:after]
        cost = _AFTER_PARAGRAPH if paragraph else _AFTER_SENTENCE if finished else _WITHIN_SENTENCE
        yield from _sized(text, begin, after, cost)
        begin = after


def _sized(text: str, start: int, end: int, cost: float) -> Iterator[tuple[int, float]]:
    """Yield the end of a stretch, after cutting what is too long for one passage, at a space where there is one."""
    places = [match.span() for match in _WORD.finditer(text, start, end)]
    left = sum(_weight(stop - begin) for begin, stop in places)
    at = 0
    while left > LONGEST:
        begin, taken = places[at][0], 0
        while at < len(places) - 1 and taken + _weight(places[at][1] - places[at][0]) <= SHORTEST:
            taken += _weight(places[at][1] - places[at][0])
            at += 1
        cut = places[at][0]
        if not taken:  # one unbroken run
            cut = begin + SHORTEST * _LETTERS_A_WORD
            stop = places[at][1]
            taken = _weight(stop - begin) - _weight(stop - cut)
            places[at] = (cut, stop)
        left -= taken
        yield cut, _WITHIN_SENTENCE
    yield end, cost


def _words(text: str) -> int:
    return sum(map(_weight, map(len, text.split())))


def _weight(letters: int) -> int:
    """Return how many words an unbroken run of so many letters (at least one) counts as."""
    return 1 + (letters - 1) // _LETTERS_A_WORD


def _past_gap(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _normal(text: str) -> str:
    """Return the text as identity sees it: case, white space and the writing of accents do not count."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _covering(section: Section, start: int, end: int) -> Iterable[tuple[Mark, int]]:
    """Yield the marks that the stretch comes from, with how many of its characters each covers."""
    stops = [mark.offset for mark in section.marks[1:]] + [len(full_text(section))]
    for mark, stop in zip(section.marks, stops, strict=False):
        covered = min(end, stop) - max(start, mark.offset)
        if covered > 0:
            yield mark, covered


def _locator(section: Section, start: int, end: int) -> Locator:
    covering = [mark.locator for mark, _ in _covering(section, start, end)]
    if not covering or start >= len(section.text):
        return section.locator
    place = covering[0]
    for locator in covering[1:]:
        if locator.type is place.type:
            place = place.joined(locator)
    return place


def _readings(section: Section, start: int, end: int) -> tuple[Reading, ...]:
    """Return the readings that lie within a stretch of a section's text, counted from its start; of overlapping ones
    the first."""
    kept: list[Reading] = []
    for reading in sorted(section.readings, key=lambda one: (one.start, one.end)):
        begin, stop = reading.start - start, reading.end - start
        after = kept[-1].end if kept else 0
        if after <= begin < stop <= min(end, len(section.text)) - start:
            kept.append(Reading(begin, stop, reading.text))
    return tuple(kept)


def _speaker(section: Section, start: int, end: int) -> str:
    shares: Counter[str] = Counter()
    for mark, covered in _covering(section, start, end):
        shares[mark.speaker] += covered
    return shares.most_common(1)[0][0] if shares else ""
