"""A passage as it stands in the source, under a line that says where."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown, Static

from kb.model import DocumentInfo, Passage
from tui.locale import Messages, label


class PassageView(VerticalScroll):
    """Shows one passage, or nothing; the text is rendered as Markdown and no link in it opens anything."""

    DEFAULT_CSS = """
    PassageView { padding: 0 1; }
    PassageView #where { color: $accent; text-style: bold; }
    PassageView #context { color: $text-muted; margin-bottom: 1; }
    PassageView Markdown { margin: 0; padding: 0; }
    """

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages

    def compose(self) -> ComposeResult:
        """Where, what it belongs to, and the text."""
        yield Static("", id="where", markup=False)
        yield Static("", id="context", markup=False)
        yield Markdown("", open_links=False)

    def show(self, passage: Passage, document: DocumentInfo) -> None:
        """Show a passage from its beginning."""
        say = self.messages.text
        place = label(passage.locator, self.messages)
        who = f" · {passage.speaker}" if passage.speaker else ""
        self.query_one("#where", Static).update(say("passage.document", title=document.title, place=place) + who)
        context = say(
            "passage.context", course=document.course, session=document.session, kind=say(f"kind.{document.kind}")
        )
        self.query_one("#context", Static).update(context)
        heading = f"### {passage.heading}\n\n" if passage.heading else ""
        self.query_one(Markdown).update(heading + passage.text)
        self.scroll_home(animate=False)

    def clear(self) -> None:
        """Show nothing."""
        self.query_one("#where", Static).update("")
        self.query_one("#context", Static).update("")
        self.query_one(Markdown).update("")
