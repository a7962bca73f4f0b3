"""Which conversation a question goes on with, and that its turn is kept before the next can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from kb.errors import StoreError
from tui.commands.framework import option
from tui.commands.invocation import Invocation
from tui.locale import Messages

if TYPE_CHECKING:
    from kb.conversations.model import Turn
    from kb.model import Answer, Exchange
    from tui.services import Services


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation that a question is a turn of: `id` is "" for a new one. `kept`: whether its turn is kept."""

    id: str
    earlier: tuple[Exchange, ...]
    kept: bool


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


def open_thread(invocation: Invocation, services: Services, go_on: bool, conversation: str, no_keep: bool) -> Thread:
    """Return the conversation that is meant; raises ConversationNotFound, AmbiguousConversation, NoConversation."""
    kept = invocation.config.keep_conversations and not no_keep
    if not go_on and not conversation:
        return Thread("", (), kept)
    from kb.conversations.model import exchanges

    known = services.library.conversations
    found = known.latest() if go_on else known.get(conversation)
    return Thread(found.info.id, exchanges(found.turns), kept)


def keep_answer(invocation: Invocation, services: Services, thread: Thread, answer: Answer, asked_at: str) -> str:
    """Keep an answer; return the conversation's id, "" where it is not kept, which is told."""
    from kb.conversations.model import answered_turn

    return _keep(invocation, services, thread, answered_turn(answer, asked_at)) if thread.kept else ""


def keep_question(invocation: Invocation, services: Services, thread: Thread, question: str, asked_at: str) -> None:
    """Keep a question whose answer did not come to its end, and say so."""
    if not thread.kept:
        return
    from ingest.language import language_of_question
    from kb.answer.followup import standalone
    from kb.answer.followup_abroad import language_in
    from kb.conversations.model import Turn, Unanswered

    understood = standalone(question, thread.earlier, language_in(question, thread.earlier, language_of_question))
    turn = Turn(question, asked_at, Unanswered(), "" if understood == question else understood)
    id = _keep(invocation, services, thread, turn)
    if id:
        invocation.note(invocation.text("conversations.interrupted", id=id))


def _keep(invocation: Invocation, services: Services, thread: Thread, turn: Turn) -> str:
    """Write a turn. An answer that is on screen is worth more than the failure to keep it, which is only told."""
    kept = services.library.conversations
    try:
        return (kept.append(thread.id, turn) if thread.id else kept.start(turn)).id
    except StoreError as error:
        invocation.note(invocation.text("conversations.not_kept", error=invocation.messages.error(error)))
        return ""
