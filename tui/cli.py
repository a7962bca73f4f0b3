"""The command `repaso`: parses the line, runs one command, and turns every failure into a sentence and a status.

Exit status: 0 done; 1 nothing found or an item failed; 2 usage or a clear error; 130 interrupted; 141 the reader
of our output left.
Importing this module costs click and nothing else of weight; a command's module is imported when it is called.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from ingest.errors import RepasoError
from tui.commands.framework import Group, option
from tui.commands.invocation import Invocation
from tui.config import LANGUAGES, cache_path, language_hint
from tui.locale import Messages
from tui.printing import print_error

if TYPE_CHECKING:
    from pathlib import Path

INTERRUPTED = 130  # 128 + SIGINT, as shells report it
READER_LEFT = 141  # 128 + SIGPIPE
STATUS = {
    **dict.fromkeys(("not_found", "term_not_found", "session_not_found", "no_questions", "question_not_found"), 1),
    **dict.fromkeys(("conversation_not_found", "no_conversation"), 1),
    "download_cancelled": INTERRUPTED,
}
"""The exit status of the errors, by code, that are not simply a 2."""

COMMANDS = {
    "add": "tui.commands.add:build_add",
    "watch": "tui.commands.watch:build_watch",
    "list": "tui.commands.shelf:build_list",
    "show": "tui.commands.show:build_show",
    "search": "tui.commands.search:build_search",
    "ask": "tui.commands.ask:build_ask",
    "conversations": "tui.commands.conversations:build_conversations",
    "terms": "tui.commands.terms:build_terms",
    "similar": "tui.commands.similar:build_similar",
    "align": "tui.commands.align:build_align",
    "quiz": "tui.commands.quiz:build_quiz",
    "due": "tui.commands.progress:build_due",
    "stats": "tui.commands.progress:build_stats",
    "models": "tui.commands.models:build_models",
    "doctor": "tui.commands.doctor:build_doctor",
    "remove": "tui.commands.shelf:build_remove",
}


def main() -> None:
    """Run the program on the process's arguments."""
    try:
        status = run(sys.argv[1:], os.environ)
    except KeyboardInterrupt:  # a second Ctrl-C, while the first was being answered
        status = INTERRUPTED
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # nor may a third disturb the interpreter on its way out
    if status == INTERRUPTED:
        # CPython ends itself by SIGINT, whatever the status, when a handled KeyboardInterrupt had once crossed the
        # exec of a string, as every dataclass definition does (pythonrun.c, run_eval_code_obj); one that ends well
        # takes this back.
        exec("")
    sys.exit(status)


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command line and return its exit status; raises nothing but a second Ctrl-C's KeyboardInterrupt."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    invocation = Invocation(Messages(language_hint(environ, said_language(arguments))), environ)
    try:
        status = _run(arguments, invocation)
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes stdout once more on its way out; give it something that takes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_LEFT
    except OSError as error:
        print_error(invocation.text("error.system", reason=error.strerror or error, path=error.filename or "stdout"))
        return 2
    return status


def _run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Run the command and answer for whatever it raises."""
    messages = invocation.messages
    try:
        status = root(messages).main(list(arguments), "repaso", standalone_mode=False, obj=invocation)
        return status if isinstance(status, int) else 0
    except RepasoError as error:
        invocation.status.clear()
        print_error(messages.error(error))
        return STATUS.get(error.code, 2)
    except click.ClickException as error:
        print_error(usage_sentence(error, messages))
        return 2
    except (click.Abort, KeyboardInterrupt):
        invocation.status.clear()
        print_error(messages.text("error.interrupted"))
        return INTERRUPTED
    except SystemExit:
        return READER_LEFT  # click leaves this way, and no other, when a write met a closed pipe
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 (the last line of defence: the user gets a sentence, the log the details)
        invocation.status.clear()
        return _unexpected(error, invocation)


def root(messages: Messages) -> Group:
    """Return the group of all commands."""

    def version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 (click's signature)
        if value:
            from importlib.metadata import version

            sys.stdout.write(f"repaso {version('repaso')}\n")
            ctx.exit()

    def open_front_door() -> None:
        pass

    show_version = option(
        messages, "--version", text="version", is_flag=True, is_eager=True, expose_value=False, callback=version
    )
    return Group(
        "repaso",
        messages,
        COMMANDS,
        params=[show_version],
        callback=open_front_door,
        invoke_without_command=True,
        no_args_is_help=False,
        result_callback=_front_door,
    )


@click.pass_context
def _front_door(ctx: click.Context, status: object) -> int:
    """Pass a command's status on; called alone, open the app in a terminal and print the tour elsewhere."""
    if ctx.invoked_subcommand is not None:
        return status if isinstance(status, int) else 0
    invocation: Invocation = ctx.obj
    if sys.stdin.isatty() and sys.stdout.isatty() and not invocation.json:
        from tui.app import run as run_app

        return run_app(invocation.config)
    from tui.tour import take_tour

    return take_tour(invocation)


