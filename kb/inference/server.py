"""A language model behind an OpenAI-compatible server: llama-server, Ollama, vLLM, llama_cpp.server.

Spoken are `POST /chat/completions` with `stream`, and `GET /models`, of
https://platform.openai.com/docs/api-reference/chat/create.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from kb.errors import ModelUnavailable
from kb.inference.http_call import Head, HttpCall, LetGo, Patience, Request
from kb.inference.protocol import ChatPrompt, Choice, Judgement, Sampling
from kb.inference.server_address import checked_address, short, shown
from kb.inference.server_choice import choice_request, first_tokens, share
from kb.inference.server_events import Delta, EventError, EventStream, Failure, failure, models_of
from kb.inference.server_request import chat_request
from kb.inference.stream import TextStream
from kb.inference.thoughts import KNOWN

EVENTS = "text/event-stream"
LARGEST_ERROR = 1 << 16
"""Bytes of an error's body that are read."""

UNTOLD = ("server_refused", "server_error", "server_garbage")
"""How servers answer that know no probabilities: llama_cpp.server fails, others refuse what they do not know."""

BUSY = "server_busy"

CHARACTERS_PER_TOKEN = 4
"""Of Spanish and English; only the server has the model's tokens."""

_SENDABLE = re.compile(r"[!-~]+")
"""What a header can carry of a key: visible characters of ASCII (RFC 9110, 11.4 and 5.5)."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a model is served: `model` "" is the only one there; the key is sent to the server and shown nowhere."""

    url: str
    model: str = ""
    key: str = field(default="", repr=False)
    allow_remote: bool = False


class OnlyThoughts(ModelUnavailable):
    """A model's thoughts took all the tokens that it was given."""


