"""What a library holds: its documents and passages as they are read, and what was searched for. Wiring only."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from kb import store
from kb.adding import Readers
from kb.db import Database
from kb.errors import NotFound
from kb.known import check_same_file
from kb.model import DocumentInfo, DocumentView, Passage, PastSearch, SessionInfo


class Shelf:
    """The documents of one library, without search and models. Usable from any thread."""

    def __init__(self, database: Database, readers: Callable[[], Readers]) -> None:
        self.database = database
        self._readers = readers
        self._drawing = threading.Lock()
        self._drawer: Readers | None = None

    def documents(self, course: str = "", kind: str = "") -> tuple[DocumentInfo, ...]:
        """Return the documents in the order they were added."""
        with self.database.reading() as db:
            return store.documents(db, course, kind)

    def sessions(self, course: str = "") -> tuple[SessionInfo, ...]:
        """Return the sessions in the order they were added."""
        with self.database.reading() as db:
            return store.sessions(db, course)

    def document(self, key: str) -> DocumentView:
        """Return the document with this id, path or title. Raises NotFound, AmbiguousKey."""
        with self.database.reading() as db:
            return store.document(db, store.document_id(db, key, os.path.realpath(key) if "\x00" not in key else key))

    def page_picture(self, document_id: str, page: int, pixels: tuple[int, int], password: str = "") -> bytes:
        """Return page `page` (from 1) of a document's PDF as a PNG within `pixels` (width, height).

        Raises NotFound, NoPages, FileMoved and FileChanged where the file is no longer the one that was read, and
        IngestError where it cannot be drawn.
        """
        with self.database.reading() as db:
            info = store.infos(db, [document_id]).get(document_id)
            record = store.file_of(db, document_id)
        if info is None:
            raise NotFound(key=document_id)
        check_same_file(info, record)
        with self._drawing:
            if self._drawer is None:
                self._drawer = self._readers()
        return self._drawer.picture(Path(info.path), page, pixels, password)

    def passage(self, id: str) -> Passage:
        """Return the passage with this id. Raises NotFound."""
        if not id.isascii():
            raise NotFound(key=id)
        with self.database.reading() as db:
            return store.passage(db, id)

    def neighbours(self, passage_id: str, before: int = 1, after: int = 1) -> tuple[Passage, ...]:
        """Return the passages around one in its document, in order, itself left out. Raises NotFound."""
        if not passage_id.isascii():
            raise NotFound(key=passage_id)
        with self.database.reading() as db:
            return store.neighbours(db, passage_id, before, after)

    def remember_search(self, query: str, asked_at: str) -> None:
        """Keep a query in the history; `asked_at` is ISO 8601."""
        with self.database.transaction() as db:
            store.remember_search(db, query, asked_at)

    def past_searches(self, limit: int = 50) -> tuple[PastSearch, ...]:
        """Return the queries of the history, each once, newest first."""
        with self.database.reading() as db:
            return store.past(db, limit)

    def forget_searches(self) -> int:
        """Forget the history; return how many queries it had."""
        with self.database.transaction() as db:
            return store.forget(db)

    def remove(self, document_id: str) -> None:
        """Remove a document. Raises NotFound."""
        with self.database.transaction() as db:
            store.remove(db, document_id)

    def end_drawing(self) -> None:
        """End the process that draws pages; the next picture starts another."""
        with self._drawing:
            drawer, self._drawer = self._drawer, None
        if drawer is not None:
            drawer.close()
