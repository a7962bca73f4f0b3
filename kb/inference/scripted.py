"""Engines that act out a script instead of running a model: real child processes, made-up words and vectors.

Tests of the whole program use them where a model's words do not matter but its behaviour does: slow, crashing,
hanging, out of memory.
"""

from __future__ import annotations

import array
import hashlib
import math
import os
import re
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from kb.inference.engine import EngineError, StopFlag
from kb.inference.messages import (
    Alive,
    Cancelled,
    Encode,
    Encoded,
    Finished,
    Generate,
    Judge,
    Load,
    LoadScript,
    Piece,
    Prefill,
    Ready,
    Reply,
    Request,
    Verdict,
)
from kb.inference.models import ChildEncoder, ChildGenerator
from kb.inference.process import ModelProcess
from kb.inference.stream import TextStream
from kb.inference.thoughts import KNOWN

WORDS_A_BATCH = 16
"""Words of a prompt that are read ahead in one delay."""

NAP = 0.005
"""Longest sleep in seconds before the stop flag is looked at again."""


class Fault(StrEnum):
    """What goes wrong, if anything."""

    NONE = ""
    CRASH = "crash"
    HANG = "hang"
    NO_MEMORY = "no_memory"
    DAMAGED = "damaged"


def open_scripted_generator(
    replies: Sequence[str] | Mapping[str, str] = ("Una respuesta.",),
    *,
    delay: float = 0.0,
    token_bytes: int = 0,
    fault: Fault = Fault.NONE,
    fault_token: int = 0,
    fault_requests: Sequence[int] = (),
    hang_after: float = 60.0,
    idle_after: float = 0.0,
    name: str = "scripted",
) -> ChildGenerator:
    """Open a generator that says `replies`.

    A sequence is said in order, its last reply for ever; of a mapping, the reply whose key occurs in the prompt
    (system or user text), else "". Asked to judge, a text gets the number whose key it has, else the share of the
    prompt's words that it has. Tokens are words, or `token_bytes` bytes each, one every `delay` seconds. The `fault`
    happens before token (or text) `fault_token` of the requests numbered (from 1) in `fault_requests`, or of all;
    a DAMAGED model fails when it is opened.
    """
    keys, said = (tuple(replies), tuple(replies.values())) if isinstance(replies, Mapping) else ((), tuple(replies))
    script = LoadScript(said, keys, delay, token_bytes, 0, fault.value, fault_token, tuple(fault_requests))
    return ChildGenerator(_process(name, script, hang_after, idle_after))


def open_scripted_encoder(
    dimension: int = 64,
    *,
    delay: float = 0.0,
    fault: Fault = Fault.NONE,
    fault_requests: Sequence[int] = (),
    hang_after: float = 60.0,
    name: str = "scripted-encoder",
) -> ChildEncoder:
    """Open an encoder whose vectors depend on a text's words alone, so that texts that share words are near.

    The `fault` happens in the requests numbered (from 1, one for every 32 texts) in `fault_requests`, or in all.
    """
    script = LoadScript((), (), delay, 0, dimension, fault.value, 0, tuple(fault_requests))
    return ChildEncoder(_process(name, script, hang_after), name, lambda: f"scripted {dimension}")


def _process(name: str, script: LoadScript, hang_after: float, idle_after: float = 0.0) -> ModelProcess:
    """A process that opens the script, whatever the path."""

    def load(_path: Path) -> Load:
        return script

    return ModelProcess(name, Path, load, hang_after, idle_after)


