"""Repaso's own search, as the app and the command line use it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.metadata import version
from itertools import chain, groupby
from pathlib import Path

import numpy as np

from benchmarks.peers.worker import Ask, Entry, Vectors
from ingest.model import Document, Kind, Locator, LocatorType, Section
from kb import store
from kb.inference.protocol import Role
from kb.library import Library
from kb.model import Filters, SearchMode

_PLACE = Locator(LocatorType.SECTION, 1, 1)

_FILE = "texto"
"""What documents are called before their number; a name that is a number alone would name a session."""


class Given:
    """Stands in for an embedder: hands out vectors made before, of passages by their text, of a query the one set."""

    name = source = "all-minilm-l6-v2"

    def __init__(self, passages: dict[str, Vectors]) -> None:
        self._passages = passages
        self.query: Vectors = np.zeros(0, np.float32)

    def fingerprint(self) -> str:
        """Return what tells these vectors from others."""
        return self.name

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return the vectors. Raises KeyError where the corpus was made with another way to join heading and text."""
        if role is Role.QUERY:
            return np.stack([self.query for _ in texts])
        return np.stack([self._passages[text] for text in texts])

    def close(self) -> None:
        """There is no process to end."""


class Repaso:
    """Hybrid search."""

    about = "as students use it: Spanish and English stems, hybrid"
    mode = SearchMode.HYBRID

    def version(self) -> str:
        """Return the version that is installed."""
        return version("repaso")

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Store each file as a document of ready passages, then embed."""
        encoder = Given({entry.whole: vector for entry, vector in zip(entries, vectors, strict=True)})
        library = _opened(folder, encoder)
        with library.database.transaction() as db:
            for document in _documents(entries):
                made = store.put(db, document, store.Place(""), lambda _path: True)
                cut = [passage.section for passage in store.passages(db, made.id)]
                if cut != list(range(len(document.sections))):
                    raise ValueError(f"{document.path}: a passage was cut once more")
        library.embed_pending()
        library.close()

    def open(self, folder: Path) -> Ask:
        """Open the library."""
        encoder = Given({})
        library = _opened(folder, encoder)

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:
            encoder.query = vector
            found = library.search(text, Filters(), limit, self.mode).hits
            shown = chain.from_iterable(
                ((hit.document, hit.passage), *((it.document, it.passage) for it in hit.alike)) for hit in found
            )
            return [int(document.path.removeprefix(f"/{_FILE}")) + passage.section for document, passage in shown]

        return ask


class RepasoWords(Repaso):
    """Search by words alone."""

    about = "as students use it: Spanish and English stems, words alone"
    mode = SearchMode.KEYWORD


def _opened(folder: Path, encoder: Given) -> Library:
    return Library.open(folder / "library.db", encoder=encoder, generator=None, clock=time.perf_counter)


def _documents(entries: Sequence[Entry]) -> list[Document]:
    """Return the files again, each passage a section; a document's path is the number of its first passage."""
    documents, first = [], 0
    for _, group in groupby(entries, key=lambda entry: entry.document):
        sections = tuple(Section(entry.heading, _PLACE, entry.text, language="es") for entry in group)
        documents.append(Document(f"/{_FILE}{first}", "", Kind.NOTES, "", sections, language="es"))
        first += len(sections)
    return documents
