"""The passage index against a plain BM25, through real libraries that grow, change and shrink."""

from __future__ import annotations

import math
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from kb.model import Filters
from kb.search import arrays, index_file
from kb.search.bm25 import K1, B
from kb.search.index import PassageIndex, Snapshot
from kb.search.index_file import NAME
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
        most += idf * (K1 + 1) * max((weight for _, weight in concept), default=1.0)
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


def test_the_same_revision_is_the_same_snapshot_and_older_ones_stay_as_they_were(database: Database) -> None:
    index = PassageIndex(None)
    put(database, document("a", ["gato", "perro"]))
    first = snapshot(index, database)
    assert snapshot(index, database) is first
    put(database, document("a", ["perro"]))
    second = snapshot(index, database)
    assert (first.size, first.frequency("gat"), first.frequency("perr")) == (2, 1, 1)
    assert (second.size, second.frequency("gat"), second.frequency("perr")) == (1, 0, 1)


def test_only_what_changed_is_read_again(database: Database) -> None:
    index = PassageIndex(None)
    put(database, document("a", [f"gato {n}" for n in range(60)]))
    snapshot(index, database)
    put(database, document("b", ["perro"]))
    # Words that nobody stamped as changed: whoever reads everything again would find them.
    database.connection.execute("UPDATE passage_terms SET body = 'zorro #' WHERE rowid = 1")
    taken = snapshot(index, database)
    assert (taken.size, taken.frequency("zorro"), taken.frequency("gat"), taken.frequency("perr")) == (61, 0, 60, 1)


def test_many_small_changes_stay_few_segments(database: Database) -> None:
    index = PassageIndex(None)
    put(database, document("a", [f"gato {n}" for n in range(100)]))
    snapshot(index, database)
    for n in range(15):
        put(database, document("b", [f"perro {m}" for m in range(n + 1)]))
        taken = snapshot(index, database)
        check(database.connection, taken, [[("perr", 1.0)], [("gat", 1.0), ("perr", 0.5)]])
    assert 1 < len(taken.segments) < 10


def test_a_number_given_again_is_the_new_passage(database: Database) -> None:
    index = PassageIndex(None)
    put(database, document("a", ["casa", "red"]))
    made = put(database, document("b", ["gato"]))
    before = snapshot(index, database).numbers.max()
    with database.transaction() as db:
        store.remove(db, made)
    put(database, document("c", ["perro"]))
    after = snapshot(index, database)
    assert after.numbers.max() == before
    assert (after.size, after.frequency("gat"), after.frequency("perr")) == (3, 0, 1)
    check(database.connection, after, [[("perr", 1.0)]])


def test_a_reader_that_began_before_a_change_gets_its_own_state(tmp_path: Path, database: Database) -> None:
    index = PassageIndex(tmp_path / "cache")
    put(database, document("a", [f"gato {n}" for n in range(30)]))
    with opened(tmp_path / "library.db") as other, other.reading() as early:
        assert early.execute("SELECT count(*) FROM passages").fetchone()[0] == 30
        for n in range(6):
            put(database, document(f"b{n}", ["perro"]))
            assert snapshot(index, database).frequency("perr") == n + 1
        late = index.snapshot(early)
        assert (late.size, late.frequency("perr")) == (30, 0)
    assert snapshot(index, database).frequency("perr") == 6


def test_threads_share_one_index(tmp_path: Path) -> None:
    with opened(tmp_path / "library.db") as database:
        index = PassageIndex(tmp_path / "cache")
        put(database, document("a", [f"gato {n}" for n in range(40)]))
        failures: list[BaseException] = []
        done = threading.Event()

        def search() -> None:
            try:
                while not done.is_set():
                    with database.reading() as db:
                        wanted = db.execute("SELECT count(*) FROM passages").fetchone()[0]
                        taken = index.snapshot(db)
                    assert taken.size == wanted == taken.frequency("gat")
                    assert len(taken.top(taken.scores([[("gat", 1.0)]]).values, 1000, None)) == wanted
            except BaseException as error:  # noqa: BLE001 (told in the test's own thread)
                failures.append(error)

        threads = [threading.Thread(target=search) for _ in range(4)]
        for thread in threads:
            thread.start()
        for n in range(12):
            put(database, document("b", [f"gato {m}" for m in range(n % 5 + 1)]))
        done.set()
        for thread in threads:
            thread.join()
        assert not failures


