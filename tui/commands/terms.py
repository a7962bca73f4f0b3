"""`repaso terms`: the glossary of the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tui import views_output
from tui.commands.filters import course_option, filters, session_option
from tui.commands.framework import Command, argument, command, option
from tui.commands.invocation import Invocation
from tui.found import place
from tui.locale import Messages
from tui.plural import counted
from tui.printing import Style, one_line

if TYPE_CHECKING:
    from kb.views.model import Term


def build_terms(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "term", "term", nargs=-1),
        option(messages, "--limit", text="terms_limit", metavar="number", type=click.IntRange(1, 1000), default=40),
        course_option(messages),
        session_option(messages),
    ]
    return command("terms", messages, params, run_terms)


def run_terms(invocation: Invocation, term: Sequence[str], limit: int, course: str, session: str) -> int:
    """Print the key terms, or the one asked for; 1 where there are none. Raises TermNotFound."""
    within = filters(course, session)
    with invocation.services() as services:
        library = services.library
        found = (library.term(" ".join(term), within),) if term else library.glossary(within, limit)
    if invocation.json:
        invocation.print_json(views_output.terms(found, invocation.messages))
    for number, one in enumerate(found, start=1):
        if not invocation.json:
            print_term(invocation, one, "" if term else f"{number}. ")
    if not found:
        invocation.note(invocation.text("terms.none"))
    return 0 if found else 1


def print_term(invocation: Invocation, term: Term, before: str) -> None:
    """Print a term, how often it comes, and what defines it."""
    printer, messages = invocation.printer, invocation.messages
    other = f" ({one_line(term.other)})" if term.other else ""
    printer.line(f"{before}{one_line(term.name)}{other}", Style.STRONG)
    counts = counted(messages, "terms.passages", term.passages)
    if term.sessions:
        sessions = counted(messages, "terms.sessions", term.sessions)
        counts = messages.text("terms.counts", passages=counts, sessions=sessions)
    printer.line(counts, Style.QUIET, indent=3)
    for one in term.defined:
        quote = one_line(one.quote)
        printer.line(quote if one.outright else messages.text("terms.explains", quote=quote), indent=3)
        printer.line(
            f"{one_line(place(messages, one.document, one.passage))} · {one.passage.id}", Style.PLACE, indent=3
        )
    if not term.defined:
        printer.line(messages.text("terms.undefined"), Style.DOUBT, indent=3)
    printer.line()
