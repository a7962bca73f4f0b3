"""`repaso` alone opens the app in a terminal; every other place gets text."""

from __future__ import annotations

from typing import Any


def test_in_a_terminal_the_app_opens_and_closes(terminal: Any) -> None:
    screen = terminal()
    screen.wait_for("Biblioteca")
    screen.type("\x11")
    assert screen.end() == 0
    assert "Traceback" not in screen.shown


def test_an_error_of_the_library_is_a_line_even_before_the_app(terminal: Any, tmp_path: Any) -> None:
    (tmp_path / "library.db").write_text("no library")
    screen = terminal()
    assert screen.end() == 2
    assert "repaso: «" in screen.shown
    assert "\x1b[?1049h" not in screen.shown