class ScriptedEngine:
    """Plays a script in the child process."""

    ready = Ready()

    def __init__(self, script: LoadScript, stop: StopFlag) -> None:
        if script.fault == Fault.DAMAGED:
            raise EngineError("damaged", "the script says so")
        self._script = script
        self._stop = stop
        self._read: list[str] = []
        self._prefills = 0

    def run(self, request: Request) -> Iterator[Reply | Alive]:
        """Yield the scripted replies to one request."""
        match request:
            case Generate():
                return self._write(request)
            case Prefill():
                return self._prefill(request)
            case Encode():
                return self._encode(request)
            case Judge():
                return self._judge(request)

    def _write(self, request: Generate) -> Iterator[Reply | Alive]:
        """Say one reply token by token, as a language model would."""
        prompt = f"{request.system} {request.user}".split()
        reused, self._read = _shared(self._read, prompt), prompt
        stream = TextStream(request.stop, KNOWN)
        tokens = self._tokens(self._reply(request))[: request.max_tokens]
        said = 0
        for said, token in enumerate(tokens, start=1):
            self._misbehave(request.request, said - 1)
            self._sleep()
            if self._stop.is_set():
                yield Cancelled(request.request)
                return
            if text := stream.feed(token):
                yield Piece(request.request, text)
            if stream.stopped:
                break
        else:
            self._misbehave(request.request, len(tokens))
        if text := stream.flush():
            yield Piece(request.request, text)
        yield Finished(request.request, len(prompt), max(0, min(reused, len(prompt) - 1)), said)

    def _prefill(self, request: Prefill) -> Iterator[Reply | Alive]:
        """Read the beginning of a prompt, a batch of words every delay, until something else is asked."""
        self._prefills += 1
        prompt = f"{request.system} {request.user}".split()
        reused = _shared(self._read, prompt)
        self._read = prompt[:reused]
        self._misbehave(request.request, 0)
        while len(self._read) < len(prompt):
            yield Alive()
            self._sleep()
            if self._stop.is_set() or self._stop.gives_way:
                yield Cancelled(request.request)
                return
            self._read = prompt[: len(self._read) + WORDS_A_BATCH]
        yield Finished(request.request, len(prompt), reused, 0)

    def _judge(self, request: Judge) -> Iterator[Reply | Alive]:
        """Give each text the number that the script has for it, or the share of the prompt's words that it has."""
        asked = set(_words(" ".join((request.before, request.after, *request.answers))))
        for place, text in enumerate(request.texts):
            self._misbehave(request.request, place)
            self._sleep()
            if self._stop.is_set():
                yield Cancelled(request.request)
                return
            pairs = zip(self._script.answers, self._script.replies, strict=False)
            scripted = next((float(reply) for key, reply in pairs if key in text), None)
            share = len(asked & set(_words(text))) / max(1, len(asked))
            yield Verdict(request.request, share if scripted is None else scripted)
        yield Finished(request.request, sum(len(text.split()) for text in request.texts), 0, 0)

    def _encode(self, request: Encode) -> Iterator[Reply | Alive]:
        """Hash texts into vectors."""
        self._misbehave(request.request, 0)
        self._sleep()
        numbers = array.array("f")
        for text in request.texts:
            numbers.extend(hashed_vector(text, self._script.dimension))
        yield Encoded(request.request, self._script.dimension, numbers.tobytes())

    def _reply(self, request: Generate) -> str:
        """Choose what to say."""
        script = self._script
        if script.answers:
            prompt = f"{request.system}\n{request.user}"
            pairs = zip(script.answers, script.replies, strict=True)
            return next((reply for key, reply in pairs if key in prompt), "")
        number = request.request - self._prefills
        return script.replies[min(number, len(script.replies)) - 1] if script.replies else ""

    def _tokens(self, reply: str) -> list[bytes]:
        """Cut a reply into tokens."""
        size = self._script.token_bytes
        if size == 0:
            return [word.encode() for word in re.findall(r"\s*\S+|\s+$", reply)]
        data = reply.encode()
        return [data[start : start + size] for start in range(0, len(data), size)]

    def _misbehave(self, request: int, token: int) -> None:
        """Do what the script says goes wrong here."""
        script = self._script
        if token != script.fault_token or (script.fault_requests and request not in script.fault_requests):
            return
        match Fault(script.fault):
            case Fault.CRASH:
                os.kill(os.getpid(), signal.SIGSEGV)
            case Fault.HANG:
                while True:
                    time.sleep(3600)
            case Fault.NO_MEMORY:
                raise MemoryError
            case Fault.NONE | Fault.DAMAGED:
                pass

    def _sleep(self) -> None:
        """Wait the scripted delay, in naps so that a cancellation is seen."""
        for _ in range(math.ceil(self._script.delay / NAP)):
            if self._stop.is_set():
                return
            time.sleep(min(NAP, self._script.delay))


def _shared(before: Sequence[str], now: Sequence[str]) -> int:
    """Count the words that two texts begin with alike."""
    return next(
        (place for place, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), min(len(before), len(now))
    )


def _words(text: str) -> list[str]:
    """Return a text's words in lower case."""
    return re.findall(r"\w+", text.casefold())


def hashed_vector(text: str, dimension: int) -> list[float]:
    """Return a unit vector of word counts hashed with a sign (Weinberger et al. 2009, arXiv 0902.2206)."""
    vector = [0.0] * dimension
    for word in _words(text):
        digest = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")
        vector[digest % dimension] += 1.0 if digest >> 63 else -1.0
    norm = math.sqrt(sum(number * number for number in vector))
    if norm == 0.0:
        return [1.0, *vector[1:]]
    return [number / norm for number in vector]
