"""What was searched for: each query once, with when it was asked last."""

from __future__ import annotations

import sqlite3

from kb.model import PastSearch

MOST = 1000
"""Queries that are kept; who asks more forgets the oldest."""

LONGEST = 300
"""Characters of a query worth offering again; a longer one was pasted, and is not kept."""


def remember(db: sqlite3.Connection, query: str, asked_at: str) -> None:
    """Keep a query, on one line, as the newest; `asked_at` is ISO 8601. One that is empty or too long is not kept."""
    kept = " ".join(query.encode("utf-8", "ignore").decode().replace("\x00", " ").split())
    if not kept or len(kept) > LONGEST:
        return
    db.execute("DELETE FROM searches WHERE query = ?", (kept,))
    db.execute("INSERT INTO searches (asked_at, query) VALUES (?, ?)", (asked_at, kept))
    oldest = "DELETE FROM searches WHERE id <= (SELECT id FROM searches ORDER BY id DESC LIMIT 1 OFFSET ?)"
    db.execute(oldest, (MOST,))


def past(db: sqlite3.Connection, limit: int) -> tuple[PastSearch, ...]:
    """Return the queries asked last, newest first."""
    found = db.execute("SELECT query, asked_at FROM searches ORDER BY id DESC LIMIT ?", (max(0, limit),))
    return tuple(PastSearch(row["query"], row["asked_at"]) for row in found)


def forget(db: sqlite3.Connection) -> int:
    """Forget all queries; return how many there were."""
    return db.execute("DELETE FROM searches").rowcount
