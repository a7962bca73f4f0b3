"""The words of passages that an older analysis indexed, indexed anew."""

from __future__ import annotations

import sqlite3

from kb import rows
from kb.search.language import ANALYSIS
from kb.store.indexing import WITH_LANGUAGE, reanalyse_passage, touch


def outdated(db: sqlite3.Connection) -> int:
    """Return how many passages an older analysis indexed."""
    return int(db.execute("SELECT count(*) FROM passages WHERE analysis < ?", (ANALYSIS,)).fetchone()[0])


def reanalyse(db: sqlite3.Connection, limit: int) -> int:
    """Index up to `limit` of those passages by today's analysis, within the caller's transaction; return how many.

    Their vectors stay: the words that were embedded are the same.
    """
    query = f"{WITH_LANGUAGE} WHERE passages.analysis < ? ORDER BY passages.analysis, passages.number LIMIT ?"
    found = db.execute(query, (ANALYSIS, limit)).fetchall()
    for row in found:
        reanalyse_passage(db, row["number"], row["context"], rows.passage(row), row["language"])
    if found:
        touch(db)
    return len(found)
