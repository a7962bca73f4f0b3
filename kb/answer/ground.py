"""Decides, sentence by sentence, whether an answer says what its evidence says. Pure.

A sentence is supported when one passage, or two together, hold nearly all of its content words by weight, every
number and every name in it, and do not deny what it affirms. Where words alone leave doubt, the cosine to the
passage's nearest sentence decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from kb import sentences
from kb.answer.lexicon import Lexicon, coverage, names, numbers
from kb.model import Citation, Sentence

CLEAR_COVERAGE = 0.7
DOUBTFUL_COVERAGE = 0.45
CLEAR_COSINE = 0.72
SAME_MATTER = 0.6
"""Coverage from which a passage's sentence is about the same matter: a denial in one alone is a contradiction."""

LONGEST_QUOTE = 3
WORTH_QUOTING = 0.15
"""What a neighbouring sentence must add to a quote, as a share of the claim, to stand in it."""

_MARKER = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")

Cosine = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosine of one text to each of others; zeros where there is no embedder."""


@dataclass(frozen=True, slots=True)
class Source:
    """A cited passage, read once: the sentences that state something, and their stems, numbers and words.

    A question asked in the passage states nothing and supports nothing; nor does a heading alone, which is why
    `stated` (stems of the sentences) is told from `stems` (with the heading's, which say what they are about).
    """

    n: int
    text: str
    spans: tuple[sentences.Span, ...]
    sentence_stems: tuple[frozenset[str], ...]
    sentence_denials: tuple[frozenset[str], ...]
    stated: frozenset[str]
    stems: frozenset[str]
    numbers: frozenset[str]
    words: str


def read(citation: Citation, lexicon: Lexicon) -> Source:
    """Prepare a cited passage for checking; sentences are exact pieces of its text."""
    text = citation.passage.text
    spans = tuple(span for span in sentences.split(text) if not span.of(text).endswith("?"))
    piece_stems = tuple(lexicon.stems(span.of(text)) for span in spans)
    stated: frozenset[str] = frozenset().union(*piece_stems)
    context = f"{citation.passage.heading}\n{text}"
    return Source(
        n=citation.n,
        text=text,
        spans=spans,
        sentence_stems=piece_stems,
        sentence_denials=tuple(lexicon.denied(span.of(text)) for span in spans),
        stated=stated,
        stems=stated | lexicon.stems(citation.passage.heading),
        numbers=numbers(context) | numbers(citation.passage.heading),
        words=context.casefold(),
    )


@dataclass(frozen=True, slots=True)
class Support:
    """Which sources say a sentence (none: unsupported) and, a source each, the sentence that says it best."""

    citations: tuple[int, ...]
    quotes: tuple[str, ...]


def check(text: str, question: str, sources: Sequence[Source], lexicon: Lexicon, cosine: Cosine) -> Support:
    """Find the one source, else the two sources, that support a sentence."""
    claim = Claim(text, lexicon.weighted(text), lexicon.denied(text))
    if not claim.weights:
        return Support((), ())
    stating = [source for source in sources if source.spans]
    ranked = sorted(stating, key=lambda source: (-coverage(claim.weights, source.stems), source.n))
    groups = [(source,) for source in ranked[:3]] + list(combinations(ranked[:3], 2))
    for group in groups:
        if _supports(claim, question, group, cosine):
            ordered = sorted(group, key=lambda source: source.n)
            return Support(
                tuple(source.n for source in ordered),
                tuple(_quote(source, claim.weights) for source in ordered),
            )
    return Support((), ())


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to check: its stems with their weights, and those that it denies."""

    text: str
    weights: dict[str, float]
    denied: frozenset[str]


def _supports(claim: Claim, question: str, group: Sequence[Source], cosine: Cosine) -> bool:
    held = frozenset().union(*(source.stems for source in group))
    covered = coverage(claim.weights, held)
    stated = frozenset().union(*(source.stated for source in group))
    if coverage(claim.weights, stated) < DOUBTFUL_COVERAGE or not _facts_hold(claim.text, question, group):
        return False
    if len(group) > 1 and any(coverage(claim.weights, held - source.stems) == 0 for source in group):
        return False
    if _contradicts(claim, group):
        return False
    if covered >= CLEAR_COVERAGE:
        return True
    quotes = [_quote(source, claim.weights) for source in group]
    return max(cosine(claim.text, quotes)) >= CLEAR_COSINE


def _facts_hold(text: str, question: str, group: Sequence[Source]) -> bool:
    """Every number and name of the sentence stands in the sources; a name may also come from the question."""
    known_numbers = frozenset().union(*(source.numbers for source in group))
    known_words = " ".join(source.words for source in group) + " " + question.casefold()
    return numbers(text) <= known_numbers and all(name in known_words for name in names(text))


def _contradicts(claim: Claim, group: Sequence[Source]) -> bool:
    """Say whether every sentence about the same matter denies what the claim affirms, or the reverse."""
    near = [
        (source, place)
        for source in group
        for place, stems in enumerate(source.sentence_stems)
        if coverage(claim.weights, stems) >= SAME_MATTER
    ] or [(source, _nearest(source, claim.weights)) for source in group]
    return all(_denies(claim, source, place) for source, place in near)


def _denies(claim: Claim, source: Source, place: int) -> bool:
    stems, denied = source.sentence_stems[place], source.sentence_denials[place]
    return bool(claim.denied & (stems - denied) or denied & (claim.weights.keys() - claim.denied))


def _nearest(source: Source, weights: dict[str, float]) -> int:
    """Return the place of the source's sentence that holds most of the weights, the shortest of equals."""
    return max(
        range(len(source.spans)),
        key=lambda place: (round(coverage(weights, source.sentence_stems[place]), 3), -_length(source.spans[place])),
    )


def _length(span: sentences.Span) -> int:
    return span.end - span.start


def _quote(source: Source, weights: dict[str, float]) -> str:
    """Return the exact words that say it best: the nearest sentence, with a neighbour that says the rest."""
    first = last = _nearest(source, weights)
    held = source.sentence_stems[first]
    while last - first + 1 < LONGEST_QUOTE:
        beside = [place for place in (first - 1, last + 1) if 0 <= place < len(source.spans)]
        gains = {place: coverage(weights, held | source.sentence_stems[place]) for place in beside}
        best = max(gains, key=lambda place: gains[place], default=first)
        if best == first or gains[best] - coverage(weights, held) < WORTH_QUOTING:
            break
        held |= source.sentence_stems[best]
        first, last = min(first, best), max(last, best)
    return source.text[source.spans[first].start : source.spans[last].end]


def split_answer(text: str) -> tuple[str, ...]:
    """Return the sentences of a model's answer, without citation marks it wrote itself."""
    clean = _MARKER.sub("", text)
    return tuple(span.of(clean) for span in sentences.split(clean))


def supported_sentence(text: str, support: Support) -> Sentence:
    """Join a sentence with what was found for it."""
    return Sentence(text=text, citations=support.citations, supported=bool(support.citations))
