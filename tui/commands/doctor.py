"""`repaso doctor`: looks at everything the program stands on, and says what to do where something is wrong."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import RepasoError
from kb.errors import ModelUnavailable
from tui.commands.checks import Check
from tui.commands.doctor_models import chat_check, embedding_check, server_check
from tui.commands.framework import Command, command, option
from tui.commands.interrupt import stop_between_items
from tui.commands.invocation import Invocation
from tui.config import Config
from tui.locale import Messages
from tui.printing import Style

if TYPE_CHECKING:
    from kb.library import Library
    from kb.upkeep import Condition

INTERRUPTED = 130
OLDEST_PYTHON = (3, 11)
ROOM_WANTED = 200_000_000
"""Bytes. A course with its vectors takes tens of megabytes; below this the next add or download may fail."""


def build_doctor(messages: Messages) -> Command:
    """Return the command."""
    return command("doctor", messages, [option(messages, "--fix", text="fix", is_flag=True)], run_doctor)


def run_doctor(invocation: Invocation, fix: bool) -> int:
    """Run every check, each shown when it is done; 1 when one found something wrong, 130 when mending was stopped."""
    done = []
    stopping = stop_between_items(lambda: invocation.note(invocation.text("add.stopping")))
    with stopping if fix else nullcontext(lambda: False) as stopped:
        for check in checks(invocation, stopped if fix else None):
            done.append(check)
            if not invocation.json:
                print_check(invocation, check)
    if invocation.json:
        shapes = [
            {"name": check.name, "ok": check.ok, "message": check.message, "advice": check.advice} for check in done
        ]
        invocation.print_json({"ok": all(check.ok for check in done), "checks": shapes})
    return INTERRUPTED if stopped() else 0 if all(check.ok for check in done) else 1


def print_check(invocation: Invocation, check: Check) -> None:
    """Print a line, and the advice below it."""
    sign, style = ("✓", Style.GOOD) if check.ok else ("✗", Style.BAD)
    name = invocation.text(f"doctor.{check.name}")
    invocation.printer.line(f"{sign} {name}: {check.message}", style)
    if check.advice:
        invocation.printer.line(f"→ {check.advice}", indent=2)


def checks(invocation: Invocation, mending: Callable[[], bool] | None = None) -> Iterator[Check]:
    """Yield the checks as they are done; without usable settings there is nothing more to look at.

    With `mending`, what can be put right is, until it returns true.
    """
    yield python_check(invocation)
    yield sqlite_check(invocation)
    try:
        config = invocation.config
    except RepasoError as error:
        yield Check("settings", False, invocation.messages.error(error), invocation.text("doctor.fix_settings"))
        return
    found = invocation.text("doctor.present" if config.settings.exists() else "doctor.defaults", path=config.settings)
    yield Check("settings", True, found)
    library = guarded(invocation, "library", lambda: library_check(invocation, config))
    yield library
    if library.ok and config.library.exists():
        yield from upkeep_checks(invocation, mending)
    if config.server_url:
        yield guarded(invocation, "server", lambda: server_check(invocation, config))
    else:
        yield guarded(invocation, "chat_model", lambda: chat_check(invocation, config))
    yield guarded(invocation, "embedding_model", lambda: embedding_check(invocation, config))
    yield disk_check(invocation, "disk_library", config.library)
    yield disk_check(invocation, "disk_cache", config.cache)


def guarded(invocation: Invocation, name: str, check: Callable[[], Check]) -> Check:
    """Return the check's finding; an error of ours is a finding too, its sentence says what to do."""
    invocation.status.show(invocation.text("doctor.looking", name=invocation.text(f"doctor.{name}")))
    try:
        return check()
    except RepasoError as error:
        return Check(name, False, invocation.messages.error(error), invocation.text(f"doctor.fix_{name}"))
    finally:
        invocation.status.clear()


