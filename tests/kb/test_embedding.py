"""The life of vectors: what waits, which embedder serves, a change of embedder that is interrupted and goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.model import Document, Kind
from kb import embedding, store
from kb.db import Database
from kb.embedding import BATCH, Embedders, embed, pending, serving, standing
from kb.errors import ModelUnavailable
from kb.inference import Role, open_encoder
from kb.inference.protocol import Encoder, Vectors
from kb.inference.scripted import Fault, open_scripted_encoder
from kb.model import AddEvent

PASSAGES = 2 * BATCH + 5


class Words:
    """An embedder whose vectors tell which model and weights made them: its number in the first component."""

    def __init__(self, name: str, dimension: int = 4, weights: str = "") -> None:
        self.name = self.source = name
        self.dimension = dimension
        self.weights = weights or f"weights of {name}"
        self.calls = 0
        self.fail_at = 0
        self.missing = False
        self.spoil: Callable[[Vectors], Vectors] = lambda made: made
        self.closed = False

    def fingerprint(self) -> str:
        if self.missing:
            raise ModelUnavailable(model=self.name, reason="missing")
        return self.weights

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.calls += 1
        if self.missing or self.calls == self.fail_at:
            raise ModelUnavailable(model=self.name, reason="missing" if self.missing else "crashed")
        made = np.zeros((len(texts), self.dimension), np.float32)
        made[:, 0] = 1.0
        made[:, 1] = float(sum(self.weights.encode()))
        return self.spoil(made)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def database(tmp_path: Path, document: Callable[..., Document]) -> Iterator[Database]:
    made = Database(tmp_path / "library.db")
    with made.transaction() as db:
        for number in range(PASSAGES):
            one = document(path=f"/{number}.md", sections=[("Tema", f"Un pasaje con el número {number}.")])
            store.put(db, one, store.Place("PLN"), lambda _path: True)
    yield made
    made.close()


def have(database: Database) -> dict[str, int]:
    query = "SELECT model, count(*) FROM vectors GROUP BY model"
    return dict(tuple(row) for row in database.connection.execute(query))


def known(database: Database) -> list[str]:
    return [row["model"] for row in database.connection.execute("SELECT model FROM embedders ORDER BY model")]


def makers(database: Database) -> set[float]:
    """By whose weights the vectors were made."""
    rows = database.connection.execute("SELECT vector FROM vectors")
    return {float(np.frombuffer(row["vector"], "<f4")[1]) for row in rows}


def embedders(active: Encoder, *others: Encoder) -> Embedders:
    there = {other.source: other for other in others}

    def open_other(source: str) -> Encoder:
        if source not in there:
            raise ModelUnavailable(model=source, reason="missing")
        return there[source]

    return Embedders(active, open_other)


def interrupted(batches: int) -> Callable[[], bool]:
    """Stop before the batch after so many."""
    left = iter([False] * batches)
    return lambda: next(left, True)


def test_every_passage_gets_its_vector_and_progress_is_told(database: Database) -> None:
    told: list[AddEvent] = []
    assert embed(database, Words("nuevo"), told.append) == PASSAGES
    assert have(database) == {"nuevo": PASSAGES}
    assert [(event.stage, event.item, event.done, event.total) for event in told] == [
        ("embed", "nuevo", done, PASSAGES) for done in (0, BATCH, 2 * BATCH, PASSAGES)
    ]
    assert embed(database, Words("nuevo"), told.append) == 0
    assert len(told) == 4


def test_the_old_vectors_serve_until_the_new_set_is_whole(database: Database) -> None:
    old, new = Words("viejo"), Words("nuevo", 8)
    embed(database, old)
    both = embedders(new, old)
    assert both.serving(database.connection) is old
    assert embed(database, new, should_stop=interrupted(2)) == 2 * BATCH
    assert have(database) == {"viejo": PASSAGES, "nuevo": 2 * BATCH}
    assert both.serving(database.connection) is old
    assert serving(database.connection, "nuevo") == "viejo"
    assert standing(database.connection, both) == embedding.Standing("nuevo", 5, ("viejo",), serving="viejo")
    old.missing = True
    assert standing(database.connection, both) == embedding.Standing("nuevo", 5, ("viejo",))
    old.missing = False
    assert embed(database, new) == 5
    assert have(database) == {"nuevo": PASSAGES}
    assert known(database) == ["nuevo"]
    assert both.serving(database.connection) is new
    assert old.closed
    state = standing(database.connection, both)
    assert state is not None and state.whole


def test_the_old_vectors_go_in_the_very_transaction_of_the_last_batch(database: Database) -> None:
    embed(database, Words("viejo"))
    other = sqlite3.connect(database.path)
    seen = []

    def look(_event: AddEvent) -> None:
        counted = other.execute("SELECT count(*) FILTER (WHERE model = 'viejo'), count(*) FROM vectors").fetchone()
        seen.append(counted)

    embed(database, Words("nuevo"), look)
    other.close()
    assert seen == [
        (PASSAGES, PASSAGES),
        (PASSAGES, PASSAGES + BATCH),
        (PASSAGES, PASSAGES + 2 * BATCH),
        (0, PASSAGES),
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(0, 3), max_size=6), back=st.booleans())
def test_however_it_is_interrupted_the_end_is_the_same(database: Database, stops: list[int], back: bool) -> None:
    with database.transaction() as db:
        db.execute("DELETE FROM vectors")
        db.execute("DELETE FROM embedders")
        store.touch(db)
    old, new = Words("viejo"), Words("nuevo", 8)
    embed(database, old)
    both = embedders(new, old)
    for batches in stops:
        embed(database, new, should_stop=interrupted(batches))
        used = both.serving(database.connection)
        assert used is not None
        assert have(database)[used.name] == PASSAGES
    last = old if back else new
    embed(database, last)
    assert have(database) == {last.name: PASSAGES}
    assert pending(database.connection, last.name) == ()


def test_a_model_that_dies_leaves_what_was_stored_and_the_next_run_goes_on(database: Database) -> None:
    dying = Words("nuevo")
    dying.fail_at = 2
    with pytest.raises(ModelUnavailable):
        embed(database, dying)
    assert have(database) == {"nuevo": BATCH}
    assert embed(database, dying) == PASSAGES - BATCH
    assert have(database) == {"nuevo": PASSAGES}


def test_a_real_child_killed_while_it_embeds_is_started_again(database: Database) -> None:
    encoder = open_scripted_encoder(16, fault=Fault.CRASH, fault_requests=[2])
    try:
        with pytest.raises(ModelUnavailable) as caught:
            embed(database, encoder)
        assert caught.value.params["reason"] == "crashed"
        assert have(database) == {"scripted-encoder": BATCH}
        assert embed(database, encoder) == PASSAGES - BATCH
    finally:
        encoder.close()
    state = standing(database.connection, embedders(encoder))
    assert state is not None and state.whole


def test_changing_back_to_an_embedder_that_is_whole_takes_no_work(database: Database) -> None:
    old, new = Words("viejo"), Words("nuevo")
    embed(database, old)
    embed(database, new, should_stop=interrupted(1))
    assert embedders(old, new).serving(database.connection) is old
    old.calls = 0
    assert embed(database, old) == 0
    assert old.calls == 0
    assert have(database) == {"viejo": PASSAGES}


def test_words_alone_serve_while_the_old_embedder_cannot_be_opened(database: Database) -> None:
    embed(database, Words("viejo"))
    new = Words("nuevo")
    alone = embedders(new)
    embed(database, new, should_stop=interrupted(1))
    assert alone.serving(database.connection) is None
    embed(database, new)
    assert alone.serving(database.connection) is new


def test_an_embedder_whose_files_are_missing_is_asked_and_says_so(database: Database) -> None:
    only = Words("nuevo")
    embed(database, only)
    only.missing = True
    assert embedders(only).serving(database.connection) is only
    with pytest.raises(ModelUnavailable):
        only.encode(["a"], Role.QUERY)


def test_without_vectors_or_without_an_embedder_words_serve(database: Database) -> None:
    assert embedders(Words("nuevo")).serving(database.connection) is None
    embed(database, Words("nuevo"))
    assert Embedders(None, Words).serving(database.connection) is None


def test_a_new_library_that_is_half_embedded_serves_what_it_has(database: Database) -> None:
    new = Words("nuevo")
    embed(database, new, should_stop=interrupted(1))
    assert embedders(new).serving(database.connection) is new


@pytest.mark.parametrize("replaced", [Words("nuevo", 4, "others"), Words("nuevo", 8, "others")])
def test_other_weights_under_the_same_name_are_never_mixed_with_the_old(database: Database, replaced: Words) -> None:
    replaced.calls, before = 0, Words("nuevo")
    embed(database, before)
    old = makers(database)
    assert embedders(replaced).serving(database.connection) is None
    state = standing(database.connection, embedders(replaced))
    assert state is not None and state.replaced
    assert embed(database, replaced) == PASSAGES
    assert have(database) == {"nuevo": PASSAGES}
    assert not old & makers(database)
    lengths = {row[0] for row in database.connection.execute("SELECT DISTINCT length(vector) FROM vectors")}
    assert lengths == {4 * replaced.dimension}
    assert embedders(replaced).serving(database.connection) is replaced


def test_a_half_made_set_of_another_dimension_is_made_anew_from_its_first_passage(database: Database) -> None:
    embed(database, Words("nuevo", 4, "same"), should_stop=interrupted(2))
    assert embed(database, Words("nuevo", 8, "same")) >= PASSAGES
    assert have(database) == {"nuevo": PASSAGES}
    query = "SELECT DISTINCT length(vector) FROM vectors"
    assert [row[0] for row in database.connection.execute(query)] == [32]


@pytest.mark.parametrize(("now", "kept"), [(Words("nuevo", 4), True), (Words("nuevo", 8), False)])
def test_vectors_from_before_fingerprints_are_kept_where_the_dimension_fits(
    database: Database, now: Words, kept: bool
) -> None:
    embed(database, Words("nuevo", 4))
    with database.transaction() as db:
        db.execute("UPDATE embedders SET fingerprint = ''")
        store.touch(db)
    assert embed(database, now) == (0 if kept else PASSAGES)
    (row,) = database.connection.execute("SELECT * FROM embedders").fetchall()
    assert (row["dimension"], row["fingerprint"]) == (now.dimension, now.fingerprint())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: np.full_like(made, np.nan),
        lambda made: np.full_like(made, np.inf),
        lambda made: made[:-1],
        lambda made: made[:, :0],
        lambda made: made[0],
    ],
)
def test_what_are_no_vectors_is_refused_and_not_stored(database: Database, spoil: Any) -> None:
    embed(database, Words("viejo"))
    broken = Words("nuevo")
    broken.spoil = spoil
    with pytest.raises(ModelUnavailable) as caught:
        embed(database, broken)
    assert caught.value.params["reason"] == "bad_vectors"
    assert have(database) == {"viejo": PASSAGES}


def test_vectors_that_change_their_size_midway_are_refused(database: Database) -> None:
    broken = Words("nuevo")

    def grow(made: Vectors) -> Vectors:
        return made if broken.calls == 1 else np.hstack([made, made])

    broken.spoil = grow
    with pytest.raises(ModelUnavailable):
        embed(database, broken)
    assert have(database) == {"nuevo": BATCH}


def test_a_passage_written_anew_while_it_is_embedded_keeps_waiting(
    database: Database, document: Callable[..., Document]
) -> None:
    embed(database, Words("viejo"))
    encoder = Words("nuevo")
    other = Database(database.path)

    def rewrite(made: Vectors) -> Vectors:
        if encoder.calls == 1:
            with other.transaction() as db:
                edited = document(path="/0.md", sections=[("Otro", "Un pasaje con el número 0.")])
                store.put(db, edited, store.Place("PLN"), lambda _path: True)
        return made

    encoder.spoil = rewrite
    embed(database, encoder)
    other.close()
    (left,) = pending(database.connection, "nuevo")
    assert left.text.endswith("Otro\nUn pasaje con el número 0.")
    assert have(database) == {"viejo": PASSAGES - 1, "nuevo": PASSAGES - 1}
    assert embed(database, encoder) == 1
    assert have(database) == {"nuevo": PASSAGES}


def test_two_processes_that_embed_at_once_end_with_one_vector_a_passage(database: Database) -> None:
    first, second = Words("nuevo"), Words("nuevo")
    other = Database(database.path)

    def meanwhile(made: Vectors) -> Vectors:
        if first.calls == 1:
            embed(other, second)
        return made

    first.spoil = meanwhile
    embed(database, first)
    other.close()
    assert have(database) == {"nuevo": PASSAGES}


def test_hostile_texts_are_embedded_by_the_real_model(
    tmp_path: Path, model_cache: Path, document: Callable[..., Document]
) -> None:
    if not (model_cache / "models" / "all-minilm-l6-v2" / "onnx").is_dir():
        pytest.skip("needs the ONNX export of all-minilm-l6-v2 (make setup)")
    database = Database(tmp_path / "library.db")
    texts = ["a\x00b", "una sola " * 120_000, "\ufeff\u202e‮", "🙂" * 4000, "[SEP] [PAD] </s>"]
    with database.transaction() as db:
        for number, text in enumerate(texts):
            one = document(path=f"/{number}.md", sections=[("", text)], kind=Kind.NOTES)
            store.put(db, one, store.Place("PLN"), lambda _path: True)
    encoder = open_encoder("all-minilm-l6-v2", model_cache)
    try:
        with database.transaction() as db:
            number = db.execute("SELECT max(number) FROM passages").fetchone()[0]
            db.execute("UPDATE passages SET text = ? WHERE number = ?", ("palabra " * 125_000, number))
        before = embedding.lacking(database.connection, encoder.name)
        assert embed(database, encoder) == before > len(texts)
        surrogate, empty = encoder.encode(["nombre\udce9", ""], Role.PASSAGE)
        assert np.isfinite(surrogate).all() and np.isfinite(empty).all()
    finally:
        encoder.close()
        database.close()
