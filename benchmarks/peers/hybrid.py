"""Search engines that take words and vectors: txtai, Chroma and LanceDB, with the vectors that all share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.worker import Ask, Entry, Vectors

_WORD = re.compile(r"\w+")


def _stop_words() -> list[str]:
    """Return Snowball's Spanish stop words."""
    from whoosh.lang.stopwords import stoplists

    return sorted(stoplists["es"])


class Txtai:
    """txtai: a dense index and a BM25 terms index, their scores summed."""

    about = "hybrid, equal weights: normalised BM25 (Spanish stop words; it has no stemmer) + faiss, exact"

    def version(self) -> str:
        """Return the version that is installed."""
        return version("txtai")

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Write both indexes; the vectors are handed out by text."""
        given = {entry.whole: vector for entry, vector in zip(entries, vectors, strict=True)}
        index = self._index(given)
        index.index((number, entry.whole, None) for number, entry in enumerate(entries))
        index.save(str(folder))

    def open(self, folder: Path) -> Ask:
        """Read both indexes."""
        given: dict[str, Vectors] = {}
        index = self._index(given)
        index.load(str(folder), config={"transform": index.config["transform"]})  # a function is not stored

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:
            given.clear()
            given[text] = vector
            return [number for number, _score in index.search(text, limit)]

        return ask

    def _index(self, given: dict[str, Vectors]) -> Any:  # the type is not installed where this is checked
        from txtai import Embeddings

        tokenizer = {"stopwords": _stop_words()}
        return Embeddings(
            method="external",
            transform=lambda texts: np.stack([given[text] for text in texts]),
            backend="faiss",
            faiss={"components": "IDMap,Flat"},
            scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": tokenizer},
        )


class TxtaiWords(Txtai):
    """txtai's terms index alone."""

    about = "words alone: BM25 (Spanish stop words; it has no stemmer)"

    def _index(self, given: dict[str, Vectors]) -> Any:  # noqa: ARG002 (no vectors; its type is not installed)
        from txtai import Embeddings

        tokenizer = {"stopwords": _stop_words()}
        return Embeddings(
            keyword=True, transform=None, scoring={"method": "bm25", "terms": True, "tokenizer": tokenizer}
        )


class Chroma:
    """Chroma on this machine: sparse vectors and ranks that are fused are of its cloud alone."""

    about = "vectors (cosine, HNSW) among the passages that hold a word of the question, else among all"

    def version(self) -> str:
        """Return the version that is installed."""
        return version("chromadb")

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Write the collection."""
        client = self._client(folder)
        settings = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 100}}
        collection = client.create_collection("passages", configuration=settings, embedding_function=None)
        most = client.get_max_batch_size()
        for at in range(0, len(entries), most):
            batch = range(at, min(at + most, len(entries)))
            texts = [entries[number].whole for number in batch]
            collection.add(ids=list(map(str, batch)), embeddings=vectors[batch.start : batch.stop], documents=texts)

    def open(self, folder: Path) -> Ask:
        """Open the collection."""
        collection = self._client(folder).get_collection("passages", embedding_function=None)
        stop_words = frozenset(_stop_words())

        def found(vector: Vectors, limit: int, words: Sequence[str]) -> list[int]:
            holds = [{"$contains": word} for word in words]
            where = {"where_document": {"$or": holds} if len(holds) > 1 else holds[0]} if holds else {}
            result = collection.query(query_embeddings=[vector], n_results=limit, include=[], **where)
            return list(map(int, result["ids"][0]))

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:
            words = [word for word in _WORD.findall(text) if len(word) > 2 and word.lower() not in stop_words]
            return (found(vector, limit, words) if words else []) or found(vector, limit, ())

        return ask

    def _client(self, folder: Path) -> Any:  # the type is not installed where this is checked
        import chromadb

        return chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))


class LanceDB:
    """LanceDB: a table with a full-text index and vectors."""

    about = "hybrid, RRFReranker: full text (Spanish stems, stop words, accents folded) + vectors, cosine, exact"

    def version(self) -> str:
        """Return the version that is installed."""
        return version("lancedb")

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Write the table and its full-text index."""
        import lancedb
        import pyarrow as pa

        values = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
        rows = {"number": range(len(entries)), "text": [entry.whole for entry in entries], "vector": values}
        table = lancedb.connect(folder).create_table("passages", pa.table(rows))
        table.create_fts_index("text", language="Spanish", stem=True, remove_stop_words=True, ascii_folding=True)

    def open(self, folder: Path) -> Ask:
        """Open the table."""
        import lancedb
        from lancedb.rerankers import RRFReranker

        table, reranker = lancedb.connect(folder).open_table("passages"), RRFReranker()

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:
            words = " ".join(_WORD.findall(text))
            query = table.search(query_type="hybrid").vector(vector).text(words).distance_type("cosine")
            found = query.rerank(reranker).select(["number"]).limit(limit).to_arrow()
            return found["number"].to_pylist()[:limit]

        return ask


class LanceDBWords(LanceDB):
    """LanceDB's full-text index alone."""

    about = "words alone: full text (Spanish stems, stop words, accents folded), BM25"

    def open(self, folder: Path) -> Ask:
        """Open the table."""
        import lancedb

        table = lancedb.connect(folder).open_table("passages")

        def ask(text: str, vector: Vectors, limit: int) -> list[int]:  # noqa: ARG001 (no vectors)
            words = " ".join(_WORD.findall(text))
            found = table.search(words, query_type="fts").select(["number"]).limit(limit).to_arrow()
            return found["number"].to_pylist()

        return ask
