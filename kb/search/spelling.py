"""A better spelling for a query's unknown words, out of the library's own words."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left

from kb.search import keyword
from kb.search.language import is_stop, stem, word_stems, words

SHORTEST = 5
"""Letters below which nearly every word is one edit from another."""

_FIRMLY_LONG = 8
_CANDIDATES = 6
_TEXTS = 4


def suggestion(db: sqlite3.Connection, query: str) -> str:
    """Return the query with its unknown words replaced by near ones of the library, "" when nothing is better."""
    better = query
    for word in reversed(list(words(query))):
        plain = word.parts[0] if len(word.parts) == 1 else ""
        if not plain.isalpha() or len(plain) < SHORTEST or is_stop(plain):
            continue
        if any(keyword.frequencies(db, word_stems(word)).values()):
            continue
        near = _nearest(db, plain)
        if near:
            better = better[: word.start] + near + better[word.end :]
    return better if better != query else ""


def _nearest(db: sqlite3.Connection, word: str) -> str:
    """Return the library's word closest to an unknown one: fewest edits, a swap of neighbours counting as one.

    Whoosh's automaton finds the near terms of the vocabulary, which holds stems; the passages tell their words.
    """
    from whoosh.automata.fsa import find_all_matches
    from whoosh.automata.lev import levenshtein_automaton
    from whoosh.support.levenshtein import damerau_levenshtein

    known = {term: count for term, count in keyword.vocabulary(db, word[0]) if term.isalpha() and len(term) > 2}
    terms = sorted(known)

    def at_or_after(term: str) -> str | None:
        at = bisect_left(terms, term)
        return terms[at] if at < len(terms) else None

    wanted = stem(word)
    near = list(find_all_matches(levenshtein_automaton(wanted, 2, 1).to_dfa(), at_or_after))
    near.sort(key=lambda term: (damerau_levenshtein(term, wanted), -known[term], term))
    edits = 2 if len(word) >= _FIRMLY_LONG else 1
    found = [
        (distance, -known[term], written)
        for term in near[:_CANDIDATES]
        for folded, written in _written(db, term)
        if (distance := damerau_levenshtein(folded, word)) <= edits
    ]
    return min(found)[2] if found else ""


def _written(db: sqlite3.Connection, term: str) -> set[tuple[str, str]]:
    """Return the words of the library behind a stem, folded and as written; sentence capitals are lowered."""
    forms = set()
    for text in keyword.texts_with(db, term, _TEXTS):
        for word in words(text):
            if len(word.parts) == 1 and stem(word.parts[0]) == term:
                written = text[word.start : word.end]
                forms.add((word.parts[0], written if written[1:] != written[1:].lower() else written.lower()))
    return forms
