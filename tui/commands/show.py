"""`repaso show`: a document, a passage or a question in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.errors import NotFound
from kb.model import DocumentView, Passage
from quizzes.errors import QuestionNotFound
from quizzes.model import Question
from tui import json_output
from tui.commands.framework import Command, argument, command
from tui.commands.invocation import Invocation
from tui.commands.search import place
from tui.commands.shelf import kind_of, print_question
from tui.locale import Messages, label
from tui.printing import Style

if TYPE_CHECKING:
    from tui.services import Services


def build_show(messages: Messages) -> Command:
    """Return the command."""
    return command("show", messages, [argument(messages, "key", "id")], run_show)


def run_show(invocation: Invocation, key: str) -> int:
    """Show what the key names; raises NotFound."""
    with invocation.services() as services:
        found = find(services, key)
        match found:
            case DocumentView():
                show_document(invocation, found)
            case Question():
                show_question(invocation, services, found)
            case (passage, view):
                show_passage(invocation, passage, view)
    return 0


def find(services: Services, key: str) -> DocumentView | Question | tuple[Passage, DocumentView]:
    """Return the document (by id, path or title), the passage with its document, or the question of that id."""
    try:
        return services.library.document(key)
    except NotFound as missing:
        try:
            passage = services.library.passage(key)
            return passage, services.library.document(passage.document)
        except NotFound:
            pass
        try:
            return services.quizzes.question(key)
        except QuestionNotFound:
            raise missing from None


def show_document(invocation: Invocation, view: DocumentView) -> None:
    """Print a document section by section."""
    if invocation.json:
        invocation.print_json(json_output.view(view, invocation.messages))
        return
    printer, messages, info = invocation.printer, invocation.messages, view.info
    printer.line(info.title, Style.STRONG)
    about = (messages.text(f"kind.{info.kind.value}"), info.course, info.session, info.author, info.url)
    printer.line(" · ".join(part for part in about if part), Style.QUIET)
    printer.line(f"{info.path} · {info.id}", Style.QUIET)
    for notice in view.notices:
        where = f"{notice.where}: " if notice.where else ""
        printer.line(f"! {where}{messages.notice(notice)}", Style.DOUBT)
    for section in view.sections:
        printer.line()
        where = label(section.locator, messages)
        printer.line(where if section.title in where else f"{where} · {section.title}", Style.PLACE)
        printer.line(section.text, indent=2)
        if section.notes:
            printer.line(messages.text("show.notes", notes=section.notes), Style.QUIET, indent=2)


def show_passage(invocation: Invocation, passage: Passage, view: DocumentView) -> None:
    """Print a passage and where it stands."""
    if invocation.json:
        invocation.print_json(json_output.passage(passage, view.info, invocation.messages))
        return
    invocation.printer.line(place(invocation.messages, view.info, passage), Style.PLACE)
    if passage.heading:
        invocation.printer.line(passage.heading, Style.STRONG)
    invocation.printer.line(passage.text)


def show_question(invocation: Invocation, services: Services, question: Question) -> None:
    """Print a question, its answer and its source."""
    if invocation.json:
        shape = json_output.question(question, kind_of(services, question), invocation.messages)
        invocation.print_json({"question": shape})
    else:
        print_question(invocation, question)
