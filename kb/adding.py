"""Files and folders become documents of the library: find, read in other processes, store, embed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest.errors import RepasoError
from ingest.model import Kind, Notice
from ingest.processes.pool import Job, Outcome, PageRead
from ingest.sources.find import PassedOver, Source, Unread, find
from kb import sessions, store
from kb.db import Database
from kb.errors import ModelUnavailable, NoFiles, StoreError
from kb.known import Known, still_there
from kb.model import AddEvent, AddResult, AddStatus

if TYPE_CHECKING:
    from kb.inference.protocol import Encoder

Progress = Callable[[AddEvent], None]
ShouldStop = Callable[[], bool]


class Readers(Protocol):
    """What reads files and draws their pages: ingest.processes.pool.ReaderPool."""

    def read(
        self, jobs: Iterable[Job], progress: Callable[[PageRead], None], should_stop: ShouldStop
    ) -> Iterator[Outcome]:
        """Yield each job's outcome in the jobs' order; when told to stop, those that are finished."""

    def picture(self, path: Path, page: int, pixels: tuple[int, int], password: str = "") -> bytes:
        """Return page `page` (from 1) of a PDF as a PNG within `pixels` (width, height). Raises IngestError."""

    def close(self) -> None:
        """End at once what reads."""


@dataclass(frozen=True, slots=True)
class AddOptions:
    """Where the documents belong and how to read them; "" and None leave it to their content."""

    course: str = ""
    session: str = ""
    kind: Kind | None = None
    password: str = ""
    embed: bool = True
    ocr: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a document, by its id, or of a file that failed."""

    path: str
    status: AddStatus
    document: str = ""
    error: Exception | None = None


@dataclass(slots=True)
class Run:
    """The files of one call by their number: the settled, and those that wait to be read, as they are now.

    `expected` are the sessions that the waiting files' documents will likely have, by place.
    """

    options: AddOptions
    known: Known
    shown: list[str]
    settled: dict[int, tuple[Done, ...]] = field(default_factory=dict)
    waiting: dict[Source, tuple[int, store.FileRecord]] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)

    def failed(self, number: int, error: RepasoError) -> None:
        """Settle a file that could not be read or stored."""
        self.settled[number] = (Done(self.shown[number], AddStatus.FAILED, error=error),)


