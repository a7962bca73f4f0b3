"""Tables told by how their cells follow each other: to the right in a row, then down and back to the left. Pure.

Programs write a table row by row and a cell at a time, whose lines stand one under the other; columns of prose are
written one after the other, so that no two rows come of them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from ingest.formats.pdf.model import Line, Table, Word

# In sizes of the type: how far apart a cell's lines and a table's rows may stand, and how exactly they are aligned.
_CELL_LEADING = 1.7
_ROW_DISTANCE = 4.0
_ALIGNED = 0.6
_OVERLAP = 0.3
_MAX_CELL_LINES = 6
_MAX_ROWS = 200
_LEADER = re.compile(r"(?:\.\s?){4}$")


@dataclass(frozen=True, slots=True)
class _Cell:
    """Lines of one cell with the place they take; `last` is the index of the line that its last words are of."""

    lines: tuple[tuple[Word, ...], ...]
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    first: int
    last: int


_Row = tuple[_Cell, ...]


def with_tables(lines: Sequence[Line], apart: Container[int], bullets: Container[str]) -> list[Line | Table]:
    """Return lines with those that make a table as one; lines whose `id` is in `apart` are headings and in none.

    A cell that begins with one of the `bullets` is an item of a list, whose rows are no table.
    """
    rows = _rows([cell for i, line in enumerate(lines) for cell in _cells_of(i, line)], apart, bullets, lines)
    result: list[Line | Table] = []
    done = i = 0
    while i < len(rows):
        run, columns = _run(rows[i : i + _MAX_ROWS])
        if run:
            first, last = rows[i][0].first, run[-1][-1].last
            result += lines[done:first]
            result.append(_table(run, columns))
            done, i = last + 1, i + len(run)
        else:
            i += 1
    return [*result, *lines[done:]]


def _cells_of(i: int, line: Line) -> list[_Cell]:
    top, bottom = line.y - line.size, line.y + line.size / 5
    return [
        _Cell((cell,), cell[0].x0, max(word.x1 for word in cell), top, bottom, line.size, i, i) for cell in line.cells
    ]


def _rows(
    pieces: Sequence[_Cell], apart: Container[int], bullets: Container[str], lines: Sequence[Line]
) -> list[_Row]:
    """Return the cells of each row; what can be in no table is a row of one cell with no lines."""
    cells: list[_Cell] = []
    for piece in pieces:
        barred = id(lines[piece.first]) in apart or piece.lines[0][0].text in bullets or lines[piece.first].fixed
        if barred:
            cells.append(replace(piece, lines=()))
        elif cells and _goes_on(cells[-1], piece):
            cells[-1] = _grown(cells[-1], piece)
        else:
            cells.append(piece)
    rows: list[list[_Cell]] = []
    for cell in cells:
        if rows and _is_beside(rows[-1][-1], cell):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [tuple(row) for row in rows]


def _goes_on(cell: _Cell, piece: _Cell) -> bool:
    """Say whether a line is one more of a cell: right under its last, and aligned with it."""
    if not cell.lines or cell.last == piece.first or len(cell.lines) >= _MAX_CELL_LINES:
        return False
    down = piece.bottom - cell.bottom
    reach = _ALIGNED * cell.size
    is_aligned = (
        abs(piece.x0 - cell.x0) <= reach
        or abs(piece.x1 - cell.x1) <= reach
        or abs(piece.x0 + piece.x1 - cell.x0 - cell.x1) <= 2 * reach
    )
    return 0 < down <= _CELL_LEADING * cell.size and is_aligned and abs(piece.size - cell.size) <= 0.1 * cell.size


def _grown(cell: _Cell, piece: _Cell) -> _Cell:
    x0, x1 = min(cell.x0, piece.x0), max(cell.x1, piece.x1)
    return replace(cell, lines=(*cell.lines, *piece.lines), x0=x0, x1=x1, bottom=piece.bottom, last=piece.last)


def _is_beside(cell: _Cell, after: _Cell) -> bool:
    if not cell.lines or not after.lines or after.x0 <= cell.x1:
        return False
    overlap = min(cell.bottom, after.bottom) - max(cell.top, after.top)
    return overlap > _OVERLAP * min(cell.bottom - cell.top, after.bottom - after.top)


def _run(rows: Sequence[_Row]) -> tuple[list[_Row], list[tuple[float, float]]]:
    """Return the rows of the table that begins with the first one, and its columns' extents; none for no table."""
    run: list[_Row] = []
    columns: list[tuple[float, float]] = []
    kept = 0
    for row in rows:
        if not row[0].lines or (run and not _is_below(run[-1], row)):
            break
        wider = _widened(columns, row)
        merges = len({_place(x0, wider) for x0, _ in columns}) < len(columns)
        if (len(row) == 1 and (not run or len(wider) != len(columns))) or not _is_parted(
            [*run, row] if merges else [row], wider
        ):
            break
        run.append(row)
        columns = wider
        kept = len(run) if len(row) > 1 else kept
    full = sum(len(row) > 1 for row in run)
    is_table = full >= 2 and _has_columns(run[:kept], columns) and not _is_contents(run[:kept])
    return (run[:kept], columns) if is_table else ([], [])


def _is_contents(rows: Sequence[_Row]) -> bool:
    """Say whether rows are a table of contents: dots lead from titles to page numbers."""
    led = sum(any(_LEADER.search(" ".join(word.text for word in line)) for line in row[0].lines) for row in rows)
    return led * 3 >= len(rows)


def _is_below(row: _Row, after: _Row) -> bool:
    bottom, top = max(cell.bottom for cell in row), min(cell.top for cell in after)
    return -0.4 * row[0].size <= top - bottom <= _ROW_DISTANCE * row[0].size


def _widened(columns: Sequence[tuple[float, float]], row: _Row) -> list[tuple[float, float]]:
    """Return columns with a row's cells in them: what overlaps is one column."""
    result: list[tuple[float, float]] = []
    for x0, x1 in sorted([*columns, *((cell.x0, cell.x1) for cell in row)]):
        if result and x0 < result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], x1))
        else:
            result.append((x0, x1))
    return result


def _is_parted(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> bool:
    """Say whether no two cells of a row are in one column."""
    return all(len({_column_of(cell, columns) for cell in row}) == len(row) for row in rows)


def _has_columns(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> bool:
    """Say whether two columns or more have two cells or more: two lines with gaps here and there are no table."""
    filled = [sum(_column_of(cell, columns) == n for row in rows for cell in row) for n in range(len(columns))]
    return sum(times >= 2 for times in filled) >= 2


def _column_of(cell: _Cell, columns: Sequence[tuple[float, float]]) -> int:
    return _place(cell.x0, columns)


def _place(x: float, columns: Sequence[tuple[float, float]]) -> int:
    """Return which column a place lies in: the last that begins at or before it, as columns cover all cells."""
    return bisect_right(columns, (x, math.inf)) - 1


def _table(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> Table:
    made: list[tuple[tuple[tuple[Word, ...], ...], ...]] = []
    for row in rows:
        placed = {_column_of(cell, columns): cell.lines for cell in row}
        made.append(tuple(placed.get(n, ()) for n in range(len(columns))))
    cells = [cell for row in rows for cell in row]
    box = (columns[0][0], min(cell.top for cell in cells), columns[-1][1], max(cell.bottom for cell in cells))
    return Table(tuple(made), box, rows[0][0].size)
