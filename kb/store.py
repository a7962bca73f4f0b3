"""Documents in and out of the library: what is stored, what an edit keeps, and what is shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ingest.model import Document, Section
from kb import chunk, rows
from kb.errors import AmbiguousKey, NotFound
from kb.model import AddStatus, DocumentInfo, DocumentView, Passage, SessionInfo
from kb.search.language import fold, indexed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs. A guessed session gives way to one that the content or the student names."""

    course: str
    session: str
    guessed: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document that was read."""

    id: str
    status: AddStatus


def put(db: sqlite3.Connection, document: Document, place: Place, exists: Callable[[str], bool]) -> Stored:
    """Store a document, or what changed of it, within the caller's transaction.

    A document is known by course, path and part; failing that, by its content at a path where nothing is any more
    (`exists`), and then it has moved. Passages whose text and context stay the same keep their ids and vectors.
    """
    known = _known(db, document, place.course) or _moved(db, document, place.course, exists)
    if known is None:
        new = _new_id(db, document, place.course)
        _write_document(db, new, document, place)
        _write_parts(db, new, document, place)
        return Stored(new, AddStatus.ADDED)
    if place.guessed and (known["session_guessed"] or not document.session):
        place = Place(place.course, known["session"], bool(known["session_guessed"]))
    same_text = document.content_hash and known["content_hash"] == document.content_hash
    if same_text and known["path"] == document.path and known["session"] == place.session:
        return Stored(known["id"], AddStatus.UNCHANGED)
    _write_document(db, known["id"], document, place)
    _write_parts(db, known["id"], document, place)
    return Stored(known["id"], AddStatus.UPDATED)


def remove(db: sqlite3.Connection, document_id: str) -> None:
    """Remove a document with its passages, index entries and vectors; raises NotFound."""
    if not db.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount:
        raise NotFound(key=document_id)
    touch(db)


def remove_other_parts(db: sqlite3.Connection, course: str, path: str, keep: Sequence[str]) -> None:
    """Remove the documents that a file no longer holds."""
    listing = "SELECT id FROM documents WHERE course = ? AND path = ? AND id NOT IN (SELECT value FROM json_each(?))"
    for row in db.execute(listing, (course, path, rows.as_json(list(keep)))).fetchall():
        remove(db, row["id"])


def name_session(db: sqlite3.Connection, document_id: str, session: str) -> None:
    """Give a document a session that was found out from its neighbours; its passages are indexed anew."""
    row = db.execute("SELECT * FROM documents WHERE id = ?", (document_id,)).fetchone()
    db.execute("UPDATE documents SET session = ? WHERE id = ?", (session, document_id))
    for passage in db.execute("SELECT * FROM passages WHERE document = ?", (document_id,)).fetchall():
        line = chunk.context(row["course"], session, row["title"], passage["heading"])
        _reindex(db, passage["number"], line, passage["text"])
    touch(db)


def touch(db: sqlite3.Connection) -> None:
    """Count a change to passages or vectors."""
    db.execute("UPDATE revision SET number = number + 1")


def revision(db: sqlite3.Connection) -> int:
    """Return the count of changes so far, by any process."""
    return int(db.execute("SELECT number FROM revision").fetchone()[0])


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
    notices = db.execute("SELECT * FROM notices WHERE document = ? ORDER BY ordinal", (document_id,))
    return DocumentView(
        rows.document_info(row),
        tuple(map(rows.section, sections)),
        passages(db, document_id),
        tuple(map(rows.notice, notices)),
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


def numbered(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, tuple[Passage, DocumentInfo]]:
    """Return the passages of these numbers (their rows in the index), each with its document."""
    query = "SELECT * FROM passages WHERE number IN (SELECT value FROM json_each(?))"
    found = db.execute(query, (rows.as_json(list(numbers)),)).fetchall()
    owners = rows.as_json(sorted({row["document"] for row in found}))
    listing = "SELECT * FROM document_infos WHERE id IN (SELECT value FROM json_each(?))"
    infos = {row["id"]: rows.document_info(row) for row in db.execute(listing, (owners,))}
    return {row["number"]: (rows.passage(row), infos[row["document"]]) for row in found}


def info(db: sqlite3.Connection, document_id: str) -> DocumentInfo:
    """Return a document without its text; raises NotFound."""
    row = db.execute("SELECT * FROM document_infos WHERE id = ?", (document_id,)).fetchone()
    if row is None:
        raise NotFound(key=document_id)
    return rows.document_info(row)


def in_folder(db: sqlite3.Connection, course: str, folder: str) -> tuple[sqlite3.Row, ...]:
    """Return id, kind, title, session and session_guessed of a course's documents that lie directly in a folder."""
    query = """SELECT id, path, kind, title, session, session_guessed FROM documents
        WHERE course = ? AND substr(path, 1, length(?)) = ? ORDER BY rowid"""
    found = db.execute(query, (course, folder, folder))
    return tuple(row for row in found if str(PurePath(row["path"]).parent) == folder)


