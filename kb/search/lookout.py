"""Where the texts of one search have the terms it looks for: what is marked, told and shown of a passage. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from kb.search.analysis_stems import beginnings
from kb.search.analysis_words import LONGEST_WORD, WORD, fold, words
from kb.search.language import word_terms
from kb.search.vocabulary import FORM


class Sighting(NamedTuple):
    """A word at `start` to `end` of a text, and a term that it is indexed by and that was looked for."""

    start: int
    end: int
    term: str


_START = attrgetter("start")


class Lookout:
    """Sees wanted terms in the texts of one search; what a stretch or a text has is worked out once."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = frozenset(wanted)
        # Most words need not be stemmed to be told from what is wanted.
        self._beginnings = _by_first_letter(self._wanted)
        self._stretches: dict[str, tuple[Sighting, ...]] = {}
        self._texts: dict[str, tuple[Sighting, ...]] = {}

    def seen(self, text: str) -> tuple[Sighting, ...]:
        """Return where a text has wanted terms, in order; a word is told once for each that it has."""
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = self._read(text)
        return found

    def _read(self, text: str) -> tuple[Sighting, ...]:
        found: list[Sighting] = []
        known = self._stretches
        for stretch in set(text.split()):
            each = known.get(stretch)
            if each is None:
                each = known[stretch] = self._look(stretch)
            if each:
                found += [
                    Sighting(at + start, at + end, t) for at in _places(text, stretch) for start, end, t in each
                ]
        found.sort(key=_START)
        return tuple(found)

    def _look(self, stretch: str) -> tuple[Sighting, ...]:
        """Return where a stretch without spaces has wanted terms."""
        found: list[Sighting] = []
        for at, written, plain in _known_parts(stretch) if len(stretch) <= LONGEST_WORD else _parts(stretch):
            if plain and not plain.startswith(self._beginnings.get(plain[0], ())):
                continue
            everything, each = _read(written)
            if not self._wanted.isdisjoint(everything):
                wanted = ((start, end, term) for start, end, terms in each for term in terms if term in self._wanted)
                found += [Sighting(at + start, at + end, term) for start, end, term in wanted]
        return tuple(found)


def _places(text: str, stretch: str) -> Iterator[int]:
    """Yield where a text has a stretch between spaces."""
    at = text.find(stretch)
    while at >= 0:
        end = at + len(stretch)
        if text[at - 1 : at].strip() == "" == text[end : end + 1].strip():
            yield at
        at = text.find(stretch, end)


def _parts(stretch: str) -> tuple[tuple[int, str, str], ...]:
    """Return the words of a stretch without spaces: where each begins, how it is written, and `_plain` of it."""
    return tuple((match.start(), match[0], _plain(match[0])) for match in WORD.finditer(stretch))


_known_parts = lru_cache(maxsize=65536)(_parts)


def _plain(written: str) -> str:
    """Return a word folded, n for ñ, where it is one part and no name in camel case: its terms begin as it does."""
    if not written.isalpha():
        return written if written.isdigit() and written.isascii() else ""
    if written.isascii():
        return written.lower() if written[1:].islower() or written.islower() or written.isupper() else ""
    plain = _bare(fold(written)) if written[1:].islower() or written.islower() else ""
    return plain if plain.isascii() else ""


def _bare(folded: str) -> str:
    return folded.replace("ñ", "n")


def _by_first_letter(terms: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return how plain words begin that have one of the terms, by the first letter of it."""
    found: dict[str, tuple[str, ...]] = {}
    for term in terms:
        for beginning in {term.removeprefix(FORM)} if term.startswith(FORM) else beginnings(term):
            bare = _bare(beginning)
            found[bare[:1]] = (*found.get(bare[:1], ()), bare)
    return found


@lru_cache(maxsize=65536)
def _read(written: str) -> tuple[tuple[str, ...], tuple[tuple[int, int, tuple[str, ...]], ...]]:
    """Return all terms of one stretch without spaces, and its words, counted from its start, each with its terms."""
    each = tuple((word.start, word.end, word_terms(word)) for word in words(written))
    return tuple(dict.fromkeys(term for _, _, terms in each for term in terms)), each
