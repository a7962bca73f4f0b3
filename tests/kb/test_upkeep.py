"""What is behind or out of step in a library is found, put right and, interrupted, gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.model import Document
from kb import store, upkeep
from kb.library import Library
from kb.model import AddEvent
from kb.search.language import ANALYSIS
from kb.store.index_check import IndexFaults, index_faults

PASSAGES = 7


@pytest.fixture
def filled(library: Library, document: Callable[..., Document]) -> Iterator[Library]:
    with library.database.transaction() as db:
        for number in range(PASSAGES):
            one = document(path=f"/{number}.md", sections=[("Tema", f"Un gato número {number}.")])
            store.put(db, one, store.Place("PLN"), lambda _path: True)
    library.catch_up()
    return library


def faults(library: Library) -> IndexFaults:
    with library.database.transaction() as db:
        return index_faults(db)


def spoil(library: Library, statement: str) -> None:
    with library.database.transaction() as db:
        db.execute(statement)
        store.touch(db)


def found(library: Library) -> int:
    query = "SELECT count(*) FROM passage_terms WHERE passage_terms MATCH 'gat'"
    return int(library.database.connection.execute(query).fetchone()[0])


def well(library: Library) -> bool:
    seen = library.condition()
    return not (seen.index or seen.outdated or seen.damaged) and bool(seen.meanings and seen.meanings.whole)


def test_a_library_in_order_has_nothing_to_mend(filled: Library) -> None:
    assert well(filled)
    assert found(filled) == PASSAGES


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("DELETE FROM passage_terms WHERE rowid <= 3", IndexFaults(missing=3)),
        ("INSERT INTO passage_terms (rowid, heading, body) VALUES (900, 'gat', 'gat')", IndexFaults(extra=1)),
        ("DELETE FROM passage_terms_data WHERE id > 10", IndexFaults(broken=True)),
        ("DELETE FROM passage_terms_content WHERE id = 2", IndexFaults(broken=True)),
    ],
)
def test_an_index_out_of_step_is_found_and_put_right(filled: Library, statement: str, seen: IndexFaults) -> None:
    spoil(filled, statement)
    condition = filled.condition()
    assert condition.index == seen or (seen.broken and condition.index.broken)
    filled.mend(condition)
    filled.catch_up()
    assert well(filled)
    assert found(filled) == PASSAGES
    assert len(filled.search("gato").hits) == PASSAGES


def test_a_rebuild_that_is_interrupted_is_found_and_finished(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "AT_ONCE", 2)
    spoil(filled, "DELETE FROM passage_terms_data WHERE id > 10")
    filled.mend(filled.condition())
    left = iter([False, False])
    filled.catch_up(should_stop=lambda: next(left, True))
    assert filled.condition().outdated == PASSAGES - 4
    assert found(filled) == 4
    filled.catch_up()
    assert well(filled)
    assert found(filled) == PASSAGES


def test_what_an_older_version_analysed_is_indexed_anew_and_told(filled: Library) -> None:
    spoil(filled, "UPDATE passages SET analysis = 1")
    spoil(filled, "UPDATE passage_terms SET body = 'viejo'")
    assert filled.condition().outdated == PASSAGES
    told: list[AddEvent] = []
    filled.catch_up(told.append)
    assert [(event.stage, event.done, event.total) for event in told] == [("index", 0, 7), ("index", 7, 7)]
    assert found(filled) == PASSAGES
    assert {row[0] for row in filled.database.connection.execute("SELECT analysis FROM passages")} == {ANALYSIS}


def test_an_old_index_is_brought_up_to_date_though_the_embedder_is_broken(filled: Library, encoder: Any) -> None:
    from kb.errors import ModelUnavailable

    spoil(filled, "UPDATE passages SET analysis = 1")
    spoil(filled, "DELETE FROM vectors")
    encoder.broken = True
    with pytest.raises(ModelUnavailable):
        filled.catch_up()
    seen = filled.condition()
    assert seen.outdated == 0
    assert seen.meanings is not None
    assert seen.meanings.waiting == PASSAGES


def test_damaged_files_in_the_cache_are_found_and_deleted(filled: Library, tmp_path: Path) -> None:
    from kb.search import index_file, vector_file

    derived = tmp_path / "derived"
    derived.mkdir()
    (derived / index_file.NAME).write_bytes(b"no index")
    vectors = vector_file.place(derived, "word-bag", 256)
    vectors.write_bytes(b"no vectors")
    seen = upkeep.condition(filled.database, filled.embedders, derived)
    assert set(seen.damaged) == {derived / index_file.NAME, vectors}
    upkeep.mend(filled.database, seen, derived)
    assert upkeep.condition(filled.database, filled.embedders, derived).damaged == ()


def test_an_error_that_is_no_damage_is_not_taken_for_it(filled: Library) -> None:
    import sqlite3

    with pytest.raises(sqlite3.Error):
        index_faults(sqlite3.connect(":memory:"))
    assert faults(filled) == IndexFaults()
