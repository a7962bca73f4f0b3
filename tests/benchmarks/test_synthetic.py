"""The libraries that speed is measured on have the tables that adding files would give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.search_speed import VectorsBetween, bytes_per_passage
from benchmarks.synthetic import DIMENSION, MODEL, Maker, fill
from kb import embedding
from kb.db import Database
from kb.library import Library
from kb.search.language import ANALYSIS, indexed
from kb.search.vectors import VectorIndex

PASSAGES = 230


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker(words=300, rare=50, phrases=200)


@pytest.fixture(scope="module")
def path(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "library.db"
    database = Database(path)
    fill(database, maker, PASSAGES)
    database.close()
    return path


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path)
    yield opened
    opened.close()


def test_its_terms_are_those_of_its_texts(database: Database) -> None:
    rows = database.connection.execute(
        """SELECT p.text, p.context, p.analysis, t.heading, t.body FROM passages p JOIN passage_terms t
            ON t.rowid = p.number"""
    ).fetchall()
    assert len(rows) == PASSAGES
    for row in rows:
        assert (row["heading"], row["body"]) == (indexed(row["context"]), indexed(row["text"], language="es"))
        assert 100 < len(row["text"].split()) < 240
        assert row["analysis"] == ANALYSIS


def test_its_passages_stand_where_their_sections_have_them(database: Database) -> None:
    rows = database.connection.execute(
        """SELECT p.start, p.stop, p.text, s.text AS whole FROM passages p
            JOIN sections s ON s.document = p.document AND s.ordinal = p.section"""
    ).fetchall()
    assert len(rows) == PASSAGES
    assert all(row["whole"][row["start"] : row["stop"]] == row["text"] for row in rows)


def test_it_is_whole_and_every_passage_has_its_vector(database: Database) -> None:
    assert database.problems() == ()
    with database.reading() as db:
        matrix = VectorIndex(None).snapshot(db, MODEL, DIMENSION)
        assert embedding.lacking(db, MODEL) == 0
    assert matrix is not None and len(matrix.numbers) == PASSAGES
    assert np.allclose(np.linalg.norm(matrix.vectors_of(matrix.numbers), axis=1), 1.0, atol=1e-5)


def test_it_is_searched_as_any_library(path: Path, maker: Maker) -> None:
    library = Library.open(path, encoder=VectorsBetween(path), generator=None, clock=lambda: 0.0)
    found = [library.search(query).hits for query in maker.queries(12)]
    library.close()
    assert sum(map(bool, found)) >= 10


def test_what_a_passage_takes_adds_up_to_the_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "derived").write_bytes(b"\x00" * PASSAGES)
    sizes = bytes_per_passage(path, tmp_path)
    assert sizes.pop("derived") == 1.0
    assert sum(sizes.values()) * PASSAGES == pytest.approx(path.stat().st_size, rel=0.01)
    assert sizes["vectors"] > 4 * DIMENSION
    assert sizes["text"] > 500 and sizes["full_text"] > 500
