"""Search by words: FTS5's BM25, divided by the most the query could score. Also what the index knows of terms."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence

from kb import rows
from kb.model import Filters
from kb.search.language import fold
from kb.search.query import Query, quoted

K1 = 1.2
"""FTS5's BM25 constant (sqlite.org/fts5.html, section 5.1.1); a term scores below idf x (K1 + 1)."""

_LEAST_IDF = 1e-6
"""FTS5 gives this to a term in more than half of the passages, where the formula would be negative."""


def ranked(db: sqlite3.Connection, query: Query, allowed: frozenset[int] | None, limit: int) -> dict[int, float]:
    """Return the best passages' numbers with their scores in [0, 1].

    The score is BM25 over its theoretical maximum for the query, the sum over its terms of idf x (K1 + 1), terms that
    the library does not know included: it tells how much of what was asked is there, and stays comparable to a cosine
    (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", arXiv 2210.11934).
    """
    most = sum(weights(db, query.terms).values()) * (K1 + 1)
    found: dict[int, float] = {}
    if most <= 0:
        return found
    search = "SELECT rowid, -rank FROM passage_terms WHERE passage_terms MATCH ? ORDER BY rank"
    for number, score in db.execute(search, (query.any_term,)):
        if allowed is None or number in allowed:
            found[number] = min(1.0, max(0.0, score / most))
            if len(found) == limit:
                break
    return found


def weights(db: sqlite3.Connection, terms: Iterable[str]) -> dict[str, float]:
    """Return FTS5's inverse document frequency of each term; a term that no passage has weighs most."""
    counted = frequencies(db, terms)
    total = db.execute("SELECT count(*) FROM passages").fetchone()[0]
    return {term: max(_LEAST_IDF, math.log((total - count + 0.5) / (count + 0.5))) for term, count in counted.items()}


def frequencies(db: sqlite3.Connection, terms: Iterable[str]) -> dict[str, int]:
    """Return in how many passages each term is."""
    found: dict[str, int] = {}
    for term in terms:
        row = db.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone()
        found[term] = row[0] if row else 0
    return found


def vocabulary(db: sqlite3.Connection, first: str) -> list[tuple[str, int]]:
    """Return the terms that begin with a letter, in order of their bytes, with their frequencies."""
    query = "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? ORDER BY term"
    return [(term, count) for term, count in db.execute(query, (first, chr(ord(first) + 1)))]


def texts_with(db: sqlite3.Connection, term: str, limit: int) -> tuple[str, ...]:
    """Return what is indexed, context and text, of some passages that have a term."""
    query = """SELECT p.context || char(10) || p.text FROM passage_terms t JOIN passages p ON p.number = t.rowid
        WHERE t.passage_terms MATCH ? LIMIT ?"""
    return tuple(text for (text,) in db.execute(query, (quoted(term), limit)))


def allowed(db: sqlite3.Connection, filters: Filters, condition: str) -> frozenset[int] | None:
    """Return the numbers of the passages to search in; None means all of them."""
    kept: frozenset[int] | None = None
    if filters != Filters():
        query = """SELECT number FROM passages WHERE document IN (SELECT value FROM json_each(:documents))
            AND speaker IN (SELECT value FROM json_each(:speakers))"""
        given = {"documents": rows.as_json(_documents(db, filters)), "speakers": rows.as_json(_speakers(db, filters))}
        kept = frozenset(number for (number,) in db.execute(query, given))
    if condition:
        meeting = db.execute("SELECT rowid FROM passage_terms WHERE passage_terms MATCH ?", (condition,))
        numbers = frozenset(number for (number,) in meeting)
        kept = numbers if kept is None else kept & numbers
    return kept


def _documents(db: sqlite3.Connection, filters: Filters) -> Sequence[str]:
    wanted = fold(filters.course), fold(filters.session), filters.kind
    return [
        row["id"]
        for row in db.execute("SELECT id, course, session, kind FROM documents")
        if all(
            not want or want == has
            for want, has in zip(wanted, (fold(row["course"]), fold(row["session"]), row["kind"]), strict=True)
        )
    ]


def _speakers(db: sqlite3.Connection, filters: Filters) -> Sequence[str]:
    """Return the speakers that match: a part of the name, accents and case aside."""
    wanted = fold(filters.speaker)
    everyone = (speaker for (speaker,) in db.execute("SELECT DISTINCT speaker FROM passages"))
    return [speaker for speaker in everyone if wanted in fold(speaker)]
