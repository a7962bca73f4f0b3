"""Decides, sentence by sentence, whether an answer says what its evidence says. Pure.

What a sentence adds to the question must stand within a few neighbouring sentences of a passage, by weight of words,
with every number and every name; what it repeats of the question must stand there or around; and the passage must
not deny what it affirms. Where words and meaning disagree, or both leave doubt, the finding is a Doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from kb import sentences
from kb.answer.lexicon import Lexicon, coverage, names, numbers, spelt_numbers
from kb.answer.orders import gives_orders, stating
from kb.model import Citation, Sentence
from kb.search.language import fold

CLEAR_NEW, DOUBTFUL_NEW = 0.75, 0.4
"""Share, by weight, of what a sentence adds to the question that its quote must hold to be clear, or in doubt."""

CLEAR_WHOLE, DOUBTFUL_WHOLE = 0.7, 0.45
"""Share of the whole sentence that the quote and what stands around it must hold."""

CLEAR_COSINE, UNLIKE_COSINE = 0.72, 0.3
"""Cosine of sentence and quote from which few words are enough, and below which many are not."""

SAME_MATTER = 0.6
"""Coverage from which a passage's sentence is about the same matter: a denial in one alone is a contradiction."""

LONGEST_QUOTE = 3
AROUND = 3
"""Sentences before a quote in which its "he", "it" and "this" are named."""

SHORTER = 0.03
"""What a longer quote must add to be preferred, as a share of the sentence."""

MOST_SOURCES = 4
_NUMBER_IN = re.compile(r"\d+")
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


