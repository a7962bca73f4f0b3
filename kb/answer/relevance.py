"""Decides, before any model is asked, whether what was retrieved can answer the question at all. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb import sentences
from kb.answer.lexicon import Lexicon, coverage, names, numbers
from kb.model import Hit
from kb.search.language import fold

CONSIDERED = 5

WORTH_ASKING, SURE = 0.15, 0.95
"""Probability that the material answers from which a model is asked at all, and from which the notes' own sentences
are quoted where the model's text neither holds nor points at any."""

WORTH_QUOTING = 0.5
"""The same for quotes alone, which nothing checks afterwards."""

ALL_TOGETHER = 0.9
"""Share of a question that neighbouring sentences must hold to count as all of it: 0.001 of XQuAD's questions have so
much in another article."""

BELIEVABLE = 0.3
"""Probability from which a model's own words are an answer. Of 653 questions of XQuAD-es, half without their article,
5 answers are below 0.45, and 4 of them wrong; 0.3 refuses a wrong and a right one."""

LIKELIER = 0.6
"""Probability from which the words that a model points at are quoted although, asked again, it says that the notes do
not answer. Of 348 questions of XQuAD-es's even articles, half without their article, it refuses 1 quote, a wrong one;
0.7 refuses a right one, too."""

LIKELY, ON_THE_MATTER = 0.96, 0.44
"""Probability below which an answer must itself speak of the question, and the share of it that it must hold. Of 348
questions of XQuAD-es's even articles, half without their article, it refuses 5 answers, all wrong; 0.5 refuses 2
right ones, too."""

CERTAIN, MOSTLY_TOGETHER = 0.99, 0.8
"""Probability from which what a question names may be called otherwise in the passage that answers it, and, where
neighbouring sentences hold such a share of the question, the notes are quoted although the model says that they do
not answer: of 178 answerable questions of XQuAD-es's even articles it does so of 2, of 170 without theirs of none."""

NEIGHBOURS = 2
"""Sentences that count as standing together."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What retrieval says of a question: each in [0, 1].

    `keyword` and `cosine` are the best among the hits; `near` is the idf-weighted share of the question's words,
    but for those that only ask, that neighbouring sentences of one passage hold, with its heading.
    """

    keyword: float
    cosine: float
    near: float


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
            + weights.near * measured.near
        )
        return 1 / (1 + math.exp(-score))


WITH_MEANING = Decision(Signals(13.8, 12.0, 4.9), bias=-11.1)
"""On the half of XQuAD-es that nothing was fitted on, 0.99 of the answerable questions and 0.22 of those whose
article was left out are worth asking."""

WORDS_ALONE = Decision(Signals(19.3, 0.0, 4.1), bias=-7.5)
"""Where there is no embedder: 0.99 and 0.24 are worth asking."""

OTHER_LANGUAGE = Decision(Signals(18.4, 14.8, 2.1), bias=-10.1)
"""An English question on Spanish notes, for translations count less than the words themselves: 0.96 and 0.24."""


@dataclass(frozen=True, slots=True)
class Chance:
    """The probability that the hits answer a question, and how much of it neighbouring sentences hold together."""

    answers: float
    near: float

    @property
    def worth_asking(self) -> bool:
        """Whether a model is asked at all.

        Where all of a question stands together that is so whatever its score, which says little in a small library.
        """
        return self.answers >= WORTH_ASKING or self.near >= ALL_TOGETHER

    @property
    def worth_quoting(self) -> bool:
        """Whether the notes' own sentences are an answer without a model."""
        return self.answers >= WORTH_QUOTING or self.near >= ALL_TOGETHER

    @property
    def sure(self) -> bool:
        """Whether the material answers even where the model's text does not hold."""
        return self.answers >= SURE

    @property
    def believable(self) -> bool:
        """Whether what a model says may be the answer, though the notes say it, too."""
        return self.answers >= BELIEVABLE or self.near >= ALL_TOGETHER

    @property
    def likelier(self) -> bool:
        """Whether a second thought of the model does not count."""
        return self.answers >= LIKELIER

    @property
    def likely(self) -> bool:
        """Whether an answer needs no further sign that it answers this question."""
        return self.answers >= LIKELY

    @property
    def certain(self) -> bool:
        """Whether an answer may lack the names of its question."""
        return self.answers >= CERTAIN

    @property
    def certain_and_near(self) -> bool:
        """Whether the material answers even where the model says that it does not."""
        return self.certain and self.near >= MOSTLY_TOGETHER


def signals(question: str, hits: Sequence[Hit], lexicon: Lexicon) -> Signals:
    """Measure the considered hits against the question."""
    asked = lexicon.named(question)
    return Signals(
        keyword=max((hit.keyword_score for hit in hits), default=0.0),
        cosine=max((hit.semantic_score for hit in hits), default=0.0),
        near=max((_near(asked, hit, lexicon) for hit in hits[:CONSIDERED]), default=0.0),
    )


def _near(asked: Mapping[str, float], hit: Hit, lexicon: Lexicon) -> float:
    text, language = hit.passage.text, hit.document.language
    about = lexicon.read(hit.passage.heading, language)
    read = [lexicon.read(span.of(text), language) for span in sentences.split(text)]
    windows = (read[at : at + NEIGHBOURS] for at in range(len(read)))
    return max((coverage(asked, about.union(*window)) for window in windows), default=0.0)


def chance(question: str, language: str, hits: Sequence[Hit], lexicon: Lexicon) -> Chance:
    """Return how likely the hits answer; `language` is the question's, "" where it is not clear."""
    if not hits:
        return Chance(0.0, 0.0)
    measured = signals(question, hits, lexicon)
    return Chance(_decision(language, hits[0].document.language, measured).probability(measured), measured.near)


def _decision(asked: str, written: str, measured: Signals) -> Decision:
    if measured.cosine <= 0:
        return WORDS_ALONE
    return OTHER_LANGUAGE if asked and written and asked != written else WITH_MEANING


def speaks_of(question: str, answer: frozenset[str], lexicon: Lexicon) -> bool:
    """Say whether the stems of an answer with its quotes in their context hold what a question is about."""
    return coverage(lexicon.named(question), answer) >= ON_THE_MATTER


def unspoken(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the names and numbers of a question for which none of the hits has a word."""
    words = [word for hit in hits for word in hit.why.words]
    spoken = {fold(word.asked) for word in words if word.forms}
    sought = {fold(word.asked): word.asked for word in words}
    named = {fold(fact) for fact in names(question) | numbers(question)}
    return tuple(asked for folded, asked in sought.items() if folded in named - spoken)
