"""`repaso search`: passages that answer a query."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ingest.errors import RepasoError
from kb.errors import StoreError
from tui.commands.filters import filters, narrowing_options
from tui.commands.framework import Command, argument, command, option
from tui.commands.hits import note_looser, print_result
from tui.commands.invocation import Invocation
from tui.commands.lines import queries
from tui.json_search import history as history_shape
from tui.json_search import searched
from tui.locale import Messages
from tui.printing import one_line

if TYPE_CHECKING:
    from kb.model import SearchResult
    from tui.services import Services

MODES = ("hybrid", "keyword", "semantic")


def build_search(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "query", "query", nargs=-1),
        option(messages, "--from", "source", text="search_from", metavar="file", default=""),
        option(messages, "--limit", text="limit", metavar="number", type=click.IntRange(1, 1000), default=10),
        option(messages, "--mode", text="mode", type=click.Choice(MODES), default="hybrid"),
        *narrowing_options(messages),
        option(messages, "--explain", text="explain", is_flag=True),
        option(messages, "--rerank", text="rerank", is_flag=True),
        option(messages, "--history", text="history", is_flag=True),
        option(messages, "--forget-history", text="forget_history", is_flag=True),
    ]
    return command("search", messages, params, run_search)


def run_search(
    invocation: Invocation,
    query: Sequence[str],
    source: str,
    limit: int,
    mode: str,
    explain: bool,
    rerank: bool,
    history: bool,
    forget_history: bool,
    **narrowed: Any,  # click's values of narrowing_options
) -> int:
    """Search once, or once a line; 1 when nothing was found or a line failed. Or tell, or forget, what was asked."""
    from kb.model import SearchMode

    if history or forget_history:
        if query or source or (history and forget_history):
            raise click.UsageError(invocation.text("history.alone"), click.get_current_context())
        return _forget(invocation) if forget_history else _list_history(invocation)
    if bool(query) == bool(source):
        raise click.UsageError(invocation.text("usage.query_or_file"), click.get_current_context())
    within = filters(**narrowed)
    with invocation.services() as services:
        search = partial(services.library.search, limit=limit, mode=SearchMode(mode), rerank=rerank)
        if source:
            return _search_lines(invocation, source, lambda line: search(line, within), explain)
        result = search(" ".join(query), within)
        if invocation.json:
            invocation.print_json(searched(result, invocation.messages, explain))
        else:
            print_result(invocation, result, SearchMode(mode), explain)
            if not result.hits:
                note_looser(invocation, services.library.loosened(result.query, within, SearchMode(mode)))
        _remember(invocation, services, result.query)
    return 0 if result.hits else 1


def _search_lines(invocation: Invocation, source: str, search: Callable[[str], SearchResult], explain: bool) -> int:
    """Print one JSON document a line, at once; a query that fails is a document with its error."""
    status = 0
    for query in queries(source):
        try:
            invocation.print_json(searched(search(query), invocation.messages, explain), indent=None)
        except RepasoError as error:
            invocation.print_json({"query": query, "error": invocation.messages.error(error)}, indent=None)
            status = 1
        sys.stdout.flush()
    return status


def _remember(invocation: Invocation, services: Services, query: str) -> None:
    """Keep the query in the history, once what it found was printed; say so where it cannot be kept."""
    invocation.flush()
    try:
        services.library.remember_search(query, services.time())
    except StoreError as error:
        invocation.note(invocation.text("history.unkept", reason=invocation.messages.error(error)))


def _list_history(invocation: Invocation) -> int:
    """Print what was searched for, newest first."""
    with invocation.services() as services:
        searches = services.library.past_searches()
    if invocation.json:
        invocation.print_json(history_shape(searches))
        return 0
    for search in searches:
        invocation.printer.line(f"{search.asked_at[:16].replace('T', ' ')}  {one_line(search.query)}")
    if not searches:
        invocation.note(invocation.text("history.empty"))
    return 0


def _forget(invocation: Invocation) -> int:
    """Forget what was searched for."""
    with invocation.services() as services:
        count = services.library.forget_searches()
    if invocation.json:
        invocation.print_json({"forgotten": count})
    else:
        invocation.note(invocation.text("history.forgotten", count=count))
    return 0
