"""Search by meaning: one model's vectors as a matrix that follows the library, revision by revision."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb import store
from kb.search import vector_file
from kb.search.matrix import EXACT_ROWS, Matrix, Numbers, Part
from kb.search.matrix import Vector as Vector
from kb.search.quantised import coarse
from kb.search.vector_file import Chunk, Kept, Stamp

UNSAVED_ROWS, UNSAVED_SHARE = 2_000, 0.05
"""Changed vectors, and which share of the file's, that stay in memory before the file is written anew: both must be
exceeded. Meanwhile they are read from SQLite at each start."""

_LONGEST = 1.01  # squared length of a unit vector, with room for rounding
_AT_ONCE = 4_096
_REMEMBERED = 3  # revisions: one that a slow reader still has, beside the newest


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """The vectors at one revision: those of a base but for the `gone`, and the `tail` of what came since."""

    stamp: Stamp
    base: Kept
    gone: NDArray[np.bool_]
    tail: Part
    unusable: Numbers
    matrix: Matrix

    @property
    def changed(self) -> int:
        return int(self.gone.sum()) + len(self.tail.numbers)


class VectorIndex:
    """The matrix of each model asked for, kept in step with the library. Safe for threads and for several processes.

    SQLite keeps the truth. What was read of it stays in memory and, in a folder, in a file mapped into memory; a file
    of another library, or one that cannot be read or written, costs time alone.
    """

    def __init__(
        self, folder: Path | None, *, exact_rows: int = EXACT_ROWS, unsaved_rows: int = UNSAVED_ROWS
    ) -> None:
        self._folder = folder
        self._exact_rows = exact_rows
        self._unsaved_rows = unsaved_rows
        self._lock = threading.Lock()
        self._states: list[_State] = []

    def snapshot(self, db: sqlite3.Connection, model: str, dimension: int) -> Matrix | None:
        """Return a model's usable vectors of this dimension as `db` sees them now, None when there are none.

        The matrix never changes; a later one is another. Raises sqlite3.Error.
        """
        stamp = Stamp(model, dimension, *store.latest(db))
        with self._lock:
            state = next((one for one in self._states if one.stamp == stamp), None)
            if state is None:
                state = self._brought_up(db, stamp)
                self._remember(state)
        return state.matrix if len(state.matrix.numbers) else None

    def _remember(self, state: _State) -> None:
        """Keep a state and the few before it that share its base; others would hold a second matrix in memory."""
        shared = [one for one in self._states if one.base is state.base or one.stamp.model != state.stamp.model]
        self._states = [state, *shared][:_REMEMBERED]

    def _brought_up(self, db: sqlite3.Connection, stamp: Stamp) -> _State:
        """Return the vectors at a revision from an earlier state, the file, or the library's rows."""
        known = next((one for one in self._states if _is_before(db, one.stamp, stamp)), None)
        if known is None and (kept := self._opened(stamp)) and _is_before(db, kept.stamp, stamp):
            known = self._standing_on(kept)
        advanced = self._advanced(db, known, stamp) if known else None
        if advanced is None:
            return self._standing_on(self._saved(stamp, _count(db, stamp), lambda: _stored(db, stamp)))
        if advanced.changed <= self._most_unsaved(advanced.base):
            return advanced
        matrix, unusable = advanced.matrix, advanced.unusable
        return self._standing_on(self._saved(stamp, len(matrix.numbers), lambda: _gathered(matrix, unusable)))

    def _advanced(self, db: sqlite3.Connection, state: _State, stamp: Stamp) -> _State | None:
        """Return a state with what the library says since; None when that is too much to be kept in memory."""
        if _count(db, stamp, state.stamp.revision) > self._most_unsaved(state.base):
            return None
        fresh = _written(db, stamp, state.stamp.revision)
        written = np.concatenate([fresh.numbers, fresh.unusable])
        base, tail = state.base, state.tail
        gone = state.gone | np.isin(base.part.numbers, written)
        staying = ~np.isin(tail.numbers, written)
        unusable = np.concatenate([state.unusable[~np.isin(state.unusable, written)], fresh.unusable])
        numbers = np.concatenate([tail.numbers[staying], fresh.numbers])
        vectors = np.concatenate([tail.vectors[staying], fresh.vectors])
        # Every row of the library is known by now, so that as many as there are means that none was deleted.
        if int((~gone).sum()) + len(numbers) + len(unusable) != _count(db, stamp):
            left = _passages(db, stamp)
            gone |= ~np.isin(base.part.numbers, left)
            staying = np.isin(numbers, left)
            numbers, vectors, unusable = numbers[staying], vectors[staying], unusable[np.isin(unusable, left)]
        part = Part(numbers, vectors, coarse(vectors, base.around))
        return self._state(stamp, base, gone, part, unusable)

    def _standing_on(self, base: Kept) -> _State:
        dimension = base.stamp.dimension
        vectors = np.empty((0, dimension), np.float32)
        nothing = Part(np.empty(0, np.int64), vectors, coarse(vectors, base.around))
        return self._state(base.stamp, base, np.zeros(len(base.part.numbers), np.bool_), nothing, base.unusable)

    def _state(self, stamp: Stamp, base: Kept, gone: NDArray[np.bool_], tail: Part, unusable: Numbers) -> _State:
        total = base.total + tail.vectors.sum(axis=0, dtype=np.float64)
        total -= base.part.vectors[gone].sum(axis=0, dtype=np.float64)
        rows_gone = np.concatenate([gone, np.zeros(len(tail.numbers), np.bool_)])
        matrix = Matrix((base.part, tail), rows_gone, total, base.around, self._exact_rows)
        return _State(stamp, base, gone, tail, unusable, matrix)

    def _opened(self, stamp: Stamp) -> Kept | None:
        if self._folder is None:
            return None
        return vector_file.opened(vector_file.place(self._folder, stamp.model, stamp.dimension), stamp)

    def _saved(self, stamp: Stamp, rows: int, chunks: Callable[[], Iterator[Chunk]]) -> Kept:
        """Return vectors mapped from a file where there is a folder and enough of them, else in memory."""
        if self._folder is None or rows <= self._unsaved_rows:
            return vector_file.in_memory(stamp, chunks())
        path = vector_file.place(self._folder, stamp.model, stamp.dimension)
        try:
            with vector_file.alone(path):
                kept = vector_file.opened(path, stamp)
                if kept is None or kept.stamp != stamp:  # another process may just have written the same
                    vector_file.write(path, stamp, chunks())
                    kept = vector_file.opened(path, stamp)
        except OSError:  # a folder that cannot be written, or a full disk, must not keep anyone from searching
            kept = None
        return kept or vector_file.in_memory(stamp, chunks())

    def _most_unsaved(self, base: Kept) -> int:
        return max(self._unsaved_rows, int(UNSAVED_SHARE * len(base.part.numbers)))


