"""Solutions apart from their questions, and an index above them: all told once, in its place."""

from __future__ import annotations

import pytest

from ingest.formats.blocks import Text
from ingest.kinds.build import build
from ingest.kinds.guide_index import index_of
from ingest.model import Document, Kind

STEMS = (
    "¿Qué es una brújula?",
    "¿Qué es un sextante?",
    "¿Cómo se traza un rumbo?",
    "¿Cuándo se corrige la aguja?",
    "¿Quién lleva la guardia?",
)
ANSWERS = (
    "Una aguja que mira al norte.",
    "Mide ángulos:\n\n1. Se mira el Sol.\n\n2. Se baja al horizonte.\n\n3. Se lee.",
    "Con regla y compás.\n\n| Paso | Útil |\n| --- | --- |\n| uno | regla |",
    "Al pasar cerca de hierro.",
    "El oficial de turno.",
)


def built(text: str, kind: Kind | None = None) -> Document:
    (document,) = build(Text(text), "guia.md", kind)
    assert document.kind is Kind.STUDY_GUIDE
    return document


def listed(form: str, items: tuple[str, ...], start: int = 1) -> str:
    return "".join(form.format(n=n, x=x) + "\n\n" for n, x in enumerate(items, start=start))


def told(document: Document) -> list[tuple[str, str]]:
    return [(notice.code, notice.where or notice.params[0][1]) for notice in document.notices]


@pytest.mark.parametrize(
    "heading",
    ["## Soluciones", "# Respuestas", "Soluciones", "**Respuestas**", "SOLUCIONES:", "## Answers", "### Answer key",
     "Solucionario", "## Respuestas a las preguntas", "Clave de respuestas", "__Respuestas correctas:__"],
)  # fmt: skip
@pytest.mark.parametrize(
    "form", ["{n}. {x}", "{n}) {x}", "**{n}.** {x}", "Respuesta {n}: {x}", "### {n}. {x}", "R{n}: {x}"]
)
def test_solutions_at_the_end_join_their_questions_by_number(heading: str, form: str) -> None:
    document = built(f"# Náutica\n\n{listed('{n}. {x}', STEMS)}{heading}\n\n{listed(form, ANSWERS)}")

    assert tuple((s.title, s.text) for s in document.sections) == tuple(zip(STEMS, ANSWERS, strict=True))
    assert told(document) == [("solutions_joined", "5")]
    assert document.title == "Náutica"


def test_questions_in_a_tight_list_have_their_solutions_too() -> None:
    questions = "\n".join(f"{n}. {stem}" for n, stem in enumerate(STEMS, start=1))

    document = built(f"{questions}\n\nSoluciones\n\n{listed('{n}. {x}', ANSWERS)}")

    assert [s.text for s in document.sections] == list(ANSWERS)


def test_what_has_no_counterpart_is_told() -> None:
    answers = "1. Una aguja.\n\n3. Con regla.\n\n4. Cerca de hierro.\n\n5. El oficial.\n\n6. La tormenta.\n"

    document = built(f"{listed('{n}. {x}', STEMS)}## Soluciones\n\n{answers}")

    assert [s.text for s in document.sections] == ["Una aguja.", "", "Con regla.", "Cerca de hierro.", "El oficial."]
    assert told(document) == [("solutions_joined", "4"), ("solution_unmatched", "6"), ("question_unanswered", "2")]


@pytest.mark.parametrize(
    "key",
    ["1. b\n2. a\n3. c\n4. a\n5. b", "1-b, 2-a, 3-c, 4-a, 5-b", "1b 2a 3c 4a 5b", "1) B; 2) A; 3) C; 4) A; 5) B"],
)
def test_a_key_of_letters_gives_each_question_its_option(key: str) -> None:
    options = "a) Uno\nb) Dos\nc) Tres"
    questions = "".join(f"{n}. {stem}\n\n{options}\n\n" for n, stem in enumerate(STEMS, start=1))

    document = built(f"{questions}## Respuestas\n\n{key}\n")

    assert [s.text for s in document.sections] == ["b) Dos", "a) Uno", "c) Tres", "a) Uno", "b) Dos"]
    assert document.sections[0].title == "¿Qué es una brújula? a) Uno b) Dos c) Tres"


def test_solutions_of_each_topic_belong_to_its_own_questions() -> None:
    text = "".join(
        f"## Tema {topic}\n\n{listed('{n}. {x}', tuple(f'{s[:-1]} {topic}?' for s in STEMS[:3]))}"
        f"### Soluciones\n\n{listed('{n}. {x}', tuple(f'{topic}: {a}' for a in ANSWERS[:3]))}"
        for topic in ("uno", "dos")
    )

    document = built(text)

    assert [s.text[:4] for s in document.sections] == ["uno:", "uno:", "uno:", "dos:", "dos:", "dos:"]
    assert [s.locator.name for s in document.sections] == ["Tema uno"] * 3 + ["Tema dos"] * 3
    assert told(document) == [("solutions_joined", "6")]


