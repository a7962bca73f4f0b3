"""`repaso similar`: what says something near to a passage or a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui import views_output
from tui.commands.filters import course_option, filters, kind_option, session_option
from tui.commands.framework import Command, argument, command, option
from tui.commands.invocation import Invocation
from tui.found import place
from tui.locale import Messages
from tui.printing import Style, one_line, shortened

if TYPE_CHECKING:
    from kb.views.model import Near

LONGEST = 300
"""Characters of a passage that are printed; `repaso show` prints it whole."""


def build_similar(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "key", "id"),
        option(messages, "--limit", text="limit", metavar="number", type=click.IntRange(1, 1000), default=10),
        course_option(messages),
        session_option(messages),
        kind_option(messages),
    ]
    return command("similar", messages, params, run_similar)


def run_similar(invocation: Invocation, key: str, limit: int, course: str, session: str, kind: str | None) -> int:
    """Print what is near to what the key names, best first; 1 where nothing is. Raises NotFound."""
    with invocation.services() as services:
        found = services.library.similar(key, filters(course, session, kind), limit)
    if invocation.json:
        invocation.print_json(views_output.similar(found, invocation.messages))
    else:
        printer, messages = invocation.printer, invocation.messages
        of = messages.text("similar.of_passage", place=one_line(place(messages, found.document, found.passage)))
        if found.whole:
            of = messages.text("similar.of_document", title=one_line(found.document.title))
        printer.line(of, Style.QUIET)
        if not found.model:
            invocation.note(messages.text("similar.by_words"))
        printer.line()
        for number, one in enumerate(found.near, start=1):
            _print_near(invocation, number, one, compared=bool(found.model))
    if not found.near:
        invocation.note(invocation.text("similar.none"))
    return 0 if found.near else 1


def _print_near(invocation: Invocation, number: int, one: Near, compared: bool) -> None:
    printer, messages = invocation.printer, invocation.messages
    printer.line(f"{number}. {one_line(place(messages, one.document, one.passage))}", Style.STRONG)
    printer.line(shortened(one.passage.text, LONGEST), indent=3)
    if one.likeness:
        printer.line(messages.text("similar.alike", share=100 * one.likeness), Style.DOUBT, indent=3)
    if one.shared:
        printer.line(messages.text("similar.shared", words=one_line(", ".join(one.shared))), Style.QUIET, indent=3)
    key = "similar.scores" if compared else "similar.scores_by_words"
    scores = messages.text(key, score=one.score, keyword=one.keyword, cosine=one.cosine, id=one.passage.id)
    printer.line(scores, Style.QUIET, indent=3)
    printer.line()
