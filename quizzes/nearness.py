"""How near in meaning two questions are, from their words or from stored vectors, on one scale (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from quizzes.model import Question
from quizzes.terms import containment, content, focus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

Similarity = Callable[[Question, Question], float]
"""How near in meaning two questions with their answers are: about 0 for any two, 1 for the same."""

SAME_MEANING = 0.6
"""Nearness from which two questions ask the same. Measured on a guide of 83 questions that asks a dozen twice: every
pair above is one of those or a part of another; and on one of 80 that repeats none: 0.53 by vectors, 0.38 by words.
"""


def word_similarity(a: Question, b: Question) -> float:
    """Return the share of words that two questions and their answers have in common."""
    stems = containment(focus(a.stem), focus(b.stem))
    answers = containment(content(a.answer), content(b.answer))
    return 0.3 * stems + 0.7 * answers


def vector_similarity(vectors: Mapping[str, Vector]) -> Similarity:
    """Return the cosine of unit vectors by question id, rescaled so that the median pair is 0 and equal ones are 1.

    Embedders differ in what cosine two unrelated texts have (0.1 with one, 0.8 with another); above the median they
    are comparable. Questions without a vector are compared by words.
    """
    import numpy as np

    rows = {id: row for row, id in enumerate(vectors)}
    if len(rows) < 2:
        return word_similarity
    matrix = np.stack([vectors[id] for id in rows])
    cosines = matrix @ matrix.T
    median = float(np.median(cosines[np.triu_indices(len(rows), k=1)]))
    scaled = (cosines - median) / max(1.0 - median, 1e-6)

    def similarity(a: Question, b: Question) -> float:
        if a.id not in rows or b.id not in rows:
            return word_similarity(a, b)
        return float(scaled[rows[a.id], rows[b.id]])

    return similarity
