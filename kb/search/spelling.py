"""Words that a library does not have become words that it has: near spellings, and words written as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.search.language import is_stop, words
from kb.search.sounds import openings, sound
from kb.search.vocabulary import FORM, Vocabulary, form

SHORTEST = 4
"""Letters below which nearly every word is one edit from another."""

TWO_EDITS_FROM = 8
"""Letters from which two edits still mean one word."""

SAME_SOUND = 0.5
"""What a word counts as edits that is written otherwise and sounds the same."""

MOST_REMEMBERED = 1000
"""Words whose near ones are kept: a query is asked again with every letter that is typed."""

_SWAP = 2  # what the automaton counts for two letters in the wrong order

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
    known = vocabulary.remembered
    if (word, edits) not in known:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[word, edits] = _near(word, vocabulary, edits)
    found: tuple[Near, ...] = known[word, edits]
    return found


def _near(word: str, vocabulary: Vocabulary, edits: int) -> tuple[Near, ...]:
    most = edits or (2 if len(word) >= TWO_EDITS_FROM else 1)
    if (not edits and len(word) < SHORTEST) or len(word) > _LONGEST or not word.isalpha():
        return ()
    for opening in openings(word):
        if not vocabulary.at_or_after(form(opening[:2])).startswith(form(opening[:2])):
            continue  # nothing begins so; most letters by ear lead nowhere
        steps = max(most, _SWAP) if opening == word else 1
        found = [one for one in _compared(word, _walked(opening, vocabulary, steps), vocabulary) if one.edits <= most]
        if found:
            return tuple(sorted(found, key=lambda one: (one.edits, -one.frequency, one.word)))
    return ()


def _compared(word: str, others: Iterable[str], vocabulary: Vocabulary) -> Iterator[Near]:
    """Yield how near other words are; words that sound alike are nearer than their letters say."""
    from whoosh.support.levenshtein import damerau_levenshtein

    for written in others:
        apart = float(damerau_levenshtein(written, word))
        if sound(written) == sound(word):
            apart = min(apart, SAME_SOUND)
        if apart > 0:
            yield Near(written, apart, vocabulary.frequency(form(written)))


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


def corrected(query: str, meant: Mapping[str, tuple[str, ...]], written: Callable[[str], str]) -> str:
    """Return the query with words replaced by those that they are taken for, "" where there are none.

    `written` says how the library writes a folded word.
    """
    better = query
    for word in reversed(list(words(query))):
        asked = query[word.start : word.end]
        if asked in meant:
            better = better[: word.start] + " ".join(map(written, meant[asked])) + better[word.end :]
    return better if better != query else ""


def _walked(word: str, vocabulary: Vocabulary, edits: int) -> Iterator[str]:
    """Yield the library's words within so many edits of a word, a swap counting as two, that begin as it does."""
    from whoosh.automata.fsa import find_all_matches
    from whoosh.automata.lev import levenshtein_automaton

    def at_or_after(term: str) -> str | None:
        return vocabulary.at_or_after(term) or None

    automaton = levenshtein_automaton(form(word), edits, len(FORM) + 1)
    for term in find_all_matches(automaton.to_dfa(), at_or_after):
        yield term.removeprefix(FORM)
