"""Words of one of the two languages in the other: a lexicon of our own, and the regular shapes of cognates. Pure.

The lexicon serves expository text and the vocabulary of language technology. A line of `lexicon.tsv` is an English
lemma and its Spanish ones, the usual one first; of `forms.tsv` a language, a lemma and forms that stemming does not
bring back to it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kb.search.cognates import SHORTEST, cognates
from kb.search.language import is_stop, stem, words

MOST = 8
"""Translations of one word at most."""

_RANKS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
"""Weights of the translations of a line, in its order."""

_COGNATE = 0.7
"""Weight of a form that only the correspondences propose: many do not exist, and some are false friends."""

_SLACK = 1
"""Letters by which a lexicon word may be less like the one asked than the most alike of the same stem."""

_ACCENTED, _PLAIN = "áéíóúü", "aeiouu"


@dataclass(frozen=True, slots=True)
class Translation:
    """A word of the other language, folded, and how sure it is to stand for the one asked, in (0, 1]."""

    word: str
    weight: float
    guessed: bool = False
    """Whether only the shape speaks for it."""


def translations(word: str, source: str = "") -> tuple[Translation, ...]:
    """Return what one folded word may be in the other language: best first, at most `MOST`, no two of one stem.

    `source` is the word's own language, "es" or "en"; "" looks in both directions. A word whose stem is the same in
    both languages is not its own translation, but its irregular forms are. Cognates need not exist: keep those that
    a vocabulary has.
    """
    return _translations(word, source)


def stems_abroad(text: str) -> tuple[str, ...]:
    """Return the stems that the words of a text may have in the other language, as the lexicon lists them."""
    parts = (part for word in words(text) for part in word.parts)
    return tuple(dict.fromkeys(term for part in parts for term in _listed_stems(part)))


@lru_cache(maxsize=16384)
def _listed_stems(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(one.word) for one in translations(word) if not one.guessed))


@lru_cache(maxsize=16384)
def _translations(word: str, source: str) -> tuple[Translation, ...]:
    english, spanish = _lexicon()
    asked = [each for each, language in ((english, "en"), (spanish, "es")) if source in ("", language)]
    exact = any(each.has(word) for each in asked)  # of a word that is listed, no other of its stem is meant
    from_english = english.translated(word, spanish, exact) if english in asked else ()
    from_spanish = spanish.translated(word, english, exact) if spanish in asked else ()
    # A word that one language alone is known to have has its cognates in the other only.
    shapes = cognates(word, "en") if source != "es" and (from_english or not from_spanish) else ()
    shapes += cognates(word, "es") if source != "en" and (from_spanish or not from_english) else ()
    likely = (Translation(shape, _COGNATE, guessed=True) for shape in shapes if _tells(shape))
    found = (*from_english, *from_spanish, *likely)
    best: dict[str, Translation] = {stem(word): Translation(word, 1.0)}
    for each in sorted(found, key=lambda each: -each.weight):
        best.setdefault(stem(each.word), each)
    return tuple(best.values())[1 : MOST + 1]


@lru_cache(maxsize=16384)
def in_english(word: str) -> str:
    """Return the likeliest listed English word for a folded Spanish one, "" where there is none.

    A form that is listed nowhere, but is an English word, is taken for that.
    """
    english, spanish = _lexicon()
    exact = spanish.has(word)
    if not exact and english.has(word):
        return ""
    listed = spanish.translated(word, english, exact)
    return max(listed, key=lambda each: each.weight).word if listed else ""


def _tells(shape: str) -> bool:
    """Say whether a proposed form is no function word in disguise: "loss" gives "loso", whose stem is "los"."""
    return len(stem(shape)) >= SHORTEST and not is_stop(stem(shape))


class _Words:
    """The lemmas of one language, each with the other's and their weights, and the forms that lead to them."""

    def __init__(self) -> None:
        self.pairs: dict[str, list[tuple[str, float]]] = {}
        self.forms: dict[str, list[str]] = {}
        self._lemmas: dict[str, list[str]] = {}
        self._sorted: list[str] = []

    def sort(self) -> None:
        """Make all forms findable, once every pair and form is there."""
        for lemma, forms in self.forms.items():
            for form in forms:
                self._lemmas.setdefault(form, []).append(lemma)
        self._sorted = sorted(self.pairs.keys() | self._lemmas.keys())

    def has(self, form: str) -> bool:
        """Say whether a word is listed, as a lemma or as one of its forms."""
        return form in self.pairs or form in self._lemmas

    def translated(self, word: str, other: _Words, exact: bool) -> tuple[Translation, ...]:
        """Return the translations of a word, with their irregular forms: of a listed one, or by its stem."""
        return tuple(
            Translation(form, weight)
            for lemma in (self._lemmas_of(word) if exact else self._alike(word))
            for translated, weight in self.pairs.get(lemma, ())
            for form in (translated, *other.forms.get(translated, ()))
        )

    def _lemmas_of(self, form: str) -> list[str]:
        return ([form] if form in self.pairs else []) + self._lemmas.get(form, [])

    def _alike(self, word: str) -> dict[str, None]:
        """Return the lemmas with a form of the word's stem: of all such forms, those most like the word."""
        near = {form: _apart(form, word) for form in self._same_stem(word)}
        least = min(near.values(), default=0)
        return {lemma: None for form, far in near.items() if far <= least + _SLACK for lemma in self._lemmas_of(form)}

    def _same_stem(self, word: str) -> Iterator[str]:
        wanted = stem(word)
        start = wanted[: max(2, len(wanted) - 1)]  # the last letter of a stem may be another: city, citi
        for at in range(bisect_left(self._sorted, start), len(self._sorted)):
            form = self._sorted[at]
            if not form.startswith(start):
                return
            if stem(form) == wanted:
                yield form


def _apart(one: str, other: str) -> int:
    """Return how many letters of two words lie behind their common beginning."""
    shared = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return len(one) + len(other) - 2 * shared


@cache
def _lexicon() -> tuple[_Words, _Words]:
    """Return the English and the Spanish words of both files."""
    english, spanish = _Words(), _Words()
    for line in _lines("lexicon.tsv"):
        lemma, _, translated = line.partition("\t")
        english.pairs[lemma] = pairs = list(zip(translated.split(", "), _RANKS, strict=False))
        for word, weight in pairs:
            spanish.pairs.setdefault(word, []).append((lemma, weight))
    for line in _lines("forms.tsv"):
        language, lemma, forms = line.split("\t")
        (english if language == "en" else spanish).forms[lemma] = forms.split(", ")
    english.sort()
    spanish.sort()
    return english, spanish


def _lines(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    for accented, plain in zip(_ACCENTED, _PLAIN, strict=True):
        text = text.replace(accented, plain)  # fold says the same of these files, and takes twenty times as long
    return text.splitlines()
