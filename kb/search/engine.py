"""One search: understand the query, gather both kinds of evidence, fuse them, show why each passage was found."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ingest.language import language_of_question
from kb.db import Database
from kb.embedding import Embedders
from kb.errors import ModelUnavailable, NoEmbedder
from kb.inference.protocol import Encoder, Role
from kb.model import Filters, SearchMode, SearchResult
from kb.search import keyword, ranking, results
from kb.search.bm25 import inverse_frequency
from kb.search.columns import Mask
from kb.search.expansion import expanded
from kb.search.index import PassageIndex, Snapshot
from kb.search.matrix import Vector
from kb.search.postings import Floats
from kb.search.query import Query, understand
from kb.search.ranking import Compared, Ranked
from kb.search.spelling import corrected
from kb.search.vectors import VectorIndex

CANDIDATES = 200
"""Passages that each kind of evidence puts forward."""


class Searcher:
    """Searches one library; keeps what it derives of it between searches, in `folder` too. Safe for any thread."""

    def __init__(
        self, database: Database, embedders: Embedders, clock: Callable[[], float], folder: Path | None = None
    ) -> None:
        self._database = database
        self._embedders = embedders
        self._clock = clock
        self.index = PassageIndex(folder)
        self.vectors = VectorIndex(folder)

    def search(self, text: str, filters: Filters, limit: int, mode: SearchMode) -> SearchResult:
        """Return the best `limit` passages; raises EmptyQuery, StoreError and, asked for meaning alone, NoEmbedder.

        A hybrid search without a working embedder or without vectors is a keyword search, and says so in `mode`.
        """
        started = self._clock()
        query = understand(text)
        encoder = None if mode is SearchMode.KEYWORD or not query.text else self._encoder(mode)
        encoding = Encoding(encoder, query.text)
        with self._database.reading() as db:
            snapshot = self.index.snapshot(db)
            asked = expanded(query, snapshot, language_of_question(query.text))
            scored = snapshot.scores([one.terms for one in asked])
            model, meaning = encoding.finished(needed=mode is SearchMode.SEMANTIC)
            matrix = self.vectors.snapshot(db, model, len(meaning)) if model else None
            compared = None if matrix is None else Compared(matrix, meaning, model)
            rank = _ranking(query, mode, compared)
            allowed = _allowed(db, snapshot, query, filters)
            ranked = rank(snapshot, scored.shares, allowed, max(CANDIDATES, limit + results.SPARE))
            found = results.Found(query.text, asked, scored.idfs, ranked, snapshot, matrix)
            hits = results.hits(db, found, max(0, limit))
            meant = {one.word: one.meant for one in asked if one.meant}
            better = corrected(text, meant, partial(keyword.written, db))
            facets = snapshot.facets(ranked.found)
            if matrix is not None:
                matrix.let_go()
        return SearchResult(
            query=text,
            mode=mode if compared else SearchMode.KEYWORD,
            hits=hits,
            suggestion=better,
            took_ms=(self._clock() - started) * 1000.0,
            total=len(ranked.found),
            facets=facets,
            related=results.related(hits, query.text),
            model=model if compared else "",
        )

    def weights(self, terms: Sequence[str]) -> dict[str, float]:
        """Return each term's inverse document frequency in the library; one that no passage has weighs most."""
        with self._database.reading() as db:
            snapshot = self.index.snapshot(db)
        return {term: inverse_frequency(snapshot.size, snapshot.frequency(term)) for term in terms}

    def _encoder(self, mode: SearchMode) -> Encoder | None:
        """Return the embedder whose vectors serve; raises NoEmbedder where meaning alone was asked and none does."""
        encoder = self._embedders.serving(self._database.connection)
        if encoder is None and mode is SearchMode.SEMANTIC:
            raise NoEmbedder(model=self._embedders.active.name if self._embedders.active else "")
        return encoder


class Encoding:
    """A query on its way to a vector, in a thread of its own: a model that starts takes as long as all the rest."""

    def __init__(self, encoder: Encoder | None, text: str) -> None:
        self._encoder = encoder
        self._text = text
        self._vector: Vector = np.zeros(0, np.float32)
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._encode, daemon=True)
        if encoder is not None:
            self._thread.start()

    def finished(self, needed: bool) -> tuple[str, Vector]:
        """Wait for the query's unit vector; return it after its model's name, "" where words must do without.

        A model that fails raises ModelUnavailable where it is `needed`; any other error is raised as it is.
        """
        if self._encoder is None:
            return "", self._vector
        self._thread.join()
        if self._error is None:
            return self._encoder.name, self._vector
        if needed or not isinstance(self._error, ModelUnavailable):
            raise self._error
        return "", self._vector  # the result's mode tells that words alone were used

    def _encode(self) -> None:
        assert self._encoder is not None
        try:
            self._vector = np.asarray(self._encoder.encode([self._text], Role.QUERY)[0], dtype=np.float32)
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits
            self._error = error


Ranking = Callable[[Snapshot, Floats, Mask | None, int], Ranked]


def _ranking(query: Query, mode: SearchMode, compared: Compared | None) -> Ranking:
    """Return how the passages are put in order."""
    if not query.concepts:
        return lambda snapshot, _keyword, allowed, most: ranking.listed(snapshot, allowed, most)
    if compared is None:
        return ranking.by_words
    rank = ranking.by_meaning if mode is SearchMode.SEMANTIC else ranking.by_both
    return lambda snapshot, keyword, allowed, most: rank(snapshot, keyword, allowed, most, compared)


def _allowed(db: sqlite3.Connection, snapshot: Snapshot, query: Query, filters: Filters) -> Mask | None:
    """Return the rows that the filters, those in the query and its condition all allow; None means all of them."""
    allowed = None
    for one in {filters, query.filters}:
        mask = snapshot.mask(one)
        allowed = mask if allowed is None else allowed if mask is None else allowed & mask
    if query.condition:
        rows = snapshot.rows(keyword.meeting(db, query.condition))
        met = np.zeros(len(snapshot.living), dtype=np.bool_)
        met[rows[rows >= 0]] = True
        allowed = met if allowed is None else allowed & met
    return allowed
