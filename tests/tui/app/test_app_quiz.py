"""Playing a quiz: every answer is on the disk before the next question shows."""

from __future__ import annotations

import pytest

from kb.errors import DiskFull
from quizzes.errors import NoQuestions
from quizzes.model import Grade
from tui.screens.quiz import Stage


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_flashcard_is_recalled_revealed_and_graded(make_app, quizzes, settle, shown, size) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f4")
        await settle(pilot)
        assert "1 pregunta por repasar · 2 preguntas sin estrenar" in shown(app)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert "Pregunta 1 de 3 · 0 bien" in shown(app)
        assert "¿Qué hace la función de activación?" in shown(app)
        assert "Decide cuánto" not in shown(app)
        await pilot.press("3")
        assert quizzes.written == []
        await pilot.press("space")
        await settle(pilot)
        assert "Decide cuánto responde" in shown(app)
        await pilot.press("3")
        await settle(pilot)
        assert quizzes.written == [("q1", Grade.GOOD)]
        assert "Pregunta 2 de 3 · 1 bien" in shown(app)
        assert "¿Qué separa un perceptrón?" in shown(app)


async def test_the_next_question_waits_for_the_disk(make_app, quizzes, settle, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        quizzes.disk_gate.clear()
        await pilot.press("space", "4", "4", "1")
        await pilot.pause()
        assert "¿Qué separa un perceptrón?" not in shown(app)
        assert app.screen.stage is Stage.BUSY
        quizzes.disk_gate.set()
        await settle(pilot)
        assert "¿Qué separa un perceptrón?" in shown(app)
        assert quizzes.written == [("q1", Grade.EASY)]


async def test_an_answer_that_cannot_be_written_is_told_and_asked_again(make_app, quizzes, settle, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        quizzes.failure = DiskFull(path="/lleno/biblioteca.db")
        await pilot.press("space", "3")
        await settle(pilot)
        assert any("/lleno/biblioteca.db" in note.message for note in app._notifications)
        assert app.screen.stage is Stage.REVEALED
        quizzes.failure = None
        await pilot.press("3")
        await settle(pilot)
        assert quizzes.written == [("q1", Grade.GOOD)]


@pytest.mark.parametrize("keys", [["b"], ["down", "enter"]])
async def test_a_right_choice_is_told_with_the_reference_answer(make_app, quizzes, settle, shown, keys) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await choose_multiple_choice(pilot, settle)
        await pilot.press(*keys)
        await settle(pilot)
        assert quizzes.written == [("q1", 1)]
        assert "Correcto. Vuelve a tocar el 05/03/2026." in shown(app)
        assert "Decide cuánto responde" in shown(app)
        await pilot.press("enter")
        await settle(pilot)
        assert "Pregunta 2 de 3 · 1 bien" in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_wrong_choice_names_the_right_one_and_comes_again(make_app, quizzes, settle, shown, size) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await choose_multiple_choice(pilot, settle)
        await pilot.press("d")
        await settle(pilot)
        assert "No: la correcta es la b. Volverá a salir al final." in shown(app)
        assert quizzes.written == [("q1", 3)]
        await pilot.press("enter")
        await settle(pilot)
        assert "Pregunta 2 de 4 · 0 bien" in shown(app)


async def test_a_click_answers_too(make_app, quizzes, settle, shown) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await choose_multiple_choice(pilot, settle)
        await pilot.click("#options", offset=(4, 1))
        await settle(pilot)
        assert quizzes.written == [("q1", 1)]
        await pilot.click("#next")
        await settle(pilot)
        assert "Pregunta 2 de 3" in shown(app)


async def test_the_notes_behind_an_answer_open(make_app, settle, shown, words, until) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        await pilot.press("v")
        await settle(pilot)
        assert len(app.screen_stack) == 1
        await pilot.press("space", "v")
        await settle(pilot)
        assert len(app.screen_stack) == 2
        await until(pilot, lambda: "sin ella, la red sería lineal" in words(app))
        await pilot.press("escape", "3")
        await settle(pilot)
        assert "Pregunta 2 de 3" in shown(app)


async def test_the_end_sums_up_and_lists_what_was_wrong(make_app, quizzes, settle, shown, words, until) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        for grade in "13331":
            await pilot.press("space", grade)
            await settle(pilot)
        text = shown(app)
        assert "Terminado: 2 de 3 bien" in text
        assert "Todas tus respuestas están guardadas." in text
        assert "¿Qué hace la función de activación?" in text
        assert "¿Qué separa un perceptrón?" not in text
        assert len(quizzes.written) == 4
        await pilot.press("enter")
        await settle(pilot)
        await until(pilot, lambda: "sin ella, la red sería lineal" in words(app))
        await pilot.press("escape", "r")
        await settle(pilot)
        assert "Pregunta 1 de 3" in shown(app)


async def test_leaving_in_the_middle_loses_nothing(make_app, quizzes, settle, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        await pilot.press("space", "2")
        await settle(pilot)
        await pilot.press("f1", "f4")
        await settle(pilot)
        assert "Pregunta 2 de 3 · 1 bien" in shown(app)
        await pilot.press("escape")
        await settle(pilot)
        assert "Terminado: 1 de 1 bien" in shown(app)
        assert quizzes.written == [("q1", Grade.HARD)]
        await pilot.press("escape")
        await settle(pilot)
        assert "¿Cómo quieres repasar?" in shown(app)


async def test_without_questions_the_quiz_says_what_to_do(make_app, quizzes, settle, shown) -> None:
    quizzes.failure = NoQuestions()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "Añade una guía de estudio en la Biblioteca (F5)" in shown(app)
        assert app.screen.stage is Stage.SETUP


async def test_the_number_of_questions_is_chosen_with_the_arrows_or_the_mouse(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("right", "right", "right")
        assert app.screen.query_one("CountChip.taken").count == 50
        await pilot.press("left", "left", "left", "left")
        assert app.screen.query_one("CountChip.taken").count == 5
        await pilot.click(app.screen.query("CountChip")[2])
        assert app.screen.query_one("CountChip.taken").count == 20


async def test_a_card_changes_language_where_it_is(make_app, settle, shown) -> None:
    app = make_app("en")
    async with app.run_test() as pilot:
        await choose_multiple_choice(pilot, settle)
        await pilot.press("d")
        await settle(pilot)
        assert "No: the right one is b." in shown(app)
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert "No: la correcta es la b." in shown(app)
        assert "Pregunta 1 de 4" in shown(app)
        assert "Next" not in shown(app)


async def choose_multiple_choice(pilot, settle) -> None:
    """Begin a multiple-choice quiz."""
    await pilot.press("f4")
    await settle(pilot)
    await pilot.press("down", "down", "enter")
    await settle(pilot)
