"""What a question wants told, and whether quoted words can tell it: its names, its numbers, its no. Pure.

These are reasons to refuse, never to answer: a passage may have all of this and say something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.answer.facts import YEAR, around, has_name, has_numbers, spelt_facts
from kb.answer.lexicon import NAME, NUMBER, Lexicon, after_opening, plain_number, spelt_numbers
from kb.search.language import fold

MERE_COUNT = 10
"""Up to which a number in words only says how many are asked for: "the three causes"."""

_AMOUNT = re.compile(
    r"\b(?:cuánt[oa]s?|(?<!en )cuant[oa]s?|qu[eé] (?:porcentaje|proporción|año)|how (?:many|much)"
    r"|what (?:percentage|proportion|year)|which year)\b",
    re.IGNORECASE,
)
"""How a question asks for an amount. Of those in XQuAD-es 0.96 have an answer with a number or one of AMOUNTS."""

_COUNTED = re.compile(
    r"\b(?:cu[aá]nt[oa]s|how many)\s+(?:de (?:los|las)\s+|of the\s+)?(?P<unit>[^\W\d_][\w-]*)", re.IGNORECASE
)
AMOUNTS = (
    "mitad mayoria tercio tercios cuarto cuartos ciento cientos miles millones ningun ninguna ninguno doble triple "
    "half most third thirds quarter quarters hundreds thousands millions none twice double triple"
)
"""Words that tell an amount and are no number, folded."""

_AMOUNTS = frozenset(AMOUNTS.split())
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_NAMED = re.compile(rf"{NAME.pattern}(?:\s+(?:{NAME.pattern}|{NUMBER.pattern}))*")
_NUMBER_ALONE = re.compile(rf"(?<![^\W_])(?:{NUMBER.pattern})(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Told:
    """Words quoted from a passage of a language, and the whole passage with what it stands under.

    `found` are the words of the question, folded, of which search found a form in the passage, misspelt ones too.
    """

    quoted: str
    passage: str
    language: str
    found: frozenset[str] = frozenset()


def can_answer(question: str, told: Told, lexicon: Lexicon, may_lack_names: bool = False) -> bool:
    """Say whether quoted words may answer: their passage has what is named, they have an amount if one is asked."""
    return (may_lack_names or has_what_is_named(question, told, lexicon)) and has_amount(question, told.quoted)


def can_answer_itself(question: str, told: Told, lexicon: Lexicon, may_lack_names: bool = False) -> bool:
    """Say the same of a quote that stands for itself, with no sentence that was checked against it."""
    return (
        can_answer(question, told, lexicon, may_lack_names)
        and counts_what_is_asked(question, told, lexicon)
        and not affirms_what_is_denied(question, told, lexicon)
    )


def has_what_is_named(question: str, told: Told, lexicon: Lexicon) -> bool:
    """Say whether a passage has a word of every name of a question, and every number."""
    stems = lexicon.read(told.passage, told.language)
    there = has_numbers(told.passage)

    def stands(part: str) -> bool:
        if part[0].isdigit():
            return part in there or any(_is_short_for(part, other) for other in there)
        alike = part.isalpha() and (fold(part) in told.found or bool(lexicon.stems(part) & stems))
        return alike or has_name(part, told.passage)

    return all(any(map(stands, parts)) for parts in named(question))


def _is_short_for(number: str, year: str) -> bool:
    """Say whether a number is a year without its century: the 70s."""
    return len(number) == 2 and YEAR.fullmatch(year) is not None and year.endswith(number)


def named(question: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each name of a question, in lower case, and each number that is in none, plain."""
    start = after_opening(question)
    for match in _NAMED.finditer(question, start):
        yield tuple(match.group().lower().split())
    rest = question[:start] + _NAMED.sub(" ", question[start:])
    yield from ((plain_number(match.group()),) for match in _NUMBER_ALONE.finditer(rest))
    yield from ((number,) for number in spelt_facts(rest) if int(number) > MERE_COUNT)


def affirms_what_is_denied(question: str, told: Told, lexicon: Lexicon) -> bool:
    """Say whether quoted words have all that a question denies, and deny nothing."""
    denied = lexicon.denied(question, lexicon.language)
    said, unsaid = lexicon.read(told.quoted, told.language), lexicon.denied(told.quoted, told.language)
    return bool(denied) and denied <= said and not unsaid


def has_amount(question: str, quoted: str) -> bool:
    """Say whether words have an amount that the question has not, where it asks for one."""
    known = {fold(word) for word in _WORD.findall(question)}
    return not _AMOUNT.search(question) or any(fold(quoted[a:b]) not in known for a, b in amounts(quoted))


def counts_what_is_asked(question: str, told: Told, lexicon: Lexicon) -> bool:
    """Say whether a number of quoted words counts what is to be counted, where their passage has a word for that."""
    asked = _COUNTED.search(question)
    unit = lexicon.stems(asked["unit"]) if asked else frozenset()
    if not unit & lexicon.read(told.passage, told.language):
        return True
    return any(unit & lexicon.read(around(told.quoted, *place), told.language) for place in amounts(told.quoted))


def amounts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of numbers, in digits and in words, and of words such as "half"; "a" is no number."""
    for match in _WORD.finditer(text):
        word = match.group()
        if word[0].isdigit() or fold(word) in _AMOUNTS or spelt_numbers(word) - {"1"}:
            yield match.span()
