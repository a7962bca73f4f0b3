"""Parquet files as rows of text, through pyarrow, which is an extra: a batch of rows at a time, within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.errors import DamagedFile, MissingExtra
from ingest.formats.table import MOST_ROWS, plain_value
from ingest.model import Notice

if TYPE_CHECKING:
    import pyarrow
    from pyarrow.parquet import ParquetFile

_BATCH_ROWS = 64
# Characters of all the cells together: a file may say one long text a million times in a few bytes.
_MOST_CHARACTERS = 128_000_000
_MOST_COLUMNS = 200


def rows_of_parquet(data: bytes, path: str) -> tuple[tuple[str, ...], list[list[str]], tuple[Notice, ...]]:
    """Return the names of the readable columns, the rows as text, and a notice where rows were left out.

    Raises DamagedFile when it cannot be read, MissingExtra without pyarrow.
    """
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise MissingExtra(path=path, library="pyarrow") from error
    try:
        flat = ParquetFile(pyarrow.BufferReader(data))
        names = tuple(field.name for field in flat.schema_arrow if _is_readable(field.type))[:_MOST_COLUMNS]
        if len(set(names)) < len(names):
            raise DamagedFile(path=path, reason=next(name for name in names if names.count(name) > 1))
        # Texts stay in the file's dictionary, so that one that comes again takes no more memory.
        texts = [name for name in names if pyarrow.types.is_string(flat.schema_arrow.field(name).type)]
        file = ParquetFile(pyarrow.BufferReader(data), read_dictionary=texts)
        rows, whole = _rows(file, names)
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        raise DamagedFile(path=path, reason=type(error).__name__) from error
    notices = () if whole else (Notice("rows_left_out", params=(("kept", str(len(rows))),)),)
    return names, rows, notices


def _rows(file: ParquetFile, names: tuple[str, ...]) -> tuple[list[list[str]], bool]:
    rows: list[list[str]] = []
    characters = 0
    for values in _values(file, names):
        row = [plain_value(value) for value in values]
        characters += sum(map(len, row))
        if characters > _MOST_CHARACTERS or len(rows) >= MOST_ROWS:
            return rows, False
        rows.append(row)
    return rows, True


def _values(file: ParquetFile, names: tuple[str, ...]) -> Iterator[list[object]]:
    from pyarrow import string, types

    for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=list(names), use_threads=False):
        # Not every time that Arrow can hold is one of Python's.
        columns = [
            column.cast(string()) if types.is_temporal(column.type) else column
            for column in (batch.column(name) for name in names)
        ]
        for number in range(batch.num_rows):
            yield [column[number].as_py() for column in columns]


def _is_readable(kind: pyarrow.DataType) -> bool:
    """Say whether a column can be words: not sound, pictures or other bytes, nor lists of those."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_readable(kind.value_type)
    if types.is_list(kind) or types.is_large_list(kind):
        return _is_readable(kind.value_type)
    if types.is_struct(kind):
        return all(_is_readable(field.type) for field in kind)
    return not (types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))
