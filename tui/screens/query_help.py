"""How a query may be written, over the search."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer

from tui.locale import Messages, catalogue
from tui.screens.base import RepasoModal
from tui.widgets.plain_text import PlainText

TABLE = "query_help."
"""The sentences of the catalogue that say it: an example, two spaces or more, what it asks for. Some only say."""


class HelpLine(Horizontal):
    """An example of a query beside what it asks for, or a sentence alone."""

    DEFAULT_CSS = """
    HelpLine { height: auto; }
    HelpLine #example { width: 30; padding-right: 2; color: $accent; }
    HelpLine #meaning { width: 1fr; }
    HelpLine .empty { display: none; }
    """

    def compose(self) -> ComposeResult:
        """Two columns."""
        yield PlainText(id="example")
        yield PlainText(id="meaning")

    def say(self, example: str, meaning: str) -> None:
        """Show another line."""
        self.query_one("#example", PlainText).say(example)
        self.query_one("#meaning", PlainText).say(meaning)


class QueryHelpScreen(RepasoModal[None]):
    """Shows the query language until escape."""

    CSS_PATH = "query_help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q,f6,question_mark", "dismiss", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The lines in a frame."""
        with Vertical(id="frame"):
            with VerticalScroll(id="lines"):
                for _ in help_lines(self.messages):
                    yield HelpLine()
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#lines").focus()

    def translate(self) -> None:
        """Say it in the student's language."""
        for line, (example, meaning) in zip(self.query(HelpLine), help_lines(self.messages), strict=True):
            line.say(example, meaning)


def help_lines(messages: Messages) -> list[tuple[str, str]]:
    """Return the query language as examples and what they ask for; a sentence alone has no example."""
    sentences = [text for key, text in catalogue(messages.language).items() if key.startswith(TABLE)]
    lines = []
    for sentence in sentences:
        *example, meaning = re.split(r"\s{2,}", sentence, maxsplit=1)
        lines.append((example[0] if example else "", meaning))
    return lines
