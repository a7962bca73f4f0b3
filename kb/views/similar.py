"""What says something near to a passage or a document, by its vector and by its weightiest words; no model runs."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass

import numpy as np

from kb import store
from kb.errors import NotFound
from kb.model import DocumentInfo, Filters, Passage
from kb.search import keyword
from kb.search.bm25 import inverse_frequency
from kb.search.columns import Mask
from kb.search.duplicates import Candidate, likeness
from kb.search.fusion import best_first, bounded, fused, semantic_weight
from kb.search.language import word_terms, words
from kb.search.matrix import Matrix, Vector
from kb.search.postings import Floats, Rows
from kb.search.snapshot import Snapshot
from kb.store import views as reading
from kb.views.model import Near, Similar

WEIGHTIEST, WEIGHTIEST_OF_DOCUMENT = 25, 40
"""Words that are looked for."""

CANDIDATES = 200
"""Passages that words and vectors put forward, each."""

LEAST_WORDS, LEAST_DISTINCT = 0.12, 0.35
"""What one of the two must reach: of the source's own score for its words, and of the cosine without what all
passages share (Matrix.distinct, as in kb.search.ranking)."""

SHARED = 5
"""Words told that both have."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What others are compared with: its passages' rows, its words with their weights, and its vector, if any."""

    rows: Rows
    weights: dict[str, float]
    terms: frozenset[str]
    vector: Vector | None


def similar(
    db: sqlite3.Connection,
    snapshot: Snapshot,
    compared: tuple[str, Matrix | None],
    key: str,
    path: str,
    filters: Filters,
    limit: int,
) -> Similar:
    """Return what is near to the passage of this id, else to the document of this id, `path` or title.

    `compared` names the model whose vectors the matrix holds. Itself and its direct neighbours are left out; of a
    document, all its passages. Raises NotFound and AmbiguousKey.
    """
    passage, document, whole = _named(db, key, path)
    numbers = np.array(reading.passage_numbers(db, passage.id, document.id if whole else ""), dtype=np.int64)
    rows = snapshot.rows(numbers)
    model, matrix = compared
    if not len(rows) or (rows < 0).any():
        raise NotFound(key=key)
    source = _source(db, snapshot, rows, matrix)
    around = reading.passage_numbers(db, passage.id, document.id, around=0 if whole else 1)
    allowed = snapshot.mask(filters)
    allowed = snapshot.living.copy() if allowed is None else allowed.copy()
    left_out = snapshot.rows(np.array(around, dtype=np.int64))
    allowed[left_out[left_out >= 0]] = False
    near = _near(db, snapshot, matrix, model, source, allowed, max(0, limit))
    if matrix is not None:
        matrix.let_go()
    return Similar(document, passage, whole, near, model if source.vector is not None else "")


def _named(db: sqlite3.Connection, key: str, path: str) -> tuple[Passage, DocumentInfo, bool]:
    """Return what a key names: a passage, or a document by its first passage; and which of the two."""
    number = reading.passage_numbers(db, key) if key.isascii() else ()
    if number:
        passage, document = store.numbered(db, number)[number[0]]
        return passage, document, False
    owner = store.document_id(db, key, path)
    opening = store.passages(db, owner)[:1]
    if not opening:
        raise NotFound(key=key)
    return opening[0], store.infos(db, [owner])[owner], True


def _source(db: sqlite3.Connection, snapshot: Snapshot, rows: Rows, matrix: Matrix | None) -> Source:
    numbers = snapshot.numbers[rows]
    every = keyword.terms_of(db, numbers.tolist()).values()
    counted = Counter(term for terms in every for term in terms)
    weights = {}
    for term, times in counted.items():
        having = snapshot.frequency(term)
        if having > times:  # else nobody else has it
            weights[term] = inverse_frequency(snapshot.size, having) * (1.0 + np.log(times))
    most = WEIGHTIEST if len(rows) == 1 else WEIGHTIEST_OF_DOCUMENT
    best = sorted(weights, key=lambda term: (-weights[term], term))[:most]
    vector = None
    if matrix is not None:
        vectors = matrix.vectors_of(numbers)
        vectors = vectors[~np.isnan(vectors).any(axis=1)]
        mean = vectors.mean(axis=0) if len(vectors) else np.zeros(0, np.float32)
        length = float(np.linalg.norm(mean))
        vector = (mean / length).astype(np.float32) if length > 0 else None
    return Source(rows, {term: weights[term] for term in best}, frozenset(counted), vector)


def _near(
    db: sqlite3.Connection,
    snapshot: Snapshot,
    matrix: Matrix | None,
    model: str,
    source: Source,
    allowed: Mask,
    limit: int,
) -> tuple[Near, ...]:
    scored = snapshot.scores([[(term, 1.0)] for term in source.weights]).values
    own = float(scored[source.rows].max(initial=0.0)) or 1.0
    by_words: Floats = np.minimum(scored / np.float32(own), np.float32(1.0))
    rows = snapshot.top(by_words, CANDIDATES, allowed)
    rows = rows[by_words[rows] >= LEAST_WORDS]
    cosines = np.zeros(len(rows), np.float32)
    if matrix is not None and source.vector is not None:
        rows = np.union1d(rows, _near_by_vector(snapshot, matrix, source.vector, allowed))
        cosines = bounded(matrix.cosines_of(source.vector, snapshot.numbers[rows]))
        scores = fused(by_words[rows], cosines, semantic_weight(model))
    else:
        scores = by_words[rows]
    order = best_first(scores, snapshot.numbers[rows])[:limit]
    numbers = snapshot.numbers[rows[order]]
    known = store.numbered(db, numbers.tolist())
    terms = keyword.terms_of(db, numbers.tolist())
    itself = Candidate(-1, source.terms, "", "")
    found = []
    for place, number in zip(order.tolist(), numbers.tolist(), strict=True):
        passage, document = known[number]
        other = Candidate(number, terms.get(number, frozenset()), document.id, document.session)
        alike = likeness(itself, other, lambda _one, _other: 0.0) if len(source.rows) == 1 else 0.0
        found.append(
            Near(
                passage,
                document,
                float(scores[place]),
                float(by_words[rows[place]]),
                float(cosines[place]),
                alike,
                _shared(passage.text, source.weights),
            )
        )
    return tuple(found)


def _near_by_vector(snapshot: Snapshot, matrix: Matrix, vector: Vector, allowed: Mask) -> Rows:
    found, cosines = matrix.nearest(vector, CANDIDATES, np.sort(snapshot.numbers[allowed]))
    rows = snapshot.rows(found[matrix.distinct_of(vector, found, cosines) >= LEAST_DISTINCT])
    kept: Rows = rows[rows >= 0]
    return kept


def _shared(text: str, weights: dict[str, float]) -> tuple[str, ...]:
    """Return the words of a text that are among the weightiest, as written, the weightiest first."""
    best: dict[str, tuple[float, str]] = {}
    for word in words(text):
        for term in word_terms(word):
            if term in weights and term not in best:
                best[term] = (weights[term], text[word.start : word.end])
    found: dict[str, str] = {}
    for _, word_as_written in sorted(best.values(), key=lambda one: -one[0]):
        found.setdefault(word_as_written.casefold(), word_as_written)
    return tuple(found.values())[:SHARED]
