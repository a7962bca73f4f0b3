"""A document over the library: its sections as they were read, and what was lost in reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import punctuation
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Footer

from ingest.errors import RepasoError
from ingest.report import warnings
from kb.model import DocumentView
from tui.locale import Messages, label
from tui.plural import counted
from tui.printing import one_line
from tui.report import chapters, remark
from tui.screens.base import RepasoModal
from tui.screens.pages import PagesScreen
from tui.services import Services
from tui.widgets.page_picture import page_of
from tui.widgets.passage_view import context
from tui.widgets.plain_text import PlainText
from tui.widgets.study_markdown import StudyMarkdown

LONGEST = 30_000
"""Characters rendered at once; a whole hour's talk is about 60,000 and takes seconds to lay out."""


class DocumentScreen(RepasoModal[None]):
    """Shows one document until escape."""

    CSS_PATH = "document.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "key.close"),
        Binding("q", "dismiss", show=False),
        Binding("r", "report", "key.report"),
        Binding("g", "pages", "key.pages"),
        Binding("n", "turn(1)", "key.next_part"),
        Binding("p", "turn(-1)", "key.previous_part"),
    ]

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
        self.view: DocumentView | None = None
        self.parts: tuple[str, ...] = ()
        self.part = 0
        self.reporting = False

    def compose(self) -> ComposeResult:
        """Title, warnings and text in a frame."""
        with Vertical(id="frame"):
            yield PlainText(id="title")
            yield PlainText(id="about")
            yield PlainText(id="warnings", classes="empty")
            with VerticalScroll(id="text"):
                yield StudyMarkdown()
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read it without holding up the screen."""
        self.query_one("#text").focus()
        self._load()

    @work(thread=True, exit_on_error=False)
    def _load(self) -> None:
        try:
            self.post_message(self.Loaded(self.services.library.document(self.document)))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_document_screen_loaded(self, event: Loaded) -> None:
        """Show it."""
        self.view = event.view
        self.translate()

    def on_document_screen_failed(self, event: Failed) -> None:
        """Say why there is nothing."""
        self.query_one("#title", PlainText).say(self.messages.error(event.error))

    def translate(self) -> None:
        """Say what surrounds the text in the student's language; places in it are named in it too."""
        view = self.view
        if view is None:
            return
        info = view.info
        self.query_one("#title", PlainText).say(one_line(info.title))
        sizes = [counted(self.messages, "home.passages", info.passages)]
        if info.questions:
            sizes.append(counted(self.messages, "home.questions", info.questions))
        parts = (context(info, self.messages, info.author), one_line(info.path), info.url, " · ".join(sizes))
        self.query_one("#about", PlainText).say("\n".join(part for part in parts if part))
        said = "\n".join(f"⚠ {remark(notice, self.messages)}" for notice in warnings(view.notices))
        self.query_one("#warnings", PlainText).say(said)
        self.parts = (report_markdown(view, self.messages),) if self.reporting else self._text_parts(view)
        self._show_part()

    def _text_parts(self, view: DocumentView) -> tuple[str, ...]:
        return tuple(document_parts(view, self.messages))

    def _show_part(self) -> None:
        more = len(self.parts) > 1
        where = self.messages.text("document.part", number=self.part + 1, total=len(self.parts)) if more else ""
        self.query_one("#text").border_subtitle = where
        self.query_one(StudyMarkdown).update(self.parts[self.part] if self.parts else "")
        self.query_one("#text").scroll_home(animate=False)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the parts there are."""
        if action == "turn":
            return 0 <= self.part + (1 if parameters == (1,) else -1) < len(self.parts)
        if action == "pages":
            return self.view is not None and any(page_of(self.view.info, part.locator) for part in self.view.sections)
        if action == "report":
            return self.view is not None
        return super().check_action(action, parameters)

    def action_report(self) -> None:
        """Show how the document was read, or its text again."""
        self.reporting = not self.reporting
        self.part = 0
        self.translate()

    def action_pages(self) -> None:
        """Show it page by page, beside the pages as the file shows them."""
        if self.view is not None:
            self.app.push_screen(PagesScreen(self.messages, self.services, self.view))

    def action_turn(self, by: int) -> None:
        """Show the next or the previous part."""
        self.part += by
        self._show_part()


def report_markdown(view: DocumentView, messages: Messages) -> str:
    """Return a document's report as Markdown; what comes from the document is escaped."""
    pieces = [f"### {messages.text('report.title')}"]
    for chapter in chapters(view, messages):
        pieces.append(f"#### {chapter.title}")
        pieces.append("\n".join(f"- {escaped(line)}" for line in chapter.lines))
    return "\n\n".join(pieces)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is: every ASCII punctuation mark escaped (CommonMark 2.4)."""
    return "".join(f"\\{char}" if char in punctuation else char for char in text)


def document_parts(view: DocumentView, messages: Messages) -> Iterator[str]:
    """Yield a document's sections as Markdown, as many at a time as are laid out without a pause."""
    part = ""
    for section in view.sections:
        place = label(section.locator, messages)
        title = one_line(section.title)
        heading = place if not title or title in place else f"{title} · {place}"
        notes = f"\n\n> {one_line(section.notes)}" if section.notes else ""
        piece = f"#### {heading}\n\n{section.text}{notes}\n\n"
        while (part and len(part) + len(piece) > LONGEST) or len(piece) > LONGEST:
            room = 0 if part else LONGEST
            yield part + piece[:room]
            part, piece = "", piece[room:]
        part += piece
    if part:
        yield part
