"""`repaso search`: passages that answer a query."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ingest.errors import RepasoError
from tui.commands.filters import course_option, filters, kind_option, session_option
from tui.commands.framework import Command, argument, command, option
from tui.commands.invocation import Invocation
from tui.commands.lines import queries
from tui.json_output import searched
from tui.locale import Messages, label
from tui.printing import Style

if TYPE_CHECKING:
    from kb.model import DocumentInfo, Filters, Hit, Passage, SearchMode, SearchResult
    from tui.services import Services

MODES = ("hybrid", "keyword", "semantic")


def build_search(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "query", "query", nargs=-1),
        option(messages, "--from", "source", text="search_from", metavar="file", default=""),
        option(messages, "--limit", text="limit", metavar="number", type=click.IntRange(1, 1000), default=10),
        option(messages, "--mode", text="mode", type=click.Choice(MODES), default="hybrid"),
        course_option(messages),
        session_option(messages),
        kind_option(messages),
        option(messages, "--speaker", text="speaker", metavar="name", default=""),
    ]
    return command("search", messages, params, run_search)


def run_search(
    invocation: Invocation,
    query: Sequence[str],
    source: str,
    limit: int,
    mode: str,
    course: str,
    session: str,
    kind: str | None,
    speaker: str,
) -> int:
    """Search once, or once a line; 1 when nothing was found or a line failed."""
    from kb.model import SearchMode

    if bool(query) == bool(source):
        raise click.UsageError(invocation.text("usage.query_or_file"), click.get_current_context())
    narrowed = filters(course, session, kind, speaker)
    with invocation.services() as services:
        if source:
            return _search_lines(invocation, services, source, narrowed, limit, SearchMode(mode))
        result = services.library.search(" ".join(query), narrowed, limit, SearchMode(mode))
    if invocation.json:
        invocation.print_json(searched(result, invocation.messages))
    else:
        print_result(invocation, result, SearchMode(mode))
    return 0 if result.hits else 1


def _search_lines(
    invocation: Invocation, services: Services, source: str, narrowed: Filters, limit: int, mode: SearchMode
) -> int:
    """Print one JSON document a line, at once; a query that fails is a document with its error."""
    status = 0
    for query in queries(source):
        try:
            result = services.library.search(query, narrowed, limit, mode)
            invocation.print_json(searched(result, invocation.messages), indent=None)
        except RepasoError as error:
            invocation.print_json({"query": query, "error": invocation.messages.error(error)}, indent=None)
            status = 1
        sys.stdout.flush()
    return status


def print_result(invocation: Invocation, result: SearchResult, wanted: SearchMode) -> None:
    """Print the hits, best first, each with where it stands."""
    if result.mode is not wanted:
        used = invocation.text(f"search.mode_{result.mode.value}")
        invocation.note(invocation.text("cli_search.other_mode", mode=used))
    if result.suggestion:
        invocation.note(invocation.text("cli_search.suggestion", suggestion=result.suggestion))
    if not result.hits:
        invocation.note(invocation.text("search.none", query=result.query))
    for number, hit in enumerate(result.hits, start=1):
        print_hit(invocation, number, hit)


def print_hit(invocation: Invocation, number: int, hit: Hit) -> None:
    """Print one hit: its place, its score, the part of its text that matters, its id."""
    printer = invocation.printer
    printer.line(f"{number}. {place(invocation.messages, hit.document, hit.passage)}", Style.STRONG)
    printer.marked(hit.snippet or hit.passage.text, hit.highlights, indent=3)
    printer.line(f"{hit.score:.2f} · {hit.passage.id}", Style.QUIET, indent=3)
    printer.line()


def place(messages: Messages, document: DocumentInfo, passage: Passage) -> str:
    """Name a passage: document, session, locator, speaker; what is not known is left out."""
    session = document.session if document.session.casefold() not in document.title.casefold() else ""
    parts = (document.title, session, label(passage.locator, messages), passage.speaker)
    return " · ".join(part for part in parts if part)
