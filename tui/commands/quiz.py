"""`repaso quiz`: questions asked and answered line by line; each answer is on the disk before the next question."""

from __future__ import annotations

import random
import string
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tui.commands.filters import course_option, session_option
from tui.commands.framework import Command, command, option
from tui.commands.invocation import Invocation
from tui.locale import Messages, label
from tui.printing import Printer, Style, open_printer

if TYPE_CHECKING:
    from quizzes.model import Flashcard, Grade, MultipleChoice
    from quizzes.session import Outcome, QuizState, Reply
    from tui.services import Services

LEAVE = ("q", "quit", "salir")


class Left(Exception):
    """The student has had enough, or there is nobody to read from."""


def build_quiz(messages: Messages) -> Command:
    """Return the command."""
    kinds = click.Choice(["flashcard", "multiple_choice"])
    params = [
        option(messages, "--kind", text="quiz_kind", type=kinds),
        option(messages, "--count", text="count", metavar="number", type=click.IntRange(1, 500), default=10),
        course_option(messages),
        session_option(messages),
        option(messages, "--seed", text="seed", metavar="number", type=click.IntRange(0, 2**31 - 1)),
        option(messages, "--plain", text="plain", is_flag=True),
    ]
    return command("quiz", messages, params, run_quiz)


def run_quiz(
    invocation: Invocation, kind: str | None, count: int, course: str, session: str, seed: int | None, plain: bool
) -> int:
    """Play a quiz to its end or until the student leaves; raises NoQuestions."""
    from quizzes.model import QuizKind

    # With --json stdout belongs to the result, so the quiz itself is played on stderr.
    printer = open_printer(sys.stderr if invocation.json else sys.stdout, plain)
    if seed is None:
        seed = random.SystemRandom().randrange(2**31)
    with invocation.services() as services:
        state = services.quizzes.start(count, QuizKind(kind) if kind else None, course, session, seed)
        table = Table(invocation, printer, services)
        try:
            while not state.is_over:
                state = table.play(state)
        except Left:
            printer.line()
        finally:
            table.finish()
    if invocation.json:
        invocation.print_json(table.shape())
    return 0


@dataclass
class Table:
    """Where a quiz is played: who prints, who keeps the answers, and how it stands; every answer is on the disk."""

    invocation: Invocation
    printer: Printer
    services: Services
    outcomes: tuple[Outcome, ...] = ()
    right: int = 0
    asked: int = 0

    def play(self, state: QuizState) -> QuizState:
        """Ask the current item, keep its answer and show what was right; raises Left."""
        from quizzes.model import MultipleChoice

        item = state.current
        assert item is not None
        self.printer.line()
        self.printer.line(
            self.invocation.text("cli_quiz.number", number=len(state.outcomes) + 1, waiting=state.remaining - 1),
            Style.QUIET,
        )
        self.printer.line(item.question.stem, Style.STRONG)
        began = time.monotonic()
        reply = self.choose(item) if isinstance(item, MultipleChoice) else self.recall(item)
        after, outcome, _ = self.services.quizzes.answer(state, reply, round(1000 * (time.monotonic() - began)))
        self.outcomes = after.outcomes
        self.right, self.asked = after.score
        if isinstance(item, MultipleChoice):
            self.judge(item, outcome)
        return after

    def choose(self, item: MultipleChoice) -> Reply:
        """Show the options and read a letter."""
        letters = string.ascii_lowercase[: len(item.options)]
        for letter, text in zip(letters, item.options, strict=True):
            self.printer.line(f"{letter}) {text}", indent=2)
        reply = self.read(letters, self.invocation.text("cli_quiz.choose", letters=f"{letters[0]}–{letters[-1]}"))
        return letters.index(reply)

    def recall(self, item: Flashcard) -> Grade:
        """Wait for the student to recall, reveal the answer, and read a grade."""
        from quizzes.model import Grade

        self.read(None, self.invocation.text("cli_quiz.reveal"))
        self.printer.line(item.question.answer, indent=2)
        self.source(item)
        return Grade(int(self.read("1234", self.invocation.text("cli_quiz.grade"))))

    def judge(self, item: MultipleChoice, outcome: Outcome) -> None:
        """Say whether the choice was right, and show the guide's own answer."""
        right = f"{string.ascii_lowercase[item.correct]}) {item.options[item.correct]}"
        if outcome.right:
            self.printer.line(self.invocation.text("quiz.right"), Style.GOOD, indent=2)
        else:
            self.printer.line(self.invocation.text("cli_quiz.wrong", right=right), Style.BAD, indent=2)
        self.printer.line(item.question.answer, indent=2)
        self.source(item)

    def source(self, item: Flashcard | MultipleChoice) -> None:
        """Show where the answer comes from."""
        asked = item.question
        where = (asked.course, asked.session, label(asked.locator, self.invocation.messages))
        self.printer.line(" · ".join(part for part in where if part), Style.PLACE, indent=2)

    def read(self, allowed: str | None, prompt: str) -> str:
        """Read a line until it is one of the allowed letters (any, for None); raises Left on `q` and on the end."""
        while True:
            self.printer.piece(prompt + " ")
            line = sys.stdin.readline()
            if not sys.stdin.isatty():
                self.printer.line()
            if not line or line.strip().casefold() in LEAVE:
                raise Left
            reply = line.strip().casefold()
            if allowed is None:
                return reply
            if len(reply) == 1 and reply in allowed:
                return reply
            self.printer.line(self.invocation.text("cli_quiz.not_that", allowed=", ".join(allowed)), Style.DOUBT)

    def finish(self) -> None:
        """Say how it went and that it is kept."""
        self.printer.line()
        self.printer.line(self.invocation.text("cli_quiz.done", right=self.right, asked=self.asked), Style.STRONG)
        if self.outcomes:
            self.printer.line(self.invocation.text("cli_quiz.saved", answers=len(self.outcomes)), Style.QUIET)

    def shape(self) -> dict[str, object]:
        """The result as JSON."""
        from quizzes.model import MultipleChoice

        return {
            "right": self.right,
            "asked": self.asked,
            "answers": [
                {
                    "question": outcome.item.question.id,
                    "kind": "multiple_choice" if isinstance(outcome.item, MultipleChoice) else "flashcard",
                    "grade": int(outcome.grade),
                    "right": outcome.right,
                }
                for outcome in self.outcomes
            ],
        }
