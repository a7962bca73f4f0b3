"""What a search finds and tells of it, over a small course, through the library."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.model import Document, Kind
from kb import store
from kb.inference import open_encoder
from kb.library import Library
from kb.model import FacetField, Filters, Reranking, SearchMode, Via
from kb.store import Place

Make = Callable[..., Document]
SLIDE = (
    "La tasa de aprendizaje decide cuánto cambia cada peso en un paso. Con una tasa alta el entrenamiento diverge;"
    " con una baja tarda demasiado. Se suele empezar alta y bajarla poco a poco."
)
ATTENTION = (
    "La atención es un mecanismo que pondera las palabras de la frase según lo que cada una necesita de las demás."
)


@pytest.fixture
def course(library: Library, document: Make) -> Library:
    decks = [
        document("/curso/uno.md", [("Optimización", SLIDE)], kind=Kind.SLIDES, title="Tema 1", session="Sesión 1"),
        document(
            "/curso/dos.md",
            [("Repaso", SLIDE + " Lo vimos ayer."), ("Atención", ATTENTION)],
            kind=Kind.SLIDES,
            title="Tema 2",
            session="Sesión 2",
        ),
        document(
            "/curso/charla.md",
            [("Charla", "Hoy hablamos de por qué la atención hace falta. Y de BETO, que es un BERT en español.")],
            kind=Kind.NOTES,
            title="Apuntes",
            session="Sesión 2",
        ),
        document("/curso/beta.md", [("Beta", "La versión beta del programa salió ayer.")], title="Otros"),
    ]
    with library.database.transaction() as db:
        for deck in decks:
            store.put(db, deck, Place(""), lambda _path: True)
    return library


def first(library: Library, query: str, mode: SearchMode = SearchMode.KEYWORD) -> str:
    return library.search(query, mode=mode).hits[0].passage.heading


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("what is the learning rate", "Optimización"),
        ("tasas de aprendizajes", "Optimización"),
        ("BETO", "Charla"),
        ("beta", "Beta"),
        ("atensión", "Atención"),
    ],
)
def test_a_passage_is_found_in_another_language_number_and_spelling(
    course: Library, query: str, heading: str
) -> None:
    assert first(course, query) == heading


def test_the_same_slide_in_two_decks_is_one_hit_with_the_other_behind_it(course: Library) -> None:
    result = course.search("tasa de aprendizaje", mode=SearchMode.KEYWORD)
    (hit,) = [hit for hit in result.hits if "tasa" in hit.passage.text]
    assert {hit.document.title, *(one.document.title for one in hit.alike)} == {"Tema 1", "Tema 2"}
    assert hit.alike[0].likeness >= 0.8
    assert result.total == 2


def test_a_hit_says_which_words_it_has_and_in_which_forms(course: Library) -> None:
    hit = course.search("what is the learning rate", mode=SearchMode.KEYWORD).hits[0]
    told = {one.asked: one for one in hit.why.words}
    assert told["learning"].forms == ("aprendizaje",)
    assert told["learning"].via is Via.TRANSLATION
    assert sum(one.share for one in hit.why.words) == pytest.approx(1.0)


def test_a_hit_says_that_it_defines_what_was_asked(course: Library) -> None:
    hits = course.search("¿Qué es la atención?", mode=SearchMode.KEYWORD).hits
    assert [hit.why.defines for hit in hits if hit.passage.heading == "Atención"] == [True]
    assert [hit.why.defines for hit in hits if hit.passage.heading == "Charla"] == [False]
    assert hits[0].why.in_heading


def test_all_that_was_found_is_counted_by_kind_and_session(course: Library) -> None:
    result = course.search("atención tasa", limit=1, mode=SearchMode.KEYWORD)
    facets = {facet.field: dict(facet.values) for facet in result.facets}
    assert len(result.hits) == 1
    assert result.total == 4
    assert facets[FacetField.KIND] == {"slides": 3, "notes": 1}
    assert facets[FacetField.SESSION] == {"Sesión 2": 3, "Sesión 1": 1}


def test_filters_in_the_query_and_beside_it_both_hold(course: Library) -> None:
    def titles(query: str, filters: Filters = Filters()) -> list[str]:  # noqa: B008 (frozen)
        return [hit.document.title for hit in course.search(query, filters, mode=SearchMode.KEYWORD).hits]

    assert titles("atención tipo:apuntes") == ["Apuntes"]
    assert titles("atención", Filters(session="2", kind="slides")) == ["Tema 2"]
    assert titles("atención tipo:apuntes", Filters(kind="slides")) == []


def test_a_query_of_fields_alone_lists_what_they_let_through(course: Library) -> None:
    result = course.search("sesion:2")
    assert [hit.document.title for hit in result.hits] == ["Tema 2", "Tema 2", "Apuntes"]
    assert result.total == 3
    assert result.hits[0].score == 0.0


def test_headings_of_the_hits_are_searches_to_go_on_with(course: Library) -> None:
    related = course.search("entrenamiento", mode=SearchMode.KEYWORD).related
    assert "Optimización" in related or "Repaso" in related
    assert course.search("optimización repaso", mode=SearchMode.KEYWORD).related == ()


@pytest.mark.parametrize("limit", [0, 1, 1000])
def test_any_limit_is_kept(course: Library, limit: int) -> None:
    assert len(course.search("atención tasa beta", limit=limit, mode=SearchMode.KEYWORD).hits) <= limit


def test_looking_again_without_a_model_leaves_the_order_and_says_so(course: Library) -> None:
    plain = course.search("atención", mode=SearchMode.KEYWORD)
    again = course.search("atención", mode=SearchMode.KEYWORD, rerank=True)
    assert plain.reranking is Reranking.OFF
    assert again.reranking is Reranking.UNAVAILABLE
    assert [hit.passage.id for hit in again.hits] == [hit.passage.id for hit in plain.hits]


def test_a_question_in_english_finds_spanish_by_meaning_with_the_real_embedder(
    tmp_path: Path, document: Make, model_cache: Path
) -> None:
    encoder = open_encoder("all-minilm-l6-v2", model_cache)
    library = Library.open(tmp_path / "library.db", encoder=encoder, generator=None, clock=lambda: 0.0)
    topics = [
        ("Cocina", "El arroz se cuece con caldo y azafrán."),
        ("Redes", "Las redes neuronales ajustan sus pesos con muchos ejemplos."),
        ("Trenes", "La locomotora arrastra vagones por la vía."),
    ]
    try:
        with library.database.transaction() as db:
            store.put(db, document(sections=topics, title="Varios"), Place(""), lambda _path: True)
        library.embed_pending()
        result = library.search("machine learning models that learn from data", mode=SearchMode.SEMANTIC)
        assert result.model == "all-minilm-l6-v2"
        assert result.hits[0].passage.heading == "Redes"
    finally:
        library.close()
