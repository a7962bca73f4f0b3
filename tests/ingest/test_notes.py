"""Notes: the tree of headings, however they are written, and places that a student can find."""

from __future__ import annotations

import pytest

from ingest.formats.blocks import Cue, Cues, Metadata, Page, Pages, Slide, Slides, Text
from ingest.kinds.notes import build_notes
from ingest.model import Document, LocatorType


def notes_of(text: str, metadata: Metadata | None = None) -> Document:
    (document,) = build_notes(Text(text, metadata or Metadata()), "a")
    return document


def places(document: Document) -> list[tuple[str, str]]:
    return [(section.title, section.locator.name) for section in document.sections]


def test_a_place_is_named_by_its_headings_without_the_documents_title() -> None:
    notes = notes_of(
        "# Tema 2\n\nIntro.\n\n## Atención\n\na\n\n### Máscaras\n\nb\n\n#### Causal\n\nc\n\n## Otra\n\nd"
    )

    assert notes.title == notes.session == "Tema 2"
    assert places(notes) == [
        ("Tema 2", "Tema 2"),
        ("Atención", "Atención"),
        ("Máscaras", "Atención > Máscaras"),
        ("Causal", "Atención > Máscaras > Causal"),
        ("Otra", "Otra"),
    ]


def test_of_many_headings_above_the_nearest_name_a_place() -> None:
    notes = notes_of("\n".join(f"{'#' * level} {'h' * 200}{level}\n\nx" for level in range(1, 7)))

    name = notes.sections[-1].locator.name
    assert name.count(" > ") == 3
    assert len(name) < 400


def test_underlined_headings_are_headings() -> None:
    assert places(notes_of("Uno\n===\n\na\n\nDos\n---\n\nb\n\n- punto\n---\n\nc")) == [("Uno", "Uno"), ("Dos", "Dos")]


def test_bold_lines_are_headings_where_none_is_marked() -> None:
    notes = notes_of(
        "**Qué es**\n\nUna red.\n\n__Cómo funciona__\n\nAsí.\n\n**Nota:** no lo es.\n\n**Tampoco esto.**"
    )

    assert [section.title for section in notes.sections] == ["Qué es", "Cómo funciona"]
    assert [s.title for s in notes_of("# A\n\n**Qué es**\n\nx\n\n**Cómo**\n\ny").sections] == ["A"]


def test_chapters_numbers_make_a_tree() -> None:
    notes = notes_of("1 Introducción\n\na\n\n1.1 Motivación\n\nb\n\n1.2 Plan\n\n1. uno\n2. dos\n\n2 Método\n\nc")

    assert places(notes) == [
        ("1 Introducción", "1 Introducción"),
        ("1.1 Motivación", "1 Introducción > 1.1 Motivación"),
        ("1.2 Plan", "1 Introducción > 1.2 Plan"),
        ("2 Método", "2 Método"),
    ]


@pytest.mark.parametrize(
    "text", ["1. Uno\n\n2. Dos\n\n3. Tres", "1 Uno\n\n1.1 Dos\n\n1 Otra vez\n\n3 Cuatro", "**Solo una**\n\nx"]
)
def test_lists_and_single_bold_lines_are_no_headings(text: str) -> None:
    assert [section.title for section in notes_of(text).sections] == [""]


def test_pages_slides_and_cues_become_notes_at_their_places() -> None:
    (pages,) = build_notes(Pages((Page(3, "texto", None, "Título"),)), "a")
    (slides,) = build_notes(Slides((Slide(4, "Título", "texto", "dicho"),)), "a")
    (cues,) = build_notes(Cues((Cue(5, 6, "Ana", "Hola a todos."),)), "a")

    found = [
        (s.title, s.text, s.notes, s.locator.type, s.locator.start) for d in (pages, slides, cues) for s in d.sections
    ]
    assert found == [
        ("Título", "texto", "", LocatorType.PAGE, 3),
        ("Título", "texto", "dicho", LocatorType.SLIDE, 4),
        ("", "Hola a todos.", "", LocatorType.TIME, 5),
    ]


def test_a_files_own_title_and_date_are_kept() -> None:
    notes = notes_of("# Uno\n\na", Metadata("Otro título", "Ana", "https://a.example", "Clase 3", "2024-03-01"))

    assert (notes.title, notes.author, notes.url, notes.session, notes.date) == (
        "Otro título", "Ana", "https://a.example", "Clase 3", "2024-03-01"
    )  # fmt: skip


@pytest.mark.parametrize("piece", ["# a\n", "=\n", "**a**\n\n", "1.1 A\n\n", "#" * 7, "a\n---\n", "1." * 3, "__a"])
def test_a_long_text_of_one_mark_is_read(piece: str) -> None:
    assert notes_of("Hola\n\n" + piece * (60_000 // len(piece)) + "\n\nfin").sections


def test_pages_are_called_what_their_first_heading_says() -> None:
    pages = (Page(1, "# La red de agua\n\nTexto.\n\n## Partes\n\nMás."), Page(2, "## Usos\n\nOtro."))
    assert build_notes(Pages(pages), "a.pdf")[0].title == "La red de agua"
    chapters = (Page(1, "# Uno\n\nTexto."), Page(2, "# Dos\n\nTexto."))
    assert build_notes(Pages(chapters), "a.pdf")[0].title == ""
    assert build_notes(Pages((Page(1, "Sin título"),)), "a.pdf")[0].title == ""