def python_check(invocation: Invocation) -> Check:
    """Look at the interpreter's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= OLDEST_PYTHON
    return Check("python", ok, version, "" if ok else invocation.text("doctor.fix_python"))


def sqlite_check(invocation: Invocation) -> Check:
    """Look for full-text search in this Python's SQLite."""
    from kb.db import has_full_text_search

    ok = has_full_text_search()
    return Check("sqlite", ok, sqlite3.sqlite_version, "" if ok else invocation.text("doctor.fix_sqlite"))


def library_check(invocation: Invocation, config: Config) -> Check:
    """Open the library and have SQLite read every page of it; a library that is not there yet is well."""
    if not config.library.exists():
        return Check("library", True, invocation.text("doctor.no_library", path=config.library))
    with invocation.services() as services:
        # Later releases of SQLite look into the index too, which is a check of its own and can be made again.
        problems = [one for one in services.library.database.problems() if "passage_terms" not in one]
        documents = len(services.library.documents())
    if problems:
        return Check("library", False, problems[0], invocation.text("doctor.fix_library"))
    return Check("library", True, invocation.text("doctor.library_well", path=config.library, documents=documents))


def upkeep_checks(invocation: Invocation, mending: Callable[[], bool] | None) -> Iterator[Check]:
    """Look at what follows from the library's passages, put in step and brought up to date where that is wanted."""
    failed = ""
    with invocation.services() as services:
        try:
            found = services.library.condition()
            if mending is not None:
                try:
                    _mend(invocation, services.library, found, mending)
                except ModelUnavailable as error:
                    failed = invocation.messages.error(error)
                found = services.library.condition()
        except RepasoError as error:
            yield Check("index", False, invocation.messages.error(error), invocation.text("doctor.fix_library"))
            return
        finally:
            invocation.status.clear()
    yield from _condition_checks(invocation, found, failed)


def _mend(invocation: Invocation, library: Library, found: Condition, stopped: Callable[[], bool]) -> None:
    from tui.commands.add import show

    library.mend(found)
    library.catch_up(lambda event: show(invocation, event), stopped)


def _condition_checks(invocation: Invocation, found: Condition, failed: str) -> Iterator[Check]:
    """Say what was found; `failed` is why the meanings could not be brought up to date."""
    say, index, advice = invocation.text, found.index, invocation.text("doctor.fix_with_fix")

    def check(name: str, ok: bool, **params: object) -> Check:
        state = "well" if ok else "behind"
        return Check(name, ok, say(f"doctor.{name}_{state}", **params), "" if ok else advice)

    if index.broken:
        yield Check("index", False, say("doctor.index_broken"), advice)
    else:
        yield check("index", not index, missing=index.missing, extra=index.extra)
    yield check("analysis", not found.outdated, passages=found.outdated)
    meanings = found.meanings
    if meanings is not None and failed:
        yield Check("meanings", False, failed, say("doctor.fix_embedding_model"))
    elif meanings is not None and (meanings.replaced or meanings.others):
        changing = "doctor.meanings_changing" if meanings.serving else "doctor.meanings_alone"
        told = "doctor.meanings_replaced" if meanings.replaced else changing
        others = ", ".join(meanings.others)
        yield Check(
            "meanings", False, say(told, model=meanings.model, others=others, passages=meanings.waiting), advice
        )
    elif meanings is not None:
        yield check("meanings", not meanings.waiting, model=meanings.model, passages=meanings.waiting)
    yield check("derived", not found.damaged, files=", ".join(str(path) for path in found.damaged))


def disk_check(invocation: Invocation, name: str, place: Path) -> Check:
    """Look at the room on the disk that holds a path, existing or not."""
    there = next(folder for folder in (place.absolute(), *place.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    message = invocation.text("doctor.room", path=there, megabytes=free // 10**6)
    ok = free >= ROOM_WANTED
    return Check(name, ok, message, "" if ok else invocation.text("doctor.fix_disk"))
