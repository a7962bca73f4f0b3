"""The passage index at one revision of the library: immutable, for any thread, for as long as it is held. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.model import Facet, Filters
from kb.search import bm25
from kb.search.bm25 import Bm25, Concept, Scored
from kb.search.columns import Columns, DocumentFacts, Mask, Table, joined
from kb.search.merging import Merge, merge
from kb.search.postings import Floats, Postings, Rows


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of a library; the token tells apart copies of it that have gone their own ways."""

    number: int
    token: str


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Passages that were taken in together; those of the first segment are in the file, when there is one."""

    postings: Postings
    columns: Columns

    def __len__(self) -> int:
        return len(self.columns.numbers)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All passages, a row each; rows of passages that have changed or gone are no longer `living`.

    `documents` and `speakers` are what the columns point into. The first `base` rows were made whole together.
    """

    revision: Revision
    segments: tuple[Segment, ...]
    living: Mask
    documents: tuple[DocumentFacts, ...]
    speakers: tuple[str, ...]
    base: int

    @property
    def size(self) -> int:
        """How many passages there are."""
        return self._bm25.size

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The passage number of each row, -1 where the row lives no longer."""
        numbers = self._columns.numbers
        return numbers if self.living.all() else np.where(self.living, numbers, -1)

    def rows(self, numbers: NDArray[np.int64]) -> Rows:
        """Return the rows of passages by their numbers, -1 for those that are not here."""
        known, order = self._by_number
        if not len(known):
            return np.full(len(numbers), -1, dtype=np.intp)
        at = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
        return np.where(known[at] == numbers, order[at], -1)

    def frequency(self, term: str) -> int:
        """Return how many passages have a term."""
        return self._bm25.frequency(term)

    def having(self, term: str) -> Rows:
        """Return the rows of the passages that have a term, ascending."""
        return self._bm25.rows(term)

    def terms_beginning(self, prefix: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Return the most frequent terms that begin with a prefix, and how many passages have each."""
        found = sorted(self._bm25.counted(prefix, max(0, limit)).items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(found[: max(0, limit)])

    @cached_property
    def remembered(self) -> dict[tuple[str, int], Any]:
        """What was worked out of this state's words."""
        return {}

    def at_or_after(self, term: str) -> str:
        """Return the first term that is not before this one, "" where there is none."""
        return self._bm25.at_or_after(term)

    def vocabulary(self, first: str) -> tuple[tuple[str, int], ...]:
        """Return all terms that begin with a letter, in order of code points, and how many passages have each."""
        return tuple(sorted(self._bm25.counted(first).items()))

    def scores(self, concepts: Sequence[Concept]) -> Scored:
        """Return how well the words of every row match; see kb.search.bm25."""
        return self._bm25.scores(concepts)

    def top(self, scores: Floats, limit: int, mask: Mask | None) -> Rows:
        """Return the rows of the highest scores above 0, best first, equal ones by number; `mask` says of which."""
        return bm25.top(scores, limit, mask, self._columns.numbers)

    def mask(self, filters: Filters) -> Mask | None:
        """Return the rows that meet the filters, None where all do."""
        found = self.table.mask(filters)
        return None if found is None else found & self.living

    def facets(self, rows: Rows) -> tuple[Facet, ...]:
        """Return how many of some rows have each kind, session and speaker."""
        return self.table.facets(rows)

    @cached_property
    def table(self) -> Table:
        """The columns and what they point into."""
        return Table(self._columns, self.documents, self.speakers)

    @property
    def changed(self) -> int:
        """How many rows have come or gone since the index was last made whole."""
        gone = self.base - int(np.count_nonzero(self.living[: self.base]))
        return len(self.living) - self.base + gone

    def whole(self, after: int = 0) -> Whole:
        """Return the segments from one on as one without the rows that have gone, nor what only those pointed to."""
        segments = self.segments[after:]
        living = self.living[sum(map(len, self.segments[:after])) :]
        columns = joined([one.columns for one in segments]).kept(living)
        merging = merge([one.postings for one in segments], living)
        if after:
            return Whole(merging, columns, self.documents, self.speakers)
        documents, places = np.unique(columns.documents, return_inverse=True)
        speakers, voices = np.unique(columns.speakers, return_inverse=True)
        columns = replace(columns, documents=places.astype(np.int32), speakers=voices.astype(np.int32))
        return Whole(
            merging,
            columns,
            tuple(self.documents[at] for at in documents.tolist()),
            tuple(self.speakers[at] for at in speakers.tolist()),
        )

    def with_fewer_segments(self) -> Snapshot:
        """Return the same with one segment for all but the first."""
        later = self.whole(after=1)
        segment = Segment(later.merging.in_memory(), later.columns)
        living = np.concatenate([self.living[: len(self.segments[0])], np.ones(len(segment), dtype=np.bool_)])
        return replace(self, segments=(self.segments[0], segment), living=living)

    @cached_property
    def _columns(self) -> Columns:
        return joined([one.columns for one in self.segments])

    @cached_property
    def _bm25(self) -> Bm25:
        return Bm25([one.postings for one in self.segments], self.living)

    @cached_property
    def _by_number(self) -> tuple[NDArray[np.int64], Rows]:
        """The living passages' numbers, ascending, and their rows."""
        rows = np.flatnonzero(self.living)
        numbers = self._columns.numbers[rows]
        order = np.argsort(numbers, kind="stable")
        return numbers[order], rows[order]


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """Several segments about to become one."""

    merging: Merge
    columns: Columns
    documents: tuple[DocumentFacts, ...]
    speakers: tuple[str, ...]

    def snapshot(self, revision: Revision, postings: Postings, columns: Columns) -> Snapshot:
        """Return the snapshot that has this alone, its arrays in memory or in a file."""
        living = np.ones(len(columns.numbers), dtype=np.bool_)
        segment = Segment(postings, columns)
        return Snapshot(revision, (segment,), living, self.documents, self.speakers, len(living))


NOTHING = Snapshot(Revision(-1, ""), (), np.zeros(0, dtype=np.bool_), (), (), 0)
"""What is known before anything is."""
