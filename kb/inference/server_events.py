"""What OpenAI-compatible servers say: their streams, their lists of models and their errors (pure).

Streams are server-sent events (WHATWG HTML, 9.2.6), each a `chat.completion.chunk` in JSON, the last one `[DONE]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

LONGEST_LINE = 1 << 20
"""Bytes of one event: a token takes about 300."""

_TOO_LONG = re.compile(r"context[ _](length|size|window)|too (long|many tokens)|exceed\w*[ _]context", re.IGNORECASE)
_NO_MODEL = re.compile(r"\bmodel\b|model_not_found", re.IGNORECASE)
_MISSING = re.compile(r"not[ _]found|does not exist|no such|unknown|not loaded|not available", re.IGNORECASE)


class EventError(ValueError):
    """What came is no such stream; the message is the reason, "server_garbage" or "server_too_large"."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event adds: text of the answer, whether it told of a thought, whether it says that it is the last."""

    text: str = ""
    thought: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """What a server says went wrong: a reason of ours, what it said as it said it, and its HTTP status."""

    reason: str
    detail: str
    status: int


class EventStream:
    """Takes a stream's bytes as they come and gives back what its events say."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Delta | Failure]:
        """Add bytes; yield what the whole lines among them say. Raises EventError."""
        self._held += data
        if b"\n" in data or b"\r" in data:
            *whole, rest = bytes(self._held).splitlines(keepends=True)
            ended = rest.endswith((b"\n", b"\r"))
            self._held = bytearray() if ended else bytearray(rest)
            for line in (*whole, rest) if ended else whole:
                yield from _said(line)
        if len(self._held) > LONGEST_LINE:
            raise EventError("server_too_large")

    def flush(self) -> Iterator[Delta | Failure]:
        """Yield what a last line without an end says. Raises EventError."""
        yield from _said(bytes(self._held))
        self._held.clear()


def models_of(body: bytes) -> tuple[str, ...]:
    """Return the names in an answer to `/models`. Raises EventError."""
    listed = json_of(body)
    data = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(data, list):
        raise EventError("server_garbage")
    return tuple(each["id"] for each in data if isinstance(each, dict) and isinstance(each.get("id"), str))


def failure(status: int, body: bytes, media: str = "application/json") -> Failure:
    """Return what an answer that is no success means; of its body only a message is told, never markup."""
    said = "" if "html" in media else _message(body)
    return Failure(
        _reason(status, said), said if said.strip() else f"HTTP {status} {_phrase(status)}".strip(), status
    )


def _said(line: bytes) -> Iterator[Delta | Failure]:
    """Yield what a line says: nothing where it is a comment, an empty line or a field that is no data.

    llama-server once sent its failures in a field `error` of their own.
    """
    name, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(":")
    value = value.strip()
    if name not in ("data", "error") or not value:
        return
    if value == "[DONE]":
        yield Delta(last=True)
        return
    event = json_of(value)
    if not isinstance(event, dict):
        raise EventError("server_garbage")
    if name == "error" or event.get("error"):
        yield _failed(event, value)
    else:
        yield from _deltas(event)


def _deltas(event: dict[str, object]) -> Iterator[Delta]:
    """Yield what the first choice adds; events that tell of use alone have none."""
    choices = event.get("choices")
    if not isinstance(choices, list):
        raise EventError("server_garbage")
    for choice in choices[:1]:
        if not isinstance(choice, dict):
            raise EventError("server_garbage")
        delta = choice.get("delta")
        told = delta if isinstance(delta, dict) else {}
        text = told.get("content")
        thought = any(isinstance(told.get(key), str) and told.get(key) for key in ("reasoning_content", "reasoning"))
        yield Delta(text if isinstance(text, str) else "", thought, bool(choice.get("finish_reason")))


def _failed(event: dict[str, object], value: str) -> Failure:
    """Return what an error within a stream means; its status is the code that it names."""
    error = event.get("error")
    code = error.get("code") if isinstance(error, dict) else event.get("code")
    status = code if isinstance(code, int) and 400 <= code < 600 else int(HTTPStatus.INTERNAL_SERVER_ERROR)
    return failure(status, value.encode())


def _reason(status: int, said: str) -> str:
    """Return our reason for an HTTP status and what the server said with it."""
    no_model = _NO_MODEL.search(said)
    if 300 <= status < 400:
        return "server_redirect"
    if status in (401, 403, 407):
        return "server_key"
    if status == 413 or (status < 600 and _TOO_LONG.search(said)):
        return "prompt_too_long"
    if status == 404 or (status == 400 and no_model and _MISSING.search(said)):
        return "server_model_missing" if no_model else "server_no_path"
    if status == 405:
        return "server_no_path"
    if status in (429, 503):
        return "server_busy"
    return "server_error" if status >= 500 else "server_refused"


def _message(body: bytes) -> str:
    """Return what an error's body says: the message in any of the shapes that servers have, else its text."""
    text = body.decode("utf-8", "replace")
    try:
        told = json_of(text)
    except EventError:
        return text
    if isinstance(told, dict) and isinstance(told.get("error"), dict):
        told = told["error"]
    if not isinstance(told, dict):
        return ""
    words = (told.get(key) for key in ("message", "error", "detail", "code", "type"))
    return " · ".join(word for word in words if isinstance(word, str))


def json_of(text: str | bytes) -> object:
    """Return what JSON says, whatever it is. Raises EventError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventError("server_garbage") from error


def _phrase(status: int) -> str:
    """Return what a status is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
