"""The passage index in a file of the cache folder, mapped into memory: who may read one, and how it is written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np

from kb.search import arrays
from kb.search.arrays import Array, UnusableFile
from kb.search.columns import UNITS, Columns, DocumentFacts
from kb.search.language import ANALYSIS
from kb.search.merging import Merge
from kb.search.postings import HEADING_WEIGHT, TAIL_WEIGHT, Postings, Terms
from kb.search.snapshot import Revision, Segment, Snapshot, Whole

FORMAT = 1
"""The version of what the arrays mean."""

NAME = "passages.index"

_COLUMNS = tuple(field.name for field in fields(Columns))


def stored(folder: Path) -> Snapshot | None:
    """Return the index that a folder holds, None where it holds none that was made by these rules, undamaged.

    Its documents are known by their ids alone.
    """
    try:
        facts, held = arrays.read(folder / NAME)
    except (OSError, UnusableFile):
        return None  # it is made again: nothing is lost but time
    if facts["rules"] != _rules():
        return None
    revision = Revision(facts["revision"], facts["token"])
    segment = _segment(held)
    documents = tuple(map(DocumentFacts, facts["documents"]))
    living = np.ones(len(segment), dtype=np.bool_)
    return Snapshot(revision, (segment,), living, documents, tuple(facts["speakers"]), len(segment))


def written(folder: Path, revision: Revision, whole: Whole) -> Snapshot | None:
    """Return the same out of a file newly written, None where none can be: no room, no right to, another's doing."""
    merging, columns = whole.merging, whole.columns
    facts = {
        "rules": _rules(),
        "revision": revision.number,
        "token": revision.token,
        "documents": [one.id for one in whole.documents],
        "speakers": whole.speakers,
    }
    ready: dict[str, Array] = {
        "term_letters": merging.terms.letters,
        "term_ends": merging.terms.ends,
        "offsets": merging.offsets,
        "lengths": merging.lengths,
        **dict(zip(_COLUMNS, columns.each(), strict=True)),
    }
    shapes = {name: (array.dtype.str, len(array)) for name, array in ready.items()}
    shapes |= {"rows": ("<i4", merging.size), "quarters": ("|u1", merging.size)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        arrays.write(folder / NAME, facts, shapes, _pieces(ready, merging))
        told, held = arrays.read(folder / NAME)
    except (OSError, UnusableFile):
        return None
    if (told["revision"], told["token"], told["rules"]) != (revision.number, revision.token, _rules()):
        return None  # another process has written its own in between
    segment = _segment(held)
    return whole.snapshot(revision, segment.postings, segment.columns)


def _rules() -> list[object]:
    """Return what a file must have been made with: JSON gives it back as it is."""
    return [FORMAT, ANALYSIS, HEADING_WEIGHT, TAIL_WEIGHT, sys.byteorder, [unit.value for unit in UNITS]]


def _pieces(ready: dict[str, Array], merging: Merge) -> Iterator[tuple[str, Array]]:
    yield from ready.items()
    for rows, quarters in merging.chunks():
        yield "rows", rows
        yield "quarters", quarters


def _segment(held: dict[str, Array]) -> Segment:
    terms = Terms(held["term_letters"], held["term_ends"])
    postings = Postings(terms, held["offsets"], held["rows"], held["quarters"], held["lengths"])
    return Segment(postings, Columns(*(held[name] for name in _COLUMNS)))
