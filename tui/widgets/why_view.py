"""Why a hit was found, in sentences."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from kb.model import Hit
from tui.found import why_lines
from tui.locale import Messages, label
from tui.printing import one_line
from tui.widgets.plain_text import PlainText


class WhyView(VerticalScroll):
    """Shows the words, scores and places that made one hit, or nothing."""

    DEFAULT_CSS = """
    WhyView { padding: 0 1; scrollbar-size-vertical: 1; }
    """

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages
        self.shown: tuple[Hit, str] | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield PlainText(id="reasons")

    def show(self, hit: Hit, model: str) -> None:
        """Explain a hit; `model` names the embedder that compared meanings, "" for none."""
        self.shown = (hit, model)
        self.speak(self.messages)

    def clear(self) -> None:
        """Explain nothing."""
        self.shown = None
        self.query_one("#reasons", PlainText).say("")

    def speak(self, messages: Messages) -> None:
        """Explain in another language."""
        self.messages = messages
        if self.shown is None:
            return
        hit, model = self.shown
        place = one_line(label(hit.passage.locator, messages))
        head = Content.assemble(
            (messages.text("why.title"), "bold $primary"),
            "\n",
            (one_line(hit.document.title), "bold"),
            "  ",
            (place, "$accent"),
            "\n\n",
        )
        lines = "\n".join(f"• {line}" for line in why_lines(hit, model, messages))
        self.query_one("#reasons", PlainText).say(Content.assemble(head, lines))
