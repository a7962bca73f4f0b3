"""What is known of each passage besides its words, as columns of numbers: for filters and counts. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.model import LocatorType
from ingest.sources.naming import named_session
from kb.model import Facet, FacetField, Filters
from kb.search.language import fold

UNITS = tuple(LocatorType)
"""What `Columns.units` counts into."""

_PAGES = (LocatorType.SLIDE, LocatorType.PAGE)
_QUESTIONS = (LocatorType.QUESTION,)

Mask = NDArray[np.bool_]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What filters and counts ask of a document; `date` is ISO or ""."""

    id: str
    kind: str = ""
    course: str = ""
    session: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """By row: the passage's number, its document and speaker (places in lists of them), and its locator."""

    numbers: NDArray[np.int64]
    documents: NDArray[np.int32]
    speakers: NDArray[np.int32]
    units: NDArray[np.uint8]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]

    def kept(self, rows: Mask) -> Columns:
        """Return the columns of some rows alone."""
        return Columns(*(column[rows] for column in self.each()))

    def each(self) -> tuple[NDArray[Any], ...]:
        """Return the columns in the order of the fields."""
        return self.numbers, self.documents, self.speakers, self.units, self.starts, self.ends


def joined(whole: Sequence[Columns]) -> Columns:
    """Return the columns of all rows, one set after the other."""
    if len(whole) == 1:
        return whole[0]
    several = [EMPTY, *whole]
    return Columns(*(np.concatenate(columns) for columns in zip(*(one.each() for one in several), strict=True)))


class Gathering:
    """Columns as they are read, row by row; `documents` and `speakers` number what is new after what is known."""

    def __init__(self, documents: Iterable[str], speakers: Iterable[str]) -> None:
        self.documents = {id: at for at, id in enumerate(documents)}
        self.speakers = {name: at for at, name in enumerate(speakers)}
        self._rows: list[tuple[int, int, int, int, float, float]] = []

    def add(self, number: int, document: str, speaker: str, locator: str) -> None:
        """Take in a row; `locator` is the JSON that kb.rows writes."""
        unit, start, end, _ = json.loads(locator)
        owner = self.documents.setdefault(document, len(self.documents))
        voice = self.speakers.setdefault(speaker, len(self.speakers))
        self._rows.append((number, owner, voice, _UNIT[unit], start, end))

    def columns(self) -> Columns:
        """Return the rows taken in since the last time."""
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(_TYPES)
        made: list[NDArray[Any]] = [np.array(one, dtype=type) for one, type in zip(columns, _TYPES, strict=True)]
        self._rows = []
        return Columns(*made)


_TYPES = (np.int64, np.int32, np.int32, np.uint8, np.float64, np.float64)
_UNIT = {unit.value: at for at, unit in enumerate(UNITS)}
_NONE: list[NDArray[Any]] = [np.zeros(0, dtype=type) for type in _TYPES]
EMPTY = Columns(*_NONE)
"""No rows."""


class Values(NamedTuple):
    """Distinct values, and which of them each of some things has."""

    names: tuple[str, ...]
    places: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns with the lists that they point into."""

    columns: Columns
    documents: tuple[DocumentFacts, ...]
    speakers: tuple[str, ...]

    def mask(self, filters: Filters) -> Mask | None:
        """Return which rows meet the filters, None where all do; see kb.model.Filters."""
        if filters == Filters():
            return None
        found = _each(self.documents, lambda one: _meets(one, filters))[self.columns.documents]
        if filters.speaker:
            wanted = fold(filters.speaker.strip())
            found &= _each(self.speakers, lambda name: wanted in fold(name))[self.columns.speakers]
        if filters.page:
            found &= self._covering(_PAGES, filters.page)
        if filters.question:
            found &= self._covering(_QUESTIONS, filters.question)
        return found

    def facets(self, rows: NDArray[np.intp]) -> tuple[Facet, ...]:
        """Return how many of the rows have each kind, session and speaker."""
        documents = np.bincount(self.columns.documents[rows], minlength=len(self.documents))
        speakers = np.bincount(self.columns.speakers[rows], minlength=len(self.speakers))
        kinds, sessions = self._grouped
        return (
            _facet(FacetField.KIND, kinds, documents),
            _facet(FacetField.SESSION, sessions, documents),
            _facet(FacetField.SPEAKER, Values(self.speakers, np.arange(len(self.speakers))), speakers),
        )

    @cached_property
    def _grouped(self) -> tuple[Values, Values]:
        """The kinds and the sessions, and which of them each document has."""
        return _values([one.kind for one in self.documents]), _values([one.session for one in self.documents])

    def _covering(self, units: Sequence[LocatorType], wanted: int) -> Mask:
        columns = self.columns
        right = np.isin(columns.units, [UNITS.index(unit) for unit in units])
        return right & (columns.starts <= wanted) & (columns.ends >= wanted)


def _each(values: Sequence[T], test: Callable[[T], bool]) -> Mask:
    return np.fromiter(map(test, values), dtype=np.bool_, count=len(values))


def _meets(one: DocumentFacts, filters: Filters) -> bool:
    """Say whether a document meets the filters that are about documents."""
    return (
        (not filters.course or fold(filters.course.strip()) == fold(one.course))
        and (not filters.kind or filters.kind == one.kind)
        and (not filters.session or _same_session(filters.session, one.session))
        and (not filters.before or "" < one.date < filters.before)
        and (not filters.after or one.date >= filters.after)
    )


def _same_session(wanted: str, session: str) -> bool:
    """Say whether a session is meant: by a part of its name, or by its number, "3" being neither 13 nor 2023."""
    part = wanted.strip()
    if not (part.isascii() and part.isdigit()):
        return fold(part) in fold(session)
    number = named_session(f"{session.replace('/', ' ')}.").number
    return part.lstrip("0") == str(number) if number else part in fold(session).split()


def _values(each: Sequence[str]) -> Values:
    distinct = {value: at for at, value in enumerate(dict.fromkeys(each))}
    return Values(tuple(distinct), np.array([distinct[value] for value in each], dtype=np.intp))


def _facet(field: FacetField, values: Values, counts: NDArray[np.intp]) -> Facet:
    total = np.zeros(len(values.names), dtype=np.int64)
    np.add.at(total, values.places, counts)
    found = [(values.names[at], int(total[at])) for at in np.flatnonzero(total).tolist() if values.names[at]]
    return Facet(field, tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))))
