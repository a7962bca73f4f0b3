"""A reader's process as its parent sees it, and the thread that hands it one request after another."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import IO, cast

from ingest.errors import IngestError, ReaderCrashed, ReadTimeout
from ingest.processes.messages import (
    Began,
    DrawPage,
    Failure,
    FileRead,
    Frames,
    Message,
    PageDrawn,
    Pages,
    PipeClosed,
    ProtocolError,
    Reply,
    Request,
    send,
)

START_SECONDS = 30.0
"""What a child may take to start and to open its eyes, on a machine that is busy with everything else."""

SLOW_SECONDS = 30.0
"""What each page that goes through OCR adds to its file's time."""

END_SECONDS = 5.0
"""How long a killed child is waited for: one that hangs in a dead network drive ends when the drive lets it."""

TRIES = 2
"""How many children a request is handed to while they end before they begin it, killed by somebody else."""


@dataclass(frozen=True, slots=True)
class Paged:
    """A file's pages, on the way to whoever asked for it."""

    task: Task
    pages: Pages


@dataclass(frozen=True, slots=True)
class Ended:
    """A task's end: its reply, or nothing when the pool was closed before."""

    task: Task
    reply: tuple[Reply, ...]


Heard = Paged | Ended


@dataclass(eq=False, slots=True)
class Task:
    """A request, the seconds it may take, and where whoever asked hears of it; `given_up` when nobody listens."""

    request: Request
    seconds: float
    heard: SimpleQueue[Heard] = field(default_factory=SimpleQueue)
    given_up: bool = False
    ended: bool = False


class _NotBegun(Exception):
    """The child ended before it took up the request."""


class Child:
    """A process that serves requests one by one."""

    def __init__(self, module: str, memory: int, folder: str) -> None:
        self._frames = Frames()
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            # -P: a json.py in the folder where the student stands must not be imported.
            [sys.executable, "-P", "-m", module, str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,  # Ctrl-C in the terminal is for the parent, and the group can be ended as one
        )
        self._requests, self._replies = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._replies, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def send(self, request: Request) -> None:
        """Hand over a request. Raises PipeClosed."""
        send(self._requests.fileno(), request)

    def next(self, deadline: float) -> Message:
        """Wait for a message until `deadline` (time.monotonic). Raises TimeoutError, PipeClosed, ProtocolError."""
        while not (messages := self._frames.take()):
            if not self._ready.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            self._frames.feed(self._replies.fileno())
        return messages[0]

    def kill(self) -> None:
        """Kill the process and all that it started; from any thread, at any time."""
        with self._lock:
            if self._process.returncode is not None:
                return  # its number may be another's by now
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._process.kill()

    def end(self) -> str:
        """Kill the process, wait until it is gone, and return how it ended: "SIGSEGV", "exit 3"."""
        self.kill()
        with self._lock:
            try:
                code = self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                code = -signal.SIGKILL
        self._ready.close()
        self._requests.close()
        self._replies.close()
        return signal.Signals(-code).name if code < 0 else f"exit {code}"


