"""The one thing that screens and commands hold: add, search, ask, show. Wiring only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.pool import Limits, ReaderPool
from kb import store
from kb.adding import Adder, Readers
from kb.adding import AddOptions as AddOptions
from kb.db import Database
from kb.errors import NotFound
from kb.model import (
    AddEvent,
    AddResult,
    AnswerEvent,
    DocumentInfo,
    DocumentView,
    Filters,
    Hit,
    Passage,
    SearchMode,
    SearchResult,
    SessionInfo,
)

if TYPE_CHECKING:
    from kb.inference.protocol import Encoder, Generator
    from kb.search.engine import Searcher
    from kb.search.vectors import Vector


def _ignore(event: AddEvent) -> None:
    """Show no progress."""


def _unseen(files: tuple[Path, ...]) -> None:
    """Do not tell of files that were passed over."""


def _never() -> bool:
    """Do not stop."""
    return False


class Library:
    """A student's documents. Usable from any thread; every error is a RepasoError."""

    def __init__(
        self,
        database: Database,
        encoder: Encoder | None,
        generator: Generator | None,
        clock: Callable[[], float],
        readers: Callable[[], Readers] = partial(ReaderPool, Limits()),  # noqa: B008 (frozen)
    ) -> None:
        self.database = database
        self._readers = readers
        self.encoder = encoder
        self.generator = generator
        self._clock = clock

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        encoder: Encoder | None,
        generator: Generator | None,
        clock: Callable[[], float],
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        readers: Callable[[Limits], Readers] = ReaderPool,
    ) -> Library:
        """Open the library file, made if there is none; `clock` counts seconds. Raises StoreError.

        `limits` bind the reading of a file, which `readers` do.
        """
        return cls(Database(path), encoder, generator, clock, partial(readers, limits))

    def add(
        self,
        paths: Sequence[Path],
        options: AddOptions = AddOptions(),  # noqa: B008 (frozen)
        progress: Callable[[AddEvent], None] = _ignore,
        should_stop: Callable[[], bool] = _never,
        passed_over: Callable[[tuple[Path, ...]], None] = _unseen,
    ) -> tuple[AddResult, ...]:
        """Add files and folders; each document's outcome, failures included, is a value.

        `passed_over` is called once, with the files of folders whose formats are none of ours.
        """
        adder = Adder(self.database, self.encoder, progress, should_stop, self._readers)
        return adder.add(paths, options, passed_over)

    def embed_pending(
        self, progress: Callable[[AddEvent], None] = _ignore, should_stop: Callable[[], bool] = _never
    ) -> int:
        """Embed every passage without a vector of the active model; return how many. Raises ModelUnavailable."""
        return Adder(self.database, self.encoder, progress, should_stop, self._readers).embed()

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

    def passage(self, id: str) -> Passage:
        """Return the passage with this id. Raises NotFound."""
        if not id.isascii():
            raise NotFound(key=id)
        with self.database.reading() as db:
            return store.passage(db, id)

    def search(
        self,
        query: str,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        limit: int = 10,
        mode: SearchMode = SearchMode.HYBRID,
    ) -> SearchResult:
        """Return the passages that answer a query, best first. Raises EmptyQuery, NoEmbedder."""
        return self._searcher.search(query, filters, limit, mode)

    def ask(
        self,
        question: str,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        use_model: bool = True,
    ) -> Iterator[AnswerEvent]:
        """Yield the evidence, the model's tokens and the checked answer. Raises EmptyQuery, ModelUnavailable."""
        from ingest.language import language_of_question
        from kb.answer.answer import Tools, answer_question
        from kb.answer.lexicon import Lexicon
        from kb.search.language import stems

        def retrieve(text: str, limit: int) -> Sequence[Hit]:
            return self.search(text, filters, limit).hits

        generator = self.generator if use_model else None
        lexicon = Lexicon(stems, self._weigh)
        yield from answer_question(
            question, Tools(retrieve, lexicon, self._clock, language_of_question, self.encoder, generator)
        )

    def cancel_answer(self) -> None:
        """End the language model's answer at its next token, from any thread."""
        if self.generator is not None:
            self.generator.cancel()

    def section_vectors(self, document: str) -> dict[int, Vector]:
        """Return the unit mean of the active model's vectors by section ordinal; empty where there are none."""
        from kb.search import vectors

        if self.encoder is None:
            return {}
        with self.database.reading() as db:
            return vectors.section_means(db, self.encoder.name, document)

    def remove(self, document_id: str) -> None:
        """Remove a document. Raises NotFound."""
        with self.database.transaction() as db:
            store.remove(db, document_id)

    def end_models(self) -> None:
        """End the model processes; who waits for one gets ModelUnavailable. The file stays open."""
        for model in (self.encoder, self.generator):
            if model is not None:
                model.close()

    def close(self) -> None:
        """End the model processes and close the file, which no other thread may be reading or writing then."""
        self.end_models()
        self.database.close()

    @cached_property
    def _searcher(self) -> Searcher:
        from kb.search.engine import Searcher

        return Searcher(self.database, self.encoder, self._clock)

    def _weigh(self, stems: Sequence[str]) -> dict[str, float]:
        from kb.search import keyword

        with self.database.reading() as db:
            return keyword.weights(db, stems)
