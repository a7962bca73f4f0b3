"""All keys in one window, in the student's language."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer

from tui.screens.base import PLACES, RepasoModal
from tui.widgets.plain_text import PlainText

GROUPS = ("everywhere", "search", "ask", "quiz", "library")


class KeysScreen(RepasoModal[None]):
    """Lists the keys until escape."""

    CSS_PATH = "keys.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q", "dismiss", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The list in a frame."""
        with VerticalScroll(id="frame"):
            yield PlainText(id="keys")
            yield Footer(show_command_palette=False)

    def translate(self) -> None:
        """List everything in the student's language."""
        say = self.messages.text
        places = "\n".join(f"{key.upper()}  {say(f'nav.{mode}')}" for mode, key in PLACES)
        pieces: list[tuple[str, str]] = [(say("command.keys") + "\n\n", "bold $primary"), (places + "\n", "")]
        for group in GROUPS:
            title = say("keys.title_everywhere") if group == "everywhere" else say(f"nav.{group}")
            pieces += [(f"\n{title}\n", "bold $accent"), (say(f"keys.{group}") + "\n", "")]
        self.query_one("#keys", PlainText).say(Content.assemble(*pieces))
