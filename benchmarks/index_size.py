"""What the passage index costs and how fast it ranks, on made-up passages whose words are spread as language's are.

    python -m benchmarks.index_size [--passages 20000 100000] [--folder DIR] [--json]

A passage has a heading of 6 words, 85 words and 30 stop words beside them, as an analysed lecture passage of about
170 words has; ranks follow the law of Zipf and Mandelbrot, so that the most common word is in most passages. Each
size runs in a process of its own. Times are the processor's, which other programs lengthen less than the clock's.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kb.db import Database
from kb.search.index import PassageIndex, Snapshot
from kb.search.index_file import NAME

VOCABULARY = 300_000
HEADING, BODY, STOPS = 6, 85, 30
PASSAGES_A_DOCUMENT = 50
QUERIES = 300
TOP = 200
CHANGED = 20

T = TypeVar("T")


class Language:
    """Draws words; the more common ones more often."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._words = [f"{chr(97 + n % 26)}{np.base_repr(n, 36).lower()}" for n in range(VOCABULARY)]
        shares = np.arange(10, VOCABULARY + 10) ** -1.07
        self._until = np.cumsum(shares / shares.sum())
        self.stops = " ".join(self._words[:STOPS])

    def words(self, count: int) -> list[str]:
        """Return so many words."""
        return [self._words[n] for n in self._ranks(count)]

    def _ranks(self, count: int) -> NDArray[np.int64]:
        return np.minimum(np.searchsorted(self._until, self._random.random(count)), VOCABULARY - 1)


def main() -> None:
    """Measure each size in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where libraries are made, and found again if they are there")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if given.one:
            print(json.dumps(measured(folder, given.one)))
            return
        reports = []
        for count in given.passages:
            made(folder / f"{count}.db", count)
            command = [sys.executable, "-m", "benchmarks.index_size", "--one", str(count), "--folder", str(folder)]
            reports.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    print(json.dumps(reports, indent=2) if given.json else table(reports))


def made(path: Path, count: int) -> None:
    """Make a library of so many passages, whose texts are left empty: the index reads their terms."""
    if path.exists():
        return
    language = Language(1)
    database = Database(path)
    with database.transaction() as db:
        for n in range(-(-count // PASSAGES_A_DOCUMENT)):
            row = (f"d{n}", "PLN", f"Sesión {n % 30}", f"/{n}", "", "transcript", f"Tema {n}", "", "", "es", "")
            columns = "id, course, session, path, part, kind, title, author, url, language, content_hash"
            db.execute(f"INSERT INTO documents ({columns}) VALUES ({', '.join('?' * 11)})", row)  # noqa: S608 (constants)
        for n, fields in enumerate(passages(language, count), start=1):
            document, locator = f"d{(n - 1) // PASSAGES_A_DOCUMENT}", f'["time",{n},{n + 60},""]'
            row = (n, f"p{n}", document, 0, n, "", locator, f"Ponente {n % 40}", 0, 0, "", "")
            columns = "number, id, document, section, ordinal, heading, locator, speaker, start, stop, context, text"
            db.execute(f"INSERT INTO passages ({columns}) VALUES ({', '.join('?' * 12)})", row)  # noqa: S608 (constants)
            db.execute("INSERT INTO passage_terms (rowid, heading, body) VALUES (?, ?, ?)", (n, *fields))
        db.execute("INSERT INTO revisions (token) VALUES (lower(hex(randomblob(8))))")
    database.close()


def passages(language: Language, count: int) -> Iterator[tuple[str, str]]:
    """Yield the analysed strings of passages."""
    for _ in range(-(-count // 1000)):
        drawn = language.words(1000 * (HEADING + BODY))
        for at in range(0, len(drawn), HEADING + BODY):
            heading, body = drawn[at : at + HEADING], drawn[at + HEADING : at + HEADING + BODY]
            yield f"{' '.join(heading)} #", f"{' '.join(body)} # {language.stops}"


def measured(folder: Path, count: int) -> dict[str, float]:
    """Return what building, opening, ranking and a change cost; milliseconds, bytes a passage, MiB."""
    path, cache = folder / f"{count}.db", folder / f"{count}.cache"
    (cache / NAME).unlink(missing_ok=True)
    database = Database(path)
    before = _peak()
    with database.reading() as db:
        building, wall, _ = _timed(lambda: PassageIndex(cache).snapshot(db))
        peak = _peak()
        index = PassageIndex(cache)
        opening, _, snapshot = _timed(lambda: index.snapshot(db))
        fts = db.execute("SELECT sum(length(block)) FROM passage_terms_data").fetchone()[0]
    report = {
        "passages": snapshot.size,
        "build_per_s": count / building,
        "build_wall_s": wall,
        "build_peak_mib": peak,
        "before_build_mib": before,
        "open_ms": opening * 1000,
        "file_bytes_a_passage": (cache / NAME).stat().st_size / count,
        "fts5_bytes_a_passage": fts / count,
        **ranking(snapshot, "score"),
    }
    with database.transaction() as db:
        db.execute(
            "UPDATE passages SET stamp = (SELECT max(number) + 1 FROM revisions) WHERE number <= ?", (CHANGED,)
        )
        db.execute("INSERT INTO revisions (token) VALUES (lower(hex(randomblob(8))))")
    with database.reading() as db:
        updating, _, snapshot = _timed(lambda: index.snapshot(db))
        unchanged, _, _ = _timed(lambda: index.snapshot(db))
    first, _, _ = _timed(lambda: snapshot.scores([]))
    report |= {"update_ms": updating * 1000, "first_use_ms": first * 1000, "unchanged_ms": unchanged * 1000}
    database.close()
    return report | ranking(snapshot, "changed")


def ranking(snapshot: Snapshot, name: str) -> dict[str, float]:
    """Return the milliseconds of scoring everything and taking the best, after one round to warm up."""
    language = Language(2)
    sizes = np.random.default_rng(3).integers(3, 13, QUERIES).tolist()
    queries = [[((word, 1.0),) for word in language.words(size)] for size in sizes]
    took = []
    for query in [*queries[:50], *queries]:
        took.append(_timed(lambda query=query: snapshot.top(snapshot.scores(query).values, TOP, None))[0] * 1000)
    took = sorted(took[50:])
    return {f"{name}_p50_ms": took[len(took) // 2], f"{name}_p95_ms": took[int(len(took) * 0.95)]}


def _timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Return the seconds of the processor and of the clock that work took, and what it made."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = work()
    return time.process_time() - cpu, time.perf_counter() - wall, made


def _peak() -> float:
    """Return the most memory that this process has held, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(reports: list[dict[str, float]]) -> str:
    """Return the reports for people, a column a size."""
    return "\n".join(f"{name:<22}" + "".join(f"{one[name]:>14,.2f}" for one in reports) for name in reports[0])


if __name__ == "__main__":
    main()
