"""`repaso show`: a document, a passage or a question in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ingest.report import warnings
from kb.errors import NotFound
from kb.model import DocumentView, Passage
from quizzes.errors import QuestionNotFound
from quizzes.model import Question
from tui import json_output
from tui.commands.framework import Command, argument, command, option
from tui.commands.invocation import Invocation
from tui.commands.shelf import kind_of, print_question
from tui.found import place
from tui.locale import Messages, label
from tui.printing import Style
from tui.report import chapters, remark

if TYPE_CHECKING:
    from tui.services import Services


MOST_AROUND = 50
"""Passages shown on each side of one."""


def build_show(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "key", "id"),
        option(messages, "--report", text="report", is_flag=True),
        option(messages, "--original", text="original", is_flag=True),
        option(messages, "--around", text="around", metavar="number", type=click.IntRange(0, MOST_AROUND), default=0),
    ]
    return command("show", messages, params, run_show)


def run_show(invocation: Invocation, key: str, report: bool, original: bool, around: int) -> int:
    """Show what the key names; raises NotFound."""
    with invocation.services() as services:
        found = services.library.document(key) if report or original else find(services, key)
        if around and not isinstance(found, tuple):
            raise click.UsageError(invocation.text("usage.around_passage", key=key), click.get_current_context())
        match found:
            case DocumentView() if report:
                show_report(invocation, found)
            case DocumentView():
                show_document(invocation, with_originals(found) if original else found)
            case Question():
                show_question(invocation, services, found)
            case (passage, view):
                beside = services.library.neighbours(passage.id, around, around) if around else ()
                show_passage(invocation, passage, view, beside)
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
    printer, messages = invocation.printer, invocation.messages
    _print_head(invocation, view)
    for notice in warnings(view.notices):
        printer.line(f"! {remark(notice, messages)}", Style.DOUBT)
    for section in view.sections:
        printer.line()
        where = label(section.locator, messages)
        printer.line(where if section.title in where else f"{where} · {section.title}", Style.PLACE)
        printer.line(section.text, indent=2)
        if section.twins:
            places = ", ".join(label(view.sections[twin].locator, messages) for twin in section.twins)
            printer.line(messages.text("show.twins", places=places), Style.QUIET, indent=2)
        if section.notes:
            printer.line(messages.text("show.notes", notes=section.notes), Style.QUIET, indent=2)


def show_report(invocation: Invocation, view: DocumentView) -> None:
    """Print what was read, repaired, dropped and doubted of a document."""
    if invocation.json:
        invocation.print_json(json_output.report(view, invocation.messages))
        return
    _print_head(invocation, view)
    for chapter in chapters(view, invocation.messages):
        invocation.printer.line()
        invocation.printer.line(chapter.title, Style.STRONG)
        for line in chapter.lines:
            invocation.printer.line(f"• {line}", indent=2)


def with_originals(view: DocumentView) -> DocumentView:
    """Return a document with its sections' text as it stood before it was cleaned."""
    return replace(
        view, sections=tuple(replace(section, text=section.original or section.text) for section in view.sections)
    )


def _print_head(invocation: Invocation, view: DocumentView) -> None:
    printer, info = invocation.printer, view.info
    printer.line(info.title, Style.STRONG)
    about = (invocation.text(f"kind.{info.kind.value}"), info.course, info.session, info.author, info.url)
    printer.line(" · ".join(part for part in about if part), Style.QUIET)
    printer.line(f"{info.path} · {info.id}", Style.QUIET)


def show_passage(
    invocation: Invocation, passage: Passage, view: DocumentView, beside: Sequence[Passage] = ()
) -> None:
    """Print a passage and where it stands, with those beside it in their places, set off by their indent."""
    if invocation.json:
        invocation.print_json(json_output.passage(passage, view.info, invocation.messages, beside))
        return
    for before in (one for one in beside if one.ordinal < passage.ordinal):
        _print_beside(invocation, before)
        invocation.printer.line()
    invocation.printer.line(place(invocation.messages, view.info, passage), Style.PLACE)
    if passage.heading:
        invocation.printer.line(passage.heading, Style.STRONG)
    invocation.printer.line(passage.text)
    for after in (one for one in beside if one.ordinal > passage.ordinal):
        invocation.printer.line()
        _print_beside(invocation, after)


def _print_beside(invocation: Invocation, passage: Passage) -> None:
    where = label(passage.locator, invocation.messages)
    invocation.printer.line(f"{where} · {passage.id}", Style.QUIET, indent=3)
    invocation.printer.line(passage.text, indent=3)


def show_question(invocation: Invocation, services: Services, question: Question) -> None:
    """Print a question, its answer and its source."""
    if invocation.json:
        shape = json_output.question(question, kind_of(services, question), invocation.messages)
        invocation.print_json({"question": shape})
    else:
        print_question(invocation, question)
