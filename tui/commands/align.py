"""`repaso align`: the views of one session side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui import views_output
from tui.commands.framework import Command, argument, command, option
from tui.commands.invocation import Invocation
from tui.found import place
from tui.locale import Messages, label
from tui.printing import Style, one_line, shortened

if TYPE_CHECKING:
    from kb.views.session_model import Matched, SideBySide, SlideRow, Stretch


def build_align(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "session", "session"),
        option(messages, "--course", text="course_of_session", metavar="name", default=""),
    ]
    return command("align", messages, params, run_align)


def run_align(invocation: Invocation, session: str, course: str) -> int:
    """Print a session's views, slide by slide. Raises SessionNotFound and AmbiguousSession."""
    with invocation.services() as services:
        found = services.library.side_by_side(session, course)
    if invocation.json:
        invocation.print_json(views_output.side_by_side(found, invocation.messages))
        return 0
    print_side_by_side(invocation, found)
    return 0


def print_side_by_side(invocation: Invocation, found: SideBySide) -> None:
    """Print what belongs to each slide, then what belongs to none."""
    printer, messages = invocation.printer, invocation.messages
    printer.line(messages.text("align.title", session=one_line(found.session)), Style.QUIET)
    if found.missing:
        kinds = ", ".join(messages.text(f"kind.{kind.value}") for kind in found.missing)
        printer.line(messages.text("align.missing", kinds=kinds), Style.DOUBT)
    has_talk = not any(kind.value == "transcript" for kind in found.missing)
    for row in found.rows:
        printer.line()
        _print_row(invocation, row, has_talk)
    if found.beside:
        printer.line()
        printer.line(messages.text("align.beside"), Style.STRONG)
        for stretch in found.beside:
            where, said = label(stretch.locator, messages), shortened(stretch.text)
            sentence = messages.text("align.beside_line", place=where, confidence=stretch.confidence, text=said)
            printer.line(f"• {sentence}", indent=3)
    if found.elsewhere:
        printer.line()
        printer.line(messages.text("align.elsewhere"), Style.STRONG)
        _print_questions(invocation, found.elsewhere)
    if not (found.rows or found.beside or found.elsewhere):
        printer.line(messages.text("align.nothing"))


def _print_row(invocation: Invocation, row: SlideRow, has_talk: bool) -> None:
    printer, messages = invocation.printer, invocation.messages
    printer.line(f"{label(row.locator, messages)} · {one_line(row.title)}", Style.STRONG)
    if row.stretches:
        printer.line(messages.text("align.spoken", places=_places(row.stretches, messages)), Style.PLACE, indent=3)
    elif has_talk:
        key = "align.no_moment" if row.spoken else "align.not_spoken"
        printer.line(messages.text(key), Style.DOUBT, indent=3)
    if row.questions:
        printer.line(messages.text("align.questions"), indent=3)
        _print_questions(invocation, row.questions)
    if row.summary:
        titles = ", ".join(f"{one_line(one.title)} ({one.score:.2f})" for one in row.summary)
        printer.line(messages.text("align.summary", titles=titles), indent=3)
    if row.unsaid:
        printer.line(messages.text("align.unsaid"), indent=3)
        for one in row.unsaid:
            sentence = messages.text("align.unsaid_line", text=one_line(one.text), confidence=one.confidence)
            printer.line(f"• {sentence}", Style.DOUBT, indent=5)


def _places(stretches: Sequence[Stretch], messages: Messages) -> str:
    return "; ".join(f"{label(one.locator, messages)} ({one.confidence:.2f})" for one in stretches)


def _print_questions(invocation: Invocation, questions: Sequence[Matched]) -> None:
    for one in questions:
        where = one_line(place(invocation.messages, one.of, one.passage))
        sentence = invocation.text("align.question", title=one_line(one.title), score=one.score, place=where)
        invocation.printer.line(f"• {label(one.locator, invocation.messages)}: {sentence}", indent=5)
