"""One system at work in a process of its own, in whichever environment has it.

    python -m benchmarks.peers.worker build|ask SYSTEM CORPUS INDEX

`build` makes the index of CORPUS (what benchmarks.peers.corpus wrote) in the folder INDEX; `ask` opens it anew and
asks every question. Prints one line of JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SYSTEMS = {
    "repaso": "benchmarks.peers.ours:Repaso",
    "repaso-words": "benchmarks.peers.ours:RepasoWords",
    "whoosh": "benchmarks.peers.keyword:Whoosh",
    "whoosh-marked": "benchmarks.peers.keyword:WhooshMarked",
    "bm25s": "benchmarks.peers.keyword:Bm25s",
    "tantivy": "benchmarks.peers.keyword:Tantivy",
    "txtai": "benchmarks.peers.hybrid:Txtai",
    "txtai-words": "benchmarks.peers.hybrid:TxtaiWords",
    "chroma": "benchmarks.peers.hybrid:Chroma",
    "lancedb": "benchmarks.peers.hybrid:LanceDB",
    "lancedb-words": "benchmarks.peers.hybrid:LanceDBWords",
}
"""The systems by name: the module and class of each."""

SHOWN, RANKED = 10, 30
"""Results that are asked for when the time is taken, and when the order is kept."""

WARM_UP = 100

Vectors = NDArray[np.float32]
Ask = Callable[[str, Vectors, int], Sequence[int]]
"""Returns the numbers of the best passages for a question, its vector and how many are wanted, best first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as every system gets it."""

    document: str
    heading: str
    text: str

    @property
    def whole(self) -> str:
        """The heading's words and its own: what a system without fields indexes, and what was embedded."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


class System(Protocol):
    """A search engine with the best configuration for Spanish that it offers; `about` says which, in a line."""

    about: str

    def version(self) -> str:
        """Return the version that is installed."""
        ...

    def build(self, folder: Path, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Write the index of the passages, numbered from 0, and their unit vectors into an empty folder."""
        ...

    def open(self, folder: Path) -> Ask:
        """Open the index for reading."""
        ...


def main() -> None:
    """Do one step."""
    step, name, corpus, index = sys.argv[1:]
    module, _, kind = SYSTEMS[name].partition(":")
    system: System = getattr(importlib.import_module(module), kind)()
    print(json.dumps((build if step == "build" else ask)(system, Path(corpus), Path(index))))


def build(system: System, corpus: Path, index: Path) -> dict[str, object]:
    """Build the index and answer one question with it; return how long that took and the bytes on disk."""
    entries = [Entry(one["document"], one["heading"], one["text"]) for one in lines(corpus / "passages.jsonl")]
    vectors = np.load(corpus / "passages.npy")
    started = time.perf_counter()
    system.build(index, entries, vectors)
    system.open(index)(entries[0].text[:80], vectors[0], SHOWN)
    took = time.perf_counter() - started
    return {
        "version": system.version(),
        "about": system.about,
        "seconds": took,
        "bytes": sum(path.stat().st_size for path in index.rglob("*") if path.is_file()),
    }


def ask(system: System, corpus: Path, index: Path) -> dict[str, object]:
    """Ask every question; return milliseconds of each, the memory of the process and the passages found."""
    questions = [str(one["text"]) for one in lines(corpus / "questions.jsonl")]
    vectors = np.load(corpus / "questions.npy")
    answer = system.open(index)
    for text, vector in zip(questions[:WARM_UP], vectors, strict=False):
        answer(text, vector, SHOWN)
    took = []
    for text, vector in zip(questions, vectors, strict=True):
        started = time.perf_counter()
        answer(text, vector, SHOWN)
        took.append((time.perf_counter() - started) * 1000)
    memory = resident()
    ranked = [list(map(int, answer(text, vector, RANKED))) for text, vector in zip(questions, vectors, strict=True)]
    return {"took_ms": took, "memory": memory, "ranked": ranked}


def lines(path: Path) -> list[dict[str, str]]:
    """Return what a file of JSON Lines holds."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def resident() -> int:
    """Return the bytes of this process that are in memory (Linux)."""
    status = Path("/proc/self/status").read_text("ascii")
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main()
