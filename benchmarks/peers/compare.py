"""Repaso's search side by side with others, on the same passages, questions and vectors (benchmarks/peers/README.md).

    python -m benchmarks.peers.compare CORPUS [--python .venv-peers/bin/python] [--only NAME ...] [--json]

Each system builds its index and answers in processes of its own, one after the other. A paragraph ranks where its
best passage does. Times are of one query whose vector is given; memory is that of the process that answered. Ends
with status 1 when a system fails, or when one of the peers finds better or answers sooner.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.peers.worker import SYSTEMS, lines
from benchmarks.ranking import DEPTH, Figures, figures, one_right

OURS, OUR_WORDS = "repaso", "repaso-words"
PEERS = ("whoosh", "whoosh-marked", "txtai", "txtai-words", "chroma", "lancedb", "lancedb-words")
LIMITS = ("bm25s", "tantivy")
PROJECT = Path(__file__).parent.parent.parent

LONGEST_STEP = 3600
"""Seconds after which a system that builds or answers is given up."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one system did: milliseconds a query, seconds to index, bytes on disk and in memory."""

    system: str
    version: str
    about: str
    figures: Figures
    p50_ms: float
    p95_ms: float
    index_seconds: float
    disk_bytes: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A system that could not be measured, and the last that it said."""

    system: str
    reason: str


def main() -> None:
    """Measure and print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="the folder that benchmarks.peers.corpus wrote")
    parser.add_argument("--python", type=Path, default=PROJECT / ".venv-peers" / "bin" / "python")
    parser.add_argument("--only", nargs="+", choices=tuple(SYSTEMS), default=tuple(SYSTEMS), metavar="NAME")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not given.python.exists():
        sys.exit(
            f"{given.python}: no environment of the peers is there; benchmarks/peers/README.md says how to make it"
        )
    results = []
    for name in given.only:
        results.append(measured(name, given.corpus.resolve(), given.python.absolute()))
        print(line(results[-1]), file=sys.stderr, flush=True)
    checks = dict(compared(results))
    print(json.dumps(as_json(results, checks), indent=2) if given.json else table(results, checks))
    failed = any(isinstance(one, Failed) for one in results)
    sys.exit(1 if failed or not all(checks.values()) else 0)


def measured(name: str, corpus: Path, python: Path) -> Measured | Failed:
    """Let one system build and answer, its index in a folder that goes afterwards."""
    if SYSTEMS[name].startswith("benchmarks.peers.ours:"):
        python = Path(sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        try:
            built = step(python, "build", name, corpus, folder)
            asked = step(python, "ask", name, corpus, folder)
        except (subprocess.SubprocessError, ValueError) as error:
            return Failed(name, last_words(error))
    took = asked["took_ms"]
    return Measured(
        name,
        built["version"],
        built["about"],
        quality(corpus, asked["ranked"]),
        median(took),
        quantiles(took, n=20)[-1],
        built["seconds"],
        built["bytes"],
        asked["memory"],
    )


def step(python: Path, *arguments: str | Path) -> dict[str, Any]:
    """Run a step in its own process and return what it printed last."""
    command = [python, "-m", "benchmarks.peers.worker", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=LONGEST_STEP, check=True)
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def last_words(error: Exception) -> str:
    """Return the last line that a failed process wrote, or the error."""
    written = error.stderr if isinstance(error, subprocess.CalledProcessError) else ""
    return next((line for line in reversed((written or "").splitlines()) if line.strip()), str(error))


def quality(corpus: Path, ranked: Sequence[Sequence[int]]) -> Figures:
    """Return the figures of the passages that were found for each question."""
    paragraphs = [int(one["paragraph"]) for one in lines(corpus / "passages.jsonl")]
    right = [int(one["paragraph"]) for one in lines(corpus / "questions.jsonl")]
    return figures(
        [
            # Passages that no question is about are each a text of their own.
            one_right(list(dict.fromkeys(_text(paragraphs, number) for number in found))[:DEPTH], paragraph)
            for found, paragraph in zip(ranked, right, strict=True)
        ]
    )


def _text(paragraphs: Sequence[int], number: int) -> int:
    return paragraphs[number] if paragraphs[number] >= 0 else -1 - number


def compared(results: Sequence[Measured | Failed]) -> Iterator[tuple[str, bool]]:
    """Yield what is asked of our search against each peer that was measured, and whether it holds."""
    found = {one.system: one for one in results if isinstance(one, Measured)}
    ours = found.get(OURS)
    if ours is None:
        return
    for peer in (found[name] for name in PEERS if name in found):
        yield f"nDCG@10 above {peer.system}", ours.figures.ndcg_at_10 > peer.figures.ndcg_at_10
        yield f"R@1 above {peer.system}", ours.figures.r_at_1 > peer.figures.r_at_1
        yield f"p50 below {peer.system}", ours.p50_ms < peer.p50_ms


def ratios(results: Sequence[Measured | Failed]) -> Iterator[str]:
    """Yield how our words alone stand to the limits: time a query, and quality."""
    found = {one.system: one for one in results if isinstance(one, Measured)}
    ours = found.get(OUR_WORDS)
    if ours is None:
        return
    for limit in (found[name] for name in LIMITS if name in found):
        time, gain = ours.p50_ms / limit.p50_ms, ours.figures.ndcg_at_10 - limit.figures.ndcg_at_10
        yield f"{OUR_WORDS} to {limit.system}: {time:.1f} times the p50, nDCG@10 {gain:+.3f}"


def as_json(results: Sequence[Measured | Failed], checks: dict[str, bool]) -> dict[str, object]:
    """Return the report for programs."""
    return {"systems": [asdict(one) for one in results], "checks": checks, "limits": list(ratios(results))}


def table(results: Sequence[Measured | Failed], checks: dict[str, bool]) -> str:
    """Return the report for people."""
    titles = ("system", "version", "nDCG@10", "R@1", "p50 ms", "p95 ms", "index s", "disk MB", "memory MB")
    shown = ["{:<14}{:<9}{:>9}{:>8}{:>9}{:>9}{:>9}{:>9}{:>11}".format(*titles)]
    shown += map(line, results)
    shown += [f"{one.system}: {one.about}" for one in results if isinstance(one, Measured)]
    shown += ratios(results)
    shown += [f"{'yes' if holds else 'NO '}  {check}" for check, holds in checks.items()]
    return "\n".join(shown)


def line(one: Measured | Failed) -> str:
    """Return a system's line of the table."""
    if isinstance(one, Failed):
        return f"{one.system:<14}failed: {one.reason}"
    of = one.figures
    return (
        f"{one.system:<14}{one.version:<9}{of.ndcg_at_10:>9.3f}{of.r_at_1:>8.3f}{one.p50_ms:>9.2f}{one.p95_ms:>9.2f}"
        f"{one.index_seconds:>9.1f}{one.disk_bytes / 1e6:>9.1f}{one.memory_bytes / 1e6:>11.0f}"
    )


if __name__ == "__main__":
    main()
