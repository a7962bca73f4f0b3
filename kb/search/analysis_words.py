"""Where a text's words are, what their parts are, and what a part's shape tells. Pure.

A word is letters and digits with what joins them in running text and in code: `fine-tuning`, `max_length`,
`torch.nn.Linear`, `don't`, `3,14`, `C++`. Scripts that write no spaces are read two characters at a time, as is usual
(Nie and Ren, "Chinese information retrieval: using characters or words?", 1999).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

LONGEST_WORD = 64
"""Characters of a word that are looked at; more is an address or an encoded picture."""

LONGEST_ACRONYM = 5
"""Letters of a word in capitals that is taken for a name alone; a longer one may be a word said loudly."""

_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060"
_ATOMS = rf"[^\W_]+(?:[{_MARKS}][^\W_]*)*"  # letters and digits, and marks after the first of them
WORD = re.compile(rf"{_ATOMS}(?:(?:[-_.'’‐‑/^·]|(?<=\d),(?=\d)){_ATOMS})*(?:\+\+|#(?![\w#]))?")
_JOINT = re.compile(r"[-_.,'’‐‑/^·]")
_BETWEEN = re.compile(r"[\W_]+")
_RESIDUE = re.compile(rf"[{_MARKS}]")
_ACCENT = re.compile(r"(?<![nN])[\u0300-\u036f]|(?<=[nN])[\u0300-\u0302\u0304-\u036f]")

_NUMBER = re.compile(r"\d+(?:[.,]\d+)+")
_GROUPED = re.compile(
    r"(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,})"
)
_PERHAPS_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}")

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+")
_GREEK = "\u0370-\u03ff\u1f00-\u1fff"
_GREEK_LETTER = re.compile(rf"(?<![{_GREEK}])[{_GREEK}](?![{_GREEK}])")

_PLURAL_ACRONYM = re.compile(r"[A-Z][A-Z0-9]*[A-Z]s")
_INNER_CAPITAL = re.compile(r"[^\W\d_A-Z][A-Z]|[A-Z]{2,}[^\W\d_A-Z]")
_CAMEL = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[^\W\d_]?[^\W\d_A-Z]+")
_SHORTEST_PIECE = 3


class Shape(Enum):
    """What the way a part is written tells: an ordinary word, a name, or either (ELECTRA, ATENCIÓN)."""

    WORD = auto()
    NAME = auto()
    LOUD = auto()


class Word(NamedTuple):
    """A word at `start` to `end` of a text: its parts, folded, their joined form or "", the parts as written."""

    start: int
    end: int
    parts: tuple[str, ...]
    joined: str
    raw: tuple[str, ...]


def fold(text: str) -> str:
    """Return the text in lower case without accents, keeping ñ; the same for composed and decomposed writing."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text.lower())))


def words(text: str) -> Iterator[Word]:
    """Yield a text's words with their places; `fine-tuning` has two parts and the joined form `finetuning`."""
    for match in WORD.finditer(text):
        start, end, written = match.start(), match.end(), match.group()
        if not written.isascii() and _UNSPACED.search(written):
            yield from _unspaced(start, written)
        elif end - start > LONGEST_WORD:
            yield from _long_word(start, written)
        else:
            raw, parts, joined = _forms(written)
            if parts:
                yield Word(start, end, parts, joined, raw)


def shape(raw: str) -> Shape:
    """Say what a part's capitals tell; digits make a name too."""
    if raw.islower():
        return Shape.WORD
    if raw.isupper():
        if len(raw) < 2 or not raw.isascii():
            return Shape.WORD if len(raw) < 2 else Shape.LOUD
        return Shape.NAME if len(raw) <= LONGEST_ACRONYM or not raw.isalpha() else Shape.LOUD
    return Shape.NAME if _INNER_CAPITAL.search(raw) else Shape.WORD


def is_loud(raw: str) -> bool:
    """Say whether capitals beside it are the writer's voice and no acronym: a long word or one with an accent."""
    return raw.isupper() and (not raw.isascii() or len(raw) > LONGEST_ACRONYM)


