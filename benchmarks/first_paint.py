"""Time from starting `repaso` to the first words of its first screen, under a pseudo-terminal; and `repaso --help`.

Run: `.venv/bin/python benchmarks/first_paint.py [RUNS]`. A library with a few documents is made in a temporary
folder first. Prints every run and the median, in milliseconds.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

RUNS = 5
SIZE = (24, 80)
FIRST_WORDS = b"Inicio"
"""The bar of places stands on every screen."""

LIMIT_MS = 600
"""What the design asks for, from process start to the first screen."""

REPASO = Path(sys.executable).with_name("repaso")


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as folder:
        environ = prepared(Path(folder))
        report("first screen", [first_paint(environ) for _ in range(runs)])
        report("repaso --help", [help_time(environ) for _ in range(runs)])


def report(what: str, times: list[float]) -> None:
    """Print the runs and their median."""
    shown = " ".join(f"{one:.0f}" for one in times)
    print(f"{what}: p50 {statistics.median(times):.0f} ms of {len(times)} runs ({shown}); limit {LIMIT_MS} ms")


def prepared(folder: Path) -> dict[str, str]:
    """Return the environment of a library with three documents."""
    notes = folder / "notes"
    notes.mkdir()
    for number in range(3):
        text = "\n\n".join(f"## Tema {n}\n\nUn texto corto sobre el tema {n}." for n in range(20))
        (notes / f"tema-{number}.md").write_text(f"# Notas {number}\n\n{text}\n", encoding="utf-8")
    environ = {
        **os.environ,
        "REPASO_LIBRARY": str(folder / "library.db"),
        "REPASO_CONFIG": str(folder / "config.toml"),
        "REPASO_CACHE": str(folder / "cache"),
        "REPASO_LANG": "es",
        "TERM": "xterm-256color",
    }
    subprocess.run([REPASO, "add", "-q", notes], env=environ, check=True)
    return environ


def first_paint(environ: dict[str, str]) -> float:
    """Start the app under a pseudo-terminal; return the milliseconds until its first words, then end it."""
    started = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execve(REPASO, [str(REPASO)], environ)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    try:
        seen = b""
        while FIRST_WORDS not in seen:
            ready, _, _ = select.select([terminal], [], [], 30)
            if not ready:
                raise SystemExit(f"nothing to see after 30 s: {seen[-500:]!r}")
            seen += os.read(terminal, 65536)
        return (time.perf_counter() - started) * 1000
    finally:
        leave(child, terminal)


def leave(child: int, terminal: int) -> None:
    """Press ctrl+q and read on until the app has left; kill it where it does not."""
    deadline = time.monotonic() + 20
    os.write(terminal, b"\x11")
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        try:
            if ready and not os.read(terminal, 65536):
                break
        except OSError:  # Linux reports the end of a pseudo-terminal so
            break
    else:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)


def help_time(environ: dict[str, str]) -> float:
    """Return the milliseconds that `repaso --help` takes."""
    started = time.perf_counter()
    subprocess.run([REPASO, "--help"], env=environ, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
