"""Decides, sentence by sentence, whether an answer says what its evidence says. Pure.

What a sentence adds to the question must stand within a few neighbouring sentences of a passage, by weight of words,
with every number and every name; what it repeats of the question must stand there or around; and the passage must
not deny what it affirms. Where words and meaning disagree, or both leave doubt, the finding is a Doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from kb import sentences
from kb.answer.facts import Counted, Stems, counted, counts_the_same, has_name, has_numbers, spelt_facts
from kb.answer.lexicon import Lexicon, coverage, names, numbers
from kb.answer.orders import plain_heading, stating
from kb.model import Citation, Sentence

CLEAR_NEW, DOUBTFUL_NEW = 0.75, 0.4
"""Share, by weight, of what a sentence adds to the question that its quote must hold to be clear, or in doubt."""

CLEAR_WHOLE, DOUBTFUL_WHOLE = 0.7, 0.45
"""Share of the whole sentence that the quote and what stands around it must hold."""

CLEAR_COSINE, UNLIKE_COSINE = 0.72, 0.3
"""Cosine of sentence and quote from which few words are enough, and below which many are not."""

SAME_MATTER = 0.6
"""Coverage from which a passage's sentence is about the same matter: a denial in one alone is a contradiction."""

MERE_ANSWER = 3
"""Content words up to which a sentence is no more than the answer to the question's own words."""

LONGEST_QUOTE = 3
AROUND = 3
"""Sentences before a quote in which its "he", "it" and "this" are named."""

SHORTER = 0.03
"""What a longer quote must add to be preferred, as a share of the sentence."""

MOST_SOURCES = 4
_NEXT_ITEM = re.compile(r"(?<=[:;.!?])\s+\d{1,2}[.)]$")
"""The number of the next item of a list that was written on one line."""

_MARKER = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")

Cosine = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosine of one text to each of others; zeros where there is no embedder."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a passage that states something: its place in the passage's text, its stems, those it denies."""

    start: int
    end: int
    stems: frozenset[str]
    denied: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """A cited passage, read once. `about` are the stems of its heading, which say what it is about but state nothing.

    A question asked in the passage states nothing and supports nothing; nor does an order to who answers.
    """

    n: int
    text: str
    said: tuple[Said, ...]
    about: frozenset[str]
    heading: str
    language: str


def read(citation: Citation, lexicon: Lexicon) -> Source:
    """Prepare a cited passage for checking; sentences are exact pieces of its text."""
    text, language = citation.passage.text, citation.document.language
    stated = (span for span in stating(text) if not span.of(text).endswith("?"))
    said = tuple(
        Said(span.start, span.end, lexicon.read(span.of(text), language), lexicon.denied(span.of(text), language))
        for span in stated
    )
    heading = plain_heading(citation.passage.heading)
    return Source(citation.n, text, said, lexicon.read(heading, language), heading, language)


@dataclass(frozen=True, slots=True)
class Supported:
    """The sources that say a sentence and, a source each, the exact words that say it best."""

    citations: tuple[int, ...]
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubtful(Supported):
    """The same, where words and meaning do not agree whether they say it."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """No source says the sentence."""


Finding = Supported | Doubtful | Unsupported


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to check: its stems with their weights, those new to the question, those it denies, its facts.

    `asked` are its names and numbers that the question has too, `told` those that it adds; `around` is how many
    sentences before a quote may name what it is about.
    """

    text: str
    weights: Mapping[str, float]
    new: Mapping[str, float]
    denied: frozenset[str]
    numbers: tuple[Counted, ...]
    asked: frozenset[str]
    told: frozenset[str]
    around: int


def claim_of(text: str, question: str, lexicon: Lexicon) -> Claim:
    """Return what a sentence claims beyond the question it answers.

    A mere answer ("En 1972.") claims what the question asks, too.
    """
    own = lexicon.weighted(text)
    known = lexicon.stems(question)
    is_mere = is_mere_answer(text, lexicon)
    weights = {**lexicon.asked(question), **own} if is_mere else own
    facts = _facts(text)
    asked = frozenset(name for name in names(text) if has_name(name, question)) | (has_numbers(question) & facts)
    return Claim(
        text,
        weights,
        {stem: weight for stem, weight in own.items() if stem not in known},
        lexicon.denied(text, lexicon.language),
        counted(text, lexicon.stems),
        asked | _facts(question) if is_mere else asked,
        facts - asked,
        1 if is_mere else AROUND,
    )


