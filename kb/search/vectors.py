"""Search by meaning: the library's vectors in memory as one matrix, compared exactly."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb import store

Vector = NDArray[np.float32]

CENTRE_PRIOR = 100
"""Passages' worth of doubt in the library's mean vector: a handful of passages says little about the model. Of 20, 50
and 100, this tells questions about something else best from the library's own (see engine.LEAST_DISTINCT)."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """All unit vectors of one model (n x d) and the passage number of each row."""

    numbers: NDArray[np.int64]
    vectors: Vector
    centre: Vector

    def cosines(self, query: Vector) -> Vector:
        """Return the cosine of a unit query vector with every passage (n)."""
        found: Vector = self.vectors @ query
        return found

    def distinct(self, query: Vector, cosines: Vector) -> Vector:
        """Return the cosines after taking the library's mean vector from both sides (n).

        Texts of one language or subject share a large part of their vectors, so that a model finds any Spanish
        question somewhat like any Spanish passage. Without the shared part, cosines are comparable over models and
        languages (Mu and Viswanath, "All-but-the-Top", arXiv 1702.01417, first step).
        """
        towards = self.vectors @ self.centre
        square = float(self.centre @ self.centre)
        above = cosines - towards - float(query @ self.centre) + square
        lengths = np.sqrt(np.maximum(1.0 - 2.0 * towards + square, 1e-12))
        found: Vector = above / (lengths * max(float(np.linalg.norm(query - self.centre)), 1e-6))
        return found


class VectorCache:
    """The matrix of one model, read again only when the library has changed, by whichever process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[str, int, int] | None = None
        self._matrix: Matrix | None = None

    def matrix(self, db: sqlite3.Connection, model: str, dimension: int) -> Matrix | None:
        """Return the vectors of a model with this many components, None when there are none."""
        key = (model, dimension, store.revision(db))
        with self._lock:
            if key != self._key:
                self._matrix = _load(db, model, dimension)
                self._key = key
            return self._matrix


def _load(db: sqlite3.Connection, model: str, dimension: int) -> Matrix | None:
    query = "SELECT passage, vector FROM vectors WHERE model = ? AND length(vector) = ? ORDER BY passage"
    found = db.execute(query, (model, 4 * dimension)).fetchall()
    if not found:
        return None
    numbers = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
    vectors = np.frombuffer(b"".join(row[1] for row in found), dtype="<f4").reshape(len(found), dimension)
    centre = vectors.sum(axis=0) / (len(found) + CENTRE_PRIOR)
    return Matrix(numbers, vectors, centre.astype(np.float32))


def any_stored(db: sqlite3.Connection, model: str) -> bool:
    """Say whether any passage has a vector of this model."""
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM vectors WHERE model = ?)", (model,)).fetchone()[0])


def section_means(db: sqlite3.Connection, model: str, document: str) -> dict[int, Vector]:
    """Return, by section ordinal, the unit mean of its passages' vectors; sections without vectors are absent."""
    query = """SELECT p.section, v.vector FROM passages p JOIN vectors v ON v.passage = p.number
        WHERE p.document = ? AND v.model = ? ORDER BY p.number"""
    sums: dict[int, Vector] = {}
    for section, blob in db.execute(query, (document, model)):
        vector = np.frombuffer(blob, dtype="<f4")
        sums[section] = sums[section] + vector if section in sums else vector
    return {section: total / max(float(np.linalg.norm(total)), 1e-12) for section, total in sums.items()}
