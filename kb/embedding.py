"""Which embedder's vectors are compared, which passages wait for theirs, and the change from one embedder to another.

The vectors of several embedders may lie in a library at once, each a set of its own; they are never mixed. The set of
the active embedder, the one in the settings, grows batch by batch. Until every passage has its vector, the most
complete set serves, whose queries its own embedder encodes; with the last batch the other sets go.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kb import rows, store
from kb.chunk import as_read
from kb.db import Database
from kb.errors import ModelUnavailable
from kb.inference.protocol import Encoder, Role, Vectors
from kb.model import AddEvent

BATCH = 32
"""Passages embedded and stored together, a second's work at most: what is lost when the power goes."""

OpenEncoder = Callable[[str], Encoder]
"""Names an embedder by its source, as stored in `embedders`; starts nothing yet."""


@dataclass(frozen=True, slots=True)
class VectorSet:
    """The vectors of one embedder; `source` opens it again, `passages` is how many have a vector of `dimension`."""

    model: str
    source: str
    dimension: int
    fingerprint: str
    passages: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A passage without a vector, the words to embed, and the revision that wrote them."""

    number: int
    text: str
    stamp: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the active embedder is: passages without its vector, and the other sets that are still here.

    `replaced` tells that its vectors are of other weights than those under its name today, so that none is of use.
    `serving` is the model that queries are compared by meanwhile, "" where words alone serve.
    """

    model: str
    waiting: int
    others: tuple[str, ...] = ()
    replaced: bool = False
    serving: str = ""

    @property
    def whole(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.waiting or self.others or self.replaced)


def sets(db: sqlite3.Connection) -> tuple[VectorSet, ...]:
    """Return the sets of vectors that are here, those without a vector left out."""
    query = """SELECT model, source, dimension, fingerprint,
        (SELECT count(*) FROM vectors WHERE model = embedders.model) AS passages FROM embedders ORDER BY model"""
    return tuple(VectorSet(**row) for row in db.execute(query) if row["passages"])


def lacking(db: sqlite3.Connection, model: str) -> int:
    """Return how many passages have no vector of this model."""
    query = "SELECT (SELECT count(*) FROM passages) - (SELECT count(*) FROM vectors WHERE model = ?)"
    return int(db.execute(query, (model,)).fetchone()[0])


def serving(db: sqlite3.Connection, active: str) -> str:
    """Return the model whose vectors are compared now, "" where there are none.

    That is the active one if every passage has its vector; else the one with most vectors.
    """
    found = _chosen(sets(db), active)
    return found.model if found else ""


def _chosen(found: Sequence[VectorSet], active: str) -> VectorSet | None:
    # No set has more vectors than a whole one: a vector goes with its passage.
    return max(found, key=lambda one: (one.passages, one.model == active, one.model), default=None)


class Embedders:
    """The active embedder and, while its vectors are not whole, the one whose vectors serve. Safe for any thread."""

    def __init__(self, active: Encoder | None, open_encoder: OpenEncoder) -> None:
        self.active = active
        self._open = open_encoder
        self._lock = threading.Lock()
        self._seen: tuple[int, tuple[VectorSet, ...]] = (-1, ())
        self._others: dict[str, Encoder] = {}

    def serving(self, db: sqlite3.Connection) -> Encoder | None:
        """Return the embedder whose vectors a query is compared with now: those under its `name` in `vectors`.

        None means that words alone serve: there is no active embedder, there are no vectors, or they are of other
        weights than their embedder has today. The embedder's files may be missing: then its `encode` raises
        ModelUnavailable. Cheap enough for every search: the library is counted once a revision.
        """
        if self.active is None:
            return None
        with self._lock:
            revision = store.revision(db)
            if revision != self._seen[0]:
                self._seen = (revision, sets(db))
            stored = [one for one in self._seen[1] if one.model != self.active.name or fits(one, self.active)]
            chosen = _chosen(stored, self.active.name)
            if chosen is None or chosen.model == self.active.name:
                self._close_others()
                return self.active if chosen else None
            return self._other(chosen)

    def close(self) -> None:
        """End the processes of all of them."""
        if self.active is not None:
            self.active.close()
        with self._lock:
            self._close_others()

    def _other(self, chosen: VectorSet) -> Encoder | None:
        try:
            if chosen.model not in self._others:
                self._others[chosen.model] = self._open(chosen.source)
        except ModelUnavailable:
            return None
        return self._others[chosen.model] if fits(chosen, self._others[chosen.model]) else None

    def _close_others(self) -> None:
        while self._others:
            self._others.popitem()[1].close()


def fits(stored: VectorSet, encoder: Encoder) -> bool:
    """Say whether an embedder has the weights that made a set, which cannot be denied of files that are not there."""
    try:
        return stored.fingerprint in ("", encoder.fingerprint())
    except ModelUnavailable:
        return True


def standing(db: sqlite3.Connection, embedders: Embedders) -> Standing | None:
    """Return what there is to do until every passage has the active embedder's vector alone; None without one."""
    encoder = embedders.active
    if encoder is None:
        return None
    stored = {one.model: one for one in sets(db)}
    own = stored.pop(encoder.name, None)
    replaced = own is not None and not fits(own, encoder)
    serving = embedders.serving(db)
    there = serving.name if serving is not None and _is_there(serving) else ""
    return Standing(encoder.name, lacking(db, encoder.name), tuple(stored), replaced, there)


def _is_there(encoder: Encoder) -> bool:
    try:
        return bool(encoder.fingerprint())
    except ModelUnavailable:
        return False


