"""The words of Spanish and English, for telling text from rubble and finding the words that run together.

The lists are those of the pyspellchecker package (words of subtitles with how often they come, CC BY-SA and MIT).
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache, lru_cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+")
_PLURALS = (("ces", "z"), ("es", ""), ("s", ""))


@lru_cache(maxsize=65536)
def frequency(word: str) -> int:
    """Return how often a word (any case) or its singular comes in the list of either language; 0 for none."""
    word = word.lower()
    spanish, english = _lists()
    found = max(spanish.get(word, 0), english.get(word, 0))
    if found or len(word) < 4:
        return found
    singulars = (word.removesuffix(ending) + instead for ending, instead in _PLURALS if word.endswith(ending))
    bare = (one for single in singulars for one in (single, _accented(single)))
    return next((times for one in bare if (times := max(spanish.get(one, 0), english.get(one, 0)))), 0)


def is_word(word: str) -> bool:
    """Say whether a word, or its singular, is in the list of either language."""
    return frequency(word) > 0


def share_of_words(text: str) -> float:
    """Return which share of a text's runs of letters (two or more) are words, weighed by length; 1.0 for none."""
    runs = [match.group() for match in _WORD.finditer(text) if match.end() - match.start() > 1]
    letters = sum(map(len, runs))
    return sum(len(run) for run in runs if is_word(run)) / letters if letters else 1.0


def _accented(single: str) -> str:
    """Return a singular with the accent that its plural does not need: "canciones", "canción"."""
    return re.sub(r"([aeiou])(n|s)$", lambda m: "áéíóú"["aeiou".index(m[1])] + m[2], single)


@cache
def _lists() -> tuple[dict[str, int], dict[str, int]]:
    return _list("es"), _list("en")


def _list(language: str) -> dict[str, int]:
    packed = files("spellchecker").joinpath("resources", f"{language}.json.gz").read_bytes()
    found: dict[str, int] = json.loads(gzip.decompress(packed))
    return found
