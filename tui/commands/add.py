"""`repaso add`: files and folders become documents of the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.model import Kind
from tui.commands.added import Outcome, print_outcome
from tui.commands.framework import Command, argument, command, option
from tui.commands.interrupt import stop_between_items
from tui.commands.invocation import Invocation
from tui.locale import Messages
from tui.printing import print_error

if TYPE_CHECKING:
    from kb.library import AddOptions, Library
    from kb.model import AddEvent, AddResult
    from tui.services import Services

    Filling = Callable[[Library], tuple[AddResult, ...]]

INTERRUPTED = 130


def build_add(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "paths", "paths", nargs=-1, required=True),
        *reading_options(messages),
        option(messages, "--dry-run", text="dry_run", is_flag=True),
    ]
    return command("add", messages, params, run_add)


def reading_options(messages: Messages) -> list[click.Parameter]:
    """Return the options that say where documents belong and how they are read."""
    kinds = click.Choice([kind.value for kind in Kind])
    return [
        option(messages, "--course", text="course_of", metavar="name", default=""),
        option(messages, "--session", text="session_of", metavar="name", default=""),
        option(messages, "--kind", text="kind_of", type=kinds),
        option(messages, "--password", text="password", metavar="word", default=""),
        option(messages, "--no-ocr", text="no_ocr", is_flag=True),
        option(messages, "--no-embed", text="no_embed", is_flag=True),
    ]


def run_add(invocation: Invocation, paths: Sequence[str], dry_run: bool, **said: str | bool | None) -> int:
    """Add everything, show what became of each document, and say 1 when one failed."""
    options = options_of({**said, "no_embed": dry_run or said["no_embed"]})
    passed_over: list[Path] = []

    def fill(library: Library) -> tuple[AddResult, ...]:
        return library.add(
            [Path(path) for path in paths],
            options,
            progress=lambda event: show(invocation, event),
            should_stop=stopped,
            passed_over=passed_over.extend,
        )

    with stop_between_items(lambda: invocation.note(invocation.text("add.stopping"))) as stopped:
        results = _tried(invocation, fill) if dry_run else _done(invocation, fill)
        invocation.status.clear()
        interrupted = stopped()
    print_outcome(invocation, Outcome(results, tuple(passed_over), dry_run))
    if interrupted:
        print_error(invocation.text("error.interrupted"))
        return INTERRUPTED
    return 1 if not results or any(result.error for result in results) else 0


def _tried(invocation: Invocation, fill: Filling) -> tuple[AddResult, ...]:
    """Fill a copy of the library that is thrown away."""
    from contextlib import closing

    from tui.services import open_trial

    with closing(open_trial(invocation.config)) as library:
        return fill(library)


def _done(invocation: Invocation, fill: Filling) -> tuple[AddResult, ...]:
    """Fill the library and its bank of questions."""
    with invocation.services() as services:
        results = fill(services.library)
        services.quizzes.sync()
        return counted(services, results)


def options_of(said: Mapping[str, str | bool | None]) -> AddOptions:
    """Return what the options of `reading_options` mean."""
    from kb.library import AddOptions

    kind = said["kind"]
    return AddOptions(
        course=str(said["course"]),
        session=str(said["session"]),
        kind=Kind(str(kind)) if kind else None,
        password=str(said["password"]),
        embed=not said["no_embed"],
        ocr=not said["no_ocr"],
    )


def show(invocation: Invocation, event: AddEvent) -> None:
    """Show how far the adding is: the file, and the page within it."""
    stage = invocation.text(f"add.stage_{event.stage}")
    page = invocation.text("add.page", page=event.page, pages=event.pages) if event.pages else ""
    invocation.status.show(" ".join(filter(None, (stage, f"{event.done}/{event.total}", event.item, page))))


def counted(services: Services, results: Sequence[AddResult]) -> tuple[AddResult, ...]:
    """Return the results with their documents as they stand now that their questions are in the bank."""
    from dataclasses import replace

    stored = {info.id: info for info in services.library.documents()}
    return tuple(
        replace(result, document=stored.get(result.document.id)) if result.document else result for result in results
    )
