"""Lines in reading order become Markdown: paragraphs, lists, tables, code and headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median_low
from typing import cast

from ingest.clean import clean, one_line
from ingest.formats.pdf.layout import BULLETS
from ingest.formats.pdf.model import Block, Line, Region, Table, Word
from ingest.formats.pdf.repair import accented, joined

_SENTENCE_END = re.compile(r"[.:;?!…][\"'»”)\]]*$")
_NUMBER_MARKER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]")
# How far apart lines of a paragraph stand where a page does not tell, and more than which share of it parts two.
_LEADING = 1.2
_APART = 1.3
# In sizes of the type: deeper indentation, and how near a line must come to its column's edge.
_DEEPER = 0.5
_NEAR_EDGE = 0.12
_SPACE = 0.3
# A narrower gap in fixed-width type is none: some programs set each word in a cell of its own.
_FIXED_GAP = 0.6
_MAX_COLUMN = 120
_NEAR_STEP = 0.3
_LONE_BULLET = re.compile("[\ue000-\uf8ff]")


@dataclass(slots=True)
class _Page:
    """What has been written of a page, and where its lists stand."""

    pieces: list[str] = field(default_factory=list)
    indents: list[float] = field(default_factory=list)
    leading: float = _LEADING
    repaired: int = 0
    rejoined: int = 0

    def add(self, text: str, apart: bool) -> None:
        """Add lines, after an empty one if they are `apart` from what is before them."""
        if self.pieces and apart:
            self.pieces.append("")
        self.pieces.append(text)


@dataclass(frozen=True, slots=True)
class Written:
    """A page's Markdown, how many accents were given to their letters, and how many cut words were joined."""

    text: str
    accents: int
    rejoined: int


def markdown_of(regions: Sequence[Region], levels: Mapping[int, int], code: bool = True) -> Written:
    """Return a page as Markdown; `levels` are headings' by their line's `id`; `code`: fixed-width type is code."""
    page = _Page(leading=_leading([line for region in regions if isinstance(region, Block) for line in region.lines]))
    for is_table, group in groupby(regions, lambda region: isinstance(region, Table)):
        if is_table:
            for region in group:
                _table(page, cast(Table, region))
        else:
            _blocks(page, [cast(Block, region) for region in group], levels, code)
    return Written(re.sub(r"\n{3,}", "\n\n", "\n".join(page.pieces)).strip("\n"), page.repaired, page.rejoined)


def _blocks(page: _Page, blocks: Sequence[Block], levels: Mapping[int, int], code: bool) -> None:
    lines = [line for block in blocks for line in block.lines]
    starts = {id(block.lines[0]) for block in blocks}
    edges = {id(line): block.box[2] for block in blocks for line in block.lines}
    i = 0
    while i < len(lines):
        apart = id(lines[i]) in starts
        taken = _heading(page, lines, i, levels) or (_code(page, lines, i) if code else 0)
        i += taken or _paragraph(page, lines, i, edges, starts, levels, apart)


def _leading(lines: Sequence[Line]) -> float:
    """Return the usual distance of a page's lines, in sizes of their type."""
    distances = [(after.y - line.y) / line.size for line, after in pairwise(lines) if _is_size(line, after)]
    near = [distance for distance in distances if 0.8 <= distance <= 2.2]
    return median_low(near) if near else _LEADING


def _is_size(line: Line, after: Line) -> bool:
    return abs(line.size - after.size) <= 0.08 * line.size


def _heading(page: _Page, lines: Sequence[Line], i: int, levels: Mapping[int, int]) -> int:
    """Write a heading of one line or more as one, and return of how many."""
    level = levels.get(id(lines[i]))
    if level is None:
        return 0
    end = i + 1
    while end < len(lines) and levels.get(id(lines[end])) == level and _is_next(lines[end - 1], lines[end]):
        end += 1
    words = " ".join(_plain(page, line.words) for line in lines[i:end])
    page.add(f"{'#' * level} {one_line(words)}", apart=True)
    page.pieces.append("")
    page.indents.clear()
    return end - i


