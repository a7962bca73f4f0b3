"""Two kinds of evidence become one order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEMANTIC_WEIGHT = 0.4
"""How much a cosine counts against a keyword score, tuned with benchmarks/retrieval.py on half of XQuAD: the best
nDCG@10 averaged over Spanish, English and English questions on Spanish text lies flat between 0.3 and 0.5."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate's number with its scores in [0, 1]."""

    number: int
    score: float
    keyword: float
    semantic: float


def fuse(
    keyword: Mapping[int, float], semantic: Mapping[int, float], weight: float = SEMANTIC_WEIGHT
) -> tuple[Scored, ...]:
    """Return the candidates of either kind, best first, by the convex sum (keyword + weight x cosine) / (1 + weight).

    A missing score and a negative cosine count as 0, and the result stays in [0, 1]. Equal scores keep the order of
    their numbers. Convex combination of normalised scores rather than of ranks: Bruch et al., arXiv 2210.11934.
    """
    made = (
        _scored(number, keyword.get(number, 0.0), max(0.0, min(1.0, semantic.get(number, 0.0))), weight)
        for number in keyword.keys() | semantic.keys()
    )
    return tuple(sorted(made, key=lambda one: (-one.score, one.number)))


def by_cosine(semantic: Mapping[int, float], keyword: Mapping[int, float]) -> tuple[Scored, ...]:
    """Return the candidates of meaning alone, best first; their keyword scores are told, not counted."""
    made = (
        Scored(number, max(0.0, min(1.0, cosine)), keyword.get(number, 0.0), max(0.0, min(1.0, cosine)))
        for number, cosine in semantic.items()
    )
    return tuple(sorted(made, key=lambda one: (-one.score, one.number)))


def _scored(number: int, keyword: float, semantic: float, weight: float) -> Scored:
    return Scored(number, (keyword + weight * semantic) / (1.0 + weight), keyword, semantic)
