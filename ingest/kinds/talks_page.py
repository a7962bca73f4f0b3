"""A table of talks copied from a data set's web page, back to the table that it was. Pure.

Such a page starts with a triple for each column (its name, `stringlengths`, the shortest and longest), goes on with
one line for each cell, and ends with the data set's card after an empty line. Long cells are cut by the page itself:
a quoted beginning, then `(...TRUNCATED)`.
"""

from __future__ import annotations

import re

from ingest.clean import folded, one_line
from ingest.formats.blocks import Metadata, Table
from ingest.formats.table import CUT
from ingest.model import Notice

_STATISTIC = re.compile(r"(?:string|list|sequence)lengths|(?:string)?classes|int\d*|float\d*|bool|string")
_BOUND = re.compile(r"-?[\d.]+[kMB]?|\d+ values")
_TITLE = ("nombre", "titulo", "title", "name", "charla", "talk")
_WORDS = ("transcripcion", "transcript", "transcription", "texto", "text")


def table_of_page(text: str, notices: tuple[Notice, ...] = ()) -> Table | None:
    """Return the table on such a page, or None for another text.

    It has column statistics, one column of titles and one of transcripts.
    """
    lines = text.strip().split("\n")
    names, start = _columns(lines)
    if not all(any(folded(name) in wanted for name in names) for wanted in (_TITLE, _WORDS)):
        return None
    end = next((i for i in range(start, len(lines)) if not lines[i].strip()), len(lines))
    cells = [_cell(line) for line in lines[start:end]]
    rows = [tuple(cells[i : i + len(names)]) for i in range(0, len(cells), len(names))]
    if rows and len(rows[-1]) < len(names):
        rows[-1] += ("",) * (len(names) - len(rows[-1]))
    return Table(tuple(names), tuple(rows), Metadata(), notices)


def _columns(lines: list[str]) -> tuple[list[str], int]:
    """Return the columns' names in order and the index of the line after their statistics."""
    names: list[str] = []
    i = 0
    while i + 1 < len(lines) and _STATISTIC.fullmatch(lines[i + 1].strip()):
        names.append(one_line(lines[i]))
        i += 2
        while i < len(lines) and _BOUND.fullmatch(lines[i].strip()):
            i += 1
    return names, i


def _cell(text: str) -> str:
    """Return a cell's words; a title that the page cut loses the quote and the mark, a transcript keeps the mark."""
    text = one_line(text)
    if text.endswith(CUT) and "\\n" not in text:
        return text.removesuffix(CUT).removeprefix('"').strip()
    return text
