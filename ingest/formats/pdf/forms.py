"""Drawings of a PDF that draw each other so often that no library comes to an end, found before one tries. Pure.

A form (PDF 32000-1, 8.10) is a drawing that others draw by name: ten that each draw the next ten times make ten
thousand million, and one that draws itself twice never ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from ingest.formats.pdf.expansion import streams, unpacked

MAX_DRAWN = 200_000
_MAX_DEPTH = 60
_FORM = re.compile(rb"/Subtype\s{0,9}/Form\b")
_DRAW = re.compile(rb"/[^\s/<>\[\]()]{1,127}\s{1,9}Do\b")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,9})\s{1,9}\d{1,5}\s{1,9}R\b")
_RESOURCES = re.compile(rb"/(?:Resources|XObject)\s{0,9}(\d{1,9})\s{1,9}\d{1,5}\s{1,9}R\b")
_MAX_CHUNKS = 4


@dataclass(frozen=True, slots=True)
class _Form:
    """How often a form draws something, and the objects that its resources name."""

    draws: int
    names: frozenset[int]


def draws_too_often(data: bytes) -> bool:
    """Say whether a form leads back into itself more than once, or all together are drawn too often."""
    if not _FORM.search(data):
        return False
    forms: dict[int, _Form] = {}
    for stream in streams(data):
        if stream.number and _FORM.search(stream.dictionary):
            content = b"".join(islice(unpacked(memoryview(data)[stream.start : stream.end]), _MAX_CHUNKS))
            draws = len(_DRAW.findall(content or data[stream.start : stream.end]))
            if draws:
                forms[stream.number] = _Form(draws, _named(data, stream.dictionary))
    known: dict[int, int] = {}
    return any(_drawn(number, forms, known, 0) > MAX_DRAWN for number in forms)


def _named(data: bytes, dictionary: bytes) -> frozenset[int]:
    """Return the objects that a form's dictionary refers to, also by resources kept in an object of their own."""
    found = {int(number) for number in _REFERENCE.findall(dictionary)}
    for number in _RESOURCES.findall(dictionary):
        at = data.find(b"\n" + number + b" 0 obj")
        if at >= 0:
            found |= {int(inner) for inner in _REFERENCE.findall(data[at : data.find(b"endobj", at)][:4096])}
    return frozenset(found)


def _drawn(number: int, forms: dict[int, _Form], known: dict[int, int], depth: int) -> int:
    """Return how many drawings a form comes to; past the limit where it leads back into itself more than once."""
    form = forms.get(number)
    if form is None:
        return 1
    if number in known:
        return known[number]
    # Until it is known, a form met again within itself counts as endless, if it draws more than once.
    known[number] = MAX_DRAWN + 1 if form.draws > 1 else 1
    if depth > _MAX_DEPTH:
        return MAX_DRAWN + 1
    most = max((_drawn(name, forms, known, depth + 1) for name in form.names), default=1)
    known[number] = min(MAX_DRAWN + 1, 1 + form.draws * most)
    return known[number]
