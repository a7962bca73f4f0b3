"""`repaso list` and `repaso remove`: what is in the library."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tui import json_output
from tui.commands.filters import course_option, kind_option
from tui.commands.framework import Command, argument, command, option
from tui.commands.invocation import Invocation
from tui.locale import Messages, label
from tui.printing import Style

if TYPE_CHECKING:
    from kb.model import DocumentInfo, SessionInfo
    from quizzes.model import Question
    from tui.services import Services

THINGS = ("documents", "sessions", "questions")


def build_list(messages: Messages) -> Command:
    """Return `list`."""
    params = [
        argument(messages, "things", "things", type=click.Choice(THINGS), default="documents"),
        course_option(messages),
        kind_option(messages),
    ]
    return command("list", messages, params, run_list)


def run_list(invocation: Invocation, things: str, course: str, kind: str | None) -> int:
    """List one kind of thing; an empty list is an answer, so the status is 0."""
    with invocation.services() as services:
        if things == "documents":
            list_documents(invocation, services.library.documents(course, kind or ""))
        elif things == "sessions":
            list_sessions(invocation, services.library.sessions(course))
        else:
            services.quizzes.sync()
            list_questions(invocation, services, course, kind or "")
    return 0


def list_documents(invocation: Invocation, documents: Sequence[DocumentInfo]) -> None:
    """Print the documents."""
    if invocation.json:
        invocation.print_json({"documents": [json_output.document(info) for info in documents]})
        return
    rows = [
        (
            info.id,
            invocation.text(f"kind.{info.kind.value}"),
            info.title,
            info.course,
            info.session,
            str(info.passages),
            str(info.questions),
        )
        for info in documents
    ]
    _table(invocation, ("id", "kind", "title", "course", "session", "passages", "questions"), rows)


def list_sessions(invocation: Invocation, sessions: Sequence[SessionInfo]) -> None:
    """Print the sessions."""
    if invocation.json:
        invocation.print_json({"sessions": [json_output.session(info) for info in sessions]})
        return
    rows = [(info.course, info.title, str(info.documents)) for info in sessions]
    _table(invocation, ("course", "session", "documents"), rows)


def list_questions(invocation: Invocation, services: Services, course: str, kind: str) -> None:
    """Print the questions, those of documents of one kind where a kind is given."""
    kinds = {info.id: info.kind.value for info in services.library.documents()}
    questions = [asked for asked in services.quizzes.questions(course) if kind in ("", kinds.get(asked.document, ""))]
    if invocation.json:
        shapes = [
            json_output.question(asked, kinds.get(asked.document, ""), invocation.messages) for asked in questions
        ]
        invocation.print_json({"questions": shapes})
        return
    rows = [(asked.id, str(asked.number or ""), asked.stem, asked.course) for asked in questions]
    _table(invocation, ("id", "number", "stem", "course"), rows)


def kind_of(services: Services, question: Question) -> str:
    """Return the kind of the document that a question comes from, "" where it comes from none."""
    return next((info.kind.value for info in services.library.documents() if info.id == question.document), "")


def print_question(invocation: Invocation, question: Question) -> None:
    """Print a question, its answer and where it comes from."""
    printer = invocation.printer
    printer.line(question.stem, Style.STRONG)
    printer.line(question.answer, indent=2)
    source = (question.course, question.session, label(question.locator, invocation.messages))
    printer.line(" · ".join(part for part in source if part), Style.PLACE, indent=2)


def _table(invocation: Invocation, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, or that there is nothing to print."""
    if rows:
        invocation.printer.table([invocation.text(f"column.{name}") for name in columns], rows)
    else:
        invocation.note(invocation.text("list.empty"))


def build_remove(messages: Messages) -> Command:
    """Return `remove`."""
    params = [
        argument(messages, "key", "document"),
        option(messages, "-y", "--yes", text="yes", is_flag=True),
    ]
    return command("remove", messages, params, run_remove)


def run_remove(invocation: Invocation, key: str, yes: bool) -> int:
    """Remove a document after asking, where there is someone to ask; the file itself stays."""
    with invocation.services() as services:
        info = services.library.document(key).info
        if not yes and not is_sure(invocation, invocation.text("remove.sure", title=info.title)):
            return 0
        services.library.remove(info.id)
        services.quizzes.sync()
    if invocation.json:
        invocation.print_json({"removed": [json_output.document(info)]})
    elif not invocation.quiet:
        invocation.printer.line(invocation.text("remove.done", title=info.title))
    return 0


def is_sure(invocation: Invocation, question: str) -> bool:
    """Ask whether to remove something, where there is someone to ask; only a clear yes is one."""
    if invocation.json or not sys.stdin.isatty():
        return True
    invocation.printer.piece(question + " ")
    return sys.stdin.readline().strip().casefold() in ("s", "sí", "si", "y", "yes")
