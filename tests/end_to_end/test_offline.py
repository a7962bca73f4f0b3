"""No process of the program opens a connection: every Python it starts is watched by an audit hook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

WATCH = """
import os, sys

LOG = os.environ["REPASO_TEST_LOG"]
FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def note(line):
    with open(LOG, "a") as log:
        log.write(line + "\\n")


def watch(event, args):
    if event in FORBIDDEN:
        note(f"TOUCHED {os.getpid()} {event} {args!r}")
        raise PermissionError(event)


sys.addaudithook(watch)
note(f"STARTED {os.getpid()} {' '.join(sys.orig_argv)}")
"""


@pytest.fixture
def watched(with_models: dict[str, str], tmp_path: Path) -> Path:
    """Have every Python child load the watch; return its log."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    with_models["PYTHONPATH"] = f"{tmp_path / 'watch'}:{with_models['PYTHONPATH']}"
    with_models["REPASO_TEST_LOG"] = str(tmp_path / "log")
    return tmp_path / "log"


def test_the_watch_sees_a_connection(watched: Path, with_models: dict[str, str]) -> None:
    import subprocess
    import sys

    code = "import socket; socket.socket(socket.AF_INET).connect(('192.0.2.1', 9))"
    ran = subprocess.run([sys.executable, "-c", code], env=with_models, capture_output=True, check=False)
    assert ran.returncode == 1
    assert "TOUCHED" in watched.read_text()


def test_adding_searching_asking_and_quizzing_touch_no_network(watched: Path, repaso: Any, tmp_path: Path) -> None:
    guide = Path(__file__).parents[2] / "samples" / "guia_de_estudio.md"
    assert repaso("add", str(guide), "--course", "Muestra").status == 0
    assert repaso("search", "subpalabras", "--mode", "semantic", "--json").json["mode"] == "semantic"
    asked = repaso("ask", "¿Qué es la perplejidad?", "--json")
    assert asked.json["model"] in ("smollm2-135m", "")
    assert asked.status in (0, 1)
    assert repaso("quiz", "--kind", "multiple_choice", "--count", "1", stdin="a\na\n").status == 0
    assert repaso("models", "list").status == 0
    log = watched.read_text().splitlines()
    started = [line for line in log if line.startswith("STARTED")]
    commands = [line for line in started if " -m tui " in f"{line} "]
    assert len(commands) == 5
    assert len(started) > len(commands) + 2, "the models' own processes are watched too"
    assert [line for line in log if line.startswith("TOUCHED")] == []
