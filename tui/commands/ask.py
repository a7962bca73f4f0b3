"""`repaso ask`: what the student's own material says on a question, with its sources."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ingest.errors import RepasoError
from tui.commands.filters import course_option, filters, session_option
from tui.commands.framework import Command, argument, command, option
from tui.commands.hits import print_hit
from tui.commands.invocation import Invocation
from tui.commands.lines import queries
from tui.found import place
from tui.json_output import answered
from tui.locale import Messages
from tui.printing import Style

if TYPE_CHECKING:
    from kb.model import Answer, AnswerEvent, Citation, Filters
    from tui.services import Services


def build_ask(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "question", "question", nargs=-1),
        option(messages, "--from", "source", text="ask_from", metavar="file", default=""),
        course_option(messages),
        session_option(messages),
        option(messages, "--no-llm", "quotes_only", text="no_llm", is_flag=True),
    ]
    return command("ask", messages, params, run_ask)


def run_ask(
    invocation: Invocation, question: Sequence[str], source: str, course: str, session: str, quotes_only: bool
) -> int:
    """Answer once, or once a line; 1 when the material does not say or a line failed."""
    from kb.model import AnswerStatus

    if bool(question) == bool(source):
        raise click.UsageError(invocation.text("usage.question_or_file"), click.get_current_context())
    narrowed = filters(course, session)
    with invocation.services() as services:
        if source:
            return _ask_lines(invocation, services, source, narrowed, not quotes_only)
        asked = " ".join(question)
        answer = ask(invocation, services, asked, narrowed, not quotes_only)
    if invocation.json:
        invocation.print_json(answered(answer, invocation.messages))
    return 1 if answer.status is AnswerStatus.NOT_FOUND else 0


def ask(invocation: Invocation, services: Services, question: str, narrowed: Filters, use_model: bool) -> Answer:
    """Answer a question, showing it as it comes unless JSON is wanted."""
    from kb.model import EvidenceFound, Finished, Token

    printer, streaming = invocation.printer, False
    for event in events(invocation, services, question, narrowed, use_model):
        match event:
            case EvidenceFound(citations) if not invocation.json and printer.live and citations:
                printer.line(invocation.text("cli_ask.reading"), Style.QUIET)
                print_sources(invocation, citations)
            case Token(text) if not invocation.json and printer.live:
                printer.piece(text if streaming else "\n" + text)
                streaming = True
            case Finished(answer):
                if not invocation.json:
                    if streaming:
                        printer.line("\n")
                        printer.line(
                            invocation.text(f"cli_ask.{'checked' if answer.model else 'replaced'}"), Style.QUIET
                        )
                    print_answer(invocation, answer)
                return answer
            case _:
                pass
    raise AssertionError("an answer always ends in Finished")


def print_sources(invocation: Invocation, citations: Sequence[Citation]) -> None:
    """Print a line a source."""
    for citation in citations:
        where = place(invocation.messages, citation.document, citation.passage)
        invocation.printer.line(f"[{citation.n}] {where}", Style.PLACE, indent=2)


def print_answer(invocation: Invocation, answer: Answer) -> None:
    """Print the checked sentences with their numbers, then each source with the words that support it."""
    from kb.model import AnswerStatus

    printer, say = invocation.printer, invocation.text
    if answer.status is AnswerStatus.NOT_FOUND:
        printer.line(say("ask.not_found"), Style.DOUBT)
        if answer.nearest:
            printer.line(say("ask.nearest"), Style.QUIET)
            for number, hit in enumerate(answer.nearest, start=1):
                print_hit(invocation, number, hit)
        return
    for sentence in answer.sentences:
        numbers = "".join(f"[{number}]" for number in sentence.citations)
        if sentence.supported:
            printer.line(f"{sentence.text} {numbers}".rstrip())
        else:
            printer.line(f"{sentence.text} [{say('ask.unsupported')}]", Style.DOUBT)
    printer.line()
    printer.line(say("ask.sources"), Style.STRONG)
    for citation in answer.citations:
        print_sources(invocation, [citation])
        if citation.quote:
            printer.line(f"«{' '.join(citation.quote.split())}»", Style.QUIET, indent=6)
    author = answer.model or say("cli_ask.quotes_only")
    printer.line()
    printer.line(say("cli_ask.by", author=author, seconds=f"{answer.timings.total_ms / 1000:.1f}"), Style.QUIET)


def _ask_lines(invocation: Invocation, services: Services, source: str, narrowed: Filters, use_model: bool) -> int:
    """Print one JSON document a line, at once; a question that fails is a document with its error."""
    status = 0
    for question in queries(source):
        try:
            answer = finished(events(invocation, services, question, narrowed, use_model))
            invocation.print_json(answered(answer, invocation.messages), indent=None)
        except RepasoError as error:
            invocation.print_json({"question": question, "error": invocation.messages.error(error)}, indent=None)
            status = 1
        sys.stdout.flush()
    return status


def events(
    invocation: Invocation, services: Services, question: str, narrowed: Filters, use_model: bool
) -> Iterator[AnswerEvent]:
    """Yield what answering yields; where the model cannot work, say so and go on with quotes."""
    from kb.errors import ModelUnavailable

    try:
        yield from services.library.ask(question, narrowed, use_model)
    except ModelUnavailable as error:
        if not use_model:
            raise
        invocation.note(invocation.text("ask.no_model", error=invocation.messages.error(error)))
        yield from services.library.ask(question, narrowed, use_model=False)


def finished(events: Iterable[AnswerEvent]) -> Answer:
    """Return the answer that the events end in."""
    from kb.model import Finished

    return next(event.answer for event in events if isinstance(event, Finished))
