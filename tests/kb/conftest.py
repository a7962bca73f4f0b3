"""A library with words of our own, and an embedder that needs no model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from ingest.model import Document, Kind, Locator, LocatorType, Section
from ingest.processes.child import Reader, answered
from ingest.processes.messages import FileRead, ReadFile
from ingest.processes.pool import Job, Limits, Outcome, PageRead
from ingest.sources.zip_members import OpenArchive
from kb.errors import ModelUnavailable
from kb.inference.protocol import Role, Vectors
from kb.library import Library

MEANINGS = {"gato": "felino", "minino": "felino", "cat": "felino", "perro": "can", "dog": "can", "casa": "hogar"}


class WordBagEncoder:
    """Unit vectors of hashed words; words of one meaning share a component, so that synonyms are near."""

    def __init__(self, name: str = "word-bag", dimension: int = 256) -> None:
        self.name = name
        self.dimension = dimension
        self.seen: list[str] = []
        self.broken = False
        self.closed = False
        self.source = name
        self.weights = f"words {dimension}"

    def fingerprint(self) -> str:
        return self.weights

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        if self.broken:
            raise ModelUnavailable(model=self.name, reason="broken")
        self.seen.extend(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                weight = 4.0 if word in MEANINGS else 1.0
                row[crc32(MEANINGS.get(word, word).encode()) % self.dimension] += weight
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows

    def close(self) -> None:
        self.closed = True


def build_document(
    path: str = "/curso/tema.md",
    sections: Sequence[tuple[str, str]] = (("Introducción", "Un gato duerme en casa."),),
    content_hash: str = "",
    kind: Kind = Kind.NOTES,
    title: str = "Tema",
    part: str = "",
    session: str = "",
) -> Document:
    made = tuple(
        Section(heading, Locator(LocatorType.SECTION, n, n, heading), text)
        for n, (heading, text) in enumerate(sections, start=1)
    )
    return Document(path, part, kind, title, made, session=session, content_hash=content_hash or repr(sections))


@pytest.fixture
def document() -> Callable[..., Document]:
    return build_document


@pytest.fixture
def encoder() -> WordBagEncoder:
    return WordBagEncoder()


class InProcess:
    """Reads files as the reader's processes do, in this one and one at a time; remembers what it read."""

    def __init__(self, limits: Limits) -> None:
        self.seen: list[str] = []
        self.reader = Reader(OpenArchive())

    def read(
        self, jobs: Iterable[Job], progress: Callable[[PageRead], None], should_stop: Callable[[], bool]
    ) -> Iterator[Outcome]:
        for job in jobs:
            if should_stop():
                return
            self.seen.append(job.source.shown)
            yield self._outcome(job, progress)

    def _outcome(self, job: Job, progress: Callable[[PageRead], None]) -> Outcome:
        source = job.source
        request = ReadFile(
            str(source.path), source.member, source.shown, source.place, job.kind, job.password, job.ocr
        )
        reply = answered(
            request, self.reader.serve, lambda done, total, _slow: progress(PageRead(source, done, total)), 1 << 30
        )
        assert isinstance(reply, FileRead)
        return Outcome(job, reply.documents, reply.failure.error if reply.failure else None, reply.sha256)

    def picture(self, path: Path, page: int, pixels: tuple[int, int], password: str = "") -> bytes:
        return f"{path.name} {page} {pixels}".encode()

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def readers() -> InProcess:
    return InProcess(Limits())


@pytest.fixture
def library(tmp_path: Path, encoder: WordBagEncoder, readers: InProcess) -> Iterator[Library]:
    ticks = iter(range(1_000_000))
    made = Library.open(
        tmp_path / "library.db",
        encoder=encoder,
        generator=None,
        clock=lambda: next(ticks) / 1000,
        readers=lambda _limits: readers,
    )
    yield made
    made.close()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with two notes, a hidden file and a file of no kind we read."""
    folder = tmp_path / "curso"
    (folder / "sesion-1").mkdir(parents=True)
    (folder / ".oculto").mkdir()
    (folder / "gatos.md").write_text("# Felinos\n\nUn gato duerme casi todo el día y caza de noche.\n", "utf-8")
    (folder / "sesion-1" / "perros.md").write_text("# Cánidos\n\nEl perro ladra cuando oye la puerta.\n", "utf-8")
    (folder / ".oculto" / "secreto.md").write_text("# Oculto\n\nNadie debe leer esto.\n", "utf-8")
    (folder / "foto.xyz").write_bytes(b"\x00\x01")
    return folder
