"""JSON and JSON Lines by what they hold: a transcriber's segments are cues, a list of objects is a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from json import JSONDecodeError
from typing import cast

from ingest.errors import DamagedFile, UnsupportedFile
from ingest.formats.blocks import Cues, Table
from ingest.formats.decode import decode_raw
from ingest.formats.options import PLAIN, ReadOptions
from ingest.formats.table import CUT, MOST_ROWS, keyed_rows, made, plain_value
from ingest.formats.whisper import cues_of_json
from ingest.model import Notice

# Names of the one list that matters in an object with several.
_LISTS = ("rows", "data", "talks", "charlas", "items", "records", "results", "videos", "documents", "transcripts")
_MOST_LINES = 1_000_000
_LONG_TEXT = 200

Record = dict[str, object]


def read_json(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Table | Cues:
    """Return a transcript's cues or a table's rows from JSON or JSON Lines, whichever the file is.

    Raises DamagedFile when it is neither JSON nor mostly lines of JSON, UnsupportedFile when it holds something else.
    """
    text, notices = decode_raw(data, path)
    value, damage = _parsed(text.lstrip("\ufeff"), path)
    notices = (*notices, *damage)
    if (cues := cues_of_json(value)) is not None:
        return Cues(cues.cues, cues.metadata, (*notices, *cues.notices))
    header, rows = _table(value, path)
    return made(header, rows, notices)


def _parsed(text: str, path: str) -> tuple[object, tuple[Notice, ...]]:
    """Return the file's value; that of JSON Lines is the list of its lines' values."""
    try:
        return _value(text), ()
    except JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
        if len(lines) < 2 or not _first_is_json(lines[0][1]):
            raise DamagedFile(path=path, reason=f"{error.lineno}:{error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise DamagedFile(path=path, reason=type(error).__name__) from error
    values: list[object] = []
    broken: list[int] = []
    for number, line in lines[:_MOST_LINES]:
        try:
            values.append(_value(line))
        except (ValueError, RecursionError):
            broken.append(number)
    damage = (("count", str(len(broken))), ("row", str(broken[0]))) if broken else ()
    return values, (Notice("rows_damaged", params=damage),) if damage else ()


def _value(text: str) -> object:
    # A line end inside a string is an error of the standard's that many programs make.
    return cast("object", json.loads(text, strict=False))


def _first_is_json(line: str) -> bool:
    try:
        return isinstance(_value(line), dict | list)
    except (ValueError, RecursionError):
        return False


def _table(value: object, path: str) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return the header and rows of a list of objects or rows, or of an object that holds such, or columns."""
    if isinstance(value, dict):
        inner = _list_in(value)
        if inner is None and (columns := _columns(value)):
            return columns
        names = value.get("columns")
        if isinstance(inner, list) and isinstance(names, list) and inner and isinstance(inner[0], list):
            inner = [names, *inner]
        value = inner if inner is not None else [value]
    if not isinstance(value, list):
        raise UnsupportedFile(path=path)
    objects: list[Record] = [_row_of(each) for each in value if isinstance(each, dict)]
    if objects and len(objects) * 2 >= len(value):
        if not _is_table(objects):
            raise UnsupportedFile(path=path)
        names_of, rows = keyed_rows(objects[: MOST_ROWS + 1])
        return names_of, list(rows)
    grid = [each for each in value if isinstance(each, list)]
    if len(grid) > 1 and len(grid) == len(value) and all(isinstance(name, str) for name in grid[0]):
        return [str(name) for name in grid[0]], [
            [plain_value(cell) for cell in row] for row in grid[1 : MOST_ROWS + 2]
        ]
    raise UnsupportedFile(path=path)


def _is_table(objects: Sequence[Record]) -> bool:
    """Say whether objects are rows rather than a program's settings or state: flat, several, or with a long text."""
    cells = [cell for each in objects[:100] for cell in each.values() if cell is not None and cell != ""]
    if any(isinstance(cell, str) and len(cell) >= _LONG_TEXT for cell in cells):
        return True
    nested = sum(isinstance(cell, dict | list) for cell in cells)
    return len(objects) > 1 and nested * 2 < len(cells)


def _row_of(record: Record) -> Record:
    """Return a data set viewer's row (`{"row": {...}, "truncated_cells": [...]}`) as its cells, cut ones marked."""
    row = record.get("row")
    if not isinstance(row, dict):
        return record
    cut = record.get("truncated_cells")
    names = {name for name in cut if isinstance(name, str)} if isinstance(cut, list) else set()
    return {name: f"{plain_value(cell)}{CUT}" if name in names else cell for name, cell in row.items()}


def _list_in(value: Record) -> list[object] | None:
    """Return the list of objects or of rows in an object: the one whose name says so, else the longest."""
    lists = {
        name: each
        for name, each in value.items()
        if isinstance(each, list) and each and isinstance(each[0], dict | list) and name != "features"
    }
    named = next((lists[name] for name in _LISTS if name in lists), None)
    return named if named is not None else max(lists.values(), key=len, default=None)


def _columns(value: Record) -> tuple[list[str], list[list[str]]] | None:
    """Read an object of columns, each a list of cells, or an object of them by row as pandas writes it."""
    columns: dict[str, list[object]] = {}
    for name, each in value.items():
        if isinstance(each, dict):
            columns[name] = list(each.values())
        elif isinstance(each, list):
            columns[name] = each
        else:
            return None
    lengths = {len(cells) for cells in columns.values()}
    if len(columns) < 2 or len(lengths) != 1 or lengths == {0}:
        return None
    rows = zip(*columns.values(), strict=True)
    return list(columns), [[plain_value(cell) for cell in row] for row in rows][: MOST_ROWS + 1]
