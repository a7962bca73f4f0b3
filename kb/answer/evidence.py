"""Chooses, from the hits, the few sentences that bear on a question. Pure: similarity comes as an argument."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kb import sentences
from kb.answer.lexicon import Lexicon, coverage
from kb.answer.orders import plain_heading, stating
from kb.answer.prompts import one_line
from kb.model import Citation, Hit, Kind

BUDGET_CHARACTERS = 1000
"""About 300 tokens of Spanish."""

MOST_PASSAGES = 4
FAR_BELOW = 0.6
SIDE_MATTER = 0.4
"""Share of the best sentence's score below which a sentence only distracts a small model into refusing."""

COSINE_WEIGHT = 0.5
HIT_WEIGHT = 0.4
TITLE_BONUS = 0.5
"""What the opening sentences of an answer gain when its heading asks the very question."""

TITLE_REACH = 300
TITLE_MATCH = 0.6
TITLE_SHARE = 0.5
"""How much a word counts for a sentence that has it only in its heading."""

CODE_PENALTY = 0.6
"""Code names what is asked without saying anything of it, and fills a short prompt."""

GUIDE_PRIOR = 0.15
"""The guide's answers were written to answer; what a class says in passing was not."""

SHORTEST_SENTENCE = 4

_DEPENDENT = re.compile(
    r"(?:Est[aeo]s?|Es[aeo]s?|Aquell?[ao]s?|Ell?[ao]s?|Él|Sus?|Ambos|Ambas|Además|También|Así|Entonces|Por es[ot]o?"
    r"|Por ello|Por tanto|Sin embargo|No obstante|En cambio|De ahí|De este modo|Y|Pero|O sea|Es decir"
    r"|This|That|These|Those|It|They|He|She|Its|Their|His|Her|Both|Such|However|Therefore|Also|Then|So|But|And)\b"
)
"""How a sentence begins that says of something named before it."""

Similarity = Callable[[Sequence[str]], Sequence[float]]
"""Cosine of each text to the question; zeros where there is no embedder."""


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """A sentence of citation `n`: `passage.text[start:end]`, what it scores, and its text with white space folded."""

    n: int
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages an answer may cite and the sentences shown to the model, best first."""

    citations: tuple[Citation, ...]
    sentences: tuple[EvidenceSentence, ...]

    def notes(self, first: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a text a passage: its heading, then its sentences in the order of the source.

        Those that are in `first` come first and in that order: a model that has read them goes on from there.
        """
        listed = []
        for citation in self.citations:
            own = sorted((each for each in self.sentences if each.n == citation.n), key=lambda each: each.start)
            heading = plain_heading(citation.passage.heading)
            listed.append((f"{heading}: " if heading else "") + " ".join(each.text for each in own))
        known = [text for text in first if text in listed]
        return (*known, *(text for text in listed if text not in known))


def choose(
    question: str, hits: Sequence[Hit], lexicon: Lexicon, similarity: Similarity, budget: int = BUDGET_CHARACTERS
) -> Evidence:
    """Return the best sentences of the best hits within `budget` characters, and the passages they come from."""
    asked = lexicon.asked(question)
    kept = _worth_reading(hits, asked, lexicon)
    scored = sorted(_scored(kept, asked, lexicon, similarity), key=lambda each: (-each.score, each.n, each.start))
    chosen = _within(budget, scored)
    used = sorted({each.n for each in chosen}, key=lambda n: min(i for i, each in enumerate(chosen) if each.n == n))
    renumbered = {old: new for new, old in enumerate(used, 1)}
    return Evidence(
        citations=tuple(_citation(renumbered[n], kept[n - 1], chosen, n) for n in used),
        sentences=tuple(replace(each, n=renumbered[each.n]) for each in chosen),
    )


def joined(parts: Sequence[Evidence]) -> Evidence:
    """Return several choices as one: a passage of more than one of them is cited once, a sentence stands once."""
    citations: dict[str, Citation] = {}
    for part in parts:
        for each in part.citations:
            citations.setdefault(each.passage.id, replace(each, n=len(citations) + 1))
    chosen: dict[tuple[int, int], EvidenceSentence] = {}
    for part in parts:
        own = {each.n: citations[each.passage.id].n for each in part.citations}
        for sentence in part.sentences:
            chosen.setdefault((own[sentence.n], sentence.start), replace(sentence, n=own[sentence.n]))
    return Evidence(tuple(citations.values()), tuple(sorted(chosen.values(), key=lambda each: -each.score)))


def in_order_of_time(chosen: Evidence) -> Evidence:
    """Return the evidence with its passages in the order in which they were said, session by session."""

    def said(each: Citation) -> tuple[str, str, int, int]:
        return each.document.date, each.document.title, each.passage.ordinal, each.passage.start

    ordered = sorted(chosen.citations, key=said)
    number = {each.n: place for place, each in enumerate(ordered, 1)}
    return Evidence(
        tuple(replace(each, n=number[each.n]) for each in ordered),
        tuple(replace(each, n=number[each.n]) for each in chosen.sentences),
    )


