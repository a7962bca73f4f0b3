"""Runs command lines in this process, over a small course and without any model."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tui.cli import run

GUIDE = """# Guía: cocina de algoritmos

1. ¿Qué es una pila y en qué orden salen sus elementos?

Una **pila** es una estructura en la que el último elemento que entra es el primero que sale.

2. ¿Qué es una cola y en qué orden salen sus elementos?

Una **cola** es una estructura en la que el primer elemento que entra es el primero que sale.

3. ¿Qué es un árbol binario y cuántos hijos admite cada nodo?

Un **árbol binario** es una estructura jerárquica en la que cada nodo tiene como mucho dos hijos.

4. ¿Qué es una tabla hash y cómo encuentra una clave?

Una **tabla hash** es una estructura que calcula la posición de cada clave con una función de dispersión.

5. ¿Qué es un grafo y con qué se conectan sus nodos?

Un **grafo** es una estructura formada por nodos que se conectan mediante aristas, con peso o sin él.
"""
NOTES = """# Apuntes de ordenación

La ordenación por mezcla divide la lista en mitades, ordena cada mitad y después combina ambas en tiempo lineal.

El montículo mantiene siempre el mayor elemento en la raíz, y extraerlo cuesta un tiempo logarítmico.
"""


@dataclass(frozen=True)
class Ran:
    """What one command line did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Repaso = Callable[..., Ran]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "curso"
    folder.mkdir()
    (folder / "guia.md").write_text(GUIDE, encoding="utf-8")
    (folder / "apuntes.md").write_text(NOTES, encoding="utf-8")
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "REPASO_CONFIG": str(tmp_path / "config.toml"),
        "REPASO_CACHE": str(tmp_path / "cache"),
        "REPASO_LIBRARY": str(tmp_path / "library.db"),
        "REPASO_LANG": "es",
    }


@pytest.fixture
def repaso(environ: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Repaso:
    def call(*arguments: str, stdin: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        status = run(arguments, environ)
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return call


@pytest.fixture
def filled(repaso: Repaso, course: Path) -> Repaso:
    assert repaso("add", str(course), "--course", "Algoritmos").status == 0
    return repaso