def _is_next(line: Line, after: Line) -> bool:
    return 0 < after.y - line.y <= 1.5 * line.size and abs(line.size - after.size) < 0.05 * line.size


def _code(page: _Page, lines: Sequence[Line], i: int) -> int:
    """Write two or more lines of fixed-width type between fences, with their indentation, and return how many."""
    end = i
    while end < len(lines) and lines[end].fixed and (end == i or _goes_on(lines[end - 1], lines[end])):
        end += 1
    run = lines[i:end]
    if len(run) < 2:
        return 0
    pitch = _pitch(run)
    left = min(line.x0 for line in run)
    leading = min(after.y - line.y for line, after in pairwise(run))
    indents = _indents([round((line.x0 - left) / pitch) for line in run])
    written: list[str] = []
    for n, line in enumerate(run):
        skipped = round((line.y - run[n - 1].y) / max(leading, 1.0)) - 1 if n else 0
        written += [""] * min(skipped, 3)
        written.append(" " * indents[n] + _fixed(line.words, pitch))
    text = clean("\n".join(written))
    ticks = "`" * max(3, 1 + max((len(found) for found in re.findall("`+", text)), default=0))
    page.add(f"{ticks}\n{text}\n{ticks}", apart=True)
    page.pieces.append("")
    return len(run)


def _indents(measured: Sequence[int]) -> list[int]:
    """Return indentations as multiples of the least one, where they nearly are: cells are wider than letters."""
    step = min((indent for indent in measured if indent), default=1)
    if all(abs(indent / step - round(indent / step)) <= _NEAR_STEP for indent in measured):
        measured = [round(indent / step) * step for indent in measured]
    return [min(indent, _MAX_COLUMN) for indent in measured]


def _goes_on(line: Line, after: Line) -> bool:
    return 0 < after.y - line.y <= 4 * line.size


def _pitch(run: Sequence[Line]) -> float:
    """Return the width of one character of fixed-width type, in points."""
    letters = [(word.x1 - word.x0, len(word.text)) for line in run for word in line.words]
    long = [pair for pair in letters if pair[1] >= 3] or letters
    return max(sum(width for width, _ in long) / sum(count for _, count in long), 0.5)


def _fixed(words: Sequence[Word], pitch: float) -> str:
    pieces = [words[0].text]
    for before, word in pairwise(words):
        gap = (word.x0 - before.x1) / pitch
        spaces = 0 if gap < _FIXED_GAP else min(max(1, round(gap)), _MAX_COLUMN)
        pieces.append(" " * spaces + word.text)
    return "".join(pieces)


def _table(page: _Page, table: Table) -> None:
    """Write a table as Markdown."""
    rows = [[" ".join(_plain(page, line) for line in cell) for cell in row] for row in table.rows]
    written = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    written.insert(1, "|" + " --- |" * len(rows[0]))
    page.add("\n".join(written), apart=True)
    page.pieces.append("")
    page.indents.clear()


def _paragraph(
    page: _Page,
    lines: Sequence[Line],
    i: int,
    edges: Mapping[int, float],
    starts: set[int],
    levels: Mapping[int, int],
    apart: bool,
) -> int:
    """Write a paragraph or an item of a list, with the lines that go on from its first, and return how many."""
    first = lines[i]
    if i and first.y < lines[i - 1].y:
        page.indents.clear()  # another column or box: its lists begin anew
    marker, words = _item(first)
    text = _plain(page, words)
    end = i + 1
    while end < len(lines) and id(lines[end]) not in starts and id(lines[end]) not in levels:
        after = lines[end]
        if not _continues(page, lines[end - 1], after, edges[id(after)], bool(marker), text, first):
            break
        text = _joined(page, text, _plain(page, after.words))
        end += 1
    if not text:
        return end - i
    gap = bool(i) and first.y - lines[i - 1].y > _APART * page.leading * first.size
    if marker:
        level = _level(page, first)
        item = f"{'  ' * level}- {text}" if marker == "-" else f"{'  ' * level}{text}"
        page.add(item, apart and not _is_item(page))
    else:
        page.indents.clear()
        page.add(text, apart or gap)
    return end - i


