"""Files read in child processes, a few at a time, within limits of time and memory."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType

from ingest.errors import IngestError, ReaderCrashed
from ingest.model import Document, Kind
from ingest.processes.attendant import Child, Ended, Heard, Paged, Task, Team
from ingest.processes.messages import DrawPage, Failure, FileRead, PageDrawn, ReadFile
from ingest.processes.scratch import ScratchFolder
from ingest.sources.find import Source
from ingest.sources.zip_members import parted

LOOK_AHEAD = 6
"""Files handed over besides those at hand: what is read and not yet asked for takes memory."""

PICTURE_SECONDS = 10.0
"""What drawing a page may take: a student waits for it."""

CHECK_EVERY = 0.1
"""Seconds between two questions whether to stop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many children, and what each file may take: seconds, and bytes of memory."""

    workers: int = 2
    seconds: float = 60.0
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read, as which kind (None: as its content shows) and with which password."""

    source: Source
    kind: Kind | None = None
    password: str = ""
    ocr: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: documents, or the error; `sha256` is of the file's bytes, "" when they were not read."""

    job: Job
    documents: tuple[Document, ...] = ()
    error: IngestError | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PageRead:
    """Progress within a file: pages done of those there are."""

    source: Source
    done: int
    total: int


class ReaderPool:
    """Children that read files and draw pages; started when first needed, ended by `close` or with this process.

    One thread reads at a time; another may draw meanwhile. `child` is the module that a child runs.
    """

    def __init__(self, limits: Limits, child: str = "ingest.processes.child") -> None:
        self.limits = limits
        self._closings = 0
        self._folder = ScratchFolder()
        start = partial(_start, child, limits.memory, self._folder)
        self._teams = (Team(max(1, limits.workers), start), Team(1, start))
        self._reading, self._drawing = self._teams
        # Runs at interpreter exit too: a program that just ends leaves no child behind.
        self._finalizer = weakref.finalize(self, _close, self._teams, self._folder)

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children that run."""
        return tuple(pid for team in self._teams for pid in team.pids)

    def read(
        self, jobs: Iterable[Job], progress: Callable[[PageRead], None], should_stop: Callable[[], bool]
    ) -> Iterator[Outcome]:
        """Yield each job's outcome in the jobs' order, reading a few files ahead; when told to stop, those finished.

        A file that takes too long, too much memory or its child's life is an outcome with an error.
        """
        closings = self._closings
        under_way = _UnderWay(self._reading, self.limits, jobs)
        try:
            while under_way.goes_on and self._closings == closings and not should_stop():
                under_way.hear(0.0 if under_way.start_one() else CHECK_EVERY, progress)
                yield from under_way.pop_first()
            under_way.hear(0.0, progress)
            under_way.give_up()
            yield from under_way.pop_all()
        finally:
            under_way.give_up()

    def picture(self, path: Path, page: int, pixels: tuple[int, int], password: str = "") -> bytes:
        """Return page `page` (from 1) of a PDF as a PNG within `pixels` (width, height). Raises IngestError."""
        file, member = (path, "") if path.exists() else next(parted(path), (path, ""))
        request = DrawPage(_absolute(file), member, str(path), page, pixels, password)
        task = Task(request, min(PICTURE_SECONDS, self.limits.seconds))
        self._drawing.start(task)
        try:
            while not isinstance(heard := task.heard.get(), Ended):
                continue
        finally:
            self._drawing.give_up([task])
        match heard.reply:
            case (PageDrawn(failure=None) as drawn,):
                return drawn.picture
            case (PageDrawn(failure=Failure() as failure),):
                raise failure.error
        raise ReaderCrashed(path=path, reason="closed")

    def close(self) -> None:
        """End the children at once; who still reads gets no more outcomes."""
        self._closings += 1
        _close(self._teams, self._folder)


@dataclass(eq=False, slots=True)
class _Slot:
    """A job handed over, and its outcome once there is one."""

    job: Job
    task: Task
    outcome: tuple[Outcome, ...] = ()


class _UnderWay:
    """The jobs of one reading, from being handed over until their outcomes are taken, in order."""

    def __init__(self, team: Team, limits: Limits, jobs: Iterable[Job]) -> None:
        self._team = team
        self._limits = limits
        self._jobs = iter(jobs)
        self._more = True
        self._slots: dict[Task, _Slot] = {}
        self._heard: SimpleQueue[Heard] = SimpleQueue()

    @property
    def goes_on(self) -> bool:
        """Whether there are jobs to hand over or to wait for."""
        return self._more or bool(self._slots)

    def start_one(self) -> bool:
        """Hand over the next job, if there is one and room for its outcome, and say so."""
        if not self._more or len(self._slots) >= self._team.size + LOOK_AHEAD:
            return False
        for job in self._jobs:
            source = job.source
            request = ReadFile(
                _absolute(source.path), source.member, source.shown, source.place, job.kind, job.password, job.ocr
            )
            task = Task(request, self._limits.seconds, self._heard)
            self._slots[task] = _Slot(job, task)
            self._team.start(task)
            return True
        self._more = False
        return False

    def hear(self, seconds: float, progress: Callable[[PageRead], None]) -> None:
        """Take in all that the children said, waiting for the first word up to `seconds`."""
        if not self._slots:
            return
        try:
            heard = self._heard.get(timeout=seconds) if seconds else self._heard.get_nowait()
            while True:
                self._take_in(heard, progress)
                heard = self._heard.get_nowait()
        except Empty:
            return

    def _take_in(self, heard: Heard, progress: Callable[[PageRead], None]) -> None:
        slot = self._slots[heard.task]
        match heard:
            case Paged(pages=pages):
                progress(PageRead(slot.job.source, pages.done, pages.total))
            case Ended(reply=(FileRead() as read,)):
                error = read.failure.error if read.failure else None
                slot.outcome = (Outcome(slot.job, read.documents, error, read.sha256),)

    def pop_first(self) -> Iterator[Outcome]:
        """Yield the outcomes before the first that is not there yet."""
        while self._slots:
            task, slot = next(iter(self._slots.items()))
            if not slot.outcome:
                return
            self._drop(task)
            yield from slot.outcome

    def pop_all(self) -> Iterator[Outcome]:
        """Yield every outcome that is there."""
        for task, slot in tuple(self._slots.items()):
            self._drop(task)
            yield from slot.outcome

    def give_up(self) -> None:
        """End what still runs; outcomes that are there stay."""
        self._team.give_up(self._slots)

    def _drop(self, task: Task) -> None:
        del self._slots[task]
        self._team.forget(task)


def _start(module: str, memory: int, folder: ScratchFolder) -> Child:
    return Child(module, memory, folder.path)


def _close(teams: tuple[Team, ...], folder: ScratchFolder) -> None:
    for team in teams:
        team.close()
    folder.remove()


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 (resolve() asks the disk)
