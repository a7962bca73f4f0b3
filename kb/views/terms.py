"""The glossary: a library's key terms, the most telling first, with the passages that define them."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from kb import store
from kb.errors import TermNotFound
from kb.model import Filters, Kind
from kb.search.bm25 import inverse_frequency
from kb.search.language import is_stop, phrases, stem, stems, words
from kb.search.postings import Rows
from kb.search.query import quoted
from kb.search.snapshot import Snapshot
from kb.search.vocabulary import form
from kb.store import views as reading
from kb.views.candidates import Candidate, Candidates
from kb.views.defining import defining, naming
from kb.views.model import Defined, Term
from kb.views.naming import Key, bare, cleaned, is_link, key_of, sightings, usual
from kb.views.shelf import Shelf

SAMPLED = 2_000
"""Passages of running text that are read for what comes often in them, evenly over the library."""

MARKED = 3_000
"""Sections whose bold and labelled words are looked at."""

WEIGHED, WEIGHED_PER_SHOWN, TRIED = 150, 3, 5
"""Candidates that are weighed by their passages: at least, and for each term wanted; of TRIED times as many that are
looked for, since some stand in headings alone."""

SEEN = 30
"""Passages of a term that are read for how it is written, evenly over those that have it."""

READ, READ_FOR_ONE = 20, 400
"""Passages of a term that are read for what defines it: in a glossary, and of a term that was asked for."""

QUOTED, QUOTED_FOR_ONE = 2, 50
"""Definitions of a term that are kept."""

MOST_WITHIN, LEAST_OF_PART = 0.7, 0.3
"""Share of a term's passages from which a longer one that holds it stands for it, if that weighs this share of it."""

RARE_OF_PART, FEEBLE = 0.15, 1.5
"""Share of a part's passages below which a longer term is left out, if no more than this speaks for it."""

_FORMS = 3_000
_KINDS = {Kind.STUDY_GUIDE: 0, Kind.NOTES: 1, Kind.SLIDES: 1, Kind.SUMMARY: 2, Kind.TRANSCRIPT: 3}


def glossary(db: sqlite3.Connection, snapshot: Snapshot, filters: Filters, limit: int) -> tuple[Term, ...]:
    """Return the key terms of the part of a library that filters leave, the most telling first, at most `limit`."""
    shelf = Shelf.of(db, snapshot, filters)
    found = _gathered(shelf).merged()
    likely = sorted(found, key=lambda one: (-_promise(shelf, one), one.key))
    weighed = sorted(_weighed(shelf, likely, max(WEIGHED, WEIGHED_PER_SHOWN * limit)), key=_heaviest_first)
    guides = _guides(shelf)
    chosen = _without_parts(weighed)[: max(0, limit)]
    return tuple(_term(shelf, candidate, rows, weight, guides, (READ, QUOTED)) for weight, candidate, rows in chosen)


def _promise(shelf: Shelf, candidate: Candidate) -> float:
    """Return about what a candidate will count, by the passages that have the rarest of its words."""
    parts = [part for name in candidate.plain for word in words(name) for part in word.parts if not is_stop(part)]
    frequency = shelf.snapshot.frequency
    rarest = min((max(frequency(stem(part)), frequency(form(part))) for part in parts), default=0)
    return candidate.evidence * (0.35 + candidate.rarity) * math.log2(1 + rarest)


_Weighed = tuple[float, Candidate, Rows]


def _weighed(shelf: Shelf, likely: Sequence[Candidate], most: int) -> Iterator[_Weighed]:
    """Yield the candidates that count something, with their passages, until there are so many."""
    for candidate in likely[: TRIED * most]:
        if most == 0:
            return
        rows = shelf.having(_condition(shelf, candidate))
        weight = _weight(shelf, candidate, rows)
        if weight > 0:
            most -= 1
            yield weight, candidate, rows


def _heaviest_first(one: _Weighed) -> tuple[float, Key]:
    weight, candidate, _ = one
    return -weight, candidate.key


