"""From words with places to blocks of lines in the order they are read. Pure.

The order of the file is believed for words and lines, as programs write a text box or a column at a time; blocks are
put in order by where they stand: regions parted by a gutter are read from left to right, others from top to bottom
(the XY-cut of Nagy and Seth, 1984).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from itertools import pairwise

from ingest.formats.pdf.model import Line, RawPage, Region, Shape, Table, Word, block_of
from ingest.formats.pdf.repair import without_letter_spacing
from ingest.formats.pdf.tables import with_tables

# All in sizes of the type (ems).
_SIGN = 1.1  # how far that of a root's or a sum's sign may be
_BASELINE = 0.65  # how far a super- or subscript's baseline may be from its line's
_OTHER_TYPE = 1.3  # words apart whose type is so many times larger are of no one line
_CELL_GAP = 0.95  # a wider gap parts cells; a space is a quarter to a third
_BULLET_GAP = 4.0  # a bullet or number may stand this far from its item
_BULLET_SIZE = 0.85
_BULLET_REACH = 2.2
_LEADING = 2.2  # baselines further apart belong to two blocks
_GUTTER = 0.9
_ROW = 0.35  # baselines of cells of one row differ by less
# Lines of two cells in a row that make two columns of prose, written across, when each cell has this many words.
_ACROSS_LINES = 5
_ACROSS_WORDS = 3.5
# A cut that would go deeper than this is in a page made to be in the way.
_DEPTH = 24
# A page in more pieces than this is a drawing, whose order is as good as any.
_MAX_BLOCKS = 400
_MAX_SHAPES = 300
_RECENT = 40
_LEAST_SIZE = 0.5


BULLET = "•"
BULLETS = frozenset("•●◦○∘▪■□▸►▶▹▷‣⁃·∙➢➤➔→✓✔❖⋄◆◇★*–—-")


def lines_of(page: RawPage) -> tuple[Line, ...]:
    """Return the page's lines in the order of the file; words of one baseline that follow each other are one line."""
    found: list[list[Word]] = []
    for word in page.words:
        if found and _continues(found[-1], word):
            found[-1].append(word)
        else:
            found.append([word])
    shapes = page.shapes if len(page.shapes) <= _MAX_SHAPES else ()
    return tuple(_line(_with_bullet(without_letter_spacing(words), shapes)) for words in found)


def _with_bullet(words: Sequence[Word], shapes: Sequence[Shape]) -> Sequence[Word]:
    """Return a line with a bullet for the shape that is drawn before it, or a dot after the number drawn in one."""
    first = words[0]
    for shape in shapes:
        is_level = first.y - 0.95 * first.size <= (shape.top + shape.bottom) / 2 <= first.y + 0.1 * first.size
        if not is_level:
            continue
        if first.text.isdecimal() and len(words) > 1 and shape.x0 <= (first.x0 + first.x1) / 2 <= shape.x1:
            return (first._replace(text=f"{first.text}."), *words[1:])
        gap = first.x0 - shape.x1
        is_small = shape.bottom - shape.top <= _BULLET_SIZE * first.size
        if is_small and -0.1 * first.size <= gap <= _BULLET_REACH * first.size and not is_marker(first.text):
            return (Word(BULLET, shape.x0, shape.x1, first.y, first.size, breaks=True), *words)
    return words


def _continues(line: Sequence[Word], word: Word) -> bool:
    last = line[-1]
    size = max(last.size, word.size, 1.0)
    if last.text.endswith("-") and word.breaks and word.x0 < last.x1:
        return False
    if word.x0 - last.x1 > _CELL_GAP * size and min(last.size, word.size) * _OTHER_TYPE < size:
        return False
    if word.x0 < last.x1 - 0.4 * size:
        return False
    reach = _BASELINE if min(last.size, word.size) < 0.85 * size or not word.breaks else _ROW
    if (not last.text[0].isalnum() and len(last.text) == 1) or (not word.text[0].isalnum() and len(word.text) == 1):
        reach = _SIGN
    return min(abs(word.y - last.y), abs(word.y - line[0].y)) <= reach * size


def _line(words: Sequence[Word]) -> Line:
    cells: list[list[Word]] = [[words[0]]]
    for before, word in pairwise(words):
        size = max(before.size, word.size, 1.0)
        gap = word.x0 - before.x1
        is_marked = is_marker(before.text) or (before.text[0].isdecimal() and word.text[:3].isalpha())
        is_item = len(cells) == 1 and len(cells[0]) == 1 and is_marked and gap < _BULLET_GAP * size
        if gap > _CELL_GAP * size and not is_item:
            cells.append([])
        cells[-1].append(word)
    main = _main(words)
    return Line(
        tuple(map(tuple, cells)),
        min([word.x0 for word in words]),
        max([word.x1 for word in words]),
        main.y,
        max(round(main.size, 1), _LEAST_SIZE),
        _is_bold(words),
        is_fixed(words),
    )


def _main(words: Sequence[Word]) -> Word:
    """Return the first word of the size that most letters have."""
    if len({word.size for word in words}) == 1:
        return words[0]
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(word.size, 1)] += len(word.text)
    size = sizes.most_common(1)[0][0]
    return next(word for word in words if round(word.size, 1) == size)


def _is_bold(words: Sequence[Word]) -> bool:
    bold = sum(len(word.text) for word in words if word.bold)
    return bool(bold) and bold * 5 > sum(len(word.text) for word in words) * 4


