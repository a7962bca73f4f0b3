"""The matrix of a library's vectors: in step with the library, exact or nearly so, and never worse for a bad file."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import embedding, store
from kb.db import Database
from kb.search import vector_file
from kb.search.matrix import Matrix, Part
from kb.search.quantised import coarse, codes, first_look, second_look, signs, third_look
from kb.search.vectors import VectorIndex

MODEL, DIMENSION, PASSAGES = "model", 24, 40


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 40 passages without vectors."""
    path = tmp_path_factory.mktemp("template") / "library.db"
    database = Database(path)
    with database.transaction() as db:
        put_passages(db, range(1, PASSAGES + 1))
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "library.db"
    shutil.copy(template, path)
    opened = Database(path)
    yield opened
    opened.close()


def put_passages(db: sqlite3.Connection, numbers: range) -> None:
    db.execute(
        """INSERT OR IGNORE INTO documents (id, course, session, path, part, kind, title, author, url, language,
            content_hash) VALUES ('d', '', '', '/d', '', 'notes', '', '', '', 'es', '')"""
    )
    db.executemany(
        """INSERT OR IGNORE INTO passages (number, id, document, section, ordinal, heading, locator, speaker, start,
            stop, context, text) VALUES (?, ?, 'd', 0, 0, '', '["section", 1, 1, ""]', '', 0, 0, '', '')""",
        [(number, f"p{number}") for number in numbers],
    )
    store.touch(db)


def unit(seed: int, dimension: int = DIMENSION) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=dimension).astype(np.float32)
    return made / np.linalg.norm(made)


def give(db: sqlite3.Connection, numbers: list[int], seed: int = 0, model: str = MODEL) -> None:
    items = [embedding.Waiting(number, "", stamp(db, number)) for number in numbers]
    embedding.save(db, model, items, np.stack([unit(seed * 1000 + number) for number in numbers]))


def stamp(db: sqlite3.Connection, number: int) -> int:
    row = db.execute("SELECT stamp FROM passages WHERE number = ?", (number,)).fetchone()
    return int(row[0]) if row else 0


def snapshot(index: VectorIndex, database: Database) -> Matrix | None:
    with database.reading() as db:
        return index.snapshot(db, MODEL, DIMENSION)


def rows_of(matrix: Matrix | None) -> dict[int, list[float]]:
    if matrix is None:
        return {}
    assert len(set(matrix.numbers.tolist())) == len(matrix.numbers)
    vectors = matrix.vectors_of(matrix.numbers)
    return dict(zip(matrix.numbers.tolist(), vectors.tolist(), strict=True))


def assert_same(found: Matrix | None, expected: Matrix | None) -> None:
    assert rows_of(found) == rows_of(expected)
    if found is None or expected is None:
        return
    query = unit(7)
    order, other = np.argsort(found.numbers), np.argsort(expected.numbers)
    cosines, wanted = found.cosines(query), expected.cosines(query)
    assert np.allclose(cosines[order], wanted[other], atol=1e-6)
    assert np.allclose(found.distinct(query, cosines)[order], expected.distinct(query, wanted)[other], atol=1e-5)
    assert found.nearest(query, 5)[0].tolist() == expected.nearest(query, 5)[0].tolist()


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["save", "save", "delete", "forget", "spoil", "reuse", "reopen", "look", "look"]),
        st.sets(st.integers(1, PASSAGES), min_size=1, max_size=12),
        st.integers(0, 50),
    ),
    max_size=14,
)


def change(db: sqlite3.Connection, what: str, numbers: list[int], seed: int) -> None:
    if what == "save":
        give(db, numbers, seed)
    elif what == "delete":
        db.executemany("DELETE FROM passages WHERE number = ?", [(number,) for number in numbers])
    elif what == "forget":
        db.executemany("DELETE FROM vectors WHERE passage = ?", [(number,) for number in numbers])
    elif what == "spoil":
        bad = np.full(DIMENSION, np.nan, "<f4").tobytes() if seed % 2 else b"\x00" * 12
        change_to(db, numbers, bad)
    elif what == "reuse":
        db.executemany("DELETE FROM passages WHERE number = ?", [(number,) for number in numbers])
        put_passages(db, range(1, PASSAGES + 1))
        give(db, numbers[:3], seed)
    store.touch(db)


def change_to(db: sqlite3.Connection, numbers: list[int], blob: bytes) -> None:
    db.executemany(
        """INSERT OR REPLACE INTO vectors (passage, model, vector, stamp)
            SELECT number, ?, ?, (SELECT max(number) + 1 FROM revisions) FROM passages WHERE number = ?""",
        [(MODEL, blob, number) for number in numbers],
    )
    store.touch(db)


