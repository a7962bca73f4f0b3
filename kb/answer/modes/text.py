"""A question as its rules read it: on one line, not too long, in small letters without accents. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from kb.search.language import fold

LONGEST = 600
"""Characters of a question that are read; of a longer one its two ends, where people ask."""

EDGE = " \t.,;:!?¡¿…\"'«»“”‘’()[]*_`-–—"
"""Marks that are no part of a name at its ends."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SPEAKS = re.compile(r"[^\W_]")
# A point ends a clause before a space, unless it shortens a word.
_END = re.compile(r"[¿¡?!;:…]+|(?<!\bvs)(?<!\bprof)(?<!\bdra)(?<!\bdr)(?<!\bej)\.(?=\s|$)")
_OPENERS = {
    "es": r"por favor|oye|hola|bueno|entonces|pero|y|a ver|vale|profe|sabes|dime|decirme|decir|quisiera|quiero"
    r"|necesito|(?:me |nos )?(?:puedes|podrias|podria|puede)|ayudame a|saber|entender|que me",
    "en": r"please|hey|hello|hi|so|and|but|ok|well|(?:can|could|would|will) you|tell me|i (?:want|need|would like) to"
    r"|know|understand|help me(?: to)?|do you know",
}
_OPENER = re.compile(rf"\W*(?:(?:{'|'.join(_OPENERS.values())})\b\W*)*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on one line, `shown` as it was typed and `plain` folded; a character here is a character there."""

    shown: str
    plain: str

    def clauses(self) -> Iterator[Asked]:
        """Yield its parts between marks, each without the words that only address somebody ("¿me puedes…")."""
        start = 0
        for end in chain((match.span() for match in _END.finditer(self.plain)), [(len(self.plain),) * 2]):
            opener = _OPENER.match(self.plain, start, end[0])
            begin = opener.end() if opener else start
            if begin < end[0]:
                yield self.part(begin, end[0])
            start = end[1]

    def part(self, start: int, end: int) -> Asked:
        """Return a stretch of it."""
        return Asked(self.shown[start:end], self.plain[start:end])


@lru_cache(maxsize=64)
def read(question: str) -> Asked:
    """Return a question ready to be read, whatever it holds."""
    if len(question) > LONGEST:
        half = LONGEST // 2
        question = f"{question[:half]}. {question[-half:]}"
    shown = " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", question)).split())
    return Asked(shown, "".join(map(_plain, shown)))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    folded = fold(character)
    return folded if len(folded) == 1 else character


def without(asked: Asked, spans: Iterable[tuple[int, int]]) -> Asked:
    """Return a question with stretches of it blanked."""
    shown, plain = asked.shown, asked.plain
    for start, end in spans:
        blank = " " * (end - start)
        shown, plain = shown[:start] + blank + shown[end:], plain[:start] + blank + plain[end:]
    return Asked(shown, plain)


def speaks(text: str) -> bool:
    """Say whether a text has a letter or a digit."""
    return bool(_SPEAKS.search(text))


def trimmed(asked: Asked, words: Collection[str]) -> str:
    """Return the text as typed without marks at its ends, and without marks and these words (folded) before it."""
    found = list(re.finditer(r"\S+", asked.shown))
    while found and _is_idle(asked.plain[slice(*found[0].span())], words):
        del found[0]
    kept = " ".join(match.group() for match in found)
    return kept.strip(EDGE)


def _is_idle(word: str, words: Collection[str]) -> bool:
    bare = word.strip(EDGE)
    return not bare or bare in words
