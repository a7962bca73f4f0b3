"""How like two texts of one session are, by the words that few of its texts have. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.search.language import is_stop, stem, word_stems, words
from kb.search.translation import translations

Floats = NDArray[np.float64]
Bag = Mapping[str, float]

TITLE = 2.0
"""What a word of a title counts, against one of the text below it."""

TRANSLATED = 0.7
"""What a word's translation counts, against the word itself."""


def bag(text: str, title: str = "") -> Bag:
    """Return the stems of a text, each once, with what it counts; those of the title count more."""
    found = dict.fromkeys((each for word in words(text) for each in word_stems(word)), 1.0)
    found.update(dict.fromkeys((each for word in words(title) for each in word_stems(word)), TITLE))
    return found


def with_translations(found: Bag, text: str, source: str) -> Bag:
    """Return a bag with what its text's words may be in the other language; `source` is its own, "es" or "en"."""
    both = dict(found)
    for word in words(text):
        for part in word.parts:
            for other in translations(part, source) if not is_stop(part) else ():
                both.setdefault(stem(other.word), TRANSLATED * other.weight)
    return both


def rarities(bags: Sequence[Bag]) -> Mapping[str, float]:
    """Return how rare each stem is among some texts: ln((n + 1) / (having + 1/2))."""
    having = Counter(each for one in bags for each in one)
    return {each: math.log((len(bags) + 1) / (count + 0.5)) for each, count in having.items()}


def cosines(rows: Sequence[Bag], columns: Sequence[Bag], rarity: Mapping[str, float]) -> Floats:
    """Return the cosines of two rows of texts (rows x columns), their stems weighed by rarity; in [0, 1]."""
    numbering = _common(rows, columns)
    left, right = _matrix(rows, rarity, numbering), _matrix(columns, rarity, numbering)
    found: Floats = left @ right.T
    lengths = np.outer(_lengths(rows, rarity), _lengths(columns, rarity))
    return found / np.where(lengths > 0, lengths, 1.0)


def covered(lines: Sequence[Bag], texts: Sequence[Bag], rarity: Mapping[str, float]) -> Floats:
    """Return which share of each line's stems, weighed by rarity, each text has (lines x texts).

    A line without stems is covered by everything.
    """
    numbering = _common(lines, texts)
    weights = _matrix(lines, rarity, numbering)
    has = (_matrix(texts, dict.fromkeys(numbering, 1.0), numbering) > 0).astype(np.float64)
    totals = np.array(
        [sum(weight * max(0.0, rarity.get(each, 0.0)) for each, weight in one.items()) for one in lines]
    )
    shares: Floats = (weights @ has.T) / np.where(totals > 0, totals, 1.0)[:, None]
    shares[totals <= 0] = 1.0
    return shares


def _common(rows: Sequence[Bag], columns: Sequence[Bag]) -> Mapping[str, int]:
    """Number the stems that both sides have: no other adds to a product."""
    both = {each for one in rows for each in one} & {each for one in columns for each in one}
    return {each: n for n, each in enumerate(sorted(both))}


def _matrix(bags: Sequence[Bag], rarity: Mapping[str, float], numbering: Mapping[str, int]) -> Floats:
    made = np.zeros((len(bags), len(numbering)))
    for row, one in zip(made, bags, strict=True):
        for each, weight in one.items():
            if each in numbering:
                row[numbering[each]] = weight * max(0.0, rarity.get(each, 0.0))
    return made


def _lengths(bags: Sequence[Bag], rarity: Mapping[str, float]) -> Floats:
    squares = (sum((weight * max(0.0, rarity.get(each, 0.0))) ** 2 for each, weight in one.items()) for one in bags)
    lengths: Floats = np.sqrt(np.fromiter(squares, dtype=np.float64, count=len(bags)))
    return lengths