@pytest.fixture
def cached(tmp_path: Path, database: Database) -> Path:
    """The cache folder of a library of 30 passages, with its index."""
    put(database, document("a", [f"gato {n}" for n in range(30)]))
    snapshot(PassageIndex(tmp_path / "cache"), database)
    assert (tmp_path / "cache" / NAME).is_file()
    return tmp_path / "cache"


def opens_from_the_file(database: Database, folder: Path) -> bool:
    """Say whether a new index takes its passages from the file: they are then not read from the library."""
    before = database.connection.execute("SELECT body FROM passage_terms").fetchone()[0].split()[0]
    with database.transaction() as db:
        db.execute("UPDATE passage_terms SET body = ?", (f"z{before} #",))  # unstamped, so that nobody is told
    return snapshot(PassageIndex(folder), database).frequency(f"z{before}") == 0


def test_a_new_process_takes_the_file(database: Database, cached: Path) -> None:
    assert opens_from_the_file(database, cached)


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def zeroed(whole: bytes) -> bytes:
    return whole[:64] + bytes(64) + whole[128:]


def flipped(whole: bytes) -> bytes:
    return whole[:-60] + bytes([whole[-60] ^ 1]) + whole[-59:]


def foreign(_: bytes) -> bytes:
    return b"SQLite format 3\x00" + bytes(4096)


def empty(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, zeroed, flipped, foreign, empty])
def test_a_damaged_file_is_made_again(database: Database, cached: Path, damage: Callable[[bytes], bytes]) -> None:
    file = cached / NAME
    file.write_bytes(damage(file.read_bytes()))
    assert not opens_from_the_file(database, cached)
    assert opens_from_the_file(database, cached)


def test_a_file_of_other_rules_is_made_again(
    database: Database, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "ANALYSIS", index_file.ANALYSIS + 1)
    assert not opens_from_the_file(database, cached)
    assert opens_from_the_file(database, cached)


def test_a_folder_that_cannot_be_written_means_memory_alone(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    put(database, document("a", ["gato", "perro"]))
    taken = snapshot(PassageIndex(tmp_path / "file" / "cache"), database)
    check(database.connection, taken, [[("gat", 1.0)]])


def test_a_full_disk_means_memory_alone_and_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arrays, "_fill", full)
    put(database, document("a", ["gato", "perro"]))
    check(database.connection, snapshot(PassageIndex(tmp_path / "cache"), database), [[("gat", 1.0)]])
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_a_killed_writer_left_goes_with_the_next(database: Database, cached: Path) -> None:
    left, fresh = cached / f"{NAME}-left.part", cached / f"{NAME}-fresh.part"
    for file in (left, fresh):
        file.write_bytes(b"half")
    os.utime(left, (0, 0))
    put(database, document("b", [f"perro {n}" for n in range(30)]))
    snapshot(PassageIndex(cached), database)
    assert sorted(file.name for file in cached.iterdir()) == [NAME, fresh.name]


def test_a_copy_that_went_its_own_way_is_read_anew(tmp_path: Path) -> None:
    path, cache = tmp_path / "library.db", tmp_path / "cache"
    with opened(path) as database:
        put(database, document("a", [f"gato {n}" for n in range(30)]))
        database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, tmp_path / "copy.db")
    with opened(path) as database:
        put(database, document("b", [f"perro {n}" for n in range(30)]))
        revision = snapshot(PassageIndex(cache), database).revision
    (tmp_path / "copy.db").replace(path)
    with opened(path) as database:
        put(database, document("c", [f"coche {n}" for n in range(30)]))
        taken = snapshot(PassageIndex(cache), database)
        assert taken.revision.number == revision.number
        assert taken.revision.token != revision.token
        assert (taken.frequency("perr"), taken.frequency("coch")) == (0, 30)
        check(database.connection, taken, [[("coch", 1.0)], [("gat", 1.0)]])