def unembedded(db: sqlite3.Connection, model: str, documents: Sequence[str]) -> frozenset[str]:
    """Return those of the documents that have a passage without a vector of this model."""
    query = """SELECT DISTINCT document FROM passages p WHERE document IN (SELECT value FROM json_each(:documents))
        AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.model = :model AND v.passage = p.number)"""
    found = db.execute(query, {"model": model, "documents": rows.as_json(list(documents))})
    return frozenset(document for (document,) in found)


def pending(db: sqlite3.Connection, model: str, after: int = 0, limit: int = -1) -> tuple[Waiting, ...]:
    """Return the passages numbered above `after` that have no vector of this model, in order; -1 is no limit."""
    query = """SELECT number, context, text, readings, stamp FROM passages p
        WHERE number > :after AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.model = :model AND v.passage = p.number)
        ORDER BY number LIMIT :limit"""
    found = db.execute(query, {"model": model, "after": after, "limit": limit})
    return tuple(Waiting(row["number"], _words(row), row["stamp"]) for row in found)


def _words(passage: sqlite3.Row) -> str:
    """Return a passage's context line and its text as it is read: what a model makes a vector of."""
    text = as_read(passage["text"], rows.readings(passage["readings"]))
    return "\n".join(part for part in (passage["context"], text) if part)


def save(db: sqlite3.Connection, model: str, items: Sequence[Waiting], vectors: Vectors) -> int:
    """Store the vectors of passages (n x d), within the caller's transaction; return how many were stored.

    A passage that has gone, or whose words were written anew since they were read, is left out.
    """
    stored = db.executemany(
        """INSERT OR REPLACE INTO vectors (passage, model, vector, stamp)
            SELECT number, ?, ?, (SELECT max(number) + 1 FROM revisions) FROM passages
            WHERE number = ? AND stamp = ?""",
        [
            (model, np.asarray(vector, dtype="<f4").tobytes(), item.number, item.stamp)
            for item, vector in zip(items, vectors, strict=True)
        ],
    ).rowcount
    store.touch(db)
    return stored


def embed(
    database: Database,
    encoder: Encoder,
    progress: Callable[[AddEvent], None] = lambda _event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Give every passage its vector of this embedder, a batch a transaction; return how many there were to make.

    It begins where an earlier one was interrupted. Vectors under the embedder's name that other weights made, or that
    have another dimension, go first; those of other embedders go with the last batch. Raises ModelUnavailable and
    StoreError; what was stored stays.
    """
    return _Work(database, encoder, progress, should_stop).run()


@dataclass(slots=True)
class _Work:
    """One run of `embed`."""

    database: Database
    encoder: Encoder
    progress: Callable[[AddEvent], None]
    should_stop: Callable[[], bool]
    dimension: int = 0

    def run(self) -> int:
        model = self.encoder.name
        self._begin()
        done, after, total = 0, 0, lacking(self.database.connection, model)
        while batch := pending(self.database.connection, model, after, BATCH):
            if self.should_stop():
                return done
            self.progress(AddEvent("embed", model, done, max(total, done + len(batch))))
            made = self._encoded([item.text for item in batch])
            with self.database.transaction() as db:
                emptied = _register(db, self.encoder, made.shape[1])
                save(db, model, batch, made)
                if done + len(batch) >= total:
                    _settle(db, model)
            done += len(batch)
            if emptied:
                total = done + lacking(self.database.connection, model)
            after = 0 if emptied else batch[-1].number
        if done:
            self.progress(AddEvent("embed", model, done, done))
        self._finish()
        return done

    def _begin(self) -> None:
        """Let go of vectors that the embedder cannot have made; where no fingerprint tells, their dimension does."""
        stored = {one.model: one for one in sets(self.database.connection)}.get(self.encoder.name)
        if stored is None or (stored.fingerprint and fits(stored, self.encoder)):
            return
        dimension = stored.dimension if stored.fingerprint else self._encoded([""]).shape[1]
        with self.database.transaction() as db:
            _register(db, self.encoder, dimension)

    def _finish(self) -> None:
        """Let go of other sets where there was nothing left to embed."""
        if len(sets(self.database.connection)) > 1:
            with self.database.transaction() as db:
                _settle(db, self.encoder.name)

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, refused where they are none: stored, they would spoil every search."""
        made = self.encoder.encode(texts, Role.PASSAGE)
        self.dimension = self.dimension or made.shape[-1]
        if made.shape != (len(texts), self.dimension) or not made.size or not np.isfinite(made).all():
            raise ModelUnavailable(model=self.encoder.name, reason="bad_vectors")
        return made


def _register(db: sqlite3.Connection, encoder: Encoder, dimension: int) -> bool:
    """Note what the vectors to come are of; say whether there were others of the same name, which are deleted."""
    now = (encoder.source, dimension, encoder.fingerprint())
    query = "SELECT source, dimension, fingerprint FROM embedders WHERE model = ?"
    known = db.execute(query, (encoder.name,)).fetchone()
    if known is not None and tuple(known) == now:
        return False
    db.execute("INSERT OR REPLACE INTO embedders VALUES (?, ?, ?, ?)", (encoder.name, *now))
    same = known is None or (known["dimension"] == dimension and known["fingerprint"] in ("", now[2]))
    deleted = 0 if same else db.execute("DELETE FROM vectors WHERE model = ?", (encoder.name,)).rowcount
    store.touch(db)
    return deleted > 0


def _settle(db: sqlite3.Connection, model: str) -> None:
    """Delete the vectors of all other embedders, once every passage has one of this model."""
    if lacking(db, model):
        return
    gone = db.execute("DELETE FROM vectors WHERE model != ?", (model,)).rowcount
    gone += db.execute("DELETE FROM embedders WHERE model != ?", (model,)).rowcount
    if gone:
        store.touch(db)
