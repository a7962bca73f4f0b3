"""A passage over the screen that led to it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Footer

from kb.model import DocumentInfo, Passage
from tui.locale import Messages
from tui.screens.base import RepasoModal
from tui.widgets.passage_view import PassageView


class PassageScreen(RepasoModal[None]):
    """Shows one passage until escape."""

    CSS_PATH = "passage.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q,enter", "dismiss", show=False),
    ]

    def __init__(self, messages: Messages, passage: Passage, document: DocumentInfo) -> None:
        super().__init__(messages)
        self.passage = passage
        self.document = document

    def compose(self) -> ComposeResult:
        """The passage in a frame."""
        with Vertical(id="frame"):
            yield PassageView(self.messages)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill it."""
        view = self.query_one(PassageView)
        view.show(self.passage, self.document)
        view.focus()

    def translate(self) -> None:
        """Name the place in the student's language."""
        self.query_one(PassageView).speak(self.messages)
