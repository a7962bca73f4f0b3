"""A passage over the screen that led to it, and those beside it in its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Footer

from ingest.errors import RepasoError
from kb.model import DocumentInfo, Passage
from tui.locale import Messages
from tui.pictures import OFF
from tui.screens.base import WIDE, RepasoModal
from tui.services import Services
from tui.widgets.page_picture import PagePicture, page_of
from tui.widgets.passage_view import PassageView


class PassageScreen(RepasoModal[None]):
    """Shows one passage until escape, beside its page where the terminal shows pictures; n and p turn to the next."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual declares it without ClassVar)
    CSS_PATH = "passage.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q,enter", "dismiss", show=False),
        Binding("n,right", "turn(1)", "key.next_passage", key_display="n"),
        Binding("p,left", "turn(-1)", "key.previous_passage", key_display="p"),
    ]

    @dataclass
    class Beside(Message):
        """The passages on either side of one, in order."""

        of: Passage
        passages: tuple[Passage, ...]

    @dataclass
    class Failed(Message):
        """Why they are not known."""

        error: RepasoError

    def __init__(self, messages: Messages, services: Services, passage: Passage, document: DocumentInfo) -> None:
        super().__init__(messages)
        self.services = services
        self.passage = passage
        self.document = document
        self.beside: dict[int, Passage] = {}

    def compose(self) -> ComposeResult:
        """The passage in a frame."""
        with Vertical(id="frame"):
            with Horizontal(id="sides"):
                yield PassageView(self.messages)
                yield PagePicture(self.services, self.messages)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill it."""
        self._show()
        self.query_one(PassageView).focus()

    def translate(self) -> None:
        """Name the place in the student's language."""
        self.query_one(PassageView).speak(self.messages)
        self.query_one(PagePicture).speak(self.messages)

    def _show(self) -> None:
        """Show the passage; which ones are beside it is looked up meanwhile."""
        self.beside = {}
        self.query_one(PassageView).show(self.passage, self.document)
        page = page_of(self.document, self.passage.locator)
        self.query_one(PagePicture).show(self.document, page)
        self.set_class(bool(page) and self.services.config.pictures != OFF, "pictured")
        self.query_one("#frame").border_subtitle = f"{self.passage.ordinal + 1}/{self.document.passages}"
        self.refresh_bindings()
        self._look_beside(self.passage)

    @work(thread=True, exclusive=True, group="beside", exit_on_error=False)
    def _look_beside(self, passage: Passage) -> None:
        try:
            self.post_message(self.Beside(passage, self.services.library.neighbours(passage.id)))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_passage_screen_beside(self, event: Beside) -> None:
        """Offer the way to them."""
        if event.of == self.passage:
            self.beside = {(1 if one.ordinal > event.of.ordinal else -1): one for one in event.passages}
            self.refresh_bindings()

    def on_passage_screen_failed(self, event: Failed) -> None:
        """Say why there is no way on."""
        self.notify(self.messages.error(event.error), severity="warning", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the passages there are."""
        if action == "turn":
            return parameters[0] in self.beside
        return super().check_action(action, parameters)

    def action_turn(self, by: int) -> None:
        """Show the next or the previous passage of the document."""
        self.passage = self.beside[by]
        self._show()
