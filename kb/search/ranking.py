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

LEAST_DISTINCT, LEAST_COSINE = 0.35, 0.30
"""What a passage must reach when no passage has a word of the query: the cosine without what the library's passages
share (Matrix.distinct) and the cosine itself. With all-MiniLM-L6-v2 on a course of 450 passages, each of 20 questions
about something else then finds nothing; of 20 paraphrases and translations of its subjects 12 are still found."""

LEAST_BESIDE_WORDS = 0.25
"""What a passage without a word of the query must reach, shared part aside, where others have one: it ranks below
good matches anyway, and half of the right passages of English questions on Spanish text lie above (XQuAD)."""


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

    def near(self, snapshot: Snapshot, allowed: Mask | None, most: int, beside_words: bool) -> Rows:
        """Return the rows of the passages that mean something near enough, at most `most`."""
        numbers = None if allowed is None else np.sort(snapshot.numbers[allowed])
        found, cosines = self.matrix.nearest(self.query, most, numbers)
        distinct = self.matrix.distinct_of(self.query, found, cosines)
        good = (
            distinct >= LEAST_BESIDE_WORDS
            if beside_words
            else (distinct >= LEAST_DISTINCT) & (cosines >= LEAST_COSINE)
        )
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
    rows = compared.near(snapshot, allowed, most, beside_words=False)
    semantic = compared.scores(snapshot.numbers[rows])
    return _ordered(snapshot, rows, semantic, keyword, semantic, np.sort(rows))


def by_both(snapshot: Snapshot, keyword: Floats, allowed: Mask | None, most: int, compared: Compared) -> Ranked:
    """Return the passages that either kind puts forward, by both scores together."""
    worded = snapshot.top(keyword, most, allowed)
    near = compared.near(snapshot, allowed, most, beside_words=len(worded) > 0)
    rows = np.union1d(worded, near)
    semantic = compared.scores(snapshot.numbers[rows])
    scores = fused(keyword[rows], semantic, semantic_weight(compared.model))
    return _ordered(snapshot, rows, scores, keyword, semantic, np.union1d(_with_words(keyword, allowed), near))


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
