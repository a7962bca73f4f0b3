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

    `keyword` and `cosine` are the best among the hits; `covered` is the idf-weighted share of the question's words
    that the best single passage (with its heading) holds; `together` the share that all considered passages hold.
    """

    keyword: float
    cosine: float
    covered: float
    together: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A logistic regression on the signals, fitted by benchmarks/answerable.py on half of XQuAD's articles."""

    weights: Signals
    bias: float

    def probability(self, measured: Signals) -> float:
        """Return the chance that the material answers."""
        weights = self.weights
        score = (
            self.bias
            + weights.keyword * measured.keyword
            + weights.cosine * measured.cosine
            + weights.covered * measured.covered
            + weights.together * measured.together
        )
        return 1 / (1 + math.exp(-score))


WITH_MEANING = Decision(Signals(keyword=15.8, cosine=11.6, covered=4.6, together=0.4), bias=-12.6)
WORDS_ALONE = Decision(Signals(keyword=21.8, cosine=0.0, covered=2.1, together=0.0), bias=-6.7)
THRESHOLD = 0.55
"""On the other half of the articles it refuses 0.94 of the unanswerable questions and 0.05 of the answerable ones."""


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


def can_answer(question: str, hits: Sequence[Hit], lexicon: Lexicon) -> bool:
    """Say whether the hits are worth asking a model about."""
    if not hits:
        return False
    measured = signals(question, hits, lexicon)
    decision = WITH_MEANING if measured.cosine > 0 else WORDS_ALONE
    return decision.probability(measured) >= THRESHOLD
