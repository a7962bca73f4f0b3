"""Which words of a library may be key terms, and what speaks for each. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from ingest.kinds.key_terms import expansions, key_terms
from ingest.words import frequency
from kb.search.analysis_words import WORD, Shape, fold, shape
from kb.search.language import is_stop
from kb.views.naming import Key, bare, cleaned, key_of


class Sign(Enum):
    """What speaks for a term, with what it counts the first time."""

    ASKED = 3.0
    """A guide's question asks for it."""
    KEY = 1.0
    """A guide's answer defines it or sets it in bold."""
    HEADED = 1.6
    """It is a heading, or a whole part of one."""
    SET_APART = 0.7
    """Slides or notes set it in bold, define it or put it before a colon."""
    EXPANDED = 1.2
    """It is an acronym, and a text says of what."""
    FREQUENT = 0.3
    """It comes often in running text."""


AGAIN = 0.35
"""What each doubling of one sign adds, of its weight."""

FEWEST_SEEN = 3
"""Passages, of those sampled, in which running text must have a term for that to speak for it."""

LEAST_TOGETHER = 0.45
"""Normalised pointwise mutual information (Bouma, GSCL 2009) from which two words in a row are one term."""

COMMONEST = 6.0
"""Decimal logarithm of how often the commonest content words come in the lists of ingest.words."""

_LONGEST_HEADING = 4
_LONGEST_ROW = 3
_LONGEST_WORD = 40
_ARTICLES = frozenset({"la", "el", "los", "las", "the"})
_PIECES = re.compile(r"\s*[:;,()·|/–—]\s*|\s+(?:y|e|and|vs\.?|frente a|&|-)\s+", re.IGNORECASE)
_ACRONYM_HEADING = re.compile(r"^([A-Z][\w-]{1,9}): ([^:()]{4,80})$")
_INNER = frozenset({"de", "del", "la", "el", "los", "las", "of", "the", "al", "a", "to"})
_BETWEEN = re.compile(r"[\W_]+")
_TOKEN = re.compile(rf"{WORD.pattern}|[^\w\s]|\n")
_DESCRIBES = re.compile(r".{2,}(?:[aií]d[oa]s?|mente|ibles?|ables?)")
_VERBAL = re.compile(
    r".{2,}(?:[aeií]r|[aeií]rl[aeo]s?|ando|iendo|[aei]mos|aba[ns]?|aron|ieron|ara[ns]?|[ií]a[ns]|arse|erse|irse|mente)"
)


@dataclass(slots=True)
class Candidate:
    """A term and all that speaks for it; `written` counts its writings where they are known to be the term.

    `also` are keys of the same term written otherwise: as one word, or as what an acronym stands for.
    """

    key: Key
    also: set[Key] = field(default_factory=set)
    signs: Counter[Sign] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    stands_for: Counter[str] = field(default_factory=Counter)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All that it is known by, its own key first."""
        return (self.key, *sorted(self.also))

    @property
    def evidence(self) -> float:
        """How much speaks for it; what only describes (a participle set in bold) is hardly a term."""
        total = sum(sign.value * (1.0 + AGAIN * math.log2(n)) for sign, n in self.signs.items())
        named = {Sign.ASKED, Sign.HEADED, Sign.EXPANDED} & self.signs.keys()
        return total if named or len(self.key) > 1 or not _DESCRIBES.fullmatch(self.plain[0]) else total * 0.2

    @property
    def rarity(self) -> float:
        """How little the words of everyday language are among its own, in [0, 1]: 0 for the commonest of all.

        The weirdness of Ahmad, Gillam and Tostevin (TREC-8, 1999), on the lists' own scale.
        """
        each = [1.0 - min(1.0, math.log10(1 + frequency(word)) / COMMONEST) for word in self.plain]
        return sum(each) / len(each) if each else 0.5

    @property
    def plain(self) -> list[str]:
        """Its content words as they are written most."""
        name = self.written.most_common(1)[0][0] if self.written else ""
        return [word.lower() for word in WORD.findall(name) if not is_stop(fold(word))] or list(self.key)

    def take(self, other: Candidate) -> None:
        """Become one with another writing of the same term."""
        self.signs.update(other.signs)
        self.stands_for.update(other.stands_for)
        self.also |= {other.key, *other.also}


class Candidates:
    """Gathers candidates from what a library has."""

    def __init__(self) -> None:
        self.found: dict[Key, Candidate] = {}

    def question(self, stem: str, terms: Sequence[str]) -> None:
        """Take in a guide's question and the key terms of its answer."""
        asked = set(key_of(stem))
        for term in dict.fromkeys((*key_terms("", stem), *terms)):
            name = cleaned(term)
            key = key_of(name)
            if name and set(key) <= asked:
                self._add(name, Sign.ASKED)
            elif name:
                self._add(name, Sign.KEY)

    def heading(self, title: str) -> None:
        """Take in a heading that is no question."""
        if "?" in title or "¿" in title:
            return
        acronym = _ACRONYM_HEADING.match(" ".join(title.split()))
        if acronym:
            self.expanded(f"{acronym[1]} ({acronym[2]})")
        for piece in _PIECES.split(title):
            name = cleaned(piece)
            if name and _is_name(name):
                self._add(name, Sign.HEADED)

    def marked(self, text: str) -> None:
        """Take in a text with marks: what it sets apart."""
        for term in key_terms(text):
            name = cleaned(term)
            if name and _is_name(name):
                self._add(name, Sign.SET_APART)

    def expanded(self, text: str) -> None:
        """Take in a text's acronyms and what they stand for."""
        for acronym, words in expansions(text):
            name, said = cleaned(acronym), cleaned(words)
            if name and said and len(key_of(name)) == 1:
                self._add(name, Sign.EXPANDED).stands_for[said] += 1

    def running(self, texts: Iterable[str], without: frozenset[str]) -> None:
        """Take in running text: what comes often in it, and words that come together; never a word of `without`."""
        single: Counter[Key] = Counter()
        several: Counter[Key] = Counter()
        written: dict[Key, str] = {}
        size = 0
        for text in texts:
            size += 1
            seen: dict[Key, str] = {}
            for key, start, end in _stretches(text):
                if key not in seen:
                    seen[key] = text[start:end]
            for key, name in seen.items():
                (single if len(key) == 1 else several)[key] += 1
                written.setdefault(key, name)
        for key, count in (*single.items(), *several.items()):
            if count < FEWEST_SEEN or not without.isdisjoint(key):
                continue
            if len(key) == 1 or _together(key, count, single, size) >= LEAST_TOGETHER:
                candidate = self.found.setdefault(key, Candidate(key))
                candidate.signs[Sign.FREQUENT] += count
                if not candidate.written:
                    candidate.written[written[key]] += 1

    def merged(self) -> list[Candidate]:
        """Return the candidates, each term once: however it is split into words, and as an acronym or in full."""
        for candidate in list(self.found.values()):
            for said in candidate.stands_for:
                candidate.also.add(key_of(said))
                other = self.found.get(key_of(said))
                if other is not None and other is not candidate and not other.stands_for:
                    candidate.take(other)
                    del self.found[other.key]
        together: dict[str, Candidate] = {}
        for candidate in sorted(self.found.values(), key=lambda one: (-one.evidence, one.key)):
            first = together.setdefault("".join(candidate.key), candidate)
            if first is not candidate:
                first.take(candidate)
                first.written.update(candidate.written)
        return list(together.values())

    def _add(self, name: str, sign: Sign) -> Candidate:
        candidate = self.found.setdefault(key_of(name), Candidate(key_of(name)))
        candidate.signs[sign] += 1
        candidate.written[name] += 1
        return candidate


