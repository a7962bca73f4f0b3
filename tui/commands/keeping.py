"""Which conversation a question goes on with, and that its turn is on disk before the model is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from kb.errors import StoreError
from tui.commands.framework import option
from tui.commands.invocation import Invocation
from tui.locale import Messages

if TYPE_CHECKING:
    from tui.services import Services
    from tui.talk import Talk


def thread_options(messages: Messages) -> list[click.Parameter]:
    """--continue, --conversation and --no-keep"""
    return [
        option(messages, "--continue", "go_on", text="continue", is_flag=True),
        option(messages, "--conversation", text="conversation", metavar="conversation", default=""),
        option(messages, "--no-keep", text="no_keep", is_flag=True),
    ]


def check_thread(invocation: Invocation, source: str, go_on: bool, conversation: str) -> None:
    """Raise UsageError where the options do not go together."""
    if go_on and conversation:
        raise click.UsageError(invocation.text("usage.continue_or_conversation"), click.get_current_context())
    if source and (go_on or conversation):
        raise click.UsageError(invocation.text("usage.lines_are_no_conversation"), click.get_current_context())


def open_talk(invocation: Invocation, services: Services, go_on: bool, conversation: str, no_keep: bool) -> Talk:
    """Return the conversation that is meant; raises ConversationNotFound, AmbiguousConversation, NoConversation."""
    from tui.talk import Talk

    kept = invocation.config.keep_conversations and not no_keep
    if not go_on and not conversation:
        return Talk(kept)
    known = services.library.conversations
    return Talk(kept, known.latest() if go_on else known.get(conversation))


class Keeping:
    """Writes what is said to disk. An answer is worth more than the failure to keep it, which is told, and once."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._failed = False

    def keep(self, write: Callable[[], None]) -> None:
        """Write a question or its answer."""
        try:
            write()
        except StoreError as error:
            if not self._failed:
                reason = self._invocation.messages.error(error)
                self._invocation.note(self._invocation.text("conversations.not_kept", error=reason))
            self._failed = True
