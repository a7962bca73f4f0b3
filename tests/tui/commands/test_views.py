"""`repaso terms`, `similar` and `align`: what they print, for people and for scripts, and how they fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[3] / "samples"
PLACE = {"passage", "document", "title", "kind", "session", "locator"}


@pytest.fixture
def sampled(repaso: Any) -> Any:
    ran = repaso("add", str(SAMPLES / "guia_de_estudio.md"), str(SAMPLES / "sesion-1"), "--no-embed")
    assert ran.status == 0, ran.err
    return repaso


def test_the_glossary_is_printed_with_counts_and_quotes(filled: Any) -> None:
    ran = filled("terms")
    assert ran.status == 0
    assert "tabla hash" in ran.out
    assert "1 pasaje" in ran.out
    assert "Un **grafo** es una estructura formada por nodos" in ran.out
    assert "pregunta 5" in ran.out
    english = filled("terms", "grafo", "--lang", "en").out
    assert "1 passage" in english


def test_glossary_json_has_its_keys(filled: Any) -> None:
    shape = filled("terms", "--limit", "2", "--json").json
    assert set(shape) == {"terms"}
    assert len(shape["terms"]) == 2
    assert set(shape["terms"][0]) == {"term", "other", "passages", "sessions", "weight", "definitions"}
    assert set(shape["terms"][0]["definitions"][0]) == PLACE | {"quote", "outright"}
    one = filled("terms", "grafos", "--json").json["terms"]
    assert [term["term"] for term in one] == ["grafo"]


def test_a_term_without_a_definition_says_so(filled: Any) -> None:
    out = filled("terms", "montículo").out
    assert out.startswith("montículo")
    assert "Ningún pasaje lo define." in out


def test_an_unknown_term_is_a_sentence_and_a_one(filled: Any) -> None:
    ran = filled("terms", "[b]xyzzy\x1b[2J")
    assert (ran.status, ran.out) == (1, "")
    assert "xyzzy" in ran.err
    assert "\x1b" not in ran.err


def test_what_is_similar_is_printed_with_what_it_shares(sampled: Any) -> None:
    guide = sampled("list", "--kind", "study_guide", "--json").json["documents"][0]
    passage = sampled("show", guide["id"], "--json").json["passages"][2]["id"]  # the question about BPE
    ran = sampled("similar", passage, "--limit", "3")
    assert ran.status == 0
    assert "Parecidos a: " in ran.out
    assert "símbolos" in ran.out
    assert "significado no se ha comparado" in ran.err
    shape = sampled("similar", passage, "--limit", "3", "--json").json
    assert set(shape) == {"passage", "document", "model", "hits"}
    assert (shape["passage"], shape["document"], shape["model"]) == (passage, guide["id"], "")
    assert set(shape["hits"][0]) == PLACE | {"score", "keyword_score", "cosine", "likeness", "shared", "text"}
    assert passage not in [hit["passage"] for hit in shape["hits"]]
    whole = sampled("similar", guide["id"], "--kind", "slides", "--json").json
    assert whole["passage"] == ""
    assert {hit["kind"] for hit in whole["hits"]} == {"slides"}


def test_nothing_similar_and_an_unknown_id_end_with_one(filled: Any) -> None:
    notes = filled("list", "--kind", "notes", "--json").json["documents"][0]
    nothing = filled("similar", notes["id"], "--kind", "slides")
    assert nothing.status == 1
    assert "parecido" in nothing.err
    assert filled("similar", "nada").status == 1


def test_a_session_is_laid_side_by_side(sampled: Any) -> None:
    ran = sampled("align", "vectores")
    assert ran.status == 0
    assert "conjeturas" in ran.out
    assert "diapositiva 12 · Perplejidad" in ran.out
    assert "Se habla de ella: 00:23:59" in ran.out
    assert "¿Qué mide la perplejidad" in ran.out
    assert "Macro-F1" in ran.out
    assert "Se dice y no está en las diapositivas:" in ran.out
    assert "guesses" in sampled("align", "vectores", "--lang", "en").out


def test_side_by_side_json_has_its_keys(sampled: Any) -> None:
    shape = sampled("align", "1", "--json").json
    assert set(shape) == {"course", "session", "model", "missing", "slides", "beside", "elsewhere"}
    assert shape["missing"] == []
    assert set(shape["slides"][0]) == {
        *("document", "title", "locator", "spoken", "talk", "questions", "summary", "unsaid"),
    }
    talk = next(slide["talk"][0] for slide in shape["slides"] if slide["talk"])
    assert set(talk) == {"document", "locator", "text", "confidence"}
    question = next(slide["questions"][0] for slide in shape["slides"] if slide["questions"])
    assert set(question) == {"document", "title", "locator", "answered_by", "score"}
    assert set(question["answered_by"]) == PLACE
    unsaid = next(slide["unsaid"][0] for slide in shape["slides"] if slide["unsaid"])
    assert set(unsaid) == {"text", "confidence"}


def test_what_is_missing_of_a_session_is_named(repaso: Any) -> None:
    assert (
        repaso("add", str(SAMPLES / "sesion-1" / "transcripcion.vtt"), "--no-embed", "--session", "Uno").status == 0
    )
    ran = repaso("align", "Uno")
    assert ran.status == 0
    assert "falta: Diapositivas, Guía de estudio, Resumen" in ran.out


def test_sessions_that_are_unknown_or_several_are_sentences(filled: Any, course: Path) -> None:
    unknown = filled("align", "[b]nada\x1b[2J")
    assert unknown.status == 1
    assert "\x1b" not in unknown.err
    for name in ("Bosques", "Bosques y prados"):
        assert filled("add", str(course / "apuntes.md"), "--course", name, "--session", name).status == 0
    several = filled("align", "osque")
    assert several.status == 2
    assert "Bosques y prados" in several.err
    assert filled("align", "Bosques").status == 0


@pytest.mark.parametrize("command", [("terms",), ("terms", "x"), ("similar", "x"), ("align", "x")])
def test_an_empty_library_is_answered_in_a_line(repaso: Any, command: tuple[str, ...]) -> None:
    ran = repaso(*command)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