def _is_name(name: str) -> bool:
    """Say whether a piece of a heading names a thing: few words, and no function words but those that join nouns."""
    plain = [fold(word) for word in WORD.findall(name)]
    if len([word for word in plain if not is_stop(word)]) > _LONGEST_HEADING:
        return False
    return not any(is_stop(word) and word not in _INNER for word in plain) and not _VERBAL.fullmatch(plain[0])


class _Token(NamedTuple):
    """A word of running text: its key, and whether it has content, may stand alone, and looks like a verb."""

    key: Key
    content: bool
    alone: bool
    verbal: bool
    article: bool
    inner: bool


@lru_cache(maxsize=65536)
def _token(written: str) -> _Token:
    folded = fold(written)
    key = tuple(bare(part) for part in _BETWEEN.split(folded) if part)
    content = not is_stop(folded) and len(folded) <= _LONGEST_WORD and any(map(str.isalpha, folded)) and bool(key)
    verbal = bool(_VERBAL.fullmatch(folded)) and shape(written) is Shape.WORD
    alone = len(folded) > 2 or (len(folded) > 1 and written.isupper())
    return _Token(key, content, alone, verbal, folded in _ARTICLES, folded in _INNER)


def _stretches(text: str) -> Iterator[tuple[Key, int, int]]:
    """Yield a running text's words and rows of two or three that may be one term; "X de Y" counts as two."""
    row: list[tuple[_Token, int, int]] = []
    for match in _TOKEN.finditer(text):
        written = match.group()
        if written[0].isalnum():
            row.append((_token(written), match.start(), match.end()))
            continue
        yield from _rows(row)
        row = []
    yield from _rows(row)


def _rows(row: list[tuple[_Token, int, int]]) -> Iterator[tuple[Key, int, int]]:
    """Yield the terms that a row of words without punctuation may have."""
    for at, (first, start, end) in enumerate(row):
        if not first.content:
            continue
        if first.alone:
            yield first.key, start, end
        if first.verbal:
            continue
        key, count, after_link = first.key, 1, False
        for token, _, until in row[at + 1 : at + 6]:
            if not token.content:
                if not token.inner or (after_link and not token.article):
                    break
                after_link = True
                continue
            if token.verbal:
                break
            key, count, after_link = key + token.key, count + 1, False
            yield key, start, until
            if count == _LONGEST_ROW:
                break


def _together(key: Key, count: int, single: Counter[Key], size: int) -> float:
    """Return the normalised pointwise mutual information of a row's words, over the passages that have them."""
    alone = math.prod(max(single[(part,)], count) / size for part in key)
    both = count / size
    if both >= 1.0:
        return 0.0
    return math.log(both / alone) / (-(len(key) - 1) * math.log(both))