def singular_name(raw: str) -> str:
    """Return a name as it is indexed: folded, and an acronym without the s of its plural (`LLMs`)."""
    return fold(raw[:-1] if _PLURAL_ACRONYM.fullmatch(raw) else raw)


def pieces(raw: str) -> tuple[str, ...]:
    """Return the words of a name in camel case, as written; none where one of them is a mere letter or two."""
    found = tuple(_CAMEL.findall(raw))
    return found if len(found) > 1 and max(map(len, found)) >= _SHORTEST_PIECE else ()


def number_forms(joined: str) -> tuple[str, ...]:
    """Return how else a number may be meant: "1.000" is one thousand in Spanish and one in English."""
    return (joined, joined.replace(".", "")) if _PERHAPS_GROUPED.fullmatch(joined) else (joined,)


def is_number(parts: tuple[str, ...], joined: str) -> bool:
    """Say whether a joined form is a number's (3.14, 1.000.000), and not a date run together."""
    if not all(map(str.isdigit, parts)):
        return False
    return "." in joined or (len(parts) > 1 and all(len(part) == len("000") for part in parts[1:]))


@lru_cache(maxsize=65536)
def _forms(written: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return a word's parts as written, the same folded, and their joined form."""
    plain = written if written.isascii() else _compatible(written)
    if plain.isalpha():
        return (plain,), (fold(plain),), ""
    if _NUMBER.fullmatch(plain):
        raw = tuple(re.split(r"[.,]", plain))
        return raw, raw, _decimal(plain)
    ending = "++" if plain.endswith("++") else "#" if plain.endswith("#") else ""
    raws = [part for part in _BETWEEN.split(plain) if part]
    if "'" in written or "’" in written:  # the s of "model's" and the t of "don't" are no words
        raws = [part for part in raws if len(part) > 1] or raws
        joint = ""
    else:
        joint = "".join(raws) if len(raws) > 1 else ""
    if raws and ending:
        raws[-1] += ending
    return tuple(raws), tuple(fold(part) for part in raws), fold(joint) + ending if joint else ""


def _compatible(written: str) -> str:
    """Return a word without marks that show nothing, its letters in their plain form, single Greek ones spelt out."""
    plain = _RESIDUE.sub("", unicodedata.normalize("NFKC", written))
    return _BETWEEN.sub("-", _GREEK_LETTER.sub(_letter_name, plain)) if not plain.isascii() else plain


def _letter_name(match: re.Match[str]) -> str:
    name = unicodedata.name(fold(match.group()), "").rsplit(" ", 1)[-1].lower()
    return f"-{name.replace('lamda', 'lambda')}-"


def _decimal(number: str) -> str:
    """Return a number with a point before its decimals and without separators of thousands, where that is certain."""
    if _GROUPED.fullmatch(number):
        last = max(number.rfind("."), number.rfind(","))
        if number.count(number[last]) > 1:
            return re.sub("[.,]", "", number)
        return re.sub("[.,]", "", number[:last]) + "." + number[last + 1 :]
    return number.replace(",", ".")


def _unspaced(start: int, written: str) -> Iterator[Word]:
    """Yield a stretch of Han or kana as pairs of neighbours, and what else stands in it as usual."""
    at = 0
    for run in _UNSPACED.finditer(written):
        for word in words(written[at : run.start()]):
            yield word._replace(start=word.start + start + at, end=word.end + start + at)
        at = run.end()
        for first in range(run.start(), max(run.start() + 1, run.end() - 1)):
            pair = _compatible(written[first : min(first + 2, run.end())])
            part = _BETWEEN.sub("", fold(pair))
            if part:
                yield Word(start + first, start + min(first + 2, run.end()), (part,), "", (part,))
    for word in words(written[at:]):
        yield word._replace(start=word.start + start + at, end=word.end + start + at)


def _long_word(start: int, written: str) -> Iterator[Word]:
    """Yield the parts of an over-long word one by one, each cut to LONGEST_WORD."""
    for piece in re.finditer(_ATOMS, written):
        raw = _BETWEEN.sub("", _compatible(piece.group()))[:LONGEST_WORD]
        if raw:
            yield Word(start + piece.start(), start + piece.end(), (fold(raw),), "", (raw,))
