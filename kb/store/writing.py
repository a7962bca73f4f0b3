"""Documents into the library: what is new, what an edit keeps, what goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from ingest.model import Document, Notice, Section
from kb import chunk, rows, sessions
from kb.errors import NotFound
from kb.model import AddStatus
from kb.store.indexing import WITH_LANGUAGE, reindex, touch, write_passage
from kb.store.matching import Held, matched
from kb.store.reading import notices


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs: its course, and what the student and a `repaso.toml` say of session and date (ISO).

    `root` is the folder that the student named; "" is unknown.
    """

    course: str
    session: str = ""
    configured: str = ""
    date: str = ""
    root: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document that was read."""

    id: str
    status: AddStatus


def put_file(
    db: sqlite3.Connection,
    documents: Sequence[Document],
    place: Place,
    exists: Callable[[str], bool],
    sha256: str = "",
    session: str = "",
) -> tuple[Stored, ...]:
    """Store the documents that a file holds now, at least one, and remove those that it holds no longer.

    Within the caller's transaction. A document is known by course, path and part; failing that, by its content among
    what the file held, or by the file's SHA-256 at a path where nothing is any more (`exists`): then it has moved.
    `session` is the one that new documents which name none will likely have.
    """
    path = documents[0].path
    before = _at(db, place.course, path) or _moved_file(db, place.course, sha256, exists)
    pairs = matched([_held(document) for document in documents], _texts(db, before))
    known = {index: before[other] for index, other in pairs.items()}
    renamed = [row["id"] for index, row in known.items() if row["part"] != documents[index].part]
    # Two documents of a file may have swapped their parts, and a part is one document's alone at any moment.
    db.executemany("UPDATE documents SET part = ? WHERE id = ?", [(f"\x00{id}", id) for id in renamed])
    stored = tuple(_put(db, document, place, known.get(n), exists, session) for n, document in enumerate(documents))
    kept = {one.id for one in stored}
    for row in before:
        if row["id"] not in kept:
            remove(db, row["id"])
    for old in {row["path"] for row in before} - {path}:
        db.execute("DELETE FROM files WHERE course = ? AND place = ?", (place.course, old))
    return stored


def put(db: sqlite3.Connection, document: Document, place: Place, exists: Callable[[str], bool]) -> Stored:
    """Store one document, or what changed of it, as `put_file` does; the others of its file stay."""
    query = "SELECT * FROM documents WHERE course = ? AND path = ? AND part = ?"
    known = db.execute(query, (place.course, document.path, document.part)).fetchone()
    return _put(db, document, place, known, exists, "")


def remove(db: sqlite3.Connection, document_id: str) -> None:
    """Remove a document with its passages, index entries and vectors; raises NotFound."""
    files = """DELETE FROM files WHERE (course, place) IN (SELECT course, path FROM documents WHERE id = ?)"""
    db.execute(files, (document_id,))
    if not db.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount:
        raise NotFound(key=document_id)
    touch(db)


def place_again(db: sqlite3.Connection, ids: Iterable[str], place: Place) -> None:
    """Let documents that need not be read again take what is said of their place now; sessions follow by `assign`."""
    for id in ids:
        row = db.execute("SELECT session_asked, root FROM documents WHERE id = ?", (id,)).fetchone()
        asked, root = place.session or row["session_asked"], _outermost(place.root, row["root"])
        db.execute(
            """UPDATE documents SET session_asked = ?, session_configured = ?, date_configured = ?, root = ?
                WHERE id = ?""",
            (asked, place.configured, place.date, root, id),
        )


def assign(db: sqlite3.Connection, found: Mapping[str, tuple[str, str]]) -> None:
    """Give documents the (session, date) that follow from all that is known; their passages are indexed anew."""
    for id, (session, date) in found.items():
        row = db.execute("SELECT course, title FROM documents WHERE id = ?", (id,)).fetchone()
        db.execute("UPDATE documents SET session = ?, date = ? WHERE id = ?", (session, date, id))
        for passage in db.execute(f"{WITH_LANGUAGE} WHERE passages.document = ?", (id,)).fetchall():
            line = chunk.context(row["course"], session, row["title"], passage["heading"])
            if line != passage["context"]:
                reindex(db, passage["number"], line, rows.passage(passage), passage["language"])
        touch(db)


def _put(
    db: sqlite3.Connection,
    document: Document,
    place: Place,
    known: sqlite3.Row | None,
    exists: Callable[[str], bool],
    likely: str,
) -> Stored:
    known = known or _moved(db, document, place.course, exists)
    if known is None:
        facts = _facts(_new_id(db, document, place.course), document, place)
        _write_document(db, document, facts, sessions.said(facts) or likely or sessions.alone(facts))
        _write_parts(db, facts.id, document)
        return Stored(facts.id, AddStatus.ADDED)
    asked, root = place.session or known["session_asked"], _outermost(place.root, known["root"])
    facts = _facts(known["id"], document, replace(place, session=asked, root=root))
    before = (known["session_asked"], known["session_configured"], known["session_content"])
    same_words = before == (facts.asked, facts.configured, facts.content)
    session = known["session"] if same_words else sessions.said(facts) or known["session"]
    _write_document(db, document, facts, session)
    same_text = document.content_hash and known["content_hash"] == document.content_hash
    if same_text and same_words and known["path"] == document.path:
        if notices(db, [facts.id])[facts.id] != document.notices:
            _write_notices(db, facts.id, document.notices)
        if tuple(known) != tuple(db.execute("SELECT * FROM documents WHERE id = ?", (facts.id,)).fetchone()):
            touch(db)  # filters ask of its date and kind
        return Stored(facts.id, AddStatus.UNCHANGED)
    _write_parts(db, facts.id, document)
    return Stored(facts.id, AddStatus.UPDATED)


def _facts(id: str, document: Document, place: Place) -> sessions.Facts:
    """Return what a document and its place say of its session."""
    return sessions.Facts(
        id=id,
        course=place.course,
        kind=document.kind,
        title=document.title,
        place=document.path,
        root=place.root,
        language=document.language,
        asked=place.session,
        configured=place.configured,
        content=document.session,
        date_configured=place.date,
        date_content=document.date,
    )


def _at(db: sqlite3.Connection, course: str, path: str) -> list[sqlite3.Row]:
    query = "SELECT * FROM documents WHERE course = ? AND path = ? ORDER BY rowid"
    return db.execute(query, (course, path)).fetchall()


def _moved_file(db: sqlite3.Connection, course: str, sha256: str, exists: Callable[[str], bool]) -> list[sqlite3.Row]:
    """Return the documents of a file of the same bytes that is no longer where it was."""
    query = "SELECT place FROM files WHERE sha256 = ? AND sha256 != '' AND course = ? ORDER BY place"
    places = [row["place"] for row in db.execute(query, (sha256, course))]
    return next((found for place in places if not exists(place) and (found := _at(db, course, place))), [])


def _moved(
    db: sqlite3.Connection, document: Document, course: str, exists: Callable[[str], bool]
) -> sqlite3.Row | None:
    query = "SELECT * FROM documents WHERE content_hash = ? AND content_hash != '' AND course = ? AND part = ?"
    found = db.execute(query, (document.content_hash, course, document.part)).fetchall()
    return next((row for row in found if not exists(row["path"])), None)


def _held(document: Document) -> Held:
    return Held(document.part, tuple(section.text for section in document.sections))


def _texts(db: sqlite3.Connection, documents: Sequence[sqlite3.Row]) -> list[Held]:
    query = "SELECT text FROM sections WHERE document = ? ORDER BY ordinal"
    return [Held(row["part"], tuple(text for (text,) in db.execute(query, (row["id"],)))) for row in documents]


def _outermost(first: str, second: str) -> str:
    """Return the shorter of two folders that hold a file, whichever order they were named in; "" is unknown."""
    return min((one for one in (first, second) if one), key=len, default="")


def _new_id(db: sqlite3.Connection, document: Document, course: str) -> str:
    """Return the id of a new document; a number is added while a document that moved away still has it."""
    taken = "SELECT count(*) FROM documents WHERE id = ?"
    new, again = chunk.identity(course, document.path, document.part), 1
    while db.execute(taken, (new,)).fetchone()[0]:
        again += 1
        new = chunk.identity(course, document.path, document.part, str(again))
    return new


_WRITE_DOCUMENT = """
INSERT INTO documents (id, course, session, path, part, kind, title, author, url, language, content_hash,
    session_asked, session_configured, session_content, date_configured, date_content, date, root)
