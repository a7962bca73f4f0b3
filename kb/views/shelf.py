"""The part of a library that a glossary is of: its connection, its index, and which passages count."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np

from kb.model import Filters
from kb.search import keyword
from kb.search.columns import Mask
from kb.search.postings import Rows
from kb.search.snapshot import Snapshot
from kb.store import views as reading


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """A library as the glossary reads it: its connection, its index, and which rows count."""

    db: sqlite3.Connection
    snapshot: Snapshot
    allowed: Mask

    @classmethod
    def of(cls, db: sqlite3.Connection, snapshot: Snapshot, filters: Filters) -> Shelf:
        """Return the part of a library that filters leave."""
        mask = snapshot.mask(filters)
        return cls(db, snapshot, snapshot.living if mask is None else mask)

    @property
    def rows(self) -> Rows:
        """The rows that count."""
        return np.flatnonzero(self.allowed)

    def having(self, condition: str) -> Rows:
        """Return the rows, of those that count, whose passages meet a condition."""
        rows = self.snapshot.rows(keyword.meeting(self.db, condition)) if condition else np.zeros(0, np.intp)
        rows = np.sort(rows[rows >= 0])
        found: Rows = rows[self.allowed[rows]]
        return found

    def documents(self) -> frozenset[str]:
        """Return the ids of the documents that count."""
        places = np.unique(self.snapshot.table.columns.documents[self.rows])
        return frozenset(self.snapshot.documents[at].id for at in places.tolist())

    def sessions(self, rows: Rows) -> int:
        """Return in how many sessions rows are."""
        places = np.unique(self.snapshot.table.columns.documents[rows])
        owners = (self.snapshot.documents[at] for at in places.tolist())
        return len({(one.course, one.session) for one in owners if one.session})

    def texts(self, rows: Rows, most: int) -> list[tuple[str, str]]:
        """Return texts and languages of at most so many of the rows' passages, evenly spread."""
        return list(reading.passage_texts(self.db, self.snapshot.numbers[_spread(rows, most)].tolist()))


def _spread(rows: Rows, most: int) -> Rows:
    """Return at most so many of some rows, evenly spread."""
    if len(rows) <= most:
        return rows
    places: Rows = np.linspace(0, len(rows) - 1, most).astype(np.intp)
    spread: Rows = rows[places]
    return spread
