"""One lecture as PowerPoint, PDF, Markdown for three tools, HTML, a notebook and Org gives the same slides."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

from ingest import read
from ingest.model import Document, Kind, Role


@dataclass(frozen=True, slots=True)
class Lesson:
    """A slide of the lecture: its title, its points as (level, words), and what is said with it."""

    title: str
    points: tuple[tuple[int, str], ...]
    said: str = ""


LECTURE = (
    Lesson("Puentes colgantes", ((0, "Irene Vidal"),)),
    Lesson("Índice", ((0, "Cables"), (0, "Torres"))),
    Lesson(
        "Los cables",
        ((0, "El acero trabaja a tracción"), (1, "nunca a compresión"), (0, "La flecha crece con la luz")),
    ),
    Lesson(
        "Las torres", ((0, "Llevan la carga al suelo"), (0, "¿Qué pasa con el viento?")), "Contar el caso de Tacoma."
    ),
    Lesson("¡Gracias!", ((0, "Hasta el jueves"),)),
)


def bullets(lesson: Lesson, mark: str = "-", step: str = "  ") -> str:
    return "\n".join(f"{step * level}{mark} {words}" for level, words in lesson.points)


def as_marp(folder: Path) -> Path:
    slides = (
        f"# {each.title}\n\n{bullets(each, '*')}\n\n{f'<!-- {each.said} -->' if each.said else ''}"
        for each in LECTURE
    )
    path = folder / "a.md"
    path.write_text("---\nmarp: true\n---\n" + "\n\n---\n\n".join(slides), encoding="utf-8")
    return path


def as_quarto(folder: Path) -> Path:
    slides = (
        f"## {each.title}\n\n{bullets(each, step='    ')}\n\n" + (f"::: notes\n{each.said}\n:::" if each.said else "")
        for each in LECTURE
    )
    path = folder / "a.qmd"
    path.write_text("---\nformat: revealjs\n---\n" + "\n\n".join(slides), encoding="utf-8")
    return path


def as_remark(folder: Path) -> Path:
    slides = (f"class: middle\n\n# {each.title}\n\n{bullets(each)}\n???\n{each.said}" for each in LECTURE)
    path = folder / "a.md"
    path.write_text("\n---\n".join(slides), encoding="utf-8")
    return path


def nested(lesson: Lesson) -> str:
    items = ""
    for level, words in lesson.points:
        items += f"<ul><li>{escape(words)}</li></ul>" if level else f"<li>{escape(words)}</li>"
    return f"<ul>{items}</ul>"


def as_html(folder: Path) -> Path:
    slides = "".join(
        f"<section><h2>{escape(each.title)}</h2>{nested(each)}"
        f"<aside class='notes'>{escape(each.said)}</aside></section>"
        for each in LECTURE
    )
    path = folder / "a.html"
    path.write_text(f"<meta charset=utf-8><div class=reveal><div class=slides>{slides}</div></div>", encoding="utf-8")
    return path


def as_notebook(folder: Path) -> Path:
    def cell(text: str, kind: str) -> dict[str, object]:
        return {"cell_type": "markdown", "source": text, "metadata": {"slideshow": {"slide_type": kind}}}

    cells = []
    for each in LECTURE:
        cells.append(cell(f"# {each.title}\n\n{bullets(each)}", "slide"))
        cells += [cell(each.said, "notes")] if each.said else []
    path = folder / "a.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), encoding="utf-8")
    return path


def as_org(folder: Path) -> Path:
    slides = (
        f"* {each.title}\n{bullets(each)}\n" + (f"#+begin_notes\n{each.said}\n#+end_notes" if each.said else "")
        for each in LECTURE
    )
    path = folder / "a.org"
    path.write_text("#+REVEAL_THEME: moon\n#+OPTIONS: toc:nil\n" + "\n".join(slides), encoding="utf-8")
    return path


def as_pptx(folder: Path) -> Path:
    from pptx import Presentation

    deck = Presentation()
    for each in LECTURE:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = each.title
        frame = slide.placeholders[1].text_frame
        for i, (level, words) in enumerate(each.points):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.text, paragraph.level = words, level
        if each.said:
            slide.notes_slide.notes_text_frame.text = each.said
    path = folder / "a.pptx"
    deck.save(str(path))
    return path


def as_pdf(folder: Path) -> Path:
    from fpdf import FPDF

    pdf = FPDF(orientation="landscape", unit="mm", format=(150, 270))
    pdf.set_auto_page_break(False)
    for each in LECTURE:
        pdf.add_page()
        pdf.set_font("helvetica", "B", 28)
        pdf.cell(0, 18, each.title, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", size=16)
        for level, words in each.points:
            pdf.set_x(12 + 10 * level)
            pdf.cell(0, 10, f"- {words}", new_x="LMARGIN", new_y="NEXT")
    path = folder / "a.pdf"
    pdf.output(str(path))
    return path


MAKERS: tuple[Callable[[Path], Path], ...] = (
    as_marp,
    as_quarto,
    as_remark,
    as_html,
    as_notebook,
    as_org,
    as_pptx,
    as_pdf,
)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def deck_of(make: Callable[[Path], Path], folder: Path) -> Document:
    (deck,) = read(make(folder))
    assert deck.kind is Kind.SLIDES
    return deck


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_lecture_gives_the_same_slides_in_any_format(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    deck = deck_of(make, tmp_path)

    assert [(s.locator.start, s.title) for s in deck.sections] == [
        (i, each.title) for i, each in enumerate(LECTURE, start=1)
    ]
    assert [words_of(s.text) for s in deck.sections] == [words_of(bullets(each)) for each in LECTURE]
    roles = [s.role for s in deck.sections]
    assert roles[1:] == [Role.AGENDA, Role.BODY, Role.BODY, Role.CLOSING]


@pytest.mark.parametrize("make", [make for make in MAKERS if make is not as_pdf], ids=lambda make: make.__name__)
def test_lists_and_what_is_said_are_the_same_too(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    deck = deck_of(make, tmp_path)

    assert [s.notes for s in deck.sections] == [each.said for each in LECTURE]
    assert [s.text for s in deck.sections][1:4] == [bullets(each) for each in LECTURE[1:4]]