VALUES (:id, :course, :session, :path, :part, :kind, :title, :author, :url, :language, :content_hash,
    :asked, :configured, :content, :date_configured, :date_content, :date, :root)
ON CONFLICT (id) DO UPDATE SET session = excluded.session, path = excluded.path, part = excluded.part,
    kind = excluded.kind, title = excluded.title, author = excluded.author, url = excluded.url,
    language = excluded.language, content_hash = excluded.content_hash, session_asked = excluded.session_asked,
    session_configured = excluded.session_configured, session_content = excluded.session_content,
    date_configured = excluded.date_configured, date_content = excluded.date_content, date = excluded.date,
    root = excluded.root"""


def _write_document(db: sqlite3.Connection, document: Document, facts: sessions.Facts, session: str) -> None:
    """Write a document without its parts; it stays in `session` until it is assigned anew."""
    values = {
        **asdict(facts),
        "session": session,
        "date": sessions.date_of(facts),
        "path": document.path,
        "part": document.part,
        "kind": document.kind.value,
        "author": document.author,
        "url": document.url,
        "content_hash": document.content_hash,
    }
    db.execute(_WRITE_DOCUMENT, values)


def _write_notices(db: sqlite3.Connection, id: str, remarks: Sequence[Notice]) -> None:
    db.execute("DELETE FROM notices WHERE document = ?", (id,))
    listed = [(id, n, one.code, one.where, rows.as_json(one.params)) for n, one in enumerate(remarks)]
    db.executemany("INSERT INTO notices VALUES (?, ?, ?, ?, ?)", listed)


def _write_parts(db: sqlite3.Connection, id: str, document: Document) -> None:
    _write_notices(db, id, document.notices)
    db.execute("DELETE FROM sections WHERE document = ?", (id,))
    db.executemany(
        "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _section_rows(id, document.sections)
    )
    course, session = db.execute("SELECT course, session FROM documents WHERE id = ?", (id,)).fetchone()
    made = chunk.passages(id, document)
    old = {row["id"]: row for row in db.execute("SELECT * FROM passages WHERE document = ?", (id,))}
    gone = old.keys() - {passage.id for passage in made}
    db.executemany("DELETE FROM passages WHERE id = ?", [(passage,) for passage in gone])
    for passage in made:
        line = chunk.context(course, session, document.title, passage.heading)
        write_passage(db, passage, line, document.sections[passage.section].language, old.get(passage.id))
    touch(db)


def _section_rows(id: str, sections: Iterable[Section]) -> Iterator[tuple[object, ...]]:
    for ordinal, one in enumerate(sections):
        place, marks = rows.as_json(rows.locator_parts(one.locator)), rows.marks_json(one.marks)
        terms, twins = rows.as_json(one.terms), rows.as_json(one.twins)
        yield (
            *(id, ordinal, one.title, place, one.text, one.notes, marks, one.language, one.role.value, terms),
            *(rows.readings_json(one.readings), one.original, twins),
        )
