"""The parent's side of one child process: its pipes, its threads, and the requests that it has not answered yet."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

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
    Prefill,
    ProtocolError,
    Ready,
    Reply,
    Request,
    Verdict,
    receive,
    send,
)

LAST_BREATH = 5.0
"""Seconds that a process may still run after it closed its pipe."""

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
        self.loaded = False
        # Re-entrant: the garbage collector may close a forgotten worker while this very thread holds the lock.
        self._lock = threading.RLock()
        self._inboxes: dict[int, queue.SimpleQueue[Reply]] = {}
        self._ahead: set[int] = set()
        self.ended = threading.Event()
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
    def died_loading(self) -> bool:
        """Whether the process died by itself before it had loaded its model."""
        return not self.loaded and any(ending.reason == "crashed" for ending in self._ending)

    @property
    def busy(self) -> bool:
        """Whether it has requests without an end."""
        return bool(self._inboxes)

    def submit(self, request: Request) -> queue.SimpleQueue[Reply]:
        """Send a request; the replies come in the queue, a Failed at once when the process has ended.

        What is being read ahead is Cancelled: the child lets go of it by itself, and keeps what it has read.
        """
        inbox: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        with self._lock:
            if self._ending:
                inbox.put(self._ending[0])
            else:
                for ahead in self._ahead & self._inboxes.keys():
                    self._inboxes.pop(ahead).put(Cancelled(ahead))
                self._ahead = {request.request} if isinstance(request, Prefill) else set()
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

    def cancel_ahead(self) -> None:
        """Cancel what is being read ahead, and nothing else."""
        for request in tuple(self._ahead):
            self.cancel(request)

    def end(self, reason: str, detail: str = "", params: tuple[str, ...] = ()) -> None:
        """Kill the child; whoever still waits is told the first reason that was given."""
        with self._lock:
            self._ending = self._ending or (Failed(WHOLE_PROCESS, reason, detail, params),)
            waiting, self._inboxes = self._inboxes, {}
        for inbox in waiting.values():
            inbox.put(self._ending[0])
        self._process.kill()
        self._outbox.put(PipeClosed())
        self.ended.set()

    def close(self, reason: str = "closed") -> None:
        """Kill the child and wait until it and our threads are gone."""
        self.end(reason)
        self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _write(self, requests: BinaryIO) -> None:
        """Send what others leave in the outbox: a child that reads nothing can block no caller."""
        with suppress(BrokenPipeError), requests:  # closing writes what a dead child has not read
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
                self.end(*self._death())
            except ProtocolError as error:
                self.end("crashed", str(error))
        self._process.wait()

    def _death(self) -> tuple[str, str]:
        """Tell why the child closed its pipe: killed from outside, mostly for want of memory, or its own fault."""
        try:
            code = self._process.wait(LAST_BREATH)
        except subprocess.TimeoutExpired:
            return "crashed", "it closed its pipe"
        killed = hasattr(signal, "SIGKILL") and code == -signal.SIGKILL
        return "killed" if killed else "crashed", f"exit status {code}"

    def _hand_over(self, message: Message) -> None:
        """Put one reply where it is waited for."""
        self.heard += 1
        match message:
            case Failed(request=0):
                self.end(message.reason, message.detail, message.params)
            case Piece() | Verdict():
                with self._lock:
                    if message.request in self._inboxes:
                        self._inboxes[message.request].put(message)
            case Finished() | Encoded() | Cancelled() | Failed():
                with self._lock:
                    if message.request in self._inboxes:
                        self._inboxes.pop(message.request).put(message)
            case Ready():
                self.ready, self.loaded = message, True
            case Alive():
                pass
            case _:
                raise ProtocolError(f"{type(message).__name__} is not for the parent")


def _environment() -> dict[str, str]:
    """The child's environment: ours, offline, and with this very package first on the path."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**SPIN, **os.environ, **OFFLINE, "PYTHONPATH": os.pathsep.join(paths)}
