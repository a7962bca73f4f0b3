"""Models that run in a child process, so that a crash in native code ends only that process."""

from __future__ import annotations

import itertools
import queue
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.errors import ModelUnavailable
from kb.inference.child import Worker
from kb.inference.messages import Cancelled, Failed, Load, Piece, Ready, Reply, Request, Verdict

HANG_AFTER = 60.0
"""Seconds without any message after which a model's process counts as hung."""

LONGEST_WAIT = 600.0
"""Seconds between two looks at whether a model is idle; a wait of centuries would be an error."""


class ModelProcess:
    """A model by name: its process starts with the first request, and afresh with the next one after a crash.

    It ends when nothing was asked of it for `idle_after` seconds (0: never), and starts again when something is.
    `died_loading` is whether one died before it had loaded the model.
    """

    def __init__(
        self,
        name: str,
        path: Callable[[], Path],
        load: Callable[[Path], Load],
        hang_after: float,
        idle_after: float = 0.0,
    ) -> None:
        self.name = name
        self._path = path
        self._load = load
        self._hang_after = hang_after
        self._idle_after = idle_after
        # Re-entrant: the garbage collector may end a forgotten request while this very thread holds the lock.
        self._lock = threading.RLock()
        self._users = 0
        self._used = 0.0
        self._ids = itertools.count(1)
        self._workers: list[Worker] = []
        self._closed = False
        self.died_loading = False
        # Runs at interpreter exit too: daemon threads must not hold our pipes while Python takes itself down.
        self._finalizer = weakref.finalize(self, _close_all, self._workers)

    def exchange(self, build: Callable[[int], Request]) -> Iterator[Reply]:
        """Send the request made by `build` from its number; yield its replies, the last one a Finished or Encoded.

        Cancelled, it just ends. Leaving early cancels. Raises ModelUnavailable.
        """
        with self._in_use() as worker:
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

    def warm(self) -> None:
        """Start the process if none runs, without waiting for its model; one that died by itself stays ended.

        Raises nothing: what is wrong is told by the next request.
        """
        with suppress(ModelUnavailable), self._lock:
            if not self._workers:
                self._running_worker()

    def cancel_ahead(self) -> None:
        """Cancel what is being read ahead, and nothing else."""
        for worker in tuple(self._workers):
            worker.cancel_ahead()

    def unload_if_idle(self, worker: Worker) -> float:
        """End a worker that nothing was asked of for long enough; return the seconds after which to look again."""
        with self._lock:
            left = self._idle_after if self._users else self._used + self._idle_after - time.monotonic()
            if left <= 0 and worker in self._workers:
                _close_all(self._workers)
            return max(left, 0.0)

    @contextmanager
    def _in_use(self) -> Iterator[Worker]:
        """Give the running worker, which is not idle meanwhile."""
        with self._lock:
            worker = self._running_worker()
            self._users += 1
        try:
            yield worker
        finally:
            with self._lock:
                self._users -= 1
                self._used = time.monotonic()

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
            self.died_loading = self.died_loading or any(worker.died_loading for worker in self._workers)
            _close_all(self._workers)
            load = self._load(self._path())
            try:
                self._workers.append(Worker(load))
                self._used = time.monotonic()
                if self._idle_after > 0:
                    watched = (weakref.ref(self), self._workers[0], self._idle_after)
                    threading.Thread(target=_unload_when_idle, args=watched, daemon=True).start()
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


def _unload_when_idle(process: weakref.ref[ModelProcess], worker: Worker, wait: float) -> None:
    """Look now and then whether a worker is idle for long enough; a forgotten process is not held back by it."""
    while not worker.ended.wait(min(wait, LONGEST_WAIT)):
        if (owner := process()) is None:
            return
        wait = owner.unload_if_idle(worker)
        del owner


def _close_all(workers: list[Worker]) -> None:
    """Close and forget every worker of the list."""
    while workers:
        workers.pop().close()
