"""How well each passage's words match a query: BM25 over posting lists, exact. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.search.postings import QUARTERS, Floats, Postings, Rows

K1 = 0.9
"""How soon more of a word adds nothing; this and B are Anserini's for passages (Yang, Fang and Lin, SIGIR 2017)."""

B = 0.4
"""How much a long passage's words count less."""

Concept = Sequence[tuple[str, float]]
"""A word as it was asked: the terms that may stand for it, each with its weight in (0, 1]."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Every row's score, and the most that a row could have: their ratio is in [0, 1].

    `idfs` are the concepts' inverse document frequencies, in the order in which they were asked.
    """

    values: Floats
    most: float
    idfs: tuple[float, ...]

    @property
    def shares(self) -> Floats:
        """Every row's score in [0, 1]."""
        shares: Floats = np.minimum(self.values / np.float32(self.most or 1.0), np.float32(1.0))
        return shares


def inverse_frequency(size: int, having: int) -> float:
    """Return how much a word weighs that so many of the passages have; never negative (Lucene's formula)."""
    return math.log(1.0 + (size - having + 0.5) / (having + 0.5))


class Bm25:
    """Scores the rows of several posting lists that follow each other; rows that have gone score 0.

    A concept counts in a row as much as the best of its alternatives: weight x idf x tf (K1 + 1) / (tf + norm), with
    norm = K1 (1 - B + B length / average) and idf = ln(1 + (N - n + 0.5) / (n + 0.5)), where n of the N rows have an
    alternative (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the idf is
    Lucene's, which is never negative). The maximum counts concepts, too, that no row has.
    """

    def __init__(self, whole: Sequence[Postings], living: NDArray[np.bool_]) -> None:
        self._whole = whole
        self._starts = [0, *np.cumsum([len(one.lengths) for one in whole]).tolist()]
        self._complete = bool(living.all())
        self._living = living
        self.size = int(np.count_nonzero(living))
        self._norms = self._normalised()

    def scores(self, concepts: Sequence[Concept]) -> Scored:
        """Return the scores of all rows."""
        values = np.zeros(len(self._living), dtype=np.float32)
        scratch = np.zeros(0, dtype=np.float32)
        idfs = []
        for concept in concepts:
            found = [(rows, share, weight) for term, weight in concept for rows, share in [self._shares(term)]]
            found = [one for one in found if len(one[0]) and one[2] > 0]
            if len(found) == 1:
                ((rows, share, weight),) = found
                idfs.append(self._idf(len(rows)))
                share *= weight * idfs[-1] * (K1 + 1)
                values[rows] += share
                continue
            if found and not len(scratch):
                scratch = np.zeros_like(values)
            idfs.append(self._idf(_best(found, scratch)))
            _drain(found, scratch, idfs[-1] * (K1 + 1), values)
        heaviest = (max((weight for _, weight in concept), default=1.0) for concept in concepts)
        most = sum(idf * weight for idf, weight in zip(idfs, heaviest, strict=True)) * (K1 + 1)
        return Scored(values, most, tuple(idfs))

    def rows(self, term: str) -> Rows:
        """Return the living rows that have a term."""
        each = [
            one.of(term)[0].astype(np.intp) + start for one, start in zip(self._whole, self._starts, strict=False)
        ]
        rows = np.concatenate([np.zeros(0, dtype=np.intp), *each])
        return rows if self._complete else rows[self._living[rows]]

    def at_or_after(self, term: str) -> str:
        """Return the first term that is not before this one in order of code points, "" where there is none."""
        found = (one.terms.at_or_after(term) for one in self._whole)
        return min((each for each in found if each), default="")

    def frequency(self, term: str) -> int:
        """Return how many living rows have a term."""
        if self._complete:
            return sum(len(one.of(term)[0]) for one in self._whole)
        return len(self.rows(term))

    def counted(self, prefix: str, most: int | None = None) -> dict[str, int]:
        """Return the terms that begin with a prefix and how many living rows have each.

        With `most`, the most frequent that many are among those returned, though not alone.
        """
        total: dict[str, int] = {}
        # The first list is the longest; a term of it alone that is not among its best is not among the best of all.
        for which, one in reversed(list(enumerate(self._whole))):
            first, counts = self._span(which, prefix)
            chosen = (
                range(len(counts)) if which or most is None else np.argsort(-counts, kind="stable")[:most].tolist()
            )
            if not which and most is not None:
                known = (one.terms.position(term) - first for term in total)
                chosen = {*chosen, *(at for at in known if at >= 0)}
            for at in chosen:
                term = one.terms[first + at]
                total[term] = total.get(term, 0) + int(counts[at])
        return {term: count for term, count in total.items() if count}

    def _span(self, which: int, prefix: str) -> tuple[int, NDArray[np.int64]]:
        """Return where the terms of a list that begin so start, and how many living rows have each."""
        one = self._whole[which]
        first, last = one.terms.span(prefix)
        living = None if self._complete else self._living[self._starts[which] : self._starts[which + 1]]
        return first, one.counts(first, last, living)

    def _idf(self, having: int) -> float:
        return inverse_frequency(self.size, having)

    def _normalised(self) -> Floats:
        """Return what is added to a row's frequency in quarters; infinity for rows that have gone."""
        lengths = [one.lengths for one in self._whole]
        norms = np.concatenate(lengths) if lengths else np.zeros(0, dtype=np.float32)
        total = float(norms.sum(dtype=np.float64, where=self._living))
        average = total / self.size if total else 1.0
        norms *= QUARTERS * K1 * B / average
        norms += QUARTERS * K1 * (1 - B)
        norms[~self._living] = np.inf
        return norms

    def _shares(self, term: str) -> tuple[Rows, Floats]:
        """Return the living rows that have a term, and tf / (tf + norm) of each."""
        every_row, every_share = [], []
        for one, start in zip(self._whole, self._starts, strict=False):
            found, quarters = one.of(term)
            if not len(found):
                continue
            rows = found.astype(np.intp)
            if start:
                rows += start
            frequency = quarters.astype(np.float32)
            share = self._norms[rows]
            share += frequency
            np.divide(frequency, share, out=share)
            if not self._complete and not share.all():
                rows, share = rows[share > 0], share[share > 0]
            every_row.append(rows)
            every_share.append(share)
        if len(every_row) == 1:
            return every_row[0], every_share[0]
        return (
            np.concatenate([np.zeros(0, dtype=np.intp), *every_row]),
            np.concatenate([np.zeros(0, dtype=np.float32), *every_share]),
        )


