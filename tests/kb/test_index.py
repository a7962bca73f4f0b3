"""The passage index against a plain BM25, through real libraries that grow, change and shrink."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.model import Document, Kind, Locator, LocatorType, Section
from kb import store
from kb.db import Database
from kb.search.bm25 import K1, B
from kb.search.index import PassageIndex, Snapshot
from kb.search.language import TAIL
from kb.search.postings import HEADING_WEIGHT, TAIL_WEIGHT
from kb.store import Place

WORDS = ("gato", "perro", "casa", "red", "vector", "de", "la", "fine-tuning", "año", "LoRA")
Concepts = Sequence[Sequence[tuple[str, float]]]


def plain(db: sqlite3.Connection, concepts: Concepts) -> tuple[dict[int, float], float]:
    """BM25 as it is defined, over FTS5's strings."""
    frequencies: dict[int, dict[str, float]] = {}
    lengths: dict[int, float] = {}
    for number, heading, body in db.execute("SELECT rowid, heading, body FROM passage_terms"):
        count: Counter[str] = Counter()
        others: set[str] = set()
        for text, weight in ((heading, HEADING_WEIGHT), (body, 1.0)):
            terms = text.split()
            at = terms.index(TAIL) if TAIL in terms else len(terms)
            others.update(terms[at + 1 :])
            for term in terms[:at]:
                count[term] += weight
        lengths[number] = sum(count.values())
        frequencies[number] = {**dict.fromkeys(others, TAIL_WEIGHT), **count}
    average = (sum(lengths.values()) / len(lengths) if lengths else 0) or 1.0
    scores = dict.fromkeys(frequencies, 0.0)
    most = 0.0
    for concept in concepts:
        having = [n for n, has in frequencies.items() if any(term in has for term, _ in concept)]
        idf = math.log(1 + (len(frequencies) - len(having) + 0.5) / (len(having) + 0.5))
        most += idf * (K1 + 1)
        for n in having:
            norm = K1 * (1 - B + B * lengths[n] / average)
            has = frequencies[n]
            best = max(weight * has[term] / (has[term] + norm) for term, weight in concept if term in has)
            scores[n] += idf * (K1 + 1) * best
    return scores, most


def check(db: sqlite3.Connection, snapshot: Snapshot, concepts: Concepts) -> None:
    wanted, most = plain(db, concepts)
    scored = snapshot.scores(concepts)
    assert snapshot.size == len(wanted)
    assert scored.most == pytest.approx(most)
    living = snapshot.numbers >= 0
    assert sorted(snapshot.numbers[living].tolist()) == sorted(wanted)
    assert not scored.values[~living].any()
    for number, value in zip(snapshot.numbers[living].tolist(), scored.values[living].tolist(), strict=True):
        assert value == pytest.approx(wanted[number], abs=1e-4)
    best = sorted((n for n in wanted if wanted[n] > 0), key=lambda n: (-round(wanted[n], 4), n))
    found = snapshot.numbers[snapshot.top(scored.values, 3, None)].tolist()
    assert [round(wanted[n], 4) for n in found] == pytest.approx([round(wanted[n], 4) for n in best[:3]], abs=2e-4)
    for term in {term for concept in concepts for term, _ in concept}:
        rows = snapshot.having(term)
        assert snapshot.frequency(term) == len(rows) == len(plain_having(db, term))
        assert set(snapshot.numbers[rows].tolist()) == plain_having(db, term)


def plain_having(db: sqlite3.Connection, term: str) -> set[int]:
    rows = db.execute("SELECT rowid, heading || ' ' || body FROM passage_terms")
    return {number for number, text in rows if term != TAIL and term in text.split()}


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    database = Database(path)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with opened(tmp_path / "library.db") as made:
        yield made


def document(name: str, texts: Sequence[str], session: str = "", kind: Kind = Kind.NOTES) -> Document:
    made = tuple(
        Section(f"Parte {n} {text[:4]}", Locator(LocatorType.SECTION, n, n), text)
        for n, text in enumerate(texts, start=1)
    )
    return Document(f"/{name}.md", "", kind, name, made, session=session, content_hash=repr((texts, session, kind)))


def put(database: Database, made: Document, course: str = "PLN") -> str:
    with database.transaction() as db:
        return store.put(db, made, Place(course), lambda _path: True).id


def snapshot(index: PassageIndex, database: Database) -> Snapshot:
    with database.reading() as db:
        return index.snapshot(db)


texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), min_size=1, max_size=5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), texts),
        st.tuples(st.just("remove"), st.sampled_from("abc"), st.just([])),
        st.tuples(st.just("reopen"), st.just(""), st.just([])),
    ),
    min_size=1,
    max_size=8,
)
terms = st.sampled_from(
    ["gat", "perr", "cas", "red", "vector", "de", "la", "fin", "tun", "finetun", "año", "zzz", "lor"]
)
queries = st.lists(
    st.lists(st.tuples(terms, st.sampled_from([1.0, 0.5, 0.25])), min_size=1, max_size=3, unique_by=lambda t: t[0]),
    max_size=4,
)


@given(steps, queries, st.booleans())
@settings(max_examples=150, deadline=None)
def test_scores_are_those_of_bm25_whatever_was_added_changed_and_removed(
    taken: list[tuple[str, str, list[str]]], concepts: Concepts, kept: bool
) -> None:
    with TemporaryDirectory() as folder, opened(Path(folder) / "library.db") as database:
        index = PassageIndex(Path(folder) / "cache" if kept else None)
        check(database.connection, snapshot(index, database), concepts)
        for step, name, words in taken:
            known = {info.title: info.id for info in store.documents(database.connection)}
            if step == "put":
                put(database, document(name, words))
            elif step == "reopen":
                index = PassageIndex(Path(folder) / "cache" if kept else None)
            elif name in known:
                with database.transaction() as db:
                    store.remove(db, known[name])
            check(database.connection, snapshot(index, database), concepts)


def test_numbers_are_told_by_row_and_rows_by_number(database: Database) -> None:
    put(database, document("a", ["gato", "perro", "casa"]))
    taken = snapshot(PassageIndex(None), database)
    numbers = taken.numbers
    assert taken.rows(numbers).tolist() == [0, 1, 2]
    assert taken.rows(np.array([10**9, int(numbers[1]), -5])).tolist() == [-1, 1, -1]
