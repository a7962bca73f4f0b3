"""One passage into the library: its row, its words in the index, and the stamp that tells others what is new."""

from __future__ import annotations

import sqlite3

from kb import chunk, rows
from kb.model import Passage
from kb.search.language import ANALYSIS, indexed

WITH_LANGUAGE = """SELECT passages.*, coalesce(sections.language, '') AS language FROM passages
    LEFT JOIN sections ON sections.document = passages.document AND sections.ordinal = passages.section"""
"""Asks for passages with the language of their section; a condition follows."""


def touch(db: sqlite3.Connection) -> None:
    """Count a change to passages or vectors."""
    db.execute("INSERT INTO revisions (token) VALUES (lower(hex(randomblob(8))))")


def write_passage(
    db: sqlite3.Connection, passage: Passage, context: str, language: str, old: sqlite3.Row | None
) -> None:
    """Write a passage, or what changed of the `old` row of its id; `language` is that of its section."""
    place = rows.as_json(rows.locator_parts(passage.locator))
    where = (passage.section, passage.ordinal, passage.heading, place, passage.speaker, passage.start, passage.end)
    if old is None:
        number = db.execute(
            """INSERT INTO passages (section, ordinal, heading, locator, speaker, start, stop, id, document, context,
                text, readings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (*where, passage.id, passage.document, context, passage.text, rows.readings_json(passage.readings)),
        ).lastrowid
        db.execute(
            "INSERT INTO passage_terms (rowid, heading, body) VALUES (?, ?, ?)",
            (number, *_terms(context, passage, language)),
        )
        _analysed(db, number)
        return
    db.execute(
        """UPDATE passages SET section = ?, ordinal = ?, heading = ?, locator = ?, speaker = ?, start = ?, stop = ?
            WHERE number = ?""",
        (*where, old["number"]),
    )
    if (old["locator"], old["speaker"]) != (place, passage.speaker):
        _stamp(db, old["number"])
    if (old["context"], old["text"], rows.readings(old["readings"])) != (context, passage.text, passage.readings):
        reindex(db, old["number"], context, passage, language)


def reindex(db: sqlite3.Connection, number: int, context: str, passage: Passage, language: str) -> None:
    """Write what is searched of a passage anew; its vectors are of the old words and go."""
    db.execute(
        "UPDATE passages SET context = ?, text = ?, readings = ? WHERE number = ?",
        (context, passage.text, rows.readings_json(passage.readings), number),
    )
    reanalyse_passage(db, number, context, passage, language)
    db.execute("DELETE FROM vectors WHERE passage = ?", (number,))


def reanalyse_passage(db: sqlite3.Connection, number: int, context: str, passage: Passage, language: str) -> None:
    """Index a passage's words by today's analysis."""
    fields = _terms(context, passage, language)
    db.execute("UPDATE passage_terms SET heading = ?, body = ? WHERE rowid = ?", (*fields, number))
    _analysed(db, number)


def _terms(context: str, passage: Passage, language: str) -> tuple[str, str]:
    """Return the words of a passage's heading and its own, as they are read; glued ones as they are written too.

    The heading begins with the course and the session, whose language nobody said.
    """
    written = " ".join(passage.text[reading.start : reading.end] for reading in passage.readings)
    return indexed(context), indexed(chunk.as_read(passage.text, passage.readings), written, language)


def _analysed(db: sqlite3.Connection, number: int | None) -> None:
    """Note that a passage's terms are of the coming revision and of today's analysis."""
    db.execute("UPDATE passages SET analysis = ? WHERE number = ?", (ANALYSIS, number))
    _stamp(db, number)


def _stamp(db: sqlite3.Connection, number: int | None) -> None:
    """Note that what is searched of a passage, or what filters ask of it, changes with the coming revision."""
    query = "UPDATE passages SET stamp = (SELECT max(number) + 1 FROM revisions) WHERE number = ?"
    db.execute(query, (number,))
