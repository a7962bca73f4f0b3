"""The libraries that are asked: all paragraphs, all but an article, or a folder of lecture files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import squad
from benchmarks.answers.judged import holds
from benchmarks.answers.record import Asked, Kind
from kb.inference import Encoder, Generator
from kb.library import Library
from kb.model import Passage

WHOLE = "whole.db"


@dataclass(frozen=True, slots=True)
class Truth:
    """What tells the right passages: the ordinal of each passage's paragraph; empty where words tell them."""

    ordinals: Mapping[str, int]

    def is_gold(self, asked: Asked, passage: Passage) -> bool:
        """Say whether a passage is the one that answers, or, of a course, holds the answer as one that does."""
        if asked.paragraph >= 0:
            return self.ordinals.get(passage.id, -1) == asked.paragraph
        return holds(f"{passage.heading}\n{passage.text}", asked.gold)


class Shelf:
    """Libraries in a folder, made once with their vectors and opened one at a time, all with the same models."""

    def __init__(self, folder: Path, encoder: Encoder | None, generator: Generator | None) -> None:
        self._folder = folder
        self._encoder = encoder
        self._generator = generator
        self._documents: dict[int, list[str]] = {}
        self._open: tuple[Path, Library] | None = None

    def put(self, paragraphs: Sequence[squad.Paragraph]) -> Truth:
        """Make the library of all paragraphs."""
        library = self._opened(self._folder / WHOLE)
        ordinals = squad.index(library, paragraphs)
        library.embed_pending()
        for info in library.documents():
            of_document = {ordinals[passage.id] for passage in library.document(info.id).passages}
            for article in {paragraphs[ordinal].article for ordinal in of_document}:
                self._documents.setdefault(article, []).append(info.id)
        return Truth(ordinals)

    def add(self, material: Sequence[Path]) -> Truth:
        """Make the library of folders of files."""
        library = self._opened(self._folder / WHOLE)
        library.add(material)
        library.embed_pending()
        return Truth({})

    def path(self, asked: Asked) -> Path:
        """Return the file that a question is asked of, made now if there is none."""
        if asked.kind is not Kind.LEFT_OUT:
            return self._folder / WHOLE
        path = self._folder / f"without{asked.article}.db"
        if not path.exists():
            self.close()
            shutil.copyfile(self._folder / WHOLE, path)
            library = self._opened(path)
            for document in self._documents[asked.article]:
                library.remove(document)
        return path

    def library(self, asked: Asked) -> Library:
        """Return the library that a question is asked of, searched once so that its first question is like others."""
        path = self.path(asked)
        opened = self._open is not None and self._open[0] == path
        library = self._opened(path)
        if not opened:
            library.search("una búsqueda cualquiera")
        return library

    def close(self) -> None:
        """Close the file that is open; the models stay."""
        if self._open is not None:
            self._open[1].database.close()
            self._open = None

    def _opened(self, path: Path) -> Library:
        if self._open is None or self._open[0] != path:
            self.close()
            self._open = path, opened(path, self._encoder, self._generator)
        return self._open[1]


def opened(path: Path, encoder: Encoder | None, generator: Generator | None) -> Library:
    """Open a library as the program does, with a folder for what search derives of it."""
    derived = path.with_suffix(".derived")
    return Library.open(path, encoder=encoder, generator=generator, clock=time.perf_counter, derived=derived)
