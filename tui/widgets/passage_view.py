"""A passage as it stands in the source, under a line that says where."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from kb.model import DocumentInfo, Passage
from tui.locale import Messages, label
from tui.printing import one_line
from tui.widgets.plain_text import PlainText
from tui.widgets.study_markdown import StudyMarkdown


class PassageView(VerticalScroll):
    """Shows one passage, or nothing; the text is rendered as Markdown and no link in it opens anything."""

    DEFAULT_CSS = """
    PassageView { padding: 0 1; scrollbar-size-vertical: 1; }
    PassageView #where { width: 1fr; }
    PassageView #context { width: 1fr; color: $text-muted; margin-bottom: 1; }
    """

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages
        self.shown: tuple[Passage, DocumentInfo] | None = None

    def compose(self) -> ComposeResult:
        """Where, what it belongs to, and the text."""
        yield PlainText(id="where")
        yield PlainText(id="context")
        yield StudyMarkdown()

    def show(self, passage: Passage, document: DocumentInfo) -> None:
        """Show a passage from its beginning; the one that is shown already stays where it was scrolled to."""
        before, self.shown = self.shown, (passage, document)
        self._name_place(passage, document)
        if before is None or before[0] != passage:
            self.query_one(StudyMarkdown).update(passage_markdown(passage))
            self.scroll_home(animate=False)

    def _name_place(self, passage: Passage, document: DocumentInfo) -> None:
        place = label(passage.locator, self.messages)
        where = Content.assemble((one_line(document.title), "bold"), "  ", (one_line(place), "$accent"))
        self.query_one("#where", PlainText).say(where)
        self.query_one("#context", PlainText).say(context(document, self.messages, passage.speaker))

    def clear(self) -> None:
        """Show nothing."""
        self.shown = None
        self.query_one("#where", PlainText).say("")
        self.query_one("#context", PlainText).say("")
        self.query_one(StudyMarkdown).update("")

    def speak(self, messages: Messages) -> None:
        """Name the place in another language."""
        self.messages = messages
        if self.shown is not None:
            self._name_place(*self.shown)


def context(document: DocumentInfo, messages: Messages, speaker: str = "") -> str:
    """Say what a document belongs to: course, session, kind and who speaks, as far as they are known."""
    parts = (document.course, document.session, messages.text(f"kind.{document.kind.value}"), speaker)
    return " › ".join(one_line(part) for part in parts if part and part != document.title)


def passage_markdown(passage: Passage) -> str:
    """Return a passage under its heading, unless its text begins with it."""
    heading = one_line(passage.heading)
    if not heading or passage.text.lstrip("# ").startswith(heading):
        return passage.text
    return f"#### {heading}\n\n{passage.text}"
