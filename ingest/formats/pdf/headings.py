"""Titles of slides and headings of upright pages, told by the size, weight and place of their type. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.clean import folded, one_line
from ingest.formats.pdf.model import Line

# A title's type is larger than the text's by this much, or bold where the text is not.
_LARGER = 1.15
_HEADING_LARGER = 1.09
_SAME_SIZE = 0.06
# Lines of one title follow each other within so many sizes.
_TITLE_LEADING = 1.7
# Share of a page's height in which its title stands; a cover's may stand lower.
_TOP = 0.4
_COVER = 0.75
_MAX_TITLE_WORDS = 30
_MAX_TITLE_LINES = 4
_MAX_HEADING_WORDS = 20
_MAX_BOLD_WORDS = 12
_LEVELS = 4
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-H]\.)\s+\w.*[^?.:,;]")
_REPEAT_DISTANCE = 0.4


@dataclass(frozen=True, slots=True)
class TitlePlace:
    """Where the titles of a deck stand and how large they are, in points; sizes of 0 where they have no place."""

    size: float = 0.0
    top: float = 0.0


def body_size(pages: Iterable[Sequence[Line]], is_deck: bool = False) -> float:
    """Return the size of type in which most letters are set, in points; of a deck, what may be titles aside."""
    letters: Counter[float] = Counter()
    for lines in pages:
        titles = _largest_few(lines) if is_deck else frozenset[int]()
        for line in lines:
            if id(line) not in titles:
                letters[round(line.size * 2) / 2] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _largest_few(lines: Sequence[Line]) -> frozenset[int]:
    """Return the `id` of a page's largest lines, where they are few and not all there are."""
    largest = max((line.size for line in lines), default=0.0)
    found = frozenset(id(line) for line in lines if _is_size(line, largest))
    return found if len(found) <= _MAX_TITLE_LINES and len(found) < len(lines) else frozenset()


