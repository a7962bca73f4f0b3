"""The bank: questions, cards and the review log in the library file. The only SQL of the quizzes."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kb import rows
from kb.chunk import identity
from kb.model import LocatorType
from quizzes.errors import QuestionNotFound
from quizzes.model import CardState, Due, Origin, Question, Review, Stats
from quizzes.schedule import reviewed, unreviewed
from quizzes.schema import MIGRATIONS
from quizzes.terms import WORD, fold

if TYPE_CHECKING:
    from kb.db import Database

DAYS_OF_STATS = 365
"""How far back `Stats.per_day` counts."""

_GUIDES = """SELECT id, course, session FROM documents WHERE kind = 'study_guide'"""
_SECTIONS = """
SELECT ordinal, title, locator, text,
    coalesce((SELECT passages.id FROM passages WHERE passages.document = sections.document
        AND passages.section = sections.ordinal ORDER BY passages.ordinal LIMIT 1), '') AS passage
FROM sections WHERE document = ? ORDER BY ordinal"""
_PUT = """
INSERT INTO questions (id, document, section, number, stem, answer, origin, course, session, locator, passage)
VALUES (:id, :document, :section, :number, :stem, :answer, 'guide', :course, :session, :locator, :passage)
ON CONFLICT (id) DO UPDATE SET section = :section, number = :number, stem = :stem, answer = :answer,
    course = :course, session = :session, locator = :locator, passage = :passage, retired = 0"""
_QUESTIONS = """
SELECT * FROM questions WHERE NOT retired AND course IN (SELECT value FROM json_each(:courses))
    AND session IN (SELECT value FROM json_each(:sessions)) AND (:kind = '' OR origin = :kind)
ORDER BY course, session, document, section, id"""
_NEXT = """
SELECT questions.* FROM questions LEFT JOIN cards ON cards.question = questions.id
WHERE NOT retired AND course IN (SELECT value FROM json_each(:courses))
    AND session IN (SELECT value FROM json_each(:sessions)) AND (cards.due IS NULL OR cards.due <= :now)
ORDER BY cards.due IS NULL, cards.due, course, session, document, section, id LIMIT :limit"""
_COUNT_DUE = """
SELECT count(*) FILTER (WHERE cards.due <= :now) AS due, count(*) FILTER (WHERE cards.due IS NULL) AS new,
    min(cards.due) FILTER (WHERE cards.due > :now) AS next_at
