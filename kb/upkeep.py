"""What of a library follows from the rest of it, found behind or out of step, and brought up to date.

Every step is whole by itself, so that whatever was interrupted is found again and goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb import store
from kb.db import Database
from kb.model import AddEvent
from kb.store.index_check import IndexFaults, index_faults, mend_index

if TYPE_CHECKING:
    from kb.embedding import Embedders, Standing
    from kb.inference.protocol import Encoder

AT_ONCE = 200
"""Passages indexed anew in a transaction: a quarter of a second."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is out of step: the index, passages of an older analysis, vectors, and damaged files in the cache."""

    index: IndexFaults
    outdated: int
    meanings: Standing | None
    damaged: tuple[Path, ...]


def condition(database: Database, embedders: Embedders, derived: Path | None) -> Condition:
    """Look at everything; `derived` is the library's folder in the cache. Raises StoreError."""
    from kb.embedding import standing

    with database.transaction() as db:
        faults = index_faults(db)
    with database.reading() as db:
        return Condition(faults, store.outdated(db), standing(db, embedders), _damaged(database, derived))


def mend(database: Database, found: Condition, derived: Path | None) -> None:
    """Put the index in step with the passages and delete what is damaged in the cache; `catch_up` does the rest."""
    if found.index:
        with database.transaction() as db:
            mend_index(db, found.index)
    if found.damaged and derived is not None:
        shutil.rmtree(derived)


def catch_up(
    database: Database,
    encoder: Encoder | None,
    progress: Callable[[AddEvent], None],
    should_stop: Callable[[], bool],
) -> int:
    """Index what an older analysis indexed, then embed what has no vector; return how many were embedded.

    Stopped, it goes on next time. Raises ModelUnavailable and StoreError; what was done stays.
    """
    reanalyse(database, progress, should_stop)
    if encoder is None:
        return 0
    from kb.embedding import embed

    return embed(database, encoder, progress, should_stop)


def reanalyse(database: Database, progress: Callable[[AddEvent], None], should_stop: Callable[[], bool]) -> int:
    """Index by today's analysis what an older one indexed; return how many passages. Raises StoreError."""
    total = store.outdated(database.connection)
    done = 0
    while done < total and not should_stop():
        progress(AddEvent("index", "", done, total))
        with database.transaction() as db:
            made = store.reanalyse(db, AT_ONCE)
        if not made:
            break  # another process has done the rest
        done += made
    if done:
        progress(AddEvent("index", "", done, max(done, total)))
    return done


def _damaged(database: Database, derived: Path | None) -> tuple[Path, ...]:
    """Return the files of the library's folder in the cache that cannot be read."""
    from kb.embedding import sets
    from kb.search import index_file, vector_file

    if derived is None or not derived.is_dir():
        return ()
    found = []
    index = derived / index_file.NAME
    if index.exists() and index_file.stored(derived) is None:
        found.append(index)
    revision, token = store.latest(database.connection)
    for one in sets(database.connection):
        path = vector_file.place(derived, one.model, one.dimension)
        wanted = vector_file.Stamp(one.model, one.dimension, revision, token)
        if path.exists() and vector_file.opened(path, wanted) is None:
            found.append(path)
    return tuple(found)