_Found = Sequence[tuple[Rows, Floats, float]]


def _best(found: _Found, scratch: Floats) -> int:
    """Write into the empty scratch the best weighted share of each row; return how many rows have any."""
    having = 0
    for rows, share, weight in found:
        before = scratch[rows]
        having += int(np.count_nonzero(before == 0))
        scratch[rows] = np.maximum(before, share * np.float32(weight))
    return having


def _drain(found: _Found, scratch: Floats, factor: float, values: Floats) -> None:
    """Add the scratch to the values, each row once, and leave it empty."""
    for rows, _, _ in found:
        values[rows] += scratch[rows] * np.float32(factor)
        scratch[rows] = 0


def top(scores: Floats, limit: int, mask: NDArray[np.bool_] | None, order: NDArray[np.int64]) -> Rows:
    """Return the rows of the highest scores above 0, best first; of equal ones the lowest in `order` come first."""
    rows = _promising(scores, limit, mask)
    values = scores[rows]
    if len(rows) > limit:
        least = values[np.argpartition(-values, limit - 1)[limit - 1]] if limit > 0 else np.inf
        better, equal = rows[values > least], rows[values == least]
        equal = equal[np.argsort(order[equal], kind="stable")]
        rows = np.concatenate([better, equal[: max(0, limit) - len(better)]])
    return rows[np.lexsort((order[rows], -scores[rows]))]


_SAMPLE = 64


def _promising(scores: Floats, limit: int, mask: NDArray[np.bool_] | None) -> Rows:
    """Return the rows among which the best are.

    The limit-th best score of every 64th row is no higher than that of all rows: what is below it need not be looked
    at. Where most rows have a word of the query, this saves putting most of them in order.
    """
    sample = scores[::_SAMPLE] if mask is None else np.where(mask[::_SAMPLE], scores[::_SAMPLE], 0)
    least = np.float32(0)
    if len(sample) > limit > 0:
        least = -np.partition(-sample, limit - 1)[limit - 1]
    kept = scores >= least if least > 0 else scores > 0
    if mask is not None:
        kept &= mask
    return np.flatnonzero(kept)
