"""What answering needs to know of words: their stems, and how rare each is in the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

Analyse = Callable[[str], Sequence[str]]
"""Text to content stems, stop words dropped."""


def _nothing(_text: str) -> Sequence[str]:
    """Translate nothing."""
    return ()


Weigh = Callable[[Sequence[str]], Mapping[str, float]]
"""Stems to their inverse document frequency in the library; an unknown stem weighs most."""

NAME_EMPHASIS = 2.0
"""A question is about its names and numbers: "¿qué ventajas tiene LoRA?" about LoRA more than about advantages."""

FRAME_SHARE = 0.5
"""What all words that only ask weigh together, at most, as a share of what the others do."""

FRAME_WORDS = (
    "ventaja ventajas desventaja desventajas sirve servir significa significar funciona funcionar funcionamiento "
    "consiste define definir definición explica explicar describe describir diferencia diferencias distingue ejemplo "
    "ejemplos tipo tipos papel rol objetivo principal principales importante importancia utiliza utilizar usa usar "
    "hace hacer dice dijo decir opina opinar habla habló pasa pasó pasar ocurre ocurrió concepto idea característica "
    "características llama llamar profesor profesora docente clase "
    "año años fecha siglo década ciudad país lugar nombre persona número cantidad porcentaje cuándo dónde cuánto "
    "advantage advantages disadvantage disadvantages use used mean means work works define definition explain "
    "describe difference differences example examples type types role purpose main important say said "
    "happen happened teacher professor year date century city country place name person number percentage"
)
"""Words that ask rather than name what is asked about; they say which sentence answers, not what the matter is."""

NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
NAME = re.compile(
    r"\b(?:[A-ZÁÉÍÓÚÑ]{2,}\w*|[A-Za-z]+[A-Z]\w*|[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+)(?:[-.]\d+(?:\.\d+)*)?(?![^\W_])"
)
_SPELT = {
    word: str(number)
    for number, forms in (
        (1, "uno una un one"), (2, "dos two"), (3, "tres three"), (4, "cuatro four"), (5, "cinco five"),
        (6, "seis six"), (7, "siete seven"), (8, "ocho eight"), (9, "nueve nine"), (10, "diez ten"),
        (11, "once eleven"), (12, "doce twelve"), (13, "trece thirteen"), (14, "catorce fourteen"),
        (15, "quince fifteen"), (16, "dieciséis sixteen"), (17, "diecisiete seventeen"), (18, "dieciocho eighteen"),
        (19, "diecinueve nineteen"), (20, "veinte twenty"), (30, "treinta thirty"), (40, "cuarenta forty"),
        (50, "cincuenta fifty"), (60, "sesenta sixty"), (70, "setenta seventy"), (80, "ochenta eighty"),
        (90, "noventa ninety"), (100, "cien ciento hundred"), (1000, "mil thousand"),
    )
    for word in forms.split()
}  # fmt: skip
DENIED = 2
"""Content words after a negation that it denies: in "no añade latencia al usarlo", the first two."""

_CLAUSE_END = re.compile(r"[.,;:!?()]|\s[-–—]\s")
_NEGATION = re.compile(
    r"\b(?:no|ni|nunca|jamás|tampoco|nadie|nada|ningún|ninguna|ninguno|sin"
    r"|not|never|cannot|without|n't|none|neither|nor|nobody|nothing)\b|n't\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8)
def _frame(analyse: Analyse) -> frozenset[str]:
    """Return the stems of the words that only ask; every question and every mere answer wants them."""
    return frozenset(analyse(FRAME_WORDS))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The library's analysis and its word weights, as functions; `language` is the question's, "" where unclear.

    `abroad` turns text into the stems that its words may have in the other language.
    """

    analyse: Analyse
    weigh: Weigh
    language: str = ""
    abroad: Analyse = _nothing

    def weighted(self, text: str) -> dict[str, float]:
        """Return the text's content stems with their weights."""
        stems = tuple(dict.fromkeys(self.analyse(text)))
        return dict(self.weigh(stems)) if stems else {}

    def stems(self, text: str) -> frozenset[str]:
        """Return the text's content stems."""
        return frozenset(self.analyse(text))

    def read(self, text: str, language: str) -> frozenset[str]:
        """Return a text's content stems, and where it is not in the question's language, those of its translation."""
        own = self.stems(text)
        foreign = bool(self.language and language) and language != self.language
        return own | frozenset(self.abroad(text)) if foreign else own

    def asked(self, question: str) -> dict[str, float]:
        """Return the question's stems weighted by what it is about: names more, words that only ask less."""
        named = self.stems(" ".join(names(question) | numbers(question)))
        frame = _frame(self.analyse)
        raw = self.weighted(question)
        topic = {stem: weight * (NAME_EMPHASIS if stem in named else 1.0) for stem, weight in raw.items()}
        asking = sum(weight for stem, weight in raw.items() if stem in frame)
        rest = sum(weight for stem, weight in topic.items() if stem not in frame)
        if not asking or not rest:
            return topic
        share = min(FRAME_SHARE, FRAME_SHARE * rest / asking)
        return {stem: raw[stem] * share if stem in frame else weight for stem, weight in topic.items()}

    def named(self, question: str) -> dict[str, float]:
        """Return the question's weighted stems but for words that only ask; all of them where it has no others."""
        asked, frame = self.asked(question), _frame(self.analyse)
        return {stem: weight for stem, weight in asked.items() if stem not in frame} or asked

    def topic(self, question: str) -> str:
        """Return the question's words without those that only ask; the question itself where it has no others."""
        frame = _frame(self.analyse)
        kept = [word for word in _WORD.findall(question) if (stems := self.stems(word)) and not stems <= frame]
        return " ".join(kept) or question

    def denied(self, text: str, language: str) -> frozenset[str]:
        """Return the content stems that a negation reaches: the DENIED next ones of its clause."""
        found: set[str] = set()
        for match in _NEGATION.finditer(text):
            clause = _CLAUSE_END.split(text[match.end() :], maxsplit=1)[0]
            found.update(self.read(self._first(clause), language))
        return frozenset(found)

    def _first(self, clause: str) -> str:
        """Return a clause up to its DENIED-th content word."""
        content = 0
        for match in _WORD.finditer(clause):
            content += bool(self.analyse(match.group()))
            if content == DENIED:
                return clause[: match.end()]
        return clause


