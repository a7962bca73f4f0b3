"""What answering needs to know of words: their stems, and how rare each is in the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Analyse = Callable[[str], Sequence[str]]
"""Text to content stems, stop words dropped."""

Weigh = Callable[[Sequence[str]], Mapping[str, float]]
"""Stems to their inverse document frequency in the library; an unknown stem weighs most."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b(?:[A-ZÁÉÍÓÚÑ]{2,}\w*|[A-Za-z]+[A-Z]\w*|[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+)\b")
DENIED = 2
"""Content words after a negation that it denies: in "no añade latencia al usarlo", the first two."""

_CLAUSE_END = re.compile(r"[.,;:!?()]|\s[-–—]\s")
_NEGATION = re.compile(
    r"\b(?:no|nunca|jamás|tampoco|ningún|ninguna|ninguno|sin|not|never|cannot|without|n't|none)\b|n't\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The library's analysis and its word weights, as two functions."""

    analyse: Analyse
    weigh: Weigh

    def weighted(self, text: str) -> dict[str, float]:
        """Return the text's content stems with their weights."""
        stems = tuple(dict.fromkeys(self.analyse(text)))
        return dict(self.weigh(stems)) if stems else {}

    def stems(self, text: str) -> frozenset[str]:
        """Return the text's content stems."""
        return frozenset(self.analyse(text))

    def denied(self, text: str) -> frozenset[str]:
        """Return the content stems that a negation reaches: the DENIED next ones of its clause."""
        found: set[str] = set()
        for match in _NEGATION.finditer(text):
            clause = _CLAUSE_END.split(text[match.end() :], maxsplit=1)[0]
            found.update(tuple(self.analyse(clause))[:DENIED])
        return frozenset(found)


def coverage(weights: Mapping[str, float], present: Iterable[str]) -> float:
    """Return the share of the weights' total that the present stems carry, in [0, 1]; 0 for no weights."""
    total = sum(weights.values())
    held = set(present)
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total > 0 else 0.0


def numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text, decimal commas as points, without thousands marks or list markers."""
    body = re.sub(r"^\s*\d{1,2}[.)]\s", "", text)
    return frozenset(_plain(match.group()) for match in _NUMBER.finditer(body))


def _plain(number: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        return re.sub(r"[.,]", "", number)
    return number.replace(",", ".")


def names(text: str) -> frozenset[str]:
    """Return the acronyms, mixed-case words and capitalised words that do not open the text, in lower case."""
    opening = re.match(r"[\W\d_]*(?:[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+\b)?", text)
    start = opening.end() if opening else 0
    return frozenset(match.group().lower() for match in _NAME.finditer(text, start))
