"""What the library holds, as values."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence

from ingest.model import Mark
from kb import rows
from kb.errors import AmbiguousKey, NotFound
from kb.model import DocumentInfo, DocumentView, Notice, Passage, SessionInfo
from kb.search.language import fold


def revision(db: sqlite3.Connection) -> int:
    """Return the number of the last change to passages or vectors, by any process."""
    return int(db.execute("SELECT max(number) FROM revisions").fetchone()[0])


def latest(db: sqlite3.Connection) -> tuple[int, str]:
    """Return the number of the last change to passages or vectors, by any process, and its token."""
    number, token = db.execute("SELECT number, token FROM revisions ORDER BY number DESC LIMIT 1").fetchone()
    return int(number), str(token)


def token(db: sqlite3.Connection, number: int) -> str:
    """Return the token of a revision, "" where this library never had it."""
    row = db.execute("SELECT token FROM revisions WHERE number = ?", (number,)).fetchone()
    return str(row["token"]) if row else ""


def documents(db: sqlite3.Connection, course: str = "", kind: str = "") -> tuple[DocumentInfo, ...]:
    """Return the documents in the order they were added; "" means all. Course names are compared folded."""
    found = (rows.document_info(row) for row in db.execute("SELECT * FROM document_infos ORDER BY added"))
    return tuple(
        info for info in found if (not course or fold(info.course) == fold(course)) and kind in ("", info.kind.value)
    )


def sessions(db: sqlite3.Connection, course: str = "") -> tuple[SessionInfo, ...]:
    """Return the sessions in the order their first documents were added; documents of no session are left out."""
    query = """SELECT course, session, count(*) AS documents FROM documents WHERE session != ''
        GROUP BY course, session ORDER BY min(rowid)"""
    found = (SessionInfo(row["course"], row["session"], row["documents"]) for row in db.execute(query))
    return tuple(info for info in found if not course or fold(info.course) == fold(course))


def speakers(db: sqlite3.Connection) -> tuple[str, ...]:
    """Return who speaks in the library's transcripts, if only once, in the order of the alphabet."""
    found = db.execute("SELECT DISTINCT json_extract(value, '$[2]') FROM sections, json_each(marks)")
    return tuple(sorted(row[0] for row in found if row[0]))


def marks(db: sqlite3.Connection, document_id: str, section: int) -> tuple[Mark, ...]:
    """Return the marks of a document's section, in order; none where there is no such section."""
    query = "SELECT * FROM sections WHERE document = ? AND ordinal = ?"
    return tuple(mark for row in db.execute(query, (document_id, section)) for mark in rows.section(row).marks)


def dates(db: sqlite3.Connection) -> tuple[str, ...]:
    """Return the dates of the library's documents, ISO 8601, each once, in order."""
    return tuple(row[0] for row in db.execute("SELECT DISTINCT date FROM documents WHERE date != '' ORDER BY 1"))


def document_id(db: sqlite3.Connection, key: str, path: str) -> str:
    """Return the id of the one document with this id, path or title (folded); NotFound or AmbiguousKey otherwise."""
    everything = db.execute("SELECT id, path, title FROM documents ORDER BY rowid").fetchall()
    tests: tuple[Callable[[sqlite3.Row], bool], ...] = (
        lambda row: row["id"] == key,
        lambda row: row["path"] == path,
        lambda row: fold(row["title"]) == fold(key),
    )
    for test in tests:
        found = [row["id"] for row in everything if test(row)]
        if len(found) > 1:
            raise AmbiguousKey(key=key, ids=", ".join(found))
        if found:
            return str(found[0])
    raise NotFound(key=key)


def document(db: sqlite3.Connection, document_id: str) -> DocumentView:
    """Return everything there is of a document; raises NotFound."""
    row = db.execute("SELECT * FROM document_infos WHERE id = ?", (document_id,)).fetchone()
    if row is None:
        raise NotFound(key=document_id)
    sections = db.execute("SELECT * FROM sections WHERE document = ? ORDER BY ordinal", (document_id,))
    return DocumentView(
        rows.document_info(row),
        tuple(map(rows.section, sections)),
        passages(db, document_id),
        notices(db, [document_id])[document_id],
    )


def passages(db: sqlite3.Connection, document_id: str) -> tuple[Passage, ...]:
    """Return a document's passages in order."""
    found = db.execute("SELECT * FROM passages WHERE document = ? ORDER BY ordinal", (document_id,))
    return tuple(map(rows.passage, found))


def passage(db: sqlite3.Connection, passage_id: str) -> Passage:
    """Return one passage; raises NotFound."""
    row = db.execute("SELECT * FROM passages WHERE id = ?", (passage_id,)).fetchone()
    if row is None:
        raise NotFound(key=passage_id)
    return rows.passage(row)


def neighbours(db: sqlite3.Connection, passage_id: str, before: int, after: int) -> tuple[Passage, ...]:
    """Return the passages just before and after one in its document, in order, itself left out; raises NotFound."""
    it = passage(db, passage_id)
    query = "SELECT * FROM passages WHERE document = ? AND ordinal BETWEEN ? AND ? AND id != ? ORDER BY ordinal"
    within = (it.document, it.ordinal - max(0, before), it.ordinal + max(0, after), it.id)
    return tuple(map(rows.passage, db.execute(query, within)))


def numbered(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, tuple[Passage, DocumentInfo]]:
    """Return the passages of these numbers (their rows in the index), each with its document."""
    query = "SELECT * FROM passages WHERE number IN (SELECT value FROM json_each(?))"
    found = db.execute(query, (rows.as_json(list(numbers)),)).fetchall()
    owners = infos(db, {row["document"] for row in found})
    return {row["number"]: (rows.passage(row), owners[row["document"]]) for row in found}


def infos(db: sqlite3.Connection, ids: Collection[str]) -> dict[str, DocumentInfo]:
    """Return the documents of these ids without their text; those that have gone are left out."""
    query = "SELECT * FROM document_infos WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"]: rows.document_info(row) for row in db.execute(query, (rows.as_json(sorted(ids)),))}


def notices(db: sqlite3.Connection, ids: Collection[str]) -> dict[str, tuple[Notice, ...]]:
    """Return what the reader remarked of the documents of these ids."""
    query = "SELECT * FROM notices WHERE document IN (SELECT value FROM json_each(?)) ORDER BY document, ordinal"
    found: dict[str, tuple[Notice, ...]] = dict.fromkeys(ids, ())
    for row in db.execute(query, (rows.as_json(sorted(ids)),)):
        found[row["document"]] += (rows.notice(row),)
    return found