@settings(max_examples=60, deadline=None)
@given(changes=CHANGES, unsaved=st.sampled_from([0, 3, 30]))
def test_whatever_happens_a_snapshot_equals_a_fresh_reading(
    template: Path, tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, set[int], int]], unsaved: int
) -> None:
    folder = tmp_path_factory.mktemp("example")
    shutil.copy(template, folder / "library.db")
    database = Database(folder / "library.db")
    index = VectorIndex(folder, unsaved_rows=unsaved)
    held: list[tuple[Matrix | None, dict[int, list[float]]]] = []
    for what, numbers, seed in changes:
        if what == "reopen":
            index = VectorIndex(folder, unsaved_rows=unsaved)
        elif what == "look":
            matrix = snapshot(index, database)
            held.append((matrix, rows_of(matrix)))
        else:
            with database.transaction() as db:
                change(db, what, sorted(numbers), seed)
    assert_same(snapshot(index, database), snapshot(VectorIndex(None), database))
    assert_same(snapshot(VectorIndex(folder, unsaved_rows=unsaved), database), snapshot(VectorIndex(None), database))
    assert all(rows_of(matrix) == before for matrix, before in held)
    database.close()


def test_without_vectors_there_is_no_matrix(database: Database, tmp_path: Path) -> None:
    assert snapshot(VectorIndex(tmp_path), database) is None


def test_nothing_is_read_again_while_the_library_stays_as_it_is(database: Database) -> None:
    with database.transaction() as db:
        give(db, [1, 2, 3])
    index = VectorIndex(None)
    first = snapshot(index, database)
    seen: list[str] = []
    database.connection.set_trace_callback(seen.append)
    assert snapshot(index, database) is first
    assert not [one for one in seen if " vectors" in one]


def test_what_was_saved_is_mapped_and_not_read_from_the_library(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 31)))
    expected = rows_of(snapshot(VectorIndex(tmp_path, unsaved_rows=3), database))
    with database.transaction() as db:
        db.execute("UPDATE vectors SET vector = zeroblob(96)")  # without a stamp: only the file knows what they were
    assert rows_of(snapshot(VectorIndex(tmp_path, unsaved_rows=3), database)) == expected


def test_only_what_is_new_is_read_beside_the_file(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 31)))
    index = VectorIndex(tmp_path, unsaved_rows=3)
    snapshot(index, database)
    saved = file_in(tmp_path).read_bytes()
    with database.transaction() as db:
        give(db, [31, 32])
    assert sorted(rows_of(snapshot(index, database))) == list(range(1, 33))
    assert file_in(tmp_path).read_bytes() == saved
    with database.transaction() as db:
        give(db, [33, 34])
    assert sorted(rows_of(snapshot(index, database))) == list(range(1, 35))
    assert file_in(tmp_path).read_bytes() != saved


def test_a_vector_that_is_made_again_takes_the_place_of_the_one_before(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 31)))
    index = VectorIndex(tmp_path, unsaved_rows=20)
    snapshot(index, database)
    for seed in (1, 2):  # first one in the file, then one that is only in memory
        with database.transaction() as db:
            give(db, [5, 6], seed)
            change_to(db, [7 + seed], b"spoilt")
        assert_same(snapshot(index, database), snapshot(VectorIndex(None), database))
    assert rows_of(snapshot(index, database))[5] == unit(2005).tolist()


