"""What the views of a whole library read of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kb import rows
from kb.model import Kind


@dataclass(frozen=True, slots=True)
class Headed:
    """A section's title and key terms, and the kind of its document."""

    document: str
    kind: Kind
    title: str
    terms: tuple[str, ...]


def headed(db: sqlite3.Connection, documents: Collection[str]) -> Iterator[Headed]:
    """Yield the sections that are asked about (role body) of some documents, in order."""
    query = """SELECT s.document, d.kind, s.title, s.terms FROM documents d JOIN sections s ON s.document = d.id
        WHERE s.role = 'body' AND d.id IN (SELECT value FROM json_each(?)) ORDER BY d.rowid, s.ordinal"""
    for row in db.execute(query, (rows.as_json(sorted(documents)),)):
        yield Headed(row["document"], Kind(row["kind"]), row["title"], tuple(json.loads(row["terms"])))


def marked_texts(db: sqlite3.Connection, documents: Collection[str], limit: int) -> tuple[str, ...]:
    """Return texts of sections with bold or list marks of some documents, at most `limit`, in order."""
    query = """SELECT s.text FROM documents d JOIN sections s ON s.document = d.id
        WHERE s.role = 'body' AND d.id IN (SELECT value FROM json_each(?))
        AND (s.text LIKE '%**%' OR s.text LIKE '%- %:%') ORDER BY d.rowid, s.ordinal LIMIT ?"""
    return tuple(text for (text,) in db.execute(query, (rows.as_json(sorted(documents)), limit)))


def passage_texts(db: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield text and language of passages by their numbers."""
    query = """SELECT p.text, coalesce(s.language, '') FROM passages p
        LEFT JOIN sections s ON s.document = p.document AND s.ordinal = p.section
        WHERE p.number IN (SELECT value FROM json_each(?)) ORDER BY p.number"""
    yield from ((text, language) for text, language in db.execute(query, (rows.as_json(list(numbers)),)))


def authors(db: sqlite3.Connection) -> frozenset[str]:
    """Return who wrote the documents."""
    return frozenset(author for (author,) in db.execute("SELECT DISTINCT author FROM documents WHERE author != ''"))


@dataclass(frozen=True, slots=True)
class Opening:
    """The passage that opens a guide's answer, by its number, and the answer's key terms."""

    number: int
    terms: tuple[str, ...]


def answers(db: sqlite3.Connection, documents: Collection[str]) -> Iterator[Opening]:
    """Yield the openings of the guides' answers that have key terms, in order."""
    query = """SELECT p.number, s.terms FROM documents d JOIN sections s ON s.document = d.id
        JOIN passages p ON p.document = s.document AND p.section = s.ordinal AND p.start = 0
        WHERE d.kind = 'study_guide' AND s.terms != '[]' AND d.id IN (SELECT value FROM json_each(?))
        ORDER BY d.rowid, s.ordinal"""
    for number, terms in db.execute(query, (rows.as_json(sorted(documents)),)):
        yield Opening(number, tuple(json.loads(terms)))


def passage_numbers(db: sqlite3.Connection, passage: str, document: str = "", around: int = 0) -> tuple[int, ...]:
    """Return the numbers of a passage and of as many around it in its document; of all the document's for 0 around.

    Without a document, the passage alone.
    """
    if not document:
        found = db.execute("SELECT number FROM passages WHERE id = ?", (passage,))
    elif around:
        query = """SELECT number FROM passages WHERE document = ? AND ordinal BETWEEN
            (SELECT ordinal FROM passages WHERE id = ?) - ? AND (SELECT ordinal FROM passages WHERE id = ?) + ?"""
        found = db.execute(query, (document, passage, around, passage, around))
    else:
        found = db.execute("SELECT number FROM passages WHERE document = ? ORDER BY ordinal", (document,))
    return tuple(number for (number,) in found)


def numbers_of(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Return the numbers of passages by their ids; those that have gone are left out."""
    query = "SELECT id, number FROM passages WHERE id IN (SELECT value FROM json_each(?))"
    return dict(db.execute(query, (rows.as_json(list(ids)),)).fetchall())
