"""Files read in child processes, a few at a time, within limits of time and memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ingest.errors import IngestError
from ingest.model import Document, Kind
from ingest.sources import Source


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
    """Children that read files and draw pages; started when first needed, ended by `close` or with this process."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(
        self, jobs: Iterable[Job], progress: Callable[[PageRead], None], should_stop: Callable[[], bool]
    ) -> Iterator[Outcome]:
        """Yield each job's outcome in the jobs' order, reading a few files ahead; when told to stop, those finished.

        A file that takes too long, too much memory or its child's life is an outcome with an error.
        """
        raise NotImplementedError(jobs, progress, should_stop)

    def picture(self, path: Path, page: int, pixels: tuple[int, int], password: str = "") -> bytes:
        """Return page `page` (from 1) of a PDF as a PNG within `pixels` (width, height). Raises IngestError."""
        raise NotImplementedError(path, page, pixels, password)

    def close(self) -> None:
        """End the children at once."""
