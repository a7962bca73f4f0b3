"""The tables of questions, cards and reviews, as steps that are applied once each, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.db import MigrationSet

if TYPE_CHECKING:
    import sqlite_utils


def quiz_tables(db: sqlite_utils.Database) -> None:
    """Create questions, cards and the review log.

    None of them refers to the documents by a foreign key: what a student has answered outlives the document it was
    asked from. `reviews` refuses to be changed or thinned out by anyone. Times are UTC, ISO 8601 with microseconds,
    so that their order as text is their order in time.
    """
    for statement in _TABLES:
        db.execute(statement)


_TABLES = (
    """CREATE TABLE questions (
        id TEXT PRIMARY KEY,
        document TEXT NOT NULL,
        section INTEGER NOT NULL,
        number INTEGER NOT NULL,
        stem TEXT NOT NULL,
        answer TEXT NOT NULL,
        origin TEXT NOT NULL,
        course TEXT NOT NULL,
        session TEXT NOT NULL,
        locator TEXT NOT NULL,
        passage TEXT NOT NULL,
        retired INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX questions_document ON questions (document, section)",
    """CREATE TABLE question_documents (
        document TEXT PRIMARY KEY,
        stamp TEXT NOT NULL
    )""",
    """CREATE TABLE cards (
        question TEXT PRIMARY KEY,
        due TEXT NOT NULL,
        reviews INTEGER NOT NULL,
        lapses INTEGER NOT NULL,
        fsrs TEXT NOT NULL
    )""",
    "CREATE INDEX cards_due ON cards (due)",
    """CREATE TABLE reviews (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        question TEXT NOT NULL,
        grade INTEGER NOT NULL,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        elapsed_ms INTEGER NOT NULL,
        chosen TEXT NOT NULL
    )""",
    "CREATE INDEX reviews_question ON reviews (question)",
    "CREATE INDEX reviews_at ON reviews (at)",
    """CREATE TRIGGER reviews_are_kept BEFORE DELETE ON reviews BEGIN
        SELECT RAISE(ABORT, 'reviews are never deleted');
    END""",
    """CREATE TRIGGER reviews_are_final BEFORE UPDATE ON reviews BEGIN
        SELECT RAISE(ABORT, 'reviews are never changed');
    END""",
)

MIGRATIONS = MigrationSet("quizzes", (quiz_tables,))
"""The quizzes' own set."""
