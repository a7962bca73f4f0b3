"""Org files: the outline as headings, marks as Markdown's, and decks for Beamer and reveal.js."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read
from ingest.model import Document, Kind

NOTES = """#+TITLE: Sesión 2. Vectores
#+AUTHOR: Ana Ruiz
#+DATE: <2024-03-05 mar>
#+OPTIONS: toc:nil
Antes de *todo*.

* TODO [#A] Palabras :nlp:tema:
SCHEDULED: <2024-03-01 vie>
:PROPERTIES:
:CUSTOM_ID: uno
:END:
# un comentario
- /una/ y =dos=
  + [X] tres [[https://a.example/x][enlace]] y [[file:foto.png]]
- término :: su sentido
| Modelo | Año |
|--------+-----|
| LSTM   | 1997 |
#+begin_src python :results output
x = "*no es negrita*"
,* no es título
#+end_src
#+RESULTS:
: 3
** Fórmulas
La fórmula $a_1*b*c$ y \\(x/y/z\\)[fn:1] de 2/3 y 4/5.
#+begin_quote
Una cita
#+end_quote
* COMMENT Borrador
nada
** tampoco
* Fin
Adiós.
"""


def document_of(folder: Path, text: str) -> Document:
    (folder / "a.org").write_text(text, encoding="utf-8")
    (document,) = read(folder / "a.org")
    return document


def test_an_outline_becomes_notes_with_markdowns_marks(tmp_path: Path) -> None:
    notes = document_of(tmp_path, NOTES)

    assert (notes.kind, notes.title, notes.author, notes.date, notes.session) == (
        Kind.NOTES, "Sesión 2. Vectores", "Ana Ruiz", "2024-03-05", "Sesión 2. Vectores"
    )  # fmt: skip
    assert [(s.title, s.text) for s in notes.sections] == [
        ("", "Antes de **todo**."),
        (
            "Palabras",
            "- *una* y `dos`\n  - tres [enlace](https://a.example/x) y \n- **término**: su sentido\n"
            "| Modelo | Año |\n| --- | --- |\n| LSTM   | 1997 |\n"
            '```python\nx = "*no es negrita*"\n* no es título\n```\n```\n3\n```',
        ),
        ("Fórmulas", "La fórmula $a_1*b*c$ y $x/y/z$ de 2/3 y 4/5.\n> Una cita"),
        ("Fin", "Adiós."),
    ]


def test_a_beamer_deck_has_a_title_a_contents_slide_and_its_frames(tmp_path: Path) -> None:
    text = (
        "#+TITLE: Redes\n#+AUTHOR: Ana\n#+STARTUP: beamer\n#+OPTIONS: H:2\n* Parte\n** Uno\n"
        ":PROPERTIES:\n:BEAMER_act: <1>\n:END:\n#+BEAMER: \\pause\n- a\n*** Bloque\nb\n"
        "#+begin_notes\nDecirlo\n#+end_notes\n** Dos :noexport:\nno\n** Tres\nc\n"
    )

    deck = document_of(tmp_path, text)

    assert deck.kind is Kind.SLIDES
    assert [(s.locator.start, s.title, s.text, s.notes) for s in deck.sections] == [
        (1, "Redes", "Ana", ""),
        (3, "Uno", "- a\n\n**Bloque**\n\nb", "Decirlo"),
        (4, "Tres", "c", ""),
    ]


def test_a_reveal_deck_shows_each_headline_as_a_slide(tmp_path: Path) -> None:
    deck = document_of(tmp_path, "#+REVEAL_THEME: moon\n#+OPTIONS: toc:nil\n* Uno\na\n** Dos\nb\n")

    assert [(s.locator.start, s.title, s.text) for s in deck.sections] == [(1, "Uno", "a"), (2, "Dos", "b")]


PIECES = (
    "*", "* ", "=a", "~", "/a ", "[[", "[[a][", "<2024-01-01 ", "[fn:", "{{{", "@@a:", ":a", "| ", "#+begin_src\n",
    ":a:\n", "- a :: ", "$", "\\(", "* a\n", "** b\n", ": \n", "#+a: b\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("start", ["", "#+STARTUP: beamer\n"])
def test_a_long_line_of_marks_is_read(tmp_path: Path, piece: str, start: str) -> None:
    (tmp_path / "a.org").write_text(f"{start}* Hola\ntexto\n" + piece * (50_000 // len(piece)) + " x\n")

    (document,) = read(tmp_path / "a.org", Kind.NOTES)

    assert document.sections[0].title == "Hola"


def test_a_date_that_is_none_costs_nothing(tmp_path: Path) -> None:
    assert document_of(tmp_path, "* A\nSCHEDULED: <2024-99-99>\n<2024-13-41> texto\n").sections[0].text == "texto"
