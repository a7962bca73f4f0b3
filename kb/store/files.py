"""The files that were read, as they were then, and what each document says of its session."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple, dataclass

from kb import rows
from kb.model import Kind
from kb.sessions import Facts


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a course as it was when it was read, and the documents that it held.

    `mtime_ns` is its time of change in nanoseconds; size and time are the archive's for a member. `reader` names what
    read it; `kind_asked` is the kind that the student asked for, `kind` the one it was read as ("" where the content
    showed it).
    """

    course: str
    place: str
    size: int
    mtime_ns: int
    sha256: str
    reader: str
    kind_asked: str
    kind: str
    documents: tuple[str, ...]


def files(db: sqlite3.Connection) -> dict[tuple[str, str], FileRecord]:
    """Return the files by course and place, but for those whose documents are no longer all there."""
    query = """SELECT * FROM files WHERE NOT EXISTS (SELECT 1 FROM json_each(files.documents) held WHERE NOT EXISTS (
        SELECT 1 FROM documents WHERE id = held.value AND course = files.course AND path = files.place))"""
    return {(row["course"], row["place"]): _record(row) for row in db.execute(query)}


def file_of(db: sqlite3.Connection, document: str) -> FileRecord | None:
    """Return the file that a document was read from, as it was then; None where that is not known."""
    query = "SELECT files.* FROM files JOIN documents d ON d.path = place AND d.course = files.course WHERE d.id = ?"
    return next((_record(row) for row in db.execute(query, (document,))), None)


def remember(db: sqlite3.Connection, record: FileRecord) -> None:
    """Store a file as it is, within the caller's transaction."""
    values = (*astuple(record)[:-1], rows.as_json(record.documents))
    db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def facts(db: sqlite3.Connection) -> tuple[Facts, ...]:
    """Return what every document says of its session."""
    query = """SELECT id, course, kind, title, path, root, language,
        session_asked, session_configured, session_content, date_configured, date_content FROM documents"""
    return tuple(Facts(id, course, Kind(kind), *rest) for id, course, kind, *rest in db.execute(query))


def assigned(db: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Return the session and the date that every document has now, by id."""
    return {id: (session, date) for id, session, date in db.execute("SELECT id, session, date FROM documents")}


def _record(row: sqlite3.Row) -> FileRecord:
    return FileRecord(**{**row, "documents": tuple(json.loads(row["documents"]))})
