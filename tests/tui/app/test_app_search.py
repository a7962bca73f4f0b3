"""Searching as a student does: type, look, move, open."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Select

from kb.model import SearchMode
from tui.widgets.hit_list import HitList


async def test_hits_by_words_show_before_meaning_is_ready_and_meaning_joins_later(
    make_app, library, settle, shown, until
) -> None:
    library.meaning_gate.clear()
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma")
        await until(pilot, lambda: "2 resultados · por palabras" in shown(app))
        await until(pilot, lambda: ("suma", SearchMode.HYBRID) in library.searched)
        assert "significado" not in shown(app)
        library.meaning_gate.set()
        await until(pilot, lambda: "2 resultados · por palabras y significado" in shown(app))


async def test_every_key_shows_while_meaning_is_being_computed(make_app, library, until) -> None:
    library.meaning_gate.clear()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2")
        line = app.screen.query_one(Input)
        line.value = "su"
        line.cursor_position = 2
        await until(pilot, lambda: ("su", SearchMode.HYBRID) in library.searched)
        for typed in ("sum", "suma"):
            await pilot.press(typed[-1])
            assert app.screen.query_one(Input).value == typed
        await until(pilot, lambda: ("suma", SearchMode.KEYWORD) in library.searched)
        meanings = [query for query, mode in library.searched if mode is SearchMode.HYBRID]
        assert meanings == ["su"]
        library.meaning_gate.set()
        await until(pilot, lambda: ("suma", SearchMode.HYBRID) in library.searched)
        meanings = [query for query, mode in library.searched if mode is SearchMode.HYBRID]
        assert meanings == ["su", "suma"]


@pytest.mark.parametrize(
    ("size", "beside"), [((80, 24), False), ((99, 30), False), ((100, 30), True), ((120, 40), True)]
)
async def test_the_passage_is_beside_the_hits_where_there_is_room_and_below_them_where_not(
    make_app, settle, size, beside
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        hits, passage = app.screen.query_one("#hits").region, app.screen.query_one("#passage").region
        assert (passage.x >= hits.right) is beside
        assert (passage.y >= hits.bottom) is not beside
        assert hits.height >= 5
        assert passage.height >= 5


async def test_moving_through_the_hits_shows_each_passage(make_app, settle, shown, until) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma")
        await until(pilot, lambda: "El sesgo desplaza el umbral" in shown(app))
        await pilot.press("down")
        assert app.screen.query_one(HitList).has_focus
        await pilot.press("down")
        await settle(pilot)
        assert "sin ella, la red sería lineal" in shown(app)
        assert "El sesgo desplaza el umbral" not in shown(app)


async def test_enter_opens_the_passage_and_escape_leads_back_to_the_query(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2", *"Rosenblatt")
        await settle(pilot)
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert len(app.screen_stack) == 2
        assert "00:12:34–00:13:21" in shown(app)
        assert "Ana Ruiz" in shown(app)
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen.query_one(HitList).has_focus
        await pilot.press("escape", *"suma")
        await settle(pilot)
        assert app.screen.query_one(Input).value == "suma"


async def test_a_click_opens_a_hit(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"Rosenblatt")
        await settle(pilot)
        await pilot.click(HitList, offset=(5, 1))
        await settle(pilot)
        assert len(app.screen_stack) == 2


async def test_a_filter_narrows_the_hits(make_app, settle, shown, until) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        app.screen.query_one("#kind", Select).value = "study_guide"
        await settle(pilot)
        assert "1 resultado" in shown(app)
        await until(pilot, lambda: "diapositiva" not in shown(app))


async def test_the_sessions_of_the_library_can_be_chosen(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2")
        await settle(pilot)
        values = [value for _, value in app.screen.query_one("#session", Select)._options]
        assert "Sesión 1. Perceptrones" in values


async def test_nothing_found_says_so_and_offers_the_better_spelling(make_app, settle, shown, until) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"neurna")
        await settle(pilot)
        await until(pilot, lambda: "Nada en tus apuntes sobre «neurna»" in shown(app))
        assert "¿Quisiste decir «neurona»?" in shown(app)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert app.screen.query_one(Input).value == "neurona"
        assert "2 resultados" in shown(app)


async def test_an_emptied_query_shows_nothing(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        await pilot.press("escape", "backspace")
        await settle(pilot)
        assert "Los resultados aparecen mientras escribes" in shown(app)
        assert "neurona" not in shown(app)
