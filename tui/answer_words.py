"""What an answer says of itself, in words: for the command line and the app alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.locale import Messages
from tui.plural import counted
from tui.printing import one_line, shortened

if TYPE_CHECKING:
    from kb.conversations.model import Reply
    from kb.model import Answer, AnswerMode

MODES = ("auto", "short", "explain", "compare", "list", "define", "quotes", "said")
"""The kinds of answers that can be asked for, as kb.model.AnswerMode names them."""


def mode_name(mode: AnswerMode | str, messages: Messages) -> str:
    """Name a kind of answer as a person would."""
    return messages.text(f"answer_mode.{mode}")


def understood_line(understood: str, messages: Messages) -> str:
    """Say in which words a follow-up question was taken, "" where it was taken as it is."""
    return messages.text("answer.understood", question=shortened(understood)) if understood else ""


def missing_line(answer: Answer | Reply, messages: Messages) -> str:
    """Say of what in the question nothing that was found speaks, "" where all of it is spoken of."""
    words = ", ".join(f"«{one_line(word)}»" for word in answer.missing)
    return messages.text("answer.missing", words=words) if words else ""


def removed_line(answer: Answer, messages: Messages) -> str:
    """Say how many sentences were left out since no note says them, "" where none was."""
    return counted(messages, "answer.removed", answer.removed) if answer.removed else ""
