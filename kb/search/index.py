"""The passage index: posting lists and columns derived from the library, kept beside it and brought up to date.

FTS5 holds each passage's analysed words; ranking over them is ours (kb.search.bm25), because FTS5's takes 40 ms for
100,000 passages and knows no fields. What is kept here can be deleted at any time: it is made again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

import numpy as np

from kb import store
from kb.search import index_file
from kb.search.columns import DocumentFacts, Gathering
from kb.search.postings import collected
from kb.search.snapshot import NOTHING, Revision, Segment, Snapshot

__all__ = ["PassageIndex", "Revision", "Snapshot"]

BATCH = 8192
"""Passages analysed together: about 50 MB of work space."""

KEPT = 3
"""States that are remembered: a reader that began before a change asks for the one before it."""

MOST_SEGMENTS = 8


class PassageIndex:
    """Keeps the passage index of one library, in a folder of its own or, without one, in memory. Thread-safe."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._kept: dict[Revision, Snapshot] = {}

    def snapshot(self, db: sqlite3.Connection) -> Snapshot:
        """Return the index of what `db` sees; call it inside one reading transaction. It stays as it is."""
        now = Revision(*store.latest(db))
        with self._lock:
            found = self._kept.pop(now, None) or self._made(db, now)
            self._kept[now] = found
            for oldest in list(self._kept)[:-KEPT]:
                del self._kept[oldest]
            return found

    def _made(self, db: sqlite3.Connection, now: Revision) -> Snapshot:
        """Return the state at a revision, from the nearest known one before it."""
        known = max(
            (one for one in self._kept.values() if _is_before(db, one.revision)),
            key=lambda one: one.revision.number,
            default=None,
        )
        if known is None and self._folder is not None:
            stored = index_file.stored(self._folder)
            known = stored if stored is not None and _is_before(db, stored.revision) else None
        made = _advanced(db, known or NOTHING, now)
        if _much(made):
            return self._whole(made)
        return made.with_fewer_segments() if len(made.segments) > MOST_SEGMENTS else made

    def _whole(self, made: Snapshot) -> Snapshot:
        """Return a state in one piece: in the file where one can be written, else in memory."""
        whole = made.whole()
        stored = None if self._folder is None else index_file.written(self._folder, made.revision, whole)
        return stored or whole.snapshot(made.revision, whole.merging.in_memory(), whole.columns)


def _much(made: Snapshot) -> bool:
    """Say whether so much has changed that it is worth writing everything again."""
    changed = made.changed
    return bool(changed) and (changed * 5 > made.size or changed > 2000 + made.size // 50)


def _is_before(db: sqlite3.Connection, known: Revision) -> bool:
    """Say whether this library has been at a revision; a restored or copied one may have another of its number."""
    return known.token != "" and store.token(db, known.number) == known.token


def _advanced(db: sqlite3.Connection, known: Snapshot, now: Revision) -> Snapshot:
    """Return the state at a revision from one before it, having read what has changed since."""
    since = known.revision.number
    gathering = Gathering((one.id for one in known.documents), known.speakers)
    fresh = tuple(_segments(_passages(db, since), gathering))
    gone = [number for (number,) in db.execute("SELECT passage FROM removed WHERE stamp > ?", (since,))]
    changed = np.concatenate([np.array(gone, dtype=np.int64), *(one.columns.numbers for one in fresh)])
    living = known.living
    rows = known.rows(changed)
    if (rows >= 0).any():
        living = living.copy()
        living[rows[rows >= 0]] = False
    if fresh:
        living = np.concatenate([living, np.ones(sum(map(len, fresh)), dtype=np.bool_)])
    return Snapshot(
        revision=now,
        segments=(*known.segments, *fresh),
        living=living,
        documents=_documents(db, gathering.documents),
        speakers=tuple(gathering.speakers),
        base=known.base,
    )


_COLUMNS = "SELECT p.number, p.document, p.speaker, p.locator, t.heading, t.body"
_Row = tuple[int, str, str, str, str, str]


def _passages(db: sqlite3.Connection, since: int) -> Iterator[_Row]:
    """Yield the passages written after a revision."""
    cursor = db.cursor()
    cursor.row_factory = None  # plain tuples: there may be a million
    if since < 0:
        query = f"{_COLUMNS} FROM passages p JOIN passage_terms t ON t.rowid = p.number ORDER BY p.number"
        yield from cursor.execute(query)
        return
    query = f"""{_COLUMNS} FROM passages p INDEXED BY passages_stamp JOIN passage_terms t ON t.rowid = p.number
        WHERE p.stamp > ? ORDER BY p.stamp, p.number"""
    yield from cursor.execute(query, (since,))


def _segments(passages: Iterator[_Row], gathering: Gathering) -> Iterator[Segment]:
    """Yield the passages in segments of BATCH."""
    while (first := next(passages, None)) is not None:
        postings = collected(_told(chain([first], islice(passages, BATCH - 1)), gathering))
        yield Segment(postings, gathering.columns())


def _told(passages: Iterable[_Row], gathering: Gathering) -> Iterator[tuple[str, str]]:
    """Yield the words of passages, having taken in all else."""
    for number, document, speaker, locator, heading, body in passages:
        gathering.add(number, document, speaker, locator)
        yield heading, body


def _documents(db: sqlite3.Connection, places: Mapping[str, int]) -> tuple[DocumentFacts, ...]:
    """Return the facts of documents by their places; of those that have gone, the id alone."""
    facts = [DocumentFacts(id) for id in places]
    for id, kind, course, session, date in db.execute("SELECT id, kind, course, session, date FROM documents"):
        if id in places:
            facts[places[id]] = DocumentFacts(id, kind, course, session, date)
    return tuple(facts)