def _known(db: sqlite3.Connection, document: Document, course: str) -> sqlite3.Row | None:
    query = "SELECT * FROM documents WHERE course = ? AND path = ? AND part = ?"
    row: sqlite3.Row | None = db.execute(query, (course, document.path, document.part)).fetchone()
    return row


def _moved(
    db: sqlite3.Connection, document: Document, course: str, exists: Callable[[str], bool]
) -> sqlite3.Row | None:
    query = "SELECT * FROM documents WHERE content_hash = ? AND content_hash != '' AND course = ? AND part = ?"
    found = db.execute(query, (document.content_hash, course, document.part)).fetchall()
    return next((row for row in found if not exists(row["path"])), None)


def _new_id(db: sqlite3.Connection, document: Document, course: str) -> str:
    """Return the id of a new document; a number is added while a document that moved away still has it."""
    taken = "SELECT count(*) FROM documents WHERE id = ?"
    new, again = chunk.identity(course, document.path, document.part), 1
    while db.execute(taken, (new,)).fetchone()[0]:
        again += 1
        new = chunk.identity(course, document.path, document.part, str(again))
    return new


def _write_document(db: sqlite3.Connection, id: str, document: Document, place: Place) -> None:
    db.execute(
        """INSERT INTO documents (id, course, session, session_guessed, path, part, kind, title, author, url,
            language, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET session = excluded.session, session_guessed = excluded.session_guessed,
            path = excluded.path, kind = excluded.kind, title = excluded.title, author = excluded.author,
            url = excluded.url, language = excluded.language, content_hash = excluded.content_hash""",
        (
            *(id, place.course, place.session, place.guessed, document.path, document.part, document.kind.value),
            *(document.title, document.author, document.url, document.language, document.content_hash),
        ),
    )


def _write_parts(db: sqlite3.Connection, id: str, document: Document, place: Place) -> None:
    db.execute("DELETE FROM sections WHERE document = ?", (id,))
    db.execute("DELETE FROM notices WHERE document = ?", (id,))
    db.executemany("INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?)", _section_rows(id, document.sections))
    db.executemany(
        "INSERT INTO notices VALUES (?, ?, ?, ?, ?)",
        [
            (id, n, notice.code, notice.where, rows.as_json(notice.params))
            for n, notice in enumerate(document.notices)
        ],
    )
    made = chunk.passages(id, document)
    old = {row["id"]: row for row in db.execute("SELECT * FROM passages WHERE document = ?", (id,))}
    gone = old.keys() - {passage.id for passage in made}
    db.executemany("DELETE FROM passages WHERE id = ?", [(passage,) for passage in gone])
    for passage in made:
        line = chunk.context(place.course, place.session, document.title, passage.heading)
        _write_passage(db, passage, line, old.get(passage.id))
    touch(db)


def _section_rows(id: str, sections: Iterable[Section]) -> Iterator[tuple[object, ...]]:
    for ordinal, section in enumerate(sections):
        place, marks = rows.as_json(rows.locator_parts(section.locator)), rows.marks_json(section.marks)
        yield id, ordinal, section.title, place, section.text, section.notes, marks


def _write_passage(db: sqlite3.Connection, passage: Passage, context: str, old: sqlite3.Row | None) -> None:
    place = rows.as_json(rows.locator_parts(passage.locator))
    where = (passage.section, passage.ordinal, passage.heading, place, passage.speaker, passage.start, passage.end)
    if old is None:
        number = db.execute(
            """INSERT INTO passages (section, ordinal, heading, locator, speaker, start, stop, id, document, context,
                text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (*where, passage.id, passage.document, context, passage.text),
        ).lastrowid
        terms = indexed(f"{context}\n{passage.text}")
        db.execute("INSERT INTO passage_terms (rowid, terms) VALUES (?, ?)", (number, terms))
        return
    db.execute(
        """UPDATE passages SET section = ?, ordinal = ?, heading = ?, locator = ?, speaker = ?, start = ?, stop = ?
            WHERE number = ?""",
        (*where, old["number"]),
    )
    if (old["context"], old["text"]) != (context, passage.text):
        _reindex(db, old["number"], context, passage.text)


def _reindex(db: sqlite3.Connection, number: int, context: str, text: str) -> None:
    """Write what is searched of a passage anew; its vectors are of the old words and go."""
    db.execute("UPDATE passages SET context = ?, text = ? WHERE number = ?", (context, text, number))
    db.execute("UPDATE passage_terms SET terms = ? WHERE rowid = ?", (indexed(f"{context}\n{text}"), number))
    db.execute("DELETE FROM vectors WHERE passage = ?", (number,))