def file_in(folder: Path) -> Path:
    (found,) = folder.glob("vectors-*.bin")
    return found


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: b"repaso",
        lambda whole: whole[:-1],
        lambda whole: whole + b"\x00" * 8,
        lambda whole: b"SQLite format 3\x00" + whole[16:],
        lambda whole: whole[:56] + b"\xff" * 72 + whole[128:],
        lambda whole: whole[:600] + bytes([whole[600] ^ 1]) + whole[601:],
        lambda whole: whole[:3_200] + bytes([whole[3_200] ^ 1]) + whole[3_201:],
        lambda whole: whole[:-300] + bytes([whole[-300] ^ 1]) + whole[-299:],
        lambda whole: whole[:256] + bytes(len(whole) - 256),
    ],
    ids=["empty", "short", "cut", "longer", "other", "header", "vector", "code", "rest", "zeros"],
)
def test_a_damaged_file_is_made_again(database: Database, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 31)))
    snapshot(VectorIndex(tmp_path, unsaved_rows=3), database)
    path = file_in(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert_same(snapshot(VectorIndex(tmp_path, unsaved_rows=3), database), snapshot(VectorIndex(None), database))
    assert file_in(tmp_path).read_bytes() == whole


def test_a_file_of_a_copy_that_went_its_own_way_is_not_trusted(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 11)))
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(database.path, tmp_path / "copy.db")
    copy = Database(tmp_path / "copy.db")
    for one, seed in ((database, 1), (copy, 2)):
        with one.transaction() as db:
            give(db, list(range(1, 21)), seed)
    assert store.revision(database.connection) == store.revision(copy.connection)
    index = VectorIndex(tmp_path, unsaved_rows=3)
    assert_same(snapshot(index, database), snapshot(VectorIndex(None), database))
    assert_same(snapshot(index, copy), snapshot(VectorIndex(None), copy))
    assert_same(snapshot(VectorIndex(tmp_path, unsaved_rows=3), database), snapshot(VectorIndex(None), database))
    assert rows_of(snapshot(index, copy)) != rows_of(snapshot(index, database))
    copy.close()


def test_models_and_dimensions_are_never_mixed(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, [1, 2, 3, 4, 5])
        give(db, [4, 5, 6, 7, 8], model="another")
        change_to(db, [9], b"\x00" * 8)
    index = VectorIndex(tmp_path, unsaved_rows=3)
    with database.reading() as db:
        assert sorted(rows_of(index.snapshot(db, MODEL, DIMENSION))) == [1, 2, 3, 4, 5]
        assert sorted(rows_of(index.snapshot(db, "another", DIMENSION))) == [4, 5, 6, 7, 8]
        assert sorted(rows_of(index.snapshot(db, MODEL, 2))) == [9]


def test_what_is_no_unit_vector_is_left_out(database: Database) -> None:
    with database.transaction() as db:
        give(db, [1])
        for number, value in ((2, np.nan), (3, np.inf), (4, 1e30), (5, 0.5)):
            change_to(db, [number], np.full(DIMENSION, value, "<f4").tobytes())
        db.execute("INSERT INTO vectors (passage, model, vector) VALUES (6, ?, 'text')", (MODEL,))
    assert sorted(rows_of(snapshot(VectorIndex(None), database))) == [1]


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 31)))
    (tmp_path / "file").write_text("not a folder")
    index = VectorIndex(tmp_path / "file" / "below", unsaved_rows=3)
    assert_same(snapshot(index, database), snapshot(VectorIndex(None), database))


def test_a_full_disk_leaves_no_file_behind(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with database.transaction() as db:
        give(db, list(range(1, 31)))
    monkeypatch.setattr(vector_file.os, "fsync", full)
    folder = tmp_path / "cache"
    assert_same(snapshot(VectorIndex(folder, unsaved_rows=3), database), snapshot(VectorIndex(None), database))
    assert not list(folder.glob("*.bin")) and not list(folder.glob("*.new"))


def test_what_a_process_left_when_it_died_is_written_over(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 31)))
    path = vector_file.place(tmp_path, MODEL, DIMENSION)
    path.with_suffix(".new").write_bytes(b"half of it" * 10_000)
    assert_same(snapshot(VectorIndex(tmp_path, unsaved_rows=3), database), snapshot(VectorIndex(None), database))
    assert vector_file.opened(path, vector_file.Stamp(MODEL, DIMENSION, 0, "")) is not None


def test_a_reader_of_an_earlier_moment_gets_the_vectors_of_that_moment(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 11)))
    index = VectorIndex(tmp_path, unsaved_rows=3)
    snapshot(index, database)
    behind = Database(database.path)
    with database.transaction() as db:
        give(db, [11])
    with behind.reading() as earlier:
        store.revision(earlier)
        with database.transaction() as db:
            db.execute("DELETE FROM passages WHERE number IN (1, 2)")
            give(db, [12])
        assert sorted(rows_of(snapshot(index, database))) == list(range(3, 13))
        assert sorted(rows_of(index.snapshot(earlier, MODEL, DIMENSION))) == list(range(1, 12))
        assert sorted(rows_of(snapshot(index, database))) == list(range(3, 13))
    behind.close()


