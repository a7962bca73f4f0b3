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
    """A logistic regression on the signals, fitted by benchmarks/answerable.py on half of XQuAD's articles.

    The material is said to answer from `threshold` on.
    """

    weights: Signals
    bias: float
    threshold: float

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


WITH_MEANING = Decision(Signals(12.2, 13.1, 7.4, -0.8), bias=-11.7, threshold=0.6)
"""On the other half it refuses 0.95 of the unanswerable questions, and wrongly 0.04 of the answerable ones."""

WORDS_ALONE = Decision(Signals(19.3, 0.0, 5.5, -1.1), bias=-7.3, threshold=0.6)
"""Where there is no embedder: 0.94 and 0.04."""

OTHER_LANGUAGE = Decision(Signals(22.6, 15.2, 4.0, -4.0), bias=-9.9, threshold=0.6)
"""An English question on Spanish notes: 0.95 and 0.12, for translations count less than the words themselves."""


def signals(question: str, hits: Sequence[Hit], lexicon: Lexicon) -> Signals:
    """Measure the considered hits against the question."""
    asked = lexicon.asked(question)
    read = [lexicon.stems(f"{hit.passage.heading}\n{hit.passage.text}") for hit in hits[:CONSIDERED]]
    return Signals(
        keyword=max((hit.keyword_score for hit in hits), default=0.0),
        cosine=max((hit.semantic_score for hit in hits), default=0.0),
        covered=max((coverage(asked, stems) for stems in read), default=0.0),
        together=coverage(asked, frozenset().union(*read)),
    )


def can_answer(question: str, language: str, hits: Sequence[Hit], lexicon: Lexicon) -> bool:
    """Say whether the hits are worth asking a model about; `language` is the question's, "" where it is not clear."""
    if not hits:
        return False
    measured = signals(question, hits, lexicon)
    decision = _decision(language, hits[0].document.language, measured)
    return decision.probability(measured) >= decision.threshold


def _decision(asked: str, written: str, measured: Signals) -> Decision:
    if measured.cosine <= 0:
        return WORDS_ALONE
    return OTHER_LANGUAGE if asked and written and asked != written else WITH_MEANING