def test_a_library_that_went_back_under_an_open_index_is_read_anew(tmp_path: Path) -> None:
    index = PassageIndex(None)
    with opened(tmp_path / "one.db") as one, opened(tmp_path / "other.db") as other:
        put(one, document("a", ["gato"]))
        put(one, document("b", ["gato"]))
        put(other, document("a", ["perro"]))
        assert snapshot(index, one).frequency("gat") == 2
        assert snapshot(index, other).frequency("gat") == 0
        assert snapshot(index, other).frequency("perr") == 1


def test_an_empty_library_has_an_empty_index(database: Database, tmp_path: Path) -> None:
    taken = snapshot(PassageIndex(tmp_path / "cache"), database)
    scored = taken.scores([[("gat", 1.0)], []])
    assert (taken.size, len(scored.values), taken.frequency("gat")) == (0, 0, 0)
    assert taken.top(scored.values, 10, None).tolist() == []
    assert taken.vocabulary("g") == taken.terms_beginning("", 5) == ()
    assert taken.mask(Filters(kind="notes")) is not None
    assert [facet.values for facet in taken.facets(np.zeros(0, dtype=np.intp))] == [(), (), ()]


def test_reanalysing_goes_batch_by_batch_and_keeps_vectors(database: Database) -> None:
    put(database, document("a", [f"gato {n}" for n in range(5)]))
    index = PassageIndex(None)
    snapshot(index, database)
    with database.transaction() as db:
        db.execute("UPDATE passages SET analysis = 1")
        db.execute("UPDATE passage_terms SET heading = '', body = 'viejo #'")
        db.execute("INSERT INTO vectors (passage, model, vector) SELECT number, 'm', x'00000000' FROM passages")
    left = []
    while store.outdated(database.connection):
        with database.transaction() as db:
            left.append(store.reanalyse(db, 2))
    assert left == [2, 2, 1]
    with database.transaction() as db:
        assert store.reanalyse(db, 2) == 0
    assert database.connection.execute("SELECT count(*) FROM vectors").fetchone()[0] == 5
    taken = snapshot(index, database)
    assert (taken.frequency("viejo"), taken.frequency("gat"), taken.frequency("part")) == (0, 5, 5)


def test_two_processes_that_write_at_once_leave_a_whole_file(tmp_path: Path, database: Database) -> None:
    put(database, document("a", [f"gato {n}" for n in range(300)]))
    script = """
import sys
from pathlib import Path
from kb.db import Database
from kb.search.index import PassageIndex
for _ in range(5):
    (Path(sys.argv[2]) / "passages.index").unlink(missing_ok=True)
    database = Database(Path(sys.argv[1]))
    with database.reading() as db:
        assert PassageIndex(Path(sys.argv[2])).snapshot(db).frequency("gat") == 300
    database.close()
"""
    command = [sys.executable, "-c", script, str(database.path), str(tmp_path / "cache")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    assert snapshot(PassageIndex(tmp_path / "cache"), database).frequency("gat") == 300
    assert [file.name for file in (tmp_path / "cache").iterdir() if file.name != NAME] == []


@given(steps, st.sampled_from(["", "g", "c", "ve", "zz"]), st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_the_vocabulary_is_what_the_passages_have(
    taken: list[tuple[str, str, list[str]]], prefix: str, limit: int
) -> None:
    with TemporaryDirectory() as folder, opened(Path(folder) / "library.db") as database:
        index = PassageIndex(None)
        for step, name, words in [("put", "base", ["gato perro casa red"] * 12), *taken]:
            known = {info.title: info.id for info in store.documents(database.connection)}
            if step == "put":
                put(database, document(name, words))
            elif name in known:
                with database.transaction() as db:
                    store.remove(db, known[name])
            now = snapshot(index, database)
            wanted: Counter[str] = Counter()
            for (text,) in database.connection.execute("SELECT heading || ' ' || body FROM passage_terms"):
                wanted.update(term for term in set(text.split()) - {TAIL} if term.startswith(prefix))
            assert now.vocabulary(prefix) == tuple(sorted(wanted.items()))
            best = sorted(wanted.items(), key=lambda pair: (-pair[1], pair[0]))
            assert now.terms_beginning(prefix, limit) == tuple(best[:limit])
