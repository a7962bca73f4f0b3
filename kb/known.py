"""What the library knows of files before they are read: which of them need not be read again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.formats.ocr import languages
from ingest.model import Kind
from ingest.read import VERSION
from ingest.sources.find import Source
from kb.errors import FileChanged, FileMoved, NoPages
from kb.model import DocumentInfo
from kb.sessions import Facts
from kb.store import FileRecord, Place

Files = Mapping[tuple[str, str], FileRecord]


@dataclass(frozen=True, slots=True)
class Known:
    """What a library holds as a run of adding finds it; `ocr` is whether the run reads pictures of text."""

    files: Files
    facts: Mapping[str, Facts]
    ocr: bool

    def look_at(self, source: Source, course: str, kind: Kind | None) -> FileRecord:
        """Return the file as it is now, with no hash and no documents; what is gone has no size and no time.

        The kind that the student once asked for stays until another is.
        """
        place = source.place
        known = self.files.get((course, place))
        asked = kind.value if kind else known.kind_asked if known else ""
        meant = asked or (source.kind.value if source.kind else "")
        try:
            status = source.path.stat()
            size, changed = status.st_size, status.st_mtime_ns
        except OSError:
            size = changed = -1  # reading it will tell why
        return FileRecord(course, place, size, changed, "", self._reader(place), asked, meant, ())

    def _reader(self, place: str) -> str:
        """Return a name for what would read a file now: one that was read without Tesseract is read again with it."""
        if not (self.ocr and place.lower().endswith(".pdf")):
            return str(VERSION)
        return "+".join((str(VERSION), *languages()))

    def unchanged(self, now: FileRecord) -> FileRecord | None:
        """Return the file with its documents if it is as it was when it was read, by its size and time."""
        known = self.files.get((now.course, now.place))
        if known and now.size >= 0 and replace(known, sha256="", documents=()) == now:
            return known
        return None

    def says_otherwise(self, documents: Collection[str], place: Place) -> bool:
        """Tell whether the student or a `repaso.toml` now say something else of these documents."""
        return any(
            (place.session or one.asked, place.configured, place.date)
            != (one.asked, one.configured, one.date_configured)
            for one in self._facts(documents)
        )

    def must_place(self, documents: Collection[str], place: Place) -> bool:
        """Tell whether that is so, or the folder that the student named holds the one that was named before."""
        return self.says_otherwise(documents, place) or any(
            not one.root or len(place.root) < len(one.root) for one in self._facts(documents)
        )

    def _facts(self, documents: Iterable[str]) -> list[Facts]:
        return [self.facts[id] for id in documents]


def check_same_file(info: DocumentInfo, record: FileRecord | None) -> None:
    """Raise NoPages, FileMoved or FileChanged unless a document's PDF is the one that was read."""
    if not info.path.lower().endswith(".pdf"):
        raise NoPages(path=info.path)
    if not still_there(info.path):
        raise FileMoved(path=info.path)
    file = _file_at(info.path)
    status = file.stat()
    if record is None:
        raise FileChanged(path=info.path)
    if (status.st_size, status.st_mtime_ns) == (record.size, record.mtime_ns):
        return
    with file.open("rb") as data:
        if str(file) != info.path or hashlib.file_digest(data, "sha256").hexdigest() != record.sha256:
            raise FileChanged(path=info.path)


def _file_at(place: str) -> Path:
    """Return the file at a place, an archive's member's being the archive."""
    path = Path(place)
    return path if path.exists() else next(above for above in path.parents if above.exists())


def still_there(place: str) -> bool:
    """Tell whether a file is where it was; a member of an archive is while the archive is."""
    path = Path(place)
    if path.exists():
        return True
    return next((above.is_file() for above in path.parents if os.path.lexists(above)), False)