def is_marker(text: str) -> bool:
    """Say whether a word is what begins an item of a list: a bullet, a dash, a number or letter with its dot."""
    if len(text) == 1:
        return not text.isalnum() or text in "oO"
    return len(text) <= 5 and text[-1] in ".)" and text[:-1].strip("(").replace(".", "").isalnum()


def is_fixed(words: Sequence[Word]) -> bool:
    """Say whether a line is in fixed-width type; of fonts without names, words of few letters do not tell."""
    fixed = [word for word in words if word.fixed]
    others = [word for word in words if not word.fixed]
    return bool(fixed) and all(word.unmapped and len(word.text) < 4 for word in others)


def regions_of(lines: Sequence[Line], width: float, headings: Container[int] = ()) -> tuple[Region, ...]:
    """Return lines as blocks and tables in reading order; `width` is the page's, in points.

    `headings` are the lines, by their `id`, that are in no table.
    """
    made: list[Region] = []
    growing: list[Line] = []
    for item in with_tables(_uncrossed(lines, width), headings, BULLETS):
        if growing and (isinstance(item, Table) or not _follows(growing, item)):
            made.append(block_of(growing))
            growing = []
        if isinstance(item, Table):
            made.append(item)
        else:
            growing.append(item)
    made += [block_of(growing)] if growing else []
    return tuple(_ordered(made, 0) if len(made) <= _MAX_BLOCKS else made)


def _follows(block: Sequence[Line], line: Line) -> bool:
    last = block[-1]
    size = max(last.size, line.size)
    down = line.y - last.y
    recent = block[-_RECENT:]
    left, right = min(each.x0 for each in recent), max(each.x1 for each in recent)
    overlaps = line.x0 < right and line.x1 > left
    return 0 < down <= _LEADING * size and overlaps and 0.72 <= last.size / max(line.size, 0.1) <= 1.4


def _uncrossed(lines: Sequence[Line], width: float) -> list[Line]:
    """Part lines that a program wrote across two columns of prose: five or more with one gap in the same place."""
    result: list[Line] = []
    i = 0
    while i < len(lines):
        end = i
        gap = (0.0, width)
        while end < len(lines) and len(lines[end].cells) == 2:
            first, second = lines[end].cells
            narrowed = (max(gap[0], first[-1].x1), min(gap[1], second[0].x0))
            if narrowed[1] - narrowed[0] < _GUTTER * lines[end].size:
                break
            gap, end = narrowed, end + 1
        run = lines[i:end]
        words = [len(cell) for line in run for cell in line.cells]
        if len(run) >= _ACROSS_LINES and sum(words) >= _ACROSS_WORDS * len(words) and _are_full(run):
            for column in (0, 1):
                result += [_line(line.cells[column]) for line in run]
        else:
            result += lines[i : max(end, i + 1)]
        i = max(end, i + 1)
    return result


def _are_full(run: Sequence[Line]) -> bool:
    """Say whether the cells of both columns are mostly nearly as wide as the widest of their column."""
    for column in (0, 1):
        widths = [line.cells[column][-1].x1 - line.cells[column][0].x0 for line in run]
        if sum(widths) < 0.75 * max(widths) * len(widths):
            return False
    return True


def _ordered(blocks: list[Region], depth: int) -> list[Region]:
    """Return blocks in reading order: regions of columns from left to right, the rest from top to bottom."""
    if len(blocks) < 2 or depth > _DEPTH:
        return sorted(blocks, key=lambda block: (block.box[1], block.box[0])) if depth > _DEPTH else blocks
    regions = _regions(_strips(blocks))
    if len(regions) > 1:
        return [block for region in regions for block in _ordered(region, depth + 1)]
    columns = _columns(blocks)
    if len(columns) > 1:
        return [block for column in columns for block in _ordered(column, depth + 1)]
    return _by_rows(blocks)


def _strips(blocks: Iterable[Region]) -> list[list[Region]]:
    """Part blocks at every height where none of them stands."""
    strips: list[list[Region]] = []
    bottom = float("-inf")
    for block in sorted(blocks, key=lambda block: block.box[1]):
        _, top, _, low = block.box
        if top >= bottom - 0.3 * block.size or not strips:
            strips.append([])
        strips[-1].append(block)
        bottom = max(bottom, low)
    return strips


def _regions(strips: Sequence[list[Region]]) -> list[list[Region]]:
    """Join strips that follow each other as long as one gutter runs through all of them."""
    regions: list[list[Region]] = []
    for strip in strips:
        if regions and _share_gutter(regions[-1], strip):
            regions[-1] += strip
        else:
            regions.append(list(strip))
    return regions


def _share_gutter(region: Sequence[Region], strip: Sequence[Region]) -> bool:
    if len(region) == 1 and len(strip) == 1:
        return False
    return len(_columns([*region, *strip])) > 1


def _columns(blocks: Iterable[Region]) -> list[list[Region]]:
    """Part blocks at every gutter: a width in which none of them stands."""
    columns: list[list[Region]] = []
    right = float("-inf")
    for block in sorted(blocks, key=lambda block: block.box[0]):
        x0, _, x1, _ = block.box
        if x0 > right + _GUTTER * block.size or not columns:
            columns.append([])
        columns[-1].append(block)
        right = max(right, x1)
    return columns


def _by_rows(blocks: Sequence[Region]) -> list[Region]:
    """Order blocks that no cut parts by their tops, those of one height from left to right."""
    return sorted(blocks, key=lambda block: (round(block.box[1] / max(block.size, 1.0)), block.box[0]))
