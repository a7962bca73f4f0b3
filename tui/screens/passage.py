"""A passage over the screen that led to it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer

from kb.model import DocumentInfo, Passage
from tui.locale import Messages
from tui.pictures import OFF
from tui.screens.base import WIDE, RepasoModal
from tui.services import Services
from tui.widgets.page_picture import PagePicture, page_of
from tui.widgets.passage_view import PassageView


class PassageScreen(RepasoModal[None]):
    """Shows one passage until escape, beside its page where the terminal shows pictures."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual declares it without ClassVar)
    CSS_PATH = "passage.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q,enter", "dismiss", show=False),
    ]

    def __init__(self, messages: Messages, services: Services, passage: Passage, document: DocumentInfo) -> None:
        super().__init__(messages)
        self.services = services
        self.passage = passage
        self.document = document

    def compose(self) -> ComposeResult:
        """The passage in a frame."""
        with Vertical(id="frame"):
            with Horizontal(id="sides"):
                yield PassageView(self.messages)
                yield PagePicture(self.services, self.messages)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill it."""
        view = self.query_one(PassageView)
        view.show(self.passage, self.document)
        view.focus()
        page = page_of(self.document, self.passage.locator)
        self.query_one(PagePicture).show(self.document, page)
        self.set_class(bool(page) and self.services.config.pictures != OFF, "pictured")

    def translate(self) -> None:
        """Name the place in the student's language."""
        self.query_one(PassageView).speak(self.messages)
        self.query_one(PagePicture).speak(self.messages)