def _is_item(page: _Page) -> bool:
    return bool(page.pieces) and bool(re.match(r"\s*(?:-|\d{1,3}[.)]) ", page.pieces[-1]))


def _level(page: _Page, line: Line) -> int:
    while page.indents and line.x0 < page.indents[-1] - _DEEPER * line.size:
        page.indents.pop()
    if not page.indents or line.x0 > page.indents[-1] + _DEEPER * line.size:
        page.indents.append(line.x0)
    return min(len(page.indents) - 1, 5)


def _item(line: Line) -> tuple[str, Sequence[Word]]:
    """Part an item's marker from its words: "-" for a bullet, the number itself (which stays), "" for no item."""
    words = line.words
    first = words[0].text
    if len(words) > 1 and (first in BULLETS or (len(first) == 1 and _LONE_BULLET.match(first))):
        return "-", words[1:]
    if len(first) > 1 and (first[0] in "•●▪■►▶‣" or _LONE_BULLET.match(first)):
        return "-", (words[0]._replace(text=first[1:]), *words[1:])
    if len(words) > 1 and _NUMBER_MARKER.fullmatch(first):
        return first, words
    return "", words


def _continues(page: _Page, line: Line, after: Line, edge: float, is_item: bool, text: str, first: Line) -> bool:
    """Say whether a line goes on from the one before: its first word would not have fitted there."""
    if _item(after)[0] or _counts_on(line, after) or not _is_alike(line, after):
        return False
    if not 0 < after.y - line.y <= _APART * page.leading * line.size:
        return False
    if text.endswith("-") and after.text[0].islower():
        return True
    word = after.words[0]
    if line.x1 + _SPACE * line.size + (word.x1 - word.x0) <= edge - _NEAR_EDGE * line.size:
        return False
    ended = _SENTENCE_END.search(text) is not None
    if is_item:
        return after.text[0].islower() or (not ended and after.x0 > first.x0 + _DEEPER * first.size)
    return not after.text[0].isupper() or (not ended and _is_wide(line, edge))


def _is_alike(line: Line, after: Line) -> bool:
    return after.fixed == line.fixed and after.bold == line.bold and len(after.cells) == 1 and _is_size(line, after)


def _counts_on(line: Line, after: Line) -> bool:
    """Say whether two lines begin with a number and the next one: items whose numbers stand in a drawing."""
    first, second = line.words[0].text, after.words[0].text
    return len(second) <= 2 and first.isdecimal() and second.isdecimal() and int(second) == int(first) + 1


def _is_wide(line: Line, edge: float) -> bool:
    """Say whether a line has the length of one that was broken because it was full, not of a short one of a list."""
    return len(line.words) >= 6 and line.x1 >= edge - 3 * line.size


def _joined(page: _Page, text: str, after: str) -> str:
    one = joined(text, after)
    if one is None:
        return f"{text} {after}"
    page.rejoined += 1
    return one


def _plain(page: _Page, words: Sequence[Word]) -> str:
    """Return words as text: spaces where there are gaps, accents on their letters, and nothing invisible."""
    pieces: list[str] = []
    for n, word in enumerate(words):
        before = words[n - 1] if n else None
        glued = before is not None and word.breaks and word.x0 - before.x1 < 0.12 * max(word.size, before.size)
        pieces.append(word.text if glued or before is None else f" {word.text}")
    text, count = accented("".join(pieces))
    page.repaired += count
    return _LONE_BULLET.sub("", clean(text)).strip()
