"""The words of Spanish and English, for telling text from rubble and finding the words that run together.

The lists are those of the pyspellchecker package (words of subtitles with how often they come, CC BY-SA and MIT).
"""

from __future__ import annotations

import gzip
import json
import math
import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+")
_PLURALS = (("ces", "z"), ("es", ""), ("s", ""))
# Words that come less often have no say in which letters follow which.
_COMMON = 500


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


def likeness(text: str) -> float:
    """Return how much a text's letters follow each other as in Spanish or English: the mean log2 of a pair's share.

    Measured on a sentence each: Spanish, English, French, Catalan, German, Basque, Finnish, Czech and Polish from
    -7.3 to -10.5; Spanish with its alphabet shifted by 1 to 25 letters from -11 to -14. Accents do not count; 0.0 for
    a text without pairs.
    """
    pairs = _pairs()
    total, least = pairs.total(), 1
    found = [pairs[first + second] for run in _WORD.findall(_bare(text)) for first, second in pairwise(run)]
    return sum(math.log2((times + least) / total) for times in found) / len(found) if found else 0.0


@cache
def _pairs() -> Counter[str]:
    """Return how many common words of either language have each pair of letters, without accents."""
    pairs: Counter[str] = Counter()
    for words in _lists():
        for word, times in words.items():
            if times >= _COMMON:
                bare = _bare(word)
                pairs.update(first + second for first, second in pairwise(bare))
    return pairs


def _bare(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))


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