def said_language(arguments: Sequence[str]) -> str:
    """Return the last language that `--lang` names before `--`, or ""."""
    said = ""
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and place + 1 < len(arguments):
            said = arguments[place + 1]
        elif argument.startswith("--lang="):
            said = argument.removeprefix("--lang=")
    return said if said in LANGUAGES else ""


def usage_sentence(error: click.ClickException, messages: Messages) -> str:
    """Return what is wrong with the command line and how to see what would be right."""
    ctx = getattr(error, "ctx", None)
    call = ctx.command_path if ctx is not None else "repaso"
    return f"{_wrong(error, messages)} {messages.text('usage.see_help', call=call)}"


def _wrong(error: click.ClickException, messages: Messages) -> str:
    """Return what click found wrong, in the user's language."""
    if isinstance(error, click.NoSuchOption):
        return _unknown("usage.no_such_option", error.option_name, error.possibilities, messages)
    if isinstance(error, click.NoSuchCommand):
        return _unknown("usage.no_such_command", error.command_name, error.possibilities, messages)
    param = getattr(error, "param", None)
    if isinstance(error, click.MissingParameter) and param is not None:
        return messages.text("usage.missing", name=_shown(param))
    if isinstance(error, click.BadParameter) and param is not None:
        name = _shown(param)
        if isinstance(param.type, click.Choice):
            return messages.text("usage.bad_choice", name=name, choices=", ".join(param.type.choices))
        if isinstance(param.type, click.IntRange):
            return messages.text("usage.bad_number", name=name, low=param.type.min, high=param.type.max)
        return messages.text("usage.bad_value", name=name, reason=error.message)
    if isinstance(error, click.BadOptionUsage):
        return messages.text("usage.option_needs_value", name=error.option_name)
    return error.format_message()


def _shown(param: click.Parameter) -> str:
    """Return a parameter's name as the help shows it, without the signs for optional and repeated."""
    return param.opts[0] if isinstance(param, click.Option) else (param.metavar or "").strip("[].")


def _unknown(key: str, name: str, near: Sequence[str] | None, messages: Messages) -> str:
    """Say that a name is unknown, and which one comes close."""
    sentence = messages.text(key, name=name)
    return f"{sentence} {messages.text('usage.did_you_mean', name=near[0])}" if near else sentence


def _unexpected(error: Exception, invocation: Invocation) -> int:
    """Write a failure of ours to the log and say where; with -v show it."""
    import traceback

    details = "".join(traceback.format_exception(error))
    if invocation.verbose:
        sys.stderr.write(details)
    log = cache_path(invocation.environ) / "logs" / "repaso.log"
    if _append(log, details):
        print_error(invocation.text("error.unexpected", log=log))
    else:
        print_error(invocation.text("error.unexpected_unlogged", what=f"{type(error).__name__}: {error}"))
    return 2


def _append(log: Path, details: str) -> bool:
    """Add an entry to the log; say whether it could be written."""
    from datetime import datetime

    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {datetime.now().astimezone().isoformat(timespec='seconds')}\n{details}\n")
    except OSError:
        return False
    return True
