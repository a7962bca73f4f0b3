"""Home: what is due, what there is, and the sample course for an empty library."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.errors import DamagedLibrary
from quizzes.model import Due
from tui.screens.home import last_days


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_home_shows_what_is_due_and_what_there_is(make_app, settle, words, size) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        text = words(app)
        for sentence in (
            "1 pregunta por repasar",
            "2 preguntas sin estrenar",
            "3 documentos",
            "1 juego de diapositivas",
            "1 transcripción",
            "1 guía de estudio",
            "1 sesión",
            "6 pasajes",
            "3 preguntas",
            "Respuestas en 14 días: 4",
            "F5 Biblioteca Tus documentos",
        ):
            assert sentence in text


async def test_enter_goes_to_the_quiz(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.current_mode == "quiz"


async def test_an_empty_library_shows_home_at_once_and_loads_the_sample_course_behind_it(
    make_app, library, settle, words, until
) -> None:
    library.stored.clear()
    library.add_gate.clear()
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "· 0 de" in words(app))
        assert "F3 Preguntar" in words(app)
        await pilot.press("f2", *"su")
        assert app.screen.query_one("#query").value == "su"
        await pilot.press("f1")
        library.add_gate.set()
        await settle(pilot)
        assert len(library.stored) > 3
        assert f"{len(library.stored)} documentos" in words(app)
        assert all(one.course == "Procesamiento del lenguaje natural" for one in library.stored)


async def test_a_library_with_documents_gets_no_samples(make_app, library, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        assert len(library.stored) == 3


async def test_meanings_that_are_missing_are_computed_behind_the_screen(
    make_app, library, settle, words, until
) -> None:
    library.pending = 64
    library.add_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Calculando significados · 0 de 64" in words(app))
        assert "2 preguntas sin estrenar" in words(app)
        library.add_gate.set()
        await settle(pilot)
        assert library.pending == 0
        assert "3 documentos" in words(app)
        assert "Calculando" not in words(app)


async def test_leaving_while_samples_load_ends_the_loading(make_app, library, until, words) -> None:
    library.stored.clear()
    library.add_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: "· 0 de" in words(app))
        await pilot.press("ctrl+q")
    assert library.closed


async def test_a_library_that_breaks_is_told_on_home(make_app, library, settle, words) -> None:
    def broken(course: str = "", kind: str = "") -> tuple[()]:
        raise DamagedLibrary(path="/mi/biblioteca.db", reason="malformed")

    library.documents = broken
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        assert "/mi/biblioteca.db" in words(app)


async def test_nothing_due_tells_when_the_next_question_is(make_app, quizzes, settle, words) -> None:
    due = quizzes.due()
    quizzes.due = lambda: replace(due, due=0, new=0)
    app = make_app("en")
    async with app.run_test() as pilot:
        await settle(pilot)
        assert "The next one is due on 02/03/2026" in words(app)
        assert app.screen.query_one("#start").disabled
    quizzes.due = lambda: Due(0, 0, None)


def test_the_last_days_end_today_and_are_filled_with_zeros() -> None:
    assert last_days((("2026-02-27", 2), ("2026-03-01", 5), ("2020-01-01", 9)), "2026-03-02", 4) == (2, 0, 5, 0)
