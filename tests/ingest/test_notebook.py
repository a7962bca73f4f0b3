"""Jupyter notebooks: cells in order, short outputs, slides where cells say so, and what is passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest import read
from ingest.errors import DamagedFile, EmptyFile
from ingest.model import Document, Kind

Cell = dict[str, object]
KERNEL = {"kernelspec": {"language": "python"}, "title": "Práctica 3", "authors": [{"name": "Ana Ruiz"}]}


def prose(text: str | list[str], slide: str = "") -> Cell:
    return {
        "cell_type": "markdown",
        "source": text,
        "metadata": {"slideshow": {"slide_type": slide}} if slide else {},
    }


def code(text: str, *outputs: dict[str, object], slide: str = "") -> Cell:
    return {**prose(text, slide), "cell_type": "code", "outputs": list(outputs), "execution_count": 1}


def notebook(folder: Path, cells: list[Cell], **rest: object) -> Path:
    path = folder / "a.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": KERNEL, "nbformat": 4, **rest}), encoding="utf-8")
    return path


def document_of(folder: Path, cells: list[Cell]) -> Document:
    (document,) = read(notebook(folder, cells))
    return document


def test_prose_and_code_come_in_order_with_what_was_printed(tmp_path: Path) -> None:
    document = document_of(
        tmp_path,
        [
            prose(["# Vectores\n", "\n", "Un vector <b>denso</b>.\n", "\n", "---\n", "![x](attachment:x.png)"]),
            code("x = 1\nprint(x)", {"output_type": "stream", "name": "stdout", "text": ["1\n"]}),
            prose("Título\n======\n\n## Sub\n\n$a^2$"),
            {"cell_type": "raw", "source": "nada"},
        ],
    )

    assert (document.kind, document.title, document.author) == (Kind.NOTES, "Práctica 3", "Ana Ruiz")
    assert [(s.title, s.text) for s in document.sections] == [
        ("Vectores", "Un vector denso.\n\nx\n\n```python\nx = 1\nprint(x)\n```\n\n```\n1\n```"),
        ("Sub", "$a^2$"),
    ]


def test_pictures_long_outputs_and_errors_are_counted_and_not_read(tmp_path: Path) -> None:
    document = document_of(
        tmp_path,
        [
            code(
                "f()",
                {"output_type": "display_data", "data": {"image/png": "QUJD", "text/plain": ["<Figure>"]}},
                {"output_type": "execute_result", "data": {"text/plain": [f"línea {i}\n" for i in range(100)]}},
                {"output_type": "error", "ename": "E", "traceback": ["\x1b[31mTraceback"]},
                {"output_type": "stream", "name": "stderr", "text": "aviso"},
                {"output_type": "stream", "name": "stdout", "text": "10%\r50%\r100%"},
            )
        ],
    )

    (section,) = document.sections
    assert "línea 19\n…" in section.text
    assert "línea 20" not in section.text
    assert "```\n100%\n```" in section.text
    assert not any(word in section.text for word in ("QUJD", "Figure", "Traceback", "aviso", "50%"))
    assert [(n.code, dict(n.params)["count"]) for n in document.notices] == [
        ("pictures_counted", "1"),
        ("outputs_cut", "1"),
        ("outputs_failed", "1"),
    ]


def test_a_slide_show_is_a_deck(tmp_path: Path) -> None:
    deck = document_of(
        tmp_path,
        [
            prose("# Uno", "slide"),
            prose("- a", "fragment"),
            prose("Decirlo", "notes"),
            prose("No va", "skip"),
            code("x = 1", slide="-"),
            prose("## Dos", "subslide"),
        ],
    )

    assert deck.kind is Kind.SLIDES
    assert [(s.locator.start, s.title, s.text, s.notes) for s in deck.sections] == [
        (1, "Uno", "- a\n\n```python\nx = 1\n```", "Decirlo"),
        (2, "Dos", "", ""),
    ]


def test_the_third_format_of_notebooks_is_read(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Redes"]},
        {
            "cell_type": "code",
            "language": "python",
            "input": ["x = 1"],
            "outputs": [{"output_type": "pyout", "text": ["1"]}],
        },
        {"cell_type": "markdown", "source": ["fin"]},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3, "metadata": {}}))

    (document,) = read(tmp_path / "a.ipynb")

    assert document.title == "Redes"
    assert document.sections[0].text == "```python\nx = 1\n```\n\n```\n1\n```\n\nfin"


def test_a_header_in_the_first_cell_names_the_notebook(tmp_path: Path) -> None:
    raw: Cell = {"cell_type": "raw", "source": "---\ntitle: Otra\nauthor: Luis\ndate: 2024-02-01\n---"}

    document = document_of(tmp_path, [raw, prose("texto")])

    assert (document.title, document.author, document.date) == ("Otra", "Luis", "2024-02-01")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"cells": 3}',
        "[" * 100_000,
        '{"cells": [' + "[" * 50_000,
        "no es json",
        '{"a": 1' + "0" * 5_000 + "}",
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_notebook_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.ipynb").write_text(text)

    with pytest.raises(DamagedFile):
        read(tmp_path / "a.ipynb")


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [None, 3, "x", []],
        [{"cell_type": "code", "source": None, "outputs": {"a": 1}}],
        [{"cell_type": ["markdown"], "source": [1, None]}],
        [{"cell_type": "code", "outputs": [3, {"output_type": "stream", "text": [None]}, {"data": []}]}],
        [{"cell_type": "markdown", "source": "", "metadata": {"slideshow": []}}],
    ],
)
def test_cells_of_the_wrong_shape_hold_no_text(tmp_path: Path, cells: list[Cell]) -> None:
    with pytest.raises(EmptyFile):
        read(notebook(tmp_path, cells))
