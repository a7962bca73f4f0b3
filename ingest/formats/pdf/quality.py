"""How good the text of a page is: measured, so that engines can be compared and garbage told. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from ingest.words import likeness, share_of_words

GOOD = 0.62
"""A page of prose in Spanish or English scores at least this; below, another engine is asked."""

_RUN = re.compile(r"[^\W\d_]+")
_WRONG = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]|\\(cid:\\d+\\)")
_LONE_ACCENT = re.compile("[´¨˜ˆ¸ˇ˚]")
_LEADERS = re.compile(r"([^\w\s])(?:\s?\1){2,}")
# A page with fewer letters in words of three or more says too little to be called garbage.
_ENOUGH_LETTERS = 60
_FEW_WORDS = 0.2
# Between languages with Latin letters and shifted alphabets (see `likeness`).
_LIKE_LANGUAGE = -10.7
_WRONG_SHARE = 0.3
# Code is a third of signs; a table of figures less, and of few kinds.
_SIGN_SHARE = 0.55
_LETTER_SHARE = 0.15
_SIGN_SHARE_AMONG_FIGURES = 0.38
_GLUED = 18


@dataclass(frozen=True, slots=True)
class Quality:
    """`score` from 0 (rubble) to 1, judged by so many `letters`; `is_garbage`: read by a wrong character map."""

    score: float
    letters: int
    is_garbage: bool


def quality_of(text: str) -> Quality:
    """Measure a text: the share of its letters in words we know, less what no text has.

    A text in another language, a formula or code scores low and is no garbage: that has characters without meaning,
    mostly signs, or words whose letters follow each other as in none.
    """
    visible = sum(map(len, text.split()))
    if not visible:
        return Quality(1.0, 0, False)
    wrong = sum(len(match) if match.startswith("(cid") else 1 for match in _WRONG.findall(text))
    runs = _RUN.findall(text)
    long = [run for run in runs if len(run) >= 3]
    letters = sum(map(len, runs))
    single = sum(len(run) == 1 for run in runs)
    glued = sum(len(run) for run in long if len(run) >= _GLUED)
    share = share_of_words(" ".join(long))
    spaced = single / len(runs) if len(runs) >= 20 else 0.0
    penalty = 2 * wrong / visible + 2 * len(_LONE_ACCENT.findall(text)) / visible + max(0.0, spaced - 0.3)
    penalty += 0.5 * glued / letters if letters else 0.0
    is_garbage = wrong > _WRONG_SHARE * visible or _is_signs(text) or _is_shifted(long, share)
    return Quality(max(0.0, min(1.0, share - penalty)), letters, is_garbage)


def _is_shifted(words: list[str], share: float) -> bool:
    """Say whether words of Latin letters are none of any language: hardly one known, letters that never meet."""
    latin = [word for word in words if _script(word[0]) == "LATIN"]
    letters = sum(map(len, latin))
    if letters < _ENOUGH_LETTERS or share >= _FEW_WORDS or letters * 2 < sum(map(len, words)):
        return False
    return likeness(" ".join(latin)) < _LIKE_LANGUAGE


def _is_signs(text: str) -> bool:
    """Say whether most of a text is signs of many kinds: what comes of letters read by their number in the font."""
    shown = [char for char in _LEADERS.sub(" ", text) if not char.isspace()]
    signs = Counter(char for char in shown if not char.isalnum() and unicodedata.category(char)[0] in "PSC")
    kinds = sum(n >= 3 for n in signs.values())
    letters = sum(map(str.isalpha, shown))
    most = _SIGN_SHARE if letters > _LETTER_SHARE * len(shown) else _SIGN_SHARE_AMONG_FIGURES
    return len(shown) >= _ENOUGH_LETTERS and signs.total() > most * len(shown) and kinds >= 5


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return unicodedata.name(char, "").split(" ")[0]
