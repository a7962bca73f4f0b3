"""`--json` prints exactly the agreed keys, one document on stdout, whatever else is said on stderr."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

LOCATOR = {"type", "start", "end", "label"}
ADDED = {
    "path",
    "status",
    "kind",
    "title",
    "course",
    "session",
    "language",
    "passages",
    "questions",
    "warnings",
    "error",
}
DOCUMENT = {
    "id",
    "path",
    "part",
    "kind",
    "title",
    "author",
    "url",
    "course",
    "session",
    "language",
    "passages",
    "questions",
}
QUESTION = {"id", "number", "stem", "answer", "origin", "kind", "course", "session", "document", "locator"}
HIT = {
    "passage",
    "document",
    "title",
    "kind",
    "course",
    "session",
    "locator",
    "score",
    "keyword_score",
    "semantic_score",
    "text",
    "snippet",
}
ANSWER = {
    "question",
    "understood",
    "mode",
    "answer",
    "status",
    "sentences",
    "citations",
    "missing",
    "removed",
    "model",
    "timings",
    "conversation",
}
CITATION = {"n", "passage", "document", "title", "session", "speaker", "locator", "quote"}


def keys(shape: dict[str, Any]) -> set[str]:
    return set(shape)


def test_add_tells_what_became_of_each_document(repaso: Any, course: Path) -> None:
    first = repaso("add", str(course), "--course", "Algoritmos", "--json")
    assert first.status == 0
    assert keys(first.json) == {"documents"}
    documents = {Path(shape["path"]).name: shape for shape in first.json["documents"]}
    assert all(keys(shape) == ADDED for shape in documents.values())
    assert documents["guia.md"]["status"] == "added"
    assert documents["guia.md"]["kind"] == "study_guide"
    assert documents["guia.md"]["questions"] == 5
    assert documents["guia.md"]["course"] == "Algoritmos"
    assert documents["guia.md"]["error"] == ""
    warning = documents["apuntes.md"]["warnings"][0]
    assert keys(warning) == {"code", "message", "where"}
    again = repaso("add", str(course), "--course", "Algoritmos", "--json")
    assert {shape["status"] for shape in again.json["documents"]} == {"unchanged"}
    (course / "apuntes.md").write_text("# Apuntes de ordenación\n\nLa burbuja compara vecinos y los intercambia.\n")
    edited = repaso("add", str(course), "--course", "Algoritmos", "--json")
    assert sorted(shape["status"] for shape in edited.json["documents"]) == ["unchanged", "updated"]


def test_a_file_that_fails_is_a_document_with_an_error_and_status_one(repaso: Any, course: Path) -> None:
    ran = repaso("add", str(course / "nada.pdf"), str(course / "guia.md"), "--json")
    failed, added = ran.json["documents"]
    assert ran.status == 1
    assert keys(failed) == ADDED
    assert failed["status"] == "failed"
    assert "nada.pdf" in failed["error"]
    assert added["status"] == "added"


def test_list_shapes(filled: Any) -> None:
    documents = filled("list", "documents", "--json").json
    assert keys(documents) == {"documents"}
    assert [keys(shape) for shape in documents["documents"]] == [DOCUMENT, DOCUMENT]
    sessions = filled("list", "sessions", "--json").json
    assert keys(sessions) == {"sessions"}
    assert all(keys(shape) == {"course", "title", "documents"} for shape in sessions["sessions"])
    questions = filled("list", "questions", "--json").json["questions"]
    assert [shape["number"] for shape in questions] == [1, 2, 3, 4, 5]
    assert all(keys(shape) == QUESTION and keys(shape["locator"]) == LOCATOR for shape in questions)
    assert questions[0]["locator"] == {"type": "question", "start": 1, "end": 1, "label": "pregunta 1"}


def test_list_narrows_by_course_and_kind(filled: Any) -> None:
    assert len(filled("list", "--kind", "notes", "--json").json["documents"]) == 1
    assert filled("list", "--course", "Otro", "--json").json == {"documents": []}
    assert filled("list", "questions", "--kind", "notes", "--json").json == {"questions": []}


def test_show_a_document_by_id_title_or_path(filled: Any, course: Path) -> None:
    info = filled("list", "--kind", "notes", "--json").json["documents"][0]
    shown = filled("show", info["id"], "--json").json
    assert keys(shown) == {"document", "sections", "passages", "warnings"}
    assert keys(shown["document"]) == DOCUMENT
    assert keys(shown["sections"][0]) == {"title", "locator", "text", "notes"}
    assert keys(shown["passages"][0]) == {"id", "locator", "text"}
    assert filled("show", info["title"], "--json").json == shown
    assert filled("show", str(course / "apuntes.md"), "--json").json == shown


def test_show_a_passage_and_a_question(filled: Any) -> None:
    hit = filled("search", "montículo", "--json").json["hits"][0]
    passage = filled("show", hit["passage"], "--json").json
    assert keys(passage) == {"passage"}
    assert passage["passage"]["text"] == hit["text"]
    question = filled("list", "questions", "--json").json["questions"][0]
    assert filled("show", question["id"], "--json").json == {"question": question}


def test_search_shape(filled: Any) -> None:
    found = filled("search", "ordenación", "por", "mezcla", "--json")
    assert found.status == 0
    assert keys(found.json) == {"query", "took_ms", "mode", "suggestion", "hits"}
    assert found.json["query"] == "ordenación por mezcla"
    assert keys(found.json["hits"][0]) == HIT
    assert keys(found.json["hits"][0]["locator"]) == LOCATOR
    assert "mezcla" in found.json["hits"][0]["snippet"]


def test_ask_shape(filled: Any) -> None:
    ran = filled("ask", "¿Qué es una tabla hash?", "--no-llm", "--json")
    assert ran.status == 0
    assert keys(ran.json) == ANSWER
    assert ran.json["status"] == "grounded"
    assert ran.json["model"] == ""
    assert keys(ran.json["sentences"][0]) == {"text", "citations", "supported"}
    assert keys(ran.json["citations"][0]) == CITATION
    assert keys(ran.json["citations"][0]["locator"]) == LOCATOR
    assert keys(ran.json["timings"]) == {"search_ms", "first_token_ms", "total_ms"}


def test_the_material_that_does_not_say_is_status_one(filled: Any) -> None:
    ran = filled("ask", "¿Quién descubrió la penicilina?", "--no-llm", "--json")
    assert (ran.status, ran.json["status"], ran.json["sentences"]) == (1, "not_found", [])


def test_files_of_queries_give_a_document_a_line_in_order(filled: Any, tmp_path: Path) -> None:
    import json

    queries = tmp_path / "consultas.txt"
    queries.write_text("\ufeffmontículo\n\ngrafo\n...\n", encoding="utf-8")
    ran = filled("search", "--from", str(queries))
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["query"] for line in lines] == ["montículo", "grafo", "..."]
    assert keys(lines[0]) == {"query", "took_ms", "mode", "suggestion", "hits"}
    assert keys(lines[2]) == {"query", "error"}
    assert ran.status == 1
    asked = filled("ask", "--no-llm", "--from", "-", stdin="¿Qué es un grafo?\n¿Qué es una cola?\n")
    assert [keys(json.loads(line)) for line in asked.out.splitlines()] == [ANSWER, ANSWER]
    assert asked.status == 0


def test_due_stats_models_and_remove_shapes(filled: Any) -> None:
    assert filled("due", "--json").json == {"due": 0, "new": 5, "next_at": ""}
    stats = filled("stats", "--json").json
    assert keys(stats) == {"questions", "reviewed", "reviews", "remembered", "per_day"}
    models = filled("models", "list", "--json").json["models"]
    described = {"name", "title", "purpose", "licence", "bytes", "installed", "in_use", "path"}
    described |= {"memory", "measured", "recommended", "hub_only", "server"}
    assert all(keys(shape) == described for shape in models)
    assert {shape["name"] for shape in models if shape["in_use"]} == {"qwen2.5-coder-1.5b", "all-minilm-l6-v2"}
    info = filled("list", "--kind", "notes", "--json").json["documents"][0]
    assert filled("remove", info["id"], "--json").json == {"removed": [info]}
    assert filled("show", info["id"]).status == 1


def test_quiz_result_goes_to_stdout_and_the_play_to_stderr(filled: Any) -> None:
    ran = filled("quiz", "--kind", "flashcard", "--count", "2", "--json", stdin="\n3\n\n1\n\n4\n")
    assert keys(ran.json) == {"right", "asked", "answers"}
    assert (ran.json["right"], ran.json["asked"]) == (1, 2)
    assert [answer["grade"] for answer in ran.json["answers"]] == [3, 1, 4]
    assert "¿Qué es una pila" in ran.err


@pytest.mark.parametrize("order", [("--json", "list"), ("list", "--json"), ("list", "documents", "--json")])
def test_global_options_may_stand_before_or_after_the_command(filled: Any, order: tuple[str, ...]) -> None:
    assert keys(filled(*order).json) == {"documents"}


def test_letters_are_written_as_they_are(filled: Any) -> None:
    assert "ordenación" in filled("search", "ordenación", "--json").out
