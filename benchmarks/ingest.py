"""How well and how fast files are read.

    python -m benchmarks.ingest [FILE_OR_FOLDER...] [--files 2000] [--only decks|speed|semester|given]

- decks: PDFs of the sample lectures by the programs that are installed (benchmarks/decks), and how much comes back;
- speed: PDF pages a second and an hour of subtitles, read in this process;
- semester: a library filled with many files (benchmarks/semester), filled again unchanged, and the memory of it all;
- given: milliseconds for each file under the paths given.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import semester
from benchmarks.decks.generators import GENERATORS, Generator, texts_first
from benchmarks.decks.lecture import lecture
from benchmarks.decks.measure import NOTHING, Recovery, recovery
from ingest import is_supported, read
from ingest.errors import IngestError
from ingest.model import Kind

LECTURES = tuple(semester.SAMPLES / f"sesion-{number}" / "diapositivas.md" for number in (1, 3))
PAGES = 400
_REPEATS = 3


def main() -> int:
    """Measure what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="*")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--only", choices=("decks", "speed", "semester", "given"), action="append", default=[])
    arguments = parser.parse_args()
    wanted = arguments.only or ["decks", "speed", "semester", "given"]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if "decks" in wanted:
            decks(folder)
        if "speed" in wanted:
            speed(folder)
        if "semester" in wanted:
            semester_library(folder, arguments.files)
    if "given" in wanted:
        given(arguments.paths)
    return 0


def decks(folder: Path) -> None:
    """Print for each program how much of the lectures comes back from its PDFs and its own files."""
    print(f"{'deck made by':36} {'letters':>8} {'added':>7} {'titles':>8}")
    for generator in GENERATORS:
        missing = generator.missing()
        if missing:
            print(f"{generator.name:36} left out: no {', '.join(missing)}")
            continue
        found = sum((_recovered(generator, path, folder / path.parent.name) for path in LECTURES), NOTHING)
        share, added = found.recovered / found.letters, found.added / found.letters
        print(f"{generator.name:36} {share:8.2%} {added:7.2%} {found.titles_right / found.titles:8.2%}")


def _recovered(generator: Generator, path: Path, folder: Path) -> Recovery:
    folder.mkdir(exist_ok=True)
    slides = lecture(path)
    file = generator.make(slides, folder)
    shown = tuple(map(texts_first, slides)) if generator.texts_first else slides
    return recovery(shown, read(file, Kind.SLIDES)[0])


def speed(folder: Path) -> None:
    """Print PDF pages a second of one core, and the seconds of an hour's subtitles."""
    book, talk = folder / "pages.pdf", folder / "hour.vtt"
    semester.text_pages(book, PAGES)
    semester.hour(talk)
    best = min(_seconds(lambda: read(book)) for _ in range(_REPEATS))
    print(f"text PDF, {PAGES} pages: {PAGES / best:.0f} pages a second")
    first = _seconds(lambda: read(talk))
    best = min(_seconds(lambda: read(talk)) for _ in range(_REPEATS))
    print(f"an hour of subtitles: {best:.3f} s ({first:.3f} s the first time)")


def semester_library(folder: Path, files: int) -> None:
    """Print how long a new library takes for many files, and to find them all unchanged, through the command."""
    material, library = folder / "semester", folder / "semester.db"
    semester.make(material, files)
    size = sum(path.stat().st_size for path in material.rglob("*") if path.is_file())
    print(f"{files} files, {size / 1e6:.0f} MB")
    for label in ("added, not embedded", "added again, unchanged"):
        seconds, peak, end = _command(library, "add", str(material), "--course", "PLN", "--no-embed")
        print(f"{label}: {seconds:.1f} s, {peak / 1e6:.0f} MB at most in all processes ({end})")


def _command(library: Path, *arguments: str) -> tuple[float, int, str]:
    """Run a command of ours; return its seconds, the most memory of it and its children, and its last line."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "--library", str(library), *arguments, "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    lines = process.communicate()[0].strip().splitlines()
    return seconds, peak, f"status {process.returncode}" + (f": {lines[-1][:80]}" if lines else "")


def _memory(pid: int) -> int:
    """Return the bytes that a process and its children hold, shared ones counted once (Linux's PSS), 0 elsewhere."""
    try:
        children = [pid for task in Path(f"/proc/{pid}/task").iterdir() for pid in _children(task)]
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    own = next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return own + sum(map(_memory, children))


def _children(task: Path) -> list[int]:
    """Return the processes that a thread started and that still run."""
    return [int(pid) for pid in (task / "children").read_text().split()]


def given(paths: list[Path]) -> None:
    """Print the milliseconds of each file: the first reading, which pays for imports, and the best of three more."""
    for file in (file for path in paths for file in _files(path)):
        first, outcome = _timed(file)
        best = min(_timed(file)[0] for _ in range(_REPEATS))
        print(f"{first:8.1f} ms first {best:8.1f} ms  {file.stat().st_size / 1024:8.0f} KB  {file.name}: {outcome}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"this process held {peak / 1e6:.0f} MB at most")


def _files(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.is_file() and is_supported(p)) if path.is_dir() else [path]


def _timed(file: Path) -> tuple[float, str]:
    start = time.perf_counter()
    try:
        documents = read(file)
        outcome = f"{len(documents)} x {documents[0].kind}, {sum(len(d.sections) for d in documents)} sections"
    except IngestError as error:
        outcome = str(error)
    return (time.perf_counter() - start) * 1000, outcome


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    os.environ.setdefault("REPASO_LANG", "en")
    sys.exit(main())