def read(citation: Citation, lexicon: Lexicon) -> Source:
    """Prepare a cited passage for checking; sentences are exact pieces of its text."""
    text, language = citation.passage.text, citation.document.language
    stated = (span for span in stating(text) if not span.of(text).endswith("?"))
    said = tuple(
        Said(span.start, span.end, lexicon.read(span.of(text), language), lexicon.denied(span.of(text), language))
        for span in stated
    )
    heading = "" if gives_orders(citation.passage.heading) else citation.passage.heading
    return Source(citation.n, text, said, lexicon.read(heading, language), heading)


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

    `asked` are the names and numbers that the question has too.
    """

    text: str
    weights: dict[str, float]
    new: dict[str, float]
    denied: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    asked: frozenset[str]


def claim_of(text: str, question: str, lexicon: Lexicon) -> Claim:
    """Return what a sentence claims beyond the question it answers."""
    weights = lexicon.weighted(text)
    known = lexicon.stems(question)
    return Claim(
        text,
        weights,
        {stem: weight for stem, weight in weights.items() if stem not in known},
        lexicon.denied(text, lexicon.language),
        numbers(text),
        names(text),
        frozenset(name for name in names(text) if name in question.casefold()) | (numbers(question) & numbers(text)),
    )


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
        return self.source.text[self.source.said[self.first].start : self.source.said[self.last].end]

    @property
    def worth(self) -> float:
        """What the window says of the claim, less for its length."""
        return self.new + self.whole - SHORTER * (self.last - self.first)


def check(text: str, question: str, sources: Sequence[Source], lexicon: Lexicon, cosine: Cosine) -> Finding:
    """Find the one source, else the two sources, that say a sentence."""
    claim = claim_of(text, question, lexicon)
    if not claim.weights:
        return Unsupported()
    windows = sorted((best_window(claim, source) for source in sources if source.said), key=lambda each: -each.worth)[
        :MOST_SOURCES
    ]
    alone = [_judged(claim, (window,), cosine) for window in windows]
    found = [each for each in alone if type(each) is Supported]
    if not found:
        together = [_judged(claim, pair, cosine) for pair in combinations(windows[:3], 2) if _both_add(claim, pair)]
        found = [each for each in together if type(each) is Supported] or [
            each for each in (*alone, *together) if isinstance(each, Doubtful)
        ]
    return found[0] if found else Unsupported()


def best_window(claim: Claim, source: Source) -> Window:
    """Return the neighbouring sentences of a source that say most of a claim, as few as do."""
    return max(_windows(claim, source), key=lambda each: (round(each.worth, 6), each.first - each.last, -each.first))


def _windows(claim: Claim, source: Source) -> Iterator[Window]:
    for first in range(len(source.said)):
        before = frozenset().union(
            source.about, *(each.stems for each in source.said[max(0, first - AROUND) : first])
        )
        held: frozenset[str] = frozenset()
        for last in range(first, min(first + LONGEST_QUOTE, len(source.said))):
            held |= source.said[last].stems
            new = coverage(claim.new, held) if claim.new else coverage(claim.weights, held)
            yield Window(source, first, last, new, coverage(claim.weights, held | before))


def _judged(claim: Claim, windows: Sequence[Window], cosine: Cosine) -> Finding:
    """Decide whether the quotes together say the claim."""
    held = [frozenset().union(*(each.stems for each in _said(window))) for window in windows]
    around = frozenset().union(*held, *(_context(window) for window in windows))
    new = coverage(claim.new or claim.weights, frozenset().union(*held))
    whole = coverage(claim.weights, around)
    if new < DOUBTFUL_NEW or whole < DOUBTFUL_WHOLE or not _facts_hold(claim, windows):
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


def _both_add(claim: Claim, windows: Sequence[Window]) -> bool:
    """Say whether each of the quotes says something of the claim that the other does not."""
    held = [frozenset().union(*(each.stems for each in _said(window))) for window in windows]
    return all(coverage(claim.new or claim.weights, held[n] - held[1 - n]) > 0 for n in range(len(windows)))


def _said(window: Window) -> tuple[Said, ...]:
    return window.source.said[window.first : window.last + 1]


def _context(window: Window) -> frozenset[str]:
    """Return the stems of what stands before a quote, and of its heading."""
    before = window.source.said[max(0, window.first - AROUND) : window.first]
    return frozenset().union(window.source.about, *(each.stems for each in before))


def _facts_hold(claim: Claim, windows: Sequence[Window]) -> bool:
    """Every number and name stands in the quotes; one that the question has too, anywhere in their passages."""
    quoted = " ".join(f"{window.quote} {window.source.heading}" for window in windows)
    whole = " ".join(f"{window.source.heading} {window.source.text}" for window in windows)
    near, far = _facts(quoted), _facts(whole)
    named = claim.numbers | claim.names
    return all(_stands(fact, near) or (fact in claim.asked and _stands(fact, far)) for fact in named)


def _facts(text: str) -> tuple[frozenset[str], str]:
    """Return the numbers of a text, and the text folded."""
    return frozenset(_NUMBER_IN.findall(text)) | numbers(text) | spelt_numbers(text), fold(text)


def _stands(fact: str, facts: tuple[frozenset[str], str]) -> bool:
    """Say whether a number is among the numbers, or a name among the words: GPT-2 is also written GPT 2 and GPT2."""
    known, words = facts
    if fact[0].isdigit():
        return fact in known
    spelt = r"[-\s]?".join(
        re.escape(part) for part in re.findall(r"\d+(?:\.\d+)*|[^\W\d_]+|\S", fold(fact)) if part != "-"
    )
    return bool(re.search(rf"(?<![^\W_]){spelt}s?(?![^\W_])", words))


def _contradicts(claim: Claim, window: Window) -> bool:
    """Say whether every sentence of the quote about the same matter denies what the claim affirms, or the reverse."""
    said = _said(window)
    near = [each for each in said if coverage(claim.weights, each.stems) >= SAME_MATTER]
    near = near or [max(said, key=lambda each: (coverage(claim.weights, each.stems), each.start - each.end))]
    return all(
        claim.denied & (each.stems - each.denied) or each.denied & (claim.weights.keys() - claim.denied)
        for each in near
    )


def split_answer(text: str) -> tuple[str, ...]:
    """Return the sentences of a model's answer, without citation marks it wrote itself."""
    clean = _MARKER.sub("", text)
    return tuple(span.of(clean) for span in sentences.split(clean))


def checked_sentence(text: str, finding: Finding) -> Sentence:
    """Join a sentence with what was found for it; a doubt that nobody settled is no support."""
    citations = finding.citations if type(finding) is Supported else ()
    return Sentence(text=text, citations=citations, supported=bool(citations))
