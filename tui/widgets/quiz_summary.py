"""After a quiz: how it went, and the questions to read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from quizzes.model import Question
from quizzes.session import QuizState
from tui.locale import Messages
from tui.printing import one_line, shortened
from tui.widgets.plain_text import PlainText
from tui.widgets.source_line import unmarked


class MissedList(OptionList):
    """The questions missed; enter opens the notes behind one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "key.source")]


class QuizSummary(Vertical):
    """The score, and the questions missed with their answers; choosing one posts Wanted."""

    DEFAULT_CSS = """
    QuizSummary { padding: 1 2; }
    QuizSummary .empty { display: none; }
    QuizSummary #score { text-style: bold; color: $primary; }
    QuizSummary #saved { color: $text-success; margin-bottom: 1; }
    QuizSummary #again { color: $text-muted; margin-bottom: 1; }
    QuizSummary #missed-title { text-style: bold; }
    QuizSummary #missed { height: auto; max-height: 1fr; border: round $primary 40%; padding: 0 1; }
    QuizSummary #missed:focus { border: round $primary; }
    """

    @dataclass
    class Wanted(Message):
        """The student wants to read a question's source."""

        question: Question

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages
        self.state: QuizState | None = None
        self.missed: tuple[Question, ...] = ()

    def compose(self) -> ComposeResult:
        """Score, that all is saved, and the questions missed."""
        yield PlainText(id="score")
        yield PlainText(id="saved")
        yield PlainText(id="again")
        yield PlainText(id="missed-title")
        yield MissedList(id="missed", markup=False)

    def show(self, state: QuizState) -> None:
        """Show how a quiz went."""
        self.state = state
        first: dict[str, Question] = {}
        for outcome in state.outcomes:
            if not outcome.right:
                first.setdefault(outcome.item.question.id, outcome.item.question)
        self.missed = tuple(first.values())
        listed = self.query_one("#missed", OptionList)
        listed.clear_options()
        listed.add_options(Option(_missed(question)) for question in self.missed)
        listed.set_class(not self.missed, "empty")
        if self.missed:
            listed.highlighted = 0
            listed.focus()
        self.speak(self.messages)

    def speak(self, messages: Messages) -> None:
        """Say the score in a language."""
        self.messages = messages
        if self.state is None:
            return
        right, asked = self.state.score
        say = messages.text
        self.query_one("#score", PlainText).say(say("quiz.done", right=right, total=asked))
        self.query_one("#saved", PlainText).say(say("quiz.saved"))
        self.query_one("#again", PlainText).say(say("quiz.again_hint"))
        self.query_one("#missed-title", PlainText).say(say("quiz.missed") if self.missed else "")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which question is wanted."""
        event.stop()
        self.post_message(self.Wanted(self.missed[event.option_index]))


def _missed(question: Question) -> Content:
    return Content.assemble(
        (one_line(question.stem), "bold"), "\n", (shortened(unmarked(question.answer)), "$foreground-muted")
    )
