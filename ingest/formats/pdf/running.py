"""Headers, footers and page numbers: what pages repeat at their edges. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from statistics import median

from ingest.clean import folded
from ingest.formats.pdf.model import Line

_NUMBER = re.compile(
    r"(p[áa]g(?:ina|e)?\.?\s*)?[-–—|]?\s*(\d{1,4})\s*[-–—|]?(\s*(?:/|de|of|sur)\s*\d{1,4})?", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
# A line is near an edge within this share of the page's height; lines are on one level within so many points, and
# separate from the next when further from it than so many sizes.
_EDGE = 0.13
_LEVEL = 3.0
_SEPARATE = 2.5
_MOST = 60  # lines from an edge that are looked at
# At an edge of this share of at least so many pages, a line is repeated on purpose.
_SHARE = 0.6
_PAGES = 4
# Small print in one place of most pages is a running line even where it names the section and so changes; then
# each text comes at least this often, on average.
_SMALL = 0.92
_TIMES = 2.0
# Type larger than the body's by this much is a title, however often it comes.
_TITLE = 1.15
# A running line stands at the same height on each page, within this share of it.
_PLACE = 0.04


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's lines and what it takes to judge them; `has_picture`: something is drawn that is no text."""

    number: int
    height: float
    lines: tuple[Line, ...]
    has_picture: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """How many pieces of running lines went, from how many pages, and the most frequent of them."""

    pieces: int
    pages: int
    example: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cell at an edge: the line's and the cell's index, and the place it has on its page."""

    line: int
    cell: int
    text: str
    key: str
    y: float
    size: float

    @property
    def slot(self) -> tuple[int, int]:
        """Return the height and size of small print that names the section."""
        return round(self.y / 3), round(self.size)


def without_running(sheets: Sequence[Sheet], body: float) -> tuple[tuple[Sheet, ...], Removed]:
    """Return pages without headers, footers and page numbers; `body` is the size of their text in points.

    A page that has nothing else and no picture keeps its words, as it would vanish.
    """
    pieces = [list(_pieces(sheet)) for sheet in sheets]
    keys = _repeated(pieces, sheets, body)
    slots = _slots(pieces, body)
    offset = _offset(sheets, pieces)
    result: list[Sheet] = []
    removed: Counter[str] = Counter()
    touched = 0
    for sheet, found in zip(sheets, pieces, strict=True):
        gone = {
            (piece.line, piece.cell): piece
            for piece in found
            if (piece.key in keys and abs(piece.y / sheet.height - keys[piece.key]) <= _PLACE)
            or piece.slot in slots
            or _is_page_number(piece.text, sheet.number, offset)
        }
        kept = _kept(sheet, gone)
        if not kept and not sheet.has_picture and not all(_NUMBER.fullmatch(p.text) for p in gone.values()):
            gone, kept = {}, sheet.lines
        removed.update(piece.text for piece in gone.values())
        touched += bool(gone)
        result.append(replace(sheet, lines=kept))
    example = max(removed, key=lambda text: (removed[text], len(text)), default="")
    return tuple(result), Removed(removed.total(), touched, example)


def _pieces(sheet: Sheet) -> Iterator[_Piece]:
    """Return what may be running: the outermost lines, and small or separate ones near the page's edges."""
    order = sorted(range(len(sheet.lines)), key=lambda i: sheet.lines[i].y)
    body = median(line.size for line in sheet.lines) if sheet.lines else 0.0
    seen: set[int] = set()
    for inward in (order, order[::-1]):
        for place, i in enumerate(inward[:_MOST]):
            line = sheet.lines[i]
            is_outermost = abs(line.y - sheet.lines[inward[0]].y) <= _LEVEL
            if not is_outermost and _EDGE * sheet.height < line.y < (1 - _EDGE) * sheet.height:
                break
            following = (
                sheet.lines[j] for j in inward[place : place + _MOST] if abs(sheet.lines[j].y - line.y) > _LEVEL
            )
            is_apart = all(abs(other.y - line.y) > _SEPARATE * line.size for other in islice(following, 1))
            if i not in seen and (is_outermost or line.size < _SMALL * body or is_apart):
                seen.add(i)
                yield from _cells(i, line)


def _cells(i: int, line: Line) -> Iterator[_Piece]:
    for n, cell in enumerate(line.cells):
        text = " ".join(word.text for word in cell)
        yield _Piece(i, n, text, _DIGITS.sub("#", folded(text)), line.y, line.size)


def _repeated(pieces: Sequence[Sequence[_Piece]], sheets: Sequence[Sheet], body: float) -> dict[str, float]:
    """Return the texts that most pages have at an edge, and at which share of the height most of them stand."""
    if len(pieces) < _PAGES:
        return {}
    places: dict[str, dict[int, float]] = defaultdict(dict)
    for i, (found, sheet) in enumerate(zip(pieces, sheets, strict=True)):
        for piece in found:
            if piece.size < _TITLE * body:
                places[piece.key][i] = piece.y / sheet.height
    return {key: median(on.values()) for key, on in places.items() if len(on) >= _SHARE * len(pieces)}


def _slots(pieces: Sequence[Sequence[_Piece]], body: float) -> set[tuple[int, int]]:
    """Return the heights at which most pages have small print that repeats from page to page."""
    if len(pieces) < _PAGES:
        return set()
    pages: dict[tuple[int, int], set[int]] = defaultdict(set)
    texts: dict[tuple[int, int], set[str]] = defaultdict(set)
    for i, found in enumerate(pieces):
        for piece in found:
            if piece.size < _SMALL * body:
                pages[piece.slot].add(i)
                texts[piece.slot].add(piece.key)
    enough = _SHARE * len(pieces)
    return {slot for slot, on in pages.items() if len(on) >= enough and len(on) >= _TIMES * len(texts[slot])}


def _offset(sheets: Sequence[Sheet], pieces: Sequence[Sequence[_Piece]]) -> int:
    """Return what most bare numbers at the edges are ahead of their page's place; 0 where they disagree."""
    ahead = Counter(
        difference
        for sheet, found in zip(sheets, pieces, strict=True)
        for difference in {int(match[2]) - sheet.number for match in _numbers(found)}
    )
    if not ahead:
        return 0
    difference, times = ahead.most_common(1)[0]
    return difference if times >= max(2, len(sheets) // 3) else 0


def _numbers(pieces: Sequence[_Piece]) -> Iterator[re.Match[str]]:
    return (match for piece in pieces if (match := _NUMBER.fullmatch(piece.text.strip())))


def _is_page_number(text: str, number: int, offset: int) -> bool:
    match = _NUMBER.fullmatch(text.strip())
    return bool(match and (match[1] or int(match[2]) in (number, number + offset)))


def _kept(sheet: Sheet, gone: dict[tuple[int, int], _Piece]) -> tuple[Line, ...]:
    kept: list[Line] = []
    for i, line in enumerate(sheet.lines):
        cells = tuple(cell for n, cell in enumerate(line.cells) if (i, n) not in gone)
        if len(cells) == len(line.cells):
            kept.append(line)
        elif cells:
            kept.append(replace(line, cells=cells, x0=cells[0][0].x0, x1=cells[-1][-1].x1))
    return tuple(kept)
