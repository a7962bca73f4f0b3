"""Decks of any format: what each slide is for, and slides that lead up to others."""

from __future__ import annotations

import pytest

from ingest.errors import WrongKind
from ingest.formats.blocks import Blocks, Cue, Cues, Page, Pages, Slide, Slides, Table, Text
from ingest.kinds.build import build
from ingest.kinds.repeats import without_repeats
from ingest.kinds.roles import role_of
from ingest.kinds.slides import build_slides
from ingest.model import Document, Kind, Locator, LocatorType, Role, Section


def slide(number: int, title: str, text: str = "", notes: str = "") -> Section:
    return Section(title, Locator(LocatorType.SLIDE, number, number), text, notes=notes)


def deck(*slides: Slide) -> Document:
    (document,) = build_slides(Slides(slides), "a")
    return document


def kept(*sections: Section, rough: bool = False) -> list[int]:
    return [int(section.locator.start) for section in without_repeats(sections, rough)[0]]


@pytest.mark.parametrize(
    "title",
    ["Índice", "Contenidos", "Agenda", "AGENDA DE HOY", "Outline", "Table of contents", "Contenido de la clase",
     "1. Índice", "¿Qué veremos hoy?", "Temario", "Today's agenda", "Índice (II)", "Roadmap",
     "Objetivos de la sesión"],
)  # fmt: skip
def test_an_agenda_is_told_by_its_title(title: str) -> None:
    assert role_of(slide(2, title, "- uno\n- dos")) is Role.AGENDA


@pytest.mark.parametrize(
    "title",
    ["¡Gracias!", "Muchas gracias", "¿Preguntas?", "Thank you!", "Questions?", "Q&A", "Gracias por su atención",
     "Fin", "¡Hasta la próxima!", "Dudas y comentarios", "Thanks for listening"],
)  # fmt: skip
def test_a_farewell_is_told_by_its_title(title: str) -> None:
    assert role_of(slide(30, title, "ana@curso.example")) is Role.CLOSING


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Contenidos semánticos", "texto"),
        ("Preguntas", "- ¿Qué es un token? " * 20),
        ("Preguntas abiertas del campo", "texto"),
        ("Índice invertido", "Una tabla de palabras."),
        ("Referencias", "Autor (2020)"),
        ("Finanzas", "texto"),
        ("Planificación", "texto"),
        ("Agenda-setting", "texto"),
        ("Contacto entre lenguas", "texto"),
    ],
)
def test_a_title_that_only_begins_like_one_is_a_body(title: str, text: str) -> None:
    assert role_of(slide(5, title, text)) is Role.BODY


def test_the_first_slide_is_the_cover_when_little_stands_on_it() -> None:
    cover = deck(Slide(1, "Atención", "Lucía Herrera\n\n2024"), Slide(2, "Consultas", "x"))
    content = deck(Slide(1, "Atención", "- una\n- dos"), Slide(2, "Consultas", "x"))

    assert [section.role for section in cover.sections] == [Role.COVER, Role.BODY]
    assert [section.role for section in content.sections] == [Role.BODY, Role.BODY]
    assert cover.title == "Atención"


def test_a_deck_of_one_slide_has_no_cover() -> None:
    assert [section.role for section in deck(Slide(1, "Atención", "Pesa las palabras")).sections] == [Role.BODY]


def test_a_title_alone_covers_a_part_and_one_that_is_spoken_about_does_not() -> None:
    assert role_of(slide(7, "Segunda parte")) is Role.COVER
    assert role_of(slide(7, "Segunda parte", notes="Contar cómo empezó.")) is Role.BODY


def test_titles_that_go_on_keep_their_own_slides() -> None:
    document = deck(Slide(1, "Atención (I)", "uno"), Slide(2, "Atención (II)", "dos"), Slide(3, "", "tres"))

    assert [section.title for section in document.sections] == ["Atención (I)", "Atención (II)", ""]


def test_the_last_of_an_animations_steps_stays_and_the_others_are_told() -> None:
    steps = [slide(1, "Pasos"), slide(2, "Pasos", "- uno"), slide(3, "Pasos", "- uno\n- dos"), slide(4, "Otra", "x")]

    sections, notices = without_repeats(steps)

    assert [section.locator.start for section in sections] == [3, 4]
    assert [(n.code, dict(n.params)) for n in notices] == [("slide_steps", {"first": "1", "last": "2", "kept": "3"})]


def test_of_steps_that_hold_the_same_words_the_last_stays() -> None:
    assert kept(slide(4, "Pasos", "uno dos"), slide(5, "Pasos", "uno dos"), slide(6, "Pasos", "uno dos")) == [6]


def test_a_slide_that_comes_back_later_is_indexed_where_it_came_first() -> None:
    sections = (
        slide(1, "Partes", "- redes\n- atención"),
        slide(2, "Redes", "x"),
        slide(3, "Partes", "- redes\n- atención"),
    )

    assert kept(*sections) == [1, 2]


def test_formulas_tell_slides_of_one_title_apart() -> None:
    assert kept(slide(1, "Ejemplo", "$a+b=c$"), slide(2, "Ejemplo", "$x+y=z$"), slide(3, "Ejemplo", "$x-y=z$")) == [
        1,
        2,
        3,
    ]


def test_slides_with_words_of_their_own_stay() -> None:
    assert kept(slide(1, "Ejemplo", "uno dos tres"), slide(2, "Ejemplo", "uno dos cuatro cinco")) == [1, 2]


def test_rough_text_is_compared_with_patience() -> None:
    fuller = "una línea leída dos veces por una máquina que se equivoca en alguna letra"
    sections = (
        slide(1, "Corte", fuller.replace("alguna", "a1guna")),
        slide(2, "Otra", "x"),
        slide(3, "Corte", f"{fuller} y más"),
    )

    assert kept(*sections, rough=True) == [2, 3]
    assert kept(*sections) == [1, 2, 3]


def test_steps_without_end_are_merged_in_one_go() -> None:
    steps = [slide(i, "A", " ".join(f"p{j}" for j in range(i % 7))) for i in range(1, 5_000)]

    sections, _ = without_repeats(steps)

    assert 1 <= len(sections) <= 7


EVERY_BLOCK: list[Blocks] = [
    Text("# Uno\n\nalgo\n\n# Dos\n\nmás"),
    Pages((Page(1, "algo", True, "Título"), Page(2, "más"))),
    Slides((Slide(1, "Uno", "algo", "nota"), Slide(2, "", ""))),
    Cues((Cue(0, 1, "Ana", "hola a todos"), Cue(1, 2, "", "seguimos"))),
    Table(("a", "b"), (("uno", "dos"), ("tres", "cuatro"))),
]


@pytest.mark.parametrize("blocks", EVERY_BLOCK, ids=lambda blocks: type(blocks).__name__)
@pytest.mark.parametrize("kind", Kind)
def test_any_blocks_are_read_as_any_kind_or_refused_by_name(blocks: Blocks, kind: Kind) -> None:
    try:
        documents = build(blocks, "a", kind)
    except WrongKind as error:
        assert error.params["kind"] == kind.value in ("summary", "study_guide")
        return

    assert {document.kind for document in documents} == {kind}
    words = " ".join(f"{s.title} {s.text} {s.notes}" for document in documents for s in document.sections)
    assert any(word in words for word in ("algo", "hola", "uno"))
