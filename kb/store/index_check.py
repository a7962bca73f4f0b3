"""Whether the words that are searched agree with the passages, and what to do where they do not."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kb.store.indexing import touch


@dataclass(frozen=True, slots=True)
class IndexFaults:
    """Passages without words in the index, words of no passage, and whether the index contradicts itself."""

    missing: int = 0
    extra: int = 0
    broken: bool = False

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.broken)


_MISSING = "SELECT number FROM passages EXCEPT SELECT rowid FROM passage_terms"
_EXTRA = "SELECT rowid FROM passage_terms EXCEPT SELECT number FROM passages"


def index_faults(db: sqlite3.Connection) -> IndexFaults:
    """Compare the index with the passages, and with itself by FTS5's own check, which needs a write transaction."""
    try:
        missing, extra = (db.execute(f"SELECT count(*) FROM ({rows})").fetchone()[0] for rows in (_MISSING, _EXTRA))  # noqa: S608 (constants)
        db.execute("INSERT INTO passage_terms (passage_terms) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return IndexFaults(broken=True)
    return IndexFaults(missing, extra)


def mend_index(db: sqlite3.Connection, faults: IndexFaults) -> None:
    """Give every passage its row in the index, within the caller's transaction; an index that is broken is made anew.

    The rows are empty and marked as of an old analysis: `reanalyse` fills them, and goes on where it was interrupted.
    """
    if faults.broken:
        tables = "SELECT sql FROM sqlite_master WHERE name = ?"
        made = [db.execute(tables, (name,)).fetchone()["sql"] for name in ("passage_terms", "vocabulary")]
        db.execute("DROP TABLE vocabulary")
        db.execute("DROP TABLE passage_terms")
        for statement in made:
            db.execute(statement)
    db.execute(
        f"""UPDATE passages SET analysis = 0, stamp = (SELECT max(number) + 1 FROM revisions)
            WHERE number IN ({_MISSING})"""  # noqa: S608 (a constant)
    )
    db.execute(f"INSERT INTO passage_terms (rowid, heading, body) SELECT number, '', '' FROM ({_MISSING})")  # noqa: S608 (a constant)
    db.execute(f"DELETE FROM passage_terms WHERE rowid IN ({_EXTRA})")  # noqa: S608 (a constant)
    touch(db)
