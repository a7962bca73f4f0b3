"""Going about the app: places, languages, the palette, leaving, and what nobody foresaw."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from textual.widgets import Input

from kb.library import Library
from quizzes.quiz import QuizMaster
from tui.config import read_settings

SIZES = [(80, 24), (120, 40)]


def test_the_small_course_answers_with_the_facades_own_signatures(library, quizzes) -> None:
    for fake, real in ((library, Library), (quizzes, QuizMaster)):
        for name, method in inspect.getmembers(type(fake), inspect.isfunction):
            if name.startswith("_"):
                continue
            parameters = inspect.signature(method).parameters
            promised = inspect.signature(getattr(real, name)).parameters
            assert list(parameters) == list(promised), name


@pytest.mark.parametrize("size", SIZES)
async def test_each_key_goes_to_its_place_and_the_bar_lights_it(make_app, settle, shown, size) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        for key, mode, name in (
            ("f2", "search", "Buscar"),
            ("f3", "ask", "Preguntar"),
            ("f4", "quiz", "Quiz"),
            ("f5", "library", "Biblioteca"),
            ("f1", "home", "Inicio"),
        ):
            await pilot.press(key)
            await settle(pilot)
            assert app.current_mode == mode
            assert app.screen.query_one("PlaceTab.current").place.title == name
            assert name in shown(app)


async def test_a_click_on_the_bar_goes_there_too(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.click(app.screen.query("PlaceTab")[2])
        await settle(pilot)
        assert app.current_mode == "ask"


async def test_going_to_a_place_closes_the_window_over_it(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert len(app.screen_stack) == 2
        await pilot.press("f5")
        await settle(pilot)
        assert app.current_mode == "library"
        assert [len(app.get_screen_stack(mode)) for mode in ("search", "library")] == [1, 1]


async def test_the_language_changes_everywhere_at_once_and_is_remembered(make_app, settle, shown, config) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        assert "resultado" in shown(app)
        await pilot.press("ctrl+l")
        await settle(pilot)
        text = shown(app)
        assert "2 results · by words" in text
        assert "slide 4" in text
        assert "New search" in text
        for spanish in ("Buscar", "diapositiva", "Todo tipo", "Todas las sesiones", "Nueva búsqueda", "Órdenes"):
            assert spanish not in text
        assert app.screen.query_one(Input).value == "suma"
        await pilot.press("f1")
        await settle(pilot)
        assert "Start reviewing" in shown(app)
    assert read_settings(config.settings) == {"language": "en"}


async def test_a_language_that_cannot_be_remembered_still_changes(make_app, settle, shown, config) -> None:
    config.settings.mkdir()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert app.messages.language == "en"
        assert "In your library" in shown(app)
        assert any(str(config.settings) in note.message for note in app._notifications)


async def test_the_palette_speaks_spanish_and_finds_without_accents(make_app, settle, shown, until) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Tus documentos" in shown(app))
        assert "Busca una orden" in shown(app)
        await pilot.press(*"BIBLIO")
        await until(pilot, lambda: app.screen.query_one("CommandList").option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "library")


async def test_the_palette_says_when_there_is_no_such_command(make_app, shown, until) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p", *"zzzz")
        await until(pilot, lambda: "No hay ninguna orden así" in shown(app))


async def test_the_list_of_keys_is_in_the_students_language(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test(size=(120, 60)) as pilot:
        app.action_show_keys()
        await settle(pilot)
        assert "Quitar el documento (dos veces)" in shown(app)
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert "Remove the document (twice)" in shown(app)
        await pilot.press("escape")
        await settle(pilot)
        assert len(app.screen_stack) == 1


async def test_every_theme_can_be_chosen(make_app, until, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        app.action_change_theme()
        await until(pilot, lambda: "Busca un tema" in shown(app))
        await pilot.press(*"nord")
        await until(pilot, lambda: app.screen.query_one("CommandList").option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "nord")


async def test_leaving_ends_the_models(make_app, library, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("ctrl+q")
    assert app.return_code == 0
    assert library.closed


async def test_what_nobody_foresaw_is_told_once_and_logged(make_app, library, settle, shown, config) -> None:
    def break_down(*_arguments: object, **_rest: object) -> None:
        raise ZeroDivisionError("seis entre cero")

    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f3")
        library.ask = break_down
        await pilot.press(*"hola", "enter")
        await settle_failed(pilot)
        assert [note.severity for note in app._notifications] == ["error"]
        assert "Algo ha fallado" in next(iter(app._notifications)).message
        await pilot.press("f2", *"suma")
        await settle(pilot)
        assert "resultado" in shown(app)
    log = Path(config.cache, "logs", "repaso.log").read_text(encoding="utf-8")
    assert "seis entre cero" in log
    assert "break_down" in log


async def settle_failed(pilot) -> None:
    """Wait for workers of which one fails."""
    while any(not worker.is_finished for worker in pilot.app.workers):
        await pilot.pause(0.01)
    await pilot.pause()


async def test_ctrl_c_says_how_to_leave(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert [note.message for note in app._notifications] == ["Para salir de Repaso, pulsa ctrl+q."]