class ServerGenerator:
    """A Generator and Judge whose model runs in a server. It keeps nothing open between requests."""

    def __init__(self, server: Server, patience: Patience = Patience()) -> None:  # noqa: B008 (frozen)
        self._server = server
        self._patience = patience
        self._model = server.model.strip()
        # Re-entrant: the garbage collector may end a forgotten request while this very thread holds the lock.
        self._lock = threading.RLock()
        self._calls: set[HttpCall] = set()
        self._closed = False
        self._tells_probabilities = True

    @property
    def name(self) -> str:
        """The model's name as the server has it; the server's address as long as that is not known."""
        return short(self._model) or shown(self._server.url) or "?"

    def generate(self, prompt: ChatPrompt, sampling: Sampling) -> Iterator[str]:
        """Yield pieces of text as they come; closing the iterator cancels. Raises ModelUnavailable."""
        try:
            self._model = self._model or self._only_model()
            yield from self._answer(chat_request(self._model, prompt, sampling), sampling.stop)
        except LetGo:
            return

    def judge(self, judgement: Judgement) -> Iterator[float]:
        """Yield the texts' numbers; it ends before their end where cancelled or the server tells no probabilities.

        One that tells none is not asked again; a busy one is, the next time. Of a text about `longest` tokens are
        read. Raises ModelUnavailable, also where wordings are to be measured: chat servers tell nothing of a prompt.
        """
        if not isinstance(judgement.measure, Choice):
            raise ModelUnavailable(**self._about(), reason="server_no_numbers")
        try:
            for text in judgement.texts if self._tells_probabilities else ():
                shown = text[: judgement.longest * CHARACTERS_PER_TOKEN]
                prompt = ChatPrompt(judgement.system, f"{judgement.before}{shown}{judgement.after}")
                numbers = tuple(self._share(prompt, judgement.measure))
                if not numbers:
                    return
                yield from numbers
        except LetGo:
            return
        except ModelUnavailable as error:
            if error.params["reason"] not in (*UNTOLD, BUSY):
                raise
            self._tells_probabilities = error.params["reason"] == BUSY

    def models(self) -> tuple[str, ...]:
        """Return the names of the server's models; none when cancelled. Raises ModelUnavailable."""
        try:
            return self._models()
        except LetGo:
            return ()

    def check(self) -> tuple[str, ...]:
        """Return the names of the server's models, after seeing that ours works. Raises ModelUnavailable.

        It is one of them, as Ollama's also without `:latest`, or it writes: llama-server takes any name.
        """
        models = self.models()
        if not self._model:
            self._only(models)
        elif self._model not in models and f"{self._model}:latest" not in models:
            with suppress(OnlyThoughts):
                for _ in self.generate(ChatPrompt("", "1 + 1 ="), Sampling(max_tokens=8)):
                    pass
        return models

    def cancel(self) -> None:
        """End the running requests at once, from any thread; nothing happens when idle."""
        with self._lock:
            running = tuple(self._calls)
        for call in running:
            call.cancel()

    def close(self) -> None:
        """End what runs; later requests raise ModelUnavailable, reason "closed"."""
        with self._lock:
            self._closed = True
        self.cancel()

    def _only_model(self) -> str:
        """Return the name of the server's only model. Raises ModelUnavailable and LetGo."""
        return self._only(self._models())

    def _only(self, models: Sequence[str]) -> str:
        """Return the one of the models that can be meant. Raises ModelUnavailable."""
        if len(models) == 1 and models[0].strip():
            return models[0]
        reason = "server_which_model" if models else "server_no_models"
        raise ModelUnavailable(**self._about(), reason=reason, known=short(", ".join(models)))

    def _models(self) -> tuple[str, ...]:
        with self._call(Request("/models", key=self._server.key)) as call:
            return models_of(self._whole(call))

    def _share(self, prompt: ChatPrompt, choice: Choice) -> Iterator[float]:
        """Yield the share of yes in how an answer begins, nothing where it is not told. Raises as `_models` does."""
        self._model = self._model or self._only_model()
        body = choice_request(self._model, prompt)
        with self._call(Request("/chat/completions", body, self._server.key)) as call:
            tokens = first_tokens(self._whole(call))
        self._tells_probabilities = bool(tokens)
        yield from share(tokens, choice)

    def _whole(self, call: HttpCall) -> bytes:
        """Return all of an answer that is no stream. Raises ModelUnavailable."""
        answer = call.answer()
        self._begin(answer)
        return b"".join(part for part in answer if isinstance(part, bytes))

    def _answer(self, body: bytes, stops: Sequence[str]) -> Iterator[str]:
        """Yield the text of an answer, less its thoughts and what follows a stop string."""
        text, thought, wrote = TextStream(stops, KNOWN), False, False
        with closing(self._deltas(body)) as deltas:
            for delta in deltas:
                thought = thought or delta.thought
                # A half of a character outside the basic plane, alone, is none: it becomes U+FFFD.
                if piece := text.feed(delta.text.encode("utf-8", "surrogatepass")):
                    wrote = True
                    yield piece
                if text.stopped:
                    return
        thought = thought or text.thoughts.open
        if piece := text.flush():
            yield piece
        elif thought and not wrote:
            raise OnlyThoughts(**self._about(), reason="only_thoughts")

    def _deltas(self, body: bytes) -> Generator[Delta, None, None]:
        """Ask, and yield what the answer's events say, up to the last one. Raises ModelUnavailable and LetGo."""
        with self._call(Request("/chat/completions", body, self._server.key, EVENTS)) as call:
            answer, events = call.answer(), EventStream()
            self._begin(answer, EVENTS)
            for said in events_of(answer, events):
                if isinstance(said, Failure):
                    raise self._failed(said)
                yield said
                if said.last:
                    return
            raise ModelUnavailable(**self._about(), reason="server_broken", detail="")

    def _begin(self, answer: Iterator[Head | bytes], media: str = "") -> None:
        """Read an answer's head. Raises ModelUnavailable where it is no success, or not of the media type wanted."""
        head = next(answer, b"")
        if not isinstance(head, Head):
            raise ModelUnavailable(reason="server_broken", detail="")
        if head.status == HTTPStatus.OK and media in ("", head.media):
            return
        if head.status == HTTPStatus.OK:
            raise EventError("server_garbage")
        body = b""
        for part in answer:
            body += part if isinstance(part, bytes) else b""
            if len(body) > LARGEST_ERROR:
                break
        said = failure(head.status, body, head.media)
        raise self._failed(replace(said, detail=shown(head.location)) if said.reason == "server_redirect" else said)

    @contextmanager
    def _call(self, request: Request) -> Iterator[HttpCall]:
        """Give a request that is under way, and let go of it afterwards; failures become the model's."""
        try:
            with self._running(request) as call:
                yield call
        except EventError as error:
            raise ModelUnavailable(**self._about(), reason=str(error), detail="") from error
        except ModelUnavailable as error:
            raise ModelUnavailable(**{**error.params, **self._about()}) from error

    @contextmanager
    def _running(self, request: Request) -> Iterator[HttpCall]:
        address = checked_address(self._server.url, self._server.allow_remote)
        if request.key and not _SENDABLE.fullmatch(request.key):
            raise ModelUnavailable(reason="server_key_unusable")
        with self._lock:
            if self._closed:
                raise ModelUnavailable(reason="closed")
            try:
                call = HttpCall(address, request, self._patience)
            except RuntimeError as error:  # no more threads
                raise ModelUnavailable(reason="not_started", detail=error) from error
            self._calls.add(call)
        try:
            yield call
        finally:
            with self._lock:
                self._calls.discard(call)
            call.cancel()

    def _failed(self, said: Failure) -> ModelUnavailable:
        """Return the error that a server told of: its words are data, and what it repeats of the key is taken out."""
        words = said.detail.replace(self._server.key, "…") if self._server.key else said.detail
        return ModelUnavailable(
            **self._about(), reason=said.reason, detail=short(words).rstrip("."), status=said.status
        )

    def _about(self) -> dict[str, str]:
        """The parameters of every error."""
        return {"model": self.name, "url": shown(self._server.url)}


def events_of(answer: Iterator[Head | bytes], events: EventStream) -> Iterator[Delta | Failure]:
    """Yield what an answer's events say, a last one without an end of line too. Raises EventError."""
    for part in answer:
        if isinstance(part, bytes):
            yield from events.feed(part)
    yield from events.flush()