def one_term(db: sqlite3.Connection, snapshot: Snapshot, filters: Filters, name: str) -> Term:
    """Return a term with all passages that define it. Raises TermNotFound where no passage has it."""
    shelf = Shelf.of(db, snapshot, filters)
    asked = cleaned(name)
    key = key_of(asked)
    if not asked:
        raise TermNotFound(term=name)
    candidate = Candidate(key, written=Counter([asked]))
    same = next((one for one in _gathered(shelf).merged() if key in one.keys), None)
    if same is not None:
        candidate = same
    rows = shelf.having(_condition(shelf, candidate))
    if not len(rows):
        raise TermNotFound(term=name)
    weight = _weight(shelf, candidate, rows)
    return _term(shelf, candidate, rows, weight, _guides(shelf), (READ_FOR_ONE, QUOTED_FOR_ONE))


def _gathered(shelf: Shelf) -> Candidates:
    """Return what may be a term: of guides, headings, marks, acronyms and running text."""
    candidates = Candidates()
    documents = shelf.documents()
    titles: Counter[str] = Counter()
    for section in reading.headed(shelf.db, documents):
        if section.kind is Kind.STUDY_GUIDE:
            candidates.question(section.title, section.terms)
        elif section.kind in (Kind.SLIDES, Kind.NOTES):
            titles[section.title] += 1
    for title in titles:
        candidates.heading(title)
        candidates.expanded(title)
    for text in reading.marked_texts(shelf.db, documents, MARKED):
        candidates.marked(text)
    sample = shelf.texts(shelf.rows, SAMPLED)
    for text, _ in sample:
        if "(" in text:
            candidates.expanded(text)
    candidates.running((text for text, language in sample if language in ("es", "en")), _people(shelf))
    return candidates


def _people(shelf: Shelf) -> frozenset[str]:
    """Return the names of who speaks and writes, as terms know them: they are no subject."""
    names = reading.authors(shelf.db) | frozenset(shelf.snapshot.speakers)
    return frozenset(part for name in names for part in key_of(name))


def _condition(shelf: Shelf, candidate: Candidate) -> str:
    """Return what asks for the passages whose own words have a term, in all its writings."""
    names = {*candidate.written, *candidate.stands_for}
    terms = {term for name in names for term in _asked(shelf, name)}
    return f"body : ({' OR '.join(quoted(term) for term in sorted(terms))})" if terms else ""


def _asked(shelf: Shelf, name: str) -> Iterator[str]:
    """Yield the index terms of one writing: all forms of a single word, several in a row, a compound as one."""
    found = list(words(name))
    key = key_of(name)
    if len(key) > 1:
        if not any(is_stop(part) and not is_link(word.parts) for word in found for part in word.parts):
            yield from phrases(name)
        if len(found) == 1:
            yield stem(found[0].joined)
        return
    for part in key:
        shortest = part[:-1] if part.endswith("c") else part  # voz is known as voc
        for term, _ in shelf.snapshot.terms_beginning(form(shortest), _FORMS):
            if bare(term.removeprefix(form(""))) == part:
                yield term


def _weight(shelf: Shelf, candidate: Candidate, rows: Rows) -> float:
    """Return what a term counts: what speaks for it, how often and how unevenly it comes, how unusual it is.

    A term in one passage alone, which no guide asks for, counts nothing: nobody comes back to it.
    """
    if not len(rows) or (len(rows) == 1 and candidate.evidence < 2.5):
        return 0.0
    size = int(np.count_nonzero(shelf.allowed))
    uneven = inverse_frequency(size, len(rows)) / inverse_frequency(size, 1)
    often = math.log2(1 + len(rows))
    return candidate.evidence * often * (0.5 + uneven) * (0.35 + candidate.rarity)


