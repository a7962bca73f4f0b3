"""A second look at hits whose order is uncertain: what a language model is asked of them and what its numbers change.

The model is not asked for its opinion: it is measured how likely it would be to ask the student's question after
reading each passage (query likelihood; Sachan et al. 2022, arXiv 2204.07496). Nothing is written, so that a passage
that says "answer yes" gains nothing by it; it gains by whatever makes the question likelier, the question itself too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from ingest.language import language_of_question
from kb import sentences
from kb.errors import ModelUnavailable
from kb.inference.protocol import Judge, Judgement, Wording
from kb.model import Hit, Reranking, SearchResult
from kb.search.language import stems, word_stems, words

GAP = 0.05
"""A first hit that is ahead of the second by so much is left alone: it is seldom wrong. On XQuAD-es one question in
seven is below, and these have 53 of the 78 wrong first hits; a gap of 0.02 asks of one in seventeen for three
quarters of the gain."""

WINDOW = 0.05
"""How far below the first a hit's score may lie and still be judged, once the first two are close."""

MOST_JUDGED = 4
"""Hits judged at most; each costs the reading of an excerpt."""

WEIGHT = 0.15
"""How much a mean log-probability counts against a fused score; chosen with benchmarks/rerank.py on half of XQuAD-es,
where 0.1 to 0.2 differ by less than 0.001 in nDCG@10, on the other half not at all."""

EXCERPT = 60
"""Words of a passage that are read, about 100 tokens of Spanish: with the question, a second or two of two cores."""

LONGEST_EXCERPT = 200
"""Tokens of an excerpt that are read, whatever its words are."""

LONGEST_QUERY = 300
"""Characters of a query that are looked at."""

_WRITTEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Certain:
    """The order was clear: no hit was judged."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The first `count` hits were judged by the model of that name; fewer than were meant to be, when stopped."""

    count: int
    model: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The model could not judge: the order is as it was."""

    error: ModelUnavailable


@dataclass(frozen=True, slots=True)
class Reranked:
    """All hits in their new order, with their own scores, and what became of judging."""

    hits: tuple[Hit, ...]
    outcome: Certain | Judged | Unavailable


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around a passage in the prompt."""

    system: str
    before: str
    after: str


_FRAMES = {
    "es": _Frame("", "Pasaje: ", "\n\nEscribe una pregunta basada en este pasaje."),
    "en": _Frame("", "Passage: ", "\n\nPlease write a question in English based on this passage."),
}


def looked_again(result: SearchResult, judge: Judge | None) -> SearchResult:
    """Return a result with its uncertain hits in the order of score and judgement together, and what became of it.

    The hits' fused scores go with their places, so that whoever sorts by them keeps the order.
    """
    if judge is None:
        return replace(result, reranking=Reranking.UNAVAILABLE)
    done = rerank(result.query, result.hits, judge, language_of_question(result.query) or "es")
    scores = sorted((hit.score for hit in done.hits), reverse=True)
    hits = tuple(replace(hit, score=score) for hit, score in zip(done.hits, scores, strict=True))
    outcome = {Certain: Reranking.CERTAIN, Judged: Reranking.JUDGED, Unavailable: Reranking.UNAVAILABLE}
    return replace(result, hits=hits, reranking=outcome[type(done.outcome)])


def rerank(
    query: str, hits: Sequence[Hit], judge: Judge, language: str, should_stop: Callable[[], bool] = lambda: False
) -> Reranked:
    """Return the hits with the uncertain ones at their head in the order of score and judgement together.

    `language` is the query's, "es" or "en". `should_stop` is looked at after each hit; `judge.cancel()` ends a
    judgement within one. Hits that were not judged keep their places.
    """
    asked = tuple(hits)
    count = uncertain([hit.score for hit in asked])
    if not count or not query.strip() or should_stop():
        return Reranked(asked, Certain())
    numbers: list[float] = []
    try:
        for number in judge.judge(judgement(query, asked[:count], language)):
            numbers.append(number)
            if should_stop():
                judge.cancel()
    except ModelUnavailable as error:
        return Reranked(asked, Unavailable(error))
    order = combined([hit.score for hit in asked[: len(numbers)]], numbers)
    judged = tuple(asked[place] for place in order)
    return Reranked(judged + asked[len(numbers) :], Judged(len(numbers), judge.name))


def uncertain(scores: Sequence[float]) -> int:
    """Return how many of the first hits may change places, by their scores (descending): 0 or at least 2."""
    if len(scores) < 2 or scores[0] - scores[1] >= GAP:
        return 0
    return sum(1 for score in scores[:MOST_JUDGED] if scores[0] - score < WINDOW)


def combined(scores: Sequence[float], numbers: Sequence[float], weight: float = WEIGHT) -> list[int]:
    """Return the places by score + weight x number, the highest first; equal ones keep their order."""
    return sorted(range(len(numbers)), key=lambda place: -(scores[place] + weight * numbers[place]))


def judgement(query: str, hits: Sequence[Hit], language: str) -> Judgement:
    """Return what the model is asked about hits; the query's language decides the prompt's."""
    frame = _FRAMES.get(language, _FRAMES["es"])
    asked = " ".join(query.split())[:LONGEST_QUERY]
    texts = tuple(_shown(asked, hit) for hit in hits)
    return Judgement(frame.system, frame.before, texts, frame.after, Wording(asked), LONGEST_EXCERPT)


def _shown(query: str, hit: Hit) -> str:
    """Return a hit's heading, where it has one, and the part of its text that has most of the words found."""
    found = " ".join((query, *(hit.snippet[start:end] for start, end in hit.highlights)))
    text = excerpt(hit.passage.text, frozenset(stems(found)))
    return f"{hit.passage.heading}\n{text}" if hit.passage.heading else text


def excerpt(text: str, wanted: Collection[str], length: int = EXCERPT) -> str:
    """Return `length` words of a text, from the sentence on after which most wanted stems come, or the last."""
    places = [match.span() for match in _WRITTEN.finditer(text)]
    if len(places) <= length:
        return text.strip()
    found = [(word.start, stem) for word in words(text) for stem in word_stems(word) if stem in wanted]
    last = len(places) - length
    starts = {span.start for span in sentences.split(text)}
    begins = [place for place in range(last) if places[place][0] in starts]

    def worth(begin: int) -> int:
        first, end = places[begin][0], places[begin + length - 1][1]
        return len({stem for place, stem in found if first <= place < end})

    best = max((*begins, last), key=worth)
    return text[places[best][0] : places[best + length - 1][1]]
