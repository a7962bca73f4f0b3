"""Writes docs/commands.md from the program's own help: `.venv/bin/python tools/make_command_page.py`."""

from __future__ import annotations

from pathlib import Path

import click

from tui.cli import root
from tui.commands.invocation import Invocation
from tui.locale import Messages

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
WIDTH = 100
HEAD = """# Commands

Written from the program's own help by `tools/make_command_page.py`. `repaso --lang es ORDEN --help` says the same in
Spanish. With `--json` a command prints one JSON document on standard output and everything else on standard error.

Exit status: 0 done; 1 nothing found, or an item failed; 2 the command could not be carried out; 130 interrupted.
"""


def page() -> str:
    """Return the page as the program stands now."""
    messages = Messages("en")
    group = root(messages)
    context = click.Context(group, info_name="repaso", obj=Invocation(messages, {}), terminal_width=WIDTH)
    return "\n".join([HEAD, *_sections(group, context)])


def _sections(group: click.Group, context: click.Context) -> list[str]:
    """Return a section a command, those of a group after it."""
    sections = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=context, terminal_width=WIDTH)
        sections.append(f"## {inner.command_path}\n\n```\n{command.get_help(inner).rstrip()}\n```\n")
        if isinstance(command, click.Group):
            sections += _sections(command, inner)
    return sections


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
