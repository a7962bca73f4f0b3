"""Words that a library does not have become words that it has: near spellings, and words written as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb.search.language import is_stop, word_stems, words
from kb.search.sounds import openings, sound
from kb.search.vocabulary import FORM, Vocabulary, form

SHORTEST = 4
"""Letters below which nearly every word is one edit from another."""

TWO_EDITS_FROM = 8
"""Letters from which two edits still mean one word."""

SAME_SOUND = 0.5
"""What a word counts as edits that is written otherwise and sounds the same."""

_SHORTEST_PART = 3
_LONGEST = 32


@dataclass(frozen=True, slots=True)
class Near:
    """A library's word near to one that it does not have: folded, how many edits away, in how many passages it is."""

    word: str
    edits: float
    frequency: int


def near(word: str, vocabulary: Vocabulary, edits: int = 0) -> tuple[Near, ...]:
    """Return the library's words closest to a folded word, best first; `edits` 0 allows what its length allows.

    Whoosh's Levenshtein automaton walks the sorted vocabulary; a swap of neighbours counts as one edit, and words
    that sound alike (v and b, silent h) as less.
    """
    most = edits or (2 if len(word) >= TWO_EDITS_FROM else 1)
    if (not edits and len(word) < SHORTEST) or len(word) > _LONGEST or not word.isalpha():
        return ()
    from whoosh.support.levenshtein import damerau_levenshtein

    found: dict[str, Near] = {}
    for written in dict.fromkeys(_walked(word, vocabulary)):
        apart = float(damerau_levenshtein(written, word))
        if sound(written) == sound(word):
            apart = min(apart, SAME_SOUND)
        if 0 < apart <= most and (edits or abs(len(written) - len(word)) <= most):
            found[written] = Near(written, apart, vocabulary.frequency(form(written)))
    return tuple(sorted(found.values(), key=lambda one: (one.edits, -one.frequency, one.word)))


def parts(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the two words of the library that a word is when cut, () where there are none."""
    cuts = ((word[:at], word[at:]) for at in range(_SHORTEST_PART, min(len(word), _LONGEST) - _SHORTEST_PART + 1))
    known = [
        (min(vocabulary.frequency(form(left)), vocabulary.frequency(form(right))), left, right)
        for left, right in cuts
        if not is_stop(left) and not is_stop(right)
    ]
    frequency, left, right = max(known, default=(0, "", ""))
    return (left, right) if frequency else ()


def suggestion(query: str, vocabulary: Vocabulary, written: Callable[[str], str]) -> str:
    """Return the query with words that the library does not have replaced by near ones, "" when nothing is better.

    `written` says how the library writes a folded word.
    """
    better = query
    for word in reversed(list(words(query))):
        plain = word.parts[0] if len(word.parts) == 1 else ""
        if len(plain) < SHORTEST or is_stop(plain) or known(plain, word_stems(word), vocabulary):
            continue
        closest = near(plain, vocabulary)
        meant = " ".join(map(written, [closest[0].word] if closest else parts(plain, vocabulary)))
        if meant:
            better = better[: word.start] + meant + better[word.end :]
    return better if better != query else ""


def known(word: str, stems: tuple[str, ...], vocabulary: Vocabulary) -> bool:
    """Say whether any passage has a folded word, as it is written or by its stems."""
    return any(vocabulary.frequency(term) for term in (form(word), *stems))


def _walked(word: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the library's words within two edits of a word or of how it may begin when written by ear."""
    from whoosh.automata.fsa import find_all_matches
    from whoosh.automata.lev import levenshtein_automaton

    def at_or_after(term: str) -> str | None:
        return vocabulary.at_or_after(term) or None

    for opening in openings(word):
        automaton = levenshtein_automaton(form(opening), 2 if opening == word else 1, len(FORM) + 1)
        for term in find_all_matches(automaton.to_dfa(), at_or_after):
            yield term.removeprefix(FORM)
