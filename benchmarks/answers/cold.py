"""The models of a run, and a question asked in a new process, where nothing is loaded yet."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers.ask import Method, ask
from benchmarks.answers.metered import Metered
from benchmarks.answers.record import Asked, Record, Start
from benchmarks.answers.shelf import Truth, opened
from kb.inference import Encoder, open_encoder, open_generator


@dataclass(frozen=True, slots=True)
class Models:
    """What opens the language model and the embedder; `threads` 0 is one a physical core."""

    model: str
    embedder: str
    cache: Path
    threads: int

    @contextmanager
    def opened(self) -> Iterator[tuple[Encoder, Metered]]:
        """Open both, which start with their first request, and end them."""
        encoder = open_encoder(self.embedder, self.cache)
        generator = Metered(open_generator(self.model, self.cache, self.threads))
        try:
            yield encoder, generator
        finally:
            generator.close()
            encoder.close()


def ask_cold(path: Path, models: Models, asked: Asked, method: Method, truth: Truth) -> Record:
    """Ask in a new process; the time from the question on has in it what the models take to load."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_asked, path, models, asked, method, truth).result()


def _asked(path: Path, models: Models, asked: Asked, method: Method, truth: Truth) -> Record:
    with models.opened() as (encoder, generator):
        library = opened(path, encoder, generator)
        try:
            return ask(library, generator, asked, method, truth, Start.COLD)
        finally:
            library.database.close()
