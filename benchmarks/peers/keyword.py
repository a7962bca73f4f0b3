"""Search engines that rank by words: Whoosh, and bm25s and Tantivy as limits of what BM25 can cost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.peers.worker import Ask, Entry, Vectors

_WORD = re.compile(r"\w+")


class Whoosh:
    """Whoosh's own index."""

    about = "LanguageAnalyzer('es'), any word of the question, BM25F; numbers of passages alone"
    marks = False

    def version(self) -> str:
        """Return the version that is installed."""
        return version("whoosh-reloaded")

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:  # noqa: ARG002 (no vectors)
        """Write one segment."""
        from whoosh import fields, index
        from whoosh.analysis import LanguageAnalyzer

        text = fields.TEXT(analyzer=LanguageAnalyzer("es"), stored=self.marks)
        schema = fields.Schema(number=fields.STORED, text=text)
        writer = index.create_in(folder, schema).writer(limitmb=512)
        for number, entry in enumerate(entries):
            writer.add_document(number=number, text=entry.whole)
        writer.commit()

    def open(self, folder: Path) -> Ask:
        """Open the index; a question's marks are no operators."""
        from whoosh import index, qparser

        found = index.open_dir(folder)
        searcher = found.searcher()
        plugins = [qparser.WhitespacePlugin()]
        parser = qparser.QueryParser("text", found.schema, plugins=plugins, group=qparser.OrGroup)

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:  # noqa: ARG001 (no vectors)
            words = " ".join(_WORD.findall(text))
            hits = searcher.search(parser.parse(words), limit=limit)
            if self.marks:
                for hit in hits:
                    hit.highlights("text")
            return [hit["number"] for hit in hits]

        return ask


class WhooshMarked(Whoosh):
    """Whoosh's own index, with what a page of results needs."""

    about = "the same, each hit with its text and the words found marked in it, as ours has them"
    marks = True


class Bm25s:
    """bm25s: scores computed when indexing, sparse matrices in memory."""

    about = "Snowball stems and stop words of Spanish, Lucene's BM25, numpy"

    def version(self) -> str:
        """Return the version that is installed."""
        return version("bm25s")

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:  # noqa: ARG002 (no vectors)
        """Write the matrix."""
        import bm25s
        import Stemmer

        words = bm25s.tokenize(
            [entry.whole for entry in entries],
            stopwords="es",
            stemmer=Stemmer.Stemmer("spanish"),
            show_progress=False,
        )
        index = bm25s.BM25(method="lucene")
        index.index(words, show_progress=False)
        index.save(folder)

    def open(self, folder: Path) -> Ask:
        """Read the matrix."""
        import bm25s
        import Stemmer

        index, stemmer = bm25s.BM25.load(folder), Stemmer.Stemmer("spanish")

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:  # noqa: ARG001 (no vectors)
            words = bm25s.tokenize(text, stopwords="es", stemmer=stemmer, return_ids=False, show_progress=False)
            found, scores = index.retrieve(words, k=limit, show_progress=False)
            return [int(number) for number, score in zip(found[0], scores[0], strict=True) if score > 0]

        return ask


class Tantivy:
    """Tantivy: a search engine library in Rust, after Lucene."""

    about = "Spanish stems and stop words, accents folded, BM25"

    def version(self) -> str:
        """Return the version that is installed."""
        return version("tantivy")

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:  # noqa: ARG002 (no vectors)
        """Write the index."""
        import tantivy

        writer = self._index(folder).writer(heap_size=200_000_000)
        for number, entry in enumerate(entries):
            writer.add_document(tantivy.Document(number=number, text=entry.whole))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> Ask:
        """Open the index."""
        index = self._index(folder)
        index.reload()
        searcher = index.searcher()

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:  # noqa: ARG001 (no vectors)
            query = index.parse_query(" ".join(_WORD.findall(text.lower())), ["text"])
            hits = searcher.search(query, limit).hits
            return [searcher.doc(address)["number"][0] for _score, address in hits]

        return ask

    def _index(self, folder: Path) -> Any:  # the type is not installed where this is checked
        import tantivy

        of = tantivy.Filter
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        for each in (
            of.remove_long(40),
            of.lowercase(),
            of.stopword("spanish"),
            of.stemmer("spanish"),
            of.ascii_fold(),
        ):
            analyzer = analyzer.filter(each)
        builder = tantivy.SchemaBuilder().add_integer_field("number", stored=True)
        builder = builder.add_text_field("text", tokenizer_name="es")
        index = tantivy.Index(builder.build(), path=str(folder))
        index.register_tokenizer("es", analyzer.build())
        return index
