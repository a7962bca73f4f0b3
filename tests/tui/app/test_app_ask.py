"""Asking as a student does: evidence first, then words, then the checked answer with its sources."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tui.widgets.answer_view import AnswerView
from tui.widgets.source_line import SourceLine

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_evidence_shows_before_the_first_word_and_the_checked_answer_at_the_end(
    make_app, library, until, shown, words, settle, size
) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "[1] Perceptrones" in shown(app))
        assert "diapositiva 4" in shown(app)
        assert "Escribiendo" in shown(app)
        assert "suma sus entradas. " not in shown(app)
        library.token_gate.set()
        await settle(pilot)
        text = words(app)
        assert "La neurona suma sus entradas pesadas. [1]" in text
        assert "El perceptrón separa dos clases. [1] [2]" in text
        assert "Y además vuela. (no está en tus apuntes)" in text
        assert "Parte de esta respuesta no está en tus apuntes." in text
        assert "qwen · 2.4 s" in text


async def test_what_no_note_says_looks_different(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        styles = {
            segment.text.strip(): segment.style.color
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
        }
        said = next(color for text, color in styles.items() if "suma sus entradas pesadas." in text)
        unsaid = next(color for text, color in styles.items() if "vuela" in text)
        assert said != unsaid


async def test_escape_stops_the_answer_and_keeps_what_is_written(make_app, library, until, shown, settle) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in shown(app))
        await pilot.press("escape")
        await settle(pilot)
        assert library.cancelled.is_set()
        assert "Parado. Lo escrito está sin comprobar." in shown(app)
        library.token_gate.set()
        await settle(pilot)
        assert "no está en tus apuntes" not in shown(app)


async def test_asking_again_stops_the_first_answer(make_app, library, until, shown, settle) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in shown(app))
        await pilot.press(*"sesgo")
        library.token_gate.set()
        library.pieces = ("Otra cosa.",)
        await pilot.press("enter")
        await settle(pilot)
        first, second = app.screen.query(AnswerView)
        assert (first.question, second.question) == ("neurona", "sesgo")
        assert second.answer is not None
        assert first.is_stopped or first.answer is not None


async def test_typing_goes_on_while_an_answer_is_written(make_app, library, until, shown) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in shown(app))
        await pilot.press(*"sesgo")
        assert app.screen.query_one(Input).value == "sesgo"
        assert "sesgo" in shown(app)


async def test_a_missing_model_is_told_and_the_notes_speak(make_app, library, settle, shown) -> None:
    library.model_missing = True
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        text = shown(app)
        assert "⚠" in text
        assert "qwen" in text
        assert "Mientras tanto, esto dicen tus apuntes" in text
        assert "Dice: suma sus entradas pesadas. [1]" in text
        assert "no las ha escrito un modelo" in text


async def test_quotes_can_be_asked_for_without_a_model(make_app, library, settle, shown) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "ctrl+t")
        await settle(pilot)
        assert "Dice: separar dos clases. [2]" in shown(app)


async def test_what_is_not_in_the_notes_is_not_answered_and_the_closest_is_offered(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"ballenas", "enter")
        await settle(pilot)
        assert "No lo encuentro en tus apuntes." in shown(app)
        assert "Lo más cercano" in shown(app)
        await pilot.press("up", "enter")
        await settle(pilot)
        assert "El sesgo desplaza el umbral" in shown(app)


async def test_sources_are_reached_and_opened_with_the_keyboard(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        await pilot.press("up", "down")
        assert isinstance(app.focused, SourceLine)
        assert app.focused.source.n == 2
        await pilot.press("enter")
        await settle(pilot)
        assert len(app.screen_stack) == 2
        assert "Ana Ruiz" in shown(app)
        await pilot.press("escape", "down")
        await settle(pilot)
        assert app.screen.query_one(Input).has_focus


async def test_a_click_on_a_citation_opens_its_passage(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        lines = shown(app).splitlines()
        row = next(number for number, line in enumerate(lines) if "separa dos clases. [1] [2]" in line)
        await pilot.click(offset=(lines[row].index("[2]") + 1, row))
        await settle(pilot)
        assert len(app.screen_stack) == 2
        assert "Rosenblatt" in shown(app)


async def test_answers_change_language_with_everything_else(make_app, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        await pilot.press("ctrl+l")
        await settle(pilot)
        text = words(app)
        assert "Part of this answer is not in your notes." in text
        assert "(not in your notes)" in text
        assert "slide 4" in text
        assert "Sources" in text
        for spanish in ("diapositiva", "Fuentes", "no está en tus apuntes"):
            assert spanish not in text


async def test_an_empty_question_asks_nothing(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", "space", "enter")
        await settle(pilot)
        assert not app.screen.query(AnswerView)
