"""The views of a whole library, read from its file and from what search derives of it. Wiring only."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from kb import embedding, store
from kb.db import Database
from kb.errors import AmbiguousSession, SessionNotFound
from kb.model import Filters, Kind
from kb.search.analysis_words import fold
from kb.search.index import PassageIndex
from kb.search.matrix import Matrix
from kb.search.snapshot import Snapshot
from kb.search.vectors import VectorIndex
from kb.store import views as reading
from kb.views.alignment import Floats
from kb.views.model import Similar, Term
from kb.views.session import Meaning, side_by_side
from kb.views.session_model import SideBySide
from kb.views.similar import similar
from kb.views.terms import glossary, one_term


class Views:
    """Shows one library as a whole. Runs no model: passages are compared by the vectors that they have."""

    def __init__(self, database: Database, index: PassageIndex, vectors: VectorIndex, active: str) -> None:
        """Read a library by its indexes; `active` names the embedder in use, "" for none."""
        self._database = database
        self._index = index
        self._vectors = vectors
        self._active = active

    def glossary(self, filters: Filters, limit: int) -> tuple[Term, ...]:
        """Return the key terms, the most telling first. Raises StoreError."""
        with self._database.reading() as db:
            return glossary(db, self._index.snapshot(db), filters, limit)

    def term(self, name: str, filters: Filters) -> Term:
        """Return one term with the passages that define it. Raises TermNotFound."""
        with self._database.reading() as db:
            return one_term(db, self._index.snapshot(db), filters, name)

    def similar(self, key: str, path: str, filters: Filters, limit: int) -> Similar:
        """Return what is near to a passage or to the document of this id, absolute `path` or title.

        Raises NotFound and AmbiguousKey.
        """
        with self._database.reading() as db:
            return similar(db, self._index.snapshot(db), self._compared(db), key, path, filters, limit)

    def side_by_side(self, session: str, course: str) -> SideBySide:
        """Return the views of the one session of this name, part of a name or number.

        Raises SessionNotFound and AmbiguousSession.
        """
        with self._database.reading() as db:
            found_course, title = _session(db, self._index.snapshot(db), session, course)
            infos = store.documents(db, found_course)
            own = [
                store.document(db, info.id) for info in infos if info.session == title and info.course == found_course
            ]
            guides = [view for view in own if view.info.kind is Kind.STUDY_GUIDE] or [
                store.document(db, info.id)
                for info in infos
                if info.kind is Kind.STUDY_GUIDE and not info.session and info.course == found_course
            ]
            model, matrix = self._compared(db)
            return side_by_side(title, own, guides, _meaning(db, matrix), model)

    def _compared(self, db: sqlite3.Connection) -> tuple[str, Matrix | None]:
        """Return the model whose vectors serve, and its matrix."""
        model = embedding.serving(db, self._active)
        dimension = next((one.dimension for one in embedding.sets(db) if one.model == model), 0)
        matrix = self._vectors.snapshot(db, model, dimension) if model else None
        return (model, matrix) if matrix is not None else ("", None)


def _session(db: sqlite3.Connection, snapshot: Snapshot, wanted: str, course: str) -> tuple[str, str]:
    """Return course and title of the one session that is meant."""
    known = [(one.course, one.title) for one in store.sessions(db, course)]
    found = [one for one in known if fold(one[1]) == fold(wanted.strip())]
    if not found and wanted.strip():
        mask = snapshot.mask(Filters(course=course, session=wanted))
        rows = np.flatnonzero(snapshot.living if mask is None else mask)
        places = np.unique(snapshot.table.columns.documents[rows]).tolist()
        meant = {(snapshot.documents[at].course, snapshot.documents[at].session) for at in places}
        found = [one for one in known if one in meant]
    if not found:
        raise SessionNotFound(session=wanted)
    if len(found) > 1:
        raise AmbiguousSession(session=wanted, sessions="; ".join(" · ".join(filter(None, one)) for one in found))
    return found[0]


def _meaning(db: sqlite3.Connection, matrix: Matrix | None) -> Meaning:
    """Return what gives passages their vectors, without what all of the library's have in common."""

    def vectors(ids: Sequence[str]) -> Floats | None:
        if matrix is None:
            return None
        numbers = reading.numbers_of(db, ids)
        found = matrix.vectors_of(np.array([numbers.get(id, -1) for id in ids], dtype=np.int64)).astype(np.float64)
        found = np.nan_to_num(found - matrix.centre)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Floats = found / np.where(lengths > 0, lengths, 1.0)
        return unit

    return vectors
