"""What is asked is a conversation: kept turn by turn, listed, gone on with, named, exported and removed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input

from kb.conversations.model import Reply, Turn, Unanswered
from kb.model import AnswerMode, AnswerStatus, Sentence
from tui.screens.conversations import ConversationsScreen
from tui.screens.passage import PassageScreen
from tui.widgets.answer_view import AnswerView
from tui.widgets.source_line import SourceLine

OTHER = Reply("El sesgo mueve el umbral.", AnswerStatus.GROUNDED, AnswerMode.SHORT, "qwen", (), ())


@pytest.fixture
def told(library):
    """Two conversations, the second one newer, of which nothing is left in the library's passages."""
    kept = library.conversations
    reply = replace(OTHER, sentences=(Sentence(OTHER.text, (), True),))
    first = kept.start(Turn("¿Para qué sirve el sesgo?", "2026-03-01T10:00:00+01:00", reply))
    second = kept.start(Turn("¿Qué es un perceptrón?", "2026-03-02T10:00:00+01:00", Unanswered()))
    return first, second


async def test_a_question_is_on_disk_before_its_answer_and_the_answer_after_it(
    make_app, library, settle, until, shown
) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in shown(app))
        turn = library.conversations.latest().turns[0]
        assert (turn.question, turn.reply) == ("neurona", Unanswered())
        library.token_gate.set()
        await settle(pilot)
        kept = library.conversations.latest().turns
        assert len(kept) == 1
        assert isinstance(kept[0].reply, Reply)
        assert kept[0].reply.citations[1].speaker == "Ana Ruiz"


async def test_the_nearest_passages_are_there_again_when_a_conversation_is_opened(
    make_app, library, settle, words
) -> None:
    def near(app):
        lines = [str(line.render()) for line in app.screen.query(SourceLine)]
        assert len(lines) == 1
        return lines[0]

    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"ballenas", "enter")
        await settle(pilot)
        assert "Lo más cercano" in words(app)
        live = near(app)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert not app.screen.query(SourceLine)
        await pilot.press("f7")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "Lo más cercano" in words(app)
        assert near(app) == live
        assert near(app).startswith("• ")
        app.screen.query_one(SourceLine).focus()
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, PassageScreen)


async def test_questions_of_one_visit_are_one_conversation_until_a_new_one_begins(
    make_app, library, settle, words
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        await pilot.press(*"sesgo", "enter")
        await settle(pilot)
        assert [info.turns for info in library.conversations.all()] == [2]
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert not app.screen.query(AnswerView)
        assert "Cada frase de la respuesta" in words(app)
        await pilot.press(*"umbral", "enter")
        await settle(pilot)
        assert [(info.title, info.turns) for info in library.conversations.all()] == [("umbral", 1), ("neurona", 2)]
        assert library.asked[-1][3] == (), "a new conversation is understood by nothing before it"


async def test_a_stopped_answer_stays_an_unanswered_question(make_app, library, settle, until, shown) -> None:
    library.token_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await until(pilot, lambda: "Escribiendo" in shown(app))
        await pilot.press("escape")
        await settle(pilot)
        assert library.conversations.latest().turns[0].reply == Unanswered()


async def test_nothing_is_kept_where_the_settings_say_so(make_app, library, config, settle, words) -> None:
    app = make_app()
    app.services.config = replace(config, keep_conversations=False)
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        await pilot.press(*"sesgo", "enter")
        await settle(pilot)
        assert library.conversations.all() == ()
        assert library.asked[1][3][0].question == "neurona", "follow-ups are understood all the same"
        await pilot.press("f7")
        await settle(pilot)
        assert "Aún no hay ninguna." in words(app)


async def test_conversations_are_listed_newest_first_and_found_by_what_was_answered(
    make_app, told, settle, until, shown, words
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "f7")
        await settle(pilot)
        assert shown(app).index("¿Qué es un perceptrón?") < shown(app).index("¿Para qué sirve el sesgo?")
        await pilot.press(*"umbral")
        await until(pilot, lambda: "perceptrón" not in words(app))
        assert "¿Para qué sirve el sesgo?" in words(app)
        await pilot.press("z")
        await until(pilot, lambda: "Nada en tus conversaciones sobre «umbralz»." in words(app))
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, ConversationsScreen)


