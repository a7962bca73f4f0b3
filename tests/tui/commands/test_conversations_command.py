"""`repaso conversations` and `repaso ask --continue`: what is asked is kept, found, named, written and removed."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.db import Database
from kb.errors import ModelUnavailable
from kb.library import Library
from kb.model import AnswerEvent, EvidenceFound

HASH = "¿Qué es una tabla hash?"
STACK = "¿Qué es una pila?"
INFO = {"id", "title", "started_at", "changed_at", "turns"}
TURN = {
    *("question", "understood", "asked_at", "answered", "mode", "status", "answer", "sentences", "citations"),
    *("nearest", "missing", "model"),
}
CITATION = {"n", "passage", "document", "title", "session", "speaker", "locator", "quote"}


def ask(repaso: Any, *words: str) -> Any:
    return repaso("ask", "--no-llm", *words)


def listed(repaso: Any) -> Any:
    return repaso("conversations", "list", "--json").json["conversations"]


def shown(repaso: Any, *key: str) -> Any:
    return repaso("conversations", "show", *key, "--json").json


def test_each_question_starts_a_conversation_of_its_own(filled: Any) -> None:
    first, second = ask(filled, HASH, "--json"), ask(filled, STACK, "--json")
    found = listed(filled)
    assert [set(one) for one in found] == [INFO, INFO]
    assert [one["id"] for one in found] == [second.json["conversation"], first.json["conversation"]]
    assert [one["title"] for one in found] == [STACK, HASH]
    assert [one["turns"] for one in found] == [1, 1]


def test_a_further_question_is_understood_and_kept_in_the_same_conversation(filled: Any) -> None:
    ask(filled, HASH)
    ran = ask(filled, "¿Y una pila?", "--continue", "--json")
    assert ran.json["understood"] == STACK
    assert "último elemento que entra" in ran.json["answer"]
    (only,) = listed(filled)
    turns = shown(filled, only["id"])["turns"]
    assert [set(one) for one in turns] == [TURN, TURN]
    assert [one["question"] for one in turns] == [HASH, "¿Y una pila?"]
    assert [one["understood"] for one in turns] == ["", STACK]
    assert all(set(cited) == CITATION for one in turns for cited in one["citations"])
    assert turns[0]["citations"][0]["quote"]


def test_any_conversation_can_be_gone_on_with(filled: Any) -> None:
    first = ask(filled, HASH, "--json").json["conversation"]
    ask(filled, STACK)
    ask(filled, "¿Qué es un grafo?", "--conversation", first[:3])
    ask(filled, "¿Qué es una cola?", "--conversation", "que es una p")
    assert [one["question"] for one in shown(filled, first)["turns"]] == [HASH, "¿Qué es un grafo?"]
    assert [one["title"] for one in listed(filled)] == [STACK, HASH]
    assert [one["question"] for one in shown(filled)["turns"]] == [STACK, "¿Qué es una cola?"]


def test_what_is_not_to_be_kept_is_not(filled: Any, environ: dict[str, str]) -> None:
    assert ask(filled, HASH, "--no-keep", "--json").json["conversation"] == ""
    assert listed(filled) == []
    ask(filled, HASH)
    assert ask(filled, "¿Y una pila?", "--continue", "--no-keep", "--json").json["understood"] == STACK
    assert [one["turns"] for one in listed(filled)] == [1]
    Path(environ["REPASO_CONFIG"]).write_text('keep_conversations = "off"\n')
    ask(filled, STACK)
    assert len(listed(filled)) == 1


def test_the_setting_is_on_or_off(repaso: Any, environ: dict[str, str]) -> None:
    Path(environ["REPASO_CONFIG"]).write_text("keep_conversations = true\n")
    ran = repaso("conversations", "list")
    assert ran.status == 2
    assert "keep_conversations" in ran.err


def test_lines_of_a_script_are_not_kept(filled: Any) -> None:
    ran = filled("ask", "--no-llm", "--from", "-", stdin=f"{HASH}\n{STACK}\n")
    assert ran.status == 0
    assert listed(filled) == []


def test_an_empty_question_is_not_kept(filled: Any) -> None:
    assert ask(filled, "¿?").status == 2
    assert listed(filled) == []


def test_what_was_not_found_is_kept_as_such(filled: Any) -> None:
    assert ask(filled, "¿Quién descubrió la penicilina?").status == 1
    assert shown(filled)["turns"][0]["status"] == "not_found"
    assert "No está en los apuntes." in filled("conversations", "show").out


def test_the_nearest_passages_are_shown_again_as_they_were(filled: Any) -> None:
    live = ask(filled, "¿Cuánto tarda un tren nocturno de Lisboa en dejar la cola?")
    assert live.status == 1
    assert "Lo más cercano" in live.out

    (turn,) = shown(filled)["turns"]
    again, page = filled("conversations", "show").out, filled("conversations", "export").out

    assert turn["citations"] == []
    assert [one["n"] for one in turn["nearest"]] == list(range(1, len(turn["nearest"]) + 1))
    assert {tuple(one) for one in turn["nearest"]} == {tuple(sorted(CITATION, key=list(turn["nearest"][0]).index))}
    assert "Lo más cercano" in again
    assert "**Lo más cercano**" in page
    for near in turn["nearest"]:
        places = [line for line in live.out.splitlines() if line.startswith(f"{near['n']}. ")]
        assert places[0] in again.splitlines()
        assert " ".join(near["quote"].split())[:60] in " ".join(live.out.split())
        assert " ".join(near["quote"].split()) in " ".join(again.split())
        assert near["title"] in page


def interrupted(*_: object, **__: object) -> Iterator[AnswerEvent]:
    yield EvidenceFound(())
    raise KeyboardInterrupt


def test_ctrl_c_keeps_the_question_without_an_answer(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(filled, HASH)
    with monkeypatch.context() as patched:
        patched.setattr(Library, "ask", interrupted)
        ran = ask(filled, "¿Cómo funciona?", "--continue")
    assert ran.status == 130
    turns = shown(filled)["turns"]
    assert [one["question"] for one in turns] == [HASH, "¿Cómo funciona?"]
    assert turns[1]["understood"] == "¿Cómo funciona una tabla hash?"
    assert (turns[1]["answered"], turns[1]["answer"], turns[1]["citations"]) == (False, "", [])
    assert "se interrumpió" in filled("conversations", "show").out
    assert ask(filled, "¿Y una pila?", "--continue", "--json").json["understood"] == "¿Cómo funciona una pila?"


def test_an_answer_that_fails_keeps_the_question_too(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Iterator[AnswerEvent]:
        yield EvidenceFound(())
        raise ModelUnavailable(model="x", reason="missing")

    monkeypatch.setattr(Library, "ask", fail)
    assert ask(filled, HASH).status == 2
    assert shown(filled)["turns"][0]["answered"] is False


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(
    filled: Any, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    monkeypatch.setattr("kb.db.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(Database.__init__, "__kwdefaults__", {"busy_seconds": 0.05})
    writer = sqlite3.connect(environ["REPASO_LIBRARY"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    ran = ask(filled, HASH)
    writer.execute("ROLLBACK")
    writer.close()
    assert ran.status == 0
    assert "[1]" in ran.out
    assert "no se ha podido guardar" in ran.err
    assert listed(filled) == []


def test_a_conversation_is_shown_with_its_sources(filled: Any) -> None:
    ask(filled, HASH)
    ran = filled("conversations", "show")
    assert ran.status == 0
    assert "1 pregunta" in ran.out
    assert "Fuentes" in ran.out
    assert "pregunta 4" in ran.out
    assert "Frases textuales, sin modelo" in ran.out


def test_conversations_are_listed_newest_first_and_none_is_an_answer(filled: Any) -> None:
    ran = filled("conversations", "list")
    assert (ran.status, ran.out) == (0, "")
    assert "Aún no hay conversaciones" in ran.err
    ask(filled, HASH)
    ask(filled, STACK)
    lines = filled("conversations", "list").out.splitlines()
    assert lines[0].split() == ["ID", "ÚLTIMA", "PREGUNTAS", "TÍTULO"]
    assert lines[1].endswith(STACK)


def test_what_was_asked_or_answered_is_found(filled: Any) -> None:
    ask(filled, HASH)
    ask(filled, STACK)
    ran = filled("conversations", "find", "dispersiones", "--json")
    assert ran.status == 0
    (one,) = ran.json["found"]
    assert (one["question"], one["turn"], set(one["conversation"])) == (HASH, 1, INFO)
    assert HASH in filled("conversations", "find", "hash").out
    nothing = filled("conversations", "find", "xyzzy")
    assert (nothing.status, nothing.out) == (1, "")
    assert "xyzzy" in nothing.err
    assert filled("conversations", "find", "xyzzy", "--json").json == {"query": "xyzzy", "found": []}
    assert filled("conversations", "find", "¿?").status == 2


def test_a_name_holds_until_the_next(filled: Any) -> None:
    id = ask(filled, HASH, "--json").json["conversation"]
    assert filled("conversations", "rename", id, "Tablas", "y", "claves").status == 0
    assert listed(filled)[0]["title"] == "Tablas y claves"
    ask(filled, STACK, "--continue")
    assert filled("conversations", "rename", "tablas", "T" * 10_000, "--json").json["conversation"]["turns"] == 2
    assert len(listed(filled)[0]["title"]) == 120
    assert filled("conversations", "rename", id, " ").status == 2
    assert filled("conversations", "rename", id).status == 2


def test_removing_is_asked_for_and_done(filled: Any) -> None:
    id = ask(filled, HASH, "--json").json["conversation"]
    ran = filled("conversations", "remove", id, "--json")
    assert [one["id"] for one in ran.json["removed"]] == [id]
    assert listed(filled) == []
    assert len(filled("list", "--json").json["documents"]) == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_only_a_clear_yes_removes(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(filled, HASH)
    monkeypatch.setattr("io.StringIO", Terminal)
    ran = filled("conversations", "remove", "que es", stdin="\n")
    assert "No se puede deshacer" in ran.out
    assert len(listed(filled)) == 1
    filled("conversations", "remove", "que es", stdin="sí\n")
    assert listed(filled) == []


def test_a_conversation_is_written_as_markdown(filled: Any, tmp_path: Path) -> None:
    ask(filled, HASH)
    printed = filled("conversations", "export")
    assert printed.out.startswith(f"# {HASH}\n")
    assert "[1]" in printed.out
    path = tmp_path / "tabla.md"
    assert filled("conversations", "export", "que es", "--output", str(path)).status == 0
    assert path.read_text(encoding="utf-8") == printed.out
    assert list(tmp_path.glob("*.new")) == []
    path.write_text("mío")
    refused = filled("conversations", "export", "--output", str(path))
    assert refused.status == 2
    assert "tabla.md" in refused.err
    assert path.read_text() == "mío"
    assert filled("conversations", "export", "-o", str(path), "--force").status == 0
    assert path.read_text(encoding="utf-8") == printed.out
    assert filled("conversations", "export", "--json").json["markdown"] == printed.out


def test_a_page_that_cannot_be_written_is_a_sentence(filled: Any, tmp_path: Path) -> None:
    ask(filled, HASH)
    ran = filled("conversations", "export", "--output", str(tmp_path / "no" / "hay.md"))
    assert ran.status == 2
    assert "hay.md" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", [("show", "zzz"), ("remove", "zzz"), ("rename", "zzz", "a"), ("export", "zzz")])
def test_an_unknown_conversation_is_named(filled: Any, command: tuple[str, ...]) -> None:
    ask(filled, HASH)
    ran = filled("conversations", *command)
    assert (ran.status, ran.out) == (1, "")
    assert "zzz" in ran.err
    assert "repaso conversations list" in ran.err


def test_an_ambiguous_beginning_names_those_it_may_be(filled: Any) -> None:
    ids = [ask(filled, one, "--json").json["conversation"] for one in (HASH, STACK)]
    ran = filled("conversations", "show", "que es una")
    assert ran.status == 2
    assert all(id in ran.err for id in ids)
    assert ask(filled, STACK, "--conversation", "que es").status == 2


def test_going_on_with_nothing_is_a_sentence(filled: Any) -> None:
    for ran in (ask(filled, STACK, "--continue"), filled("conversations", "show"), filled("conversations", "export")):
        assert ran.status == 1
        assert "repaso ask" in ran.err
    assert ask(filled, STACK, "--conversation", "nada").status == 1
    assert listed(filled) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--continue", "--conversation", "x", STACK),
        ("--from", "-", "--continue"),
        ("--from", "-", "--conversation", "x"),
    ],
)
def test_options_that_do_not_go_together_are_told(filled: Any, arguments: tuple[str, ...]) -> None:
    ran = ask(filled, *arguments)
    assert ran.status == 2
    assert "Mira «repaso ask --help»" in ran.err


def test_what_was_typed_commands_no_terminal(filled: Any) -> None:
    ask(filled, "¿Qué es una pila \x1b[31m[bold]roja[/bold]\x07\u202e?")
    for name in ("show", "list", "export"):
        out = filled("conversations", name).out
        assert "pila" in out
        assert not any(sign in out for sign in ("\x1b", "\x07", "\u202e"))


def test_the_command_speaks_english_too(filled: Any) -> None:
    ask(filled, HASH)
    assert "Sources" in filled("conversations", "show", "--lang", "en").out
    assert "There is no" not in filled("conversations", "list", "--lang", "en").err
    assert "Usage: repaso conversations export" in filled("conversations", "export", "--help", "--lang", "en").out