def _facts(text: str) -> frozenset[str]:
    return names(text) | numbers(text) | spelt_facts(text)


def is_mere_answer(text: str, lexicon: Lexicon) -> bool:
    """Say whether a sentence is no more than a few words, which say something only after their question."""
    return len(lexicon.stems(text)) <= MERE_ANSWER


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring sentences `first` to `last` of a source as a claim's quote, and the shares that it holds."""

    source: Source
    first: int
    last: int
    new: float
    whole: float

    @property
    def quote(self) -> str:
        """The exact words."""
        return self.source.text[self.said[0].start : self.said[-1].end]

    @property
    def said(self) -> tuple[Said, ...]:
        """The sentences."""
        return self.source.said[self.first : self.last + 1]

    @property
    def stems(self) -> frozenset[str]:
        """The stems of the exact words."""
        return frozenset().union(*(each.stems for each in self.said))

    @property
    def in_context(self) -> frozenset[str]:
        """The stems of the exact words, of the sentence before them and of the heading: what they speak of."""
        return self.stems | _before(self.source, self.first, 1)

    @property
    def worth(self) -> float:
        """What the window says of the claim, less for its length."""
        return self.new + self.whole - SHORTER * (self.last - self.first)


def check(text: str, question: str, sources: Sequence[Source], lexicon: Lexicon, cosine: Cosine) -> Finding:
    """Find the one source, else the two sources, that say a sentence."""
    claim = claim_of(text, question, lexicon)
    if not lexicon.stems(text):
        return Unsupported()
    best = (best_window(claim, source) for source in sources if source.said)
    windows = sorted(best, key=lambda each: -each.worth)[:MOST_SOURCES]
    pairs = (pair for pair in combinations(windows[:3], 2) if _both_add(claim, pair))
    doubtful: list[Finding] = []
    for group in (*((window,) for window in windows), *pairs):
        read = partial(lexicon.read, language=group[0].source.language)
        found = _judged(claim, group, read, cosine)
        if type(found) is Supported:
            return found
        doubtful += [found] if isinstance(found, Doubtful) else []
    return doubtful[0] if doubtful else Unsupported()


def best_window(claim: Claim, source: Source) -> Window:
    """Return the neighbouring sentences of a source that say most of a claim, as few as do."""
    return max(windows(claim, source), key=lambda each: (round(each.worth, 6), each.first - each.last, -each.first))


def windows(claim: Claim, source: Source) -> Iterator[Window]:
    """Yield all neighbouring sentences of a source that may be a claim's quote."""
    for first in range(len(source.said)):
        before = _before(source, first, claim.around)
        held: frozenset[str] = frozenset()
        for last in range(first, min(first + LONGEST_QUOTE, len(source.said))):
            held |= source.said[last].stems
            new = coverage(claim.new, held) if claim.new else coverage(claim.weights, held)
            yield Window(source, first, last, new, coverage(claim.weights, held | before))


def _judged(claim: Claim, windows: Sequence[Window], read: Stems, cosine: Cosine) -> Finding:
    """Decide whether the quotes together say the claim."""
    new = coverage(claim.new or claim.weights, frozenset().union(*(window.stems for window in windows)))
    whole = coverage(claim.weights, frozenset().union(*(_until_told(claim, window) for window in windows)))
    if new < DOUBTFUL_NEW or whole < DOUBTFUL_WHOLE or not _facts_hold(claim, windows, read):
        return Unsupported()
    if any(_contradicts(claim, window) for window in windows):
        return Unsupported()
    ordered = sorted(windows, key=lambda each: each.source.n)
    found = tuple(each.source.n for each in ordered), tuple(each.quote for each in ordered)
    alike = max(cosine(claim.text, [each.quote for each in windows]))
    clear = new >= CLEAR_NEW and whole >= CLEAR_WHOLE
    if clear and not 0 < alike < UNLIKE_COSINE:
        return Supported(*found)
    return Doubtful(*found) if clear or alike >= CLEAR_COSINE else Unsupported()


