"""`repaso add`: files and folders become documents of the library."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.model import Kind
from tui.commands.framework import Command, argument, command, option
from tui.commands.interrupt import stop_between_items
from tui.commands.invocation import Invocation
from tui.json_output import added, error_sentence
from tui.locale import Messages
from tui.printing import Style, print_error

if TYPE_CHECKING:
    from kb.model import AddEvent, AddResult
    from tui.services import Services

INTERRUPTED = 130
STYLES = {"added": Style.GOOD, "updated": Style.GOOD, "unchanged": Style.QUIET}


def build_add(messages: Messages) -> Command:
    """Return the command."""
    kinds = click.Choice([kind.value for kind in Kind])
    params = [
        argument(messages, "paths", "paths", nargs=-1, required=True),
        option(messages, "--course", text="course_of", metavar="name", default=""),
        option(messages, "--session", text="session_of", metavar="name", default=""),
        option(messages, "--kind", text="kind_of", type=kinds),
        option(messages, "--password", text="password", metavar="word", default=""),
    ]
    return command("add", messages, params, run_add)


def run_add(
    invocation: Invocation, paths: Sequence[str], course: str, session: str, kind: str | None, password: str
) -> int:
    """Add everything, show what became of each document, and say 1 when one failed."""
    from kb.library import AddOptions

    options = AddOptions(course=course, session=session, kind=Kind(kind) if kind else None, password=password)
    with (
        invocation.services() as services,
        stop_between_items(lambda: invocation.note(invocation.text("add.stopping"))) as stopped,
    ):
        results = services.library.add(
            [Path(path) for path in paths],
            options,
            progress=lambda event: show(invocation, event),
            should_stop=stopped,
        )
        services.quizzes.sync()
        invocation.status.clear()
        results = _counted(services, results)
        interrupted = stopped()
    if invocation.json:
        invocation.print_json(added(results, invocation.messages))
    else:
        print_results(invocation, results)
    if interrupted:
        print_error(invocation.text("error.interrupted"))
        return INTERRUPTED
    return 1 if not results or any(result.error for result in results) else 0


def show(invocation: Invocation, event: AddEvent) -> None:
    """Show how far the adding is."""
    stage = invocation.text(f"add.stage_{event.stage}")
    invocation.status.show(f"{stage} {event.done}/{event.total} {event.item}")


def print_results(invocation: Invocation, results: Sequence[AddResult]) -> None:
    """Print a line a document, its warnings below it; failures go to stderr."""
    printer = invocation.printer
    for result in results:
        if result.error is not None:
            sys.stdout.flush()
            print_error(error_sentence(result.error, invocation.messages))
        info = result.document
        if info is not None and not invocation.quiet:
            sentence = invocation.text(
                f"add.{result.status.value}",
                title=info.title,
                kind=invocation.text(f"kind.{info.kind.value}"),
                passages=info.passages,
                questions=info.questions,
            )
            printer.line(sentence, STYLES[result.status.value])
        if not invocation.quiet:
            for notice in result.notices:
                place = f"{notice.where}: " if notice.where else ""
                printer.line(f"! {place}{invocation.messages.notice(notice)}", Style.DOUBT, indent=2)
    if not results:
        print_error(invocation.text("add.nothing"))


def _counted(services: Services, results: Sequence[AddResult]) -> tuple[AddResult, ...]:
    """Return the results with their documents as they stand now that their questions are in the bank."""
    from dataclasses import replace

    stored = {info.id: info for info in services.library.documents()}
    return tuple(
        replace(result, document=stored.get(result.document.id)) if result.document else result for result in results
    )
