"""How a query may be written, over the search."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer

from tui.locale import Messages, catalogue
from tui.screens.base import RepasoModal
from tui.widgets.plain_text import PlainText

TABLE = "query_help."
"""The sentences of the catalogue that say it, in their order."""


class QueryHelpScreen(RepasoModal[None]):
    """Shows the query language until escape."""

    CSS_PATH = "query_help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q,f6", "dismiss", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The lines in a frame."""
        with Vertical(id="frame"):
            with VerticalScroll(id="lines"):
                yield PlainText(id="help")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#lines").focus()

    def translate(self) -> None:
        """Say it in the student's language."""
        self.query_one("#help", PlainText).say(query_help(self.messages))


def query_help(messages: Messages) -> Content:
    """Return the query language, a line each way of asking."""
    lines = [sentence for key, sentence in catalogue(messages.language).items() if key.startswith(TABLE)]
    head, *rest = lines or [""]
    return Content.assemble((head, "bold $accent"), "\n\n", "\n".join(rest))
