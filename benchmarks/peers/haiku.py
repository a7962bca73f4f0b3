"""haiku.rag at work in its own environment: paragraphs first, then a question a line in, an answer a line out.

    python -m benchmarks.peers.haiku PARAGRAPHS.json BASE_URL FOLDER

PARAGRAPHS holds [[article, text], ...]. A line in is {"text", "without": article or -1}; a line out {"text", "cited":
[paragraph, ...], "total_ms", "calls", "error"}. Imports nothing of the product, which its Python may not have.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from docling_core.types.doc.document import DoclingDocument
from docling_core.types.doc.labels import DocItemLabel
from haiku.rag.client import HaikuRAG
from haiku.rag.client.documents import DocumentImport
from haiku.rag.config import AppConfig
from haiku.rag.store.models.chunk import Chunk

DIMENSION = 384
LONGEST_REPLY = 400
"""Tokens of each reply of the model, which may otherwise repeat itself until its context is full."""

LONGEST_ANSWER = 300
"""Seconds after which a question is given up."""


async def main() -> None:
    """Store the paragraphs and answer until there are no more questions."""
    paragraphs, base, folder = sys.argv[1:]
    texts: list[tuple[int, str]] = json.loads(Path(paragraphs).read_text("utf-8"))
    place = {"provider": "openai", "name": "local", "base_url": f"{base}/v1", "api_key": "none"}
    model = {**place, "temperature": 0.0, "max_tokens": LONGEST_REPLY}
    embedder = {"model": {**place, "vector_dim": DIMENSION}, "batch_size": 32}
    config = AppConfig.model_validate({"qa": {"model": model}, "embeddings": embedder})
    async with HaikuRAG(Path(folder) / "peer.lancedb", config=config, create=True) as client:
        await client.import_documents([entry(n, article, text) for n, (article, text) in enumerate(texts)])
        print(json.dumps({"ready": await client.count_documents()}), flush=True)
        for line in sys.stdin:
            print(json.dumps(await answer(client, base, json.loads(line))), flush=True)


def entry(number: int, article: int, text: str) -> DocumentImport:
    """Return a paragraph as a document of one chunk."""
    document = DoclingDocument(name=f"paragraph{number}")
    document.add_text(label=DocItemLabel.PARAGRAPH, text=text)
    chunk = Chunk(content=text, order=0, metadata={"doc_item_refs": ["#/texts/0"], "labels": ["paragraph"]})
    return DocumentImport(document, [chunk], uri=f"article{article}/paragraph{number}")


async def answer(client: HaikuRAG, base: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask one question; whatever goes wrong with a peer is its answer's error."""
    without = None if asked["without"] < 0 else f"uri NOT LIKE 'article{asked['without']}/%'"
    started = time.perf_counter()
    text, cited, error = "", [], ""
    try:
        text, citations = await asyncio.wait_for(client.ask(asked["text"], filter=without), LONGEST_ANSWER)
        cited = [int(one.document_uri.rpartition("paragraph")[2]) for one in citations]
    except Exception as raised:  # noqa: BLE001 (a peer may raise anything; the run goes on and it is counted)
        error = f"{type(raised).__name__}: {raised}"[:500]
    took = (time.perf_counter() - started) * 1000
    with urllib.request.urlopen(f"{base}/calls") as reply:
        calls = json.load(reply)["calls"]
    return {"text": text, "cited": cited, "total_ms": took, "calls": calls, "error": error}


if __name__ == "__main__":
    asyncio.run(main())