def test_threads_that_search_while_another_writes_each_see_one_state(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        give(db, list(range(1, 11)))
    index = VectorIndex(tmp_path, unsaved_rows=3)
    wrong: list[object] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            try:
                with database.reading() as db:
                    matrix = index.snapshot(db, MODEL, DIMENSION)
                    held = {row[0] for row in db.execute("SELECT passage FROM vectors")}
                if set(rows_of(matrix)) != held:
                    wrong.append((set(rows_of(matrix)), held))
            except BaseException as error:  # noqa: BLE001 (told to the main thread)
                wrong.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(11, PASSAGES + 1):
        with database.transaction() as db:
            db.execute("DELETE FROM vectors WHERE passage = ?", (number - 8,))
            give(db, [number])
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_equal_cosines_keep_the_order_of_their_numbers() -> None:
    vector = unit(1)
    matrix = matrix_of(np.stack([vector] * 5), np.array([9, 3, 7, 1, 5]))
    assert matrix.nearest(vector, 3)[0].tolist() == [1, 3, 5]
    assert matrix.nearest(vector, 0)[0].tolist() == []
    assert matrix.nearest(vector, 50)[0].tolist() == [1, 3, 5, 7, 9]


def matrix_of(vectors: np.ndarray, numbers: np.ndarray | None = None, exact_rows: int = 100_000) -> Matrix:
    numbers = np.arange(1, len(vectors) + 1) if numbers is None else numbers
    around = vectors.mean(axis=0)
    part = Part(numbers.astype(np.int64), vectors, coarse(vectors, around))
    return Matrix(
        (part,), np.zeros(len(vectors), np.bool_), vectors.sum(axis=0, dtype=np.float64), around, exact_rows
    )


@given(allowed=st.sets(st.integers(-5, 80)), count=st.integers(0, 60), exact=st.booleans())
def test_only_allowed_passages_are_found(allowed: set[int], count: int, exact: bool) -> None:
    vectors = np.stack([unit(n) for n in range(60)])
    matrix = matrix_of(vectors, np.arange(60) * 2, 100 if exact else 10)
    query = unit(99)
    numbers, cosines = matrix.nearest(query, count, np.array(sorted(allowed), np.int64))
    possible = [n for n in range(60) if n * 2 in allowed]
    expected = sorted(possible, key=lambda n: -float(vectors[n] @ query))[:count]
    assert numbers.tolist() == [2 * n for n in expected]
    assert np.allclose(cosines, vectors[expected] @ query if expected else [], atol=1e-6)


def test_a_passage_without_a_vector_has_no_cosine() -> None:
    matrix = matrix_of(np.stack([unit(1), unit(2)]), np.array([10, 4]))
    found = matrix.cosines_of(unit(2), np.array([4, 5, 10, 99]))
    assert found[0] == pytest.approx(1.0)
    assert found[2] == pytest.approx(float(unit(1) @ unit(2)), abs=1e-6)
    assert np.isnan(found[[1, 3]]).all()
    assert np.isnan(matrix.vectors_of(np.array([5]))).all()


def test_what_is_distinct_of_a_few_is_what_is_distinct_of_all() -> None:
    matrix = matrix_of(np.stack([unit(n) for n in range(30)]))
    query = unit(99)
    cosines = matrix.cosines(query)
    some = np.array([3, 17, 30])
    every = dict(zip(matrix.numbers.tolist(), matrix.distinct(query, cosines).tolist(), strict=True))
    found = matrix.distinct_of(query, some, matrix.cosines_of(query, some))
    assert found.tolist() == pytest.approx([every[3], every[17], every[30]], abs=1e-6)


def clustered(count: int, dimension: int) -> np.ndarray:
    """Unit vectors like those of texts: a shared part, subjects, and what is each one's own."""
    random = np.random.default_rng(5)
    subjects = random.normal(size=(60, dimension)) * np.linspace(2.0, 0.3, dimension)
    made = subjects[random.integers(0, 60, count)] + random.normal(size=(count, dimension)) + 1.0
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def test_bits_and_exact_rescoring_find_the_ten_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.matrix.FIRST_LOOK", 2_400)
    monkeypatch.setattr("kb.search.matrix.SECOND_LOOK", 400)
    vectors, queries = clustered(20_000, 384), clustered(20_100, 384)[20_000:]
    exact, quick = matrix_of(vectors), matrix_of(vectors, exact_rows=1_000)
    found = [set(quick.nearest(one, 10)[0].tolist()) & set(exact.nearest(one, 10)[0].tolist()) for one in queries]
    assert sum(map(len, found)) / (10 * len(queries)) >= 0.99
    allowed = np.arange(1, 20_001, 2)
    for one in queries[:10]:
        numbers, cosines = quick.nearest(one, 10, allowed)
        assert (numbers % 2 == 1).all()
        assert np.allclose(cosines, exact.cosines_of(one, numbers), atol=1e-6)
        assert len(set(numbers.tolist()) & set(exact.nearest(one, 10, allowed)[0].tolist())) >= 9


@pytest.mark.parametrize("dimension", [1, 63, 64, 65, 384])
def test_the_looks_at_bits_agree_with_counting_them_one_by_one(dimension: int) -> None:
    vectors, query = clustered(300, dimension), clustered(301, dimension)[300]
    centre = vectors.mean(axis=0)
    parts = (signs(vectors[:120], centre), signs(vectors[120:], centre), signs(vectors[:0], centre))
    bits, asked = vectors > centre, query - centre
    among = np.arange(300) % 3 > 0
    differing = np.where(among, (bits != (asked > 0)).sum(axis=1), 10_000)
    found = first_look(parts, asked, among, 50)
    assert found.tolist() == np.flatnonzero(differing <= np.sort(differing)[49]).tolist()
    chosen = second_look(parts, asked, found, 10)
    step = float(asked.max() - asked.min()) / 15 or 1.0
    weighed = bits[found] @ (np.round((asked - asked.min()) / step) * step + asked.min())
    assert set(chosen) <= set(found) and len(chosen) == min(10, len(found))
    assert weighed[np.isin(found, chosen)].min() >= np.sort(weighed)[-10] - 1e-4


@given(st.lists(st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3), max_size=20))
def test_a_code_is_within_half_a_step_of_what_it_stands_for(vectors: list[list[float]]) -> None:
    exact = np.array(vectors, np.float32).reshape(len(vectors), 3)
    levels, steps = codes(exact)
    assert (np.abs(levels * steps[:, None] - exact) <= 0.5001 * steps[:, None]).all()
    assert (steps <= np.abs(exact).max(axis=1, initial=0) / 127 + 1e-6).all()


