"""A model in a server: what it writes is passed on, and whatever it does wrong is a sentence."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from kb.errors import ModelUnavailable
from kb.inference.http_call import LARGEST_ANSWER, Patience
from kb.inference.protocol import MODELS_OWN, ChatPrompt, Generator, Judge, Preparing, Sampling
from kb.inference.server import Server, ServerGenerator
from tui.locale import Messages, catalogue

ROOT = Path(__file__).parents[3]
PROMPT = ChatPrompt("Eres un tutor.", "Apuntes:\n- El río nace aquí.\n\nPregunta: ¿Dónde nace?")
KEY = "sk-clave/secreta+1"
Play = Callable[[BaseHTTPRequestHandler], None]


def opened(server: Any, model: str = "tiny", key: str = "", path: str = "", silence: float = 60.0) -> ServerGenerator:
    return ServerGenerator(Server(server.url + path, model, key), Patience(5.0, silence))


def said(generator: Generator, **sampling: Any) -> str:
    return "".join(generator.generate(PROMPT, Sampling(**sampling)))


def failure(generator: ServerGenerator) -> dict[str, str]:
    with pytest.raises(ModelUnavailable) as failed:
        said(generator)
    for language in ("es", "en"):
        sentence = Messages(language).error(failed.value)
        wanted = re.findall(r"\{(\w+)\}", catalogue(language)[f"reason.{failed.value.params['reason']}"])
        assert set(wanted) <= set(failed.value.params)
        assert sentence.isprintable()
        assert KEY not in sentence
    return failed.value.params


def test_an_answer_comes_piece_by_piece_and_the_request_says_what_was_asked_for(chat_server: Any) -> None:
    generator = opened(chat_server, key=KEY)

    pieces = list(generator.generate(PROMPT, Sampling(77, 0.25, 5, ("\n\n", ""))))

    assert pieces == ["Una ", "respuesta."]
    (asked,) = chat_server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.headers["Host"] == f"127.0.0.1:{chat_server.port}"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.body == {
        "model": "tiny",
        "messages": [{"role": "system", "content": PROMPT.system}, {"role": "user", "content": PROMPT.user}],
        "stream": True,
        "max_tokens": 77,
        "temperature": 0.25,
        "seed": 5,
        "stop": ["\n\n"],
    }


def test_without_a_key_none_is_sent_and_the_models_own_temperature_is_left_to_it(chat_server: Any) -> None:
    said(opened(chat_server), temperature=MODELS_OWN)
    (asked,) = chat_server.asked
    assert "Authorization" not in asked.headers
    assert "temperature" not in asked.body


def test_a_server_generates_and_judges_and_claims_nothing_more(chat_server: Any) -> None:
    generator = opened(chat_server)
    assert generator.name == "tiny"
    assert isinstance(generator, Judge)
    assert not isinstance(generator, Preparing)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("chunked", [True, False])
def test_characters_and_lines_split_over_packets_come_whole(chat_server: Any, size: int, chunked: bool) -> None:
    whole = chat_server.event("El ñandú 🎉 corrió") + chat_server.event(" despacio.") + chat_server.done
    parts = [whole[start : start + size] for start in range(0, len(whole), size)]
    chat_server.plays["/chat/completions"] = chat_server.stream(*parts, chunked=chunked)
    assert said(opened(chat_server)) == "El ñandú 🎉 corrió despacio."


@pytest.mark.parametrize(
    "raw",
    [
        b': ping\n\nevent: message\nid: 4\ndata:{"choices":[{"delta":{"content":"hola"}}]}\n\ndata: [DONE]',
        b'data: {"choices":[{"delta":{"content":"hola"}}]}\r\n\r\ndata: [DONE]\r\n\r\n',
        b'data: {"choices":[{"delta":{"content":"hola"}}]}\r\rdata: [DONE]\r\r',
        b'data: {"choices":[{"delta":{"content":"hola"},"finish_reason":"stop"}]}\n\n',
        b'data: {"choices":[{"delta":{"role":"assistant","content":null}}]}\n\n'
        b'data: {"choices":[{"delta":{"content":"hola"}}]}\n\ndata: {"choices":[],"usage":{}}\n\ndata: [DONE]\n\n',
    ],
    ids=["comments and fields", "crlf", "cr", "no DONE", "role and usage"],
)
def test_every_server_writes_its_events_its_own_way(chat_server: Any, raw: bytes) -> None:
    chat_server.plays["/chat/completions"] = chat_server.stream(raw)
    assert said(opened(chat_server)) == "hola"


def test_half_a_character_alone_is_shown_as_none(chat_server: Any) -> None:
    event = b'data: {"choices":[{"delta":{"content":"a\\ud83db"}}]}\n\n'
    chat_server.plays["/chat/completions"] = chat_server.stream(event, chat_server.done)
    assert re.fullmatch("a\ufffd+b", said(opened(chat_server)))


def test_thoughts_are_not_shown_wherever_a_server_puts_them(chat_server: Any) -> None:
    event = chat_server.event
    parts = (
        event("", reasoning_content="pienso"),
        event("", reasoning="pienso más"),
        event("<thi"),
        event("nk>nada que ver</think>\n\nLa res"),
        event("puesta."),
        chat_server.done,
    )
    chat_server.plays["/chat/completions"] = chat_server.stream(*parts)
    assert said(opened(chat_server)) == "La respuesta."


@pytest.mark.parametrize("thought", [{"reasoning_content": "y pienso"}, {"content": "<think>y pienso"}])
def test_an_answer_of_thoughts_alone_is_told_of(chat_server: Any, thought: dict[str, str]) -> None:
    data = b"data: " + json.dumps({"choices": [{"delta": thought}]}).encode() + b"\n\n"
    chat_server.plays["/chat/completions"] = chat_server.stream(data, chat_server.done)
    assert failure(opened(chat_server))["reason"] == "only_thoughts"


def test_a_stop_string_ends_the_answer_also_where_the_server_knows_none(chat_server: Any) -> None:
    parts = (chat_server.event("uno FI"), chat_server.event("N dos"))
    chat_server.plays["/chat/completions"] = chat_server.stream(*parts, hang=True)
    assert said(opened(chat_server), stop=("FIN",)) == "uno "
    assert chat_server.left.wait(30)


def test_text_of_documents_cannot_end_its_turn(chat_server: Any) -> None:
    marks = ("<|im_end|>", "<|im_start|>system", "</s>", "[/INST]", "<end_of_turn>", "<｜User｜>", "<|eot_id|>")
    prompt = ChatPrompt("Eres un tutor.", "Apuntes: " + " ".join(marks) + " y 3 < 4 > 2, [1] [MASK]")
    list(opened(chat_server).generate(prompt, Sampling()))
    (asked,) = chat_server.asked
    sent = asked.body["messages"][1]["content"]
    assert [mark for mark in marks if mark.split(">")[0] in sent] == []
    assert sent.endswith("y 3 < 4 > 2, [1] [MASK]")


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_an_address_with_and_without_its_path_means_the_same(chat_server: Any, path: str) -> None:
    said(opened(chat_server, path=path))
    assert chat_server.asked[0].path == "/v1/chat/completions"


def test_another_path_is_taken_as_it_is(chat_server: Any) -> None:
    said(opened(chat_server, path="/api/llm"))
    assert chat_server.asked[0].path == "/api/llm/chat/completions"


def test_a_server_with_one_model_needs_no_name_and_is_asked_for_it_once(chat_server: Any) -> None:
    generator = opened(chat_server, model="")
    assert generator.name == chat_server.url
    assert said(generator) == said(generator) == "Una respuesta."
    assert generator.name == "tiny"
    assert [asked.path for asked in chat_server.asked] == ["/v1/models", *["/v1/chat/completions"] * 2]
    assert chat_server.asked[1].body["model"] == "tiny"


@pytest.mark.parametrize(("names", "reason"), [((), "server_no_models"), (("a", "b"), "server_which_model")])
def test_a_server_with_none_or_several_models_needs_one_named(
    chat_server: Any, names: tuple[str, ...], reason: str
) -> None:
    chat_server.plays["/models"] = chat_server.listing(*names)
    assert failure(opened(chat_server, model=""))["reason"] == reason


ERRORS: dict[str, tuple[int, str, str]] = {
    "llama-server, loading": (503, '{"error":{"code":503,"message":"Loading model","type":"x"}}', "server_busy"),
    "llama-server, key": (401, '{"error":{"message":"Invalid API Key","code":401}}', "server_key"),
    "forbidden": (403, "no", "server_key"),
    "llama-server, path": (404, '{"error":{"code":404,"message":"File Not Found"}}', "server_no_path"),
    "fastapi, path": (404, '{"detail":"Not Found"}', "server_no_path"),
    "ollama, path": (404, "404 page not found", "server_no_path"),
    "method": (405, '{"detail":"Method Not Allowed"}', "server_no_path"),
    "ollama, model": (
        404,
        '{"error":{"message":"model \\"x\\" not found, try pulling it first","type":"api_error"}}',
        "server_model_missing",
    ),
    "vllm, model": (
        404,
        '{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":404}',
        "server_model_missing",
    ),
    "router, model": (400, '{"error":{"code":400,"message":"model not found"}}', "server_model_missing"),
    "llama-server, long": (
        400,
        '{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it"}}',
        "prompt_too_long",
    ),
    "vllm, long": (400, '{"message":"This model\'s maximum context length is 512 tokens."}', "prompt_too_long"),
    "openai, long": (400, '{"error":{"message":"x","code":"context_length_exceeded"}}', "prompt_too_long"),
    "too large": (413, "", "prompt_too_long"),
    "refused": (400, '{"error":{"message":"seed must be positive"}}', "server_refused"),
    "validation": (422, '{"detail":[{"loc":["body"]}]}', "server_refused"),
    "too many": (429, "", "server_busy"),
    "failed": (500, '{"error":{"message":"out of memory"}}', "server_error"),
    "failed in html": (502, "<html><script>alert(1)</script></html>", "server_error"),
    "unheard of": (599, "\x1b[31mrojo\x00\u202e" + "x" * 5000, "server_error"),
    "nested": (500, "[" * 60_000, "server_error"),
    "teapot": (204, "", "server_refused"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_a_server_refuses_with_is_understood(chat_server: Any, case: str) -> None:
    status, body, reason = ERRORS[case]
    media = "text/html" if "html" in case else "application/json"
    chat_server.plays["/chat/completions"] = chat_server.answer(status, body, media)
    told = failure(opened(chat_server))
    assert told["reason"] == reason
    assert len(told["detail"]) <= 200
    assert "script" not in told["detail"]
    assert told["url"] == chat_server.url


def test_a_server_that_repeats_the_key_does_not_make_us_show_it(chat_server: Any) -> None:
    body = json.dumps({"error": {"message": f"the key {KEY} may not do that"}}).replace("/", "\\/")
    chat_server.plays["/chat/completions"] = chat_server.answer(500, body)
    assert failure(opened(chat_server, key=KEY))["detail"] == "the key … may not do that"


@pytest.mark.parametrize("key", ["con espacio", "con\nlínea", "ñ", "a\r\nX-Otro: 1"])
def test_a_key_that_no_header_can_carry_is_not_sent(chat_server: Any, key: str) -> None:
    told = failure(opened(chat_server, key=key))
    assert told["reason"] == "server_key_unusable"
    assert key not in str(told)
    assert chat_server.asked == []


def test_the_key_is_in_no_representation() -> None:
    assert KEY not in repr(Server("http://localhost", key=KEY)) + repr(ServerGenerator(Server("x", key=KEY)))


def test_a_redirection_is_not_followed(chat_server: Any) -> None:
    elsewhere = f"{chat_server.url}/otra?token=secreto"
    chat_server.plays["/chat/completions"] = chat_server.answer(307, "", Location=elsewhere)
    told = failure(opened(chat_server, key=KEY))
    assert (told["reason"], told["detail"]) == ("server_redirect", f"{chat_server.url}/otra")
    assert len(chat_server.asked) == 1


BROKEN = {
    "html": (b"", "text/html", "server_garbage"),
    "json": (b"{}", "application/json", "server_garbage"),
    "no json": (b"data: hola\n\n", "text/event-stream", "server_garbage"),
    "no object": (b"data: [1]\n\n", "text/event-stream", "server_garbage"),
    "no choices": (b'data: {"a":1}\n\n', "text/event-stream", "server_garbage"),
    "odd choices": (b'data: {"choices":[1]}\n\n', "text/event-stream", "server_garbage"),
    "deep": (b"data: " + b"[" * 100_000 + b"\n\n", "text/event-stream", "server_garbage"),
    "big number": (b'data: {"choices":' + b"9" * 5000 + b"}\n\n", "text/event-stream", "server_garbage"),
    "nothing": (b"", "text/event-stream", "server_broken"),
    "no events": (b"\xff\xfe\x00 hola\n", "text/event-stream", "server_broken"),
    "endless line": (b"data: " + b"x" * 1_100_000, "text/event-stream", "server_too_large"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_stream_is_told_of(chat_server: Any, case: str) -> None:
    body, media, reason = BROKEN[case]
    chat_server.plays["/chat/completions"] = chat_server.answer(200, body, media)
    assert failure(opened(chat_server))["reason"] == reason


def test_an_answer_without_end_is_not_read_to_the_end(chat_server: Any) -> None:
    event = chat_server.event("")
    parts = [event * 1000] * (LARGEST_ANSWER // (1000 * len(event)) + 2)
    chat_server.plays["/chat/completions"] = chat_server.stream(*parts)
    assert failure(opened(chat_server))["reason"] == "server_too_large"


@pytest.mark.parametrize("chunked", [True, False])
def test_a_server_that_dies_in_the_middle_is_told_of_after_what_it_said(chat_server: Any, chunked: bool) -> None:
    play = chat_server.stream(chat_server.event("Una "), chunked=chunked, end=False)
    chat_server.plays["/chat/completions"] = play
    pieces: list[str] = []
    with pytest.raises(ModelUnavailable) as failed:
        pieces.extend(opened(chat_server).generate(PROMPT, Sampling()))
    assert failed.value.params["reason"] == "server_broken"
    assert pieces == ["Una "]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "server_broken"),
        (b"SSH-2.0-OpenSSH_9\r\n", "server_garbage"),
        (b"HTTP/1.1 abc\r\n\r\n", "server_garbage"),
    ],
)
def test_what_does_not_speak_http_is_told_of(chat_server: Any, raw: bytes, reason: str) -> None:
    chat_server.plays["/chat/completions"] = lambda handler: handler.wfile.write(raw)
    assert failure(opened(chat_server))["reason"] == reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (b'data: {"error":{"message":"KV cache is full","code":500}}\n\n', "server_error"),
        (b'error: {"code":400,"message":"context size exceeded"}\n\n', "prompt_too_long"),
        (b'data: {"error":"se rompio"}\n\n', "server_error"),
    ],
)
def test_an_error_within_the_stream_is_told_of(chat_server: Any, error: bytes, reason: str) -> None:
    chat_server.plays["/chat/completions"] = chat_server.stream(chat_server.event("Una "), error)
    assert failure(opened(chat_server))["reason"] == reason


def test_a_slow_server_has_longer_to_answer_than_to_be_connected_to(chat_server: Any) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.6)
        chat_server.stream(chat_server.event("Una "), chat_server.event("respuesta."), chat_server.done)(handler)

    chat_server.plays["/chat/completions"] = slow
    assert said(ServerGenerator(Server(chat_server.url, "x"), Patience(0.3, 60.0))) == "Una respuesta."


@pytest.mark.parametrize("parts", [(), ("Una ",)], ids=["before the first byte", "in the middle"])
def test_a_server_that_falls_silent_counts_as_hung(chat_server: Any, parts: tuple[str, ...]) -> None:
    silent = chat_server.stream(*map(chat_server.event, parts), hang=True)
    chat_server.plays["/chat/completions"] = silent if parts else chat_server.hang
    assert failure(opened(chat_server, silence=0.05))["reason"] == "server_hung"
    assert chat_server.left.wait(30), "the connection is closed"


@pytest.mark.parametrize("parts", [(), ("Una ",)], ids=["before the first byte", "in the middle"])
def test_cancelling_from_another_thread_just_ends_the_answer(chat_server: Any, parts: tuple[str, ...]) -> None:
    silent = chat_server.stream(*map(chat_server.event, parts), hang=True)
    chat_server.plays["/chat/completions"] = silent if parts else chat_server.hang
    generator = opened(chat_server)
    pieces: list[str] = []
    heard = threading.Event()

    def ask() -> None:
        for piece in generator.generate(PROMPT, Sampling()):
            pieces.append(piece)
            heard.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    assert (heard if parts else chat_server.reached).wait(30)
    generator.cancel()
    asking.join(30)
    assert not asking.is_alive()
    assert tuple(pieces) == parts
    assert chat_server.left.wait(30), "the connection is closed"
    chat_server.plays["/chat/completions"] = chat_server.stream(chat_server.event("Otra."), chat_server.done)
    assert said(generator) == "Otra."


def test_leaving_the_answer_closes_the_connection(chat_server: Any) -> None:
    chat_server.plays["/chat/completions"] = chat_server.stream(chat_server.event("Una "), hang=True)
    pieces = opened(chat_server).generate(PROMPT, Sampling())
    assert next(pieces) == "Una "
    pieces.close()  # type: ignore[attr-defined]
    assert chat_server.left.wait(30)


def test_cancelling_nothing_does_nothing_and_a_closed_one_says_so(chat_server: Any) -> None:
    generator = opened(chat_server)
    generator.cancel()
    assert said(generator) == "Una respuesta."
    generator.close()
    assert failure(generator)["reason"] == "closed"


def test_where_nobody_listens_the_server_is_not_running(chat_server: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert failure(ServerGenerator(Server(f"http://127.0.0.1:{port}", "x")))["reason"] == "server_not_running"


def test_an_encrypted_connection_to_a_plain_server_is_told_of(chat_server: Any) -> None:
    url = chat_server.url.replace("http", "https")
    assert failure(ServerGenerator(Server(url, "x")))["reason"] == "server_tls"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    chat_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked = (
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -addext subjectAltName=IP:127.0.0.1"
    )
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*asked.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    chat_server.encrypt(context)
    url = chat_server.url.replace("http", "https")

    assert failure(ServerGenerator(Server(url, "x", KEY)))["reason"] == "server_tls"
    assert chat_server.asked == [], "not even the key was sent"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert said(ServerGenerator(Server(url, "x"))) == "Una respuesta."


def test_proxies_of_the_environment_are_not_used(chat_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    assert said(opened(chat_server)) == "Una respuesta."


def test_a_check_lists_the_models_and_asks_one_that_is_not_listed_to_write(chat_server: Any) -> None:
    assert opened(chat_server, model="").check() == opened(chat_server).check() == ("tiny",)
    assert [asked.path for asked in chat_server.asked] == ["/v1/models"] * 2
    assert opened(chat_server, model="otro").check() == ("tiny",)
    assert chat_server.asked[-1].body["model"] == "otro"
    body = '{"error":{"message":"model \\"otro\\" not found"}}'
    chat_server.plays["/chat/completions"] = chat_server.answer(404, body)
    with pytest.raises(ModelUnavailable, match="server_model_missing"):
        opened(chat_server, model="otro").check()


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_reason_of_servers_has_a_sentence_and_every_sentence_a_reason(language: str) -> None:
    modules = ("server", "http_call", "server_address", "server_events")
    code = "".join((ROOT / "kb" / "inference" / f"{name}.py").read_text("utf-8") for name in modules)
    told = set(re.findall(r'"(server_\w+)"', code))
    kept = (ROOT / "tui" / "locale" / language / "inference.toml").read_text("utf-8")
    assert told == set(re.findall(r"^(server_\w+) =", kept, re.MULTILINE))
