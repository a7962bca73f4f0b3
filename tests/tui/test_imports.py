"""Each command pays for what it uses: a child process runs it and tells what it imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "torch",
    "llama_cpp",
    "sentence_transformers",
    "transformers",
    "onnxruntime",
    "numpy",
    "textual",
    "rich",
    "sqlite_utils",
    "whoosh",
    "fsrs",
    "pypdf",
    "tomlkit",
}
PROBE = """
import json, os, sys
from tui.cli import run
status = run(json.loads(sys.argv[1]), os.environ)
sys.stderr.write("\\n" + json.dumps([status, sorted({name.split(".")[0] for name in sys.modules})]))
"""
GUIDE = "# Guía de estudio\n\n" + "\n\n".join(
    f"{n}. ¿Qué es una {thing}?\n\nUna {thing} es una estructura que guarda elementos en el orden número {n}."
    for n, thing in enumerate(("pila", "cola", "lista", "tabla", "matriz"), start=1)
)
NEVER = {"torch", "llama_cpp", "sentence_transformers", "transformers", "onnxruntime", "textual", "rich"}


def imported(arguments: list[str], tmp_path: Path, stdin: str = "") -> tuple[int, set[str]]:
    environ = {
        **os.environ,
        "REPASO_CONFIG": str(tmp_path / "config.toml"),
        "REPASO_CACHE": str(tmp_path / "cache"),
        "REPASO_LIBRARY": str(tmp_path / "library.db"),
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)],
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    status, modules = json.loads(ran.stderr.splitlines()[-1])
    return status, set(modules)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["search", "--help"], ["ask", "--help"], ["nonsense"], ["models", "--help"]],
)
def test_help_and_usage_import_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    _, modules = imported(arguments, tmp_path)
    assert modules & HEAVY == set()


def test_the_groups_help_imports_no_command(tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "REPASO_CONFIG": str(tmp_path / "config.toml")}
    code = (
        "import os, sys; from tui.cli import run, COMMANDS; run(['--help'], os.environ); "
        "sys.exit(any(where.split(':')[0] in sys.modules for where in COMMANDS.values()))"
    )
    assert subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "guia.md"],
        ["list", "documents"],
        ["list", "questions"],
        ["search", "pila"],
        ["ask", "¿Qué es una pila?"],
        ["quiz", "--count", "1"],
        ["due"],
        ["stats"],
        ["models", "list"],
        [],
    ],
)
def test_no_command_brings_a_model_runtime_or_a_screen_into_this_process(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "guia.md").write_text(GUIDE)
    if arguments != ["add", "guia.md"]:
        imported(["add", "guia.md"], tmp_path)
    status, modules = imported(arguments, tmp_path)
    assert status == 0
    assert modules & NEVER == set()
