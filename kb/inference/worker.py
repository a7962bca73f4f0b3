"""A model's own process: `python -m kb.inference.worker` reads requests on stdin and answers on stdout.

It ends when its stdin closes, which the operating system does even for a parent killed outright, so that no
model is ever left behind.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import BinaryIO, Protocol

from kb.inference.engine import EngineError, StopFlag
from kb.inference.messages import (
    WHOLE_PROCESS,
    Alive,
    Cancel,
    Cancelled,
    Encode,
    Failed,
    Generate,
    Judge,
    Load,
    LoadEmbedder,
    LoadLanguageModel,
    LoadScript,
    Message,
    PipeClosed,
    Prefill,
    ProtocolError,
    Ready,
    Reply,
    Request,
    receive,
    send,
)

LIFE_EVERY = 5.0
"""Seconds between two signs of life while a model is loaded."""

LEAST_WORK = 0.05
"""Seconds of processor time that loading takes of these at least: reading 10 MB takes as much."""


class Engine(Protocol):
    """Whatever serves requests in this process: a language model, an embedder or a script."""

    @property
    def ready(self) -> Ready:
        """What the parent is told once the model is loaded."""
        ...

    def run(self, request: Request) -> Iterator[Reply | Alive]:
        """Yield replies; stop soon after the stop flag was set. Raises EngineError."""
        ...


class Desk:
    """Where the listening thread leaves requests for the working thread, and takes them back."""

    def __init__(self, stop: StopFlag) -> None:
        self._stop = stop
        self._lock = threading.Lock()
        self._queue: SimpleQueue[Load | Request] = SimpleQueue()
        self._waiting: set[int] = set()
        self._ahead: set[int] = set()
        self._running = WHOLE_PROCESS

    def accept(self, message: Message) -> None:
        """Queue a request or apply a cancellation; one for a request that has ended does nothing.

        What is read ahead gives way to whatever is asked after it.
        """
        with self._lock:
            match message:
                case Cancel(request) if request == self._running:
                    self._stop.set()
                case Cancel(request):
                    self._waiting.discard(request)
                case Generate() | Prefill() | Encode() | Judge():
                    self._overtake()
                    self._waiting.add(message.request)
                    if isinstance(message, Prefill):
                        self._ahead.add(message.request)
                    self._queue.put(message)
                case LoadLanguageModel() | LoadEmbedder() | LoadScript():
                    self._queue.put(message)
                case _:
                    raise ProtocolError(f"{type(message).__name__} is not for a worker")

    def _overtake(self) -> None:
        """Drop what waits to be read ahead, and ask what is being read to give way."""
        self._waiting -= self._ahead
        if self._running in self._ahead:
            self._stop.give_way()

    def take(self) -> Load | Request:
        """Wait for the next message in order."""
        return self._queue.get()

    def begin(self, request: Request) -> bool:
        """Mark a request as running; False when it was cancelled while it waited."""
        with self._lock:
            if request.request not in self._waiting:
                self._ahead.discard(request.request)
                return False
            self._waiting.discard(request.request)
            self._running = request.request
            self._stop.clear()
            return True

    def end(self) -> None:
        """Nothing runs any more, so that a late cancellation cannot hit the next request."""
        with self._lock:
            self._ahead.discard(self._running)
            self._running = WHOLE_PROCESS


def open_engine(load: Load, stop: StopFlag) -> Engine:
    """Load a model, importing its library only here."""
    match load:
        case LoadLanguageModel():
            from kb.inference.llm import LanguageModel

            return LanguageModel(load, stop)
        case LoadEmbedder():
            from kb.inference.embedder import Embedder

            return Embedder(load, stop)
        case LoadScript():
            from kb.inference.scripted import ScriptedEngine

            return ScriptedEngine(load, stop)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Load what the first message says, then serve requests until the process is told to end."""
    stop = StopFlag()
    desk = Desk(stop)
    threading.Thread(target=_listen, args=(requests, desk), daemon=True).start()
    try:
        first = desk.take()
        if isinstance(first, Request):
            raise ProtocolError("a request before a model")
        with signs_of_life(replies):
            engine = open_engine(first, stop)
        send(replies, engine.ready)
        while True:
            request = desk.take()
            if isinstance(request, Request):
                _serve_one(engine, desk, request, replies)
    except PipeClosed:
        return
    except EngineError as error:
        send(replies, Failed(WHOLE_PROCESS, error.reason, error.detail, error.params))
    except MemoryError:
        send(replies, Failed(WHOLE_PROCESS, "no_memory", ""))
    except Exception as error:  # noqa: BLE001 - the process ends here; its parent must hear why, whatever it was
        send(replies, Failed(WHOLE_PROCESS, "failed", f"{type(error).__name__}: {error}"))


@contextmanager
def signs_of_life(replies: BinaryIO) -> Iterator[None]:
    """Tell the parent that loading goes on for as long as it does: a large file on a slow disk takes minutes.

    What takes no processor time either hangs, and is not told of.
    """
    loaded = threading.Event()

    def tell() -> None:
        worked = time.process_time()
        while not loaded.wait(LIFE_EVERY):
            if (now := time.process_time()) - worked > LEAST_WORK:
                send(replies, Alive())
            worked = now

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        loaded.set()
        teller.join()


def _serve_one(engine: Engine, desk: Desk, request: Request, replies: BinaryIO) -> None:
    """Run one request and send what it yields; an EngineError fails the request, not the process."""
    if not desk.begin(request):
        send(replies, Cancelled(request.request))
        return
    try:
        for reply in engine.run(request):
            send(replies, reply)
    except EngineError as error:
        send(replies, Failed(request.request, error.reason, error.detail, error.params))
    finally:
        desk.end()


def _listen(stream: BinaryIO, desk: Desk) -> None:
    """Read messages until the parent is gone, then end the process, even in the middle of a native call."""
    try:
        while True:
            desk.accept(receive(stream))
    except (PipeClosed, ProtocolError):
        os._exit(0)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout for messages; what native code prints or reads there goes nowhere."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    return requests, replies


def main() -> None:
    """Serve until the parent closes the pipe. Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = _private_pipes()
    try:
        serve(requests, replies)
    except PipeClosed:
        pass
    finally:
        # Native libraries have threads and destructors that can block or crash at a normal exit.
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
