"""One guide of six questions in every shape that people use; its questions and answers are always the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.errors import WrongKind
from ingest.formats.blocks import Page, Pages, Slide, Slides, Table, Text
from ingest.kinds.build import build
from ingest.model import Document, Kind, LocatorType

PAIRS = (
    ("¿Qué es la marea?", "Es la subida y bajada del mar.\n\n1. Sube dos veces al día.\n\n2. Baja otras dos."),
    ("¿Por qué sube el mar con la luna llena?", "La **atracción** del Sol y la de la Luna se suman."),
    ("¿Cómo se mide el oleaje?", "Con boyas:\n\n```python\n# altura media\naltura = sum(olas) / len(olas)\n```"),
    ("¿Qué datos da una boya?", "| Dato | Unidad |\n| --- | --- |\n| altura | m |\n| periodo | s |"),
    (
        "¿Cuándo conviene salir a navegar?",
        "- Con viento flojo.\n- Nunca de noche:\n\n> «Mar de noche, puerto».\n\n$$v < 12$$",
    ),
    ("¿Dónde se anota la salida?", "En el libro de a bordo, antes de zarpar, con la hora y el rumbo previsto."),
)
ROMANS = ("I", "II", "III", "IV", "V", "VI")


def built(text: str) -> Document:
    (document,) = build(Text(text), "guia.md", None)
    assert document.kind is Kind.STUDY_GUIDE
    return document


def written(form: Callable[[int, str, str], str]) -> str:
    return "\n\n".join(form(n, question, answer) for n, (question, answer) in enumerate(PAIRS, start=1)) + "\n"


def pairs(document: Document) -> tuple[tuple[str, str], ...]:
    return tuple((section.title, section.text) for section in document.sections)


def codes(document: Document) -> list[str]:
    return [notice.code for notice in document.notices]


NUMBERED = (
    "{n}. {q}", "{n}) {q}", "{n}.- {q}", "{n} - {q}", "{n} – {q}", "({n}) {q}", "{n}\\. {q}", "{n}.º {q}", "{n} {q}",
    "Pregunta {n}: {q}", "Pregunta {n}. {q}", "Pregunta {n}\n\n{q}", "Pregunta nº {n}: {q}", "PREGUNTA {n}\n{q}",
    "**Pregunta {n}**\n\n{q}", "**Pregunta {n}:** {q}", "**Pregunta {n}**: {q}", "**Pregunta {n}**\n{q}",
    "### P{n}: {q}", "P{n}. {q}", "Q{n}. {q}", "Q{n}: {q}", "**Q{n}.** {q}", "## Question {n}: {q}",
    "Ejercicio {n}. {q}",
    "**{n}. {q}**", "**{n}.** {q}", "{n}. **{q}**", "### {n}. {q}", "### {n}.- {q}", "#### **{n}. {q}**",
    "{n}. *{q}*",
    "- {n}. {q}", "### Pregunta {n}\n\n{q}", "__{n}. {q}__", "### {n}\n\n{q}",
)  # fmt: skip
UNNUMBERED = (
    "#### {q}", "## {q}", "**{q}**", "__{q}__", "{q}", "- **{q}**", "Q: {q}", "P: {q}", "**P:** {q}", "Pregunta: {q}",
    "<details>\n<summary>{q}</summary>", "<details>\n<summary><b>{q}</b></summary>",
)  # fmt: skip
LABELS = ("", "R: ", "R.- ", "**R:** ", "Respuesta: ", "**Respuesta:** ", "Respuesta:\n\n", "Answer: ", "Sol.: ",
          "Solución:\n", "### Respuesta\n\n", "**Solución**\n\n", "Respuesta correcta: ", "*Rta:* ")  # fmt: skip


@pytest.mark.parametrize("form", NUMBERED)
def test_numbered_questions_are_found_with_their_printed_numbers(form: str) -> None:
    document = built(written(lambda n, q, a: f"{form.format(n=n, q=q)}\n\n{a}"))

    assert pairs(document) == PAIRS
    assert [section.locator.start for section in document.sections] == [1, 2, 3, 4, 5, 6]
    assert codes(document) == []


@pytest.mark.parametrize("form", UNNUMBERED)
def test_questions_without_numbers_are_counted_and_that_is_told(form: str) -> None:
    end = "\n\n</details>" if "details" in form else ""
    document = built(written(lambda n, q, a: f"{form.format(n=n, q=q)}\n\n{a}{end}"))

    assert pairs(document) == PAIRS
    assert [section.locator.start for section in document.sections] == [1, 2, 3, 4, 5, 6]
    assert all(section.locator.type is LocatorType.QUESTION for section in document.sections)
    assert [(n.code, n.params) for n in document.notices] == [("questions_counted", (("count", "6"),))]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("form", ["{n}. {q}", "### P{n}: {q}", "P: {q}", "**{q}**"])
def test_the_label_of_an_answer_is_not_its_text(form: str, label: str) -> None:
    document = built(written(lambda n, q, a: f"{form.format(n=n, q=q)}\n\n{label}{a}"))

    assert pairs(document) == PAIRS


def test_a_label_with_the_questions_number_goes_and_one_with_another_stays() -> None:
    document = built("P1: ¿Sube?\nR1: Sí.\n\nP2: ¿Baja?\nR2: También.\n\nP3: ¿Y para?\nR7: véase arriba.\n")

    assert [section.text for section in document.sections] == ["Sí.", "También.", "R7: véase arriba."]


@pytest.mark.parametrize("form", ["{r}. {q}", "**{r}. {q}**", "{r}) {q}", "Pregunta {r}. {q}"])
def test_roman_numerals_count(form: str) -> None:
    document = built(written(lambda n, q, a: f"{form.format(r=ROMANS[n - 1], q=q)}\n\n{a}"))

    assert pairs(document) == PAIRS
    assert [section.locator.start for section in document.sections] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("form", ["{c}) {q}", "({c}) {q}", "**{c})** {q}"])
def test_letters_count_where_nothing_else_does(form: str) -> None:
    document = built(written(lambda n, q, a: f"{form.format(c='abcdef'[n - 1], q=q)}\n\n{a}"))

    assert pairs(document) == PAIRS


@pytest.mark.parametrize("form", ["{n} {q}", "{n}. {q}", "### {n} {q}", "**{n}) {q}**", "Pregunta {n}: {q}"])
def test_numbers_in_two_parts_keep_the_last_as_number_and_the_first_as_group(form: str) -> None:
    numbers = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3")
    document = built(written(lambda n, q, a: f"{form.format(n=numbers[n - 1], q=q)}\n\n{a}"))

    assert pairs(document) == PAIRS
    assert [(s.locator.name, s.locator.start) for s in document.sections] == [
        ("1", 1), ("1", 2), ("1", 3), ("2", 1), ("2", 2), ("2", 3)
    ]  # fmt: skip
    assert codes(document) == []


@pytest.mark.parametrize(
    "heading", ["## Tema {g}", "Tema {g}: el mar", "**Sesión {g}. Olas**", "TEMA {g}", "### Parte {g}"]
)
def test_numbering_may_start_again_under_each_topic(heading: str) -> None:
    text = "".join(
        ("" if n not in (1, 4) else heading.format(g="12"[n // 4]) + "\n\n") + f"{(n - 1) % 3 + 1}. {q}\n\n{a}\n\n"
        for n, (q, a) in enumerate(PAIRS, start=1)
    )

    document = built(text)

    assert pairs(document) == PAIRS
    assert [section.locator.start for section in document.sections] == [1, 2, 3, 1, 2, 3]
    assert len({section.locator.name for section in document.sections}) == 2
    assert codes(document) == []


def test_numbering_may_start_again_without_any_heading() -> None:
    document = built(written(lambda n, q, a: f"{(n - 1) % 3 + 1}. {q}\n\n{a}\n\nFin."))

    assert [section.locator.start for section in document.sections] == [1, 2, 3, 1, 2, 3]
    assert codes(document) == []


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_guide_without_empty_lines_is_read_too(between: str) -> None:
    plain = [(q, a) for q, a in PAIRS if "\n" not in a] * 3
    text = between.join(f"{n}. {q[:-1]} {n}?\n{a}" for n, (q, a) in enumerate(plain, start=1))

    document = built(text)

    assert [section.locator.start for section in document.sections] == list(range(1, len(plain) + 1))
    assert [section.text for section in document.sections] == [a for _, a in plain]


def test_a_stem_may_go_on_over_several_lines() -> None:
    document = built(
        "1. ¿Qué diferencia hay entre la marea viva\ny la marea muerta cuando hay\nluna nueva?\n\nUna es mayor.\n\n"
        "2. Un barco sale con viento del norte\ny vuelve de noche. ¿Qué rumbo lleva?\n\nSur.\n\n"
        "**3. ¿Y si el viento\nrola al este?**\n\nOeste.\n\n4. ¿Cuándo para?\n\nAl alba.\n"
    )

    assert [section.title for section in document.sections] == [
        "¿Qué diferencia hay entre la marea viva y la marea muerta cuando hay luna nueva?",
        "Un barco sale con viento del norte y vuelve de noche. ¿Qué rumbo lleva?",
        "¿Y si el viento rola al este?",
        "¿Cuándo para?",
    ]
    assert [section.text for section in document.sections] == ["Una es mayor.", "Sur.", "Oeste.", "Al alba."]


def test_a_question_that_lost_its_bold_is_still_the_next_one() -> None:
    document = built(written(lambda n, q, a: f"{n}. {q}\n\n{a}" if n in (3, 6) else f"**{n}. {q}**\n\n{a}"))

    assert pairs(document) == PAIRS


def test_a_markdown_table_of_questions_is_a_guide() -> None:
    rows = "".join(
        f"| {n} | {q} | {' '.join(a.split()[:6]).replace('|', '/')} |\n" for n, (q, a) in enumerate(PAIRS, 5)
    )

    document = built(f"# Repaso del mar\n\n| Nº | Pregunta | Respuesta |\n|---|:--|---|\n{rows}")

    assert [section.title for section in document.sections] == [q for q, _ in PAIRS]
    assert document.sections[1].text == "La **atracción** del Sol y la"
    assert [section.locator.start for section in document.sections] == [5, 6, 7, 8, 9, 10]
    assert document.title == "Repaso del mar"


@pytest.mark.parametrize(
    "columns", [("Pregunta", "Respuesta"), ("question", "answer"), ("Término", "Definición"), ("Front", "Back")]
)
def test_a_table_file_of_questions_is_a_guide(columns: tuple[str, str]) -> None:
    (document,) = build(Table(columns, PAIRS), "tarjetas.csv", None)

    assert document.kind is Kind.STUDY_GUIDE
    assert pairs(document) == PAIRS
    assert codes(document) == ["questions_counted"]


def test_a_table_without_names_is_a_guide_when_its_first_column_asks() -> None:
    (document,) = build(Table(PAIRS[0], PAIRS[1:]), "tarjetas.csv", None)

    assert pairs(document) == PAIRS


def test_other_columns_of_a_table_are_groups_or_stay_with_the_answer() -> None:
    rows = tuple((f"Tema {n % 2}", q, a, "p. 3" if n == 1 else "") for n, (q, a) in enumerate(PAIRS))

    (document,) = build(Table(("Tema", "Pregunta", "Respuesta", "Libro"), rows), "tarjetas.csv", None)

    assert [section.locator.name for section in document.sections] == ["Tema 0", "Tema 1"] * 3
    assert document.sections[1].text == f"{PAIRS[1][1]}\n\nLibro: p. 3"


def test_cards_on_lines_are_a_guide() -> None:
    cards = "marea :: subida y bajada del mar\nboya :: flotador anclado\n¿Qué es el rumbo?::La dirección del barco\n"

    document = built(cards)

    assert pairs(document)[2] == ("¿Qué es el rumbo?", "La dirección del barco")
    assert len(document.sections) == 3


def test_slides_that_ask_and_answer_are_a_guide() -> None:
    slides = (Slide(1, "El mar", "Repaso"), *(Slide(n, q, a) for n, (q, a) in enumerate(PAIRS, start=2)))

    (document,) = build(Slides(slides), "mar.pptx", None)

    assert document.kind is Kind.STUDY_GUIDE
    assert pairs(document) == PAIRS


def test_pages_with_wrapped_lines_are_a_guide() -> None:
    first = "Guía del mar\n1. ¿Qué es la marea?\nLa subida y bajada\ndel mar.\n2. ¿Por qué sube "
    first += "el mar cuando hay\nluna llena?"
    second = "La Luna atrae el agua.\n1. De un lado.\n2. Del otro.\n3. ¿Cómo se mide?\nCon boyas."

    (document,) = build(Pages((Page(1, first, False), Page(2, second, False))), "mar.pdf", None)

    assert pairs(document) == (
        ("¿Qué es la marea?", "La subida y bajada\ndel mar."),
        ("¿Por qué sube el mar cuando hay luna llena?", "La Luna atrae el agua.\n1. De un lado.\n2. Del otro."),
        ("¿Cómo se mide?", "Con boyas."),
    )
    assert document.title == "Guía del mar"


def test_a_fold_with_the_answer_opens_and_its_caption_goes() -> None:
    fold = "<details>\n<summary>Ver respuesta</summary>\n\n{a}\n\n</details>"
    document = built(written(lambda n, q, a: f"{n}. {q}\n\n{fold.format(a=a)}"))

    assert pairs(document) == PAIRS


def test_options_with_an_answer_behind_them_belong_to_the_stem() -> None:
    options = "a) El viento.\nb) La Luna.\nc) Los peces."
    document = built(
        f"1. ¿Qué mueve la marea?\n{options}\n\nRespuesta: b\n\n2. ¿Qué mueve las olas?\n\n{options}\n\n"
        f"**R: a) El viento.** Roza el agua.\n\n3. ¿Qué partes tiene un puerto?\n\na) Muelle.\nb) Dique.\n\n"
        f"4. ¿Qué mueve el barco?\n\n{options}\n"
    )

    assert pairs(document) == (
        ("¿Qué mueve la marea? a) El viento. b) La Luna. c) Los peces.", "b) La Luna."),
        ("¿Qué mueve las olas? a) El viento. b) La Luna. c) Los peces.", "a) El viento. Roza el agua."),
        ("¿Qué partes tiene un puerto?", "a) Muelle.\nb) Dique."),
        ("¿Qué mueve el barco?", options),
    )


def test_words_above_the_first_question_are_the_title_or_told() -> None:
    document = built("Repaso de náutica\n\nLee todo dos veces.\n\n" + written(lambda n, q, a: f"{n}. {q}\n\n{a}"))

    assert document.title == "Repaso de náutica"
    assert [(n.code, n.params) for n in document.notices] == [("guide_preface_skipped", (("count", "4"),))]


def test_bold_questions_inside_numbered_answers_stay_there_however_many() -> None:
    inner = "**¿Y de noche?**\n\nIgual.\n\n**¿Y con niebla?**\n\nNo se sale."
    document = built(written(lambda n, q, a: f"{n}. {q}\n\n{a}\n\n{inner}"))

    assert pairs(document) == tuple((q, f"{a}\n\n{inner}") for q, a in PAIRS)


def test_two_lines_with_double_colons_are_no_cards() -> None:
    with pytest.raises(WrongKind):
        build(Text("std::vector\nuno :: dos\n"), "a.md", Kind.STUDY_GUIDE)
