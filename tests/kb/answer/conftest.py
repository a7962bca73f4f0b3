"""A small library in memory: passages, hits and word weights without a store."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import pytest

from kb.answer.lexicon import Lexicon
from kb.model import DocumentInfo, Hit, Kind, Locator, LocatorType, Passage

STOP = frozenset(
    re.findall(
        r"\w+",
        "el la los las un una de del en y o que qué es se con por para su sus al lo como cómo cuál cuáles son "
        "the of a an is are what",
    )
)


def analyse(text: str) -> list[str]:
    folded = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return [re.sub(r"(es|s|n)$", "", word) for word in re.findall(r"\w+", folded) if word not in STOP]


@pytest.fixture
def hit() -> Callable[..., Hit]:
    def build(text: str, heading: str = "", score: float = 0.8, n: int = 1, question: int = 0) -> Hit:
        kind = Kind.STUDY_GUIDE if question else Kind.SLIDES
        locator = Locator(LocatorType.QUESTION, question, question) if question else Locator(LocatorType.SLIDE, n, n)
        document = DocumentInfo("d1", "x.md", "", kind, "Tema", "", "", "PLN", "Sesión 1", "es", 1, 0, "")
        passage = Passage(f"p{n}", "d1", n, n, heading, locator, "", 0, len(text), text)
        return Hit(passage, document, score, score, score, text[:80])

    return build


@pytest.fixture
def lexicon_of() -> Callable[[Sequence[Hit]], Lexicon]:
    def build(hits: Sequence[Hit]) -> Lexicon:
        texts = [set(analyse(f"{hit.passage.heading} {hit.passage.text}")) for hit in hits]

        def weigh(stems: Sequence[str]) -> Mapping[str, float]:
            size = 20
            found = {stem: sum(stem in text for text in texts) for stem in stems}
            return {stem: math.log((size - n + 0.5) / (n + 0.5)) for stem, n in found.items()}

        return Lexicon(analyse, weigh)

    return build