async def test_an_opened_conversation_shows_its_turns_and_goes_on(make_app, library, told, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        await pilot.press("f7")
        await settle(pilot)
        await pilot.press("down", "down", "down", "enter")
        await settle(pilot)
        assert "Conversación: ¿Para qué sirve el sesgo?" in words(app)
        assert "El sesgo mueve el umbral." in words(app)
        assert "neurona suma" not in words(app)
        await pilot.press(*"y", "space", *"eso?", "enter")
        await settle(pilot)
        assert library.asked[-1][3][0].question == "¿Para qué sirve el sesgo?"
        assert [turn.question for turn in library.conversations.get(told[0].id).turns][-1] == "y eso?"


async def test_an_unanswered_question_is_shown_as_such_and_can_be_asked_again(
    make_app, library, told, settle, words
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f3", "f7")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "Sin respuesta: se interrumpió antes de terminar." in words(app)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert library.asked[-1][:2] == ("¿Qué es un perceptrón?", True)


async def test_a_kept_source_opens_while_its_passage_is_there(make_app, library, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 50), notifications=True) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        await pilot.press("ctrl+n", "f7")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "00:12:34–00:13:21 · Ana Ruiz" in words(app)
        await pilot.press("up", "enter")
        await settle(pilot)
        assert "El sesgo desplaza el umbral" in words(app)
        await pilot.press("escape")
        library.passages.pop("p1")
        await pilot.press("enter")
        await settle(pilot)
        assert "Ese pasaje de «Perceptrones» ya no está en la biblioteca." in words(app)


async def test_a_conversation_gets_another_name(make_app, library, told, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "f7")
        await settle(pilot)
        await pilot.press("down", "r")
        line = app.screen.query_one("#name", Input)
        assert line.value == "¿Qué es un perceptrón?"
        line.value = " "
        await pilot.press("enter")
        await settle(pilot)
        assert "Escribe uno que puedas reconocer." in words(app)
        line.value = "Rosenblatt [bold]"
        await pilot.press("enter")
        await settle(pilot)
        assert "Se llama ahora «Rosenblatt [bold]»." in words(app)
        assert library.conversations.get(told[1].id).info.title == "Rosenblatt [bold]"
        await pilot.press("r", "escape")
        await settle(pilot)
        assert isinstance(app.screen, ConversationsScreen), "escape gives up the name first"


async def test_a_conversation_is_removed_on_the_second_press(make_app, library, told, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "f7")
        await settle(pilot)
        await pilot.press("down", "delete")
        await settle(pilot)
        assert "¿Borrar «¿Qué es un perceptrón?» (1 pregunta)?" in words(app)
        await pilot.press("down", "delete", "up")
        await settle(pilot)
        assert len(library.conversations.all()) == 2
        assert "¿Borrar" not in words(app), "elsewhere, nothing is to be removed any more"
        await pilot.press("delete", "delete")
        await settle(pilot)
        assert [info.id for info in library.conversations.all()] == [told[0].id]
        assert "Borrada: ¿Qué es un perceptrón?" in words(app)


async def test_removing_the_conversation_on_screen_begins_another(make_app, library, settle) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        await pilot.press("f7")
        await settle(pilot)
        await pilot.press("down", "delete", "delete")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert not app.screen.query(AnswerView)
        await pilot.press(*"sesgo", "enter")
        await settle(pilot)
        assert [info.title for info in library.conversations.all()] == ["sesgo"]


async def test_a_conversation_is_exported_and_never_over_a_file_without_being_told_twice(
    make_app, told, settle, words, tmp_path
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "f7")
        await settle(pilot)
        await pilot.press("down", "down", "e")
        line = app.screen.query_one("#path", Input)
        assert line.value == "~/Para qué sirve el sesgo.md"
        line.value = str(tmp_path / "nowhere" / "a.md")
        await pilot.press("enter")
        await settle(pilot)
        assert "No se puede escribir" in words(app)
        target = tmp_path / "a.md"
        target.write_text("mío")
        line.value = str(target)
        await pilot.press("enter")
        await settle(pilot)
        assert "ya existe" in words(app)
        assert target.read_text() == "mío"
        await pilot.press("enter")
        await settle(pilot)
        assert "El sesgo mueve el umbral." in target.read_text(encoding="utf-8")
        assert "Escrita en" in words(app)


async def test_a_library_that_cannot_be_read_is_told_in_the_list(make_app, library, settle, words) -> None:
    from kb.errors import StoreError

    def broken() -> None:
        raise StoreError(path="library.db", reason="disk full")

    library.conversations.all = broken
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "f7")
        await settle(pilot)
        assert "library.db" in words(app)


async def test_a_conversation_removed_elsewhere_goes_on_as_another(make_app, library, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        library.conversations.remove(library.conversations.latest().info.id)
        await pilot.press(*"sesgo", "enter")
        await settle(pilot)
        assert [info.title for info in library.conversations.all()] == ["sesgo"]


async def test_of_a_long_conversation_the_last_turns_are_shown_and_how_many_are_not(
    make_app, library, settle, words
) -> None:
    info = library.conversations.start(Turn("Pregunta 1 [red]", "2026-03-01", Unanswered()))
    for number in range(2, 24):
        library.conversations.append(info.id, Turn(f"Pregunta {number}", "2026-03-01", Unanswered()))
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "f7")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        views = list(app.screen.query(AnswerView))
        assert [view.question for view in views] == [f"Pregunta {number}" for number in range(4, 24)]
        assert "Conversación: Pregunta 1 [red]" in words(app)
        await pilot.press(*["pageup"] * 5)
        await settle(pilot)
        assert "Sus 3 primeras preguntas no se muestran aquí" in words(app)
