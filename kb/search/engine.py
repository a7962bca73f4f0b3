"""One search: understand the query, gather both kinds of evidence, fuse them, show why each passage was found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np

from kb import store
from kb.db import Database
from kb.errors import ModelUnavailable, NoEmbedder
from kb.inference.protocol import Encoder, Role
from kb.model import Filters, Hit, SearchMode, SearchResult
from kb.search import keyword, spelling, vectors
from kb.search.fusion import Scored, by_cosine, fuse
from kb.search.matrix import Matrix
from kb.search.query import Query, understand
from kb.search.snippet import snippet

CANDIDATES = 200
"""Passages that each kind of evidence puts forward."""

LEAST_DISTINCT, LEAST_COSINE = 0.35, 0.30
"""What a passage must reach when no passage has a word of the query: the cosine without what the library's passages
share (Matrix.distinct) and the cosine itself. With all-MiniLM-L6-v2 on a course of 450 passages, each of 20 questions
about something else then finds nothing; of 20 paraphrases and translations of its subjects 12 are still found."""

LEAST_BESIDE_WORDS = 0.25
"""What a passage without a word of the query must reach, shared part aside, where others have one: it ranks below
good matches anyway, and half of the right passages of English questions on Spanish text lie above (XQuAD)."""


class Searcher:
    """Searches one library; keeps its vectors in memory between searches. Safe to use from several threads."""

    def __init__(
        self, database: Database, encoder: Encoder | None, clock: Callable[[], float], derived: Path | None = None
    ) -> None:
        self._database = database
        self._encoder = encoder
        self._clock = clock
        self._vectors = vectors.VectorIndex(derived)

    def search(self, text: str, filters: Filters, limit: int, mode: SearchMode) -> SearchResult:
        """Return the best `limit` passages; raises EmptyQuery, StoreError and, asked for meaning alone, NoEmbedder.

        A hybrid search without a working embedder or without vectors is a keyword search, and says so in `mode`.
        """
        started = self._clock()
        query = understand(text)
        meaning = None if mode is SearchMode.KEYWORD else self._meaning(query, mode)
        with self._database.reading() as db:
            where = keyword.allowed(db, filters, query.condition)
            by_words = keyword.ranked(db, query, where, CANDIDATES)
            matrix = None if meaning is None else self._matrix(db, len(meaning))
            if meaning is None or matrix is None:
                used, found = SearchMode.KEYWORD, fuse(by_words, {}, 0.0)
            elif mode is SearchMode.SEMANTIC:
                used, found = mode, by_cosine(nearest(matrix, meaning, where), by_words)
            else:
                used, found = mode, fuse(by_words, nearest(matrix, meaning, where, by_words.keys()))
            hits = _hits(db, query, found[: max(0, limit)])
            better = "" if query.condition else spelling.suggestion(db, text)
        return SearchResult(text, used, hits, better, (self._clock() - started) * 1000.0)

    def _meaning(self, query: Query, mode: SearchMode) -> vectors.Vector | None:
        """Return the query's unit vector (d), None where a hybrid search must do without."""
        alone = mode is SearchMode.SEMANTIC
        if self._encoder is None:
            if alone:
                raise NoEmbedder(model="")
            return None
        if not vectors.any_stored(self._database.connection, self._encoder.name):
            if alone:
                raise NoEmbedder(model=self._encoder.name)
            return None
        try:
            return np.asarray(self._encoder.encode([query.text], Role.QUERY)[0], dtype=np.float32)
        except ModelUnavailable:
            if alone:
                raise
            return None  # the result's mode tells that words alone were used

    def _matrix(self, db: sqlite3.Connection, dimension: int) -> Matrix | None:
        return self._vectors.snapshot(db, self._encoder.name, dimension) if self._encoder else None


def nearest(
    matrix: Matrix, meaning: vectors.Vector, where: frozenset[int] | None, by_words: Collection[int] = ()
) -> dict[int, float]:
    """Return passage numbers with their cosines: the best CANDIDATES above the floor, and all that words found."""
    cosines = matrix.cosines(meaning)
    distinct = matrix.distinct(meaning, cosines)
    good = distinct >= LEAST_BESIDE_WORDS if by_words else (distinct >= LEAST_DISTINCT) & (cosines >= LEAST_COSINE)
    if where is not None:
        good &= np.isin(matrix.numbers, list(where))
    rows = np.flatnonzero(good)
    best = rows[np.argsort(-cosines[rows], kind="stable")[:CANDIDATES]]
    chosen = np.union1d(best, np.flatnonzero(np.isin(matrix.numbers, list(by_words))))
    return {
        int(number): float(cosine) for number, cosine in zip(matrix.numbers[chosen], cosines[chosen], strict=True)
    }


def _hits(db: sqlite3.Connection, query: Query, found: Sequence[Scored]) -> tuple[Hit, ...]:
    known = store.numbered(db, [one.number for one in found])
    weights = keyword.weights(db, query.terms)
    hits = []
    for one in found:
        passage, document = known[one.number]
        shown, highlights = snippet(passage.text, weights, passage.readings)
        hits.append(Hit(passage, document, one.score, one.keyword, one.semantic, shown, highlights))
    return tuple(hits)