def _within(budget: int, scored: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Return the best sentences that fit, each with the one before it where it only makes sense after that."""
    before = {(one.n, one.start): other for other, one in _neighbours(scored)}
    chosen: list[EvidenceSentence] = []
    least = scored[0].score * SIDE_MATTER if scored else 0.0
    for each in scored:
        wanted = [each] if each.score >= least and each not in chosen else []
        if wanted and _DEPENDENT.match(each.text) and (each.n, each.start) in before:
            wanted.append(before[each.n, each.start])
        for one in wanted:
            if one not in chosen and len(one.text) <= budget - sum(len(other.text) for other in chosen):
                chosen.append(one)
    return chosen


def _neighbours(scored: Sequence[EvidenceSentence]) -> Iterator[tuple[EvidenceSentence, EvidenceSentence]]:
    """Yield each two sentences that follow each other in a passage."""
    ordered = sorted(scored, key=lambda each: (each.n, each.start))
    return ((one, other) for one, other in pairwise(ordered) if one.n == other.n)


def _worth_reading(hits: Sequence[Hit], asked: dict[str, float], lexicon: Lexicon) -> tuple[Hit, ...]:
    """Return the passages that hold most of what is asked, best first; the others dilute a short prompt."""
    held = {
        hit.passage.id: coverage(
            asked, lexicon.read(f"{hit.passage.heading}\n{hit.passage.text}", hit.document.language)
        )
        for hit in hits
    }
    least_score = max((hit.score for hit in hits), default=0.0) * FAR_BELOW
    least_held = max(held.values(), default=0.0) * FAR_BELOW
    kept = [hit for hit in hits if hit.score >= least_score and held[hit.passage.id] >= least_held]
    kept.sort(key=lambda hit: -(held[hit.passage.id] + hit.score + _prior(hit)))
    return tuple(kept[:MOST_PASSAGES])


def _scored(
    hits: Sequence[Hit], asked: dict[str, float], lexicon: Lexicon, similarity: Similarity
) -> list[EvidenceSentence]:
    pieces = [(n, span, one_line(span.of(hit.passage.text))) for n, hit in enumerate(hits, 1) for span in _spans(hit)]
    cosines = similarity([text for _, _, text in pieces])
    headings = [lexicon.read(hit.passage.heading, hit.document.language) for hit in hits]
    return [
        EvidenceSentence(
            n,
            span.start,
            span.end,
            text,
            _coverage(asked, lexicon.read(text, hits[n - 1].document.language), headings[n - 1])
            + COSINE_WEIGHT * cosine
            + HIT_WEIGHT * hits[n - 1].score
            + _prior(hits[n - 1])
            - (CODE_PENALTY if "```" in text else 0.0)
            + _title_bonus(asked, headings[n - 1], hits[n - 1].passage.start + span.start),
        )
        for (n, span, text), cosine in zip(pieces, cosines, strict=True)
    ]


def _prior(hit: Hit) -> float:
    return GUIDE_PRIOR if hit.document.kind is Kind.STUDY_GUIDE else 0.0


def _coverage(asked: dict[str, float], own: frozenset[str], heading: frozenset[str]) -> float:
    """Return what a sentence holds of the question, its heading's words counted by TITLE_SHARE."""
    return (1 - TITLE_SHARE) * coverage(asked, own) + TITLE_SHARE * coverage(asked, own | heading)


def _title_bonus(asked: dict[str, float], heading: frozenset[str], offset: int) -> float:
    """Reward a heading that asks the question, half as much every TITLE_REACH characters after it."""
    return TITLE_BONUS * math.exp2(-offset / TITLE_REACH) if coverage(asked, heading) >= TITLE_MATCH else 0.0


def _spans(hit: Hit) -> list[sentences.Span]:
    """Return the passage's sentences; what ends in a colon or a question is read with what follows, never alone."""
    text = hit.passage.text
    found: list[sentences.Span] = []
    lead: sentences.Span | None = None
    for span in stating(text):
        if span.of(text).endswith((":", "?")):
            lead = span
            continue
        whole = sentences.Span(lead.start if lead else span.start, span.end)
        lead = None
        if len(whole.of(text).split()) >= SHORTEST_SENTENCE:
            found.append(whole)
    return found


def _citation(number: int, hit: Hit, chosen: Sequence[EvidenceSentence], n: int) -> Citation:
    best = max((each for each in chosen if each.n == n), key=lambda each: each.score)
    return Citation(number, hit.passage, hit.document, quote=hit.passage.text[best.start : best.end])