def _without_parts(weighed: Sequence[_Weighed]) -> list[_Weighed]:
    """Return the terms without those that nearly always are a part of a longer one, and without rare longer ones.

    After the C-value of Frantzi, Ananiadou and Mima ("Automatic recognition of multi-word terms", 2000), a word that
    hardly comes but within a longer term is no term; nor is a longer one that only running text speaks for.
    """
    longer: dict[Key, list[_Weighed]] = {}
    for one in weighed:
        for part in _parts(one[1].key):
            longer.setdefault(part, []).append(one)
    alone = {candidate.key: rows for _, candidate, rows in weighed}
    return [
        (weight, candidate, rows)
        for weight, candidate, rows in weighed
        if not any(
            heavy >= LEAST_OF_PART * weight and len(np.intersect1d(rows, other)) > MOST_WITHIN * len(rows)
            for heavy, _, other in longer.get(candidate.key, ())
        )
        and not (
            candidate.evidence < FEEBLE
            and any(len(rows) < RARE_OF_PART * len(alone.get(part, rows)) for part in _parts(candidate.key))
        )
    ]


def _parts(key: Key) -> Iterator[Key]:
    """Yield the shorter terms that a term holds."""
    for length in range(1, len(key)):
        for at in range(len(key) - length + 1):
            yield key[at : at + length]


def _term(
    shelf: Shelf, candidate: Candidate, rows: Rows, weight: float, guides: dict[Key, list[int]], most: tuple[int, int]
) -> Term:
    name, other = _written(shelf, candidate, rows)
    return Term(
        name=name,
        other=other,
        passages=len(rows),
        sessions=shelf.sessions(rows),
        weight=weight,
        defined=_defined(shelf, candidate, rows, guides, most),
    )


def _written(shelf: Shelf, candidate: Candidate, rows: Rows) -> tuple[str, str]:
    """Return how a term is mostly written, and its acronym or what it stands for."""
    seen: dict[Key, list[tuple[str, bool]]] = {}
    for text, _ in shelf.texts(rows, SEEN):
        for key, written, opens in sightings(text, candidate.keys):
            seen.setdefault(key, []).append((written, opens))
    said = max(candidate.stands_for.items(), key=lambda one: (one[1], one[0]), default=("", 0))[0]
    full = {key_of(each) for each in candidate.stands_for}
    short = [one for key, each in seen.items() if key not in full for one in each]
    long = [one for key, each in seen.items() if key in full for one in each]
    name = usual(short) or candidate.written.most_common(1)[0][0]
    if not said:
        return name, ""
    return (usual(long), name) if len(long) > len(short) else (name, said)


def _guides(shelf: Shelf) -> dict[Key, list[int]]:
    """Return which passages of guides open an answer about a term: by the term, their numbers."""
    found: dict[Key, list[int]] = {}
    for opening in reading.answers(shelf.db, shelf.documents()):
        for term in opening.terms:
            found.setdefault(key_of(term), []).append(opening.number)
    return found


def _defined(
    shelf: Shelf, candidate: Candidate, rows: Rows, guides: dict[Key, list[int]], most: tuple[int, int]
) -> tuple[Defined, ...]:
    """Return the sentences that define a term: of guides first, then of what was written to be read, then of talks.

    Where none does, the openings of the guides' answers about it.
    """
    read, kept = most
    asked = list(dict.fromkeys(number for key in candidate.keys for number in guides.get(key, ())))[:read]
    concepts = [[(term, 1.0)] for term in stems(" ".join(candidate.plain))]
    best = shelf.snapshot.scores(concepts).shares
    order = rows[np.lexsort((rows, -best[rows]))][:read]
    numbers = list(dict.fromkeys([*asked, *shelf.snapshot.numbers[order].tolist()]))
    known = store.numbered(shelf.db, numbers)
    passages = [known[number] for number in sorted(numbers, key=lambda n: (_KINDS[known[n][1].kind], n not in asked))]
    found = [
        Defined(passage, document, quote, True)
        for passage, document in passages
        for quote in defining(passage.text, candidate.keys)
    ]
    opening = [
        Defined(passage, document, quote, False)
        for passage, document in map(known.__getitem__, asked)
        for quote in naming(passage.text, candidate.keys)
    ]
    return _distinct(found or opening)[:kept]


def _distinct(found: Sequence[Defined]) -> tuple[Defined, ...]:
    seen: dict[frozenset[str], Defined] = {}
    for one in found:
        seen.setdefault(frozenset(stems(one.quote)), one)
    return tuple(seen.values())
