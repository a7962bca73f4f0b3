"""All vectors of one model at one moment, compared with a query: exactly, or first by their bits. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kb.search.quantised import Coarse, Rows, first_look, products, second_look, third_look

Vector = NDArray[np.float32]
Numbers = NDArray[np.int64]

EXACT_ROWS = 40_000
"""Vectors up to which every one is compared exactly: 61 MB and 3 ms for 384 components."""

CENTRE_PRIOR = 100
"""Passages' worth of doubt in the library's mean vector: a handful of passages says little about the model. Of 20, 50
and 100, this tells questions about something else best from the library's own (see engine.LEAST_DISTINCT)."""

FIRST_LOOK, SECOND_LOOK = 40_000, 8_000
"""Vectors that pass the two looks at bits. Of the ten nearest of 1,000,000 vectors of all-MiniLM-L6-v2, all pass
40,000 and 4,000, 99.8 % pass 20,000 and 4,000; of the two hundred nearest of 100,000, 99.4 % pass these two, 97.5 %
40,000 and 4,000 (questions of XQuAD; benchmarks/vector_recall.py)."""

_SPARE = 32
"""Vectors beyond those wanted that pass the look at their codes and are compared exactly."""

_LOOKED_AT_PER_RESULT = 40  # so that more than a page of results is as exact as one


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some of the vectors: passage numbers (n), unit vectors (n x d), what they are coarsely.

    `let_go` frees the memory that vectors read from a file take up; they can be read again.
    """

    numbers: Numbers
    vectors: Vector
    coarse: Coarse
    let_go: Callable[[], None] = lambda: None


class Matrix:
    """The unit vectors of one model (n x d) and the passage number of each row; never changes."""

    def __init__(
        self,
        parts: Sequence[Part],
        gone: NDArray[np.bool_],
        total: NDArray[np.float64],
        around: Vector,
        exact_rows: int = EXACT_ROWS,
    ) -> None:
        """Hold parts whose rows marked `gone` (all rows) do not count.

        `total` (d) is the sum of the rows that do, and `around` (d) the centre of the parts' bits.
        """
        self._parts = tuple(parts)
        self._ends = np.cumsum([len(part.numbers) for part in parts])
        self._there = ~gone
        self._rows: Rows = np.flatnonzero(self._there)
        self._exact = len(self._rows) <= exact_rows
        self._around = around
        self.numbers: Numbers = np.concatenate([part.numbers for part in parts])[self._rows]
        self.centre: Vector = (total / (len(self._rows) + CENTRE_PRIOR)).astype(np.float32)

    def cosines(self, query: Vector) -> Vector:
        """Return the cosine of a unit query vector with every passage, in the order of `numbers`."""
        found = np.concatenate([products(part.vectors, query) for part in self._parts])
        cosines: Vector = found if len(found) == len(self._rows) else found[self._rows]
        return cosines

    def nearest(self, query: Vector, count: int, allowed: Numbers | None = None) -> tuple[Numbers, Vector]:
        """Return the passages nearest to a unit query vector, at most `count`, and their cosines, best first.

        `allowed` are the numbers of passages that may be found. Among more than `exact_rows` vectors, the ones
        compared are those that two looks at their bits leave.
        """
        among = None if allowed is None else np.isin(self.numbers, allowed)
        if self._exact:
            numbers, cosines = self.numbers, self.cosines(query)
            if among is not None:
                numbers, cosines = numbers[among], cosines[among]
        else:
            rows = self._likely(query, count, among)
            numbers, cosines = self._numbers_at(rows), self._cosines_at(rows, query)
        best = _best(cosines, numbers, count)
        return numbers[best], cosines[best]

    def cosines_of(self, query: Vector, numbers: Numbers) -> Vector:
        """Return the cosine of a unit query vector with each passage, NaN where it has no vector."""
        rows, known = self._find(numbers)
        found = np.full(len(numbers), np.nan, np.float32)
        found[known] = self._cosines_at(rows, query)
        return found

    def vectors_of(self, numbers: Numbers) -> Vector:
        """Return each passage's vector (n x d), NaN where it has none."""
        rows, known = self._find(numbers)
        found = np.full((len(numbers), len(self.centre)), np.nan, np.float32)
        found[known] = self._vectors_at(rows)
        return found

    def let_go(self) -> None:
        """Take vectors out of memory that a file has: rows here and there would soon have all of it there."""
        if not self._exact:
            for part in self._parts:
                part.let_go()

    def distinct(self, query: Vector, cosines: Vector) -> Vector:
        """Return the cosines of every passage after taking the library's mean vector from both sides.

        Texts of one language or subject share a large part of their vectors, so that a model finds any Spanish
        question somewhat like any Spanish passage. Without the shared part, cosines are comparable over models and
        languages (Mu and Viswanath, "All-but-the-Top", arXiv 1702.01417, first step).
        """
        return self._apart(query, cosines, self._towards)

    def distinct_of(self, query: Vector, numbers: Numbers, cosines: Vector) -> Vector:
        """Return what `distinct` says of some passages whose cosines are known; NaN where one has no vector."""
        return self._apart(query, cosines, self.cosines_of(self.centre, numbers))

    def in_order(self) -> Rows:
        """Return the rows that count, by passage number; for `taken`."""
        ordered: Rows = self._rows[self._order]
        return ordered

    def taken(self, rows: Rows) -> tuple[Numbers, Vector]:
        """Return passage numbers and vectors of rows."""
        return self._numbers_at(rows), self._vectors_at(rows)

    def _likely(self, query: Vector, count: int, among: NDArray[np.bool_] | None) -> Rows:
        """Return the rows that may hold the nearest passages, of those `among` marks (in the order of `numbers`)."""
        bits, centred = [part.coarse.signs for part in self._parts], query - self._around
        few = max(SECOND_LOOK, _LOOKED_AT_PER_RESULT * count)
        many = few * FIRST_LOOK // SECOND_LOOK
        rows = self._rows if among is None else self._rows[among]
        if len(rows) > many:
            if among is None:
                there = self._there
            else:
                there = np.zeros_like(self._there)
                there[rows] = True
            rows = first_look(bits, centred, there, many)
        rows = second_look(bits, centred, rows, few)
        return third_look([part.coarse.codes for part in self._parts], query, rows, count + _SPARE)

    def _apart(self, query: Vector, cosines: Vector, towards: Vector) -> Vector:
        square = float(self.centre @ self.centre)
        above = cosines - towards - float(query @ self.centre) + square
        lengths = np.sqrt(np.maximum(1.0 - 2.0 * towards + square, 1e-12))
        found: Vector = above / (lengths * max(float(np.linalg.norm(query - self.centre)), 1e-6))
        return found

    @cached_property
    def _towards(self) -> Vector:
        return self.cosines(self.centre)

    @cached_property
    def _order(self) -> Rows:
        order: Rows = np.argsort(self.numbers, kind="stable")
        return order

    @cached_property
    def _ordered(self) -> Numbers:
        return self.numbers[self._order]

    def _find(self, numbers: Numbers) -> tuple[Rows, NDArray[np.bool_]]:
        """Return the rows of those passages that have one, and which they are."""
        ordered = self._ordered
        at = np.searchsorted(ordered, numbers)
        at[at == len(ordered)] = 0
        known = ordered[at] == numbers if len(ordered) else np.zeros(len(numbers), np.bool_)
        return self._rows[self._order[at[known]]], known

    def _split(self, rows: Rows) -> list[tuple[NDArray[np.bool_], Part, Rows]]:
        """Return, part by part, which of the rows are in it and where."""
        starts = self._ends - [len(part.numbers) for part in self._parts]
        inside = [(rows >= start) & (rows < end) for start, end in zip(starts, self._ends, strict=True)]
        return [
            (here, part, rows[here] - start) for here, part, start in zip(inside, self._parts, starts, strict=True)
        ]

    def _numbers_at(self, rows: Rows) -> Numbers:
        found = np.empty(len(rows), np.int64)
        for here, part, at in self._split(rows):
            found[here] = part.numbers[at]
        return found

    def _cosines_at(self, rows: Rows, query: Vector) -> Vector:
        found = np.empty(len(rows), np.float32)
        for here, part, at in self._split(rows):
            found[here] = products(part.vectors[at], query)
        return found

    def _vectors_at(self, rows: Rows) -> Vector:
        found = np.empty((len(rows), len(self.centre)), np.float32)
        for here, part, at in self._split(rows):
            found[here] = part.vectors[at]
        return found


def _best(cosines: Vector, numbers: Numbers, count: int) -> Rows:
    """Return where the `count` highest cosines are, best first; equal ones keep the order of their numbers."""
    if count <= 0:
        return np.empty(0, np.intp)
    kept: Rows = np.arange(len(cosines))
    if count < len(cosines):
        least = np.partition(cosines, -count)[-count]
        kept = np.flatnonzero(cosines >= least)
    ordered: Rows = kept[np.lexsort((numbers[kept], -cosines[kept]))][:count]
    return ordered
