"""Which writings are one term, and how a library mostly writes it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.words import is_word
from kb.search.analysis_words import Word, fold, words
from kb.search.language import is_stop

Key = tuple[str, ...]
"""What a term is known by: its content words, folded and without the endings that a plural changes."""

LONGEST = 5
"""Content words of a term at most."""

_ARTICLES = frozenset({"el", "la", "los", "las", "lo", "un", "una", "unos", "unas", "the", "a", "an", "su", "sus"})
_EDGES = " \t.,;:·–—-*_\"'“”«»`()[]/|"
_NO_TERM = re.compile(r"[¿?¡!=;:$`*\\{}|<>\[\]\n\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LINE = re.compile(r"[^.!?\n]*[.!?\n]*")
_BEFORE = re.compile(r"(?:[.!?…:;|>*#•\-–—¿¡(\"«“]|^|\n)[\s*_\"«“¿¡(]*$")


def key_of(name: str) -> Key:
    """Return what a term is known by, () for a text without content; a compound keeps its small words (few-shot)."""
    return tuple(map(bare, parts_of(word.parts for word in words(name))))


def parts_of(compounds: Iterable[Sequence[str]]) -> list[str]:
    """Return the parts of a term's words without the function words between them; all where nothing else is left."""
    each = list(compounds)
    content = [part for parts in each if not is_link(parts) for part in parts]
    return content or [part for parts in each for part in parts]


def is_link(parts: Sequence[str]) -> bool:
    """Say whether a word is a function word."""
    return all(map(is_stop, parts))


@lru_cache(maxsize=65536)
def bare(word: str) -> str:
    """Return a folded word without what a plural adds or changes in Spanish and English: red is redes, voz is voces.

    Not a stem: "token" and "tokenizar" stay two words.
    """
    short = word[:-1] if len(word) > 2 and word.endswith("s") else word
    short = short[:-1] if len(short) > 3 and short.endswith("e") else short
    return short[:-1] + "c" if short.endswith("z") else short


def cleaned(name: str) -> str:
    """Return a term without marks and articles at its ends, "" where it is none: a sentence, a number, too long."""
    term = " ".join(name.split()).strip(_EDGES)
    if _NO_TERM.search(term):
        return ""
    parts = list(words(term))
    while parts and parts[0].parts[0] in _ARTICLES:
        parts = parts[1:]
    if not parts or is_link(parts[0].parts) or is_link(parts[-1].parts):
        return ""
    term = term[parts[0].start :].strip(_EDGES)
    content = parts_of(word.parts for word in parts)
    letters = sum(map(str.isalpha, term))
    if len(content) > LONGEST or letters < 2 or all(part.isdigit() for part in content):
        return ""
    return term


def sightings(text: str, keys: Sequence[Key]) -> Iterator[tuple[Key, str, bool]]:
    """Yield each place of a text that is one of the terms, as it is written, and whether it begins a sentence there.

    Between a term's words may stand function words alone.
    """
    for line in _LINE.finditer(text):
        likely = [key for key in keys if may_have(line.group(), [key])]
        if likely:
            yield from _in_line(line.group(), likely)


def may_have(text: str, keys: Iterable[Key]) -> bool:
    """Say whether a text has the letters of one of the terms; most have not, which costs little to tell."""
    folded = fold(text)
    return any(all(_letters(part) in folded for part in key) for key in keys)


def _letters(part: str) -> str:
    return part[:-1] if part.endswith("c") else part  # voc of voz and voces


def _in_line(line: str, keys: Iterable[Key]) -> Iterator[tuple[Key, str, bool]]:
    wanted: dict[str, list[Key]] = {}
    for key in keys:
        wanted.setdefault(key[0], []).append(key)
    found = [_Part(word, at) for word in words(line) for at in range(len(word.parts))]
    for at, part in enumerate(found):
        for key in wanted.get(part.bare, ()) if part.at == 0 else ():
            end = _reach(found, at, key)
            if end >= 0:
                start = part.word.start
                yield key, line[start:end], bool(_BEFORE.search(line[max(0, start - 8) : start]))


class _Part(NamedTuple):
    """A part of a word, by its place in it."""

    word: Word
    at: int

    @property
    def bare(self) -> str:
        return bare(self.word.parts[self.at])

    @property
    def is_last(self) -> bool:
        return self.at == len(self.word.parts) - 1

    @property
    def is_link(self) -> bool:
        return is_stop(self.word.parts[self.at])


def _reach(found: Sequence[_Part], first: int, key: Key) -> int:
    """Return where the term that may begin at a part ends, -1 where it is not there."""
    at = first
    for wanted in key:
        while at < len(found) and found[at].bare != wanted:
            if not found[at].is_link or at == first:
                return -1
            at += 1
        if at == len(found):
            return -1
        at += 1
    return found[at - 1].word.end if found[at - 1].is_last else -1


def usual(written: Iterable[tuple[str, bool]]) -> str:
    """Return the writing seen most, given each with whether it began a sentence; "" for none.

    What begins a sentence has a capital for that alone: it counts as the writing in lower case, unless the term is
    seen with its capital within sentences more than without.
    """
    within: Counter[str] = Counter()
    opening: Counter[str] = Counter()
    for text, opens in written:
        (opening if opens else within)[" ".join(text.split())] += 1
    capitals = sum(n for text, n in within.items() if text[:1].isupper())
    lowered = within.total() - capitals
    total = within.copy()
    for text, n in opening.items():
        total[text if _keeps_capital(text, capitals, lowered) else _in_lower_case(text)] += n
    return min(total, key=lambda text: (-total[text], len(text), text), default="")


def _keeps_capital(text: str, capitals: int, lowered: int) -> bool:
    if capitals or lowered:
        return capitals > lowered
    return not all(is_word(fold(part)) for word in words(text) for part in word.parts if len(part) > 1)


def _in_lower_case(text: str) -> str:
    """Return a writing without the capitals that begin words; names such as LoRA and F1 keep theirs."""
    return " ".join(word.lower() if _is_capitalised(word) else word for word in text.split(" "))


def _is_capitalised(word: str) -> bool:
    return all(part[1:] == part[1:].lower() and part.isalpha() and len(part) > 1 for part in word.split("-"))
