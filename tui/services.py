"""What screens and commands hold: one open library and the quizzes over it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.processes.pool import Limits
    from kb.inference import Generator
    from kb.inference.server import ServerGenerator
    from kb.library import Library
    from kb.model import AddEvent, AddResult
    from quizzes.quiz import QuizMaster
    from tui.config import Config

SAMPLE_COURSE = "Procesamiento del lenguaje natural"

OpenLibrary = Callable[["Config"], "Library"]
OpenQuizzes = Callable[["Library"], "QuizMaster"]


class Services:
    """One library and everything that stands on it; close it when done.

    Both are opened on first use, from any thread: what they import (numpy, Whoosh) would hold up the first screen.
    """

    def __init__(self, config: Config, open_library: OpenLibrary, open_quizzes: OpenQuizzes) -> None:
        self.config = config
        self._open_library = open_library
        self._open_quizzes = open_quizzes
        self._lock = threading.RLock()
        self._library: Library | None = None
        self._quizzes: QuizMaster | None = None

    @property
    def library(self) -> Library:
        """The library, opened now if it was not. Raises StoreError."""
        with self._lock:
            if self._library is None:
                self._library = self._open_library(self.config)
            return self._library

    @property
    def quizzes(self) -> QuizMaster:
        """The quizzes over the library, opened now if they were not. Raises StoreError."""
        with self._lock:
            if self._quizzes is None:
                self._quizzes = self._open_quizzes(self.library)
            return self._quizzes

    def today(self) -> str:
        """The local date, as ISO."""
        return now().date().isoformat()

    def stop_answer(self) -> None:
        """End the answer being written at its next token; waits for nothing."""
        if self._library is not None:
            self._library.cancel_answer()

    def stop_preparing(self) -> None:
        """End what the model reads ahead; waits for nothing."""
        if self._library is not None:
            self._library.cancel_preparing()

    def end_models(self) -> None:
        """End the model processes, so that whoever waits for one can end too."""
        if self._library is not None:
            self._library.end_models()

    def time(self) -> str:
        """The local time to the second, as ISO 8601."""
        return now().isoformat(timespec="seconds")

    def seed(self) -> int:
        """A number that makes one quiz differ from the next."""
        return random.randrange(1 << 32)

    def close(self) -> None:
        """End the model processes and close the library, which no thread may be using any more."""
        with self._lock:
            if self._library is not None:
                self._library.close()


def now() -> datetime:
    """Return the time, in the zone of the machine: days are counted as the student counts them."""
    return datetime.now().astimezone()


def open_services(config: Config) -> Services:
    """Return the services over the library of a configuration; models start on first use.

    The file is opened once here, so that one that cannot be is told at once: raises StoreError.
    """
    from kb.db import Database

    Database(config.library).close()
    return Services(config, _open_library, _open_quizzes)


def open_trial(config: Config) -> Library:
    """Return a copy of a configuration's library that is in memory and has no models; raises StoreError."""
    from kb.library import Library

    return Library.open_copy(config.library, clock=time.perf_counter, limits=_limits(config))


def derived_folder(config: Config) -> Path:
    """Return where in the cache what search derives of a library is kept."""
    from kb.chunk import identity

    return config.cache / "libraries" / identity(str(config.library.resolve()))


def _limits(config: Config) -> Limits:
    from ingest.processes.pool import Limits

    return Limits(config.reading_processes, float(config.reading_seconds), config.reading_megabytes << 20)


def _generator(config: Config, idle_after: float) -> Generator:
    """Return the language model: the one of the server where there is one, else our own; neither is started."""
    if config.server_url:
        return open_server(config)
    from kb.inference import open_generator

    return open_generator(
        config.chat_model, config.cache, config.threads, idle_after=idle_after, gpu_layers=config.gpu_layers
    )


def open_server(config: Config) -> ServerGenerator:
    """Return the language model of the server; nothing connects yet."""
    from kb.inference.server import Server, ServerGenerator

    return ServerGenerator(
        Server(config.server_url, config.server_model, config.server_key, config.allow_remote_server)
    )


def _open_library(config: Config) -> Library:
    from kb.inference import open_encoder
    from kb.library import Library
    from kb.model import Answering

    idle_after = 60.0 * config.idle_minutes
    return Library.open(
        config.library,
        encoder=open_encoder(config.embedding_model, config.cache, idle_after=idle_after),
        generator=_generator(config, idle_after),
        clock=time.perf_counter,
        limits=_limits(config),
        open_encoder=lambda source: open_encoder(source, config.cache, idle_after=idle_after),
        derived=derived_folder(config),
        answering=Answering(config.evidence_tokens, config.strike, config.rerank),
    )


def _open_quizzes(library: Library) -> QuizMaster:
    from quizzes.bank import Bank
    from quizzes.quiz import QuizMaster

    return QuizMaster(Bank(library.database), library.section_vectors, now)


def samples_folder() -> Path:
    """Return the folder of the sample course: inside an installed package, beside a checkout's packages."""
    inside = Path(__file__).parent / "samples"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "samples"


def add_samples(
    services: Services,
    progress: Callable[[AddEvent], None] = lambda _event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[AddResult, ...]:
    """Add the sample course and its questions; adding it again changes nothing."""
    from kb.library import AddOptions

    options = AddOptions(course=SAMPLE_COURSE)
    results = services.library.add([samples_folder()], options, progress=progress, should_stop=should_stop)
    services.quizzes.sync()
    return results
