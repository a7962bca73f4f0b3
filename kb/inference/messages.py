"""What the program and a model's process say to each other, and how it looks on the pipe.

A frame is one line of JSON (ASCII, the message's class under "type"), then, when the message has a field of
bytes, that many raw bytes; the JSON carries their number in the field's place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import BinaryIO

MAX_LINE = 32 * 2**20
MAX_BYTES = 64 * 2**20
"""Longest line and longest run of raw bytes, in bytes; anything above is no message of ours."""


class ProtocolError(Exception):
    """What came down the pipe is not a message."""


class PipeClosed(Exception):
    """The other side has gone."""


AUTO_LAYERS = -1


@dataclass(frozen=True, slots=True)
class LoadLanguageModel:
    """Open the GGUF file at `path`; `threads` 0 means one a physical core; `context` is in tokens.

    `gpu_layers` is how many layers the graphics card computes, AUTO_LAYERS as many as fit into its free memory.
    `prefixes` is the folder where evaluated beginnings of prompts are kept, "" for nowhere.
    """

    path: str
    threads: int
    context: int
    gpu_layers: int = AUTO_LAYERS
    prefixes: str = ""


@dataclass(frozen=True, slots=True)
class LoadEmbedder:
    """Open the sentence-transformers folder at `path`, named `name`; `threads` 0 means at most two.

    `graphs` is the folder of its ONNX export, "" for the one inside it.
    """

    path: str
    name: str
    threads: int
    graphs: str = ""


@dataclass(frozen=True, slots=True)
class LoadScript:
    """Open an engine that acts out a script instead of a model; see kb.inference.scripted."""

    replies: tuple[str, ...]
    answers: tuple[str, ...]
    delay: float
    token_bytes: int
    dimension: int
    fault: str
    fault_token: int
    fault_requests: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Generate:
    """Write an answer to a prompt; the fields are those of ChatPrompt and Sampling."""

    request: int
    system: str
    user: str
    max_tokens: int
    temperature: float
    seed: int
    stop: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefill:
    """Evaluate the beginning of a prompt, the user's text as far as given; gives way to whatever comes after it."""

    request: int
    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Encode:
    """Turn texts into vectors; `role` is a Role."""

    request: int
    texts: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Give each text a number; the fields are those of Judgement, with one answer for a Wording, two for a Choice."""

    request: int
    system: str
    before: str
    texts: tuple[str, ...]
    after: str
    answers: tuple[str, ...]
    longest: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a request, whether it runs or waits."""

    request: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded, `gpu_layers` of it on a graphics card; `notice` is the key of what is to be said or ""."""

    gpu_layers: int = 0
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Alive:
    """Work goes on although there is nothing to show yet."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The next characters of an answer."""

    request: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The number of the next text of a Judge."""

    request: int
    number: float


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer's end: tokens of the prompt, those of them that were evaluated before, tokens written.

    `drafted_tokens` were guessed ahead of being written, `accepted_tokens` of them rightly.
    """

    request: int
    prompt_tokens: int
    reused_tokens: int
    tokens: int
    drafted_tokens: int = 0
    accepted_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of `dimension` float32 numbers in the machine's byte order, one after another.

    `runs` tells how they were made: int8, float32 (both ONNX), torch or cuda; "" for made-up ones.
    """

    request: int
    dimension: int
    data: bytes
    runs: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The request was stopped."""

    request: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A request that could not be served, or with request 0 the whole process; `reason` is a message key.

    `params` are the names and values of what the reason's sentence tells, in turn.
    """

    request: int
    reason: str
    detail: str
    params: tuple[str, ...] = ()


Load = LoadLanguageModel | LoadEmbedder | LoadScript
Request = Generate | Prefill | Encode | Judge
Reply = Piece | Verdict | Finished | Encoded | Cancelled | Failed
Message = Load | Request | Cancel | Ready | Alive | Reply

WHOLE_PROCESS = 0
"""The request number of a failure that ends the process; real requests count from 1."""

_TYPES: dict[str, type[Message]] = {
    each.__name__: each
    for each in (
        LoadLanguageModel, LoadEmbedder, LoadScript, Generate, Prefill, Encode, Judge, Cancel,
        Ready, Alive, Piece, Verdict, Finished, Encoded, Cancelled, Failed,
    )
}  # fmt: skip


def send(stream: BinaryIO, message: Message) -> None:
    """Write one frame and flush it; PipeClosed when nobody reads any more."""
    header: dict[str, object] = {"type": type(message).__name__}
    body = b""
    for field in fields(message):
        value = getattr(message, field.name)
        if isinstance(value, bytes):
            body, value = value, len(value)
        header[field.name] = value
    line = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
    if len(line) > MAX_LINE or len(body) > MAX_BYTES:
        raise ProtocolError(f"a {header['type']} of {len(line) + len(body)} bytes is too large")
    try:
        stream.write(line + body)
        stream.flush()
    except (OSError, ValueError) as error:
        raise PipeClosed from error


def receive(stream: BinaryIO) -> Message:
    """Read one frame; PipeClosed at the end of the stream, ProtocolError when it is not a message."""
    line = _read(stream.readline, MAX_LINE)
    if not line.endswith(b"\n"):
        raise ProtocolError("a line without end")
    try:
        header = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a line that is not JSON") from error
    kind = _TYPES.get(str(header.pop("type", ""))) if isinstance(header, dict) else None
    if kind is None:
        raise ProtocolError("an unknown message")
    expected = {field.name: str(field.type) for field in fields(kind)}
    if set(header) != set(expected):
        raise ProtocolError(f"a {kind.__name__} with the fields {sorted(header)}")
    build: Callable[..., Message] = kind
    return build(**{name: _value(stream, expected[name], value) for name, value in header.items()})


def _read(source: Callable[[int], bytes], size: int) -> bytes:
    """Read up to `size` bytes from `source`; PipeClosed when there is nothing."""
    try:
        data = source(size)
    except (OSError, ValueError) as error:
        raise PipeClosed from error
    if not data:
        raise PipeClosed
    return data


def _value(stream: BinaryIO, expected: str, value: object) -> object:
    """Turn one JSON value into a field's value, or raise ProtocolError when it is of another type."""
    match expected, value:
        case "bytes", int(size) if 0 <= size <= MAX_BYTES:
            data = _read(stream.read, size) if size else b""
            if len(data) < size:
                raise PipeClosed
            return data
        case "str", str():
            return value
        case "int", int():
            return value
        case "float", int() | float():
            return float(value)
        case "tuple[str, ...]", list() if all(isinstance(item, str) for item in value):
            return tuple(value)
        case "tuple[int, ...]", list() if all(isinstance(item, int) for item in value):
            return tuple(value)
        case _:
            raise ProtocolError(f"{value!r:.40} is not {expected}")
