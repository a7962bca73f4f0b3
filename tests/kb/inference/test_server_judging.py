"""What a server's model thinks of a sentence: told by its probabilities where it gives them, else left open."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answer.prompts import support_judgement
from kb.errors import ModelUnavailable
from kb.inference.http_call import Patience
from kb.inference.protocol import ChatPrompt, Choice, Judgement, Sampling, Wording
from kb.inference.server import Server, ServerGenerator
from kb.inference.server_choice import Likely, first_tokens, share
from kb.inference.server_events import EventError
from tui.locale import Messages

NOTES = ("El río nace en la sierra.",)
ASKED = support_judgement("El río nace en el mar.", NOTES, "es")
SPANISH, ENGLISH = Choice("Sí", "No"), Choice("Yes", "No")


def opened(server: Any, model: str = "tiny", silence: float = 60.0) -> ServerGenerator:
    return ServerGenerator(Server(server.url, model), Patience(5.0, silence))


def told(*tokens: tuple[str, float]) -> str:
    """An answer of one token, with what else it might have been."""
    top = [{"token": text, "logprob": number, "bytes": list(text.encode())} for text, number in tokens]
    first = {**top[0], "top_logprobs": top} if top else {}
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": tokens[0][0] if tokens else ""},
        "logprobs": {"content": [first] if top else []},
        "finish_reason": "length",
    }
    return json.dumps({"object": "chat.completion", "choices": [choice]})


def test_a_sentence_gets_the_share_of_yes(chat_server: Any) -> None:
    body = told(("No", math.log(0.6)), ("Sí", math.log(0.2)), (" sí", math.log(0.1)), ("Tal", math.log(0.05)))
    chat_server.plays["/chat/completions"] = chat_server.answer(200, body)

    assert list(opened(chat_server).judge(ASKED)) == [pytest.approx(1 / 3)]

    (asked,) = chat_server.asked
    system, user = asked.body.pop("messages")
    assert asked.body == {
        "model": "tiny",
        "stream": False,
        "max_tokens": 1,
        "logprobs": True,
        "top_logprobs": 20,
        "temperature": 0.0,
        "seed": 0,
    }
    assert system["content"] == ASKED.system
    assert user["content"] == f"{ASKED.before}{ASKED.texts[0]}{ASKED.after}"
    assert user["content"].startswith("Apuntes:\n- El río nace en la sierra.\n\nFrase: El río nace en el mar.")


def test_each_text_is_asked_of_and_the_only_model_is_found_out_once(chat_server: Any) -> None:
    bodies = [told(("Yes", -0.1), ("No", -3.0)), told(("No", -0.1), ("Yes", -3.0))]
    plays = iter([chat_server.answer(200, body) for body in bodies])
    chat_server.plays["/chat/completions"] = lambda handler: next(plays)(handler)
    asking = Judgement("", "Notes. ", ("one", "two"), " Yes or no?", ENGLISH)

    first, second = opened(chat_server, model="").judge(asking)

    assert first > 0.9
    assert second < 0.1
    assert [asked.path for asked in chat_server.asked] == ["/v1/models", *["/v1/chat/completions"] * 2]
    users = [asked.body["messages"][-1]["content"] for asked in chat_server.asked[1:]]
    assert users == ["Notes. one Yes or no?", "Notes. two Yes or no?"]


def test_a_very_long_text_is_read_in_part(chat_server: Any) -> None:
    chat_server.plays["/chat/completions"] = chat_server.answer(200, told(("Yes", -0.1)))
    list(opened(chat_server).judge(Judgement("", "<", ("palabra " * 9000,), ">", ENGLISH, longest=50)))
    assert len(chat_server.asked[0].body["messages"][0]["content"]) == 202


WITHOUT: dict[str, tuple[int, str, str]] = {
    "ignored": (200, '{"choices":[{"message":{"role":"assistant","content":"Sí"}}]}', "application/json"),
    "null": (200, '{"choices":[{"message":{"content":"Sí"},"logprobs":null}]}', "application/json"),
    "no tokens": (200, told(), "application/json"),
    "of another shape": (200, '{"choices":[{"logprobs":{"tokens":["Sí"],"top_logprobs":[]}}]}', "application/json"),
    "streamed all the same": (200, 'data: {"choices":[]}\n\n', "text/event-stream"),
    "openai refuses": (400, '{"error":{"message":"This model does not support logprobs."}}', "application/json"),
    "unknown field": (422, '{"detail":[{"loc":["body","top_logprobs"]}]}', "application/json"),
    "llama_cpp.server fails": (
        500,
        '{"error":{"message":"logprobs is not supported for models created with logits_all=False"}}',
        "application/json",
    ),
    "not implemented": (501, "no", "text/plain"),
    "markup": (200, "<html>", "text/html"),
}


@pytest.mark.parametrize("case", WITHOUT)
def test_a_server_without_probabilities_leaves_it_open_and_is_not_asked_again(chat_server: Any, case: str) -> None:
    chat_server.plays["/chat/completions"] = chat_server.answer(*WITHOUT[case])
    generator = opened(chat_server)

    assert list(generator.judge(ASKED)) == []
    assert list(generator.judge(ASKED)) == []

    assert len(chat_server.asked) == 1
    chat_server.plays["/chat/completions"] = chat_server.stream(chat_server.event("Aún escribe."), chat_server.done)
    assert "".join(generator.generate(ChatPrompt("", "¿?"), Sampling())) == "Aún escribe."


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_leaves_it_open_this_time(chat_server: Any, status: int) -> None:
    chat_server.plays["/chat/completions"] = chat_server.answer(status, "")
    generator = opened(chat_server)
    assert list(generator.judge(ASKED)) == []
    chat_server.plays["/chat/completions"] = chat_server.answer(200, told(("Sí", -0.1)))
    assert len(list(generator.judge(ASKED))) == 1


def test_neither_yes_nor_no_leaves_it_open(chat_server: Any) -> None:
    chat_server.plays["/chat/completions"] = chat_server.answer(200, told(("<think>", -0.01), ("Los", -5.0)))
    assert list(opened(chat_server).judge(ASKED)) == []


def test_a_server_that_is_gone_is_told_of(chat_server: Any) -> None:
    generator = opened(chat_server)
    chat_server.close()
    with pytest.raises(ModelUnavailable) as failed:
        list(generator.judge(ASKED))
    assert failed.value.params["reason"] == "server_not_running"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_likelihood_of_a_wording_is_not_to_be_had_of_a_server(chat_server: Any, language: str) -> None:
    asking = Judgement("", "Pasaje: ", ("texto",), "", Wording("¿Qué es?"))
    with pytest.raises(ModelUnavailable) as failed:
        list(opened(chat_server).judge(asking))
    assert "server_url" in Messages(language).error(failed.value)
    assert chat_server.asked == []


def test_cancelling_from_another_thread_just_ends_it(chat_server: Any) -> None:
    chat_server.plays["/chat/completions"] = chat_server.hang
    generator = opened(chat_server)
    numbers: list[float] = []
    asking = threading.Thread(target=lambda: numbers.extend(generator.judge(ASKED)), daemon=True)
    asking.start()
    assert chat_server.reached.wait(30)
    generator.cancel()
    asking.join(30)
    assert not asking.is_alive()
    assert numbers == []
    assert chat_server.left.wait(30), "the connection is closed"


@pytest.mark.parametrize(
    ("tokens", "choice", "expected"),
    [
        ([("Sí", 0.6), ("No", 0.3)], SPANISH, 2 / 3),
        ([("S", 0.6), ("N", 0.3)], SPANISH, 2 / 3),
        ([(" SI", 0.6), ("no.", 0.3)], SPANISH, 2 / 3),
        ([("**Sí", 0.6), ("«No", 0.3)], SPANISH, 2 / 3),
        ([("▁Yes", 0.6), ("ĠNo", 0.2), ("N", 0.1)], ENGLISH, 2 / 3),
        ([("Yes", 0.9), ("Maybe", 0.01)], ENGLISH, 0.9 / 0.91),
        ([("Note", 0.5), ("Yesterday", 0.3), ("No", 0.1), ("Yes", 0.1)], ENGLISH, 0.5),
    ],
)
def test_an_answer_is_known_however_it_is_written(
    tokens: Sequence[tuple[str, float]], choice: Choice, expected: float
) -> None:
    likely = tuple(Likely(text, math.log(probability)) for text, probability in tokens)
    assert list(share(likely, choice)) == [pytest.approx(expected)]


def test_of_a_token_that_ends_within_a_letter_the_whole_letters_are_read() -> None:
    half = {"token": "S\ufffd", "logprob": -0.1, "bytes": [0x53, 0xC3]}
    body = json.dumps({"choices": [{"logprobs": {"content": [{"top_logprobs": [half]}]}}]})
    assert first_tokens(body.encode()) == (Likely("S", -0.1),)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "logprobs", "content", "top_logprobs", "token", "logprob", "bytes"]), inner
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_whatever_a_server_says_is_read_or_refused(said: object) -> None:
    try:
        tokens = first_tokens(json.dumps(said).encode())
    except EventError:
        return
    assert all(0.0 <= number <= 1.0 for number in share(tokens, SPANISH))


@given(st.lists(st.tuples(st.sampled_from(["Sí", "No", "S", "x", ""]), st.floats(max_value=1.0)), max_size=8))
def test_a_share_is_between_none_and_all(tokens: list[tuple[str, float]]) -> None:
    likely = tuple(Likely(text, number) for text, number in tokens if not math.isnan(number))
    assert all(0.0 <= number <= 1.0 for number in share(likely, SPANISH))
