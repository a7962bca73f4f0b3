"""`repaso due` and `repaso stats`: what there is to study and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import json_output
from tui.commands.framework import Command, command
from tui.commands.invocation import Invocation
from tui.locale import Messages
from tui.printing import Style

if TYPE_CHECKING:
    from quizzes.model import Due

DAYS_SHOWN = 14


def build_due(messages: Messages) -> Command:
    """Return `due`."""
    return command("due", messages, [], run_due)


def run_due(invocation: Invocation) -> int:
    """Say how many questions wait."""
    with invocation.services() as services:
        services.quizzes.sync()
        count = services.quizzes.due()
    if invocation.json:
        invocation.print_json(json_output.due(count))
    else:
        print_due(invocation, count)
    return 0


def print_due(invocation: Invocation, count: Due) -> None:
    """Print the counts and when the next question comes due, in local time."""
    invocation.printer.line(invocation.text("due.counts", due=count.due, new=count.new))
    if count.next_at is not None:
        at = count.next_at.astimezone()
        invocation.printer.line(invocation.text("due.next", day=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}"), Style.QUIET)


def build_stats(messages: Messages) -> Command:
    """Return `stats`."""
    return command("stats", messages, [], run_stats)


def run_stats(invocation: Invocation) -> int:
    """Say what was studied so far."""
    with invocation.services() as services:
        services.quizzes.sync()
        done = services.quizzes.stats()
    if invocation.json:
        invocation.print_json(json_output.stats(done))
        return 0
    printer, say = invocation.printer, invocation.text
    printer.line(say("stats.questions", questions=done.questions, reviewed=done.reviewed))
    printer.line(say("stats.reviews", reviews=done.reviews, remembered=f"{done.remembered:.0%}"))
    most = max((count for _, count in done.per_day), default=1)
    for date, count in done.per_day[-DAYS_SHOWN:]:
        printer.line(f"{date} {'█' * max(1, round(30 * count / most))} {count}", indent=2)
    return 0
