"""Pictures of the screens over the small course; `pytest --snapshot-update` accepts new ones, once looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tui.screens.search import REST

VISITS = {
    "home": [],
    "search": ["f2", *"suma"],
    "ask": ["f3", *"neurona", "enter"],
    "ask_grounded": ["f3", *"pesos", "enter"],
    "ask_not_found": ["f3", *"ballenas", "enter"],
    "conversations": ["f3", *"pesos", "enter", "WAIT", "ctrl+n", *"neurona", "enter", "WAIT", "f7", "WAIT", "down"],
    "quiz": ["f4", "WAIT", "down", "down", "enter", "WAIT", "d"],
    "library": ["f5", "WAIT", "down", "down"],
}


@pytest.fixture
def visit(settle) -> Callable[[str], Callable[[Pilot[None]], Awaitable[None]]]:
    """Returns what presses the keys of a visit and waits until everything is shown; nothing blinks."""

    def of(name: str) -> Callable[[Pilot[None]], Awaitable[None]]:
        async def press(pilot: Pilot[None]) -> None:
            await settle(pilot)
            for key in VISITS[name]:
                if key == "WAIT":
                    await settle(pilot)
                else:
                    await pilot.press(key)
            for line in pilot.app.screen.query(Input):
                line.cursor_blink = False
            await settle(pilot)
            await pilot.pause(REST)  # some things wait for the typing to end
            await settle(pilot)

        return press

    return of


@pytest.mark.parametrize("name", VISITS)
def test_a_place_looks_as_it_was_accepted_in_spanish(snap_compare, make_app, visit, name) -> None:
    assert snap_compare(make_app(), terminal_size=(80, 24), run_before=visit(name))


@pytest.mark.parametrize("name", VISITS)
def test_a_place_looks_as_it_was_accepted_in_english_on_a_wide_terminal(snap_compare, make_app, visit, name) -> None:
    assert snap_compare(make_app("en"), terminal_size=(120, 40), run_before=visit(name))
