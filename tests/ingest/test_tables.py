"""CSV, TSV, JSON, JSON Lines and Parquet become tables of clean cells, and what did not fit is told."""

from __future__ import annotations

import builtins
import io
import json
from datetime import date
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from ingest.errors import DamagedFile, IngestError, MissingExtra, UnsupportedFile
from ingest.formats import parquet as parquet_files
from ingest.formats import table as tables
from ingest.formats.blocks import Blocks, Table
from ingest.formats.json_file import read_json
from ingest.formats.table import read_parquet, read_table

ROWS = (("Ríos", "Eva"), ("Lagos", "Ana"))


def table_of(blocks: Blocks) -> Table:
    assert isinstance(blocks, Table)
    return blocks


def csv_table(text: str, encoding: str = "utf-8") -> Table:
    return table_of(read_table(text.encode(encoding), "charlas.csv"))


def json_table(value: object) -> Table:
    return table_of(read_json(json.dumps(value).encode(), "charlas.json"))


def told(table: Table) -> dict[str, dict[str, str]]:
    return {notice.code: dict(notice.params) for notice in table.notices}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_line_end_and_encoding_are_told_from_the_file(delimiter: str, end: str, encoding: str) -> None:
    lines = [("título", "autora"), ("Ríos y montañas", "Eva Núñez"), ("Lagos", "Ana")]

    table = csv_table(end.join(delimiter.join(line) for line in lines) + end, encoding)

    assert (table.columns, table.rows) == (lines[0], tuple(lines[1:]))


def test_quoted_cells_keep_line_ends_quotes_and_delimiters() -> None:
    table = csv_table('titulo,texto\n"Ríos, lagos","Uno.\r\n\r\nDos ""tres"", cuatro"\nMar,Sal\n')

    assert table.rows == (("Ríos, lagos", 'Uno.\n\nDos "tres", cuatro'), ("Mar", "Sal"))


def test_excel_says_its_delimiter_in_a_line_of_its_own() -> None:
    assert csv_table("sep=;\ntitulo;texto\nRíos, lagos;Agua\n").rows == (("Ríos, lagos", "Agua"),)


def test_a_file_of_one_column_is_not_cut_at_its_commas() -> None:
    table = csv_table("texto\nAgua, mucha, siempre\nPiedra\n")

    assert (table.rows, table.notices) == ((("Agua, mucha, siempre",), ("Piedra",)), ())


def test_a_first_row_that_names_nothing_is_a_row() -> None:
    table = csv_table("https://a.b/1,Ríos\nhttps://a.b/2,Lagos\n")

    assert (table.columns, len(table.rows)) == (("1", "2"), 2)


def test_rows_of_another_length_lose_no_word_and_are_told() -> None:
    table = csv_table("titulo,autor,texto\nRíos,Eva,baja, crece\nLagos,Ana\nMar,Luz,sal\n")

    assert table.rows == (("Ríos", "Eva", "baja, crece"), ("Lagos", "Ana", ""), ("Mar", "Luz", "sal"))
    assert told(table) == {"rows_ragged": {"count": "2", "row": "1"}}


def test_a_table_that_is_too_long_is_read_as_far_as_it_is_bounded_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)

    table = csv_table("a,b\n" + "x,y\n" * 5)

    assert len(table.rows) == 3
    assert told(table) == {"rows_left_out": {"kept": "3"}}


def test_cells_are_cleaned_one_by_one() -> None:
    table = csv_table("titulo,texto\nR\u00ados,agua\u2028dulce \x1b[31mroja\nMar,explicaciÃ³n\n")

    assert table.rows == (("Ros", "agua\ndulce roja"), ("Mar", "explicación"))


@pytest.mark.parametrize(
    "value",
    [
        [{"titulo": "Ríos", "autor": "Eva"}, {"titulo": "Lagos", "autor": "Ana"}],
        {"titulo": ["Ríos", "Lagos"], "autor": ["Eva", "Ana"]},
        {"titulo": {"0": "Ríos", "1": "Lagos"}, "autor": {"0": "Eva", "1": "Ana"}},
        {"columns": ["titulo", "autor"], "index": [0, 1], "data": [["Ríos", "Eva"], ["Lagos", "Ana"]]},
        {"version": 2, "data": [{"titulo": "Ríos", "autor": "Eva"}, {"titulo": "Lagos", "autor": "Ana"}]},
        [["titulo", "autor"], ["Ríos", "Eva"], ["Lagos", "Ana"]],
        {"features": [{"feature_idx": 0, "name": "titulo"}, {"feature_idx": 1, "name": "autor"}],
         "rows": [{"row_idx": 0, "row": {"titulo": "Ríos", "autor": "Eva"}, "truncated_cells": []},
                  {"row_idx": 1, "row": {"titulo": "Lagos", "autor": "Ana"}, "truncated_cells": []}]},
    ],
)  # fmt: skip
def test_json_gives_the_same_table_in_every_shape(value: object) -> None:
    table = json_table(value)

    assert (table.columns, table.rows) == (("titulo", "autor"), ROWS)