def _until_told(claim: Claim, window: Window) -> frozenset[str]:
    """Return the stems of a quote up to where it tells the numbers that the claim adds, and of what stands before.

    "Luhn wrote in 1957. Spärck Jones proposed the IDF." does not say that the IDF is of 1957: what a number is told
    of stands with it or before it.
    """
    said = window.said
    texts = [window.source.text[each.start : each.end] for each in said]
    told = [fact for fact in claim.told if fact[0].isdigit()]
    telling = [at for at, text in enumerate(texts) if any(_stands(fact, text) for fact in told)]
    until = telling[-1] + 1 if telling else len(said)
    return _before(window.source, window.first, claim.around).union(*(each.stems for each in said[:until]))


def _both_add(claim: Claim, windows: Sequence[Window]) -> bool:
    """Say whether each of the quotes says something of the claim that the other does not."""
    held = [window.stems for window in windows]
    return all(coverage(claim.new or claim.weights, held[n] - held[1 - n]) > 0 for n in range(len(windows)))


def _before(source: Source, first: int, around: int) -> frozenset[str]:
    """Return the stems of what stands before a source's sentence `first`, and of its heading."""
    return source.about.union(*(each.stems for each in source.said[max(0, first - around) : first]))


def _facts_hold(claim: Claim, windows: Sequence[Window], read: Stems) -> bool:
    """Every number with what it counts, and every name, stands in the quotes.

    What the question has too may stand anywhere before the quotes' end.
    """
    quoted = " ".join(f"{window.source.heading}. {window.quote}" for window in windows)
    before = " ".join(
        f"{window.source.heading}. {window.source.text[: window.source.said[window.last].end]}" for window in windows
    )
    return (
        all(_stands(fact, quoted) for fact in claim.told)
        and all(_stands(fact, before) for fact in claim.asked)
        and all(counts_the_same(one, quoted, read) for one in claim.numbers if one.number in claim.told)
    )


def in_context(quote: str, source: Source) -> frozenset[str]:
    """Return the stems of exact words of a source, of the sentence before them and of the heading."""
    start = source.text.find(quote)
    inside = [at for at, each in enumerate(source.said) if start <= each.start < start + len(quote)]
    before = _before(source, inside[0], 1) if inside else source.about
    return before.union(*(source.said[at].stems for at in inside))


def has_told(claim: Claim, window: Window) -> bool:
    """Say whether a quote has the numbers and names that a claim adds to its question."""
    return all(_stands(fact, window.quote) for fact in claim.told)


def _stands(fact: str, text: str) -> bool:
    return fact in has_numbers(text) if fact[0].isdigit() else has_name(fact, text)


def _contradicts(claim: Claim, window: Window) -> bool:
    """Say whether every sentence of the quote about the same matter denies what the claim affirms, or the reverse."""
    said = window.said
    near = [each for each in said if coverage(claim.weights, each.stems) >= SAME_MATTER]
    near = near or [max(said, key=lambda each: (coverage(claim.weights, each.stems), each.start - each.end))]
    return all(
        claim.denied & (each.stems - each.denied) or each.denied & (claim.weights.keys() - claim.denied)
        for each in near
    )


def split_answer(text: str) -> tuple[str, ...]:
    """Return the sentences of a model's answer, without citation marks it wrote itself."""
    clean = _MARKER.sub("", text)
    pieces = (_NEXT_ITEM.sub("", span.of(clean)) for span in sentences.split(clean))
    return tuple(piece for piece in pieces if re.search(r"\w", piece))


def checked_sentence(text: str, finding: Finding) -> Sentence:
    """Join a sentence with what was found for it; a doubt that nobody settled is no support."""
    citations = finding.citations if type(finding) is Supported else ()
    return Sentence(text=text, citations=citations, supported=bool(citations))
