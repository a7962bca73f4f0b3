"""A library that the first version wrote: it opens, is searched, and takes in new and unchanged files."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from ingest.model import Role
from kb import store
from kb.chunk import identity
from kb.db import APPLICATION_ID
from kb.library import AddOptions, Library
from kb.model import AddStatus
from kb.schema import _FIRST
from kb.search.index import PassageIndex

VECTORS = "Un vector es una lista ordenada de números."
DISTANCE = "La distancia del coseno compara direcciones."
CAT = "Un gato duerme en la ventana."
NAMED = "# Sesión 2. Vectores\n\n" + VECTORS + "\n\n## Distancia\n\n" + DISTANCE + "\n"
LOOSE = "# Apuntes sueltos\n\n" + CAT + "\n"


def place(number: int, heading: str) -> str:
    return json.dumps(["section", number, number, heading], ensure_ascii=False, separators=(",", ":"))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The rows that the first version stored of two files; the second with `--session "Clase 3"`."""
    named, loose = str(tmp_path / "a.md"), str(tmp_path / "b.md")
    a, b = identity("PLN", named, ""), identity("PLN", loose, "")
    documents = [
        (a, "PLN", "Sesión 2. Vectores", 0, named, "", "notes", "Sesión 2. Vectores", "", "", "es", "old-hash-a"),
        (b, "PLN", "Clase 3", 0, loose, "", "notes", "Apuntes sueltos", "", "", "", "old-hash-b"),
    ]
    sections = [
        (a, 0, "Sesión 2. Vectores", place(1, "Sesión 2. Vectores"), VECTORS, "", "[]"),
        (a, 1, "Distancia", place(2, "Distancia"), DISTANCE, "", "[]"),
        (b, 0, "Apuntes sueltos", place(1, "Apuntes sueltos"), CAT, "", "[]"),
    ]
    lines = ("PLN > Sesión 2. Vectores", "PLN > Sesión 2. Vectores > Distancia", "PLN > Clase 3 > Apuntes sueltos")
    terms = (
        "pln sesion 2 vector vector list orden numer # de es un una",
        "pln sesion 2 vector distanci distanci cosen comp direccion # del la",
        "pln clas 3 apunt suelt gat duerm ventan # en la un",
    )
    path = tmp_path / "library.db"
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for statement in _FIRST:
        db.execute(statement)
    db.execute(
        "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)"
    )
    db.execute("INSERT INTO _sqlite_migrations VALUES (1, 'kb', 'first_tables', '2025-11-21 12:50:02.153697+00:00')")
    db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", documents)
    db.executemany("INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?)", sections)
    for number, ((document, ordinal, heading, where, text, _, _), line) in enumerate(
        zip(sections, lines, strict=True), start=1
    ):
        words = " ".join(text.casefold().split())
        row = (number, identity(document, words, "1"), document, ordinal, ordinal, heading, where, "", 0, len(text))
        db.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, line, text))
        db.execute("INSERT INTO passage_terms (rowid, terms) VALUES (?, ?)", (number, terms[number - 1]))
    db.execute("INSERT INTO notices VALUES (?, 0, 'slides_inferred', '', '[]')", (b,))
    db.commit()
    db.close()
    return path


def test_an_old_library_is_ranked_before_and_after_it_is_analysed_anew(old: Path, tmp_path: Path) -> None:
    library = open_library(old)
    index = PassageIndex(tmp_path / "cache")
    with library.database.reading() as db:
        before = index.snapshot(db)
        assert store.outdated(db) == 3
    # "vector" stood once in the line of its place and once in the text, which the first version kept together.
    assert before.numbers[before.top(before.scores([[("vector", 1.0)]]).values, 9, None)].tolist() == [1, 2]
    assert before.frequency("ventan") == 1
    with library.database.transaction() as db:
        assert store.reanalyse(db, 100) == 3
    with library.database.reading() as db:
        after = index.snapshot(db)
        assert store.outdated(db) == 0
    assert after.numbers[after.top(after.scores([[("vector", 1.0)]]).values, 9, None)].tolist() == [1, 2]
    assert after.size == 3
    library.close()


def open_library(path: Path) -> Library:
    return Library.open(path, encoder=None, generator=None, clock=lambda: 0.0)


def test_an_old_library_opens_with_all_that_it_has(old: Path) -> None:
    library = open_library(old)
    named, loose = library.documents()
    assert [(info.session, info.date, info.passages) for info in (named, loose)] == [
        ("Sesión 2. Vectores", "", 2),
        ("Clase 3", "", 1),
    ]
    view = library.document(named.id)
    assert [(one.text, one.role, one.terms, one.readings, one.twins) for one in view.sections] == [
        (VECTORS, Role.BODY, (), (), ()),
        (DISTANCE, Role.BODY, (), (), ()),
    ]
    assert [passage.text for passage in view.passages] == [VECTORS, DISTANCE]
    assert [notice.code for notice in library.document(loose.id).notices] == ["slides_inferred"]
    assert library.search("gato").hits[0].passage.text == CAT
    assert library.database.problems() == ()
    library.close()
    again = open_library(old)
    assert len(again.documents()) == 2
    again.close()


def test_adding_to_an_old_library_keeps_documents_passages_and_sessions(old: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(NAMED)
    (tmp_path / "b.md").write_text(LOOSE)
    (tmp_path / "clase 2.md").write_text("# Repaso\n\nMás sobre listas de números.\n")
    library = open_library(old)
    before = {info.id: [p.id for p in library.document(info.id).passages] for info in library.documents()}
    files = [tmp_path / name for name in ("a.md", "b.md", "clase 2.md")]
    results = library.add(files, AddOptions(course="PLN"))
    assert {result.document.id for result in results[:2] if result.document} == before.keys()
    assert {info.id: [p.id for p in library.document(info.id).passages] for info in library.documents()[:2]} == before
    assert [info.session for info in library.documents()] == ["Sesión 2. Vectores", "Clase 3", "Sesión 2. Vectores"]
    again = library.add(files, AddOptions(course="PLN"))
    assert {result.status for result in again} == {AddStatus.UNCHANGED}
    assert library.database.problems() == ()
    library.close()
