"""A server is on this machine unless another is allowed: what is not is refused before a socket is made."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ModelUnavailable
from kb.inference.protocol import ChatPrompt, Sampling
from kb.inference.server import Server, ServerGenerator
from kb.inference.server_address import Address, checked_address, places, short, shown


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may ask for a name nor make a socket."""

    def refuse(*told: object, **more: object) -> None:
        raise AssertionError(f"the network was touched: {told}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "socket", refuse)


def resolving(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    """Have every name lead to these addresses."""

    def answer(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        families = (socket.AF_INET6 if ":" in each else socket.AF_INET for each in found)
        return [
            (family, socket.SOCK_STREAM, 6, "", (each, port)) for family, each in zip(families, found, strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def reason(url: str, allow_remote: bool = False) -> str:
    with pytest.raises(ModelUnavailable) as failed:
        checked_address(url, allow_remote)
    return failed.value.params["reason"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://localhost:8080", Address(False, "localhost", 8080, "/v1", True)),
        ("  HTTP://LocalHost.:8080/v1/ ", Address(False, "localhost.", 8080, "/v1", True)),
        ("http://127.0.0.1", Address(False, "127.0.0.1", 80, "/v1", True)),
        ("https://127.9.8.7:1/a/b", Address(True, "127.9.8.7", 1, "/a/b", True)),
        ("http://[::1]:11434/v1/chat/completions", Address(False, "::1", 11434, "/v1", True)),
        ("http://[0:0:0:0:0:0:0:1]", Address(False, "::1", 80, "/v1", True)),
        ("http://[::ffff:127.0.0.1]:80", Address(False, "::ffff:7f00:1", 80, "/v1", True)),
        ("http://llm.localhost:8080", Address(False, "llm.localhost", 8080, "/v1", True)),
    ],
)
def test_an_address_of_this_machine_is_taken(url: str, address: Address) -> None:
    assert checked_address(url) == address


ELSEWHERE = (
    "http://example.org",
    "https://api.openai.com/v1",
    "http://192.168.1.10:8080",
    "http://10.0.0.1",
    "http://0.0.0.0:8080",
    "http://[::]:8080",
    "http://[fe80::1]",
    "http://[::ffff:8.8.8.8]",
    "http://[::127.0.0.1]",
    "http://localhost.example.org",
    "http://notlocalhost",
    "http://127.0.0.1.example.org",
    "http://127.1",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://0177.0.0.1",
    "http://127.0.0.1.",
    "http://128.0.0.1",
    "http://mi-pc:8080",
)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_another_machine_is_refused_before_a_socket_is_made(no_sockets: None, url: str) -> None:
    generator = ServerGenerator(Server(url, "x", "sk-clave"))
    with pytest.raises(ModelUnavailable, match="server_remote"):
        list(generator.generate(ChatPrompt("", "hola"), Sampling()))
    with pytest.raises(ModelUnavailable, match="server_remote"):
        generator.models()


@pytest.mark.parametrize("url", ELSEWHERE)
def test_another_machine_is_taken_where_that_is_allowed(url: str) -> None:
    assert not checked_address(url, allow_remote=True).local


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "localhost",
        "localhost:8080",
        "//localhost:8080",
        "http:localhost",
        "http://",
        "http:///v1",
        "ftp://localhost",
        "file:///etc/passwd",
        "unix:///run/llama.sock",
        "javascript:alert(1)",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:-1",
        "http://localhost:80a",
        "http://localhost:8080?x=1",
        "http://localhost:8080?",
        "http://localhost:8080/v1#a",
        "http://localhost:8080/v1#",
        "http://local host",
        "http://localhost/a b",
        "http://localhost/\r\nX-Otro: 1",
        "http://local\thost",
        "http://localhost\\.example.org",
        "http://localhost\x00.example.org",
        "http://[::1",
        "http://[::1%25eth0]",
        "http://[::1%eth0]",
        "http://[v1.a]",
        "http://-a",
        "http://a..b",
        "http://ⓛocalhost..",
        "http://" + "a" * 64,
        "http://localhost/ñ",
    ],
)
@pytest.mark.parametrize("allow_remote", [False, True])
def test_what_is_no_address_is_refused(url: str, allow_remote: bool) -> None:
    assert reason(url, allow_remote) == "server_address"


@pytest.mark.parametrize(
    "url",
    ["http://ana:secreta@localhost", "http://ana@localhost", "http://@localhost", "http://localhost\\ana@x.org"],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(url: str) -> None:
    assert reason(url) == "server_credentials"
    assert "ana" not in shown(url)
    assert "ana" not in ServerGenerator(Server(url)).name


def test_what_may_be_a_secret_in_an_address_is_not_shown() -> None:
    assert shown("http://a:b@localhost:1/v1?clave=c#d") == "http://…@localhost:1/v1"
    assert shown("http://localhost?clave=c\n#d") == "http://localhost"


@given(st.text())
def test_any_text_is_an_address_or_a_clear_refusal(url: str) -> None:
    for allow_remote in (False, True):
        try:
            address = checked_address(url, allow_remote)
        except ModelUnavailable as error:
            assert error.params["reason"] in ("server_address", "server_credentials", "server_remote")
            assert error.params["url"].isprintable()
        else:
            assert address.local or allow_remote


@given(
    st.sampled_from(["localhost", "127.0.0.1", "[::1]", "example.org", "[2001:db8::1]"]), st.integers(1, 65535),
    st.sampled_from(["http", "https"]), st.sampled_from(["", "/v1", "/a/b"]),
)  # fmt: skip
def test_a_checked_address_written_out_is_itself(host: str, port: int, scheme: str, path: str) -> None:
    address = checked_address(f"{scheme}://{host}:{port}{path}", allow_remote=True)
    assert checked_address(address.url, allow_remote=True) == address


@given(st.text())
def test_text_of_others_becomes_a_short_line(text: str) -> None:
    assert len(short(text)) <= 200
    assert short(text).isprintable()


def test_an_ip_address_of_this_machine_leads_to_itself() -> None:
    assert [place[0] for _, place in places(checked_address("http://127.0.0.1:8080"))] == ["127.0.0.1"]
    assert places(checked_address("http://[::1]:8080"))[0][1][:2] == ("::1", 8080)


@pytest.mark.parametrize("found", [("192.0.2.7",), ("127.0.0.1", "192.0.2.7"), ("::1", "2001:db8::1")])
@pytest.mark.parametrize("allow_remote", [False, True])
def test_a_localhost_that_leads_elsewhere_is_refused_without_connecting(
    monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...], allow_remote: bool
) -> None:
    resolving(monkeypatch, *found)
    monkeypatch.setattr(socket, "socket", lambda *told: pytest.fail(f"a socket was made: {told}"))
    generator = ServerGenerator(Server("http://localhost:8080", "x", allow_remote=allow_remote))
    with pytest.raises(ModelUnavailable, match="server_remote"):
        list(generator.generate(ChatPrompt("", "hola"), Sampling()))


def test_the_place_that_was_looked_at_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, chat_server: Any
) -> None:
    asked: list[str] = []
    port = chat_server.port

    def answer(host: str, *_: object, **__: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "192.0.2.7"  # as a name that is rebound would
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    generator = ServerGenerator(Server(f"http://llm.example.org:{port}", "x", allow_remote=True))

    assert "".join(generator.generate(ChatPrompt("", "hola"), Sampling())) == "Una respuesta."
    assert asked == ["llm.example.org"]
    assert chat_server.asked[0].headers["Host"] == f"llm.example.org:{port}"


def test_the_next_place_is_tried_where_nobody_listens_at_the_first(
    monkeypatch: pytest.MonkeyPatch, chat_server: Any
) -> None:
    resolving(monkeypatch, "127.0.0.9", "127.0.0.1")
    generator = ServerGenerator(Server(f"http://localhost:{chat_server.port}", "x"))
    assert "".join(generator.generate(ChatPrompt("", "hola"), Sampling())) == "Una respuesta."


def test_a_name_that_nobody_knows_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    generator = ServerGenerator(Server("http://llm.example.org", "x", allow_remote=True))
    with pytest.raises(ModelUnavailable, match="server_name"):
        list(generator.generate(ChatPrompt("", "hola"), Sampling()))


def test_a_machine_out_of_reach_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(self: socket.socket, address: object) -> None:
        raise OSError(113, "No route to host")

    resolving(monkeypatch, "192.0.2.7")
    monkeypatch.setattr(socket.socket, "connect", unreachable)
    generator = ServerGenerator(Server("http://llm.example.org", "x", allow_remote=True))
    with pytest.raises(ModelUnavailable, match=r"server_unreachable.*No route to host"):
        list(generator.generate(ChatPrompt("", "hola"), Sampling()))
