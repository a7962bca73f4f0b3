"""The parent's side: models that run in a child process, so that a crash in native code ends only that process."""

from __future__ import annotations

import itertools
import os
import queue
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from kb.errors import ModelUnavailable
from kb.inference.cores import SPIN
from kb.inference.messages import (
    WHOLE_PROCESS,
    Alive,
    Cancel,
    Cancelled,
    Encoded,
    Failed,
    Finished,
    Load,
    Message,
    Piece,
    PipeClosed,
    ProtocolError,
    Ready,
    Reply,
    Request,
    Verdict,
    receive,
    send,
)

HANG_AFTER = 60.0
"""Seconds without any message after which a model's process counts as hung."""

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
    "TQDM_DISABLE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""What a model's process adds to the environment: no connection, no telemetry, no progress bars."""


class Worker:
    """One running child process and the requests it has not answered yet."""

    def __init__(self, load: Load) -> None:
        self.heard = 0
        self.ready = Ready()
        # Re-entrant: the garbage collector may close a forgotten worker while this very thread holds the lock.
        self._lock = threading.RLock()
        self._inboxes: dict[int, queue.SimpleQueue[Reply]] = {}
        self._outbox: queue.SimpleQueue[Message | PipeClosed] = queue.SimpleQueue()
        self._ending: tuple[Failed, ...] = ()
        self._process = subprocess.Popen(
            # -P: a json.py in the folder where the student stands must not be imported.
            [sys.executable, "-P", "-m", "kb.inference.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        requests, replies = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)
        self._threads = (
            threading.Thread(target=self._write, args=(requests,), daemon=True),
            threading.Thread(target=self._read, args=(replies,), daemon=True),
        )
        for thread in self._threads:
            thread.start()
        self._outbox.put(load)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still takes requests."""
        return not self._ending

    @property
    def busy(self) -> bool:
        """Whether it has requests without an end."""
        return bool(self._inboxes)

    def submit(self, request: Request) -> queue.SimpleQueue[Reply]:
        """Send a request; the replies come in the queue, a Failed at once when the process has ended."""
        inbox: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        with self._lock:
            if self._ending:
                inbox.put(self._ending[0])
            else:
                self._inboxes[request.request] = inbox
                self._outbox.put(request)
        return inbox

    def cancel(self, request: int) -> None:
        """End a request here at once and in the child soon; nothing happens when it has ended."""
        with self._lock:
            inbox = self._inboxes.pop(request, None)
            if inbox is None:
                return
            self._outbox.put(Cancel(request))
        while not inbox.empty():
            inbox.get()
        inbox.put(Cancelled(request))

    def cancel_running(self) -> None:
        """Cancel the oldest request that has no end yet: the child serves them in order."""
        oldest = next(iter(tuple(self._inboxes)), WHOLE_PROCESS)
        self.cancel(oldest)

    def end(self, reason: str, detail: str = "") -> None:
        """Kill the child; whoever still waits is told the first reason that was given."""
        with self._lock:
            self._ending = self._ending or (Failed(WHOLE_PROCESS, reason, detail),)
            waiting, self._inboxes = self._inboxes, {}
        for inbox in waiting.values():
            inbox.put(self._ending[0])
        self._process.kill()
        self._outbox.put(PipeClosed())

    def close(self, reason: str = "closed") -> None:
        """Kill the child and wait until it and our threads are gone."""
        self.end(reason)
        self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _write(self, requests: BinaryIO) -> None:
        """Send what others leave in the outbox: a child that reads nothing can block no caller."""
        with requests:
            while not isinstance(message := self._outbox.get(), PipeClosed):
                try:
                    send(requests, message)
                except PipeClosed:
                    return
                except ProtocolError as error:
                    self.end("too_large", str(error))

    def _read(self, replies: BinaryIO) -> None:
        """Hand every reply to the request it belongs to; those of cancelled requests are dropped."""
        with replies:
            try:
                while True:
                    self._hand_over(receive(replies))
            except PipeClosed:
                self.end("crashed")
            except ProtocolError as error:
                self.end("crashed", str(error))
        self._process.wait()

    def _hand_over(self, message: Message) -> None:
        """Put one reply where it is waited for."""
        self.heard += 1
        match message:
            case Failed(request=0):
                self.end(message.reason, message.detail)
            case Piece() | Verdict():
                with self._lock:
                    if message.request in self._inboxes:
                        self._inboxes[message.request].put(message)
            case Finished() | Encoded() | Cancelled() | Failed():
                with self._lock:
                    if message.request in self._inboxes:
                        self._inboxes.pop(message.request).put(message)
            case Ready():
                self.ready = message
            case Alive():
                pass
            case _:
                raise ProtocolError(f"{type(message).__name__} is not for the parent")


def _environment() -> dict[str, str]:
    """The child's environment: ours, offline, and with this very package first on the path."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**SPIN, **os.environ, **OFFLINE, "PYTHONPATH": os.pathsep.join(paths)}


class ModelProcess:
    """A model by name: its process starts with the first request, and afresh with the next one after a crash."""

    def __init__(self, name: str, path: Callable[[], Path], load: Callable[[Path], Load], hang_after: float) -> None:
        self.name = name
        self._path = path
        self._load = load
        self._hang_after = hang_after
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._workers: list[Worker] = []
        self._closed = False
        # Runs at interpreter exit too: daemon threads must not hold our pipes while Python takes itself down.
        self._finalizer = weakref.finalize(self, _close_all, self._workers)

    def exchange(self, build: Callable[[int], Request]) -> Iterator[Reply]:
        """Send the request made by `build` from its number; yield its replies, the last one a Finished or Encoded.

        Cancelled, it just ends. Leaving early cancels. Raises ModelUnavailable.
        """
        worker = self._running_worker()
        request = build(next(self._ids))
        inbox = worker.submit(request)
        try:
            while True:
                match self._next(worker, inbox):
                    case Failed() as failed:
                        raise unavailable(self.name, failed)
                    case Cancelled():
                        return
                    case Piece() | Verdict() as part:
                        yield part
                    case last:
                        yield last
                        return
        finally:
            worker.cancel(request.request)

    def cancel(self) -> None:
        """Cancel the running request, if there is one."""
        for worker in tuple(self._workers):
            worker.cancel_running()

    def close(self) -> None:
        """End the process for good; later requests raise ModelUnavailable, reason "closed"."""
        with self._lock:
            self._closed = True
            _close_all(self._workers)

    @property
    def pids(self) -> tuple[int, ...]:
        """The running child's process id; empty when none runs."""
        return tuple(worker.pid for worker in tuple(self._workers) if worker.alive)

    @property
    def ready(self) -> Ready:
        """What the running child said of the model it loaded; a bare Ready before it did."""
        return next((worker.ready for worker in tuple(self._workers)), Ready())

    @property
    def busy(self) -> bool:
        """Whether a request is being served or waits."""
        return any(worker.busy for worker in tuple(self._workers))

    def _running_worker(self) -> Worker:
        """Return the running worker, or start one."""
        with self._lock:
            if self._closed:
                raise ModelUnavailable(model=self.name, reason="closed")
            if self._workers and self._workers[0].alive:
                return self._workers[0]
            _close_all(self._workers)
            load = self._load(self._path())
            try:
                self._workers.append(Worker(load))
            except (OSError, RuntimeError) as error:  # RuntimeError: no more threads
                raise ModelUnavailable(model=self.name, reason="not_started", detail=error) from error
            return self._workers[0]

    def _next(self, worker: Worker, inbox: queue.SimpleQueue[Reply]) -> Reply:
        """Wait for a reply as long as the child says anything at all, then count it as hung."""
        while True:
            heard = worker.heard
            try:
                return inbox.get(timeout=self._hang_after)
            except queue.Empty:
                if worker.heard == heard:
                    worker.end("hung")


def unavailable(model: str, failed: Failed) -> ModelUnavailable:
    """Return the error that a failure is to whoever asked."""
    told = dict(zip(failed.params[::2], failed.params[1::2], strict=False))
    return ModelUnavailable(**{**told, "model": model, "reason": failed.reason, "detail": failed.detail})


def _close_all(workers: list[Worker]) -> None:
    """Close and forget every worker of the list."""
    while workers:
        workers.pop().close()
