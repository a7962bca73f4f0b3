"""From two kinds of evidence to one order of passages. Pure but for what the index and the matrix hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.search.columns import Mask
from kb.search.fusion import best_first, bounded, fused, semantic_weight
from kb.search.matrix import Matrix, Vector
from kb.search.postings import Floats, Rows
from kb.search.snapshot import Snapshot

LEAST_COSINE = 0.40
"""What a passage must reach when no passage has a word of the query. With all-MiniLM-L6-v2 on the sample course, 99
of 100 questions about something else then find nothing, and 31 of 100 about the course find an answer."""

LEAST_DISTINCT = 0.15
"""What a passage without a word of the query must reach besides, without what the library's passages share
(Matrix.distinct): nothing that answers a question of the gold set is lost by it where others have words."""

LEAST_ALONE = 0.05
"""The same where meaning alone was asked for: the nearest passages, whatever they are, but none that is far."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The candidates, best first: rows of the index, their fused scores and each kind's, all in [0, 1].

    `found` are all rows that were found, those too that are no candidates, ascending.
    """

    rows: Rows
    scores: Floats
    keyword: Floats
    semantic: Floats
    found: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What a query means to an embedder, and the passages' vectors to compare it with."""

    matrix: Matrix
    query: Vector
    model: str

    def near(self, snapshot: Snapshot, allowed: Mask | None, most: int, distinct: float, cosine: float) -> Rows:
        """Return the rows of the passages nearest to the query, at most `most`, of those that reach both measures."""
        numbers = None if allowed is None else np.sort(snapshot.numbers[allowed])
        found, cosines = self.matrix.nearest(self.query, most, numbers)
        good = (self.matrix.distinct_of(self.query, found, cosines) >= distinct) & (cosines >= cosine)
        rows = snapshot.rows(found[good])
        return rows[rows >= 0]

    def scores(self, numbers: NDArray[np.int64]) -> Floats:
        """Return the cosines of passages as scores, 0 for those without a vector."""
        return bounded(self.matrix.cosines_of(self.query, numbers))


def by_words(snapshot: Snapshot, keyword: Floats, allowed: Mask | None, most: int) -> Ranked:
    """Return the passages that have a word of the query, by their keyword scores (one a row)."""
    rows = snapshot.top(keyword, most, allowed)
    return Ranked(rows, keyword[rows], keyword[rows], np.zeros(len(rows), np.float32), _with_words(keyword, allowed))


def by_meaning(snapshot: Snapshot, keyword: Floats, allowed: Mask | None, most: int, compared: Compared) -> Ranked:
    """Return the passages that mean something near to the query, by their cosines alone."""
    rows = compared.near(snapshot, allowed, most, LEAST_ALONE, 0.0)
    semantic = compared.scores(snapshot.numbers[rows])
    return _ordered(snapshot, rows, semantic, keyword, semantic, np.sort(rows))


def by_both(snapshot: Snapshot, keyword: Floats, allowed: Mask | None, most: int, compared: Compared) -> Ranked:
    """Return the passages that either kind puts forward, by both scores together."""
    worded = snapshot.top(keyword, most, allowed)
    near = compared.near(snapshot, allowed, most, LEAST_DISTINCT, 0.0 if len(worded) else LEAST_COSINE)
    rows = np.union1d(worded, near)
    semantic = compared.scores(snapshot.numbers[rows])
    scores = fused(keyword[rows], semantic, semantic_weight(compared.model))
    found = keyword > 0 if allowed is None else (keyword > 0) & allowed
    found[near] = True
    return _ordered(snapshot, rows, scores, keyword, semantic, np.flatnonzero(found))


def listed(snapshot: Snapshot, allowed: Mask | None, most: int) -> Ranked:
    """Return the allowed passages as they stand in the library, for a query that only filters."""
    found = np.flatnonzero(snapshot.living if allowed is None else allowed)
    rows = found[np.argsort(snapshot.numbers[found], kind="stable")][:most]
    nothing = np.zeros(len(rows), np.float32)
    return Ranked(rows, nothing, nothing, nothing, found)


def _ordered(
    snapshot: Snapshot, rows: Rows, scores: Floats, keyword: Floats, semantic: Floats, found: Rows
) -> Ranked:
    order = best_first(scores, snapshot.numbers[rows])
    return Ranked(rows[order], scores[order], keyword[rows[order]], semantic[order], found)


def _with_words(keyword: Floats, allowed: Mask | None) -> Rows:
    return np.flatnonzero(keyword > 0 if allowed is None else (keyword > 0) & allowed)
