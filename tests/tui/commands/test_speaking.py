"""Without `--json` a person is spoken to, in their language; what is wrong is one line with what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("arguments", "spanish"),
    [
        (("serch", "x"), "search"),
        (("search", "--limt", "3", "x"), "--limit"),
        (("search",), "--from"),
        (("search", "x", "--from", "y"), "--from"),
        (("search", "x", "--limit", "0"), "--limit"),
        (("search", "x", "--limit", "diez"), "--limit"),
        (("search", "x", "--mode", "magic"), "keyword"),
        (("search", "x", "--limit"), "--limit"),
        (("search", "x", "--before", "ayer"), "--before"),
        (("search", "x", "--after", "2024-13"), "2024-04-01"),
        (("search", "x", "--after", "２０２４"), "--after"),
        (("search", "x", "--page", "0"), "--page"),
        (("search", "x", "--question", "9" * 40), "--question"),
        (("search", "x", "--history"), "--history"),
        (("search", "--from", "y", "--forget-history"), "--forget-history"),
        (("search", "--history", "--forget-history"), "--forget-history"),
        (("add",), "RUTA"),
        (("list", "things"), "documents"),
        (("ask",), "--from"),
        (("--lang", "fr", "list"), "es, en"),
        (("models", "pul"), "pull"),
    ],
)
def test_a_wrong_command_line_is_one_spanish_line_and_status_two(
    repaso: Any, arguments: tuple[str, ...], spanish: str
) -> None:
    ran = repaso(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("repaso: ")
    assert ran.err.count("\n") == 1
    assert spanish in ran.err
    assert "Mira «repaso" in ran.err


def test_help_speaks_the_language_that_was_asked_for_wherever_it_stands(repaso: Any) -> None:
    assert "Órdenes:" in repaso("--help").out
    assert "Commands:" in repaso("--help", "--lang", "en").out
    assert "Commands:" in repaso("--lang=en", "-h").out
    assert "Usage: repaso search" in repaso("search", "--help", "--lang", "en").out
    assert "Uso: repaso models" in repaso("models").err + repaso("models", "--help").out


def test_every_command_has_its_help_in_both_languages(repaso: Any) -> None:
    from tui.cli import COMMANDS

    for language in ("es", "en"):
        for name in COMMANDS:
            ran = repaso(name, "--help", "--lang", language)
            assert (ran.status, ran.err) == (0, "")
            assert f"repaso {name}" in ran.out


def test_what_follows_two_dashes_is_no_option(filled: Any) -> None:
    assert filled("search", "--", "--lang", "en").err.endswith("Nada en tus apuntes sobre «--lang en».\n")


def test_adding_says_what_was_added_and_what_was_lost(repaso: Any, course: Path) -> None:
    ran = repaso("add", str(course))
    assert "Añadido: Guía: cocina de algoritmos (Guía de estudio; pasajes: 5, preguntas: 5)" in ran.out
    assert "  ! " in ran.out
    assert repaso("add", str(course), "-q").out == ""


def test_search_in_words_names_the_place(filled: Any) -> None:
    ran = filled("search", "montículo")
    assert "1. Apuntes de ordenación" in ran.out
    assert filled("search", "xyzzy").status == 1
    assert "xyzzy" in filled("search", "xyzzy").err
    assert filled("search", "xyzzy", "-q").err == ""


def test_an_answer_in_words_has_numbered_sources(filled: Any) -> None:
    ran = filled("ask", "¿Qué es una tabla hash?", "--no-llm")
    assert "[1]" in ran.out
    assert "Fuentes" in ran.out
    assert "pregunta 4" in ran.out


def test_without_the_model_ask_says_so_and_quotes(filled: Any) -> None:
    ran = filled("ask", "¿Qué es una tabla hash?")
    assert ran.status == 0
    assert "repaso models pull" in ran.err
    assert "Frases textuales, sin modelo" in ran.out


def test_what_is_not_in_the_material_is_said(filled: Any) -> None:
    ran = filled("ask", "¿Quién descubrió la penicilina?", "--no-llm")
    assert ran.status == 1
    assert ran.out.startswith("No lo encuentro en tus apuntes.")


def test_nothing_by_that_name_is_status_one(filled: Any) -> None:
    for command in ("show", "remove"):
        ran = filled(command, "no-such-thing")
        assert ran.status == 1
        assert "no-such-thing" in ran.err


def test_show_prints_the_document_with_its_places(filled: Any) -> None:
    ran = filled("show", "Guía: cocina de algoritmos")
    assert "pregunta 3 · ¿Qué es un árbol binario y cuántos hijos admite cada nodo?" in ran.out


def test_remove_asks_nobody_where_nobody_can_answer(filled: Any) -> None:
    assert "Quitado: Apuntes de ordenación" in filled("remove", "Apuntes de ordenación").out
    assert len(filled("list", "--json").json["documents"]) == 1


def test_an_empty_library_lists_nothing_and_says_how_to_begin(repaso: Any) -> None:
    ran = repaso("list")
    assert (ran.status, ran.out) == (0, "")
    assert "repaso add" in ran.err


def test_control_sequences_of_a_document_never_reach_the_terminal(repaso: Any, tmp_path: Path) -> None:
    evil = tmp_path / "mal.md"
    evil.write_text("# Título raro\n\nEl texto \x1b[31mrojo\x1b[0m y \x9b2J [bold]negrita[/bold].\n")
    assert repaso("add", str(evil), "--course", "C\x1b[2J\u202e", "--session", "S\x1b]0;x\x07").status == 0
    for command in (("list",), ("show", str(evil)), ("search", "rojo"), ("ask", "¿Qué es rojo?\x1b[2J", "--no-llm")):
        said = repaso(*command)
        assert not set(said.out + said.err) & set(map(chr, (*range(9), *range(11, 32), *range(127, 160))))
    assert "[bold]negrita[/bold]" in repaso("show", str(evil)).out


def test_our_own_failures_go_to_a_log_and_are_told_in_one_line(
    repaso: Any, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("tui.commands.shelf.list_documents", fail)
    ran = repaso("list")
    log = Path(environ["REPASO_CACHE"]) / "logs" / "repaso.log"
    assert ran.status == 2
    assert str(log) in ran.err
    assert "Traceback" not in ran.err
    assert "ZeroDivisionError: a bug" in log.read_text()
    assert "Traceback" in repaso("list", "-v").err
    Path(environ["REPASO_CACHE"], "logs", "repaso.log").unlink()
    Path(environ["REPASO_CACHE"], "logs").rmdir()
    Path(environ["REPASO_CACHE"], "logs").write_text("in the way")
    assert "ZeroDivisionError" in repaso("list").err


def test_due_and_stats_in_words(filled: Any) -> None:
    assert "Nuevas: 5" in filled("due").out
    filled("quiz", "--kind", "flashcard", "--count", "1", stdin="\n3\n")
    assert "Repasos: 1; recordadas: 100%" in filled("stats").out
    assert "La próxima toca el" in filled("due").out


def test_models_are_listed_used_and_refused(
    repaso: Any, environ: dict[str, str], write_gguf: Callable[..., Path]
) -> None:
    assert "sin descargar" in repaso("models", "list").out
    used = repaso("models", "use", "smollm2-135m")
    assert used.status == 0
    assert "models pull smollm2-135m" in used.err
    assert 'chat_model = "smollm2-135m"' in Path(environ["REPASO_CONFIG"]).read_text()
    own = write_gguf("own.gguf")
    assert repaso("models", "use", str(own), "--json").json["model"] == str(own)
    listed = repaso("models", "list", "--json").json["models"]
    assert next(shape for shape in listed if shape["name"] == str(own))["in_use"]
    assert repaso("models", "use", "no-such-model").status == 2
    assert repaso("models", "pull", "no-such-model").status == 2
    assert repaso("models", "remove", "smollm2-135m").status == 1


def test_doctor_says_what_to_do_where_models_are_missing(filled: Any) -> None:
    ran = filled("doctor")
    assert ran.status == 1
    assert "✓ Biblioteca" in ran.out
    assert "✗ Modelo de lenguaje" in ran.out
    assert "models pull" in ran.out
    report = filled("doctor", "--json").json
    assert set(report) == {"ok", "checks"}
    assert report["ok"] is False
    assert all(set(check) == {"name", "ok", "message", "advice"} for check in report["checks"])
    assert {check["name"] for check in report["checks"] if not check["ok"]} == {
        *("meanings", "chat_model", "embedding_model")
    }


def test_doctor_finds_broken_settings_and_a_broken_library(repaso: Any, environ: dict[str, str]) -> None:
    Path(environ["REPASO_LIBRARY"]).write_text("not a database, just a long enough line of text in its place")
    failed = {check["name"] for check in repaso("doctor", "--json").json["checks"] if not check["ok"]}
    assert "library" in failed
    Path(environ["REPASO_CONFIG"]).write_text("nonsense = 1")
    failed = {check["name"] for check in repaso("doctor", "--json").json["checks"] if not check["ok"]}
    assert failed == {"settings"}
