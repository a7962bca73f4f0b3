"""How near search by meaning comes to the exact one where it looks at bits first, and how long each takes.

    python -m benchmarks.vector_recall LIBRARY.db [--rows 1000000] [--count 100] [--queries FILE.npy] [--json]

Takes a library's vectors, and grows them to `--rows`: each new one lies between two of them, with the difference of
two others added, so that what is made varies as texts do. Queries are the rows of a file (n x d), or lie between two
vectors of the library.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from kb.search.matrix import Matrix, Numbers, Part, Vector
from kb.search.quantised import coarse

AT_ONCE = 20_000
SPREAD = 0.25
"""How much of a difference of two vectors a grown one has: its cosine with the nearer of its two is about 0.85."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    random = np.random.default_rng(1)
    stored = read(given.library)
    vectors = grown(stored, given.rows, random)
    asked = np.load(given.queries) if given.queries else mixed(stored, given.count, 0.6, 0.0, random)
    report = measured(vectors, asked[random.permutation(len(asked))[: given.count]])
    print(json.dumps(report) if given.json else "\n".join(f"{name:<24}{value:.4g}" for name, value in report.items()))


def read(library: Path) -> Vector:
    """Return the vectors of the model that has most in a library (n x d)."""
    db = sqlite3.connect(library)
    query = "SELECT model FROM vectors GROUP BY model ORDER BY count(*) DESC LIMIT 1"
    found = db.execute(f"SELECT vector FROM vectors WHERE model = ({query}) ORDER BY passage").fetchall()  # noqa: S608
    db.close()
    return np.frombuffer(b"".join(blob for (blob,) in found), "<f4").reshape(len(found), -1)


def grown(stored: Vector, rows: int, random: np.random.Generator) -> Vector:
    """Return the vectors with others made of them (rows x d)."""
    made = np.empty((max(rows, len(stored)), stored.shape[1]), np.float32)
    made[: len(stored)] = stored
    for start in range(len(stored), len(made), AT_ONCE):
        block = made[start : start + AT_ONCE]
        block[:] = mixed(stored, len(block), 0.55, SPREAD, random)
    return made


def mixed(stored: Vector, count: int, least: float, spread: float, random: np.random.Generator) -> Vector:
    """Return unit vectors between two, `least` or more of the first, `spread` of a difference of two others added."""
    first, second, third, fourth = (stored[random.integers(0, len(stored), count)] for _ in range(4))
    share = random.uniform(least, 1.0, (count, 1)).astype(np.float32)
    made = share * first + (1 - share) * second + np.float32(spread) * (third - fourth)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def measured(vectors: Vector, asked: Vector) -> dict[str, float]:
    """Return milliseconds and how many of the exact ten and two hundred nearest were found."""
    numbers = np.arange(1, len(vectors) + 1)
    total = vectors.sum(axis=0, dtype=np.float64)
    around = (total / len(vectors)).astype(np.float32)
    started = time.perf_counter()
    part = Part(numbers, vectors, coarse(vectors, around))
    report = {"rows": float(len(vectors)), "queries": float(len(asked)), "bits_s": time.perf_counter() - started}
    nothing = np.zeros(len(vectors), np.bool_)
    exact, quick = (Matrix((part,), nothing, total, around, rows) for rows in (len(vectors), 0))
    filters: dict[str, Numbers | None] = {"": None, "_of_half": numbers[::2], "_of_hundredth": numbers[::100]}
    for name, allowed in filters.items():
        wanted, took_exact = timed(exact, asked, allowed)
        found, took = timed(quick, asked, allowed)
        pairs = list(zip(found, wanted, strict=True))
        report |= {f"recall_at_10{name}": recall(pairs, 10), f"recall_at_200{name}": recall(pairs, 200)}
        report |= {f"exact_p50_ms{name}": median(took_exact), f"bits_p50_ms{name}": median(took)}
        report |= {f"bits_p95_ms{name}": sorted(took)[int(0.95 * len(took))]}
    return report


def timed(matrix: Matrix, asked: Vector, allowed: Numbers | None) -> tuple[list[NDArray[np.int64]], list[float]]:
    """Return the two hundred nearest of each query, and milliseconds."""
    found, took = [], []
    for query in asked:
        started = time.perf_counter()
        found.append(matrix.nearest(query, 200, allowed)[0])
        took.append((time.perf_counter() - started) * 1000)
    return found, took


def recall(pairs: list[tuple[NDArray[np.int64], NDArray[np.int64]]], count: int) -> float:
    """Return which part of the exact `count` nearest is among the `count` found."""
    return float(np.mean([np.isin(wanted[:count], found[:count]).mean() for found, wanted in pairs]))


if __name__ == "__main__":
    main()
