"""Which terminals are believed to show pictures."""

from __future__ import annotations

import pytest

from tui.pictures import protocol


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "off"),
        ({"TERM": "xterm-256color"}, "off"),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"KITTY_WINDOW_ID": "1", "TERM": "xterm-256color"}, "kitty"),
        ({"TERM_PROGRAM": "WezTerm"}, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "sixel"),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "off"),
    ],
)
def test_a_terminal_is_known_by_what_it_says_of_itself(environ: dict[str, str], expected: str) -> None:
    assert protocol("auto", environ) == expected


@pytest.mark.parametrize("name", ["TMUX", "STY", "ZELLIJ"])
def test_within_a_multiplexer_no_picture_is_tried(name: str) -> None:
    assert protocol("auto", {"TERM": "xterm-kitty", name: "1"}) == "off"


def test_the_setting_overrules_the_terminal() -> None:
    assert protocol("sixel", {}) == "sixel"
    assert protocol("kitty", {"TMUX": "1"}) == "kitty"
    assert protocol("off", {"TERM": "xterm-kitty"}) == "off"
