"""How long a warm search takes on a library, without the embedding of its query: median and 95th percentile.

    python -m benchmarks.search_speed LIBRARY.db [--json]

Asks the headings of the library itself, or of each line of `--queries FILE`. A query's vector is that of a passage of
the library, so that the vector search is real and no model is loaded.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from kb.db import Database
from kb.inference.protocol import Role, Vectors
from kb.model import Filters, SearchMode
from kb.search.engine import Searcher


class StoredVectors:
    """Stands in for an embedder: answers each query with the next stored vector of a model."""

    def __init__(self, database: Database) -> None:
        rows = database.connection.execute("SELECT model, vector FROM vectors ORDER BY model, passage").fetchall()
        self.name = str(rows[0]["model"]) if rows else ""
        self._vectors = [np.frombuffer(row["vector"], dtype="<f4") for row in rows if row["model"] == self.name]
        self._next = 0

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002 (the protocol's signature)
        """Return a stored vector for each text."""
        self._next += len(texts)
        return np.stack([self._vectors[(self._next * 37 + n) % len(self._vectors)] for n in range(len(texts))])

    def close(self) -> None:
        """There is no process to end."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    database = Database(given.library)
    encoder = StoredVectors(database)
    queries = asked(database, given.queries, given.count)
    passages = database.connection.execute("SELECT count(*) FROM passages").fetchone()[0]
    report: dict[str, object] = {"passages": passages, "queries": len(queries)}
    for mode in (SearchMode.KEYWORD, *((SearchMode.HYBRID,) if encoder.name else ())):
        report[mode.value] = timed(
            Searcher(database, encoder if encoder.name else None, time.perf_counter), queries, mode
        )
    database.close()
    print(json.dumps(report, indent=2) if given.json else table(report))


def asked(database: Database, file: Path | None, count: int) -> list[str]:
    """Return the queries: the lines of a file, or headings of the library."""
    if file is not None:
        return [line for line in file.read_text("utf-8").splitlines() if line.strip()][:count]
    rows = database.connection.execute("SELECT DISTINCT heading FROM passages WHERE heading != '' ORDER BY id")
    return [row["heading"] for row in rows][:count]


def timed(searcher: Searcher, queries: Sequence[str], mode: SearchMode) -> dict[str, float]:
    """Return milliseconds over all queries, after one round to warm up."""
    for query in queries:
        searcher.search(query, Filters(), 10, mode)
    took = []
    for query in queries:
        started = time.perf_counter()
        searcher.search(query, Filters(), 10, mode)
        took.append((time.perf_counter() - started) * 1000)
    return {"p50_ms": median(took), "p95_ms": sorted(took)[int(len(took) * 0.95)], "max_ms": max(took)}


def table(report: dict[str, object]) -> str:
    """Return the report for people."""
    lines = [f"{report['passages']} passages, {report['queries']} queries"]
    for mode in ("keyword", "hybrid"):
        times = report.get(mode)
        if isinstance(times, dict):
            lines.append(f"{mode:<10}" + "  ".join(f"{name} {value:.1f}" for name, value in times.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