def test_a_viewers_cut_cells_are_marked_as_cut() -> None:
    rows = [
        {"row": {"titulo": "Ríos", "texto": "El agua"}, "truncated_cells": ["texto"]},
        {"row": {"titulo": "Lagos", "texto": "Quieta."}, "truncated_cells": []},
    ]

    assert [row[1] for row in json_table({"rows": rows}).rows] == ["El agua(...TRUNCATED)", "Quieta."]


def test_objects_of_different_keys_and_values_of_any_type_are_cells_of_text() -> None:
    table = json_table([{"a": "x", "n": 3, "f": 2.0}, {"b": None, "si": True, "lista": ["uno", "dos"]}])

    assert table.columns == ("a", "n", "f", "b", "si", "lista")
    assert table.rows == (("x", "3", "2", "", "", ""), ("", "", "", "", "true", '["uno", "dos"]'))


def test_lines_that_are_broken_are_skipped_and_told() -> None:
    data = b'{"titulo": "R\xc3\xados", "autor": "Eva"}\n{"titulo": "Mar", \n\n{"titulo": "Lagos", "autor": "Ana"}\n'

    table = table_of(read_json(data, "charlas.jsonl"))

    assert table.rows == ROWS
    assert told(table) == {"rows_damaged": {"count": "1", "row": "2"}}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b'{"name": "repaso", "scripts": {"test": "x"}, "private": true}', UnsupportedFile),
        (b'{"plugins": [{"a": {"b": 1}}, {"a": {"c": []}}]}', UnsupportedFile),
        (b'"una cadena"', UnsupportedFile),
        (b"[1, 2, 3]", UnsupportedFile),
        (b'[{"titulo": "R', DamagedFile),
        (b"no es json", DamagedFile),
        (b"[" * 200_000, DamagedFile),
        (b'{"a":' * 100_000, DamagedFile),
        (b"1" * 10_000, DamagedFile),
    ],
)
def test_json_that_is_no_table_is_refused(data: bytes, error: type[IngestError]) -> None:
    with pytest.raises(error) as caught:
        read_json(data, "datos.json")

    assert caught.value.params["path"] == "datos.json"


def parquet_of(columns: dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), file, **options)
    return file.getvalue()


def test_parquet_gives_text_numbers_dates_and_lists_and_leaves_bytes_out() -> None:
    sound = pyarrow.array(
        [{"bytes": b"RIFF", "path": "a.wav"}], pyarrow.struct({"bytes": "binary", "path": "string"})
    )
    columns = {
        "titulo": ["Ríos"], "n": [3], "fecha": [date(2024, 5, 3)], "audio": sound,
        "partes": [[{"start": 0.5, "text": "Hola"}]], "nada": pyarrow.nulls(1),
    }  # fmt: skip

    table = table_of(read_parquet(parquet_of(columns), "charlas.parquet"))

    assert table.columns == ("titulo", "n", "fecha", "partes", "nada")
    assert table.rows == (("Ríos", "3", "2024-05-03", '[{"start": 0.5, "text": "Hola"}]', ""),)


def test_a_parquet_file_that_says_a_long_text_very_often_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "_MOST_CHARACTERS", 10_000_000)
    says_again = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * 100_000, pyarrow.int32()), ["agua " * 800_000]
    )
    bomb = parquet_of({"texto": says_again}, compression="zstd")
    assert len(bomb) < 100_000

    table = table_of(read_parquet(bomb, "bomba.parquet"))

    assert sum(len(row[0]) for row in table.rows) <= 10_000_000
    assert told(table)["rows_left_out"] == {"kept": str(len(table.rows))}


def test_a_cut_parquet_file_is_damaged() -> None:
    whole = parquet_of({"titulo": ["Ríos"] * 50})

    for data in (whole[:-20], whole[: len(whole) // 2], b"PAR1" + bytes(40) + b"PAR1"):
        with pytest.raises(DamagedFile):
            read_parquet(data, "charlas.parquet")


def test_without_pyarrow_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(MissingExtra) as caught:
        read_parquet(b"PAR1", "charlas.parquet")
    assert caught.value.params == {"path": "charlas.parquet", "library": "pyarrow"}


@given(
    st.lists(
        st.sampled_from(["a", '"', ",", ";", "\t", "|", "\n", "\r", "sep=;\n", "titulo", "ñ", " ", "7"]), max_size=50
    )
)
def test_any_mixture_of_delimiters_and_quotes_gives_even_rows(pieces: list[str]) -> None:
    blocks = read_table("".join(pieces).encode(), "a.csv")

    assert not isinstance(blocks, Table) or all(len(row) == len(blocks.columns) for row in blocks.rows)


@pytest.mark.parametrize("piece", ['"', '",', ",", "a,", '"\n', "\t", ";\n", '""', "|"])
def test_half_a_million_repeats_are_read_or_refused(piece: str) -> None:
    try:
        read_table(("a,b\n" + piece * (500_000 // len(piece))).encode(), "a.csv")
    except IngestError:
        return
