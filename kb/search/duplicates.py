"""Passages that say nearly the same become one hit that lists the others. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

LEAST_SHARED = 0.8
"""Share of two passages' terms that both have (Jaccard) from which they are the same, whatever a model finds: one
slide in two decks, with its number or date changed."""

LEAST_HELD = 0.9
"""Share of the shorter passage's terms that the longer one has from which it is a part of it."""

LEAST_RETOLD, LEAST_COSINE = 0.5, 0.8
"""In one session, what a passage must share of the shorter's terms, and how near the two must be, for one to retell
the other: the summary of a talk beside the talk."""

FEWEST_TERMS = 8
"""Terms below which sharing them all says little: titles, formulas, greetings."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage in the order of its score: its number, distinct terms, document and session ("" for none)."""

    number: int
    terms: frozenset[str]
    document: str
    session: str


@dataclass(frozen=True, slots=True)
class Group:
    """The best of some passages that say nearly the same, and the others with their likeness to it in [0, 1]."""

    number: int
    others: tuple[tuple[int, float], ...]


def collapsed(candidates: Sequence[Candidate], cosine: Callable[[int, int], float], most: int) -> tuple[Group, ...]:
    """Return the first `most` groups of the candidates, which come best first; a group stands where its best one is.

    `cosine` compares two passages by their numbers, 0 where a model has not seen one of them. A passage joins the
    first group whose best one it is like; others of a group are not compared with each other.
    """
    groups: list[tuple[Candidate, list[tuple[int, float]]]] = []
    for candidate in candidates:
        for best, others in groups:
            alike = likeness(best, candidate, cosine)
            if alike:
                others.append((candidate.number, alike))
                break
        else:
            if len(groups) < most:
                groups.append((candidate, []))
    return tuple(Group(best.number, tuple(sorted(others, key=lambda one: -one[1]))) for best, others in groups)


def likeness(one: Candidate, other: Candidate, cosine: Callable[[int, int], float]) -> float:
    """Return how much of one passage the other says, in (0, 1], or 0 where they are not near-duplicates."""
    shorter = min(len(one.terms), len(other.terms))
    if shorter < FEWEST_TERMS:
        return 1.0 if one.terms and one.terms == other.terms else 0.0
    common = len(one.terms & other.terms)
    if common < LEAST_RETOLD * shorter:
        return 0.0
    shared, held = common / (len(one.terms) + len(other.terms) - common), common / shorter
    if shared >= LEAST_SHARED or held >= LEAST_HELD:
        return max(shared, held)
    retold = one.session and one.session == other.session and one.document != other.document
    near = cosine(one.number, other.number) if retold else 0.0
    return near if near >= LEAST_COSINE else 0.0
