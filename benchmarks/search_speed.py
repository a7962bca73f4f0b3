"""How long a search takes on a library, without the embedding of its query, and what the library and it take up.

    python -m benchmarks.search_speed LIBRARY.db [--queries FILE] [--json]
    python -m benchmarks.search_speed --passages 20000 100000 1000000 [--keep FOLDER] [--json]

Asks the headings of the library itself or the lines of a file; of libraries that are made for the purpose
(benchmarks/synthetic.py), 3 to 12 words drawn by frequency, and questions. A query's vector lies between two passages
of the library, so that the search by meaning is real and no model is loaded. Each figure is of a new process: `build`
from the start of one that finds nothing derived of the library to its first result, `cold` of one that finds it all.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from kb.inference.protocol import Role, Vectors
from kb.library import Library
from kb.model import SearchMode

SAMPLED = 64
"""Passages whose vectors those of the queries are made of."""


class VectorsBetween:
    """Stands in for an embedder: answers each text with a vector between two of the library's."""

    def __init__(self, library: Path) -> None:
        db = sqlite3.connect(library)
        found = db.execute("SELECT model, source FROM embedders LIMIT 1").fetchone()
        self.name, self.source = map(str, found or ("", ""))
        most = db.execute("SELECT max(number) FROM passages").fetchone()[0] or 0
        wanted = json.dumps(np.linspace(1, most, SAMPLED, dtype=int).tolist())
        query = "SELECT vector FROM vectors WHERE model = ? AND passage IN (SELECT value FROM json_each(?))"
        self._vectors = [np.frombuffer(row[0], "<f4") for row in db.execute(query, (self.name, wanted))]
        self._random = np.random.default_rng(3)
        db.close()

    def fingerprint(self) -> str:
        """Return nothing: there are no weights."""
        return ""

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002 (the protocol's signature)
        """Return a unit vector for each text."""
        return np.stack([self._one() for _ in texts])

    def close(self) -> None:
        """There is no process to end."""

    def _one(self) -> NDArray[np.float32]:
        first, second = self._random.integers(0, len(self._vectors), 2)
        between = 0.7 * self._vectors[first] + 0.3 * self._vectors[second]
        return np.asarray(between / np.linalg.norm(between), np.float32)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path, nargs="?")
    parser.add_argument("--passages", type=int, nargs="+", default=[])
    parser.add_argument("--keep", type=Path, help="where libraries that are made stay for the next time")
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--derived", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--first-only", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.started is not None:
        print(json.dumps(measured_here(given.library, given.derived, given.queries, given.started, given.first_only)))
        return
    if (given.library is None) == (not given.passages):
        parser.error("name a library or --passages")
    with folder(given.keep) as place:
        for report in reports(given.library, given.passages, given.queries, given.count, place):
            print(json.dumps(report) if given.json else table(report), flush=True)


@contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    """Yield the folder to keep things in, or one that goes again."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def reports(
    library: Path | None, passages: Sequence[int], queries: Path | None, count: int, place: Path
) -> Iterator[dict[str, object]]:
    """Yield the report of a library, or of one made of each size."""
    for size in passages:
        path, asked, took = made(place, size, count)
        yield report_of(path, queries or asked, place, {"made_s": took})
    if library is not None:
        asked = place / "queries.txt"
        asked.write_text("\n".join(headings(library, count)), "utf-8")
        yield report_of(library, queries or asked, place, {})


def made(place: Path, size: int, count: int) -> tuple[Path, Path, float]:
    """Return a library of this many passages and queries for it, kept or made, and the seconds it took."""
    from benchmarks.synthetic import BYTES_PER_PASSAGE, Maker, fill
    from kb.db import Database

    path, asked = place / f"synthetic-{size}.db", place / f"synthetic-{size}.txt"
    if path.exists() and asked.exists():
        return path, asked, 0.0
    if shutil.disk_usage(place).free < size * BYTES_PER_PASSAGE:
        sys.exit(f"{place}: {size} passages need {size * BYTES_PER_PASSAGE / 2**30:.1f} GiB")
    started = time.perf_counter()
    maker = Maker()
    asked.write_text("\n".join(maker.queries(count)), "utf-8")
    half = path.with_suffix(".half")
    for left in place.glob(f"{half.name}*"):
        left.unlink()
    database = Database(half)
    fill(database, maker, size)
    database.close()
    half.rename(path)
    return path, asked, time.perf_counter() - started


def headings(library: Path, count: int) -> list[str]:
    """Return headings of a library as queries."""
    db = sqlite3.connect(library)
    found = db.execute("SELECT DISTINCT heading FROM passages WHERE heading != '' ORDER BY id LIMIT ?", (count,))
    listed = [" ".join(heading.split()) for (heading,) in found]
    db.close()
    return listed


def report_of(library: Path, queries: Path, place: Path, report: dict[str, object]) -> dict[str, object]:
    """Return what was measured of one library, in processes of their own."""
    derived = place / f"{library.stem}.derived"
    shutil.rmtree(derived, ignore_errors=True)
    derived.mkdir()
    first = in_another_process(library, derived, queries, first_only=True)
    report |= {"build_s": first["first_ms"] / 1000}
    report |= in_another_process(library, derived, queries, first_only=False)
    report["bytes_per_passage"] = bytes_per_passage(library, derived)
    return report


def in_another_process(library: Path, derived: Path, queries: Path, first_only: bool) -> dict[str, float]:
    """Return what a new process measures."""
    command = [sys.executable, "-m", "benchmarks.search_speed", str(library), "--derived", str(derived)]
    command += ["--queries", str(queries), "--started", repr(time.time()), *(["--first-only"] if first_only else [])]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def measured_here(path: Path, derived: Path, queries: Path, started: float, first_only: bool) -> dict[str, object]:
    """Return milliseconds from `started` (seconds since the epoch) to the first result, and of warm searches."""
    encoder = VectorsBetween(path)
    asked = [line for line in queries.read_text("utf-8").splitlines() if line.strip()]
    library = Library.open(
        path, encoder=encoder if encoder.name else None, generator=None, clock=time.perf_counter, derived=derived
    )
    library.search(asked[0])
    report: dict[str, object] = {"first_ms": (time.time() - started) * 1000}
    if not first_only:
        report["passages"] = sum(info.passages for info in library.documents())
        report["queries"] = len(asked)
        for mode in (SearchMode.KEYWORD, *((SearchMode.HYBRID,) if encoder.name else ())):
            report[mode.value] = timed(library, asked, mode)
            report["memory_mib"] = memory()
    library.close()
    return report


def timed(library: Library, queries: Sequence[str], mode: SearchMode) -> dict[str, float]:
    """Return milliseconds over all queries, after one round to warm up."""
    for query in queries:
        library.search(query, mode=mode)
    took = []
    for query in queries:
        started = time.perf_counter()
        library.search(query, mode=mode)
        took.append((time.perf_counter() - started) * 1000)
    return {"p50_ms": median(took), "p95_ms": sorted(took)[int(len(took) * 0.95)], "max_ms": max(took)}


def memory() -> dict[str, float]:
    """Return MiB of this process: resident, its share of what others map too, and what no file backs; Linux alone."""
    told = Path("/proc/self/smaps_rollup")
    if not told.exists():
        return {}
    sizes = dict(line.split(":", 1) for line in told.read_text().splitlines()[1:])
    kinds = {"rss": "Rss", "pss": "Pss", "anonymous": "Anonymous"}
    return {name: int(sizes[kind].split()[0]) / 1024 for name, kind in kinds.items()}


def bytes_per_passage(library: Path, derived: Path) -> dict[str, float]:
    """Return the bytes a passage takes: text, full-text index, vector, the rest, and the derived files."""
    db = sqlite3.connect(library)
    passages = db.execute("SELECT count(*) FROM passages").fetchone()[0]
    groups = {"text": ("passages", "sections"), "full_text": ("passage_terms_%",), "vectors": ("vectors",)}
    sizes = {}
    for name, tables in groups.items():
        query = """SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE aggregate = TRUE AND name IN
            (SELECT name FROM sqlite_master WHERE tbl_name LIKE ?)"""
        sizes[name] = sum(db.execute(query, (table,)).fetchone()[0] for table in tables)
    pages, size = (db.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size"))
    db.close()
    sizes["rest"] = pages * size - sum(sizes.values())
    sizes["derived"] = sum(file.stat().st_size for file in derived.rglob("*") if file.is_file())
    return {name: size / max(1, passages) for name, size in sizes.items()}


def table(report: dict[str, object]) -> str:
    """Return the report for people."""
    lines = [f"{report['passages']} passages, {report['queries']} queries"]
    lines.append(f"{'build':<10}{report['build_s']:.1f} s")
    lines.append(f"{'cold':<10}{report['first_ms']:.0f} ms from the start of the process")
    for name in ("keyword", "hybrid", "memory_mib", "bytes_per_passage"):
        figures = report.get(name)
        if isinstance(figures, dict):
            told = "  ".join(
                f"{key} {value:.{1 if name in ('keyword', 'hybrid') else 0}f}" for key, value in figures.items()
            )
            lines.append(f"{name:<10}{' ' * (len(name) > 9)}{told}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
