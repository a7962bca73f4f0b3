"""Who has which word, and how often: posting lists in numpy arrays. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.search.language import TAIL

HEADING_WEIGHT = 2.0
"""What a word of the heading counts, against one of the body."""

TAIL_WEIGHT = 1.0
"""What a term counts that stands only after TAIL, as another form of a word; it adds nothing to the length."""

QUARTERS = 4
"""Frequencies are kept in quarters, from 1/4 to MOST / 4: a byte each."""

MOST = 255

MOST_KNOWN = 10_000
"""Terms whose place is remembered: a search asks for each of its words several times, and so does the next key."""

_TAIL_FIELD, _HEADING, _BODY = range(3)
_WEIGHTS = np.array([0.0, HEADING_WEIGHT, 1.0], dtype=np.float32)
_FIELDS = np.array([_HEADING, _TAIL_FIELD, _BODY, _TAIL_FIELD], dtype=np.int64)

Rows = NDArray[np.intp]
Floats = NDArray[np.float32]


class Terms(Sequence[str]):
    """Distinct terms in the order of their code points, in one block of UTF-8 letters; term n ends at `ends[n]`."""

    def __init__(self, letters: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.letters = letters
        self.ends = ends
        self._letters = letters.data
        self._ends = ends.data
        self._known: dict[str, int] = {}

    @classmethod
    def of(cls, names: Iterable[str]) -> Terms:
        """Return terms that are sorted and distinct already."""
        encoded = [name.encode() for name in names]
        ends = np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded)), dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at: int) -> str:  # type: ignore[override]  # no slices: a stretch is asked for by `span`
        return self._bytes(at).decode()

    def __iter__(self) -> Iterator[str]:
        everything, start = self._letters.tobytes(), 0
        for end in self._ends.tolist():
            yield everything[start:end].decode()
            start = end

    def position(self, term: str) -> int:
        """Return where a term stands, -1 where there is none."""
        at = self._known.get(term)
        if at is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            at = self._known[term] = self._sought(term)
        return at

    def _sought(self, term: str) -> int:
        wanted = term.encode("utf-8", "surrogatepass")
        at = bisect_left(range(len(self)), wanted, key=self._bytes)
        return at if at < len(self) and self._bytes(at) == wanted else -1

    def at_or_after(self, term: str) -> str:
        """Return the first term that is not before this one, "" where there is none."""
        at = bisect_left(range(len(self)), term.encode("utf-8", "surrogatepass"), key=self._bytes)
        return self[at] if at < len(self) else ""

    def span(self, prefix: str) -> tuple[int, int]:
        """Return from where to where (exclusive) the terms stand that begin so."""
        wanted = prefix.encode("utf-8", "surrogatepass")
        first = bisect_left(range(len(self)), wanted, key=self._bytes)
        return first, bisect_left(range(len(self)), wanted + b"\xff", lo=first, key=self._bytes)  # above any UTF-8

    def _bytes(self, at: int) -> bytes:
        return self._letters[self._ends[at - 1] if at else 0 : self._ends[at]].tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The rows that have term n, ascending: `rows[offsets[n]:offsets[n + 1]]`, at least one.

    `quarters` are their frequencies in quarters (see `collected`), `lengths` the weighted words of each row.
    """

    terms: Terms
    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    quarters: NDArray[np.uint8]
    lengths: Floats

    def of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Return the rows that have a term, and how often in quarters."""
        at = self.terms.position(term)
        start, stop = (int(self.offsets[at]), int(self.offsets[at + 1])) if at >= 0 else (0, 0)
        return self.rows[start:stop], self.quarters[start:stop]

    def counts(self, first: int, last: int, living: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Return how many rows have each of the terms from `first` to `last` (exclusive), of those that live."""
        offsets = self.offsets[first : last + 1]
        if living is None or first == last:
            return np.diff(offsets)
        here = living[self.rows[offsets[0] : offsets[-1]]]
        return np.add.reduceat(here, offsets[:-1] - offsets[0], dtype=np.int64)


class _Numbering(dict[str, int]):
    """Numbers terms in the order they are first met."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        return number


def collected(fields: Iterable[tuple[str, str]]) -> Postings:
    """Return the postings of passages, a row each, from the analysed strings of their headings and bodies.

    A term's frequency is its count in the body plus HEADING_WEIGHT x that in the heading, TAIL_WEIGHT where it stands
    after TAIL alone, rounded to quarters; a row's length is the sum over its words before TAIL.
    """
    numbering = _Numbering()
    number = numbering.__getitem__
    met, sizes = array("i"), array("q")
    for passage in fields:
        for text in passage:
            order, _, tail = f" {text} ".partition(f" {TAIL} ")
            for piece in (order.split(), tail.split()):
                met.extend(map(number, piece))
                sizes.append(len(piece))
    each = np.frombuffer(sizes, dtype=np.int64) if sizes else np.zeros(0, dtype=np.int64)
    size = len(each) // len(_FIELDS)
    field = np.repeat(np.tile(_FIELDS, size), each)
    row = np.repeat(np.arange(len(each)) // len(_FIELDS), each)
    names = sorted(numbering)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.fromiter(map(number, names), dtype=np.int64, count=len(names))] = np.arange(len(names))
    lengths = np.bincount(row, weights=_WEIGHTS[field], minlength=size).astype(np.float32)
    term = rank[np.frombuffer(met, dtype=np.intc)] if met else np.zeros(0, dtype=np.int64)
    return _grouped(Terms.of(names), term, row, field, lengths)


def _grouped(
    terms: Terms, term: NDArray[np.int64], row: NDArray[np.int64], field: NDArray[np.int64], lengths: Floats
) -> Postings:
    """Return the postings of words given by their term, row and field, in any order."""
    keys = term << 34 | row << 2 | field
    keys.sort()
    pairs = keys >> 2
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    frequency = np.add.reduceat(_WEIGHTS[keys & 3], first) if len(first) else np.zeros(0, dtype=np.float32)
    frequency[frequency == 0] = TAIL_WEIGHT
    quarters = np.clip(np.rint(frequency * QUARTERS), 1, MOST).astype(np.uint8)
    found = pairs[first]
    offsets = np.searchsorted(found >> 32, np.arange(len(terms) + 1)).astype(np.int64)
    return Postings(terms, offsets, (found & 0xFFFFFFFF).astype(np.int32), quarters, lengths)
