"""What the full-text index is asked for: which passages meet a condition, and the words it keeps of a passage."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kb import rows
from kb.search.language import TAIL, fold, words
from kb.search.query import quoted
from kb.search.vocabulary import form

_TEXTS = 8
"""Passages that are looked at for how a word is written."""


def meeting(db: sqlite3.Connection, condition: str) -> NDArray[np.int64]:
    """Return the numbers of the passages that meet a condition in FTS5's syntax."""
    found = db.execute("SELECT rowid FROM passage_terms WHERE passage_terms MATCH ?", (condition,))
    return np.fromiter((number for (number,) in found), dtype=np.int64)


def terms_of(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return the distinct terms of passages' own words, by number; headings and other forms are left out."""
    query = "SELECT rowid, body FROM passage_terms WHERE rowid IN (SELECT value FROM json_each(?))"
    found = db.execute(query, (rows.as_json(list(numbers)),))
    return {number: frozenset(body.partition(TAIL)[0].split()) for number, body in found}


def written(db: sqlite3.Connection, word: str) -> str:
    """Return a folded word as the library mostly writes it, sentence capitals lowered; itself where it has it not."""
    query = """SELECT p.context || char(10) || p.text FROM passage_terms t JOIN passages p ON p.number = t.rowid
        WHERE t.passage_terms MATCH ? LIMIT ?"""
    counted: Counter[str] = Counter()
    for (text,) in db.execute(query, (quoted(form(word)), _TEXTS)):
        for found in words(text):
            part = text[found.start : found.end]
            if fold(part) == word:
                counted[part if part[1:] != part[1:].lower() else part.lower()] += 1
    return counted.most_common(1)[0][0] if counted else word
