"""Whether a text holds a right answer, and whether it says that it has none. Pure."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable

ARTICLES = frozenset(("a", "an", "the", "el", "la", "los", "las", "un", "una", "unos", "unas"))
"""Left out of what is compared, as the evaluations of SQuAD (English) and MLQA (arXiv 1910.07475, Spanish) do."""

MARK = re.compile(r"\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]")
"""The numbers of passages that a model cites, as [1] or [1, 3]."""

_REFUSAL = re.compile(
    r"\bno (?:lo )?se\b(?! \w)|\bno (?:esta|estan|aparece|aparecen|figura|figuran) en (?:el|la|los|las) "
    r"|\bno (?:se )?(?:menciona|mencionan|proporcionan?|especifican?|indica|dice|contienen?)\b"
    r"|\bno (?:hay|existe|tengo|se encuentra|se encontro) (?:suficiente |ninguna )?(?:informacion|mencion)"
    r"|\bi do not know\b|\bi dont know\b|\bnot (?:mentioned|stated|provided|specified|given|in) (?:in )?(?:the|any) "
    r"|\b(?:do|does) not (?:mention|say|state|specify|provide|contain)\b|\bno information\b"
)


def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, accents, punctuation and articles."""
    plain = unicodedata.normalize("NFD", text.casefold())
    kept = "".join(char for char in plain if not unicodedata.combining(char) and not _punctuation(char))
    return tuple(word for word in kept.split() if word not in ARTICLES)


def _punctuation(char: str) -> bool:
    return char in string.punctuation or unicodedata.category(char).startswith("P")


def holds(text: str, answers: Iterable[str]) -> bool:
    """Say whether one of the answers stands in a text, word by word; citation marks are no part of it.

    An answer of punctuation alone is looked for as it stands.
    """
    bare = MARK.sub(" ", text)
    words = f" {' '.join(folded(bare))} "
    return any(f" {' '.join(folded(one))} " in words if folded(one) else one in bare for one in answers)


def refuses(text: str) -> bool:
    """Say whether the first sentence of a model's plain text says that the answer is not there, in usual words."""
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    plain = unicodedata.normalize("NFD", first.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'’")
    return not letters.strip() or bool(_REFUSAL.search(" ".join(letters.split())))
