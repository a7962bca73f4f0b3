"""What a reader's process and its parent say to each other, and how it looks on the pipe.

A frame is eight bytes of length, then that many of pickle. The child has read files that nobody vouches for, so the
parent unpickles the classes of documents and messages and nothing else: no frame can call a function.
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import struct
from dataclasses import dataclass

from ingest.errors import IngestError
from ingest.model import Document, Kind

MAX_BYTES = 256 << 20
"""Longest frame, in bytes: more text than a lifetime of lectures."""

_LENGTH = struct.Struct(">Q")
_CHUNK = 1 << 20
_MODULES = ("ingest.model", "ingest.errors", "ingest.processes.messages")


class PipeClosed(Exception):
    """The other side has gone."""


class ProtocolError(Exception):
    """What came down the pipe is not a message."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Read the file at `path`, or its `member`; the other fields are those of read_bytes and ReadOptions."""

    path: str
    member: str
    shown: str
    place: str
    kind: Kind | None
    password: str
    ocr: bool


@dataclass(frozen=True, slots=True)
class DrawPage:
    """Draw page `page` (from 1) of the PDF at `path` within `pixels` (width, height)."""

    path: str
    member: str
    shown: str
    page: int
    pixels: tuple[int, int]
    password: str


@dataclass(frozen=True, slots=True)
class Began:
    """The child is up and has the request: its time starts now."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages done of those there are; a `slow` one comes next that may take longer than others."""

    done: int
    total: int
    slow: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as its class and its parameters: exceptions do not pickle."""

    kind: type[IngestError]
    params: dict[str, str]

    @classmethod
    def of(cls, error: IngestError) -> Failure:
        """Return what an error is made of."""
        return cls(type(error), error.params)

    @property
    def error(self) -> IngestError:
        """The error again."""
        return self.kind(**self.params)


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file became: documents or a failure, and the SHA-256 of its bytes where those were read.

    The child ends itself after its `last` reply.
    """

    documents: tuple[Document, ...] = ()
    failure: Failure | None = None
    sha256: str = ""
    last: bool = False


@dataclass(frozen=True, slots=True)
class PageDrawn:
    """A page as a PNG, or why not; `last` as in FileRead."""

    picture: bytes = b""
    failure: Failure | None = None
    last: bool = False


Request = ReadFile | DrawPage
Reply = FileRead | PageDrawn
Message = Request | Began | Pages | Reply


def send(pipe: int, message: Message) -> None:
    """Write one frame to a file descriptor; PipeClosed when nobody reads, ProtocolError when it is too long."""
    body = pickle.dumps(message, protocol=5)
    if len(body) > MAX_BYTES:
        raise ProtocolError(f"a {type(message).__name__} of {len(body)} bytes is too long")
    rest = memoryview(_LENGTH.pack(len(body)) + body)
    try:
        while rest:
            rest = rest[os.write(pipe, rest) :]
    except OSError as error:
        raise PipeClosed from error


class Frames:
    """The frames that come down a pipe, put together from pieces as they arrive."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, pipe: int) -> None:
        """Take what a file descriptor has, waiting for at least one byte; PipeClosed at its end."""
        try:
            piece = os.read(pipe, _CHUNK)
        except OSError as error:
            raise PipeClosed from error
        if not piece:
            raise PipeClosed
        self._held += piece

    def take(self) -> tuple[Message, ...]:
        """Return the next message, or nothing while it is not there in full; ProtocolError when it is none."""
        if len(self._held) < _LENGTH.size:
            return ()
        (length,) = _LENGTH.unpack_from(self._held)
        if length > MAX_BYTES:
            raise ProtocolError(f"a frame of {length} bytes")
        end = _LENGTH.size + length
        if len(self._held) < end:
            return ()
        body = bytes(memoryview(self._held)[_LENGTH.size : end])
        del self._held[:end]
        return (_unpickled(body),)


def receive(pipe: int, frames: Frames) -> Message:
    """Wait for the next message. Raises PipeClosed and ProtocolError."""
    while not (messages := frames.take()):
        frames.feed(pipe)
    return messages[0]


def _unpickled(body: bytes) -> Message:
    try:
        message = _Unpickler(io.BytesIO(body)).load()
    except Exception as error:
        raise ProtocolError(f"a frame that is no pickle of ours: {type(error).__name__}") from error
    if not isinstance(message, ReadFile | DrawPage | Began | Pages | FileRead | PageDrawn):
        raise ProtocolError(f"a {type(message).__name__} is no message")
    return message


class _Unpickler(pickle.Unpickler):
    """Knows the classes that our own modules define, and not what these import."""

    def find_class(self, module: str, name: str) -> type:
        found = getattr(importlib.import_module(module), name, None) if module in _MODULES else None
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} may not come down a pipe")
        return found
