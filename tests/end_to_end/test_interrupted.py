"""Ctrl-C at any moment: a sentence, status 130, no process left behind, and everything that was done is kept."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = "# Tema {n}\n\nEste tema número {n} trata de las pilas, las colas y otras estructuras con orden.\n"
THINGS = ("pila", "cola", "lista", "tabla", "matriz")
GUIDE = "# Guía de estudio\n\n" + "\n\n".join(
    f"{n}. ¿Qué es una {thing}?\n\nUna {thing} es una estructura que guarda elementos en el orden número {n}."
    for n, thing in enumerate(THINGS, start=1)
)


def children(pid: int) -> list[int]:
    """The processes that a process started, on Linux."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def gone(pids: list[int], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def stored(library: Path) -> int:
    if not library.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{library}?mode=ro", uri=True) as db:
            count: int = db.execute("SELECT count(*) FROM documents").fetchone()[0]
        return count
    except sqlite3.Error:
        return 0


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("presses", [1, 2])
def test_while_adding_the_documents_that_were_added_stay(
    terminal: Any, repaso: Any, tmp_path: Path, presses: int
) -> None:
    folder = tmp_path / "curso"
    folder.mkdir()
    for n in range(600):
        (folder / f"{n}.md").write_text(PAGE.format(n=n))
    screen = terminal("add", "curso")
    wait_until(lambda: stored(tmp_path / "library.db") > 2)
    for _ in range(presses):
        screen.type("\x03")
        time.sleep(0.05)
    assert screen.end() == 130, screen.shown
    assert "repaso: Interrumpido" in screen.shown
    assert "Traceback" not in screen.shown
    kept = stored(tmp_path / "library.db")
    assert 2 < kept < 600
    with sqlite3.connect(tmp_path / "library.db") as library:
        assert library.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert library.execute("PRAGMA foreign_key_check").fetchall() == []
    library.close()
    (tmp_path / "config.toml").write_text("")
    assert len(repaso("list", "--json").json["documents"]) == kept


def test_while_answering_the_model_is_stopped_and_its_process_ends(
    with_models: dict[str, str], terminal: Any, repaso: Any, tmp_path: Path
) -> None:
    (tmp_path / "guia.md").write_text(GUIDE)
    assert repaso("add", "guia.md").status == 0
    screen = terminal("ask", "¿Qué es una pila?")
    screen.wait_for("[1]")
    wait_until(lambda: len(children(screen.pid)) >= 2)
    workers = children(screen.pid)
    screen.type("\x03")
    assert screen.end() == 130, screen.shown
    assert "repaso: Interrumpido" in screen.shown
    assert "Traceback" not in screen.shown
    assert gone(workers)


def test_in_a_quiz_the_answers_given_stay(terminal: Any, repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "guia.md").write_text(GUIDE)
    assert repaso("add", "guia.md").status == 0
    screen = terminal("quiz", "--kind", "flashcard", "--plain")
    screen.wait_for("Intro para ver")
    screen.type("\n")
    screen.wait_for("¿Cómo la recordabas?")
    screen.type("3\n")
    screen.wait_for("Intro para ver")
    screen.type("\x03")
    assert screen.end() == 130, screen.shown
    assert "Respuestas guardadas: 1." in screen.shown
    assert "repaso: Interrumpido" in screen.shown
    assert "Traceback" not in screen.shown
    assert repaso("stats", "--json").json["reviews"] == 1


def test_control_d_leaves_a_quiz(terminal: Any, repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "guia.md").write_text(GUIDE)
    repaso("add", "guia.md")
    screen = terminal("quiz", "--kind", "flashcard")
    screen.wait_for("Intro para ver")
    screen.type("\x04")
    assert screen.end() == 0
    assert "Traceback" not in screen.shown


def test_no_process_outlives_the_command(with_models: dict[str, str], repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "guia.md").write_text(GUIDE)
    before = set(children(os.getpid()))
    assert repaso("add", "guia.md").status == 0
    assert set(children(os.getpid())) == before
