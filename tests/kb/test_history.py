"""What was searched for, and what stands around a passage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.model import Document
from kb import store
from kb.errors import NotFound
from kb.library import Library
from kb.model import PastSearch
from kb.store import Place, history

Make = Callable[..., Document]


def asked(library: Library) -> list[str]:
    return [past.query for past in library.past_searches()]


def test_queries_come_back_newest_first_each_once(library: Library) -> None:
    for hour, query in enumerate(("gato", "perro", "gato")):
        library.remember_search(query, f"2026-03-02T0{hour}:00:00+00:00")
    assert library.past_searches() == (
        PastSearch("gato", "2026-03-02T02:00:00+00:00"),
        PastSearch("perro", "2026-03-02T01:00:00+00:00"),
    )
    assert [past.query for past in library.past_searches(1)] == ["gato"]
    assert library.past_searches(-1) == ()


def test_a_query_is_kept_on_one_line_and_a_pasted_text_is_not(library: Library) -> None:
    library.remember_search("  gatos\n y\tperros ", "2026")
    library.remember_search("palabra " * 10_000, "2026")
    library.remember_search(" \n", "2026")
    assert asked(library) == ["gatos y perros"]


def test_the_oldest_queries_are_forgotten(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 3)
    for number in range(5):
        library.remember_search(f"consulta {number}", "2026")
    assert asked(library) == ["consulta 4", "consulta 3", "consulta 2"]


def test_all_can_be_forgotten_at_once(library: Library) -> None:
    library.remember_search("gato", "2026")
    library.remember_search("perro", "2026")
    assert library.forget_searches() == 2
    assert asked(library) == []
    assert library.forget_searches() == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
def test_whatever_is_typed_can_be_remembered_and_asked_again(library: Library, query: str) -> None:
    library.forget_searches()
    library.remember_search(query, "2026")
    kept = asked(library)
    for one in kept:
        library.remember_search(one, "2026")
    assert asked(library) == kept


def test_remembering_changes_nothing_that_search_stands_on(library: Library) -> None:
    before = store.revision(library.database.connection)
    library.remember_search("gato", "2026")
    assert store.revision(library.database.connection) == before


def test_the_neighbours_of_a_passage_are_those_around_it_in_its_document(library: Library, document: Make) -> None:
    sections = [(f"Parte {number}", f"La parte {number} cuenta algo sobre gatos.") for number in range(5)]
    with library.database.transaction() as db:
        store.put(db, document(sections=sections), Place("PLN", "Sesión 1"), lambda _path: True)
        store.put(db, document(path="/curso/otro.md", title="Otro"), Place("PLN", "Sesión 1"), lambda _path: True)
    everything = library.document("/curso/tema.md").passages
    assert len(everything) == 5
    assert library.neighbours(everything[2].id) == (everything[1], everything[3])
    assert library.neighbours(everything[2].id, 1, 2) == (everything[1], everything[3], everything[4])
    assert library.neighbours(everything[0].id, 4, 0) == ()
    assert library.neighbours(everything[4].id) == (everything[3],)


def test_a_passage_that_is_not_there_has_no_neighbours(library: Library) -> None:
    for key in ("nada", "ñ", ""):
        with pytest.raises(NotFound):
            library.neighbours(key)
