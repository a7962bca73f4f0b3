"""Answers of a model behind a server: its probabilities settle a doubt, and where it has none the answer goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np
import pytest

from kb.answer.answer import answer_question
from kb.answer.gather import Asking, Tools
from kb.answer.lexicon import Lexicon
from kb.answer.modes import NOTHING_KNOWN
from kb.inference.protocol import Role, Vectors
from kb.inference.server import Server, ServerGenerator
from kb.model import Answer, AnswerStatus, Finished, Hit

LORA = "LoRA congela los pesos originales y añade dos matrices de rango bajo en cada capa."
Play = Callable[[BaseHTTPRequestHandler], None]


class Unlike:
    """An embedder to which no two texts say the same, though their words do: every sentence is doubtful."""

    name = source = "unlike"

    def __init__(self) -> None:
        self._calls = 0

    def fingerprint(self) -> str:
        return ""

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self._calls += 1
        vector = (1.0, 0.0) if self._calls % 2 else (0.05, 0.99875)
        return np.array([vector] * len(texts), np.float32)

    def close(self) -> None: ...


@pytest.fixture
def answered(
    chat_server: Any, hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> Callable[[Play], Answer]:
    def run(judging: Play) -> Answer:
        writing = chat_server.stream(chat_server.event(LORA), chat_server.done)

        def play(handler: BaseHTTPRequestHandler) -> None:
            (judging if chat_server.asked[-1].body.get("logprobs") else writing)(handler)

        chat_server.plays["/chat/completions"] = play
        found = [hit(LORA, heading="¿Qué es LoRA?", question=47)]
        tools = Tools(
            lambda _q, _n, _f: found,
            lexicon_of(found),
            lambda: 0.0,
            lambda _t: "es",
            lambda: NOTHING_KNOWN,
            Unlike(),
            ServerGenerator(Server(chat_server.url, "tiny")),
        )
        last = list(answer_question(Asking("¿Qué hace LoRA con los pesos?"), tools))[-1]
        assert isinstance(last, Finished)
        return last.answer

    return run


def saying(chat_server: Any, yes: float, no: float) -> Play:
    top = [{"token": "Sí", "logprob": yes}, {"token": "No", "logprob": no}]
    content = [{"token": "Sí", "logprob": yes, "top_logprobs": top}]
    play: Play = chat_server.answer(200, json.dumps({"choices": [{"logprobs": {"content": content}}]}))
    return play


def test_a_doubtful_sentence_holds_where_the_servers_model_says_so(answered: Any, chat_server: Any) -> None:
    answer = answered(saying(chat_server, -0.1, -3.0))
    assert (answer.status, answer.text, answer.model) == (AnswerStatus.GROUNDED, LORA, "tiny")
    assert [citation.n for citation in answer.citations] == [1]


def test_a_doubtful_sentence_does_not_hold_where_it_denies_it(answered: Any, chat_server: Any) -> None:
    answer = answered(saying(chat_server, -3.0, -0.1))
    assert answer.model == "", "the notes' own words, or nothing"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"choices":[{"message":{"content":"Sí"}}]}'),
        (400, '{"error":{"message":"logprobs are not supported"}}'),
        (500, "crash"),
        (429, ""),
    ],
)
def test_without_probabilities_the_answer_goes_on(answered: Any, chat_server: Any, status: int, body: str) -> None:
    answer = answered(chat_server.answer(status, body))
    assert answer.status in AnswerStatus
    assert answer.model == ""
    judged = [asked for asked in chat_server.asked if asked.body.get("logprobs")]
    assert len(judged) == (2 if status == 429 else 1), "a server that has none is not asked again"
