from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.model import Document, Kind, Locator, LocatorType, Mark, Notice, Reading, Role, Section
from kb import store
from kb.embedding import pending
from kb.errors import AmbiguousKey, NotFound
from kb.library import Library
from kb.model import AddStatus, Filters
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


words = st.text(max_size=30)
numbers = st.one_of(st.integers(0, 10**6), st.floats(0, 10**6))
locators = st.builds(Locator, st.sampled_from(LocatorType), numbers, numbers, words)
sections = st.builds(
    Section,
    title=words,
    locator=locators,
    text=st.text(max_size=200),
    marks=st.lists(st.builds(Mark, st.integers(0, 200), locators, words), max_size=4).map(tuple),
    notes=words,
    language=st.sampled_from(("es", "en", "")),
    role=st.sampled_from(Role),
    terms=st.lists(words, max_size=4).map(tuple),
    readings=st.lists(st.builds(Reading, st.integers(0, 200), st.integers(0, 200), words), max_size=4).map(tuple),
    original=words,
    twins=st.lists(st.integers(0, 9), max_size=3).map(tuple),
)


@given(st.lists(sections, max_size=4).map(tuple), words)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_section_comes_back_as_it_went_in(library: Library, whole: tuple[Section, ...], title: str) -> None:
    document = Document("/x.md", "", Kind.NOTES, title, whole, date="2025-03-04")
    view = library.document(put(library, document).id)
    assert view.sections == whole
    assert view.info.date == "2025-03-04"
    visible = {letter for one in whole for letter in one.text + one.notes if not letter.isspace()}
    assert visible <= set("".join(passage.text for passage in view.passages))


def glued(text: str, written: str, read: str, heading: str = "Inicio") -> Section:
    start = text.index(written)
    return Section(
        heading, Locator(LocatorType.SECTION, 1, 1), text, readings=(Reading(start, start + len(written), read),)
    )


def test_a_glued_word_is_found_by_its_words_and_by_itself_and_shown_as_it_is(library: Library) -> None:
    text = "Bueno, esto es para todalacomunidad que nos sigue."
    section = glued(text, "todalacomunidad", "toda la comunidad")
    made = put(library, Document("/t.vtt", "", Kind.TRANSCRIPT, "Charla", (section,)))
    for query in ("comunidad", "todalacomunidad", '"toda la comunidad que nos sigue"'):
        (hit,) = library.search(query).hits
        assert hit.passage.text == text
        assert "todalacomunidad" in [hit.snippet[start:end] for start, end in hit.highlights]
    assert library.passage(hit.passage.id).readings == (Reading(20, 35, "toda la comunidad"),)
    library.embed_pending()
    assert "para toda la comunidad que" in library.encoder.seen[-1]  # type: ignore[union-attr]
    plain = replace(section, readings=())
    assert put(library, Document("/t.vtt", "", Kind.TRANSCRIPT, "Charla", (plain,))).id == made.id
    assert library.search("comunidad").hits == ()
    assert library.search("todalacomunidad").hits


def test_words_that_were_torn_apart_are_found_and_marked_as_one(library: Library) -> None:
    text = "Una red con aten ción propia aprende."
    section = glued(text, "aten ción", "atención")
    put(library, Document("/t.vtt", "", Kind.TRANSCRIPT, "Charla", (section,)))
    (hit,) = library.search("atención").hits
    assert [hit.snippet[start:end] for start, end in hit.highlights] == ["aten ción"]


def test_what_changes_of_a_remark_alone_is_told_and_changes_nothing_else(library: Library, document: Make) -> None:
    put(library, document())
    revision = store.revision(library.database.connection)
    made = put(library, replace(document(), notices=(Notice("doubted"),)))
    assert made.status is AddStatus.UNCHANGED
    assert library.document(made.id).notices == (Notice("doubted"),)
    assert store.revision(library.database.connection) == revision


