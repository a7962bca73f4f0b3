"""Kept conversations in a list, and what stands in it of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList

from kb.conversations.model import ConversationInfo
from tui.conversation_markdown import when
from tui.locale import Messages
from tui.plural import counted
from tui.printing import one_line, shortened


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation of the list; in a search, the question in which it was found."""

    info: ConversationInfo
    found: str = ""


class ConversationList(OptionList):
    """Conversations, the newest first or, in a search, the best."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "key.open"),
        Binding("r", "screen.rename", "key.rename"),
        Binding("e", "screen.export", "key.export"),
        Binding("delete", "screen.remove", "key.remove"),
    ]


def conversation_words(row: Row, messages: Messages) -> Content:
    """Title, day and number of questions; below them where it was found, unless the title says that."""
    turns = counted(messages, "conversations.turns", row.info.turns)
    head = Content.assemble(
        (one_line(row.info.title), "bold"), "  ", (f"{when(row.info.changed_at)} · {turns}", "$foreground-muted")
    )
    found = shortened(row.found)
    if not found or found == one_line(row.info.title):
        return head
    return Content.assemble(head, "\n", (f"  ❯ {found}", "$foreground-muted"))
