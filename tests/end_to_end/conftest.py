"""Runs `repaso` as a student does: a process of its own, the real SQLite, real files and the real small models."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
COMMAND = [sys.executable, "-m", "tui"]
SECONDS = 300
LOCAL_MODES = 3  # their place in what tcgetattr returns


@dataclass(frozen=True)
class Ran:
    """What one process did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Repaso = Callable[..., Ran]


class Terminal:
    """A `repaso` whose three streams are a terminal of its own, as a student's are."""

    def __init__(self, arguments: tuple[str, ...], environ: dict[str, str], folder: Path) -> None:
        self.shown = ""
        self.pid, self._screen = pty.fork()
        if self.pid == 0:  # the child: only exec may follow
            os.chdir(folder)
            os.execve(sys.executable, [*COMMAND, *arguments], environ)
        # A terminal drops what nobody has read yet when Ctrl-C is typed; a test reads later than a person's screen.
        modes = termios.tcgetattr(self._screen)
        modes[LOCAL_MODES] |= termios.NOFLSH
        termios.tcsetattr(self._screen, termios.TCSANOW, modes)

    def wait_for(self, text: str) -> None:
        """Read the screen until the text appears after what was waited for before."""
        start, end = len(self.shown), time.monotonic() + SECONDS
        while text not in self.shown[start:]:
            assert time.monotonic() < end, self.shown
            piece = self._piece()
            assert piece, f"it ended without {text!r}: {self.shown}"
            self.shown += piece

    def type(self, keys: str) -> None:
        """Type keys; \x03 is Ctrl-C."""
        os.write(self._screen, keys.encode())

    def end(self) -> int:
        """Read to the end and return the exit status."""
        while piece := self._piece():
            self.shown += piece
        os.close(self._screen)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def _piece(self) -> str:
        ready, _, _ = select.select([self._screen], [], [], SECONDS)
        assert ready, self.shown
        try:
            return os.read(self._screen, 65536).decode("utf-8", "replace")
        except OSError:  # how Linux reports that the other side is gone
            return ""


@pytest.fixture
def terminal(environ: dict[str, str], tmp_path: Path) -> Callable[..., Terminal]:
    return lambda *arguments: Terminal(arguments, {**environ, "TERM": "xterm", "COLUMNS": "100"}, tmp_path)


@pytest.fixture
def small_models(model_cache: Path) -> Path:
    """The cache with the small language model and the embedder, as set-up leaves it."""
    for name in ("smollm2-135m.gguf", "all-minilm-l6-v2"):
        if not (model_cache / "models" / name).exists():
            pytest.skip(f"{name} is not downloaded")
    return model_cache


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose settings, library and cache are the test's own; no models."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPASO_")}
    return {
        **kept,
        "REPASO_CONFIG": str(tmp_path / "config.toml"),
        "REPASO_CACHE": str(tmp_path / "cache"),
        "REPASO_LIBRARY": str(tmp_path / "library.db"),
        "REPASO_LANG": "es",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def with_models(environ: dict[str, str], small_models: Path, tmp_path: Path) -> dict[str, str]:
    """The same environment with the small models."""
    (tmp_path / "config.toml").write_text('chat_model = "smollm2-135m"\nthreads = 2\n', encoding="utf-8")
    environ["REPASO_CACHE"] = str(small_models)
    return environ


@pytest.fixture
def repaso(environ: dict[str, str], tmp_path: Path) -> Repaso:
    def call(*arguments: str, stdin: str = "", **options: Any) -> Ran:
        done = subprocess.run(
            [*COMMAND, *arguments],
            input=stdin.encode(),
            capture_output=True,
            env=environ,
            cwd=tmp_path,
            timeout=SECONDS,
            check=False,
            **options,
        )
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in ran.err, ran.err
        return ran

    return call
