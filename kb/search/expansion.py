"""The words of a query become the terms they are looked for by, out of the words that the library has. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.model import Via
from kb.search.language import fold, is_stop, stem, words
from kb.search.query import Alternative, Concept, Query
from kb.search.spelling import near, parts
from kb.search.translation import translations
from kb.search.vocabulary import Vocabulary, form

FORM_WEIGHT = 0.3
"""What a word counts in the very form that was asked, beside 1 for any form of it. Tuned on the even articles of
XQuAD: nDCG@10 lies flat between 0.2 and 0.5; of Spanish questions it rises from 0.969 to 0.972 on all."""

TRANSLATED = 0.8
"""What a sure translation counts beside the word itself, so that a mixed library answers in the question's language
first: of 1.0, 0.8 and 0.6, the one that keeps nearly all of what translations gain on XQuAD (nDCG@10 of words alone,
English questions on Spanish text: 0.62 without, 0.93 with)."""

SYNONYM = 0.5
"""What a word with the same translation counts: of 0.2 to 0.8, best for the tuning half of the gold set (nDCG@10
0.827, without 0.811), and of no effect on XQuAD."""

SPELT = 0.6
"""What a near spelling of an unknown word counts, for each edit again."""

MOST_COMPLETIONS, MOST_SPELLINGS = 40, 3


Expansion = tuple[tuple[Alternative, ...], tuple[str, ...]]
"""Terms that may stand for a word, and the words that one is taken for which the library does not have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A word of the query, the terms that may stand for it, the likeliest first, and what it counts beside others.

    `meant` are the library's words, folded, that a word it does not have is taken for.
    """

    word: str
    alternatives: tuple[Alternative, ...]
    weight: float = 1.0
    meant: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[tuple[str, float], ...]:
        """Each term with its weight, as the index scores them."""
        return tuple((one.term, one.weight * self.weight) for one in self.alternatives)


def expanded(query: Query, vocabulary: Vocabulary, language: str = "") -> tuple[Asked, ...]:
    """Return the words of a query with all that may stand for them in a library; `language` is the query's or "".

    Every word may stand there in the other language. One that the library does not have at all may be misspelt, or
    the beginning of a word that is still being typed.
    """
    found: list[Asked] = []
    last = query.concepts[-1:]
    for concept in query.concepts:
        others, meant = _others(concept, vocabulary, language, concept in last)
        alternatives = tuple(_distinct((*concept.alternatives, *others)))
        found.append(Asked(concept.asked, alternatives, meant=meant))
        if not concept.prefix and not concept.edits:
            found += _exact(concept)
    return tuple(found)


def _exact(concept: Concept) -> Iterator[Asked]:
    """Yield the parts of a word in the very form that was asked; stop words say too little."""
    for word in words(concept.asked):
        for part in word.parts:
            if not is_stop(part):
                yield Asked(concept.asked, (Alternative(form(part), 1.0, Via.SAME),), FORM_WEIGHT)


def _others(concept: Concept, vocabulary: Vocabulary, language: str, is_last: bool) -> Expansion:
    """Return what else a word may stand there as, and the words that an unknown one is taken for."""
    if concept.prefix:
        return tuple(_completions(concept.prefix, vocabulary)), ()
    if concept.edits:
        return _spellings(concept.asked, vocabulary, concept.edits)[0], ()
    known = any(vocabulary.frequency(one.term) for one in concept.alternatives)
    listed = tuple(_translated(concept.asked, vocabulary, language, guessed=False))
    others = (*listed, *_synonyms(concept.asked, vocabulary, language))
    if known or listed:
        return others, ()
    guessed = tuple(_translated(concept.asked, vocabulary, language, guessed=True))
    completed = tuple(_completions(concept.asked, vocabulary)) if is_last and not guessed else ()
    if completed:
        return (*others, *completed), ()
    spelt, meant = _spellings(concept.asked, vocabulary, 0)
    return (*others, *guessed, *spelt), meant


def _completions(prefix: str, vocabulary: Vocabulary) -> Iterator[Alternative]:
    for term, _ in vocabulary.terms_beginning(form(fold(prefix)), MOST_COMPLETIONS):
        yield Alternative(term, 1.0, Via.PREFIX)


def _translated(asked: str, vocabulary: Vocabulary, source: str, guessed: bool) -> Iterator[Alternative]:
    """Yield what the library has of a word in the other language: listed in the lexicon, or guessed by its shape."""
    for word in words(asked):
        for part in word.parts:
            for one in translations(part, source):
                term = stem(one.word)
                if one.guessed is guessed and vocabulary.frequency(term):
                    yield Alternative(term, TRANSLATED * one.weight, Via.TRANSLATION)


def _synonyms(asked: str, vocabulary: Vocabulary, source: str) -> Iterator[Alternative]:
    """Yield what the library has of the words that share a translation with a word, of its own language."""
    for language, other in (("es", "en"), ("en", "es")):
        if source == other:
            continue
        for word in words(asked):
            for abroad in (one for part in word.parts for one in translations(part, language) if not one.guessed):
                for back in translations(abroad.word, other):
                    weight = SYNONYM * abroad.weight * back.weight
                    if not back.guessed and vocabulary.frequency(stem(back.word)):
                        yield Alternative(stem(back.word), weight, Via.SYNONYM)


def _spellings(asked: str, vocabulary: Vocabulary, edits: int) -> Expansion:
    """Return the words that a misspelt one may be meant for, or two that were written as one, and the likeliest."""
    found = [word.parts[0] for word in words(asked)]
    if len(found) != 1:
        return (), ()
    likely = near(found[0], vocabulary, edits)[:MOST_SPELLINGS]
    if likely:
        spelt = ((term, SPELT**one.edits) for one in likely for term in (stem(one.word), form(one.word)))
        return tuple(Alternative(term, weight, Via.SPELLING) for term, weight in spelt), (likely[0].word,)
    apart = () if edits else parts(found[0], vocabulary)
    return tuple(Alternative(stem(part), SPELT, Via.SPELLING) for part in apart), apart


def _distinct(alternatives: Iterable[Alternative]) -> Iterator[Alternative]:
    seen: set[str] = set()
    for one in alternatives:
        if one.term not in seen:
            seen.add(one.term)
            yield one