def coverage(weights: Mapping[str, float], present: Iterable[str]) -> float:
    """Return the share of the weights' total that the present stems carry, in [0, 1]; 0 for no weights."""
    total = sum(weights.values())
    held = set(present)
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total > 0 else 0.0


def numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text, decimal commas as points, without thousands marks or list markers."""
    body = NAME.sub(" ", re.sub(r"^\s*\d{1,2}[.)]\s", "", text))  # GPT-2 is a name
    return frozenset(plain_number(match.group()) for match in NUMBER.finditer(body))


def spelt_numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text that are written as words, in digits."""
    return frozenset(_SPELT[word] for word in re.findall(r"[^\W\d_]+", text.casefold()) if word in _SPELT)


def plain_number(number: str) -> str:
    """Return a number in one notation: a decimal point, no marks between thousands."""
    if re.fullmatch(r"\d{1,3}(?:[.,\s]\d{3})+", number):
        return re.sub(r"[.,\s]", "", number)
    return number.replace(",", ".")


def names(text: str) -> frozenset[str]:
    """Return the acronyms, mixed-case words and capitalised words that do not open the text, in lower case."""
    return frozenset(match.group().lower() for match in NAME.finditer(text, after_opening(text)))


def after_opening(text: str) -> int:
    """Return where a text goes on after its first word, if that has a capital letter only because it is the first."""
    opening = re.match(r"[\W\d_]*(?:[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+\b)?", text)
    return opening.end() if opening else 0
