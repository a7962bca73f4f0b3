"""A guide that is edited, renamed or sorted anew keeps the reviews of the questions that stayed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.model import Kind
from kb.library import AddOptions, Library
from quizzes.bank import Bank
from quizzes.model import Grade, QuizKind, Review

THINGS = ("pila", "cola", "lista", "tabla")
NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)
GUIDE = AddOptions(course="PLN", kind=Kind.STUDY_GUIDE)


def guide(*things: str, title: str = "Guía de estudio") -> str:
    return f"# {title}\n\n" + "\n\n".join(
        f"{n}. ¿Qué es una {thing}?\n\nUna {thing} es una estructura con su propio orden."
        for n, thing in enumerate(things, start=1)
    )


def reviewed(bank: Bank) -> set[str]:
    return {
        asked.stem.removeprefix("¿Qué es una ").removesuffix("?") for asked in bank.questions() if bank.card(asked.id)
    }


@pytest.mark.parametrize("change", ["sorted", "retitled", "renamed", "grown", "answered anew"])
def test_an_edit_keeps_the_reviews_of_what_stayed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "guia.md"
    path.write_text(guide(*THINGS))
    library = Library.open(tmp_path / "library.db", encoder=None, generator=None, clock=lambda: 0.0)
    bank = Bank(library.database)
    library.add([path], GUIDE)
    bank.sync()
    for asked in bank.questions():
        bank.record(Review(asked.id, Grade.GOOD, QuizKind.FLASHCARD, NOW, 1000))
    before = {asked.id for asked in bank.questions()}
    match change:
        case "sorted":
            path.write_text(guide(*reversed(THINGS)))
        case "retitled":
            path.write_text(guide(*THINGS, title="Preguntas del curso"))
        case "renamed":
            path = path.rename(tmp_path / "preguntas.md")
        case "grown":
            path.write_text(guide("matriz", *THINGS))
        case _:
            path.write_text(guide(*THINGS).replace("propio orden", "propio orden y su propio coste"))
    library.add([path], GUIDE)
    bank.sync()
    assert reviewed(bank) == set(THINGS)
    assert before <= {asked.id for asked in bank.questions()}
    assert len(library.documents()) == 1
    library.close()
