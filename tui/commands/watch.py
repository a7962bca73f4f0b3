"""`repaso watch`: what comes into a folder becomes documents of the library, until Ctrl-C."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import MissingFile, UnreadableFile
from tui.commands.add import counted, options_of, reading_options, show
from tui.commands.added import Outcome, print_outcome
from tui.commands.framework import Command, argument, command
from tui.commands.interrupt import stop_between_items
from tui.commands.invocation import Invocation
from tui.json_output import added
from tui.locale import Messages
from tui.printing import Style

if TYPE_CHECKING:
    from kb.model import AddResult
    from tui.services import Services


def build_watch(messages: Messages) -> Command:
    """Return the command."""
    return command("watch", messages, [argument(messages, "folder", "folder"), *reading_options(messages)], run_watch)


def run_watch(invocation: Invocation, folder: str, **said: str | bool | None) -> int:
    """Add what is new and what changes, told as it happens; Ctrl-C ends it and is no failure."""
    place = Path(folder)
    if not place.exists():
        raise MissingFile(path=folder)
    if not place.is_dir():
        raise UnreadableFile(path=folder, reason=os.strerror(20))
    stop = threading.Event()
    with invocation.services() as services, stop_between_items(stop.set):
        invocation.note(invocation.text("watch.watching", folder=place.resolve()))
        services.library.watch(
            place,
            stop,
            options_of(said),
            added=lambda results: tell(invocation, services, results),
            gone=lambda files: tell_gone(invocation, files),
            progress=lambda event: show(invocation, event),
        )
        invocation.status.clear()
    return 0


def tell(invocation: Invocation, services: Services, results: Sequence[AddResult]) -> None:
    """Say what became of the files; as JSON, one document a line."""
    invocation.status.clear()
    services.quizzes.sync()
    told = counted(services, results)
    if invocation.json:
        invocation.print_json(added(told, invocation.messages), indent=None)
    else:
        print_outcome(invocation, Outcome(told))
    invocation.flush()


def tell_gone(invocation: Invocation, files: Sequence[Path]) -> None:
    """Say which files are no longer there; their documents stay."""
    for file in files:
        if invocation.json:
            invocation.note(invocation.text("watch.gone", path=file))
        else:
            invocation.printer.line(invocation.text("watch.gone", path=file), Style.DOUBT)
    invocation.flush()
