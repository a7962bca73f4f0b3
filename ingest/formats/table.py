"""Tables: CSV and TSV as spreadsheets write them, JSON and JSON Lines, Parquet; rows of start, end and text are cues.

Cells are text. A table is read up to a number of rows that no course's list of talks has; the rest is told.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

from ingest.clean import clean, one_line, repair_encoding
from ingest.errors import DamagedFile
from ingest.formats.blocks import Cues, Metadata, Table
from ingest.formats.decode import decode_raw
from ingest.formats.options import PLAIN, ReadOptions
from ingest.formats.whisper import cues_of_rows
from ingest.model import Notice

_Quoting = Literal[0, 3]  # csv.QUOTE_MINIMAL and csv.QUOTE_NONE
CUT = "(...TRUNCATED)"
"""What a data set's page writes behind the beginning of a cell that it does not show whole."""

MOST_ROWS = 20_000
_MOST_COLUMNS = 1_000
# A talk of ten hours has about 600,000 characters; this lets a table hold a whole course in one cell.
_LONGEST_CELL = 64 << 20
_DELIMITERS = ",;\t|"
_NO_DELIMITER = "\x1f"  # ASCII's unit separator, for a file of one column
_SAMPLE_ROWS = 60
# No one calls a column by a sentence: a first row with a longer cell is a row like the others.
_LONGEST_NAME = 100


def read_table(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Table | Cues:
    """Return the rows of a CSV or TSV file, its delimiter told from its rows; or cues, where the rows are such.

    Raises UnsupportedFile when the bytes are no text, DamagedFile when they are no table.
    """
    text, notices = decode_raw(data, path)
    text, named = _named_delimiter(text.lstrip("\ufeff"))
    csv.field_size_limit(_LONGEST_CELL)
    try:
        delimiter, quoting = _dialect(text)
        delimiter = named or delimiter
        records = (row for row in _reader_of(text, delimiter, quoting) if row)
        rows = list(islice(records, MOST_ROWS + 2))
    except csv.Error as error:
        raise DamagedFile(path=path, reason=str(error)) from error
    header: Sequence[str] = rows[0] if rows and _is_header(rows[0]) else ()
    return made(header, rows[1:] if header else rows, notices, delimiter)


def made(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    notices: tuple[Notice, ...] = (),
    delimiter: str = ",",
) -> Table | Cues:
    """Return a table of clean cells, each row as long as the header; without a header columns are called 1, 2, 3."""
    listed = list(islice(rows, MOST_ROWS + 1))
    if len(listed) > MOST_ROWS:
        listed.pop()
        notices = (*notices, Notice("rows_left_out", params=(("kept", str(MOST_ROWS)),)))
    width = min(len(header) or max(map(len, listed), default=0), _MOST_COLUMNS)
    columns = tuple(one_line(cell_text(name)) for name in header[:width]) or tuple(str(n + 1) for n in range(width))
    cells: list[tuple[str, ...]] = []
    ragged: list[int] = []
    for number, row in enumerate(listed, start=1):
        cells.append(_fitted(row, width, delimiter))
        if len(row) != width and any(cells[-1]):
            ragged.append(number)
    if ragged and header:
        notices = (*notices, Notice("rows_ragged", params=(("count", str(len(ragged))), ("row", str(ragged[0])))))
    cues = cues_of_rows(columns, [row for row in cells if any(row)])
    if cues is not None:
        return Cues(cues.cues, cues.metadata, (*notices, *cues.notices))
    return Table(columns, tuple(cells), Metadata(), notices)


def cell_text(text: str) -> str:
    """Return a cell's clean text, whatever encoding it went through."""
    return clean(repair_encoding(text)).replace("\f", "\n").strip()


def plain_value(value: object) -> str:
    """Return a cell of a typed table as text: "" for nothing, lists and objects as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return "" if math.isnan(value) else f"{value:g}" if math.isinf(value) else repr(value).removesuffix(".0")
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, default=str)
        case bytes():
            return ""
    return str(value)


def _fitted(row: Sequence[str], width: int, delimiter: str) -> tuple[str, ...]:
    """Return a row's cells, as many as there are columns: what is over goes on in the last one."""
    if len(row) > width:
        row = [*row[: width - 1], delimiter.join(row[width - 1 :])]
    return (*map(cell_text, row), *[""] * (width - len(row)))


def _named_delimiter(text: str) -> tuple[str, str]:
    """Take off the line `sep=;` by which a file tells Excel its delimiter."""
    first, _, rest = text.partition("\n")
    line = first.strip().strip('"')
    if len(line) == 5 and line.lower().startswith("sep=") and line[4] in _DELIMITERS:
        return rest, line[4]
    return (rest, "\t") if first.rstrip("\r").lower() == "sep=\t" else (text, "")


def _reader_of(text: str, delimiter: str, quoting: _Quoting) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)


def _dialect(text: str) -> tuple[str, _Quoting]:
    """Return the delimiter that parts the most rows into as many cells as the first, and whether quotes count."""
    evenness, delimiter = max((_evenness(text, each), each) for each in _DELIMITERS)
    if not evenness[0]:
        return _NO_DELIMITER, csv.QUOTE_MINIMAL
    return delimiter, csv.QUOTE_NONE if delimiter == "\t" and _is_bare(text) else csv.QUOTE_MINIMAL


def _is_bare(text: str) -> bool:
    """Say whether quotes in lines parted by tabs are words' own, as in Whisper's TSV, whose texts may begin with one.

    They are where every line has as many cells as the first, and some cell has a quote on one side only.
    """
    width = 0
    lopsided = False
    for row in islice(_reader_of(text, "\t", csv.QUOTE_NONE), MOST_ROWS):
        width = width or len(row)
        if row and len(row) != width:
            return False
        lopsided = lopsided or any(cell[:1] == '"' and (len(cell) < 2 or cell[-1] != '"') for cell in row)
    return lopsided


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """Return which share of the first rows has the first one's width, and that width; nothing for one column."""
    widths = [len(row) for row in islice(_reader_of(text, delimiter, csv.QUOTE_MINIMAL), _SAMPLE_ROWS) if row]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return Counter(widths)[widths[0]] / len(widths), widths[0]


def _is_header(row: Sequence[str]) -> bool:
    """Say whether a first row names the columns: no cell is long, a number or a link, and none but the last empty."""
    names = [one_line(cell) for cell in row]
    return (
        any(names)
        and all(len(name) <= _LONGEST_NAME and not name.startswith(("http://", "https://")) for name in names)
        and not any(_is_number(name) for name in names)
    )


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def read_parquet(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Table | Cues:
    """Return the rows of a Parquet file, of its columns of text, numbers, dates and lists; bytes are left out.

    Raises DamagedFile when it cannot be read, MissingExtra without pyarrow.
    """
    from ingest.formats.parquet import rows_of_parquet

    names, rows, notices = rows_of_parquet(data, path)
    return made(names, rows, notices)


def keyed_rows(objects: Sequence[dict[str, object]]) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    """Return the names that any of the objects has, in the order of their first coming, and each object's cells."""
    names = tuple(islice(dict.fromkeys(name for each in objects for name in each), _MOST_COLUMNS))
    return names, ([plain_value(each.get(name)) for name in names] for each in objects)
