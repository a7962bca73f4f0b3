"""The options that narrow a command to a part of the library."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ingest.model import Kind
from tui.commands.framework import option
from tui.locale import Messages

if TYPE_CHECKING:
    from kb.model import Filters

LARGEST = 100_000
"""The last slide, page or question that can be asked for."""

_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
"""An ISO 8601 calendar date, or its year or month alone."""


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


def narrowing_options(messages: Messages) -> list[click.Parameter]:
    """Every option that narrows a search, named as the fields of Filters."""
    number = click.IntRange(1, LARGEST)
    date = _date_check(messages)
    return [
        course_option(messages),
        session_option(messages),
        kind_option(messages),
        option(messages, "--speaker", text="speaker", metavar="name", default=""),
        option(messages, "--before", text="before", metavar="date", default="", callback=date),
        option(messages, "--after", text="after", metavar="date", default="", callback=date),
        option(messages, "--page", text="page", metavar="number", type=number, default=None),
        option(messages, "--question", text="question_number", metavar="number", type=number, default=None),
    ]


def filters(
    course: str = "",
    session: str = "",
    kind: str | None = "",
    speaker: str = "",
    before: str = "",
    after: str = "",
    page: int | None = 0,
    question: int | None = 0,
) -> Filters:
    """Return what was said as the library's filters."""
    from kb.model import Filters

    return Filters(course, session, kind or "", speaker, before, after, page or 0, question or 0)


def _date_check(messages: Messages) -> Callable[[click.Context, click.Parameter, str], str]:
    """Return the check of a date, which says how one is written."""

    def check(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001 (click's signature)
        if value and not _DATE.fullmatch(value):
            raise click.BadParameter(messages.text("usage.bad_date"))
        return value

    return check
