"""What is a study guide, and what only looks a little like one."""

from __future__ import annotations

import pytest

from ingest.formats.blocks import Cue, Cues, Metadata, Page, Pages, Slide, Slides, Table, Text
from ingest.kinds.build import build
from ingest.kinds.guide_recognition import is_study_guide
from ingest.kinds.recognise import recognise
from ingest.model import Kind

PROSE = (
    "El faro se encendía al caer la tarde y la gente del puerto miraba la luz. Nadie sabía quién lo había hecho, "
    "pero todos contaban una historia distinta sobre la primera noche."
)

GUIDES = {
    "three questions": "1. ¿Qué es un faro?\n\nUna torre con luz.\n\n"
    "2. ¿Quién lo cuida?\n\nEl farero.\n\n3. ¿Y de día?\n\nDuerme.\n",
    "a page of frequent questions": "# Preguntas frecuentes\n\n"
    + "".join(f"## ¿Cómo se visita el faro {n}?\n\n{PROSE}\n\n" for n in range(4)),
    "one in English": "".join(f"### How is lighthouse {n} lit?\n\n{PROSE}\n\n" for n in range(4)),
    "tasks and questions": f"1. ¿Qué es un faro?\n\n{PROSE}\n\n2. Describe el puerto.\n\n"
    f"{PROSE}\n\n3. ¿Quién lo cuida?\n\n{PROSE}\n",
    "one with headings in its answers": "".join(
        f"## {n}. ¿Qué pasó la noche {n}?\n\n{PROSE}\n\n### Contexto\n\n{PROSE}\n\n### Ejemplo\n\nUno.\n\n"
        for n in (1, 2, 3)
    ),
    "one parted by rules": "\n\n---\n\n".join(f"## {n}. ¿Qué pasó la noche {n}?\n\n{PROSE}" for n in (1, 2, 3, 4)),
    "plain questions": "".join(f"¿Cuándo se encendió el faro {n}?\n\n{PROSE}\n\n" for n in range(6)),
    "an interview sheet": "".join(f"P: ¿Qué vio la noche {n}?\nR: {PROSE}\n\n" for n in range(4)),
}
OTHERS = {
    "an article with numbered headings": "# Faros\n\n"
    + "".join(f"## {n}. {title}\n\n{PROSE}\n\n{PROSE}\n\n" for n, title in enumerate(
        ("La luz y su alcance", "¿Por qué giran?", "Los primeros faros", "El oficio", "El futuro"), start=1)),
    "an article whose headings ask now and then": "".join(
        f"## {title}\n\n{PROSE}\n\n"
        for title in ("¿Qué es un faro?", "La luz", "¿Por qué gira?", "Historia", "El oficio", "¿Quién fue?", "Hoy")
    ),
    "notes with some questions": f"# Faros\n\n{PROSE}\n\n## Luz\n\n¿Por qué gira?\n\n{PROSE}\n\n"
    f"## Historia\n\n{PROSE}\n\n¿Quién fue?\n\n{PROSE}\n\n## Oficio\n\n¿Y ahora?\n\n{PROSE}\n",
    "notes that end in questions": f"# Faros\n\n{PROSE}\n\n" * 6
    + "1. ¿Qué es?\n\nNada.\n\n2. ¿Quién?\n\nAna.\n\n3. ¿Dónde?\n\nAquí.\n",
    "questions nobody answers": "".join(f"{n}. ¿Qué pasó la noche {n}?\n" for n in range(1, 9)),
    "a talk": f"{PROSE} ¿Y qué pasó? {PROSE} ¿Quién lo sabe? {PROSE} ¿Nadie? {PROSE}\n\n" * 8,
    "a talk in short lines": "".join(f"{PROSE}\n\n¿Se ve?\n\n{PROSE}\n\n{PROSE}\n\n{PROSE}\n\n" for _ in range(12)),
    "turns of a dialogue": "".join(f"Ana: ¿qué pasó la noche {n}?\nLuis: {PROSE}\n" for n in range(5)),
    "a list of steps": "".join(f"{n}. Calcula el alcance {n} y anótalo.\n\n{PROSE}\n\n" for n in range(1, 6)),
    "two questions": f"1. ¿Qué es un faro?\n\n{PROSE}\n\n2. ¿Quién lo cuida?\n\n{PROSE}\n",
    "an exam's first page over an article": "1. ¿Qué?\n\nA.\n\n2. ¿Cómo?\n\nB.\n\n3. ¿Dónde?\n\n"
    + f"{PROSE}\n\n" * 30,
    "numbered slides": "\n\n---\n\n".join(f"# {n}. {title}\n\n- Uno\n- Dos" for n, title in enumerate(
        ("Luz", "¿Por qué gira?", "Historia", "¿Quién fue?", "Oficio", "Fin"), start=1)),
}  # fmt: skip


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_recognised(name: str) -> None:
    assert recognise(Text(GUIDES[name])) is Kind.STUDY_GUIDE


@pytest.mark.parametrize("name", OTHERS)
def test_what_only_asks_some_questions_is_no_guide(name: str) -> None:
    assert not is_study_guide(Text(OTHERS[name]))
    assert recognise(Text(OTHERS[name])) is not Kind.STUDY_GUIDE


def test_a_deck_that_says_so_is_a_deck_whatever_it_asks() -> None:
    assert recognise(Text(GUIDES["one parted by rules"], Metadata(deck=True))) is Kind.SLIDES


def test_a_lecture_whose_slides_ask_now_and_then_is_a_deck() -> None:
    titles = ("Faros", "1. ¿Qué es un faro?", "2. La luz", "3. ¿Por qué gira?", "4. Historia", "5. ¿Quién fue?")

    assert recognise(Slides(tuple(Slide(n, title, PROSE) for n, title in enumerate(titles, start=1)))) is Kind.SLIDES


def test_a_timed_transcript_is_never_a_guide() -> None:
    cues = tuple(Cue(n, n + 1, "", f"{n}. ¿Qué pasó?") for n in range(1, 9))

    assert recognise(Cues(cues)) is Kind.TRANSCRIPT


def test_a_table_of_talks_is_no_guide() -> None:
    rows = tuple((f"Charla {n}", f"{PROSE} {PROSE}") for n in range(4))

    assert not is_study_guide(Table(("title", "text"), rows))


@pytest.mark.parametrize("name", OTHERS)
def test_a_reader_may_call_anything_with_a_question_a_guide(name: str) -> None:
    if "?" in OTHERS[name].replace("¿Nadie?", ""):
        (document,) = build(Text(f"{OTHERS[name]}\n\n## ¿Y al final?\n\nNada."), "a.md", Kind.STUDY_GUIDE)

        assert document.sections


def shown_page(number: int, title: str, *lines: str) -> Page:
    return Page(number, "\n".join(f"- {line}" for line in lines), landscape=True, title=title)


def test_a_deck_in_landscape_that_asks_in_its_bullets_is_no_guide() -> None:
    pages = tuple(
        shown_page(
            n,
            f"Grafos, parte {n}",
            "Un grafo tiene nodos",
            f"¿Qué guarda el nodo {n}?",
            "Guarda un nombre y su grado",
        )
        for n in range(1, 9)
    )
    assert not is_study_guide(Pages(pages))


def test_a_deck_in_landscape_whose_slides_are_cards_is_a_guide() -> None:
    pages = tuple(shown_page(n, f"¿Qué es la estructura {n}?", "Una forma de guardar elementos") for n in range(1, 7))
    assert is_study_guide(Pages(pages))