@dataclass(frozen=True, slots=True)
class Adder:
    """Adds files to a library. What was reported done stays done, whatever happens next."""

    database: Database
    encoder: Encoder | None
    progress: Progress
    should_stop: ShouldStop
    readers: Callable[[], Readers]

    def add(
        self, paths: Sequence[Path], options: AddOptions, passed_over: Callable[[tuple[Path, ...]], None]
    ) -> tuple[AddResult, ...]:
        """Add every file, each failure a value; KeyboardInterrupt undoes the file at hand and no other."""
        found = find(paths)
        passed_over(tuple(one.path for one in found if isinstance(one, PassedOver)))
        run = self._begin(paths, [one for one in found if not isinstance(one, PassedOver)], options)
        try:
            if run.waiting:
                with closing(self.readers()) as readers:
                    self._read(run, readers)
        finally:
            self._name_sessions()
        done = [one for number in sorted(run.settled) for one in run.settled[number]]
        reason = ""
        try:
            if options.embed:
                self.embed()
        except (ModelUnavailable, StoreError) as error:
            reason = error.code  # the documents are in; their notices tell what they lack and why
        return self._as_they_stand(done, options.embed, reason)

    def embed(self) -> int:
        """Index what is outdated, embed what has no vector; return how many. Raises ModelUnavailable, StoreError."""
        from kb.upkeep import catch_up

        return catch_up(self.database, self.encoder, self.progress, self.should_stop)

    def _begin(self, paths: Sequence[Path], found: Sequence[Source | Unread], options: AddOptions) -> Run:
        """Settle the files that need not be read."""
        empty = _empty(paths, found)
        with self.database.reading() as db:
            known = Known(store.files(db), {one.id: one for one in store.facts(db)}, options.ocr)
        shown = [one.shown if isinstance(one, Source) else one.path for one in found]
        run = Run(options, known, [*shown, *map(str, empty)])
        for number, path in enumerate(empty, len(found)):
            run.failed(number, NoFiles(path=path))
        placed: list[tuple[store.FileRecord, store.Place]] = []
        for number, one in enumerate(found):
            if isinstance(one, Unread):
                run.failed(number, one.error)
                continue
            place = place_of(one, options)
            now = known.look_at(one, place.course, options.kind)
            record = known.unchanged(now)
            if record is None:
                run.waiting[one] = (number, now)
                continue
            run.settled[number] = _unread(known, record, place)
            if known.must_place(record.documents, place):
                placed.append((record, place))
        if placed:
            with self.database.transaction() as db:
                for record, place in placed:
                    store.place_again(db, record.documents, place)
        coming = [_coming(place_of(one, options), now.place) for one, (_, now) in run.waiting.items()]
        run.expected = sessions.expected(known.facts.values(), coming)
        return run

    def _read(self, run: Run, readers: Readers) -> None:
        """Read and store the files that are waiting, in order."""
        total = len(run.shown)
        settled = total - len(run.waiting)

        def read(source: Source, page: int = 0, pages: int = 0) -> None:
            self.progress(AddEvent("read", Path(source.shown).name, settled, total, page, pages))

        jobs = [
            Job(source, Kind(now.kind) if now.kind else None, run.options.password, run.options.ocr)
            for source, (_, now) in run.waiting.items()
        ]
        outcomes = readers.read(jobs, lambda event: read(event.source, event.done, event.total), self.should_stop)
        names = iter(run.waiting)
        for outcome in self._announced(outcomes, names, read):
            number, _ = run.waiting[outcome.job.source]
            try:
                run.settled[number] = self._store(run, outcome)
            except StoreError as error:
                run.failed(number, error)
                return  # a disk that is full for one file is full for all
            except RepasoError as error:
                run.failed(number, error)
            settled += 1
            self.progress(AddEvent("store", Path(run.shown[number]).name, settled, total))

    @staticmethod
    def _announced(
        outcomes: Iterator[Outcome], names: Iterator[Source], read: Callable[[Source], None]
    ) -> Iterator[Outcome]:
        """Yield the outcomes, naming the file that is waited for before each."""
        for source in names:
            read(source)
            outcome = next(outcomes, None)
            if outcome is None:
                return
            yield outcome

    def _store(self, run: Run, outcome: Outcome) -> tuple[Done, ...]:
        """Store what a file holds in one transaction, with the file as it was before it was read."""
        if outcome.error is not None:
            raise outcome.error
        source = outcome.job.source
        place = place_of(source, run.options)
        _, now = run.waiting[source]
        likely = run.expected.get(now.place, "")
        with self.database.transaction() as db:
            stored = store.put_file(db, outcome.documents, place, still_there, outcome.sha256, likely)
            ids = tuple(one.id for one in stored)
            store.remember(db, replace(now, sha256=outcome.sha256, documents=ids))
        return tuple(
            Done(document.path, made.status, made.id)
            for document, made in zip(outcome.documents, stored, strict=True)
        )

    def _name_sessions(self) -> None:
        """Give documents the sessions and dates that follow from what is in the library."""
        with self.database.reading() as db:
            if not _misnamed(db):
                return
        with self.database.transaction() as db:  # asked again: another process may have added in between
            store.assign(db, _misnamed(db))

    def _as_they_stand(self, done: Sequence[Done], embedded: bool, reason: str) -> tuple[AddResult, ...]:
        """Return the results with their documents as their neighbours left them, and what they lack."""
        from kb.embedding import unembedded

        ids = [one.document for one in done if one.document]
        model = self.encoder.name if self.encoder else ""
        with self.database.reading() as db:
            infos, stored = store.infos(db, ids), store.notices(db, ids)
            lacking = unembedded(db, model, ids) if embedded else frozenset()
        notice = Notice("not_embedded", "", (("model", model), ("reason", reason)))
        return tuple(
            AddResult(
                one.path,
                one.status,
                infos.get(one.document),
                (*stored.get(one.document, ()), *((notice,) if one.document in lacking else ())),
                one.error,
            )
            for one in done
        )


def place_of(source: Source, options: AddOptions) -> store.Place:
    """Return where a file's documents belong, as far as the student and a `repaso.toml` say."""
    root = str(source.root.resolve())
    return store.Place(options.course or source.course, options.session, source.session, source.date, root)


def _coming(place: store.Place, path: str) -> sessions.Facts:
    """Return what is known of a document before its file is read."""
    return sessions.Facts(path, place.course, Kind.NOTES, "", path, place.root, "", place.session, place.configured)


def _unread(known: Known, record: store.FileRecord, place: store.Place) -> tuple[Done, ...]:
    """Return what became of the documents of a file that has not changed."""
    status = AddStatus.UPDATED if known.says_otherwise(record.documents, place) else AddStatus.UNCHANGED
    return tuple(Done(record.place, status, id) for id in record.documents)


def _misnamed(db: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Return the documents whose session and date are no longer what follows, with those that are."""
    facts, has = store.facts(db), store.assigned(db)
    named = sessions.assign(facts)
    should = {one.id: (named[one.id], sessions.date_of(one)) for one in facts}
    return {id: found for id, found in should.items() if found != has[id]}


def _empty(paths: Sequence[Path], found: Sequence[Source | Unread]) -> list[Path]:
    """Return the folders in which there is nothing to read."""
    seen = {place for one in found for place in (Path(one.path), *Path(one.path).parents)}
    return [path for path in paths if path.is_dir() and path not in seen]
