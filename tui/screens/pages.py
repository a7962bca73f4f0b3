"""A document page by page: what was read of it, beside the page as its file shows it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer

from kb.model import DocumentView
from tui.locale import Messages, label
from tui.pictures import OFF
from tui.printing import one_line
from tui.screens.base import WIDE, RepasoModal
from tui.services import Services
from tui.widgets.page_picture import PagePicture, page_of
from tui.widgets.plain_text import PlainText
from tui.widgets.study_markdown import StudyMarkdown


class PagesScreen(RepasoModal[None]):
    """Turns the sections of one document until escape."""

    CSS_PATH = "pages.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual declares it without ClassVar)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q", "dismiss", show=False),
        Binding("n,right,pagedown", "turn(1)", "key.next_page", key_display="n"),
        Binding("p,left,pageup", "turn(-1)", "key.previous_page", key_display="p"),
    ]

    def __init__(self, messages: Messages, services: Services, view: DocumentView, section: int = 0) -> None:
        super().__init__(messages)
        self.services = services
        self.view = view
        self.section = section

    def compose(self) -> ComposeResult:
        """Title, then text and picture side by side, or below each other where it is narrow or none is drawn."""
        with Vertical(id="frame"):
            yield PlainText(id="title")
            with Horizontal(id="sides"):
                with VerticalScroll(id="text"):
                    yield StudyMarkdown()
                yield PagePicture(self.services, self.messages)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Open at the section."""
        self.query_one("#text").focus()
        self.set_class(self.services.config.pictures == OFF, "unpictured")
        self._show()

    def translate(self) -> None:
        """Name the place in the student's language."""
        section = self.view.sections[self.section]
        place = one_line(label(section.locator, self.messages))
        parts = (one_line(self.view.info.title), place, f"{self.section + 1}/{len(self.view.sections)}")
        self.query_one("#title", PlainText).say(" · ".join(parts))
        self.query_one(PagePicture).speak(self.messages)

    def _show(self) -> None:
        section = self.view.sections[self.section]
        heading = f"#### {one_line(section.title)}\n\n" if section.title else ""
        notes = f"\n\n> {one_line(section.notes)}" if section.notes else ""
        self.query_one(StudyMarkdown).update(f"{heading}{section.text}{notes}")
        self.query_one("#text").scroll_home(animate=False)
        self.query_one(PagePicture).show(self.view.info, page_of(self.view.info, section.locator))
        self.translate()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the pages there are."""
        if action == "turn":
            return 0 <= self.section + (1 if parameters == (1,) else -1) < len(self.view.sections)
        return super().check_action(action, parameters)

    def action_turn(self, by: int) -> None:
        """Show the next or the previous section."""
        self.section += by
        self._show()