def test_a_document_of_a_file_that_was_only_retitled_is_the_same(library: Library, document: Make) -> None:
    one = document(
        part="Redes", title="Redes", sections=[("A", "Una red aprende con ejemplos."), ("B", "Otra olvida.")]
    )
    other = document(part="Grafos", title="Grafos", sections=[("A", "Un grafo tiene nodos.")])
    first, second = put_file(library, one, other)
    retitled = replace(one, part="Redes neuronales", title="Redes neuronales", content_hash="new")
    assert [made.id for made in put_file(library, other, retitled)] == [second.id, first.id]
    edited = document(
        part="Las redes", sections=[("A", "Una red aprende con ejemplos."), ("B", "Otra recuerda todo.")]
    )
    assert [made.id for made in put_file(library, other, edited)] == [second.id, first.id]
    strange = document(part="Las redes", sections=[("A", "Nada de lo de antes.")])
    assert [made.id for made in put_file(library, other, strange)] == [second.id, first.id]
    stranger = document(part="Cocina", sections=[("A", "Una receta de sopa.")])
    assert put_file(library, other, stranger)[1].status is AddStatus.ADDED
    assert {info.part for info in library.documents()} == {"Grafos", "Cocina"}


def test_documents_that_swap_their_titles_swap_nothing_else(library: Library, document: Make) -> None:
    one = document(part="Uno", title="Uno", sections=[("A", "Una red aprende.")])
    two = document(part="Dos", title="Dos", sections=[("A", "Un grafo tiene nodos.")])
    first, second = put_file(library, one, two)
    now = put_file(library, replace(one, part="Dos", content_hash="x"), replace(two, part="Uno", content_hash="y"))
    assert [made.id for made in now] == [first.id, second.id]
    assert {info.id: info.part for info in library.documents()} == {first.id: "Dos", second.id: "Uno"}


def test_sections_in_another_order_keep_their_passages_and_vectors(library: Library, document: Make) -> None:
    parts = [("A", "Uno y nada más."), ("B", "Dos y nada más."), ("C", "Tres y nada más.")]
    made = put(library, document(sections=parts))
    before = {passage.text: passage.id for passage in library.document(made.id).passages}
    library.embed_pending()
    put(library, document(sections=parts[::-1]))
    after = library.document(made.id).passages
    assert {passage.text: passage.id for passage in after} == before
    assert [passage.text[:4] for passage in after] == ["Tres", "Dos ", "Uno "]
    assert pending(library.database.connection, "word-bag") == ()


def test_a_new_title_keeps_the_document_and_its_passages(library: Library, document: Make) -> None:
    made = put(library, document(title="Viejo"))
    before = [passage.id for passage in library.document(made.id).passages]
    assert put(library, replace(document(title="Nuevo"), content_hash="new")).id == made.id
    assert [passage.id for passage in library.document(made.id).passages] == before
    assert library.search("nuevo").hits


def test_a_file_of_the_same_bytes_elsewhere_is_the_one_that_moved(library: Library, document: Make) -> None:
    def at(path: str, *parts: str) -> list[Document]:
        return [
            document(path=path, part=part, title=f"{path} {part}", sections=[(part, f"Texto de {part}.")])
            for part in parts
        ]

    first = put_file(library, *at("/viejo.csv", "Uno", "Dos"))
    with library.database.transaction() as db:
        ids = tuple(made.id for made in first)
        store.remember(db, store.FileRecord("PLN", "/viejo.csv", 1, 1, "abc", "1", "", "", ids))
    copied = put_file(library, *at("/copia.csv", "Uno", "Dos"), sha256="abc")
    assert not {made.id for made in copied} & set(ids)
    moved = put_file(library, *at("/nuevo.csv", "Uno", "Dos"), there=False, sha256="abc")
    assert tuple(made.id for made in moved) == ids
    assert store.files(library.database.connection) == {}


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
    (waiting,) = pending(library.database.connection, "word-bag")
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
    found = library.search("atencion", limit=9).hits
    assert sum(1 + len(hit.alike) for hit in found) == len(library.document(made.id).passages) > 1


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
