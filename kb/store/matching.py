"""Which document of a file is which after an edit. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

LEAST_SHARED = 0.5
"""Share of a document's letters that must be in sections that stayed as they were, for it to be the same one."""


@dataclass(frozen=True, slots=True)
class Held:
    """A document of a file, now or before: its part and the texts of its sections."""

    part: str
    texts: tuple[str, ...]


def matched(now: Sequence[Held], before: Sequence[Held]) -> dict[int, int]:
    """Return which index of `before` each index of `now` is; what is new is absent, what has gone is in no value.

    The same part with the same texts; else the same texts under another part; else the same part; else the most
    letters in sections that stayed, LEAST_SHARED of the longer one at least.
    """
    found: dict[int, int] = {}
    for key in _KEYS:
        waiting: dict[object, list[int]] = defaultdict(list)
        for index in _left(before, found.values()):
            waiting[key(before[index])].append(index)
        for index in _left(now, found):
            if waiting[key(now[index])]:
                found[index] = waiting[key(now[index])].pop(0)
    for _, index, other in _alike(now, before, found):
        if index not in found and other not in found.values():
            found[index] = other
    return found


_KEYS: tuple[Callable[[Held], object], ...] = (lambda one: one, attrgetter("texts"), attrgetter("part"))


def _left(held: Sequence[Held], taken: Iterable[int]) -> list[int]:
    known = set(taken)
    return [index for index in range(len(held)) if index not in known]


def _alike(now: Sequence[Held], before: Sequence[Held], found: dict[int, int]) -> list[tuple[float, int, int]]:
    """Return the likely pairs of what is left, the most alike first."""
    holders: dict[str, set[int]] = defaultdict(set)
    for other in _left(before, found.values()):
        for text in before[other].texts:
            holders[text].add(other)
    pairs = [
        (-_shared(now[index].texts, before[other].texts), index, other)
        for index in _left(now, found)
        for other in sorted({other for text in now[index].texts for other in holders[text]})
    ]
    return sorted(pair for pair in pairs if -pair[0] >= LEAST_SHARED)


def _shared(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the letters in texts that both have, over those of the longer one."""
    both = sum(len(text) * count for text, count in (Counter(first) & Counter(second)).items())
    return both / max(sum(map(len, first)), sum(map(len, second)), 1)
