from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.model import Document
from kb import store
from kb.errors import NoEmbedder
from kb.inference import open_encoder
from kb.library import Library
from kb.model import Filters, SearchMode
from kb.search.matrix import Matrix
from kb.store import Place

Make = Callable[..., Document]
TOPICS = [
    ("Gatos", "El gato caza ratones de noche y duerme de día."),
    ("Perros", "El perro guarda la casa y ladra en la puerta."),
    ("Trenes", "La locomotora arrastra vagones por la vía férrea."),
    ("Cocina", "El arroz se cuece con caldo y azafrán."),
    ("Transformers", "Los Transformers usan atención sobre cada palabra de la frase."),
    ("Música", "La orquesta afina antes del concierto."),
]


def fill(library: Library, document: Make, embed: bool = True) -> None:
    with library.database.transaction() as db:
        store.put(db, document(sections=TOPICS, title="Varios"), Place(""), lambda _path: True)
    if embed:
        library.embed_pending()


def headings(library: Library, query: str, mode: SearchMode = SearchMode.HYBRID) -> list[str]:
    return [hit.passage.heading for hit in library.search(query, Filters(), 10, mode).hits]


def test_a_word_finds_its_passage_and_shows_why(library: Library, document: Make) -> None:
    fill(library, document)
    hit, *_ = library.search("¿Qué caza el gato?").hits
    assert hit.passage.heading == "Gatos"
    assert hit.document.title == "Varios"
    assert {hit.snippet[start:end] for start, end in hit.highlights} == {"gato", "caza"}
    assert 0 < hit.score <= 1
    assert 0 < hit.keyword_score <= 1


def test_a_synonym_is_found_by_meaning(library: Library, document: Make) -> None:
    fill(library, document)
    result = library.search("minino")
    assert result.mode is SearchMode.HYBRID
    assert result.hits[0].passage.heading == "Gatos"
    assert result.hits[0].keyword_score == 0
    assert headings(library, "minino", SearchMode.KEYWORD) == []
    assert headings(library, "minino", SearchMode.SEMANTIC)[0] == "Gatos"


def test_a_search_leaves_no_vectors_of_a_file_in_memory(
    library: Library, document: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(library, document)
    released: list[Matrix] = []
    monkeypatch.setattr(Matrix, "let_go", lambda matrix: released.append(matrix))
    passage = library.search("minino").hits[0].passage
    assert len(released) == 1
    library.similar(passage.id)
    assert len(released) == 2


def test_a_query_about_nothing_in_the_library_finds_nothing(library: Library, document: Make) -> None:
    fill(library, document)
    assert headings(library, "quiropráctica veterinaria") == []


def test_a_condition_holds_for_meaning_too(library: Library, document: Make) -> None:
    fill(library, document)
    assert headings(library, '"guarda la casa"') == ["Perros"]
    assert "Gatos" not in headings(library, "perro minino -gato")


def test_without_vectors_or_embedder_words_are_used_and_it_is_told(library: Library, document: Make) -> None:
    fill(library, document, embed=False)
    assert library.search("gato").mode is SearchMode.KEYWORD
    with pytest.raises(NoEmbedder):
        library.search("gato", mode=SearchMode.SEMANTIC)
    alone = Library(library.database, None, None, lambda: 0.0)
    assert alone.search("gato").mode is SearchMode.KEYWORD
    with pytest.raises(NoEmbedder):
        alone.search("gato", mode=SearchMode.SEMANTIC)


def test_an_embedder_that_dies_leaves_a_keyword_search(library: Library, document: Make, encoder: object) -> None:
    fill(library, document)
    encoder.broken = True  # type: ignore[attr-defined]
    result = library.search("gato")
    assert result.mode is SearchMode.KEYWORD
    assert result.hits


@pytest.mark.parametrize(
    ("query", "better"),
    [
        ("trasnformers", "Transformers"),
        ("¿qué es la locomotroa?", "¿qué es la locomotora?"),
        ("transformer", ""),
        ("gato", ""),
        ("2025x", ""),
        ("zzzzzzzz", ""),
    ],
)
def test_only_unknown_words_get_a_better_spelling(library: Library, document: Make, query: str, better: str) -> None:
    fill(library, document)
    assert library.search(query).suggestion.lower() == better.lower()


def test_a_search_sees_what_another_process_changed(library: Library, document: Make, tmp_path: Path) -> None:
    fill(library, document)
    assert headings(library, "minino")
    other = Library.open(library.database.path, encoder=library.encoder, generator=None, clock=lambda: 0.0)
    other.remove(other.documents()[0].id)
    assert headings(library, "minino") == []
    other.database.close()


def test_the_limit_holds_and_the_clock_counts(library: Library, document: Make) -> None:
    fill(library, document)
    result = library.search("gato perro arroz", limit=2)
    assert len(result.hits) == 2
    assert result.took_ms == pytest.approx(1.0)


def test_a_sections_vector_is_the_unit_mean_of_its_passages(library: Library, document: Make) -> None:
    fill(library, document)
    means = library.section_vectors(library.documents()[0].id)
    assert sorted(means) == list(range(len(TOPICS)))
    assert all(float(vector @ vector) == pytest.approx(1.0, abs=1e-5) for vector in means.values())


def test_a_real_embedder_finds_a_translation(tmp_path: Path, document: Make, model_cache: Path) -> None:
    if not (model_cache / "models" / "all-minilm-l6-v2" / "onnx" / "model_int8.onnx").exists():
        pytest.skip("the embedder is not downloaded")
    made = Library.open(
        tmp_path / "library.db",
        encoder=open_encoder("all-minilm-l6-v2", model_cache),
        generator=None,
        clock=lambda: 0.0,
    )
    try:
        fill(made, document)
        assert headings(made, "music concert", SearchMode.SEMANTIC)[0] == "Música"
    finally:
        made.close()


def test_a_slide_in_fifty_decks_leaves_room_for_the_others(library: Library, document: Make) -> None:
    slide = "La atención pondera cada palabra de la frase con una suma de valores según claves y consultas."
    others = [
        (
            "Pizarra",
            "El profesor escribe la fórmula en la pizarra y habla de la atención que hace falta para seguirla.",
        ),
        (
            "Historia",
            "En 2014 un artículo sobre traducción presentó por primera vez un mecanismo de atención aditiva.",
        ),
    ]
    with library.database.transaction() as db:
        for number in range(50):
            deck = document(f"/curso/mazo{number}.md", [("Atención", slide)])
            store.put(db, deck, Place(""), lambda _path: True)
        store.put(db, document(sections=others), Place(""), lambda _path: True)
    found = library.search("atención", Filters(), 3, SearchMode.KEYWORD)
    assert {hit.passage.heading for hit in found.hits} == {"Atención", "Pizarra", "Historia"}
    assert found.total == 52
