"""Filters and counts over the passage index of a real library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.model import Document, Kind, Locator, LocatorType, Mark, Section
from kb import store
from kb.db import Database
from kb.library import AddOptions, Library
from kb.model import FacetField, Filters
from kb.search.index import PassageIndex, Snapshot
from kb.store import Place

SLIDE, PAGE, TIME, QUESTION = LocatorType.SLIDE, LocatorType.PAGE, LocatorType.TIME, LocatorType.QUESTION

MADE = (
    ("PLN", "Sesión 3. Atención", Kind.SLIDES, "2024-04-15", SLIDE, (3, 5), ""),
    ("PLN", "Sesión 13. Evaluación", Kind.TRANSCRIPT, "2024-05-02", TIME, (3, 60), "María Núñez"),
    ("PLN", "Charla de cierre", Kind.NOTES, "2023", PAGE, (12, 12), "Iñaki"),
    ("Álgebra", "", Kind.STUDY_GUIDE, "", QUESTION, (3, 3), "Maria Lopez"),
)


def write(database: Database) -> None:
    with database.transaction() as db:
        for n, (course, session, kind, date, unit, (start, end), speaker) in enumerate(MADE):
            section = Section("Parte", Locator(unit, start, end), f"gato número {n}")
            if speaker:
                section = Section("Parte", section.locator, section.text, (mark(section.locator, speaker),))
            made = Document(
                f"/{n}", "", kind, f"Tema {n}", (section,), session=session, date=date, content_hash=f"{n}"
            )
            store.put(db, made, Place(course), lambda _path: True)


def mark(locator: Locator, speaker: str) -> Mark:
    return Mark(0, locator, speaker)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "library.db")
    write(made)
    yield made
    made.close()


@pytest.fixture(params=["memory", "file"])
def taken(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Snapshot:
    """The index as it was built, and as another process finds it."""
    index = PassageIndex(tmp_path / "cache" if request.param == "file" else None)
    with database.reading() as db:
        built = index.snapshot(db)
        return PassageIndex(tmp_path / "cache").snapshot(db) if request.param == "file" else built


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(course="pln"), [0, 1, 2]),
        (Filters(course="algebra"), [3]),
        (Filters(course="alg"), []),
        (Filters(session="3"), [0]),
        (Filters(session="03"), [0]),
        (Filters(session="13"), [1]),
        (Filters(session="1"), []),
        (Filters(session="sesion"), [0, 1]),
        (Filters(session="ATENCION"), [0]),
        (Filters(session="Sesión 3"), [0]),
        (Filters(session="cierre "), [2]),
        (Filters(kind="slides"), [0]),
        (Filters(kind="nothing"), []),
        (Filters(speaker="maria"), [1, 3]),
        (Filters(speaker="nuñ"), [1]),
        (Filters(speaker="nun"), []),
        (Filters(after="2024"), [0, 1]),
        (Filters(after="2024-05"), [1]),
        (Filters(after="2024-05-02"), [1]),
        (Filters(before="2024-05"), [0, 2]),
        (Filters(before="2024"), [2]),
        (Filters(before="2024-04-15"), [2]),
        (Filters(before="9999"), [0, 1, 2]),
        (Filters(page=3), [0]),
        (Filters(page=4), [0]),
        (Filters(page=6), []),
        (Filters(page=12), [2]),
        (Filters(question=3), [3]),
        (Filters(question=4), []),
        (Filters(course="PLN", kind="transcript", speaker="Núñez", after="2024", session="13"), [1]),
        (Filters(course="PLN", question=3), []),
    ],
)
def test_a_filter_keeps_the_passages_that_meet_it(taken: Snapshot, filters: Filters, wanted: list[int]) -> None:
    found = taken.mask(filters)
    assert found is not None
    assert np.flatnonzero(found).tolist() == wanted


def test_no_filter_keeps_everything(taken: Snapshot) -> None:
    assert taken.mask(Filters()) is None


def test_passages_are_counted_by_kind_session_and_speaker(taken: Snapshot) -> None:
    every, one = taken.facets(np.arange(4)), taken.facets(np.array([1]))
    assert [facet.field for facet in every] == list(FacetField)
    assert every[0].values == (("notes", 1), ("slides", 1), ("study_guide", 1), ("transcript", 1))
    assert every[1].values == (("Charla de cierre", 1), ("Sesión 13. Evaluación", 1), ("Sesión 3. Atención", 1))
    assert every[2].values == (("Iñaki", 1), ("Maria Lopez", 1), ("María Núñez", 1))
    assert [facet.values for facet in one] == [
        (("transcript", 1),),
        (("Sesión 13. Evaluación", 1),),
        (("María Núñez", 1),),
    ]


def test_what_comes_more_often_is_counted_first(taken: Snapshot) -> None:
    rows = np.array([0, 1, 1, 1, 2, 2])
    assert taken.facets(rows)[0].values == (("transcript", 3), ("notes", 2), ("slides", 1))


def test_terms_are_listed_by_how_they_begin_with_how_many_passages_have_them(taken: Snapshot) -> None:
    assert dict(taken.vocabulary("g")).keys() >= {"gat"}
    assert dict(taken.vocabulary("g"))["gat"] == taken.frequency("gat") == 4
    (most,) = taken.terms_beginning("", 1)
    assert most[1] == 4
    names = [term for term, _ in taken.vocabulary("p")]
    assert names == sorted(names)
    assert taken.terms_beginning("ga", 0) == taken.terms_beginning("zz", 9) == ()


def test_a_passage_that_went_is_in_no_filter_and_no_vocabulary(database: Database) -> None:
    index = PassageIndex(None)
    with database.reading() as db:
        index.snapshot(db)
        (gone,) = [info.id for info in store.documents(db) if info.title == "Tema 1"]
    with database.transaction() as db:
        store.remove(db, gone)
    with database.reading() as db:
        left = index.snapshot(db)
    mask = left.mask(Filters(course="PLN"))
    assert mask is not None
    assert np.count_nonzero(mask) == 2
    assert left.mask(Filters(speaker="Núñez")) is not None
    assert dict(left.vocabulary("g"))["gat"] == 3
    assert left.frequency("evaluacion") == 0
    assert not [term for term, _ in left.vocabulary("evalu")]


def test_another_speaker_or_place_is_known_though_the_words_are_the_same(database: Database) -> None:
    index = PassageIndex(None)
    place = Locator(SLIDE, 7, 8)
    text = "gato número 0"
    for speaker, locator in (("Ana", place), ("Berta", place), ("Berta", Locator(SLIDE, 9, 9))):
        section = Section("Parte", locator, text, (mark(locator, speaker),))
        made = Document("/0", "", Kind.SLIDES, "Tema 0", (section,), content_hash=f"{speaker}{locator}")
        with database.transaction() as db:
            store.put(db, made, Place("PLN"), lambda _path: True)
        with database.reading() as db:
            taken = index.snapshot(db)
        assert taken.size == 4
        for name in ("Ana", "Berta"):
            mask = taken.mask(Filters(speaker=name))
            assert mask is not None
            assert mask.any() == (name == speaker)
        mask = taken.mask(Filters(page=int(locator.start), kind="slides"))
        assert mask is not None
        assert mask.any()


def test_a_session_that_is_renamed_by_a_neighbour_is_found_by_its_new_name(library: Library, tmp_path: Path) -> None:
    index = PassageIndex(None)
    folder = tmp_path / "curso"
    folder.mkdir()
    (folder / "clase 2.md").write_text("# Notas\n\nUn gato duerme en la ventana.\n", "utf-8")
    library.add([folder], AddOptions(course="PLN", embed=False))
    with library.database.reading() as db:
        before = index.snapshot(db)
    (folder / "clase 2 - Gatos y perros.md").write_text("# Más\n\nUn perro ladra en la puerta.\n", "utf-8")
    library.add([folder], AddOptions(course="PLN", embed=False))
    with library.database.reading() as db:
        after = index.snapshot(db)
    (session,) = {info.session for info in library.documents()}
    assert session not in dict(before.facets(np.flatnonzero(before.living))[1].values)
    assert after.facets(np.flatnonzero(after.living))[1].values == ((session, 2),)


def test_a_date_that_is_set_anew_is_known_though_the_file_is_the_same(database: Database) -> None:
    index = PassageIndex(None)
    section = Section("Parte", Locator(SLIDE, 1, 1), "gato")
    made = Document("/x", "", Kind.SLIDES, "Tema", (section,), content_hash="x")
    for date in ("2020-01-01", "2021-01-01"):
        with database.transaction() as db:
            store.put(db, made, Place("Otra", date=date), lambda _path: True)
        with database.reading() as db:
            mask = index.snapshot(db).mask(Filters(course="Otra", after=date))
        assert mask is not None
        assert np.count_nonzero(mask) == 1
