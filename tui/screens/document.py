"""A document over the library: its sections as they were read, and what was lost in reading."""

from __future__ import annotations

from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Footer, Markdown, Static

from ingest.errors import RepasoError
from kb.model import DocumentView
from tui.locale import Messages, label
from tui.screens.base import RepasoModal
from tui.services import Services

LONGEST = 40_000
"""Characters rendered at once; a whole hour's talk is about 60,000 and takes seconds to lay out."""


class DocumentScreen(RepasoModal[None]):
    """Shows one document until escape."""

    CSS_PATH = "document.tcss"
    BINDINGS = [("escape,q", "dismiss", "key.close")]  # noqa: RUF012 - Textual's own shape

    @dataclass
    class Loaded(Message):
        """The document was read from the library."""

        view: DocumentView

    @dataclass
    class Failed(Message):
        """Why it could not be."""

        error: RepasoError

    def __init__(self, messages: Messages, services: Services, document: str) -> None:
        super().__init__(messages)
        self.services = services
        self.document = document

    def compose(self) -> ComposeResult:
        """Title, warnings and text in a frame."""
        with Vertical(id="frame"):
            yield Static("", id="title", markup=False)
            yield Static("", id="warnings", markup=False)
            with VerticalScroll():
                yield Markdown("", open_links=False)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read it without holding up the screen."""
        self.query_one(VerticalScroll).focus()
        self._load()

    @work(thread=True)
    def _load(self) -> None:
        try:
            self.post_message(self.Loaded(self.services.library.document(self.document)))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    async def on_document_screen_loaded(self, event: Loaded) -> None:
        """Show it."""
        info = event.view.info
        kind = self.messages.text(f"kind.{info.kind}")
        where = self.messages.text("passage.context", course=info.course, session=info.session, kind=kind)
        self.query_one("#title", Static).update(f"{info.title}\n{where}\n{info.path}")
        warnings = "\n".join(f"⚠ {self.messages.notice(notice)}" for notice in event.view.notices)
        self.query_one("#warnings", Static).update(warnings)
        self.query_one("#warnings").display = bool(warnings)
        await self.query_one(Markdown).update(self._text(event.view))

    def _text(self, view: DocumentView) -> str:
        pieces: list[str] = []
        left = LONGEST
        for section in view.sections:
            piece = f"#### {section.title or ''} ({label(section.locator, self.messages)})\n\n{section.text}"
            pieces.append(piece[:left])
            left -= len(piece)
            if left <= 0:
                pieces.append("…")
                break
        return "\n\n".join(pieces)

    def on_document_screen_failed(self, event: Failed) -> None:
        """Say why there is nothing."""
        self.query_one("#title", Static).update(self.messages.error(event.error))
