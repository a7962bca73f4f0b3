"""The options that narrow a command to a part of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.model import Kind
from tui.commands.framework import option
from tui.locale import Messages

if TYPE_CHECKING:
    from kb.model import Filters


def course_option(messages: Messages) -> click.Option:
    """--course"""
    return option(messages, "--course", text="course", metavar="name", default="")


def session_option(messages: Messages) -> click.Option:
    """--session"""
    return option(messages, "--session", text="session", metavar="name", default="")


def kind_option(messages: Messages) -> click.Option:
    """--kind, of a document"""
    kinds = click.Choice([kind.value for kind in Kind])
    return option(messages, "--kind", text="kind", type=kinds)


def filters(course: str = "", session: str = "", kind: str | None = "", speaker: str = "") -> Filters:
    """Return what was said as the library's filters."""
    from kb.model import Filters

    return Filters(course=course, session=session, kind=kind or "", speaker=speaker)
