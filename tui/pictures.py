"""Whether the terminal shows pictures, and in which protocol."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

KITTY, SIXEL, OFF = "kitty", "sixel", "off"

# What terminals that show pictures say of themselves: kitty's protocol, https://sw.kovidgoyal.net/kitty/graphics-protocol
# (kitty, Ghostty, WezTerm), and sixel (foot, iTerm2 3.3, mlterm, Contour), https://www.arewesixelyet.com
_PROTOCOLS = (
    ("KITTY_WINDOW_ID", "", KITTY),
    ("TERM", "xterm-kitty", KITTY),
    ("TERM", "xterm-ghostty", KITTY),
    ("TERM_PROGRAM", "ghostty", KITTY),
    ("TERM_PROGRAM", "WezTerm", KITTY),
    ("TERM", "foot", SIXEL),
    ("TERM", "mlterm", SIXEL),
    ("TERM", "contour", SIXEL),
    ("TERM_PROGRAM", "iTerm.app", SIXEL),
)
# Terminals within terminals pass pictures on only when set to, which nothing tells.
_MULTIPLEXERS = ("TMUX", "STY", "ZELLIJ")


def protocol(setting: str, environ: Mapping[str, str]) -> str:
    """Return "kitty", "sixel" or "off" for the setting `pictures`; "auto" is what the terminal says of itself."""
    if setting != "auto":
        return setting
    if any(environ.get(name) for name in _MULTIPLEXERS):
        return OFF
    found = (how for name, start, how in _PROTOCOLS if environ.get(name) and environ[name].startswith(start))
    return next(found, OFF)


def prepare(how: str) -> None:
    """Load what draws pictures, before the app has the terminal: as it loads, it asks how large a cell is."""
    if how != OFF:
        import_module("textual_image.widget")