FROM questions LEFT JOIN cards ON cards.question = questions.id WHERE NOT retired"""
_PUT_CARD = """
INSERT INTO cards (question, due, reviews, lapses, fsrs) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (question) DO UPDATE SET due = excluded.due, reviews = excluded.reviews,
    lapses = excluded.lapses, fsrs = excluded.fsrs"""
_TOTALS = """
SELECT (SELECT count(*) FROM questions WHERE NOT retired) AS questions,
    (SELECT count(*) FROM questions JOIN cards ON cards.question = questions.id WHERE NOT retired) AS reviewed,
    count(*) AS reviews, coalesce(avg(grade > 1), 0.0) AS remembered FROM reviews"""


@dataclass(frozen=True, slots=True)
class _Guide:
    """A study guide of the library with its sections; `stamp` is a hash of all that its questions are made of."""

    document: str
    course: str
    session: str
    sections: tuple[sqlite3.Row, ...]
    stamp: str


class Bank:
    """The questions of a library and how well each is known. Every failure of the file is a StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.migrate(MIGRATIONS)

    def sync(self) -> bool:
        """Make the bank hold the questions of the library's study guides; tell whether anything changed.

        A question keeps its card and reviews while its stem stays, whatever becomes of its answer. One that is gone
        is retired if it was ever reviewed, else dropped. Writes nothing when no guide has changed.
        """
        with self._database.reading() as connection:
            changed, gone = _compare(connection)
        if not changed and not gone:
            return False
        with self._database.transaction() as connection:
            changed, gone = _compare(connection)
            for guide in changed:
                _take_in(connection, guide)
            for document in gone:
                _drop_missing(connection, document, ())
                connection.execute("DELETE FROM question_documents WHERE document = ?", (document,))
        return True

    def questions(self, course: str = "", session: str = "", kind: str = "") -> tuple[Question, ...]:
        """Return the questions in guide order; "" is everything, and names are compared folded.

        `kind` is an origin: guide, generated, imported.
        """
        with self._database.reading() as connection:
            found = connection.execute(_QUESTIONS, {"kind": kind, **_meant(connection, course, session)})
            return tuple(_question(row) for row in found)

    def question(self, id: str) -> Question:
        """Return a question by its id, retired ones too; raises QuestionNotFound."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM questions WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise QuestionNotFound(key=id)
        return _question(row)

    def due(self, now: datetime) -> Due:
        """Count what there is to study at a moment (aware)."""
        with self._database.reading() as connection:
            row = connection.execute(_COUNT_DUE, {"now": _utc(now)}).fetchone()
        next_at = datetime.fromisoformat(row["next_at"]) if row["next_at"] else None
        return Due(row["due"], row["new"], next_at)

    def due_questions(self, now: datetime, limit: int, course: str = "", session: str = "") -> tuple[Question, ...]:
        """Return what to study next: the longest overdue first, then never asked ones in guide order."""
        with self._database.reading() as connection:
            wanted = {"now": _utc(now), "limit": limit, **_meant(connection, course, session)}
            return tuple(_question(row) for row in connection.execute(_NEXT, wanted))

    def card(self, id: str) -> CardState | None:
        """Return a question's place in the schedule, None when it was never reviewed."""
        with self._database.reading() as connection:
            return _card(connection, id)

    def record(self, review: Review) -> CardState:
        """Log a review and reschedule its question; both are on the disk when this returns. `review.at` is aware.

        Raises QuestionNotFound for an id that the bank does not have.
        """
        with self._durable(), self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM questions WHERE id = ?", (review.question,)).fetchone() is None:
                raise QuestionNotFound(key=review.question)
            after = reviewed(_card(connection, review.question) or unreviewed(review), review)
            connection.execute(
                "INSERT INTO reviews (question, grade, kind, at, elapsed_ms, chosen) VALUES (?, ?, ?, ?, ?, ?)",
                (review.question, review.grade, review.kind, _utc(review.at), review.elapsed_ms, review.chosen),
            )
            connection.execute(_PUT_CARD, (after.question, _utc(after.due), after.reviews, after.lapses, after.fsrs))
        return after

    def stats(self, now: datetime) -> Stats:
        """Return what was done so far; days are those of `now`'s time zone, the last year's, oldest first."""
        since = _utc(now - timedelta(days=DAYS_OF_STATS))
        with self._database.reading() as connection:
            totals = connection.execute(_TOTALS).fetchone()
            times = connection.execute("SELECT at FROM reviews WHERE at >= ?", (since,)).fetchall()
        days = Counter(datetime.fromisoformat(at).astimezone(now.tzinfo).date().isoformat() for (at,) in times)
        return Stats(
            totals["questions"],
            totals["reviewed"],
            totals["reviews"],
            totals["remembered"],
            tuple(sorted(days.items())),
        )

    @contextmanager
    def _durable(self) -> Iterator[None]:
        """Have this thread's commits wait for the disk: in WAL mode NORMAL may lose the last ones to a power cut."""
        self._database.connection.execute("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            self._database.connection.execute("PRAGMA synchronous = NORMAL")


def question_id(document: str, stem: str, occurrence: int) -> str:
    """Return a question's id: over its document, its normal stem, and which of those with that stem it is."""
    return identity(document, normal_stem(stem), str(occurrence))


def normal_stem(stem: str) -> str:
    """Return a stem as its identity sees it: without case, accents, marks or punctuation."""
    return " ".join(WORD.findall(fold(stem)))


def _meant(connection: sqlite3.Connection, course: str, session: str) -> dict[str, str]:
    """Return the stored names of courses and sessions that filters mean ("" means all), as JSON lists."""
    pairs = connection.execute("SELECT DISTINCT course, session FROM questions").fetchall()
    courses = {row["course"] for row in pairs if not course or fold(row["course"]) == fold(course)}
    sessions = {row["session"] for row in pairs if not session or fold(row["session"]) == fold(session)}
    return {"courses": json.dumps(sorted(courses)), "sessions": json.dumps(sorted(sessions))}


def _compare(connection: sqlite3.Connection) -> tuple[list[_Guide], list[str]]:
    """Return the guides that are new or changed, and the documents that are guides no longer."""
    guides = [_guide(connection, *row) for row in connection.execute(_GUIDES).fetchall()]
    known = {row["document"]: row["stamp"] for row in connection.execute("SELECT * FROM question_documents")}
    gone = known.keys() - {guide.document for guide in guides}
    return [guide for guide in guides if known.get(guide.document) != guide.stamp], sorted(gone)


def _guide(connection: sqlite3.Connection, document: str, course: str, session: str) -> _Guide:
    sections = tuple(connection.execute(_SECTIONS, (document,)))
    stamp = identity(course, session, *(json.dumps(tuple(row)) for row in sections))
    return _Guide(document, course, session, sections, stamp)


def _take_in(connection: sqlite3.Connection, guide: _Guide) -> None:
    """Bring one guide's questions up to date."""
    seen: Counter[str] = Counter()
    kept: list[str] = []
    for row in guide.sections:
        place = rows.locator(json.loads(row["locator"]))
        if place.type is not LocatorType.QUESTION or not row["title"].strip():
            continue
        stem = normal_stem(row["title"])
        seen[stem] += 1
        kept.append(question_id(guide.document, row["title"], seen[stem]))
        connection.execute(
            _PUT,
            {
                "id": kept[-1],
                "document": guide.document,
                "section": row["ordinal"],
                "number": int(place.start),
                "stem": row["title"],
                "answer": row["text"],
                "course": guide.course,
                "session": guide.session,
                "locator": row["locator"],
                "passage": row["passage"],
            },
        )
    _drop_missing(connection, guide.document, kept)
    connection.execute("INSERT OR REPLACE INTO question_documents VALUES (?, ?)", (guide.document, guide.stamp))


def _drop_missing(connection: sqlite3.Connection, document: str, kept: Collection[str]) -> None:
    """Retire the guide questions of a document that are not kept; drop those that were never reviewed."""
    of_guide = "SELECT id FROM questions WHERE document = ? AND origin = 'guide'"
    for (id,) in connection.execute(of_guide, (document,)).fetchall():
        if id in kept:
            continue
        connection.execute("UPDATE questions SET retired = 1 WHERE id = ?", (id,))
        connection.execute(
            "DELETE FROM questions WHERE id = ? AND NOT EXISTS (SELECT 1 FROM reviews WHERE question = questions.id)",
            (id,),
        )


def _card(connection: sqlite3.Connection, id: str) -> CardState | None:
    row = connection.execute("SELECT * FROM cards WHERE question = ?", (id,)).fetchone()
    if row is None:
        return None
    return CardState(id, datetime.fromisoformat(row["due"]), row["reviews"], row["lapses"], row["fsrs"])


def _question(row: sqlite3.Row) -> Question:
    return Question(
        id=row["id"],
        number=row["number"],
        stem=row["stem"],
        answer=row["answer"],
        origin=Origin(row["origin"]),
        course=row["course"],
        session=row["session"],
        document=row["document"],
        locator=rows.locator(json.loads(row["locator"])),
        passage=row["passage"],
        section=row["section"],
    )


def _utc(at: datetime) -> str:
    """Return an aware time as it is stored."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
