"""`repaso doctor`: looks at everything the program stands on, and says what to do where something is wrong."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RepasoError
from tui.commands.framework import Command, command
from tui.commands.invocation import Invocation
from tui.config import Config
from tui.locale import Messages
from tui.printing import Style

OLDEST_PYTHON = (3, 11)
ROOM_WANTED = 200_000_000
"""Bytes. A course with its vectors takes tens of megabytes; below this the next add or download may fail."""


def build_doctor(messages: Messages) -> Command:
    """Return the command."""
    return command("doctor", messages, [], run_doctor)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `advice` says what to do and is "" where all is well."""

    name: str
    ok: bool
    message: str
    advice: str = ""


def run_doctor(invocation: Invocation) -> int:
    """Run every check, each shown when it is done; 1 when one found something wrong."""
    done = []
    for check in checks(invocation):
        done.append(check)
        if not invocation.json:
            print_check(invocation, check)
    if invocation.json:
        shapes = [
            {"name": check.name, "ok": check.ok, "message": check.message, "advice": check.advice} for check in done
        ]
        invocation.print_json({"ok": all(check.ok for check in done), "checks": shapes})
    return 0 if all(check.ok for check in done) else 1


def print_check(invocation: Invocation, check: Check) -> None:
    """Print a line, and the advice below it."""
    sign, style = ("✓", Style.GOOD) if check.ok else ("✗", Style.BAD)
    name = invocation.text(f"doctor.{check.name}")
    invocation.printer.line(f"{sign} {name}: {check.message}", style)
    if check.advice:
        invocation.printer.line(f"→ {check.advice}", indent=2)


def checks(invocation: Invocation) -> Iterator[Check]:
    """Yield the checks as they are done; without usable settings there is nothing more to look at."""
    yield python_check(invocation)
    yield sqlite_check(invocation)
    try:
        config = invocation.config
    except RepasoError as error:
        yield Check("settings", False, invocation.messages.error(error), invocation.text("doctor.fix_settings"))
        return
    found = invocation.text("doctor.present" if config.settings.exists() else "doctor.defaults", path=config.settings)
    yield Check("settings", True, found)
    yield guarded(invocation, "library", lambda: library_check(invocation, config))
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
        problems = services.library.database.problems()
        documents = len(services.library.documents())
    if problems:
        return Check("library", False, problems[0], invocation.text("doctor.fix_library"))
    return Check("library", True, invocation.text("doctor.library_well", path=config.library, documents=documents))


def chat_check(invocation: Invocation, config: Config) -> Check:
    """Have the language model write eight tokens in a process of its own."""
    from kb.inference.catalog import model_path
    from kb.inference.proof import Died, Proved, Refused, TookTooLong, prove_llama

    match prove_llama(model_path(config.chat_model, config.cache)):
        case Proved():
            return Check("chat_model", True, invocation.text("doctor.model_well", model=config.chat_model))
        case Died(signal):
            told = invocation.text("doctor.model_died", model=config.chat_model, signal=signal)
            return Check("chat_model", False, told, invocation.text("doctor.fix_build"))
        case Refused(reason):
            told = invocation.text("doctor.model_refused", model=config.chat_model, reason=reason)
            return Check("chat_model", False, told, invocation.text("doctor.fix_build"))
        case TookTooLong(seconds):
            told = invocation.text("doctor.model_slow", model=config.chat_model, seconds=round(seconds))
            return Check("chat_model", False, told, invocation.text("doctor.fix_chat_model"))


def embedding_check(invocation: Invocation, config: Config) -> Check:
    """Have the embedder encode a sentence."""
    from kb.inference import Role, open_encoder

    encoder = open_encoder(config.embedding_model, config.cache)
    try:
        size = encoder.encode(["una frase de prueba"], Role.QUERY).shape[1]
    finally:
        encoder.close()
    return Check(
        "embedding_model", True, invocation.text("doctor.embedder_well", model=config.embedding_model, size=size)
    )


def disk_check(invocation: Invocation, name: str, place: Path) -> Check:
    """Look at the room on the disk that holds a path, existing or not."""
    there = next(folder for folder in (place.absolute(), *place.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    message = invocation.text("doctor.room", path=there, megabytes=free // 10**6)
    ok = free >= ROOM_WANTED
    return Check(name, ok, message, "" if ok else invocation.text("doctor.fix_disk"))
