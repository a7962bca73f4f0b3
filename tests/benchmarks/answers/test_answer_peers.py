"""Another system's answers become records, and its model's texts the tools that they call."""

from __future__ import annotations

import json

import pytest

from benchmarks.answers.record import Asked, Kind
from benchmarks.peers.answers import record
from benchmarks.peers.model_server import Json, Models, answered, plain_message, tool_calls
from benchmarks.squad import Paragraph

PARAGRAPHS = (Paragraph(0, "El Ebro mide 930 kilómetros."), Paragraph(1, "El Tajo desemboca en Lisboa."))
ASKED = Asked("q", Kind.ANSWERABLE, "¿Dónde desemboca el Tajo?", ("Lisboa",), True, 1, 1)


def told(text: str, *cited: int, error: str = "") -> Json:
    calls = [{"reply": text, "prompt_tokens": 40, "completion_tokens": 7, "total_ms": 900.0}]
    return {"text": text, "cited": list(cited), "total_ms": 1000.0, "calls": calls, "error": error}


def test_every_sentence_cites_what_the_answer_cites() -> None:
    made = record(ASKED, told("En Lisboa. Es un río.", 0, 1, 0), PARAGRAPHS)
    assert [(one.text, one.citations) for one in made.sentences] == [("En Lisboa.", (1, 2)), ("Es un río.", (1, 2))]
    assert [(one.text, one.gold) for one in made.citations] == [
        (PARAGRAPHS[0].text, False),
        (PARAGRAPHS[1].text, True),
    ]
    assert (made.calls[0].prompt_tokens, made.calls[0].tokens, made.total_ms) == (40, 7, 1000.0)


def test_a_refusal_and_a_failure_are_told_apart() -> None:
    refused = record(ASKED, told("No se menciona en la base de conocimiento."), PARAGRAPHS)
    assert (refused.status, refused.sentences, refused.error) == ("not_found", (), "")
    assert record(ASKED, told("", error="Broken: no"), PARAGRAPHS).error == "Broken: no"


CALL = '{"name": "search", "arguments": {"query": "el Tajo"}}'


@pytest.mark.parametrize(
    "text", [f"<tool_call>\n{CALL}\n</tool_call>", f"<tools>{CALL}</tools>", f"Busco:\n```json\n{CALL}\n```", CALL]
)
def test_a_call_is_read_with_its_tags_or_bare(text: str) -> None:
    (call,) = tool_calls(text)
    assert call["function"]["name"] == "search"
    assert json.loads(call["function"]["arguments"]) == {"query": "el Tajo"}


def test_two_tagged_calls_are_two() -> None:
    found = tool_calls(f"Busco. <tool_call>{CALL}</tool_call> <tool_call>{CALL}</tool_call>")
    assert len({one["id"] for one in found}) == 2


@pytest.mark.parametrize(
    "text",
    ["", "En Lisboa.", '{"a": 1}', "<tool_call>{no}</tool_call>", '{"name": 1, "arguments": {}}', f"Es {CALL}"],
)
def test_what_is_no_call_stays_a_text(text: str) -> None:
    assert not tool_calls(text)


def test_a_template_gets_texts_and_the_arguments_as_objects() -> None:
    called = {"id": "1", "type": "function", "function": {"name": "cite", "arguments": '{"ids": ["a"]}'}}
    message = plain_message({"role": "assistant", "content": None, "tool_calls": [called]})
    assert message["content"] == ""
    assert message["tool_calls"][0]["function"]["arguments"] == {"ids": ["a"]}
    parts = [{"type": "text", "text": "uno"}, {"type": "text", "text": "dos"}]
    assert plain_message({"role": "user", "content": parts})["content"] == "uno\ndos"


class Acted:
    """Models that say what they were asked; an empty question is more than they can read."""

    def __init__(self) -> None:
        self.calls: list[Json] = []

    def chat(self, asked: Json) -> Json:
        if not asked["messages"]:
            raise ValueError("too long")
        self.calls.append({"reply": "hola"})
        return {"said": asked["messages"]}

    def embed(self, asked: Json) -> Json:
        return {"data": [len(text) for text in asked["input"]]}


def test_the_server_embeds_and_chats_by_the_path() -> None:
    models: Models = Acted()  # type: ignore[assignment]  # acts its part
    assert answered(models, "/v1/embeddings", {"input": ["a", "bb"]}) == (200, {"data": [1, 2]})
    assert answered(models, "/v1/chat/completions", {"messages": ["¿?"]}) == (200, {"said": ["¿?"]})
    assert models.calls == [{"reply": "hola"}]


@pytest.mark.parametrize(("asked", "reason"), [({"messages": []}, "too long"), ({}, "'messages'")])
def test_what_the_model_cannot_do_is_an_answer_with_a_reason(asked: Json, reason: str) -> None:
    models: Models = Acted()  # type: ignore[assignment]  # acts its part
    status, said = answered(models, "/v1/chat/completions", asked)
    assert (status, said["error"]["message"]) == (400, reason)
