from collections.abc import Callable

import pytest

from ingest.model import Document, Kind, Locator, LocatorType, Mark, Notice, Section
from kb import store
from kb.errors import AmbiguousKey, NotFound
from kb.library import Library
from kb.model import AddStatus, Filters
from kb.search import vectors
from kb.store import Place

Make = Callable[..., Document]
HERE = Place("PLN", "Sesión 1")


def put(library: Library, document: Document, place: Place = HERE, there: bool = True) -> store.Stored:
    with library.database.transaction() as db:
        return store.put(db, document, place, lambda _path: there)


def put_file(
    library: Library, *documents: Document, there: bool = True, sha256: str = ""
) -> tuple[store.Stored, ...]:
    with library.database.transaction() as db:
        return store.put_file(db, documents, HERE, lambda _path: there, sha256)


def counts(library: Library) -> tuple[int, int, int]:
    db = library.database.connection
    one = (
        "SELECT (SELECT count(*) FROM passages), (SELECT count(*) FROM passage_terms), (SELECT count(*) FROM vectors)"
    )
    return tuple(db.execute(one).fetchone())


def test_a_document_comes_back_as_it_went_in(library: Library) -> None:
    place = Locator(LocatorType.TIME, 0.5, 9.25, "Inicio")
    section = Section("Inicio", place, "Hola a todos. Empezamos.", (Mark(0, place, "Ana"),), "una nota")
    notice = Notice("repaired", "línea 3", (("count", "2"),))
    document = Document(
        "/t.vtt", "", Kind.TRANSCRIPT, "Charla", (section,), "Ana", "https://x.example", "", "", "es", "h", (notice,)
    )
    made = put(library, document)
    view = library.document(made.id)
    assert view.sections == (section,)
    assert view.notices == (notice,)
    assert [passage.text for passage in view.passages] == ["Hola a todos. Empezamos.", "una nota"]
    assert (view.info.author, view.info.language, view.info.session, view.info.passages) == (
        "Ana",
        "es",
        "Sesión 1",
        2,
    )


def test_the_same_content_again_changes_nothing(library: Library, document: Make) -> None:
    first = put(library, document())
    revision = store.revision(library.database.connection)
    assert put(library, document()) == store.Stored(first.id, AddStatus.UNCHANGED)
    assert store.revision(library.database.connection) == revision


def test_an_edit_keeps_unchanged_passages_with_their_vectors(library: Library, document: Make) -> None:
    put(library, document(sections=[("A", "Uno."), ("B", "Dos."), ("C", "Tres.")]))
    library.embed_pending()
    before = {passage.text: passage.id for passage in library.documents() and library.document("Tema").passages}
    made = put(library, document(sections=[("N", "Nuevo."), ("A", "Uno."), ("C", "Tres.")]))
    assert made.status is AddStatus.UPDATED
    after = {passage.text: passage.id for passage in library.document("Tema").passages}
    assert (after["Uno."], after["Tres."]) == (before["Uno."], before["Tres."])
    assert counts(library) == (3, 3, 2)
    (waiting,) = vectors.pending(library.database.connection, "word-bag")
    assert waiting.text.endswith("Nuevo.")
    assert library.search("dos").hits == ()


def test_a_new_heading_makes_a_passage_searchable_and_embedded_anew(library: Library, document: Make) -> None:
    put(library, document(sections=[("Gatos", "Duermen mucho.")]))
    library.embed_pending()
    put(library, document(sections=[("Leones", "Duermen mucho.")]))
    assert counts(library) == (1, 1, 0)
    assert library.search("leones", limit=5).hits
    assert not library.search("gatos", limit=5).hits


def test_a_file_that_moved_is_the_same_document(library: Library, document: Make) -> None:
    first = put(library, document(path="/old.md", content_hash="h"))
    moved = put(library, document(path="/new.md", content_hash="h"), there=False)
    assert moved == store.Stored(first.id, AddStatus.UPDATED)
    assert [info.path for info in library.documents()] == ["/new.md"]
    back = put(library, document(path="/old.md", content_hash="other"))
    assert back.status is AddStatus.ADDED
    assert back.id != first.id


