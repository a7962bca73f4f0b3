"""A source of an answer: a line that opens its passage."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kb.conversations.model import TurnCitation
from kb.model import Citation, Hit
from tui.locale import Messages, label
from tui.printing import one_line, shortened
from tui.widgets.hit_list import flat, highlighted

Source = Citation | TurnCitation | Hit
"""A passage that an answer was made from, what was kept of one, or one that only comes near."""


class SourceLine(Static):
    """A numbered source, or a passage that comes near; a click or enter opens it, the arrows move between them."""

    can_focus = True
    DEFAULT_CSS = """
    SourceLine { height: auto; padding: 0 1; border-left: blank; }
    SourceLine:hover { background: $boost; }
    SourceLine:focus { background: $block-cursor-blurred-background; border-left: outer $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "key.open"),
        Binding("up", "move(-1)", "key.move", show=False),
        Binding("down", "move(1)", "key.move", show=False),
    ]

    @dataclass
    class Opened(Message):
        """The student wants to read this source."""

        source: Source

    @dataclass
    class Moved(Message):
        """The student wants to go `by` sources further down."""

        line: SourceLine
        by: int

    def __init__(self, source: Source, messages: Messages, only_near: bool = False) -> None:
        self.source = source
        self.only_near = only_near or isinstance(source, Hit)
        super().__init__(_words(source, self.number, messages), markup=False)

    @property
    def number(self) -> int:
        """The number it is cited by, 0 where it only comes near."""
        return 0 if self.only_near or isinstance(self.source, Hit) else self.source.n

    def speak(self, messages: Messages) -> None:
        """Name the place in another language."""
        self.update(_words(self.source, self.number, messages))

    def on_click(self) -> None:
        """Open it."""
        self.action_open()

    def action_open(self) -> None:
        """Open it."""
        self.post_message(self.Opened(self.source))

    def action_move(self, by: int) -> None:
        """Go to another source."""
        self.post_message(self.Moved(self, by))


def _words(source: Source, cited_by: int, messages: Messages) -> Content:
    """Number, title and place, and below them the words it was taken for; 0 is no number."""
    title, locator, speaker = (
        (source.title, source.locator, source.speaker)
        if isinstance(source, TurnCitation)
        else (source.document.title, source.passage.locator, source.passage.speaker)
    )
    number = f"[{cited_by}] " if cited_by else "• "
    place = " · ".join(filter(None, (one_line(label(locator, messages)), one_line(speaker))))
    head = Content.assemble((number, "$accent bold"), (one_line(title), "bold"), "  ", (place, "$accent"))
    if isinstance(source, Hit):
        said = highlighted(source)
    else:
        said = Content(f"«{shortened(unmarked(source.quote))}»" if cited_by else flat(source.quote))
    if not said.plain.strip("«» "):
        return head
    return Content.assemble(head, "\n", said.stylize("$foreground-muted"))


def unmarked(text: str) -> str:
    """Return a text without the Markdown that would only be in the way on a line of its own."""
    return re.sub(r"\*\*|__|`+", "", re.sub(r"^(?:\s*(?:[-*+•>]|#{1,6}|\d{1,3}[.)])\s+)+", "", text))
