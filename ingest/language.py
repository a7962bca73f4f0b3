"""Which of the two languages of the product a text is in. Pure."""

from __future__ import annotations

import re
from itertools import islice

# The most frequent function words that the other language does not have (CREA and BNC frequency lists).
_SPANISH = (
    "de la que el en y los se del las por un con una su para es al lo como más pero sus le ya o fue este ha sí "
    "porque esta son entre cuando muy sin sobre también hasta hay donde qué cómo cuál nos ni desde todo ser "
    "quién cuánto dónde"
)
_ENGLISH = (
    "the of and to in is that it was for on are as with his they at be this from have or by but not what all "
    "were we when your can there an which their if will each about how out them then these so would has two "
    "who why where does did"
)
_SPANISH_SIGNS = re.compile(r"[¿¡ñáéíóú]")
_WORD = re.compile(r"[^\W\d_]+")
_SPANISH_WORDS = frozenset(_SPANISH.split())
_ENGLISH_WORDS = frozenset(_ENGLISH.split())
# Function words are 40 to 50 % of running text; below these counts there is too little to tell.
_ENOUGH = 5
_MARGIN = 1.2
_SAMPLE = 20_000


def language_of_question(text: str) -> str:
    """Return "es", "en" or "" for a typed line: its marks and letters tell Spanish, else one word is enough."""
    return "es" if _SPANISH_SIGNS.search(text.lower()) else language_of(text, enough=1)


def language_of(text: str, enough: int = _ENOUGH) -> str:
    """Return "es", "en", or "" when neither clearly leads, by counting function words; `enough` are needed."""
    spanish = english = 0
    for match in islice(_WORD.finditer(text), _SAMPLE):
        word = match.group().lower()
        spanish += word in _SPANISH_WORDS
        english += word in _ENGLISH_WORDS
    if max(spanish, english) < enough:
        return ""
    if spanish > english * _MARGIN:
        return "es"
    return "en" if english > spanish * _MARGIN else ""