def test_a_copy_of_a_file_that_is_still_there_is_another_document(library: Library, document: Make) -> None:
    first = put(library, document(path="/a.md", content_hash="h"))
    second = put(library, document(path="/b.md", content_hash="h"))
    assert first.id != second.id
    assert len(library.documents()) == 2


def test_the_same_file_in_another_course_is_another_document(library: Library, document: Make) -> None:
    assert put(library, document()).id != put(library, document(), Place("Otra")).id


def test_removal_leaves_no_trace_in_any_index(library: Library, document: Make) -> None:
    made = put(library, document())
    library.embed_pending()
    library.remove(made.id)
    assert counts(library) == (0, 0, 0)
    assert library.search("gato").hits == ()
    assert library.database.connection.execute("SELECT count(*) FROM vocabulary").fetchone()[0] == 0
    with pytest.raises(NotFound):
        library.remove(made.id)


def test_parts_that_a_file_no_longer_has_go(library: Library, document: Make) -> None:
    one, other = document(part="1", title="Una"), document(part="2", title="Otra", sections=[("B", "Dos.")])
    kept, _ = put_file(library, one, other)
    assert put_file(library, one) == (store.Stored(kept.id, AddStatus.UNCHANGED),)
    assert [info.title for info in library.documents()] == ["Una"]


def test_a_document_is_found_by_id_path_or_title(library: Library, document: Make) -> None:
    made = put(library, document(title="Atención y Memoria"))
    for key in (made.id, "/curso/tema.md", "atencion y memoria"):
        assert library.document(key).info.id == made.id
    put(library, document(path="/otro.md", title="Atención y memoria"))
    with pytest.raises(AmbiguousKey) as error:
        library.document("Atención y memoria")
    assert made.id in error.value.params["ids"]
    for key in ("nada", "", "a\x00b", "\udcff"):
        with pytest.raises(NotFound):
            library.document(key)
        with pytest.raises(NotFound):
            library.passage(key)


def test_a_study_guide_counts_its_questions_and_finds_answers_by_their_stem(library: Library, document: Make) -> None:
    answer = "Sirve para pesar lo que importa. " * 60
    guide = document(sections=[("¿Qué es la atención?", answer)], kind=Kind.STUDY_GUIDE)
    made = put(library, guide)
    assert library.document(made.id).info.questions == 1
    assert len(library.search("atencion", limit=9).hits) == len(library.document(made.id).passages) > 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), 2),
        (Filters(course="pln"), 2),
        (Filters(course="otra"), 0),
        (Filters(session="SESION 1"), 2),
        (Filters(kind="transcript"), 1),
        (Filters(speaker="garcia"), 1),
        (Filters(speaker="nadie"), 0),
    ],
)
def test_filters_narrow_both_kinds_of_evidence(
    library: Library, document: Make, filters: Filters, found: int
) -> None:
    place = Locator(LocatorType.TIME, 0, 9)
    talk = Section("", place, "El gato habla.", (Mark(0, place, "Ana García"),))
    put(library, Document("/t.vtt", "", Kind.TRANSCRIPT, "Charla", (talk,), content_hash="t"))
    put(library, document())
    library.embed_pending()
    assert len(library.search("gato", filters).hits) == found
    assert len(library.search("minino", filters).hits) == found


def test_listings_name_courses_and_sessions(library: Library, document: Make) -> None:
    put(library, document())
    put(library, document(path="/b.md"), Place("Otra"))
    assert [info.course for info in library.documents("otra")] == ["Otra"]
    assert library.documents(kind="slides") == ()
    assert [(one.course, one.title, one.documents) for one in library.sessions()] == [
        ("PLN", "Sesión 1", 1),
        ("Otra", "Tema", 1),
    ]
