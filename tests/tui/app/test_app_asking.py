"""Around an answer: the model made ready, questions in turn, kinds of answers, and models that fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input, OptionList

from kb.errors import ModelUnavailable, StoreError
from kb.model import AnswerMode, Exchange, Sentence
from tui.screens.answering import STILL
from tui.widgets.answer_view import AnswerView

ANSWER = "La **neurona** suma sus entradas pesadas. El perceptrón separa dos clases. Y además vuela."


async def test_visiting_the_place_makes_the_model_ready(make_app, library, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        assert library.warmed == 0
        await pilot.press("f3")
        await settle(pilot)
        assert library.warmed >= 1


async def test_the_model_reads_ahead_once_the_typing_pauses_and_never_for_one_word(
    make_app, library, settle, until
) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"sesgo")
        await pilot.pause(2 * STILL)
        assert library.prepared == []
        await pilot.press("space", *"de")
        await until(pilot, lambda: library.prepared == ["sesgo de"])
        await pilot.press("space")
        await pilot.pause(2 * STILL)
        await settle(pilot)
        assert library.prepared == ["sesgo de"], "a space changes no question"


async def test_another_question_stops_what_is_read_ahead_and_enter_waits_for_nothing(
    make_app, library, settle, until, shown
) -> None:
    library.prepare_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"la", "space", *"red")
        await until(pilot, lambda: library.prepared == ["la red"])
        stopped = library.preparing_stopped
        await pilot.press("space", "y")
        await until(pilot, lambda: library.preparing_stopped > stopped)
        assert library.prepared == ["la red"], "one at a time"
        await pilot.press("enter")
        await until(pilot, lambda: "[1] Perceptrones" in shown(app))
        library.prepare_gate.set()
        await settle(pilot)
        assert library.prepared == ["la red"], "what was asked needs no reading ahead any more"


async def test_nothing_is_read_ahead_while_an_answer_is_written_but_after_it(
    make_app, library, settle, until, shown
) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in shown(app))
        await pilot.press(*"y", "space", *"eso")
        await pilot.pause(2 * STILL)
        assert library.prepared == []
        library.token_gate.set()
        await until(pilot, lambda: library.prepared == ["y eso"])
        await settle(pilot)


async def test_a_model_that_cannot_read_ahead_says_nothing_before_the_question(
    make_app, library, settle, until, shown
) -> None:
    library.model_missing = True
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"la", "space", *"red")
        await until(pilot, lambda: library.prepared == ["la red"])
        await settle(pilot)
        assert "qwen" not in shown(app)


async def test_what_is_written_is_unchecked_until_it_is_being_checked(
    make_app, library, settle, until, words
) -> None:
    library.check_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Comprobando cada frase" in words(app))
        assert app.screen.query_one(AnswerView).has_class("unchecked")
        assert "Y además vuela." in words(app)
        library.check_gate.set()
        await settle(pilot)
        assert not app.screen.query_one(AnswerView).has_class("unchecked")
        assert "Comprobando" not in words(app)


async def test_a_question_asked_meanwhile_waits_for_its_turn(make_app, library, settle, until, words) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in words(app))
        await pilot.press(*"sesgo", "enter")
        assert "Espera a que acabe la respuesta anterior." in words(app)
        assert len(library.asked) == 1
        library.token_gate.set()
        await settle(pilot)
        await until(pilot, lambda: all(view.answer is not None for view in app.screen.query(AnswerView)))
        assert [asked[0] for asked in library.asked] == ["neurona", "sesgo"]
        assert library.asked[1][3][0].question == "neurona", "it is understood by the answer before it"


async def test_stopping_an_answer_lets_the_next_question_have_its_turn(
    make_app, library, settle, until, words
) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in words(app))
        await pilot.press(*"sesgo", "enter", "escape")
        await until(pilot, lambda: len(library.asked) == 2)
        library.token_gate.set()
        await settle(pilot)
        first, second = app.screen.query(AnswerView)
        assert first.is_stopped
        assert second.answer is not None


async def test_an_answer_goes_on_while_another_place_is_visited(make_app, library, settle, until, shown) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in shown(app))
        await pilot.press("f5")
        library.token_gate.set()
        await settle(pilot)
        await pilot.press("f3")
        await settle(pilot)
        assert app.screen.query_one(AnswerView).answer is not None


async def test_a_kind_of_answer_is_chosen_from_a_list_and_stays(make_app, library, settle, words) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3")
        assert "Modo: según la pregunta" in words(app)
        await pilot.press("f6")
        await settle(pilot)
        for kind in ("respuesta corta", "explicación paso a paso", "comparación", "lista", "frases textuales"):
            assert kind in words(app)
        assert app.screen.query_one(OptionList).highlighted == 0
        await pilot.press("down", "down", "down", "enter")
        await settle(pilot)
        assert "Modo: comparación" in words(app)
        await pilot.press(*"neurona", "enter")
        await settle(pilot)
        assert library.asked[0][2] is AnswerMode.COMPARE
        assert "qwen · 2.4 s · comparación" in words(app)
        await pilot.press("f6", "escape")
        await settle(pilot)
        assert "Modo: comparación" in words(app)
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert "Mode: comparison" in words(app)


async def test_a_follow_up_says_how_it_was_understood_and_what_is_not_spoken_of(
    make_app, library, settle, words
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        library.understood, library.missing = "¿Y qué hace GPT-4 con una neurona?", ("GPT-4",)
        await pilot.press(*"y", "space", *"eso?", "enter")
        await settle(pilot)
        assert library.asked[1][3] == (Exchange("neurona", ANSWER),)
        assert "Entiendo: «¿Y qué hace GPT-4 con una neurona?»" in words(app)
        assert "Nada de lo encontrado habla de «GPT-4»." in words(app)


async def test_how_many_sentences_were_left_out_is_told(make_app, library, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        view = app.screen.query_one(AnswerView)
        held = replace(view.answer, sentences=view.answer.sentences[:2], removed=1)
        await view.finish(held)
        await settle(pilot)
        assert "1 frase quitada: nada en tus apuntes la dice." in words(app)
        assert "Cada frase que queda está en tus apuntes." in words(app)
        await view.finish(replace(held, removed=2, missing=("GPT-4",)))
        await settle(pilot)
        assert "2 frases quitadas: nada en tus apuntes las dice." in words(app)
        assert "Tus apuntes solo responden en parte." in words(app)


async def test_an_unsupported_sentence_is_struck_through_and_what_is_said_of_it_is_not(make_app, settle) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        view = app.screen.query_one(AnswerView)
        unsaid = (Sentence("Y además vuela.", (), False),)
        await view.finish(replace(view.answer, sentences=unsaid))
        await settle(pilot)
        struck = {
            segment.text.strip(): bool(segment.style.strike)
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.text.strip()
        }
        assert struck["Y además vuela."]
        assert not struck["(no está en tus apuntes)"]


@pytest.mark.parametrize(
    ("reason", "told"),
    [("crashed", "se cerró de golpe"), ("hung", "dejó de responder"), ("no_memory", "no hay memoria")],
)
async def test_a_model_that_ends_in_the_middle_leaves_quotes_and_can_be_asked_again(
    make_app, library, settle, words, reason, told
) -> None:
    library.failure = ModelUnavailable(model="qwen", reason=reason)
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        assert told in words(app)
        assert "Dice: suma sus entradas pesadas. [1]" in words(app)
        assert "ctrl+r: preguntar otra vez al modelo" in words(app)
        library.failure = None
        await pilot.press("ctrl+r")
        await settle(pilot)
        again = app.screen.query(AnswerView).last()
        assert (again.question, again.answer.model) == ("neurona", "qwen")
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert len(app.screen.query(AnswerView)) == 2, "what the model has answered is not asked again"


async def test_how_the_model_runs_is_told_once(make_app, library, settle, words) -> None:
    library.notice = "card_failed"
    app = make_app()
    async with app.run_test(size=(120, 50), notifications=True) as pilot:
        told: list[str] = []
        app.notify = lambda message, **_: told.append(message)  # type: ignore[method-assign]
        app.screen.notify = app.notify
        await pilot.press("f3")
        app.screen.notify = app.notify
        for _ in range(2):
            await pilot.press(*"neurona", "enter")
            await settle(pilot)
        assert len(told) == 1
        assert "tarjeta gráfica" in told[0]


async def test_an_error_nobody_foresaw_leaves_no_answer_going_on_and_the_next_question_works(
    make_app, library, settle, until
) -> None:
    library.failure = RuntimeError("nobody foresaw this")
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: app.screen.query_one(AnswerView).is_stopped)
        library.failure = None
        await pilot.press(*"sesgo", "enter")
        await until(pilot, lambda: app.screen.query(AnswerView).last().answer is not None)


async def test_an_answer_that_cannot_be_kept_is_shown_and_that_is_told(make_app, library, settle, words) -> None:
    def broken(*_: object) -> None:
        raise StoreError(path="library.db", reason="disk full")

    library.conversations.start = broken
    app = make_app()
    async with app.run_test(size=(120, 50), notifications=True) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        assert "La neurona suma sus entradas pesadas. [1]" in words(app)
        assert "no se ha podido guardar" in words(app)


async def test_a_question_without_a_letter_is_answered_with_a_sentence(make_app, library, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3")
        app.screen.query_one(Input).value = "¿?"
        await pilot.press("enter")
        await settle(pilot)
        assert "⚠" in words(app)
        assert library.conversations.all() == ()
