"""Several posting lists become one, without the rows that have gone. Pure, and in stretches of bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise

import numpy as np
from numpy.typing import NDArray

from kb.search.postings import Postings, Terms

AT_A_TIME = 1 << 21
"""Postings that are moved together: about 60 MB of work space."""

_Chunk = tuple[NDArray[np.int32], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Postings on their way: `places` are the new rows by the old, -1 for those that have gone.

    `counts` are the living rows by term, `positions` the terms' new places, ascending, of those that have any.
    """

    postings: Postings
    places: NDArray[np.int32]
    living: NDArray[np.bool_] | None
    counts: NDArray[np.int64]
    positions: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Merge:
    """What postings become, all but their rows and frequencies, which `chunks` yields from the first term on."""

    terms: Terms
    offsets: NDArray[np.int64]
    lengths: NDArray[np.float32]
    chunks: Callable[[], Iterator[_Chunk]]

    @property
    def size(self) -> int:
        """How many postings there are."""
        return int(self.offsets[-1])

    def in_memory(self) -> Postings:
        """Return the whole."""
        rows = np.empty(self.size, dtype=np.int32)
        quarters = np.empty(self.size, dtype=np.uint8)
        at = 0
        for some_rows, some_quarters in self.chunks():
            rows[at : at + len(some_rows)] = some_rows
            quarters[at : at + len(some_rows)] = some_quarters
            at += len(some_rows)
        return Postings(self.terms, self.offsets, rows, quarters, self.lengths)


def merge(whole: Sequence[Postings], living: NDArray[np.bool_]) -> Merge:
    """Return one set of postings for several, whose rows follow each other; `living` is by row of them all."""
    places = np.where(living, np.cumsum(living) - 1, -1).astype(np.int32)
    starts = np.cumsum([0, *(len(one.lengths) for one in whole)])
    pieces = [slice(int(start), int(stop)) for start, stop in pairwise(starts)]
    alive = [None if living[piece].all() else living[piece] for piece in pieces]
    counts = [_counts(one, here) for one, here in zip(whole, alive, strict=True)]
    names = _names(whole, counts)
    numbering = {name: number for number, name in enumerate(names)}
    parts, total = [], np.zeros(len(names), dtype=np.int64)
    for one, piece, here, count in zip(whole, pieces, alive, counts, strict=True):
        kept = count > 0
        positions = np.full(len(count), -1, dtype=np.int64)
        positions[kept] = np.fromiter(map(numbering.__getitem__, _held(one, kept)), dtype=np.int64)
        total[positions[kept]] += count[kept]
        parts.append(_Part(one, places[piece], here, count, positions))
    offsets = np.concatenate(([0], np.cumsum(total, dtype=np.int64)))
    lengths = np.concatenate([np.zeros(0, np.float32), *(one.lengths for one in whole)])[living]
    return Merge(Terms.of(names), offsets, lengths, lambda: _chunks(parts, offsets))


def _counts(postings: Postings, living: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Return how many living rows each term has."""
    if living is None:
        return np.diff(postings.offsets)
    spans = _stretches(postings.offsets)
    empty = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *(postings.counts(first, last, living) for first, last in spans)])


def _names(whole: Sequence[Postings], counts: Sequence[NDArray[np.int64]]) -> list[str]:
    """Return the terms that some living row has, sorted."""
    names: set[str] = set()
    for one, count in zip(whole, counts, strict=True):
        names.update(_held(one, count > 0))
    return sorted(names)


def _held(postings: Postings, kept: NDArray[np.bool_]) -> Iterator[str]:
    """Yield the terms that are kept."""
    return iter(postings.terms) if kept.all() else compress(postings.terms, kept.tolist())


def _stretches(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield stretches of terms with about AT_A_TIME postings together, one term at least."""
    first, last = 0, len(offsets) - 1
    while first < last:
        until = int(np.searchsorted(offsets, offsets[first] + AT_A_TIME, side="right")) - 1
        until = min(max(until, first + 1), last)
        yield first, until
        first = until


def _chunks(parts: Sequence[_Part], offsets: NDArray[np.int64]) -> Iterator[_Chunk]:
    # Of a part, the terms that are left out have no place; those before them tell where a stretch begins.
    order = [np.maximum.accumulate(part.positions) if len(part.positions) else part.positions for part in parts]
    for first, last in _stretches(offsets):
        rows = np.empty(offsets[last] - offsets[first], dtype=np.int32)
        quarters = np.empty(len(rows), dtype=np.uint8)
        cursor = offsets[first:last] - offsets[first]
        for part, known in zip(parts, order, strict=True):
            start, stop = np.searchsorted(known, [first, last])
            _place(part, slice(int(start), int(stop)), first, cursor, (rows, quarters))
        yield rows, quarters


def _place(part: _Part, terms: slice, first: int, cursor: NDArray[np.int64], into: _Chunk) -> None:
    """Put a part's postings of some terms where the cursor of each new term stands, and move that on."""
    begin, end = part.postings.offsets[terms.start], part.postings.offsets[terms.stop]
    moved = part.places[part.postings.rows[begin:end]]
    quarters = part.postings.quarters[begin:end]
    if part.living is not None:
        alive = moved >= 0
        moved, quarters = moved[alive], quarters[alive]
    counts = part.counts[terms]
    here = counts > 0
    counts, targets = counts[here], part.positions[terms][here] - first
    to = np.repeat(cursor[targets] - (np.cumsum(counts) - counts), counts) + np.arange(len(moved))
    into[0][to] = moved
    into[1][to] = quarters
    cursor[targets] += counts