def test_the_look_at_codes_chooses_by_what_they_stand_for() -> None:
    vectors, query = clustered(1_500, 24), clustered(1_501, 24)[1_500]
    parts = codes(vectors[:700]), codes(vectors[:0]), codes(vectors[700:])
    rows = np.flatnonzero(np.arange(1_500) % 3 > 0)
    levels, steps = codes(vectors)
    near = (levels[rows] * steps[rows, None]) @ query
    chosen = third_look(parts, query, rows, 40)
    assert chosen.tolist() == sorted(chosen) and set(chosen) <= set(rows) and len(chosen) == 40
    assert near[np.isin(rows, chosen)].min() >= np.sort(near)[-40] - 1e-5
    assert third_look(parts, query, rows, 2_000).tolist() == rows.tolist()


def mapped(tmp_path: Path, count: int) -> Part:
    """Vectors in a file."""
    path, wanted = vector_file.place(tmp_path, MODEL, 384), vector_file.Stamp(MODEL, 384, 1, "token")
    nothing, vectors = np.empty(0, np.int64), clustered(count, 384)
    with vector_file.alone(path):
        vector_file.write(path, wanted, [vector_file.Chunk(np.arange(1, count + 1), vectors, nothing)])
    kept = vector_file.opened(path, wanted)
    assert kept is not None
    return kept.part


def resident(file: str) -> int:
    """Bytes of a mapped file that this process has in memory."""
    inside, total = False, 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        words = line.split()
        if "-" in words[0]:
            inside = line.endswith(file)
        elif inside and words[0] == "Rss:":
            total += int(words[1]) * 1024
    return total


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what a process has in memory")
def test_vectors_that_were_compared_do_not_stay_in_memory(tmp_path: Path) -> None:
    part = mapped(tmp_path, 20_000)
    total = part.vectors.sum(axis=0, dtype=np.float64)
    matrix = Matrix((part,), np.zeros(20_000, np.bool_), total, part.vectors.mean(axis=0), 1_000)
    name = str(file_in(tmp_path))
    assert resident(name) > part.vectors.nbytes
    for query in clustered(20_020, 384)[20_000:]:
        numbers, cosines = matrix.nearest(query, 200)
        assert np.allclose(matrix.cosines_of(query, numbers), cosines, atol=1e-6)
    matrix.let_go()
    assert resident(name) < part.vectors.nbytes / 2
    assert np.allclose(matrix.vectors_of(np.array([7])), clustered(20_000, 384)[6])


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what a process has in memory")
def test_opening_a_file_leaves_its_vectors_where_they_are(tmp_path: Path) -> None:
    part = mapped(tmp_path, 20_000)
    assert resident(str(file_in(tmp_path))) < part.vectors.nbytes / 2
