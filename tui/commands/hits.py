"""How hits are printed: where each stands, the words that match, and why it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.invocation import Invocation
from tui.found import facet_value, looser_line, place, why_lines
from tui.plural import counted
from tui.printing import Style, one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.model import Facet, Hit, Looser, SearchMode, SearchResult

VALUES = 4
"""Values of a facet that are printed; the rest are counted."""


def print_result(invocation: Invocation, result: SearchResult, wanted: SearchMode, explain: bool) -> None:
    """Print how much was found and where, the hits, best first, and what else could be searched for."""
    if result.mode is not wanted:
        used = invocation.text(f"search.mode_{result.mode.value}")
        invocation.note(invocation.text("cli_search.other_mode", mode=used))
    if result.reranking.value == "unavailable":
        invocation.note(invocation.text("cli_search.not_reranked"))
    if result.suggestion:
        invocation.note(invocation.text("cli_search.suggestion", suggestion=shortened(result.suggestion)))
    if not result.hits:
        invocation.note(invocation.text("search.none", query=shortened(result.query)))
        return
    _print_counts(invocation, result)
    for number, hit in enumerate(result.hits, start=1):
        why = why_lines(hit, result.model, invocation.messages) if explain else ()
        print_hit(invocation, number, hit, why)
    if result.related:
        queries = " · ".join(one_line(query) for query in result.related)
        invocation.printer.line(invocation.text("found.related", queries=queries), Style.QUIET)


def print_hit(invocation: Invocation, number: int, hit: Hit, why: Iterable[str] = ()) -> None:
    """Print one hit: its place, what matters of its text, where the same is said, its score, why it is one."""
    printer = invocation.printer
    printer.line(f"{number}. {place(invocation.messages, hit.document, hit.passage)}", Style.STRONG)
    printer.marked(hit.snippet or hit.passage.text, hit.highlights, indent=3)
    if hit.alike:
        places = "; ".join(place(invocation.messages, other.document, other.passage) for other in hit.alike)
        printer.line(one_line(invocation.text("found.alike", places=places)), Style.QUIET, indent=3)
    printer.line(f"{hit.score:.2f} · {hit.passage.id}", Style.QUIET, indent=3)
    for line in why:
        printer.line(f"• {line}", indent=3)
    printer.line()


def note_looser(invocation: Invocation, ways: Sequence[Looser]) -> None:
    """Say which filters to leave out."""
    for looser in ways:
        invocation.note(looser_line(looser, invocation.messages))


def _print_counts(invocation: Invocation, result: SearchResult) -> None:
    """Print how many passages were found, and how many of each kind, session and speaker."""
    shown, messages = len(result.hits), invocation.messages
    if result.total > shown:
        invocation.printer.line(messages.text("found.total_shown", count=result.total, shown=shown))
    elif result.total:
        invocation.printer.line(counted(messages, "found.total", result.total))
    for facet in result.facets:
        if facet.values:
            invocation.printer.line(_facet_line(invocation, facet), Style.QUIET)
    if result.total:
        invocation.printer.line()


def _facet_line(invocation: Invocation, facet: Facet) -> str:
    values = [
        f"{one_line(facet_value(facet.field, value, invocation.messages))} {count}"
        for value, count in facet.values[:VALUES]
    ]
    rest = len(facet.values) - VALUES
    if rest > 0:
        values.append(invocation.text("found.more", count=rest))
    return f"{invocation.text(f'facet.{facet.field.value}')}: {' · '.join(values)}"
