"""Which filter of a search that found nothing excludes everything. Pure: what runs a search is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

from kb.model import Filters, Looser
from kb.search.query_parser import field

_WRITTEN = re.compile(r"(?<![^\s(])(?P<name>[^\s:\"()]+):(?P<value>\"[^\"]*\"|[^\s()\"]+)")
"""A field as it is written in a query; `field` says whether it is one."""

Count = Callable[[str, Filters], int]
"""How many passages a query finds under filters."""


@dataclass(frozen=True, slots=True)
class _Given:
    """A filter in force: its name in Filters, what it asks for, and where it is written in the query, if it is."""

    name: str
    value: str
    span: tuple[int, int] = (0, 0)


def loosened(count: Count, query: str, filters: Filters) -> tuple[Looser, ...]:
    """Return each filter without which the query finds something; where there is none, all of them together.

    `query` found nothing under `filters`; fields that are written in it are filters too.
    """
    given = [*_in_force(filters), *_written(query)]
    names = list(dict.fromkeys(one.name for one in given))
    found = tuple(_tried(count, query, filters, [one for one in given if one.name == name]) for name in names)
    kept = tuple(looser for looser in found if looser.total)
    if kept or len(names) < 2:
        return kept
    everything = _tried(count, query, filters, given)
    return (everything,) if everything.total else ()


def _in_force(filters: Filters) -> Iterator[_Given]:
    for one in fields(filters):
        value = getattr(filters, one.name)
        if value:
            yield _Given(one.name, str(value))


def _written(query: str) -> Iterator[_Given]:
    for found in _WRITTEN.finditer(query):
        for one in _in_force(field(found["name"], found["value"].strip('"'))):
            yield replace(one, span=found.span())


def _tried(count: Count, query: str, filters: Filters, dropped: list[_Given]) -> Looser:
    """Return the search without some filters, and how much it finds; without a word left it is not tried."""
    bare = Filters()
    wider = replace(filters, **{one.name: getattr(bare, one.name) for one in dropped})
    words = query
    for start, end in sorted((one.span for one in dropped), reverse=True):
        words = words[:start] + words[end:]
    words = " ".join(words.split())
    total = count(words, wider) if any(map(str.isalnum, words)) else 0
    return Looser(tuple(dict.fromkeys((one.name, one.value) for one in dropped)), words, wider, total)
