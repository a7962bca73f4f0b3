"""`repaso conversations`: what was asked before, shown, searched, named, exported and removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui import conversation_output
from tui.commands.framework import Command, Group, argument, command, option
from tui.commands.invocation import Invocation
from tui.commands.shelf import is_sure
from tui.conversation_file import write_page
from tui.conversation_markdown import about_line, page, remarks, when
from tui.found import cited_place
from tui.locale import Messages
from tui.plural import counted
from tui.printing import Style, one_line, shortened

if TYPE_CHECKING:
    from kb.conversations.model import Conversation, Reply, Turn
    from tui.services import Services

HERE = "tui.commands.conversations"
NAMES = ("list", "show", "find", "rename", "remove", "export")


def build_conversations(messages: Messages) -> Group:
    """Return the group."""
    return Group("conversations", messages, {name: f"{HERE}:build_{name}" for name in NAMES})


def build_list(messages: Messages) -> Command:
    """Return `conversations list`."""
    return command("conversations list", messages, [], run_list)


def run_list(invocation: Invocation) -> int:
    """List the conversations, the one with the newest turn first; none is an answer, so the status is 0."""
    with invocation.services() as services:
        everything = services.library.conversations.all()
    if invocation.json:
        invocation.print_json({"conversations": [conversation_output.info(one) for one in everything]})
    elif not everything:
        invocation.note(invocation.text("conversations.none"))
    else:
        columns = [invocation.text(f"column.{name}") for name in ("id", "changed", "turns", "title")]
        rows = [(one.id, when(one.changed_at), str(one.turns), one.title) for one in everything]
        invocation.printer.table(columns, rows)
    return 0


def build_show(messages: Messages) -> Command:
    """Return `conversations show`."""
    return command("conversations show", messages, [_key(messages, required=False)], run_show)


def run_show(invocation: Invocation, key: str | None) -> int:
    """Show a conversation, the last one where none is named."""
    with invocation.services() as services:
        shown = _conversation(services, key)
    if invocation.json:
        invocation.print_json(conversation_output.conversation(shown, invocation.messages))
        return 0
    invocation.printer.line(one_line(shown.info.title), Style.STRONG)
    invocation.printer.line(about_line(shown, invocation.messages), Style.QUIET)
    for turn in shown.turns:
        invocation.printer.line()
        print_turn(invocation, turn)
    return 0


def build_find(messages: Messages) -> Command:
    """Return `conversations find`."""
    limit = click.IntRange(1, 1000)
    params = [
        argument(messages, "words", "words", nargs=-1, required=True),
        option(messages, "--limit", text="found_limit", metavar="number", type=limit, default=20),
    ]
    return command("conversations find", messages, params, run_find)


def run_find(invocation: Invocation, words: Sequence[str], limit: int) -> int:
    """Search questions and answers; 1 where nothing is found."""
    query = " ".join(words)
    with invocation.services() as services:
        turns = services.library.conversations.find(query, limit)
    if invocation.json:
        invocation.print_json(conversation_output.found(query, turns))
    elif not turns:
        invocation.note(invocation.text("conversations.nothing", query=shortened(query)))
    else:
        for found in turns:
            _print_found(invocation, found.turn)
            where = {"title": shortened(found.info.title, 60), "id": found.info.id, "turn": found.ordinal}
            invocation.printer.line(invocation.text("conversations.found_in", **where), Style.PLACE, indent=3)
            invocation.printer.line()
    return 0 if turns else 1


def build_rename(messages: Messages) -> Command:
    """Return `conversations rename`."""
    params = [_key(messages), argument(messages, "title", "title", nargs=-1, required=True)]
    return command("conversations rename", messages, params, run_rename)


def run_rename(invocation: Invocation, key: str, title: Sequence[str]) -> int:
    """Give a conversation another name."""
    with invocation.services() as services:
        info = services.library.conversations.rename(key, " ".join(title))
    if invocation.json:
        invocation.print_json({"conversation": conversation_output.info(info)})
    elif not invocation.quiet:
        invocation.printer.line(invocation.text("conversations.renamed", id=info.id, title=info.title))
    return 0


def build_remove(messages: Messages) -> Command:
    """Return `conversations remove`."""
    params = [_key(messages), option(messages, "-y", "--yes", text="yes", is_flag=True)]
    return command("conversations remove", messages, params, run_remove)


def run_remove(invocation: Invocation, key: str, yes: bool) -> int:
    """Remove a conversation after asking, where there is someone to ask."""
    with invocation.services() as services:
        info = services.library.conversations.get(key).info
        turns = counted(invocation.messages, "conversations.turns", info.turns)
        if not yes and not is_sure(invocation, invocation.text("conversations.sure", title=info.title, turns=turns)):
            return 0
        services.library.conversations.remove(info.id)
    if invocation.json:
        invocation.print_json({"removed": [conversation_output.info(info)]})
    elif not invocation.quiet:
        invocation.printer.line(invocation.text("conversations.removed", title=info.title))
    return 0


def build_export(messages: Messages) -> Command:
    """Return `conversations export`."""
    params = [
        _key(messages, required=False),
        option(messages, "-o", "--output", text="export_output", metavar="file", default=""),
        option(messages, "--force", text="force", is_flag=True),
    ]
    return command("conversations export", messages, params, run_export)


def run_export(invocation: Invocation, key: str | None, output: str, force: bool) -> int:
    """Write a conversation as Markdown, the last one where none is named. Raises FileExists."""
    with invocation.services() as services:
        exported = _conversation(services, key)
    text = page(exported, invocation.messages)
    if output:
        write_page(Path(output).expanduser(), text, over=force)
    if invocation.json:
        shape: conversation_output.Shape = {
            "conversation": conversation_output.info(exported.info),
            "path": output,
            "markdown": text,
        }
        invocation.print_json(shape)
    elif output:
        invocation.note(invocation.text("conversations.exported", path=output))
    else:
        invocation.printer.piece(text)
    return 0


def _key(messages: Messages, required: bool = True) -> click.Argument:
    return argument(messages, "key", "conversation", required=required)


def _conversation(services: Services, key: str | None) -> Conversation:
    kept = services.library.conversations
    return kept.latest() if key is None else kept.get(key)


def print_turn(invocation: Invocation, turn: Turn) -> None:
    """Print a question, what came of it, and its sources."""
    from kb.conversations.model import Reply

    printer, say = invocation.printer, invocation.text
    printer.line(turn.question, Style.STRONG)
    if turn.understood:
        printer.line(say("conversations.understood", question=turn.understood), Style.QUIET)
    if not isinstance(turn.reply, Reply):
        printer.line(say("conversations.unanswered"), Style.DOUBT)
        return
    for remark in remarks(turn.reply, invocation.messages):
        printer.line(remark, Style.DOUBT)
    _print_reply(invocation, turn.reply)
    author = turn.reply.model or say("conversations.quotes_only")
    printer.line(f"{author} · {when(turn.asked_at)}", Style.QUIET)


def _print_reply(invocation: Invocation, reply: Reply) -> None:
    printer, say = invocation.printer, invocation.text
    for sentence in reply.sentences:
        if sentence.supported:
            printer.line(f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}".rstrip())
        else:
            printer.line(f"{sentence.text} [{say('conversations.unsupported')}]", Style.DOUBT)
    if reply.citations:
        printer.line(say("conversations.sources"), Style.STRONG)
    for citation in reply.citations:
        printer.line(f"[{citation.n}] {one_line(cited_place(invocation.messages, citation))}", Style.PLACE, indent=2)
        if citation.quote:
            printer.line(f"«{one_line(citation.quote)}»", Style.QUIET, indent=6)
    if reply.nearest:
        printer.line(say("ask.nearest"), Style.QUIET)
    for near in reply.nearest:
        printer.line(f"{near.n}. {one_line(cited_place(invocation.messages, near))}", Style.STRONG)
        printer.line(one_line(near.quote), indent=3)


def _print_found(invocation: Invocation, turn: Turn) -> None:
    from kb.conversations.model import Reply

    invocation.printer.line(shortened(turn.question), Style.STRONG)
    answer = turn.reply.text if isinstance(turn.reply, Reply) else invocation.text("conversations.unanswered")
    if answer:
        invocation.printer.line(shortened(answer, 240), indent=3)
