"""Files and folders become documents of the library: find, read, store, embed."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import RepasoError, UnreadableFile
from ingest.formats.options import ReadOptions
from ingest.model import Document, Kind, Notice
from ingest.read import is_supported, read
from kb import store
from kb.db import Database
from kb.errors import ModelUnavailable, NoFiles, StoreError
from kb.model import AddEvent, AddResult, AddStatus

if TYPE_CHECKING:
    from kb.inference.protocol import Encoder

BATCH = 16
"""Passages embedded and stored together: what is lost at most when the power goes."""

Progress = Callable[[AddEvent], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class AddOptions:
    """Where the documents belong and how to read them; "" and None leave it to their content."""

    course: str = ""
    session: str = ""
    kind: Kind | None = None
    password: str = ""
    embed: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A file to add, or why a place could not be looked into."""

    path: Path
    error: RepasoError | None = None


@dataclass(frozen=True, slots=True)
class Adder:
    """Adds files to a library. What was reported done stays done, whatever happens next."""

    database: Database
    encoder: Encoder | None
    progress: Progress
    should_stop: ShouldStop

    def add(self, paths: Sequence[Path], options: AddOptions) -> tuple[AddResult, ...]:
        """Add every file, each failure a value; KeyboardInterrupt undoes the document at hand and no other."""
        results: list[AddResult] = []
        files = find(paths)
        for done, file in enumerate(files):
            if self.should_stop():
                break
            self.progress(AddEvent("read", file.path.name, done, len(files)))
            results.extend(self._add_file(file, options))
            self.progress(AddEvent("store", file.path.name, done + 1, len(files)))
        reason = ""
        try:
            if options.embed:
                self.embed([result.document.id for result in results if result.document])
        except (ModelUnavailable, StoreError) as error:
            reason = error.code  # the documents are in; their notices tell what they lack and why
        return tuple(self._as_it_stands(result, options.embed, reason) for result in results)

    def embed(self, documents: Sequence[str] | None = None) -> int:
        """Embed what has no vector, a batch a transaction; return how many. Raises ModelUnavailable, StoreError."""
        from kb.inference.protocol import Role
        from kb.search import vectors

        if self.encoder is None:
            return 0
        waiting = vectors.pending(self.database.connection, self.encoder.name, documents)
        for start in range(0, len(waiting), BATCH):
            if self.should_stop():
                return start
            self.progress(AddEvent("embed", self.encoder.name, start, len(waiting)))
            batch = waiting[start : start + BATCH]
            made = self.encoder.encode([item.text for item in batch], Role.PASSAGE)
            with self.database.transaction() as db:
                vectors.save(db, self.encoder.name, batch, made)
        if waiting:
            self.progress(AddEvent("embed", self.encoder.name, len(waiting), len(waiting)))
        return len(waiting)

    def _add_file(self, file: Found, options: AddOptions) -> Iterator[AddResult]:
        shown = str(file.path)
        try:
            if file.error is not None:
                raise file.error
            documents = read(file.path, options.kind, ReadOptions(options.password))
            stored = [self._store(document, options) for document in documents]
            with self.database.transaction() as db:
                kept = [result.document.id for result in stored if result.document]
                store.remove_other_parts(db, options.course, documents[0].path, kept)
            yield from stored
        except RepasoError as error:
            yield AddResult(shown, AddStatus.FAILED, error=error)

    def _store(self, document: Document, options: AddOptions) -> AddResult:
        session = options.session or document.session
        with self.database.transaction() as db:
            made = store.put(db, document, store.Place(options.course, session, not session), os.path.exists)
            if made.status is not AddStatus.UNCHANGED:
                name_sessions(db, options.course, str(Path(document.path).parent))
            return AddResult(document.path, made.status, store.info(db, made.id), document.notices)

    def _as_it_stands(self, result: AddResult, embedded: bool, reason: str) -> AddResult:
        """Return the result with its document as its neighbours left it, and a notice where vectors are missing."""
        from kb.search import vectors

        if result.document is None:
            return result
        db = self.database.connection
        result = replace(result, document=store.info(db, result.document.id))
        model = self.encoder.name if self.encoder else ""
        if embedded and result.document and vectors.pending(db, model, [result.document.id]):
            notice = Notice("not_embedded", "", (("model", model), ("reason", reason)))
            return replace(result, notices=(*result.notices, notice))
        return result


def name_sessions(db: sqlite3.Connection, course: str, folder: str) -> None:
    """Let the documents of a folder that name no session find theirs, within the caller's transaction.

    The one session that their neighbours name; the folder's name where documents of different kinds lie together;
    else the document's own title, and none for a study guide, which belongs to the whole course.
    """
    rows = store.in_folder(db, course, folder)
    named = {row["session"] for row in rows if not row["session_guessed"]}
    together = len(rows) > 1 and len({row["kind"] for row in rows}) == len(rows)
    for row in rows:
        if not row["session_guessed"]:
            continue
        session = "" if row["kind"] == Kind.STUDY_GUIDE else row["title"]
        if len(named) == 1:
            (session,) = named
        elif not named and together:
            session = Path(folder).name
        if session != row["session"]:
            store.name_session(db, row["id"], session)


def find(paths: Sequence[Path]) -> tuple[Found, ...]:
    """Return the files to add in order, each once: a file as given, of a folder all we can read but hidden ones."""
    found: dict[Path, Found] = {}
    for path in paths:
        try:
            inside = list(_walk(path)) if path.is_dir() else [Found(path)]
        except OSError as error:
            inside = [_unreadable(path, error)]
        for file in inside or [Found(path, NoFiles(path=path))]:
            found.setdefault(Path(os.path.abspath(file.path)), file)  # noqa: PTH100 (resolve() asks the disk)
    return tuple(found.values())


def _walk(folder: Path) -> Iterator[Found]:
    failures: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=failures.append):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=_natural)
        for name in sorted(files, key=_natural):
            path = Path(place, name)
            if not name.startswith(".") and is_supported(path):
                yield Found(path)
    for failure in failures:
        yield _unreadable(Path(failure.filename or folder), failure)


def _unreadable(path: Path, error: OSError) -> Found:
    return Found(path, UnreadableFile(path=path, reason=error.strerror or str(error)))


def _natural(name: str) -> list[tuple[int, str]]:
    """Order names as people count: "session 2" before "session 10"."""
    return [(int(piece), "") if piece.isdecimal() else (0, piece.casefold()) for piece in re.split(r"(\d+)", name)]
