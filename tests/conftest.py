"""What every test shares: no network, and where the real models are."""

from __future__ import annotations

import _socket
import ipaddress
import json
import math
import os
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import platformdirs
import pytest


def pytest_configure() -> None:
    """Hear Ctrl-C whatever started the tests: a shell's background job ignores it, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may open a connection; asyncio's own socket pairs stay allowed."""

    def refuse(self: socket.socket, address: object) -> None:
        raise AssertionError(f"a test opened a connection to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """The folder of downloaded models, as set-up leaves it."""
    return Path(os.environ.get("REPASO_CACHE") or platformdirs.user_cache_dir("repaso", appauthor=False))


_GGUF_TEXT, _GGUF_LIST = 8, 9
_GGUF_NUMBERS = {"<B": 0, "<i": 5, "<I": 4, "<f": 6, "<?": 7, "<Q": 10}


def _gguf_text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _gguf_value(value: object) -> tuple[int, bytes]:
    match value:
        case bool():
            return _GGUF_NUMBERS["<?"], struct.pack("<?", value)
        case int():
            return _GGUF_NUMBERS["<I"], struct.pack("<I", value)
        case float():
            return _GGUF_NUMBERS["<f"], struct.pack("<f", value)
        case [int(), *_]:
            return _GGUF_LIST, struct.pack(f"<IQ{len(value)}i", _GGUF_NUMBERS["<i"], len(value), *value)
        case list():
            kinds, packed = zip(*(_gguf_value(each) for each in value), strict=True)
            return _GGUF_LIST, struct.pack("<IQ", kinds[0], len(value)) + b"".join(packed)
        case _:
            return _GGUF_TEXT, _gguf_text(str(value))


def gguf_bytes(metadata: Mapping[str, object], tensors: Mapping[str, tuple[int, ...]]) -> bytes:
    """A GGUF file of version 3 whose tensors are small float32 numbers, made as ggml's docs/gguf.md says."""
    parts = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(metadata))]
    for key, value in metadata.items():
        kind, packed = _gguf_value(value)
        parts += [_gguf_text(key), struct.pack("<I", kind), packed]
    weights = []
    for name, shape in tensors.items():
        parts += [_gguf_text(name), struct.pack("<I", len(shape)), struct.pack(f"<{len(shape)}Q", *shape)]
        parts += [struct.pack("<IQ", 0, sum(map(len, weights)))]
        data = b"".join(struct.pack("<f", math.sin(number)) for number in range(math.prod(shape)))
        weights.append(data + bytes(-len(data) % 32))
    head = b"".join(parts)
    return head + bytes(-len(head) % 32) + b"".join(weights)


def tiny_model(**changes: object) -> tuple[dict[str, object], dict[str, tuple[int, ...]]]:
    """Metadata and tensors of a language model of one layer that llama.cpp loads; its words are the 256 bytes.

    A key of `changes` is one of the metadata with "__" for each dot; a value of None takes it out.
    """
    words = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", "a", "b"]
    metadata: dict[str, object] = {
        "general.architecture": "llama",
        "general.type": "model",
        "llama.block_count": 1,
        "llama.context_length": 512,
        "llama.embedding_length": 32,
        "llama.feed_forward_length": 64,
        "llama.attention.head_count": 2,
        "llama.attention.head_count_kv": 2,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": 16,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": words,
        "tokenizer.ggml.scores": [0.0] * len(words),
        "tokenizer.ggml.token_type": [2, 3, 3, *[6] * 256, 1, 1, 1],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.chat_template": "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
    }
    metadata |= {key.replace("__", "."): value for key, value in changes.items()}
    tensors: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (32, len(words)),
        "output_norm.weight": (32,),
        "output.weight": (32, len(words)),
        "blk.0.attn_norm.weight": (32,),
        **{f"blk.0.attn_{name}.weight": (32, 32) for name in ("q", "k", "v", "output")},
        "blk.0.ffn_norm.weight": (32,),
        "blk.0.ffn_gate.weight": (32, 64),
        "blk.0.ffn_up.weight": (32, 64),
        "blk.0.ffn_down.weight": (64, 32),
    }
    return {key: value for key, value in metadata.items() if value is not None}, tensors


GgufWriter = Callable[..., Path]


@pytest.fixture
def write_gguf(tmp_path: Path) -> GgufWriter:
    """Writes a made-up model by its file's name: a tiny language model, or one changed as `tiny_model` says."""

    def write(name: str = "tiny.gguf", cut: int = 0, **changes: object) -> Path:
        data = gguf_bytes(*tiny_model(**changes))
        path = tmp_path / name
        path.write_bytes(data[: len(data) - cut])
        return path

    return write


@dataclass(frozen=True)
class Asked:
    """What a server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class ChatServer:
    """An HTTP server on this machine; a test sets what it does with a request, by the end of its path."""

    done = b"data: [DONE]\n\n"

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.plays: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {"/models": self.listing("tiny")}
        self.reached, self.left = threading.Event(), threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(handler) -> None:  # noqa: N805 (`self` is the chat server)
                self._serve(handler)

            do_GET = do_POST  # noqa: N815 (http.server's name)

            def log_message(handler, *told: object) -> None:  # noqa: N805 (`self` is the chat server)
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        said = json.loads(body) if body else {}
        self.asked.append(Asked(handler.command, handler.path, dict(handler.headers), said))
        self.reached.set()
        handler.close_connection = True
        played = (play for end, play in self.plays.items() if handler.path.endswith(end))
        try:
            next(played, self.answer(404, "{}"))(handler)
        except ConnectionError:
            self.left.set()

    def answer(
        self, status: int, body: str | bytes, media: str = "application/json", **headers: str
    ) -> Callable[[BaseHTTPRequestHandler], None]:
        """A whole answer."""

        def play(handler: BaseHTTPRequestHandler) -> None:
            data = body.encode() if isinstance(body, str) else body
            handler.send_response(status)
            for name, value in {"Content-Type": media, "Content-Length": str(len(data)), **headers}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(data)

        return play

    def listing(self, *names: str) -> Callable[[BaseHTTPRequestHandler], None]:
        """A list of models."""
        return self.answer(200, json.dumps({"object": "list", "data": [{"id": name} for name in names]}))

    def stream(
        self, *parts: bytes, chunked: bool = True, hang: bool = False, end: bool = True
    ) -> Callable[[BaseHTTPRequestHandler], None]:
        """An event stream sent part by part; with `hang` it stays silent then, until the client leaves."""

        def play(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
            if chunked:
                handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            for part in parts:
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                handler.wfile.flush()
            if hang:
                self.hang(handler)
            elif chunked and end:
                handler.wfile.write(b"0\r\n\r\n")

        return play

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        """Say nothing until the client leaves; then remember that it did."""
        if handler.connection.recv(1) == b"":
            self.left.set()

    @staticmethod
    def event(text: str, **more: object) -> bytes:
        """An event that adds a text to an answer."""
        delta = {"content": text, **more}
        chunk = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Serve encrypted from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def close(self) -> None:
        """Stop to serve."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def chat_server(monkeypatch: pytest.MonkeyPatch, no_network: None) -> Iterator[ChatServer]:
    """A server on this machine, to which, and to no other machine, a test may connect."""

    def local_only(self: socket.socket, address: Any) -> None:
        assert ipaddress.ip_address(address[0]).is_loopback, f"a test opened a connection to {address}"
        _socket.socket.connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)
    opened = ChatServer()
    opened.plays["/chat/completions"] = opened.stream(opened.event("Una "), opened.event("respuesta."), opened.done)
    yield opened
    opened.close()
