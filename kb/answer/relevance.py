"""Decides, before any model is asked, whether what was retrieved can answer the question at all. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kb.answer.lexicon import Lexicon, coverage
from kb.model import Hit

CONSIDERED = 5


@dataclass(frozen=True, slots=True)
class Signals:
    """What retrieval says of a question: each in [0, 1].

    `keyword` and `cosine` are the best hit's; `covered` is the idf-weighted share of the question's words that the
    best single passage (with its heading) holds; `together` the share that all considered passages hold.
    """

    keyword: float
    cosine: float
    covered: float
    together: float


WEIGHTS = Signals(keyword=3.0, cosine=2.0, covered=5.0, together=2.0)
BIAS = -6.0
THRESHOLD = 0.5


def signals(question: str, hits: Sequence[Hit], lexicon: Lexicon) -> Signals:
    """Measure the considered hits against the question."""
    asked = lexicon.weighted(question)
    read = [lexicon.stems(f"{hit.passage.heading}\n{hit.passage.text}") for hit in hits[:CONSIDERED]]
    return Signals(
        keyword=max((hit.keyword_score for hit in hits), default=0.0),
        cosine=max((hit.semantic_score for hit in hits), default=0.0),
        covered=max((coverage(asked, stems) for stems in read), default=0.0),
        together=coverage(asked, frozenset().union(*read)),
    )


def probability(measured: Signals) -> float:
    """Return the chance that the material answers: a logistic regression on the signals."""
    score = (
        BIAS
        + WEIGHTS.keyword * measured.keyword
        + WEIGHTS.cosine * measured.cosine
        + WEIGHTS.covered * measured.covered
        + WEIGHTS.together * measured.together
    )
    return 1 / (1 + math.exp(-score))


def can_answer(question: str, hits: Sequence[Hit], lexicon: Lexicon) -> bool:
    """Say whether the hits are worth asking a model about."""
    return bool(hits) and probability(signals(question, hits, lexicon)) >= THRESHOLD
