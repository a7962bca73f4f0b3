"""Chooses, from the hits, the few sentences that bear on a question. Pure: similarity comes as an argument."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kb import sentences
from kb.answer.lexicon import Lexicon, coverage
from kb.model import Citation, Hit

BUDGET_CHARACTERS = 1400
"""About 350 tokens of Spanish at 4 characters a token: what two cores evaluate in under four seconds."""

MOST_PASSAGES = 4
FAR_BELOW = 0.6
SIDE_MATTER = 0.4
"""Share of the best sentence's score below which a sentence only distracts a small model into refusing."""

COSINE_WEIGHT = 0.5
HIT_WEIGHT = 0.4
TITLE_BONUS = 0.5
"""What the opening sentences of an answer gain when its heading asks the very question."""

TITLE_REACH = 300
TITLE_MATCH = 0.75
SHORTEST_SENTENCE = 4

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

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return (heading, text) a passage, its sentences in the order of the source."""
        listed = []
        for citation in self.citations:
            own = sorted((each for each in self.sentences if each.n == citation.n), key=lambda each: each.start)
            if own:
                listed.append((citation.passage.heading, " ".join(each.text for each in own)))
        return tuple(listed)


def choose(
    question: str, hits: Sequence[Hit], lexicon: Lexicon, similarity: Similarity, budget: int = BUDGET_CHARACTERS
) -> Evidence:
    """Return the best sentences of the best hits within `budget` characters, and the passages they come from."""
    asked = lexicon.weighted(question)
    kept = _worth_reading(hits, asked, lexicon)
    scored = sorted(_scored(kept, asked, lexicon, similarity), key=lambda each: (-each.score, each.n, each.start))
    chosen: list[EvidenceSentence] = []
    left = budget
    least = scored[0].score * SIDE_MATTER if scored else 0.0
    for each in scored:
        if each.score >= least and len(each.text) <= left:
            chosen.append(each)
            left -= len(each.text)
    used = sorted({each.n for each in chosen}, key=lambda n: min(i for i, each in enumerate(chosen) if each.n == n))
    renumbered = {old: new for new, old in enumerate(used, 1)}
    return Evidence(
        citations=tuple(_citation(renumbered[n], kept[n - 1], chosen, n) for n in used),
        sentences=tuple(replace(each, n=renumbered[each.n]) for each in chosen),
    )


def _worth_reading(hits: Sequence[Hit], asked: dict[str, float], lexicon: Lexicon) -> tuple[Hit, ...]:
    """Drop hits far below the best, by score or by how much of the question they hold: they dilute a short prompt."""
    held = [coverage(asked, lexicon.stems(f"{hit.passage.heading}\n{hit.passage.text}")) for hit in hits]
    least_score = max((hit.score for hit in hits), default=0.0) * FAR_BELOW
    least_held = max(held, default=0.0) * FAR_BELOW
    kept = [hit for hit, part in zip(hits, held, strict=True) if hit.score >= least_score and part >= least_held]
    return tuple(kept[:MOST_PASSAGES])


def _scored(
    hits: Sequence[Hit], asked: dict[str, float], lexicon: Lexicon, similarity: Similarity
) -> list[EvidenceSentence]:
    pieces = [(n, span, _folded(span.of(hit.passage.text))) for n, hit in enumerate(hits, 1) for span in _spans(hit)]
    cosines = similarity([text for _, _, text in pieces])
    asks_it = {n: coverage(asked, lexicon.stems(hit.passage.heading)) >= TITLE_MATCH for n, hit in enumerate(hits, 1)}
    return [
        EvidenceSentence(
            n,
            span.start,
            span.end,
            text,
            coverage(asked, lexicon.stems(text))
            + COSINE_WEIGHT * cosine
            + HIT_WEIGHT * hits[n - 1].score
            + (_title_bonus(hits[n - 1].passage.start + span.start) if asks_it[n] else 0.0),
        )
        for (n, span, text), cosine in zip(pieces, cosines, strict=True)
    ]


def _title_bonus(offset: int) -> float:
    """Halve the bonus every TITLE_REACH characters: what answers a heading stands at its beginning."""
    return TITLE_BONUS * math.exp2(-offset / TITLE_REACH)


def _spans(hit: Hit) -> list[sentences.Span]:
    """Return the passage's sentences; what ends in a colon or a question is read with what follows, never alone."""
    text = hit.passage.text
    found: list[sentences.Span] = []
    lead: sentences.Span | None = None
    for span in sentences.split(text):
        if span.of(text).endswith((":", "?")):
            lead = span
            continue
        whole = sentences.Span(lead.start if lead else span.start, span.end)
        lead = None
        if len(whole.of(text).split()) >= SHORTEST_SENTENCE:
            found.append(whole)
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())


def _citation(number: int, hit: Hit, chosen: Sequence[EvidenceSentence], n: int) -> Citation:
    best = max((each for each in chosen if each.n == n), key=lambda each: each.score)
    return Citation(number, hit.passage, hit.document, quote=hit.passage.text[best.start : best.end])
