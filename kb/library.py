"""The one thing that screens and commands hold: add, search, ask, show. Wiring only."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.processes.pool import Limits, ReaderPool
from kb import store
from kb.adding import Adder, Readers
from kb.adding import AddOptions as AddOptions
from kb.db import Database, open_copy
from kb.errors import ModelUnavailable
from kb.model import (
    AddEvent,
    AddResult,
    AddStatus,
    AnswerEvent,
    Answering,
    AnswerMode,
    Exchange,
    Filters,
    Hit,
    Looser,
    Passage,
    SearchMode,
    SearchResult,
)
from kb.shelf import Shelf

if TYPE_CHECKING:
    from ingest.model import Mark
    from kb.answer.answerer import Answerer
    from kb.answer.modes import Known
    from kb.conversations.conversations import Conversations
    from kb.embedding import Embedders
    from kb.inference.protocol import Encoder, Generator
    from kb.search.engine import Searcher
    from kb.search.vectors import Vector
    from kb.upkeep import Condition
    from kb.views.model import Similar, Term
    from kb.views.session_model import SideBySide
    from kb.views.views import Views


def _ignore(event: AddEvent) -> None:
    """Show no progress."""


def _untold(results: tuple[AddResult, ...]) -> None:
    """Do not tell what became of files."""


def _unseen(files: tuple[Path, ...]) -> None:
    """Do not tell of files that were passed over."""


def _never() -> bool:
    """Do not stop."""
    return False


def _no_other(source: str) -> Encoder:
    """Open no embedder but the active one."""
    raise ModelUnavailable(model=source, reason="missing")


class Library(Shelf):
    """A student's documents. Usable from any thread; every error is a RepasoError."""

    def __init__(
        self,
        database: Database,
        encoder: Encoder | None,
        generator: Generator | None,
        clock: Callable[[], float],
        readers: Callable[[], Readers] = partial(ReaderPool, Limits()),  # noqa: B008 (frozen)
        open_encoder: Callable[[str], Encoder] = _no_other,
        derived: Path | None = None,
        answering: Answering = Answering(),  # noqa: B008 (frozen)
    ) -> None:
        super().__init__(database, readers)
        self.encoder = encoder
        self.generator = generator
        self._clock = clock
        self._open_encoder = open_encoder
        self._derived = derived
        self._answering = answering

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
        open_encoder: Callable[[str], Encoder] = _no_other,
        derived: Path | None = None,
        answering: Answering = Answering(),  # noqa: B008 (frozen)
    ) -> Library:
        """Open the library file, made if there is none; `clock` counts seconds. Raises StoreError.

        `limits` bind the reading of a file, which `readers` do. `open_encoder` names an embedder by its source: while
        the vectors of `encoder` are not whole, those of another may serve. `derived` is a folder of this library's
        own for what search makes of it and can make again; without one, that stays in memory.
        `answering` is how answers are made.
        """
        return cls(
            Database(path), encoder, generator, clock, partial(readers, limits), open_encoder, derived, answering
        )

    @classmethod
    def open_copy(
        cls,
        path: Path,
        *,
        clock: Callable[[], float],
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        readers: Callable[[Limits], Readers] = ReaderPool,
    ) -> Library:
        """Return a copy in memory of a library, an empty one where there is no file, for one thread.

        No file is made or written; the copy has no models. Raises StoreError.
        """
        return cls(open_copy(path), None, None, clock, partial(readers, limits))

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

    def watch(
        self,
        folder: Path,
        stop: threading.Event,
        options: AddOptions = AddOptions(),  # noqa: B008 (frozen)
        added: Callable[[tuple[AddResult, ...]], None] = _untold,
        gone: Callable[[tuple[Path, ...]], None] = _unseen,
        progress: Callable[[AddEvent], None] = _ignore,
    ) -> None:
        """Add what is new in a folder, then whatever changes in it, until `stop` is set, from any thread.

        `added` is told what became of the files after each time, the unchanged ones left out; `gone` which files of
        the library's documents are there no longer: the documents stay.
        """
        from kb.watching import watch

        def tell(removed: tuple[Path, ...]) -> None:
            held = {Path(info.path) for info in self.documents()}
            lost = [path for path in held if any(path.is_relative_to(place) for place in removed)]
            if lost:
                gone(tuple(sorted(lost)))

        def add() -> None:
            results = self.add([folder], options, progress, stop.is_set)
            news = tuple(result for result in results if result.status is not AddStatus.UNCHANGED)
            if news:
                added(news)

        watch(folder.resolve(), add, tell, stop)

    def embed_pending(
        self, progress: Callable[[AddEvent], None] = _ignore, should_stop: Callable[[], bool] = _never
    ) -> int:
        """Embed every passage without a vector of the active model; return how many. Raises ModelUnavailable.

        Stopped, it goes on next time; once all are embedded, the vectors of an earlier embedder go.
        """
        return Adder(self.database, self.encoder, progress, should_stop, self._readers).embed()

    def catch_up(
        self, progress: Callable[[AddEvent], None] = _ignore, should_stop: Callable[[], bool] = _never
    ) -> int:
        """Index what an older version indexed, then embed as `embed_pending` does. Raises ModelUnavailable."""
        from kb.upkeep import catch_up

        return catch_up(self.database, self.encoder, progress, should_stop)

    def condition(self) -> Condition:
        """Look for what is behind or out of step in the library and in what was made of it. Raises StoreError."""
        from kb.upkeep import condition

        return condition(self.database, self.embedders, self._derived)

    def mend(self, found: Condition) -> None:
        """Put in step what was found out of it; `catch_up` then brings up to date what is behind."""
        from kb.upkeep import mend

        mend(self.database, found, self._derived)

    def search(
        self,
        query: str,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        limit: int = 10,
        mode: SearchMode = SearchMode.HYBRID,
        rerank: bool = False,
    ) -> SearchResult:
        """Return the passages that answer a query, best first. Raises EmptyQuery, NoEmbedder.

        With `rerank` the language model looks again at the first ones where their order is uncertain.
        """
        result = self._searcher.search(query, filters, limit, mode)
        if not rerank:
            return result
        from kb.inference.protocol import Judge
        from kb.search.rerank import looked_again

        return looked_again(result, self.generator if isinstance(self.generator, Judge) else None)

    def loosened(
        self,
        query: str,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        mode: SearchMode = SearchMode.HYBRID,
    ) -> tuple[Looser, ...]:
        """Return which filters to leave out of a search that found nothing, so that it finds something."""
        from kb.search.looser import loosened

        return loosened(lambda words, wider: self.search(words, wider, 1, mode).total, query, filters)

    def glossary(self, filters: Filters = Filters(), limit: int = 40) -> tuple[Term, ...]:  # noqa: B008 (frozen)
        """Return the key terms of the library, the most telling first, with the passages that define them."""
        return self._views.glossary(filters, limit)

    def term(self, name: str, filters: Filters = Filters()) -> Term:  # noqa: B008 (frozen)
        """Return one term with all passages that define it. Raises TermNotFound."""
        return self._views.term(name, filters)

    def similar(self, key: str, filters: Filters = Filters(), limit: int = 10) -> Similar:  # noqa: B008 (frozen)
        """Return what says something near to a passage or a document. Raises NotFound and AmbiguousKey."""
        path = os.path.realpath(key) if "\x00" not in key else key
        return self._views.similar(key, path, filters, limit)

    def side_by_side(self, session: str, course: str = "") -> SideBySide:
        """Return the views of a session side by side. Raises SessionNotFound and AmbiguousSession."""
        return self._views.side_by_side(session, course)

    def ask(
        self,
        question: str,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        use_model: bool = True,
        mode: AnswerMode = AnswerMode.AUTO,
        earlier: Sequence[Exchange] = (),
    ) -> Iterator[AnswerEvent]:
        """Yield the evidence, the model's tokens and the checked answer. Raises EmptyQuery, ModelUnavailable.

        `earlier` is what was asked and answered before in the same conversation.
        """
        from kb.answer.gather import Asking

        return self._answerer.answer(Asking(question, mode, filters, tuple(earlier)), use_model)

    def prepare(
        self,
        question: str,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        mode: AnswerMode = AnswerMode.AUTO,
        earlier: Sequence[Exchange] = (),
    ) -> bool:
        """Let the language model read ahead for a question that is being typed; say whether it has.

        Blocks, until `cancel_preparing` at most. Raises EmptyQuery, ModelUnavailable.
        """
        from kb.answer.gather import Asking

        return self._answerer.prepare(Asking(question, mode, filters, tuple(earlier)))

    def cancel_preparing(self) -> None:
        """End a preparation soon, from any thread; waits for nothing."""
        if "_answerer" in self.__dict__:  # not made yet, it prepares nothing, and making it takes a while
            self._answerer.cancel_preparing()

    def warm(self) -> None:
        """Begin to load the language model without waiting for it."""
        self._answerer.warm()

    def model_notice(self) -> str:
        """Return the key of what is to be said of how the language model runs, "" where nothing is."""
        from kb.inference.protocol import Noticing

        return self.generator.notice if isinstance(self.generator, Noticing) else ""

    def cancel_answer(self) -> None:
        """End the language model's answer at its next token, from any thread."""
        if self.generator is not None:
            self.generator.cancel()

    def section_vectors(self, document: str) -> dict[int, Vector]:
        """Return the unit mean of the serving model's vectors by section ordinal; empty where there are none."""
        from kb.search import vectors

        with self.database.reading() as db:
            serving = self.embedders.serving(db)
            return {} if serving is None else vectors.section_means(db, serving.name, document)

    def end_models(self) -> None:
        """End the processes of models and readers; who waits for one gets an error. The file stays open."""
        self.embedders.close()
        if self.generator is not None:
            self.generator.close()
        self.end_drawing()

    def close(self) -> None:
        """End the model processes and close the file, which no other thread may be reading or writing then."""
        self.end_models()
        self.database.close()

    @cached_property
    def embedders(self) -> Embedders:
        """The active embedder, and the one whose vectors serve until the active one's are whole."""
        from kb.embedding import Embedders

        return Embedders(self.encoder, self._open_encoder)

    @cached_property
    def conversations(self) -> Conversations:
        """What was asked and answered: kept, named, searched."""
        from kb.conversations.conversations import Conversations

        return Conversations(self.database)

    @cached_property
    def _answerer(self) -> Answerer:
        from kb.answer.answerer import Answerer

        def find(text: str, filters: Filters, limit: int, rerank: bool) -> Sequence[Hit]:
            return self.search(text, filters, limit, rerank=rerank).hits

        models = self.encoder, self.generator
        return Answerer(find, self._weigh, self._known, self._clock, *models, self._answering, self._marks)

    def _marks(self, passage: Passage) -> tuple[Mark, ...]:
        with self.database.reading() as db:
            return store.marks(db, passage.document, passage.section)

    def _known(self) -> Known:
        """Return what questions may name."""
        from kb.answer.modes import Known

        with self.database.reading() as db:
            sessions, dates = store.sessions(db, ""), store.dates(db)
            return Known(store.speakers(db), tuple(each.title for each in sessions), dates)

    @cached_property
    def _searcher(self) -> Searcher:
        from kb.search.engine import Searcher

        return Searcher(self.database, self.embedders, self._clock, self._derived)

    @cached_property
    def _views(self) -> Views:
        from kb.views.views import Views

        searcher = self._searcher
        active = self.embedders.active
        return Views(self.database, searcher.index, searcher.vectors, active.name if active else "")

    def _weigh(self, stems: Sequence[str]) -> dict[str, float]:
        return self._searcher.weights(stems)
