"""Killed outright while the model is asked: the question is on disk, and the conversation goes on from it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GUIDE = (
    "# Guía de estudio\n\n"
    "1. ¿Qué es una pila?\n\nUna pila es una estructura en la que el último que entra sale primero.\n\n"
    "2. ¿Qué es una cola?\n\nUna cola es una estructura en la que el primero que entra sale primero.\n"
)
SECONDS = 120


@pytest.fixture
def asking(environ: dict[str, str], repaso: Any, chat_server: Any, tmp_path: Path) -> Any:
    """Begins to ask a model that never answers; returns the process once the model has been asked."""
    (tmp_path / "guia.md").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "config.toml").write_text(f'server_url = "{chat_server.url}"\nserver_model = "tiny"\n', "utf-8")
    chat_server.plays["/chat/completions"] = chat_server.stream(chat_server.event("Una pila"), hang=True)
    assert repaso("add", "guia.md").status == 0

    def begin(*words: str) -> subprocess.Popen[bytes]:
        chat_server.reached.clear()
        process = subprocess.Popen(
            [sys.executable, "-m", "tui", "ask", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environ,
            cwd=tmp_path,
        )
        assert chat_server.reached.wait(SECONDS)
        return process

    return begin


def killed(process: subprocess.Popen[bytes]) -> None:
    assert process.poll() is None, "it ended before it was killed"
    process.kill()
    assert process.wait(SECONDS) == -signal.SIGKILL


def turns(repaso: Any) -> Any:
    return repaso("conversations", "show", "--json").json["turns"]


def test_a_question_outlives_the_process_that_asked_it(asking: Any, repaso: Any) -> None:
    killed(asking("¿Qué es una pila?"))

    (only,) = turns(repaso)
    assert (only["question"], only["answered"], only["answer"]) == ("¿Qué es una pila?", False, "")
    shown = repaso("conversations", "show")
    assert "se interrumpió" in shown.out
    assert shown.status == 0


def test_a_conversation_goes_on_from_a_question_that_was_killed(asking: Any, repaso: Any) -> None:
    killed(asking("¿Qué es una pila?"))

    ran = repaso("ask", "--continue", "--no-llm", "--json", "¿Y una cola?")

    assert ran.json["understood"] == "¿Qué es una cola?"
    assert [(one["question"], one["answered"]) for one in turns(repaso)] == [
        ("¿Qué es una pila?", False),
        ("¿Y una cola?", True),
    ]
    assert json.dumps(ran.json["conversation"]) in repaso("conversations", "list", "--json").out


def test_a_follow_up_that_is_killed_is_kept_in_its_conversation(asking: Any, repaso: Any) -> None:
    assert repaso("ask", "--no-llm", "¿Qué es una pila?").status == 0
    killed(asking("--continue", "¿Y una cola?"))

    first, second = turns(repaso)
    assert (first["answered"], second["answered"]) == (True, False)
    assert second["understood"] == "¿Qué es una cola?"


def test_what_is_not_to_be_kept_is_not_on_disk_even_then(asking: Any, repaso: Any) -> None:
    killed(asking("--no-keep", "¿Qué es una pila?"))
    assert repaso("conversations", "list", "--json").json["conversations"] == []
