"""The same lecture gives the same slides, whatever it was saved as."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fpdf import FPDF
from pptx import Presentation

from ingest.model import Document, Kind
from ingest.read import read_bytes


@dataclass(frozen=True)
class Lamina:
    title: str
    bullets: tuple[str, ...]


LECTURE = (
    Lamina("Grafos y caminos", ("Clase cuatro del curso de estructuras", "Ana Ruiz")),
    Lamina("Qué es un grafo", ("Un conjunto de nodos y de aristas", "Una arista une dos nodos", "Puede tener pesos")),
    Lamina("Recorrido en anchura", ("Visita primero a los vecinos", "Usa una cola", "Encuentra el camino más corto")),
    Lamina("Recorrido en profundidad", ("Sigue un camino hasta el final", "Usa una pila", "Detecta ciclos")),
    Lamina("Árboles de expansión", ("Unen todos los nodos sin ciclos", "El mínimo suma los pesos menores")),
)


def as_markdown() -> tuple[str, bytes]:
    slides = ["\n".join([f"# {each.title}", "", *(f"- {line}" for line in each.bullets)]) for each in LECTURE]
    return "clase.md", ("---\nmarp: true\n---\n\n" + "\n\n---\n\n".join(slides) + "\n").encode()


def as_quarto() -> tuple[str, bytes]:
    slides = ["\n".join([f"## {each.title}", "", *(f"- {line}" for line in each.bullets)]) for each in LECTURE]
    return "clase.qmd", ("---\nformat: revealjs\n---\n\n" + "\n\n".join(slides) + "\n").encode()


def as_reveal() -> tuple[str, bytes]:
    def items(each: Lamina) -> str:
        return "".join(f"<li>{html.escape(line)}</li>" for line in each.bullets)

    slides = "".join(f"<section><h2>{each.title}</h2><ul>{items(each)}</ul></section>" for each in LECTURE)
    deck = f'<div class="reveal"><div class="slides">{slides}</div></div>'
    return "clase.html", f'<!DOCTYPE html><html lang="es"><body>{deck}</body></html>'.encode()


def as_remark() -> tuple[str, bytes]:
    slides = ["\n".join([f"# {each.title}", "", *(f"- {line}" for line in each.bullets)]) for each in LECTURE]
    source = html.escape("\n\n---\n\n".join(slides))
    page = f'<html><body><textarea id="source">{source}</textarea><script>remark.create()</script></body></html>'
    return "clase.html", page.encode()


def as_powerpoint() -> tuple[str, bytes]:
    deck = Presentation()
    for each in LECTURE:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = each.title
        slide.placeholders[1].text_frame.text = "\n".join(each.bullets)
    saved = io.BytesIO()
    deck.save(saved)
    return "clase.pptx", saved.getvalue()


def as_pdf() -> tuple[str, bytes]:
    pdf = FPDF(orientation="landscape", format=(167, 297))
    pdf.set_auto_page_break(auto=False)
    for number, each in enumerate(LECTURE, start=1):
        pdf.add_page()
        pdf.set_font("Helvetica", "B", 28)
        pdf.cell(0, 16, each.title, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=16)
        for line in each.bullets:
            pdf.cell(0, 11, f"\x95 {line}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_y(-14)
        pdf.set_font("Helvetica", size=9)
        pdf.cell(0, 8, f"Ana Ruiz · Grafos   {number}/{len(LECTURE)}", align="R")
    return "clase.pdf", bytes(pdf.output())


WAYS: tuple[Callable[[], tuple[str, bytes]], ...] = (
    as_markdown,
    as_quarto,
    as_reveal,
    as_remark,
    as_powerpoint,
    as_pdf,
)


def read_as(way: Callable[[], tuple[str, bytes]]) -> Document:
    name, data = way()
    (document,) = read_bytes(data, name, f"/clases/{name}")
    return document


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_slides_of_the_lecture(way: Callable[[], tuple[str, bytes]]) -> None:
    document = read_as(way)
    assert document.kind is Kind.SLIDES
    slides = [
        (
            section.locator.start,
            section.title,
            [line.removeprefix("- ").strip() for line in section.text.split("\n") if line.strip()],
        )
        for section in document.sections
    ]
    assert slides == [(n, each.title, list(each.bullets)) for n, each in enumerate(LECTURE, start=1)]


def test_every_way_tells_what_each_slide_is_for() -> None:
    roles = {way.__name__: [section.role for section in read_as(way).sections] for way in WAYS}
    assert len({tuple(found) for found in roles.values()}) == 1, roles
