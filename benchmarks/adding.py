"""How long a new library takes to hold some files: reading, storing and indexing; then embedding.

    python -m benchmarks.adding FILE_OR_FOLDER... [--rounds 3] [--json]

Each round starts with an empty library file; the median counts. Embedding is done once and told as passages a second.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import platformdirs

from kb.inference import Role, open_encoder
from kb.library import AddOptions, Library


def main() -> None:
    """Print seconds to add and passages a second to embed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="all-minilm-l6-v2")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = measure(arguments.paths, arguments.rounds, arguments.model, arguments.cache)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['documents']} documents, {result['passages']} passages")
    print(f"add without embedding: {result['add_s']:.2f} s")
    print(f"embed: {result['passages_per_s']:.1f} passages a second with {arguments.model}")


def measure(paths: list[Path], rounds: int, model: str, cache: Path) -> dict[str, float]:
    """Return counts, the median seconds of adding and the speed of embedding."""
    encoder = open_encoder(model, cache)
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(rounds):
            library = Library.open(Path(folder) / f"{n}.db", encoder=encoder, generator=None, clock=time.perf_counter)
            started = time.perf_counter()
            library.add(paths, AddOptions(embed=False))
            seconds.append(time.perf_counter() - started)
            if n < rounds - 1:
                library.database.close()
        encoder.encode(["warm"], Role.PASSAGE)
        started = time.perf_counter()
        embedded = library.embed_pending()
        embedding = time.perf_counter() - started
        documents = library.documents()
        library.close()
    return {
        "documents": len(documents),
        "passages": sum(document.passages for document in documents),
        "add_s": statistics.median(seconds),
        "passages_per_s": embedded / embedding,
    }


if __name__ == "__main__":
    main()
