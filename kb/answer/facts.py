"""The numbers and names of a text, and whether another text has them: each number with what it counts. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kb.answer.lexicon import NUMBER, numbers, plain_number, spelt_numbers
from kb.search.language import fold

Stems = Callable[[str], frozenset[str]]
"""Text to its content stems, translations included where the text is in another language."""

UNIT_WORDS = 2
"""Words after a number of a claim among which is what it counts: "50,257 entradas", "110 millones de parámetros"."""

REACH = 6
"""Words around a number of a source among which the same must stand."""

YEAR = re.compile(r"1\d{3}|20\d\d")
_BEFORE_YEAR = re.compile(r"\b(?:en|de|del|desde|hasta|hacia|año|in|of|since|until|by|year)\s+$", re.IGNORECASE)
_PER_CENT = re.compile(r"\bpor ciento\b|\bper ?cent\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.,;:!?()]")
_WORD = re.compile(r"[^\W\d_][\w'-]*|%")
_NUMBER_IN = re.compile(r"\d+")
_PART = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|\S")


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of a claim, plain, and the stems of what it counts: none where it counts nothing that is said."""

    number: str
    unit: frozenset[str]


def counted(text: str, stems: Stems) -> tuple[Counted, ...]:
    """Return the numbers of a claim with what they count; a year counts nothing."""
    found = []
    text = _PER_CENT.sub("%", text)
    for match in NUMBER.finditer(text):
        number = plain_number(match.group())
        if number not in numbers(text):
            continue  # a list marker, or a part of a name
        clause = _CLAUSE_END.split(text[match.end() :], maxsplit=1)[0]
        is_year = bool(YEAR.fullmatch(number) and _BEFORE_YEAR.search(text[: match.start()]))
        unit = "" if is_year else " ".join(_WORD.findall(clause)[:UNIT_WORDS])
        found.append(Counted(number, stems(unit) if unit else frozenset()))
    return tuple(found)


def counts_the_same(one: Counted, text: str, stems: Stems) -> bool:
    """Say whether a text has the number, and near it what the claim says that it counts."""
    if one.number not in has_numbers(text):
        return False
    places = [match.span() for match in NUMBER.finditer(text) if plain_number(match.group()) == one.number]
    if not one.unit or not places:
        return True
    return any(one.unit & stems(around(text, start, end)) for start, end in places)


def around(text: str, start: int, end: int) -> str:
    """Return the REACH words before and after a place of a text."""
    before = _WORD.findall(text[:start])[-REACH:]
    return " ".join((*before, *_WORD.findall(text[end:])[:REACH]))


def has_numbers(text: str) -> frozenset[str]:
    """Return the numbers that a text has in digits or in words, parts of names included."""
    return frozenset(_NUMBER_IN.findall(text)) | numbers(text) | spelt_numbers(text)


def spelt_facts(text: str) -> frozenset[str]:
    """Return the numbers that a claim has in words, but for those that are articles or parts of larger ones."""
    return spelt_numbers(text) - {"1", "100", "1000"}


def has_name(name: str, text: str) -> bool:
    """Say whether a text has a name, accents, case and hyphens aside: GPT-2 is also written GPT 2 and GPT2."""
    spelt = r"[-\s]?".join(re.escape(part) for part in _PART.findall(fold(name)) if part != "-")
    return bool(re.search(rf"(?<![^\W_]){spelt}s?(?![^\W_])", fold(text)))
