"""`repaso ask`: what the student's own material says on a question, with its sources."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from ingest.errors import RepasoError
from tui.answer_words import MODES, missing_line, mode_name, removed_line, understood_line
from tui.commands.filters import course_option, filters, session_option
from tui.commands.framework import Command, argument, command, option
from tui.commands.hits import print_hit
from tui.commands.invocation import Invocation
from tui.commands.keeping import Keeping, check_thread, open_talk, thread_options
from tui.commands.lines import queries
from tui.found import place
from tui.json_output import answered
from tui.locale import Messages
from tui.printing import Style

if TYPE_CHECKING:
    from kb.model import Answer, AnswerEvent, AnswerMode, Citation, Exchange, Filters
    from tui.services import Services
    from tui.talk import Talk


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to look, what kind of answer is wanted, whether a language model may write it, and what went before."""

    filters: Filters
    mode: AnswerMode
    use_model: bool
    earlier: tuple[Exchange, ...] = ()


def build_ask(messages: Messages) -> Command:
    """Return the command."""
    params = [
        argument(messages, "question", "question", nargs=-1),
        option(messages, "--from", "source", text="ask_from", metavar="file", default=""),
        course_option(messages),
        session_option(messages),
        option(messages, "--mode", text="answer_mode", type=click.Choice(MODES), default="auto"),
        option(messages, "--no-llm", "quotes_only", text="no_llm", is_flag=True),
        *thread_options(messages),
    ]
    return command("ask", messages, params, run_ask)


def run_ask(
    invocation: Invocation,
    question: Sequence[str],
    source: str,
    course: str,
    session: str,
    mode: str,
    quotes_only: bool,
    go_on: bool,
    conversation: str,
    no_keep: bool,
) -> int:
    """Answer once, or once a line; 1 when the material does not say or a line failed.

    Only what is asked once is kept as a turn of a conversation: lines are a script's.
    """
    from kb.model import AnswerMode, AnswerStatus

    check_thread(invocation, source, go_on, conversation)
    if bool(question) == bool(source):
        raise click.UsageError(invocation.text("usage.question_or_file"), click.get_current_context())
    wanted = Wanted(filters(course, session), AnswerMode(mode), not quotes_only)
    with invocation.services() as services:
        if source:
            status = _ask_lines(invocation, services, source, wanted)
            note_model(invocation, services)
            return status
        talk = open_talk(invocation, services, go_on, conversation, no_keep)
        answer = _ask_in(invocation, services, talk, " ".join(question), wanted)
        note_model(invocation, services)
    if invocation.json:
        invocation.print_json(answered(answer, invocation.messages, talk.id if talk.saved else ""))
    return 1 if answer.status is AnswerStatus.NOT_FOUND else 0


def note_model(invocation: Invocation, services: Services) -> None:
    """Remark where the language model ran otherwise than was asked for, as on the processor when a card failed."""
    notice = services.library.model_notice()
    if notice:
        invocation.note(invocation.text(f"model_notice.{notice}", model=invocation.config.chat_model))


def _ask_in(invocation: Invocation, services: Services, talk: Talk, question: str, wanted: Wanted) -> Answer:
    """Answer as a turn of a conversation; the question is on disk before anything else is done."""
    conversations, keeping, earlier = services.library.conversations, Keeping(invocation), talk.earlier
    keeping.keep(lambda: talk.ask(conversations, question, services.time()))
    try:
        answer = ask(invocation, services, question, replace(wanted, earlier=earlier))
    except (KeyboardInterrupt, RepasoError):
        if talk.saved:
            invocation.note(invocation.text("conversations.interrupted", id=talk.id))
        raise
    keeping.keep(lambda: talk.answer(conversations, answer))
    if talk.saved and invocation.printer.live and not invocation.json:
        invocation.note(invocation.text("conversations.kept", id=talk.id))
    return answer


def ask(invocation: Invocation, services: Services, question: str, wanted: Wanted) -> Answer:
    """Answer a question, showing it as it comes unless JSON is wanted."""
    from kb.model import EvidenceFound, Finished, Token

    printer, streaming = invocation.printer, False
    if wanted.use_model:
        services.library.warm()  # it loads while the notes are searched
    for event in events(invocation, services, question, wanted):
        match event:
            case EvidenceFound(citations) if not invocation.json and printer.live and citations:
                print_remark(invocation, understood_line(event.understood, invocation.messages))
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


def print_remark(invocation: Invocation, line: str) -> None:
    """Print what is to be said with an answer, if there is something."""
    if line:
        invocation.printer.line(line, Style.QUIET)


def print_answer(invocation: Invocation, answer: Answer) -> None:
    """Print the checked sentences with their numbers, then each source with the words that support it."""
    from kb.model import AnswerStatus

    printer, say = invocation.printer, invocation.text
    if not (printer.live and answer.citations):  # else it was said with the evidence
        print_remark(invocation, understood_line(answer.understood, invocation.messages))
    if answer.status is AnswerStatus.NOT_FOUND:
        printer.line(say("ask.not_found"), Style.DOUBT)
        print_remark(invocation, missing_line(answer, invocation.messages))
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
    print_remark(invocation, missing_line(answer, invocation.messages))
    print_remark(invocation, removed_line(answer, invocation.messages))
    printer.line()
    printer.line(say("ask.sources"), Style.STRONG)
    for citation in answer.citations:
        print_sources(invocation, [citation])
        if citation.quote:
            printer.line(f"«{' '.join(citation.quote.split())}»", Style.QUIET, indent=6)
    written = f"{answer.model} · {mode_name(answer.mode, invocation.messages)}"
    author = written if answer.model else say("cli_ask.quotes_only")
    printer.line()
    printer.line(say("cli_ask.by", author=author, seconds=f"{answer.timings.total_ms / 1000:.1f}"), Style.QUIET)


def _ask_lines(invocation: Invocation, services: Services, source: str, wanted: Wanted) -> int:
    """Print one JSON document a line, at once; a question that fails is a document with its error."""
    status = 0
    for question in queries(source):
        try:
            answer = finished(events(invocation, services, question, wanted))
            invocation.print_json(answered(answer, invocation.messages), indent=None)
        except RepasoError as error:
            invocation.print_json({"question": question, "error": invocation.messages.error(error)}, indent=None)
            status = 1
        sys.stdout.flush()
    return status


def events(invocation: Invocation, services: Services, question: str, wanted: Wanted) -> Iterator[AnswerEvent]:
    """Yield what answering yields; where the model cannot work, say so and go on with quotes."""
    from kb.errors import ModelUnavailable

    try:
        yield from services.library.ask(question, wanted.filters, wanted.use_model, wanted.mode, wanted.earlier)
    except ModelUnavailable as error:
        if not wanted.use_model:
            raise
        invocation.note(invocation.text("ask.no_model", error=invocation.messages.error(error)))
        yield from services.library.ask(question, wanted.filters, False, wanted.mode, wanted.earlier)


def finished(events: Iterable[AnswerEvent]) -> Answer:
    """Return the answer that the events end in."""
    from kb.model import Finished

    return next(event.answer for event in events if isinstance(event, Finished))
