"""How long reading takes: `python -m benchmarks.ingest FILE_OR_FOLDER...` prints milliseconds for each file.

Each file is read three times and the fastest counts, after a first reading that pays for imports and is shown apart.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ingest import is_supported, read
from ingest.errors import IngestError

_REPEATS = 3


def main(arguments: list[str]) -> int:
    """Time every supported file under the given paths; return the exit status."""
    files = [file for argument in arguments for file in _files(Path(argument))]
    if not files:
        print("usage: python -m benchmarks.ingest FILE_OR_FOLDER...", file=sys.stderr)
        return 2
    first_total = total = 0.0
    for file in files:
        first, outcome = _timed(file)
        best = min(_timed(file)[0] for _ in range(_REPEATS))
        first_total += first
        total += best
        print(f"{first:8.1f} ms first {best:8.1f} ms  {file.stat().st_size / 1024:8.0f} KB  {file.name}: {outcome}")
    print(f"{first_total:8.1f} ms first {total:8.1f} ms  in all, {len(files)} files")
    return 0


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
