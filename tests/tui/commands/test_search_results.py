"""What `repaso search` tells of its results, and of what was searched for; what stands around a passage."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from ingest.model import Kind, Locator, LocatorType
from kb.errors import LibraryBusy
from kb.library import Library
from kb.model import (
    Alike,
    DocumentInfo,
    Facet,
    FacetField,
    Filters,
    Hit,
    Looser,
    Passage,
    SearchMode,
    SearchResult,
    Via,
    Why,
    WordFound,
)
from tui.found import looser_line, why_lines
from tui.locale import Messages

DECK = DocumentInfo("d1", "/a.pdf", "", Kind.SLIDES, "Atención", "", "", "PLN", "Sesión 2", "es", 3, 0, "h")
TALK = replace(DECK, id="d2", path="/b.vtt", kind=Kind.TRANSCRIPT, title="Clase del martes")
FOUND = Passage("p1", "d1", 0, 0, "Atención", Locator(LocatorType.SLIDE, 4, 4), "", 0, 9, "La atención pesa.")
TWIN = replace(FOUND, id="p2", document="d2", locator=Locator(LocatorType.TIME, 60, 70), speaker="Ana \x1b[2J")
WHY = Why(
    (
        WordFound("atención", ("atención", "atender"), Via.FORM, 0.7),
        WordFound("attention", ("atención",), Via.TRANSLATION, 0.2),
        WordFound("[b]xyz[/b]", (), Via.SAME, 0.1),
    ),
    cosine=0.55,
    in_heading=True,
    defines=True,
)
HIT = Hit(FOUND, DECK, 0.8, 0.9, 0.55, "La atención pesa.", ((3, 11),), (Alike(TWIN, TALK, 0.93),), WHY)
RESULT = SearchResult(
    "atención xyz",
    SearchMode.HYBRID,
    (HIT,),
    "",
    3.0,
    total=12,
    facets=(
        Facet(FacetField.KIND, (("slides", 9), ("transcript", 3))),
        Facet(FacetField.SESSION, tuple((f"Sesión {n}", 9 - n) for n in range(6))),
        Facet(FacetField.SPEAKER, ()),
    ),
    related=("mecanismo de atención", "[b]cabezas[/b]"),
    model="minilm",
)


@pytest.fixture
def found(repaso: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Library, "search", lambda *_arguments, **_options: RESULT)
    return repaso


def test_counts_facets_and_related_searches_are_told_in_words(found: Any) -> None:
    lines = found("search", "atención").out.splitlines()
    assert lines[0] == "12 pasajes encontrados; se muestran 1"
    assert lines[1] == "Tipo: Diapositivas 9 · Transcripción 3"
    assert lines[2] == "Sesión: Sesión 0 9 · Sesión 1 8 · Sesión 2 7 · Sesión 3 6 · y 2 más"
    assert "Habla" not in "\n".join(lines)
    assert lines[-1] == "Búsquedas relacionadas: mecanismo de atención · [b]cabezas[/b]"


def test_the_same_said_elsewhere_is_named_under_its_hit(found: Any) -> None:
    assert "   También en: Clase del martes · Sesión 2 · 00:01:00–00:01:10 · Ana" in found("search", "x").out
    assert "\x1b" not in found("search", "x").out


def test_why_is_told_when_asked(found: Any) -> None:
    assert "BM25" not in found("search", "x").out
    out = found("search", "x", "--explain").out
    assert "• «atención» (70 % de lo pedido): atención, atender · otra forma de la palabra" in out
    assert "• «attention» (20 % de lo pedido): atención · traducción" in out
    assert "• No está: «[b]xyz[/b]»" in out
    assert "(BM25) 0.90 · por significado (coseno) 0.55 · en conjunto 0.80" in out
    assert "minilm" in out
    assert "título" in out
    assert "define" in out
    assert "“attention” (20% of what was asked)" in found("search", "x", "--explain", "--lang", "en").out


def test_explained_json_has_the_contract_and_more(found: Any) -> None:
    plain = found("search", "x", "--json").json
    assert set(plain) == {"query", "took_ms", "mode", "suggestion", "hits"}
    assert not {"why", "alike"} & set(plain["hits"][0])
    explained = found("search", "x", "--json", "--explain").json
    assert set(explained) - set(plain) == {"total", "facets", "related", "model"}
    assert explained["total"] == 12
    assert explained["facets"][0] == {
        "field": "kind",
        "values": [{"value": "slides", "count": 9}, {"value": "transcript", "count": 3}],
    }
    hit = explained["hits"][0]
    assert {key: hit[key] for key in plain["hits"][0]} == plain["hits"][0]
    assert hit["why"]["words"][0] == {
        "asked": "atención",
        "forms": ["atención", "atender"],
        "via": "form",
        "share": 0.7,
    }
    assert {key: hit["why"][key] for key in ("cosine", "in_heading", "defines")} == {
        "cosine": 0.55,
        "in_heading": True,
        "defines": True,
    }
    assert set(hit["alike"][0]) == {
        "passage",
        "document",
        "title",
        "kind",
        "course",
        "session",
        "locator",
        "likeness",
    }


def test_the_model_looks_again_only_when_asked(repaso: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def search(*_arguments: object, **options: object) -> SearchResult:
        asked.append(options["rerank"])
        return RESULT

    monkeypatch.setattr(Library, "search", search)
    repaso("search", "x")
    repaso("search", "x", "--rerank")
    assert asked == [False, True]


def test_a_hit_by_meaning_alone_and_one_by_words_alone_say_so() -> None:
    say = Messages("en")
    alone = replace(HIT, why=Why((WordFound("cat", (), Via.SAME, 1.0),), 0.6))
    assert "It was found by its meaning alone." in list(why_lines(alone, "minilm", say))
    by_words = list(why_lines(replace(HIT, why=Why()), "", say))
    assert by_words == ["By words (BM25) 0.90 · together 0.80, from 0 to 1; meaning was not compared"]


def test_what_was_searched_for_is_listed_newest_first_and_can_be_forgotten(filled: Any, tmp_path: Path) -> None:
    assert "Todavía no has buscado nada" in filled("search", "--history").err
    for query in ("montículo", "xyzzy", "montículo"):
        filled("search", query)
    lines = tmp_path / "consultas.txt"
    lines.write_text("mezcla\n")
    filled("search", "--from", str(lines))
    searches = filled("search", "--history", "--json").json["searches"]
    assert [one["query"] for one in searches] == ["montículo", "xyzzy"]
    assert all(set(one) == {"query", "asked_at"} for one in searches)
    assert filled("search", "--history").out.splitlines()[0].endswith("  montículo")
    assert "2" in filled("search", "--forget-history").err
    assert filled("search", "--history", "--json").json == {"searches": []}
    assert filled("search", "--forget-history", "--json").json == {"forgotten": 0}


def test_a_query_that_cannot_be_kept_is_answered_all_the_same(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LibraryBusy(path="library.db")

    monkeypatch.setattr(Library, "remember_search", refuse)
    ran = filled("search", "montículo")
    assert ran.status == 0
    assert "1. Apuntes" in ran.out
    assert "historial" in ran.err


def test_the_filter_that_excludes_everything_is_named(filled: Any) -> None:
    ran = filled("search", "montículo", "--course", "Algoritmos", "--kind", "study_guide")
    assert ran.status == 1
    assert "Sin el filtro (tipo «Guía de estudio») hay 1 resultado." in ran.err
    assert "curso" not in ran.err
    both = filled("search", "montículo", "--kind", "study_guide", "--speaker", "Nadie").err
    assert "Sin el filtro (tipo «Guía de estudio», habla «Nadie») hay 1 resultado." in both
    assert "filtro" not in filled("search", "xyzzy", "--kind", "study_guide").err


def test_a_field_in_the_query_is_a_filter_too(filled: Any) -> None:
    ran = filled("search", "kind:study_guide montículo")
    assert ran.status == 1
    assert "Sin el filtro (tipo «Guía de estudio») hay 1 resultado." in ran.err


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_filter_has_a_name(language: str) -> None:
    names = [field.name for field in fields(Filters)]
    said = looser_line(
        Looser((*((name, "2024") for name in names), ("kind", "slides")), "x", Filters(), 2), Messages(language)
    )
    assert said.count("2024") == len(names)
    assert "slides" not in said


def test_a_passage_is_shown_with_those_around_it(filled: Any) -> None:
    guide = filled("list", "--kind", "study_guide", "--json").json["documents"][0]
    passages = filled("show", guide["id"], "--json").json["passages"]
    middle = passages[2]["id"]
    alone = filled("show", middle, "--json").json
    assert set(alone) == {"passage"}
    around = filled("show", middle, "--around", "1", "--json").json
    assert around["passage"] == alone["passage"]
    assert around["neighbours"] == [passages[1], passages[3]]
    out = filled("show", middle, "--around", "1").out
    assert 0 <= out.index(passages[1]["text"][:30]) < out.index(passages[2]["text"][:30])
    assert out.index(passages[2]["text"][:30]) < out.index(passages[3]["text"][:30])
    refused = filled("show", guide["id"], "--around", "1")
    assert refused.status == 2
    assert "--around" in refused.err


@pytest.mark.parametrize(
    "query", ["", " ", "¿", "\x00", "a", "🙂", "\u202eمرحبا", "\x1b[2J", "'; DROP TABLE x; --", "palabra " * 10_000]
)
def test_whatever_is_searched_for_is_answered_in_a_line_or_with_hits(filled: Any, query: str) -> None:
    ran = filled("search", query, "--mode", "keyword")
    assert ran.status in (0, 1, 2)
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.out + ran.err
    assert len(ran.err) < 1000
