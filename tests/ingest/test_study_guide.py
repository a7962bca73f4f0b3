"""Which numbered lines are questions, whatever the guide looks like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import read
from ingest.errors import WrongKind
from ingest.formats.blocks import Text
from ingest.kinds.build import build
from ingest.kinds.guide_shapes import shape_of
from ingest.model import Document, Kind


def numbers(text: str) -> list[int]:
    return [question.number for question in shape_of(text.split("\n")).questions]


def guide(folder: Path, text: str) -> Document:
    (folder / "guia.md").write_text(text, encoding="utf-8")
    (document,) = read(folder / "guia.md")
    return document


@pytest.mark.parametrize(
    "form",
    ["{n}. {q}", "{n}) {q}", "**{n}. {q}**", "**{n}.** {q}", "{n}. **{q}**", "### {n}. {q}", "## Pregunta {n}: {q}"],
)
def test_questions_are_found_in_every_usual_form_among_numbered_answers(form: str) -> None:
    answer = "\n\nPrimero:\n\n1. Abrir la llave.\n2. Esperar.\n\nLuego:\n\n1. Cerrar.\n\n2. Medir.\n\n3. Anotar.\n\n"
    text = "".join(form.format(n=n, q=f"¿Cómo se llena el tanque {n}?") + answer for n in range(1, 8))

    assert numbers(text) == [1, 2, 3, 4, 5, 6, 7]


def test_a_list_of_questions_inside_an_answer_is_not_the_guides() -> None:
    text = (
        "1. ¿Qué revisar?\n\n1. ¿Está seco?\n\n2. ¿Está limpio?\n\n2. ¿Y después?\n\nNada.\n\n3. ¿Cuándo?\n\nHoy.\n"
    )

    questions = shape_of(text.split("\n")).questions

    assert [(q.number, q.stem) for q in questions] == [(1, "¿Qué revisar?"), (2, "¿Y después?"), (3, "¿Cuándo?")]


def test_steps_in_the_imperative_inside_an_answer_are_not_the_guides() -> None:
    steps = "1. Calcula el área.\n\n2. Anota el dato.\n\n3. Compara con ayer.\n\n"
    text = f"1. ¿Cómo se mide?\n\n{steps}2. ¿Y si llueve?\n\nIgual.\n"

    assert numbers(text) == [1, 2]


def test_tasks_without_question_marks_count_when_they_go_on_with_the_numbering() -> None:
    tasks = "2. Describí el lago.\n\n1. Hondo\n2. Frío\n\n3. El ciclo del agua y sus tres pasos\n\nB.\n"
    text = f"1. ¿Qué es?\n\nA.\n\n{tasks}"

    assert numbers(text) == [1, 2, 3]


def test_lost_and_repeated_numbers_are_kept_and_told(tmp_path: Path) -> None:
    text = "".join(
        f"{n}. ¿Qué es {n}{x}?\n\nEs {n}.\n\n" for n, x in [(1, ""), (2, ""), (2, "b"), (3, ""), (6, ""), (7, "")]
    )

    document = guide(tmp_path, text)

    assert [s.locator.start for s in document.sections] == [1, 2, 2, 3, 6, 7]
    assert [(n.code, n.where) for n in document.notices] == [
        ("question_missing", "4"),
        ("question_missing", "5"),
        ("question_repeated", "2"),
    ]


def test_group_headings_name_the_group_and_belong_to_no_answer(tmp_path: Path) -> None:
    document = guide(
        tmp_path,
        "# Guía de ríos\n\n## Sesión 1. Agua\n\n1. ¿Qué es?\n\nUno.\n\n2. ¿Dónde?\n\nDos.\n\n### Detalle\n\nMás.\n\n"
        "## Sesión 2. Barro\n\n3. ¿Cuándo?\n\nTres.\n",
    )

    assert document.title == "Guía de ríos"
    assert [(s.text, s.locator.name) for s in document.sections] == [
        ("Uno.", "Sesión 1. Agua"),
        ("Dos.\n\n### Detalle\n\nMás.", "Sesión 1. Agua"),
        ("Tres.", "Sesión 2. Barro"),
    ]
    assert document.notices == ()


def test_numbering_that_starts_again_in_each_group_repeats_nothing(tmp_path: Path) -> None:
    document = guide(
        tmp_path,
        "".join(f"## Tema {g}\n\n" + "".join(f"{n}. ¿Y {g}{n}?\n\nSí.\n\n" for n in (1, 2, 3)) for g in "AB"),
    )

    assert [s.locator.start for s in document.sections] == [1, 2, 3, 1, 2, 3]
    assert document.notices == ()


def test_an_unanswered_question_is_kept_and_told(tmp_path: Path) -> None:
    document = guide(tmp_path, "1. ¿Uno?\n\nSí.\n\n2. ¿Dos?\n\n3. ¿Tres?\n\nNo.\n")

    assert [(n.code, n.where) for n in document.notices] == [("question_unanswered", "2")]


def test_numbers_in_code_are_code(tmp_path: Path) -> None:
    document = guide(
        tmp_path, "1. ¿Uno?\n\n```\n2. ¿esto no?\n```\n\n2. ¿Dos?\n\nSí.\n\n3. ¿Tres?\n\nRespuesta: claro.\n"
    )

    assert [s.title for s in document.sections] == ["¿Uno?", "¿Dos?", "¿Tres?"]
    assert document.sections[2].text == "claro."


def test_markdown_of_answers_stays(tmp_path: Path) -> None:
    body = "| a | b |\n|---|---|\n| **1** | `x` |\n\n```python\nprint('o Hola')\n```\n\n$$x^2$$"

    document = guide(tmp_path, f"1. ¿Uno?\n\n{body}\n\n2. ¿Dos?\n\nSí.\n\n3. ¿Tres?\n\nNo.\n")

    assert document.kind is Kind.STUDY_GUIDE
    assert document.sections[0].text == body


@settings(max_examples=60)
@given(st.lists(st.integers(0, 4), min_size=3, max_size=40))
def test_any_guide_with_lists_in_its_answers_is_counted_right(items: list[int]) -> None:
    text = "".join(
        f"{n}. ¿Qué pasa con {n}?\n\nVéase:\n\n" + "".join(f"{i}. Paso\n\n" for i in range(1, length + 1))
        for n, length in enumerate(items, start=1)
    )

    assert numbers(text) == list(range(1, len(items) + 1))


PIECES = (
    "1. ¿Qué?\n\n",
    "2) ¿Cómo?\n",
    "## 3. ",
    "**4.** ",
    "Pregunta 5: ",
    "Q: ",
    "a) ",
    "II. ",
    "1.2 ",
    "¿Y eso?\n",
    "Explica.\n",
    "R: ",
    "## Soluciones\n",
    "Índice\n",
    "| Pregunta | Respuesta |\n|---|---|\n",
    "| ¿a? | b |\n",
    "a :: b\n",
    "<details>",
    "<summary>¿Qué?</summary>\n",
    "Copiar código\n",
    "python\n",
    "```\n",
    "x = 1\n",
    "\n\n",
    "\n",
    "Tema 2\n\n",
    "prosa ",
    "x_ix_i",
    "\\frac",
    "(ABC)",
    "**",
    "es un ",
    "...... 3\n",
    "- ",
    "\t",
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_mixture_of_what_guides_are_made_of_is_read_or_refused(text: str) -> None:
    try:
        (document,) = build(Text(text), "guia.md", Kind.STUDY_GUIDE)
    except WrongKind:
        return
    assert document.sections
    for i, section in enumerate(document.sections):
        assert section.locator.start >= 0
        assert "\n" not in section.title
        assert all(i in document.sections[other].twins for other in section.twins)


WORDS_OF_ANSWERS = st.lists(
    st.sampled_from(
        ["olas", "viento", "norte.", "¿puerto?", "1.", "2)", "a)", "##", "**faro**", "- mar", "R:", "\n\n", "\n"]
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS_OF_ANSWERS, min_size=3, max_size=8))
def test_no_word_below_the_first_question_is_lost(answers: list[list[str]]) -> None:
    text = "".join(f"Pregunta {n}: ¿Qué dice el parte {n}?\n\n{' '.join(a)}\n\n" for n, a in enumerate(answers, 1))

    (document,) = build(Text(text), "guia.md", Kind.STUDY_GUIDE)

    groups = {section.locator.name for section in document.sections}
    whole = " ".join([*groups, *(f"{section.title} {section.text}" for section in document.sections)])
    for word in ("olas", "viento", "norte", "puerto", "faro", "mar"):
        assert len(re.findall(rf"\b{word}\b", whole)) == len(re.findall(rf"\b{word}\b", text))
