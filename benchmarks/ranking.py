"""Figures of ranked results, the same in every benchmark of search: R@1, nDCG@10 and MRR@10."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

DEPTH = 10
"""Results that a reader may look at; what comes later counts nothing."""

ANSWERS, HELPS = 2, 1
"""Grades of a result: it answers the question, or it helps to. What is not judged has 0."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over a number of questions; all but `questions` in [0, 1]."""

    questions: int
    r_at_1: float
    ndcg_at_10: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The grades of one question's results, best result first, and all grades that it could have found."""

    grades: tuple[int, ...]
    possible: tuple[int, ...]


def one_right(found: Sequence[int], right: int) -> Ranking:
    """Return the ranking of a question that exactly one of the things found answers."""
    return Ranking(tuple(ANSWERS if one == right else 0 for one in found), (ANSWERS,))


def figures(rankings: Sequence[Ranking]) -> Figures:
    """Return the figures of one or more questions. Only a result that answers counts for R@1 and MRR.

    nDCG takes the grades themselves as gains, as trec_eval does (Järvelin and Kekäläinen, TOIS 20, 2002).
    """
    firsts = [
        next((rank for rank, grade in enumerate(one.grades[:DEPTH], 1) if grade == ANSWERS), 0) for one in rankings
    ]
    return Figures(
        len(rankings),
        fmean(first == 1 for first in firsts),
        fmean(_gain(one.grades) / _gain(sorted(one.possible, reverse=True)) for one in rankings),
        fmean(1 / first if first else 0.0 for first in firsts),
    )


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades[:DEPTH], 1))


def heading(first: str) -> str:
    """Return the head of a table of figures."""
    return f"{first:<24}{'questions':>10}{'R@1':>8}{'nDCG@10':>9}{'MRR':>8}"


def row(name: str, one: Figures) -> str:
    """Return a line of a table of figures."""
    return f"{name:<24}{one.questions:>10}{one.r_at_1:>8.3f}{one.ndcg_at_10:>9.3f}{one.mrr:>8.3f}"
