"""Two kinds of evidence become one order. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SEMANTIC_WEIGHTS = {"all-minilm-l6-v2": 0.25}
"""How much a cosine counts against a keyword score, by embedder, tuned with benchmarks/retrieval.py on the even
articles of XQuAD: nDCG@10 over Spanish, English and either's questions on the other lies flat from 0.2 to 0.3."""

SEMANTIC_WEIGHT = 0.4
"""For any other embedder: the middle of what Bruch et al. (arXiv 2210.11934) and we have seen."""


def semantic_weight(model: str) -> float:
    """Return how much a cosine of this embedder counts against a keyword score."""
    return SEMANTIC_WEIGHTS.get(model, SEMANTIC_WEIGHT)


def fused(keyword: Floats, cosines: Floats, weight: float) -> Floats:
    """Return the convex sums (keyword + weight x cosine) / (1 + weight) of two columns of scores in [0, 1].

    A missing cosine (NaN) and a negative one count as 0. Convex combination of normalised scores rather than of
    ranks: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", arXiv 2210.11934.
    """
    return ((keyword + np.float32(weight) * bounded(cosines)) / np.float32(1.0 + weight)).astype(np.float32)


def bounded(cosines: Floats) -> Floats:
    """Return cosines as scores in [0, 1], 0 where there is none (NaN)."""
    scores: Floats = np.clip(np.nan_to_num(cosines, nan=0.0), 0.0, 1.0).astype(np.float32)
    return scores


def best_first(scores: Floats, numbers: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the order of the scores, the highest first; equal ones by number, so that it is always the same."""
    order: NDArray[np.intp] = np.lexsort((numbers, -scores))
    return order