class Attendant:
    """A thread that takes tasks and has a child serve them: started for the first, replaced when it is lost."""

    def __init__(self, tasks: SimpleQueue[Task | None], start: Callable[[], Child], lock: threading.RLock) -> None:
        self._tasks = tasks
        self._start = start
        self._lock = lock
        self._current: Task | None = None
        self._child: Child | None = None
        self.thread = threading.Thread(target=self._work, name="repaso-reader", daemon=True)
        self.thread.start()

    @property
    def pids(self) -> tuple[int, ...]:
        """The child's process id; none when none runs."""
        child = self._child
        return (child.pid,) if child else ()

    def interrupt(self) -> None:
        """End the child at once if it is at a task that was given up; the caller holds the lock."""
        if self._child and self._current and self._current.given_up:
            self._child.kill()

    def _work(self) -> None:
        """Serve tasks until the end of the queue, a None."""
        while task := self._tasks.get():
            with self._lock:
                self._current = task
            reply = self._reply(task)
            with self._lock:
                self._current = None
                task.ended = True
                if not task.given_up:
                    task.heard.put(Ended(task, (reply,)))
        self._drop_child()

    def _reply(self, task: Task) -> Reply:
        reason = ""
        for _ in range(TRIES):
            try:
                child = self._running_child()
                if task.given_up:
                    break
                return self._served(child, task)
            except OSError as error:  # no process, no descriptor, no memory to be had
                reason = error.strerror or str(error)
            except _NotBegun as error:
                reason = str(error)
        return _failed(task, ReaderCrashed(path=task.request.shown, reason=reason))

    def _running_child(self) -> Child:
        if self._child is None:
            child = self._start()
            with self._lock:
                self._child = child
        return self._child

    def _drop_child(self) -> str:
        with self._lock:
            child, self._child = self._child, None
        return child.end() if child else ""

    def _served(self, child: Child, task: Task) -> Reply:
        """Hand over the task and hear the child out. Raises _NotBegun when it was gone before."""
        began = False
        deadline = time.monotonic() + START_SECONDS
        try:
            child.send(task.request)
            while True:
                match child.next(deadline):
                    case Began():
                        began = True
                        deadline = time.monotonic() + task.seconds
                    case Pages() as pages:
                        deadline += SLOW_SECONDS if pages.slow else 0.0
                        task.heard.put(Paged(task, pages))
                    case (FileRead() | PageDrawn()) as reply:
                        if reply.last:
                            self._drop_child()
                        return reply
                    case other:
                        raise ProtocolError(f"{type(other).__name__} is not for the parent")
        except TimeoutError:
            self._drop_child()
            return _failed(task, ReadTimeout(path=task.request.shown, seconds=f"{task.seconds:g}"))
        except (PipeClosed, ProtocolError) as error:
            reason = self._drop_child()
            if not began:
                raise _NotBegun(reason) from error
            return _failed(task, ReaderCrashed(path=task.request.shown, reason=reason))


class Team:
    """Attendants, `size` at most, each started when there is more to do than those there are can take up."""

    def __init__(self, size: int, start: Callable[[], Child]) -> None:
        self.size = size
        self._start = start
        # Re-entrant: the garbage collector may close a forgotten pool while this very thread holds the lock.
        self._lock = threading.RLock()
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._attendants: list[Attendant] = []
        self._open: set[Task] = set()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children that run."""
        return tuple(pid for attendant in tuple(self._attendants) for pid in attendant.pids)

    def start(self, task: Task) -> None:
        """Have a task served as soon as a child is free; whoever starts one forgets it or gives it up."""
        with self._lock:
            self._open.add(task)
            self._tasks.put(task)
            waiting = sum(not each.ended for each in self._open)
            if len(self._attendants) < min(self.size, waiting):
                self._attendants.append(Attendant(self._tasks, self._start, self._lock))

    def forget(self, task: Task) -> None:
        """Keep a task that has ended no longer."""
        with self._lock:
            self._open.discard(task)

    def give_up(self, tasks: Iterable[Task]) -> None:
        """End at once what of the tasks is running, and begin none of the others."""
        with self._lock:
            for task in tasks:
                task.given_up = True
                self._open.discard(task)
            for attendant in self._attendants:
                attendant.interrupt()

    def close(self) -> None:
        """End every child and thread; who waits for a task hears that there will be no reply."""
        with self._lock:
            attendants, self._attendants = self._attendants, []
            given_up, self._open = self._open, set()
            for task in given_up:
                task.given_up = True
                task.heard.put(Ended(task, ()))
            for attendant in attendants:
                attendant.interrupt()
                self._tasks.put(None)
            self._tasks = SimpleQueue()
        for attendant in attendants:
            if attendant.thread is not threading.current_thread():
                attendant.thread.join()


def _failed(task: Task, error: IngestError) -> Reply:
    failure = Failure.of(error)
    return PageDrawn(failure=failure) if isinstance(task.request, DrawPage) else FileRead(failure=failure)


def _environment(folder: str) -> dict[str, str]:
    """The child's environment: ours, with this very package on the path, and a folder of its own for what it leaves.

    Tesseract starts a thread a core for each page where it is let, but there is a child a core already. Arrow's own
    pools reserve a gibibyte of addresses before the first byte, which would count as memory.
    """
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {"PYTHONPATH": os.pathsep.join(paths), "TMPDIR": folder}
    return {**os.environ, **own, "OMP_THREAD_LIMIT": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
