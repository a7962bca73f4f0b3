"""Where the texts of one search have the terms it looks for: what is marked, told and shown of a passage. Pure."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from kb.search.analysis_stems import beginnings
from kb.search.analysis_words import WORD, fold, words
from kb.search.language import word_terms
from kb.search.vocabulary import FORM


class Sighting(NamedTuple):
    """A word at `start` to `end` of a text, and a term that it is indexed by and that was looked for."""

    start: int
    end: int
    term: str


class Lookout:
    """Sees wanted terms in the texts of one search; what a word has of them is worked out once, and so is a text."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = frozenset(wanted)
        # Most words need not be stemmed to be told from what is wanted.
        self._beginnings = _by_first_letter(self._wanted)
        self._words: dict[str, tuple[Sighting, ...]] = {}
        self._texts: dict[str, tuple[Sighting, ...]] = {}

    def seen(self, text: str) -> tuple[Sighting, ...]:
        """Return where a text has wanted terms, in order; a word is told once for each that it has."""
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = self._read(text)
        return found

    def _read(self, text: str) -> tuple[Sighting, ...]:
        found: list[Sighting] = []
        known = self._words
        for match in WORD.finditer(text):
            written = match[0]
            each = known.get(written)
            if each is None:
                each = known[written] = self._look(written)
            if each:
                at = match.start()
                found += [Sighting(at + start, at + end, term) for start, end, term in each]
        return tuple(found)

    def _look(self, written: str) -> tuple[Sighting, ...]:
        plain = _plain(written)
        if plain and not plain.startswith(self._beginnings.get(plain[0], ())):
            return ()
        everything, each = _read(written)
        if self._wanted.isdisjoint(everything):
            return ()
        return tuple(
            Sighting(start, end, term) for start, end, terms in each for term in terms if term in self._wanted
        )


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
