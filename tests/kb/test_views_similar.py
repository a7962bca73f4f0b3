"""What is near to a passage: by its vector, by its words, and never itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.model import Document
from kb import store
from kb.errors import AmbiguousKey, NotFound
from kb.inference import open_encoder
from kb.library import Library
from kb.model import Filters
from kb.store import Place

CATS = "El gato siamés duerme sobre el tejado rojo mientras la lluvia cae despacio y nadie lo molesta jamás."
AGAIN = "El gato siamés duerme sobre el tejado rojo mientras la lluvia cae despacio y nadie lo molesta nunca."
KITTENS = "Un minino persa descansa junto al fuego del salón durante la tarde entera."
WORDS = "Sobre el tejado rojo la lluvia cae despacio, y la teja siamesa brilla bajo el farol de la plaza."
OTHER = "La hipoteca variable sube cuando sube el tipo de interés del banco central europeo."


def put(library: Library, document: Document, session: str = "") -> None:
    with library.database.transaction() as db:
        store.put(db, document, Place("Curso", session), lambda _path: True)


@pytest.fixture
def filled(library: Library, document: Callable[..., Document]) -> Library:
    put(
        library,
        document("/a.md", [("A", CATS), ("B", "Vecino de arriba, sin más."), ("C", WORDS)], title="Gatos"),
        "S1",
    )
    put(library, document("/b.md", [("D", AGAIN), ("E", KITTENS)], title="Mininos"), "S2")
    put(library, document("/c.md", [("F", OTHER)], title="Bancos"), "S3")
    return library


def texts(library: Library, key: str, **rest: Filters) -> list[str]:
    return [one.passage.text for one in library.similar(key, **rest).near]


def passage(library: Library, title: str, place: int) -> str:
    return library.document(title).passages[place].id


def test_by_words_alone_what_shares_the_weightiest_comes_first_and_says_so(filled: Library) -> None:
    found = filled.similar(passage(filled, "Gatos", 0))
    assert found.model == ""
    assert [one.passage.text for one in found.near] == [AGAIN, WORDS]
    assert found.near[0].score > found.near[1].score > 0
    assert all(one.cosine == 0 for one in found.near)
    assert {"tejado", "lluvia"} & set(found.near[1].shared)


def test_a_near_duplicate_is_marked(filled: Library) -> None:
    near = filled.similar(passage(filled, "Gatos", 0)).near
    assert [one.likeness > 0.8 for one in near] == [True, False]


def test_itself_and_its_direct_neighbours_are_left_out(filled: Library, document: Callable[..., Document]) -> None:
    put(
        filled,
        document("/d.md", [("A", CATS + " Uno."), ("B", CATS + " Dos."), ("C", CATS + " Tres.")], title="Ecos"),
    )
    middle = texts(filled, passage(filled, "Ecos", 1))
    assert not any(text.endswith(("Uno.", "Dos.", "Tres.")) for text in middle)
    first = texts(filled, passage(filled, "Ecos", 0))
    assert [text.endswith("Tres.") for text in first].count(True) == 1


def test_with_vectors_a_synonym_is_near_and_no_model_is_asked(filled: Library) -> None:
    filled.embed_pending()
    assert filled.encoder is not None
    filled.encoder.broken = True  # type: ignore[attr-defined]  # encoding now would raise
    found = filled.similar(passage(filled, "Gatos", 0))
    assert found.model == "word-bag"
    assert KITTENS in [one.passage.text for one in found.near]
    assert max(one.cosine for one in found.near) > 0.8
    assert OTHER not in [one.passage.text for one in found.near]


def test_a_document_is_compared_as_a_whole(filled: Library) -> None:
    for key in ("Mininos", filled.document("Mininos").info.id):
        found = filled.similar(key)
        assert found.whole
        assert found.near[0].passage.text == CATS
        assert not {one.document.title for one in found.near} & {"Mininos"}


def test_filters_and_the_limit_hold(filled: Library) -> None:
    key = passage(filled, "Gatos", 0)
    assert texts(filled, key, filters=Filters(session="S2")) == [AGAIN]
    assert texts(filled, key, filters=Filters(course="Otro")) == []
    assert len(filled.similar(key, limit=1).near) == 1
    assert filled.similar(key, limit=0).near == ()


def test_what_is_like_nothing_finds_nothing(filled: Library) -> None:
    assert texts(filled, passage(filled, "Bancos", 0)) == []


@pytest.mark.parametrize("key", ["", "nada", "ñ", "\x00", "\udcff", "'; --", "0" * 16])
def test_an_unknown_key_is_an_error_of_ours(filled: Library, key: str) -> None:
    with pytest.raises(NotFound):
        filled.similar(key)


def test_a_title_of_several_documents_must_be_told_apart(filled: Library, document: Callable[..., Document]) -> None:
    put(filled, document("/e.md", title="Gatos", content_hash="e"))
    with pytest.raises(AmbiguousKey):
        filled.similar("Gatos")


def test_a_document_without_passages_and_an_empty_library_are_not_found(
    library: Library, document: Callable[..., Document]
) -> None:
    with pytest.raises(NotFound):
        library.similar("x")
    put(library, document("/vacío.md", [("Nada", "")], title="Vacío"))
    with pytest.raises(NotFound):
        library.similar("Vacío")


def test_a_file_is_known_by_its_path_too(filled: Library, tmp_path: Path) -> None:
    assert filled.similar("/b.md").document.title == "Mininos"
    with pytest.raises(NotFound):
        filled.similar(str(tmp_path / "b.md"))


def test_real_vectors_put_the_same_subject_in_other_words_before_another_subject(
    tmp_path: Path, model_cache: Path, document: Callable[..., Document]
) -> None:
    if not (model_cache / "models" / "all-minilm-l6-v2" / "onnx").is_dir():
        pytest.skip("needs the ONNX export of all-minilm-l6-v2 (make setup)")
    encoder = open_encoder("all-minilm-l6-v2", model_cache)
    library = Library.open(tmp_path / "library.db", encoder=encoder, generator=None, clock=lambda: 0.0)
    try:
        subjects = {
            "Kittens": "A kitten sleeps on the warm sofa all afternoon.",
            "Cats": "Young felines nap for hours on comfortable furniture.",
            "Loans": "The central bank raised mortgage rates again this quarter.",
            "Volcano": "Magma rises through the chimney and lava flows to the sea.",
        }
        for title, text in subjects.items():
            put(library, document(f"/{title}.md", [("", text)], title=title))
        library.embed_pending()
        found = library.similar("Kittens")
        assert found.model == "all-minilm-l6-v2"
        assert [one.document.title for one in found.near][:1] == ["Cats"]
        assert found.near[0].cosine > 0.4
    finally:
        library.close()
