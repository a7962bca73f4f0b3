"""Show what set-up is doing: one line a step with its elapsed time, on stderr; in a log, a line now and then."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

TICK_SECONDS = 0.5
LOG_SECONDS = 30.0
"""How often a step says that it is alive where there is no terminal."""

WIDTH = 100
GONE = 127
"""The exit status a shell gives to a command that cannot be started."""


class Display:
    """One step at a time on a stream."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._text = ""
        self._started = 0.0
        self._said = 0.0

    def begin(self, text: str) -> None:
        """Start a step."""
        self._text, self._started, self._said = text, self._clock(), self._clock()
        self._write(f"· {text}", last=not self._terminal)

    def tick(self, detail: str = "") -> None:
        """Show how long the step takes, and how far it is."""
        if self._terminal:
            self._write(f"· {self._text}  {self._elapsed()}  {detail}", last=False)
        elif self._clock() - self._said >= LOG_SECONDS:
            self._said = self._clock()
            self._write(f"    {self._elapsed()}  {detail}".rstrip(), last=True)

    def end(self, mark: str = "✓") -> None:
        """Finish the step."""
        self._write(f"{mark} {self._text}  {self._elapsed()}", last=True)

    def say(self, text: str) -> None:
        """Print a sentence on a line of its own."""
        self._write(text, last=True)

    def _elapsed(self) -> str:
        seconds = int(self._clock() - self._started)
        return f"{seconds // 60}:{seconds % 60:02}"

    def _write(self, text: str, last: bool) -> None:
        erase = "\r\x1b[K" if self._terminal else ""
        shown = text if last else text[:WIDTH]
        self._stream.write(f"{erase}{shown}" + ("\n" if last else ""))
        self._stream.flush()


def run_logged(
    command: Sequence[str],
    log: Path,
    tick: Callable[[], None],
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> tuple[int, str]:
    """Run a command with its output in a log file; return its exit status and the last 64 kB of the log.

    It gets a process group of its own, ended as a whole when set-up is interrupted: a compiler starts many.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ) if environ is not None else None,
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            return GONE, str(error)
        try:
            while True:
                try:
                    child.wait(TICK_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    tick()
        except BaseException:
            end_group(child)
            raise
    return child.returncode, log.read_bytes()[-65_536:].decode("utf-8", "replace")


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End a child and all it started: asked first, and five seconds later made to."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, wish)
            child.wait(5)
        except ProcessLookupError:
            child.wait()
            return
        except subprocess.TimeoutExpired:
            continue
        else:
            return