def test_solutions_at_the_end_of_topics_that_number_anew_are_told_apart() -> None:
    questions = "".join(
        f"## Tema {t}\n\n{listed('{n}. {x}', tuple(f'{s[:-1]} {t}?' for s in STEMS[:3]))}" for t in "12"
    )
    answers = "".join(f"### Tema {t}\n\n{listed('{n}. {x}', (f'A{t}', f'B{t}', f'C{t}'))}" for t in "12")

    document = built(f"{questions}## Soluciones\n\n{answers}", Kind.STUDY_GUIDE)

    assert [s.text for s in document.sections] == ["A1", "B1", "C1", "A2", "B2", "C2"]


def test_a_solution_that_repeats_its_question_says_it_once() -> None:
    answers = "".join(
        f"{n}. **{stem}**\n\n{answer}\n\n" for n, (stem, answer) in enumerate(zip(STEMS, ANSWERS, strict=True), 1)
    )

    document = built(f"{listed('{n}. {x}', STEMS)}## Soluciones\n\n{answers}")

    assert tuple((s.title, s.text) for s in document.sections) == tuple(zip(STEMS, ANSWERS, strict=True))


def test_a_heading_called_answers_in_an_answer_stays_there() -> None:
    text = "".join(
        f"{n}. {s}\n\nTiene dos:\n\n### Respuestas\n\n1. Sí.\n\n2. No.\n\n" for n, s in enumerate(STEMS, 1)
    )

    document = built(text)

    assert [s.title for s in document.sections] == list(STEMS)
    assert all(s.text == "Tiene dos:\n\n### Respuestas\n\n1. Sí.\n\n2. No." for s in document.sections)


INDEXES = {
    "numbers": "{n}. {x}",
    "dots and pages": "{n}. {x} ........ {n}",
    "spaced dots": "{n}. {x} . . . . . {n}",
    "a page alone": "{n}. {x} {n}",
    "a tab": "{n}. {x}\t{n}",
    "links": "- [{n}. {x}](#pregunta-{n})",
    "links without numbers": "{n}. [{x}](#q{n})",
    "bullets": "- {x}",
    "bold": "**{n}.** {x} … p. {n}",
}


@pytest.mark.parametrize("title", ["# Índice\n\n", "Contenido:\n\n", "**Preguntas**\n\n", ""])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("name", INDEXES)
def test_an_index_is_no_second_set_of_questions(name: str, between: str, title: str) -> None:
    index = between.join(INDEXES[name].format(n=n, x=stem) for n, stem in enumerate(STEMS, start=1))
    body = "".join(f"{n}. {s}\n\n{a}\n\n" for n, (s, a) in enumerate(zip(STEMS, ANSWERS, strict=True), start=1))

    document = built(f"{title}{index}\n\n{body}")

    assert tuple((s.title, s.text) for s in document.sections) == tuple(zip(STEMS, ANSWERS, strict=True))
    assert [s.locator.start for s in document.sections] == [1, 2, 3, 4, 5]
    assert told(document) == [("guide_index_skipped", "5")]


def test_an_index_of_headings_with_topics_is_recognised() -> None:
    index = "Índice\n\nTema 1. Aparatos ... 2\n- ¿Qué es una brújula? ... 2\n- ¿Qué es un sextante? ... 3\n"
    index += "Tema 2. Rumbos ... 4\n- ¿Cómo se traza un rumbo? ... 5\n"
    body = f"## Tema 1. Aparatos\n\n### {STEMS[0]}\n\n{ANSWERS[0]}\n\n### {STEMS[1]}\n\n{ANSWERS[1]}\n\n"
    body += f"## Tema 2. Rumbos\n\n### {STEMS[2]}\n\n{ANSWERS[2]}\n"

    document = built(f"{index}\n{body}")

    assert [(s.title, s.locator.name) for s in document.sections] == [
        (STEMS[0], "Tema 1. Aparatos"), (STEMS[1], "Tema 1. Aparatos"), (STEMS[2], "Tema 2. Rumbos")
    ]  # fmt: skip
    assert told(document) == [("guide_index_skipped", "3"), ("questions_counted", "3")]


def test_a_question_that_only_the_index_has_is_told() -> None:
    index = listed("{n}. {x}", (*STEMS[:2], "¿Qué es un nudo?", *STEMS[2:]))
    body = "".join(f"{n}. {s}\n\n{a}\n\n" for n, s, a in zip((1, 2, 4, 5, 6), STEMS, ANSWERS, strict=True))

    document = built(f"# Índice\n\n{index}{body}")

    assert told(document) == [
        ("guide_index_skipped", "5"), ("index_question_missing", "¿Qué es un nudo?"), ("question_missing", "3")
    ]  # fmt: skip


def test_a_question_asked_again_later_is_no_index() -> None:
    lines = f"1. {STEMS[0]}\n\nUna.\n\n2. {STEMS[1]}\n\nDos.\n\n3. {STEMS[0]}\n\nTres.\n\n4. {STEMS[1]}\n".split("\n")

    assert index_of(lines).end == 0


def test_comments_on_the_answers_at_the_end_are_not_solutions() -> None:
    body = "".join(f"{n}. {s}\n\n{a}\n\n" for n, (s, a) in enumerate(zip(STEMS, ANSWERS, strict=True), start=1))

    document = built(f"{body}## Respuestas comentadas\n\n1. Bien.\n\n2. Mal.\n\n3. Bien.\n")

    assert [s.text for s in document.sections[:4]] == list(ANSWERS[:4])
    assert document.sections[4].text.endswith("1. Bien.\n\n2. Mal.\n\n3. Bien.")