def without_doubles(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines without those drawn twice in one place, for a shadow or to look bold."""
    kept: list[Line] = []
    places: dict[str, list[Line]] = {}
    for line in lines:
        same = places.setdefault(line.text, [])
        reach = _REPEAT_DISTANCE * line.size
        if any(abs(other.x0 - line.x0) <= reach and abs(other.y - line.y) <= reach for other in same[-8:]):
            continue
        same.append(line)
        kept.append(line)
    return tuple(kept)


def title_place(pages: Sequence[tuple[float, Sequence[Line]]], body: float) -> TitlePlace:
    """Return the place that most pages' topmost large lines share; `pages` are heights and lines."""
    places: Counter[tuple[float, int]] = Counter()
    for height, lines in pages:
        first = min((line for line in lines if line.size >= _LARGER * body), key=lambda line: line.y, default=None)
        if first is not None and first.y < _TOP * height:
            places[(round(first.size * 2) / 2, round(first.y / 4))] += 1
    if not places:
        return TitlePlace()
    (size, top), times = places.most_common(1)[0]
    return TitlePlace(size, top * 4.0) if times >= 2 else TitlePlace()


def titled(
    lines: Sequence[Line], height: float, body: float, place: TitlePlace, outline: Sequence[str] = ()
) -> tuple[str, tuple[Line, ...]]:
    """Part a page's title from its other lines; "" where none stands out. `outline` are its bookmarks' names."""
    for candidates in (
        _at_place(lines, place),
        _in_outline(lines, height, outline),
        _largest(lines, height, body),
        _bold(lines, height, body),
    ):
        title = one_line(" ".join(line.text for line in candidates))
        if candidates and len(title.split()) <= _MAX_TITLE_WORDS and any(char.isalnum() for char in title):
            gone = set(map(id, candidates))
            return title, tuple(line for line in lines if id(line) not in gone)
    return "", tuple(lines)


def _at_place(lines: Sequence[Line], place: TitlePlace) -> list[Line]:
    if not place.size:
        return []
    reach = 2.2 * place.size
    near = [line for line in lines if _is_size(line, place.size) and abs(line.y - place.top) <= reach]
    return _with_next(lines, min(near, key=lambda line: line.y)) if near else []


def _in_outline(lines: Sequence[Line], height: float, outline: Sequence[str]) -> list[Line]:
    names = {folded(one_line(name)) for name in outline}
    top = [line for line in lines if line.y < _TOP * height] if names else []
    for first in top:
        taken: list[Line] = []
        for line in _with_next(lines, first):
            taken.append(line)
            if folded(one_line(" ".join(each.text for each in taken))) in names:
                return taken
    return []


def _largest(lines: Sequence[Line], height: float, body: float) -> list[Line]:
    """Return the page's largest lines, if they are larger than the text and than all above them, and not too low."""
    worded = [line for line in lines if any(char.isalpha() for char in line.text)]
    if not worded:
        return []
    size = max(line.size for line in worded)
    first = min((line for line in worded if _is_size(line, size)), key=lambda line: line.y)
    smaller = [line.size for line in worded if not _is_size(line, size)]
    others = max(smaller, default=body)
    is_larger = size >= _LARGER * body and (size >= 1.08 * others)
    return _with_next(lines, first) if is_larger and first.y < _COVER * height else []


def _bold(lines: Sequence[Line], height: float, body: float) -> list[Line]:
    """Return the topmost line if it is bold, not smaller than the text, and the next one is not."""
    rest = sorted(lines, key=lambda line: line.y)
    if len(rest) < 2 or not rest[0].bold or rest[0].size < 0.98 * body or rest[0].y > _TOP * height:
        return []
    plain = sum(not line.bold for line in rest[1:])
    return [rest[0]] if plain * 2 > len(rest) - 1 and len(rest[0].cells) == 1 else []


def _with_next(lines: Sequence[Line], first: Line) -> list[Line]:
    """Return a line and those of its size that follow right under it."""
    taken = [first]
    for line in sorted(lines, key=lambda line: line.y):
        down = line.y - taken[-1].y
        if line is first or down <= 0.2 * first.size or len(taken) >= _MAX_TITLE_LINES:
            continue
        if not _is_size(line, first.size) or line.bold != first.bold or down > _TITLE_LEADING * first.size:
            break
        taken.append(line)
    return taken


def _is_size(line: Line, size: float) -> bool:
    return abs(line.size - size) <= _SAME_SIZE * size


def heading_sizes(pages: Iterable[Sequence[Line]], body: float) -> tuple[float, ...]:
    """Return the sizes of type of headings, the largest first, those within a few per cent as one."""
    sizes = sorted({line.size for lines in pages for line in lines if _is_heading(line, body)}, reverse=True)
    found: list[float] = []
    for size in sizes:
        if not found or size < found[-1] * (1 - _SAME_SIZE):
            found.append(size)
    return tuple(found[:_LEVELS])


def heading_levels(
    lines: Sequence[Line], body: float, sizes: Sequence[float], outline: Mapping[str, int]
) -> dict[int, int]:
    """Return the level (1 is the highest) of each line, by its index, that is a heading of an upright page.

    `outline` has the level of each bookmark's folded name: a line of the text's size is a heading only if it is bold
    and has a bookmark or a section's number.
    """
    levels: dict[int, int] = {}
    for i, line in enumerate(lines):
        if _is_heading(line, body):
            level = next((n for n, size in enumerate(sizes, start=1) if line.size >= size * (1 - _SAME_SIZE)), 0)
            levels[i] = level or len(sizes)
        elif _is_bold_heading(line, body) and (folded(line.text) in outline or _NUMBERED.fullmatch(line.text)):
            levels[i] = min(len(sizes) + 1, 6)
    return levels


def _is_bold_heading(line: Line, body: float) -> bool:
    return line.bold and line.size >= 0.97 * body and len(line.words) <= _MAX_BOLD_WORDS


def _is_heading(line: Line, body: float) -> bool:
    words = line.text.split()
    return (
        line.size >= _HEADING_LARGER * body
        and len(words) <= _MAX_HEADING_WORDS
        and sum(char.isalpha() for char in line.text) >= 3
        and not line.fixed
    )
