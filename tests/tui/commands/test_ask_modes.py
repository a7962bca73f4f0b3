"""`repaso ask` says what kind of answer it gives, and of what was said in class who said it and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kb.model import Answer, AnswerMode, AnswerStatus
from tui.answer_words import MODES, missing_line, mode_name, understood_line
from tui.locale import Messages

TALK = """WEBVTT

NOTE
Título: Sesión 1. Estructuras de datos

00:00:05.000 --> 00:00:15.000
<v Elena García>Buenas tardes. Hoy hablamos de estructuras de datos, y empezamos por la pila y por la cola de siempre.

00:12:10.000 --> 00:12:40.000
<v Elena García>Una pila de platos es el mejor ejemplo de una pila: el último que pones es el primero que quitas.

00:13:10.000 --> 00:13:40.000
<v Marcos Prieto>Yo uso una pila para deshacer los cambios en mi editor de textos, como en los exámenes.
"""


@pytest.fixture
def talk(filled: Any, tmp_path: Path) -> Any:
    file = tmp_path / "sesion-1" / "transcripcion.vtt"
    file.parent.mkdir()
    file.write_text(TALK, encoding="utf-8")
    assert filled("add", str(file), "--course", "Algoritmos").status == 0
    return filled


def test_every_kind_of_answer_can_be_asked_for_and_has_a_name() -> None:
    assert tuple(AnswerMode) == MODES
    for language in ("es", "en"):
        names = [mode_name(mode, Messages(language)) for mode in AnswerMode]
        assert len(set(names)) == len(names)


def test_a_kind_that_is_none_is_refused_with_those_there_are(filled: Any) -> None:
    ran = filled("ask", "--mode", "poema", "¿Qué es una pila?")
    assert ran.status == 2
    assert all(mode in ran.err for mode in MODES)


@pytest.mark.parametrize("mode", MODES)
def test_each_kind_answers_without_a_model_in_quotes(filled: Any, mode: str) -> None:
    ran = filled("ask", "--mode", mode, "¿Qué es una pila?", "--no-llm", "--json")
    assert ran.json["mode"] in ("quotes", "said")
    assert (ran.status == 1) is (mode == "said")  # there is no transcript
    assert (ran.json["status"] == "not_found") is (mode == "said")


def test_what_was_said_is_quoted_with_its_speaker_and_minute(talk: Any) -> None:
    ran = talk("ask", "¿Qué dijo Elena de la pila de platos?", "--no-llm", "--json")
    (cited,) = ran.json["citations"]
    assert (cited["speaker"], cited["locator"]["label"]) == ("Elena García", "00:12:10–00:12:40")
    shown = talk("ask", "¿Qué dijo Elena de la pila de platos?", "--no-llm")
    assert "[1] Sesión 1. Estructuras de datos · 00:12:10–00:12:40 · Elena García" in shown.out


def test_what_one_says_in_anothers_passage_is_not_the_others(talk: Any) -> None:
    ran = talk("ask", "¿Qué dijo Marcos de la pila y los cambios en el editor?", "--no-llm", "--json")
    assert {(cited["speaker"], cited["locator"]["start"]) for cited in ran.json["citations"]} == {
        ("Marcos Prieto", 790)
    }
    ran = talk("ask", "¿Qué dijo Elena de los exámenes?", "--no-llm", "--json")
    assert all("exámenes" not in sentence["text"] for sentence in ran.json["sentences"])


def test_a_person_who_does_not_speak_in_the_library_is_named(talk: Any) -> None:
    ran = talk("ask", "¿Qué dijo la profesora Robledo de la pila de platos?", "--no-llm")
    assert "Nada de lo encontrado habla de «Robledo»." in ran.out
    asked = talk("ask", "¿Qué dijo la profesora Robledo de la pila de platos?", "--no-llm", "--json")
    assert asked.json["missing"] == ["Robledo"]


def test_what_an_answer_says_of_itself_is_one_clean_line() -> None:
    hostile = Answer("q", "", AnswerStatus.NOT_FOUND, (), (), "", missing=("a\n\x1b[2Jb", "c"))
    assert missing_line(hostile, Messages("es")) == "Nada de lo encontrado habla de «a b», «c»."
    assert understood_line("¿Qué\nes?", Messages("en")) == "Understood: “¿Qué es?”"
    assert understood_line("", Messages("en")) == ""
