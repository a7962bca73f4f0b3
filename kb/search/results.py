"""From ranked passages to what a person is shown: hits with snippets and reasons, those that say the same joined."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb import definitions, store
from kb.model import Alike, DocumentInfo, Hit, Kind, Passage, Via, Why
from kb.search import keyword
from kb.search.duplicates import Candidate, Group, collapsed
from kb.search.expansion import Asked
from kb.search.explain import shares, told_by, words_found
from kb.search.language import stems
from kb.search.lookout import Lookout
from kb.search.matrix import Matrix
from kb.search.postings import Rows
from kb.search.ranking import Ranked
from kb.search.snapshot import Snapshot
from kb.search.snippet import snippet

SPARE = 10
"""Candidates beyond those asked for that are looked at for near-duplicates."""

MOST_ALIKE = 8
"""Near-duplicates told behind one hit."""

MOST_RELATED, LONGEST_RELATED = 5, 80


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A query's words with their weights in the library, its candidates, and what they were compared with."""

    text: str
    asked: tuple[Asked, ...]
    idfs: tuple[float, ...]
    ranked: Ranked
    snapshot: Snapshot
    matrix: Matrix | None


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """What every passage that is shown is read for, worked out once.

    By word, its share; by term, the word it stands for and what it counts; and the stems of what is to be defined.
    """

    share: Mapping[str, float]
    told: Mapping[str, tuple[str, Via]]
    weights: Mapping[str, float]
    lookout: Lookout
    defined: frozenset[str]


def hits(db: sqlite3.Connection, found: Found, limit: int) -> tuple[Hit, ...]:
    """Return the best passages as they are shown, near-duplicates behind the first of them."""
    groups = _grouped(db, found, limit)
    shown = [number for group in groups for number in (group.number, *(n for n, _ in group.others[:MOST_ALIKE]))]
    known = store.numbered(db, shown)
    place = {number: at for at, number in enumerate(found.snapshot.numbers[found.ranked.rows].tolist())}
    weights = _weights(found)
    sought = Sought(
        shares(found.asked, found.idfs),
        told_by(found.asked),
        weights,
        Lookout(weights),
        frozenset(stems(definitions.asked_name(found.text))),
    )
    return tuple(_hit(found.ranked, group, place[group.number], known, sought) for group in groups)


def related(shown: Sequence[Hit], text: str) -> tuple[str, ...]:
    """Return the headings of the hits as searches of their own, those that ask for more than the query did."""
    asked = frozenset(stems(text))
    kept: dict[frozenset[str], str] = {}
    for hit in shown:
        heading = " ".join(hit.passage.heading.split())
        said = frozenset(stems(heading))
        telling = hit.document.kind is not Kind.SUMMARY  # the names of a summary's parts are always the same
        if telling and said - asked and len(heading) <= LONGEST_RELATED:
            kept.setdefault(said, heading)
    return tuple(kept.values())[:MOST_RELATED]


def _hit(
    ranked: Ranked, group: Group, place: int, known: Mapping[int, tuple[Passage, DocumentInfo]], sought: Sought
) -> Hit:
    passage, document = known[group.number]
    seen, headed = sought.lookout.seen(passage.text), sought.lookout.seen(passage.heading)
    shown, highlights = snippet(passage.text, sought.weights, sought.lookout, passage.readings)
    texts = (passage.text, seen), (passage.heading, headed)
    defines = bool(sought.defined) and sought.defined <= {one.term for one in seen}
    return Hit(
        passage,
        document,
        float(ranked.scores[place]),
        float(ranked.keyword[place]),
        float(ranked.semantic[place]),
        shown,
        highlights,
        tuple(Alike(*known[number], likeness) for number, likeness in group.others[:MOST_ALIKE]),
        Why(
            words_found(sought.share, sought.told, texts, passage.readings),
            float(ranked.semantic[place]),
            bool(headed),
            defines and bool(definitions.definitions(passage.text, sought.defined)),
        ),
    )


def _grouped(db: sqlite3.Connection, found: Found, limit: int) -> tuple[Group, ...]:
    """Return the best candidates as groups, looking further down as long as near-duplicates leave room for more."""
    looked = limit + SPARE
    while True:
        rows = found.ranked.rows[:looked]
        groups = collapsed(_candidates(db, found.snapshot, rows), _cosine(found, rows), limit)
        if len(groups) >= limit or looked >= len(found.ranked.rows):
            return groups
        looked *= 2


def _weights(found: Found) -> dict[str, float]:
    """Return what each term that stands for a word counts, for choosing what of a passage is shown."""
    weights: dict[str, float] = {}
    for one, idf in zip(found.asked, found.idfs, strict=True):
        for term, weight in one.terms:
            weights[term] = max(weights.get(term, 0.0), idf * weight)
    return weights


def _cosine(found: Found, rows: Rows) -> Callable[[int, int], float]:
    """Return what compares two of the candidates by their vectors, 0 where there are none."""
    if found.matrix is None:
        return lambda _one, _other: 0.0
    numbers = found.snapshot.numbers[rows]
    vectors = dict(zip(numbers.tolist(), np.nan_to_num(found.matrix.vectors_of(numbers)), strict=True))
    return lambda one, other: float(vectors[one] @ vectors[other])


def _candidates(db: sqlite3.Connection, snapshot: Snapshot, rows: Rows) -> tuple[Candidate, ...]:
    numbers = [int(number) for number in snapshot.numbers[rows]]
    terms = keyword.terms_of(db, numbers)
    owners = [snapshot.documents[at] for at in snapshot.table.columns.documents[rows].tolist()]
    return tuple(
        Candidate(number, terms.get(number, frozenset()), owner.id, owner.session)
        for number, owner in zip(numbers, owners, strict=True)
    )