def _is_before(db: sqlite3.Connection, earlier: Stamp, later: Stamp) -> bool:
    """Say whether the library of `db` has been through an earlier stamp of the same model."""
    same = (earlier.model, earlier.dimension) == (later.model, later.dimension)
    return same and earlier.revision <= later.revision and store.token(db, earlier.revision) == earlier.token


def _count(db: sqlite3.Connection, stamp: Stamp, after: int = -1) -> int:
    """Return how many vectors of a model there are, usable or not, written after a revision."""
    if after < 0:
        return int(db.execute("SELECT count(*) FROM vectors WHERE model = ?", (stamp.model,)).fetchone()[0])
    query = "SELECT count(*) FROM vectors WHERE model = ? AND stamp > ?"
    return int(db.execute(query, (stamp.model, after)).fetchone()[0])


def _passages(db: sqlite3.Connection, stamp: Stamp) -> Numbers:
    """Return the numbers of the passages that have a vector of a model, usable or not."""
    found = db.execute("SELECT passage FROM vectors WHERE model = ?", (stamp.model,))
    return np.fromiter((number for (number,) in found), np.int64)


def _stored(db: sqlite3.Connection, stamp: Stamp) -> Iterator[Chunk]:
    """Yield all vectors of a model by passage number."""
    found = db.execute("SELECT passage, vector FROM vectors WHERE model = ? ORDER BY passage", (stamp.model,))
    while batch := found.fetchmany(_AT_ONCE):
        yield _chunk(batch, stamp.dimension)


def _written(db: sqlite3.Connection, stamp: Stamp, after: int) -> Chunk:
    """Return the vectors of a model that were written after a revision."""
    query = "SELECT passage, vector FROM vectors WHERE model = ? AND stamp > ? ORDER BY passage"
    return _chunk(db.execute(query, (stamp.model, after)).fetchall(), stamp.dimension)


def _chunk(found: Sequence[tuple[int, object]], dimension: int) -> Chunk:
    """Return rows of `vectors` as arrays; unusable is what is no unit vector of this dimension."""
    whole = [(number, blob) for number, blob in found if isinstance(blob, bytes) and len(blob) == 4 * dimension]
    vectors = np.frombuffer(b"".join(blob for _, blob in whole), "<f4").reshape(len(whole), dimension)
    numbers = np.array([number for number, _ in whole], np.int64)
    usable = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64) <= _LONGEST
    kept = numbers[usable]
    unusable = np.setdiff1d(np.array([number for number, _ in found], np.int64), kept, assume_unique=True)
    return Chunk(kept, np.ascontiguousarray(vectors[usable], np.float32), unusable)


def _gathered(matrix: Matrix, unusable: Numbers) -> Iterator[Chunk]:
    """Yield a matrix by passage number."""
    nothing = np.empty(0, np.int64)
    rows = matrix.in_order()
    for start in range(0, len(rows), _AT_ONCE):
        yield Chunk(*matrix.taken(rows[start : start + _AT_ONCE]), nothing)
    yield Chunk(nothing, np.empty((0, len(matrix.centre)), np.float32), unusable)


def section_means(db: sqlite3.Connection, model: str, document: str) -> dict[int, Vector]:
    """Return, by section ordinal, the unit mean of its passages' vectors; sections without vectors are absent."""
    query = """SELECT p.section, v.vector FROM passages p JOIN vectors v ON v.passage = p.number
        WHERE p.document = ? AND v.model = ? ORDER BY p.number"""
    sums: dict[int, Vector] = {}
    for section, blob in db.execute(query, (document, model)):
        vector = np.frombuffer(blob, dtype="<f4")
        sums[section] = sums[section] + vector if section in sums else vector
    return {section: total / max(float(np.linalg.norm(total)), 1e-12) for section, total in sums.items()}
