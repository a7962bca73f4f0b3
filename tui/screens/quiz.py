"""The quiz: chosen, played and summed up; every answer is on the disk before the next question shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher
from textual.worker import Worker, WorkerState

from ingest.errors import RepasoError
from kb.model import DocumentInfo, Passage
from quizzes.errors import NoQuestions
from quizzes.model import CardState, Due, Flashcard, Grade, MultipleChoice, Question, QuizKind
from quizzes.session import Outcome, QuizState, Reply
from tui.screens.base import RepasoScreen
from tui.screens.passage import PassageScreen
from tui.widgets.plain_text import PlainText
from tui.widgets.question_card import Face, QuestionCard
from tui.widgets.quiz_setup import QuizSetup
from tui.widgets.quiz_summary import QuizSummary


class Stage(StrEnum):
    """What the quiz waits for; BUSY is waiting for the library."""

    SETUP = "setup"
    ASKED = "asked"
    REVEALED = "revealed"
    JUDGED = "judged"
    DONE = "done"
    BUSY = "busy"


ALLOWED = {
    "reveal": (Stage.ASKED,),
    "grade": (Stage.REVEALED,),
    "choose": (Stage.ASKED,),
    "next": (Stage.JUDGED,),
    "again": (Stage.DONE,),
    "source": (Stage.REVEALED, Stage.JUDGED),
    "leave": (Stage.ASKED, Stage.REVEALED, Stage.JUDGED, Stage.DONE),
}
"""When each action can be taken; all others always can."""


class QuizScreen(RepasoScreen):
    """Set-up, cards and summary in one place; no model is needed for any of it."""

    mode = "quiz"
    unshown: ClassVar[frozenset[str]] = frozenset({"ctrl+l", "ctrl+q"})
    CSS_PATH = "quiz.tcss"
    AUTO_FOCUS = "#kinds"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "reveal", "key.reveal"),
        Binding("enter", "reveal", "key.reveal", show=False),
        *[Binding(str(grade.value), f"grade({grade.value})", f"key.{grade.name.lower()}") for grade in Grade],
        *[Binding(letter, f"choose({place})", "key.choose", show=False) for place, letter in enumerate("abcd")],
        Binding("enter", "next", "key.next"),
        Binding("space", "next", "key.next", show=False),
        Binding("v", "source", "key.source"),
        Binding("r", "again", "key.round"),
        Binding("escape", "leave", "key.leave"),
    ]

    @dataclass
    class Waiting(Message):
        """What there is to study."""

        due: Due

    @dataclass
    class Started(Message):
        """A quiz began."""

        state: QuizState

    @dataclass
    class Saved(Message):
        """An answer is on the disk."""

        state: QuizState
        outcome: Outcome
        card: CardState
        chosen: int | None

    @dataclass
    class SourceRead(Message):
        """The passage behind a question was read."""

        passage: Passage
        document: DocumentInfo

    @dataclass
    class Failed(Message):
        """Why the library could not do what the quiz asked."""

        error: RepasoError

    stage = Stage.SETUP
    before = Stage.SETUP
    state = QuizState(())
    kind: QuizKind | None = None
    count = 10
    shown_at = 0.0

    def body(self) -> Iterator[Widget]:
        """How far it is, above set-up, card or summary."""
        yield PlainText(id="progress", classes="empty")
        with ContentSwitcher(initial="setup"):
            yield QuizSetup(self.messages, id="setup")
            yield QuestionCard(self.messages, id="card")
            yield QuizSummary(self.messages, id="summary")

    def translate(self) -> None:
        """Say everything in the student's language."""
        self.query_one(QuizSetup).speak(self.messages)
        self.query_one(QuestionCard).speak(self.messages)
        self.query_one(QuizSummary).speak(self.messages)
        self._show_progress()

    def fill(self) -> None:
        """Count what there is to study."""
        self._count()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the stage and the kind of question allow."""
        if action in ALLOWED and self.stage not in ALLOWED[action]:
            return False
        item = self.state.current
        if self.stage is Stage.ASKED and action == "reveal":
            return isinstance(item, Flashcard)
        if self.stage is Stage.ASKED and action == "choose":
            return isinstance(item, MultipleChoice)
        if action == "source":
            question = self._question()
            return question is not None and bool(question.passage)
        return super().check_action(action, parameters)

    def _enter(self, stage: Stage) -> None:
        """Change the stage: what is shown and which keys work."""
        if stage is Stage.BUSY and self.stage is not Stage.BUSY:
            self.before = self.stage
        self.stage = stage
        views = {Stage.SETUP: "setup", Stage.DONE: "summary", Stage.BUSY: self.query_one(ContentSwitcher).current}
        self.query_one(ContentSwitcher).current = views.get(stage, "card")
        self._show_progress()
        self.refresh_bindings()

    def _show_progress(self) -> None:
        done, line = len(self.state.outcomes), self.query_one("#progress", PlainText)
        if self.stage in (Stage.SETUP, Stage.DONE) or not (done or self.state.waiting):
            line.say("")
            return
        judged = self.stage is Stage.JUDGED
        right, _ = self.state.score
        number, total = done + (0 if judged else 1), done + self.state.remaining
        line.say(self.messages.text("quiz.progress", number=min(number, total), total=total, right=right))

    @work(thread=True, exclusive=True, group="count", exit_on_error=False)
    def _count(self) -> None:
        try:
            self.services.quizzes.sync()
            self.post_message(self.Waiting(self.services.quizzes.due()))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_quiz_screen_waiting(self, event: Waiting) -> None:
        """Say what there is to study."""
        self.query_one(QuizSetup).show_due(event.due)

    def on_quiz_setup_begun(self, event: QuizSetup.Begun) -> None:
        """Begin a quiz."""
        if self.stage is not Stage.BUSY:
            self.kind, self.count = event.kind, event.count
            self._begin()

    def action_again(self) -> None:
        """Begin another one alike."""
        self._begin()

    def _begin(self) -> None:
        self.query_one(QuizSetup).remark(self.messages.text("quiz.preparing"))
        self._enter(Stage.BUSY)
        self._start(self.kind, self.count, self.services.seed())

    @work(thread=True, group="play", exit_on_error=False)
    def _start(self, kind: QuizKind | None, count: int, seed: int) -> None:
        try:
            self.post_message(self.Started(self.services.quizzes.start(count, kind, seed=seed)))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    async def on_quiz_screen_started(self, event: Started) -> None:
        """Ask the first question."""
        self.query_one(QuizSetup).remark("")
        self.state = event.state
        await self._ask()

    async def _ask(self) -> None:
        """Ask the current question, or sum up when there is none."""
        item = self.state.current
        if item is None:
            self._sum_up()
            return
        self._enter(Stage.ASKED)
        await self.query_one(QuestionCard).show(Face(item))
        self.shown_at = time.perf_counter()
        self.refresh_bindings()

    async def action_reveal(self) -> None:
        """Show the answer of a flashcard."""
        item = self.state.current
        if item is not None:
            self._enter(Stage.REVEALED)
            await self.query_one(QuestionCard).show(Face(item, open=True))

    def action_grade(self, number: int) -> None:
        """Keep how well a flashcard was remembered."""
        self._answer(Grade(number))

    def action_choose(self, place: int) -> None:
        """Keep the choice of an option."""
        item = self.state.current
        if isinstance(item, MultipleChoice) and place < len(item.options):
            self._answer(place)

    def on_question_card_chosen(self, event: QuestionCard.Chosen) -> None:
        """Keep the choice of an option with the mouse or enter."""
        if self.stage is Stage.ASKED:
            self.action_choose(event.place)

    async def on_question_card_pressed(self, event: QuestionCard.Pressed) -> None:
        """Do what a button says, if its time has not passed."""
        await self.run_action(event.action)

    def _answer(self, reply: Reply) -> None:
        """Write an answer down; nothing else can be done until it is written."""
        self._enter(Stage.BUSY)
        self._save(self.state, reply, round((time.perf_counter() - self.shown_at) * 1000))

    @work(thread=True, group="play", exit_on_error=False)
    def _save(self, state: QuizState, reply: Reply, elapsed_ms: int) -> None:
        try:
            after, outcome, card = self.services.quizzes.answer(state, reply, elapsed_ms)
        except RepasoError as error:
            self.post_message(self.Failed(error))
            return
        chosen = None if isinstance(reply, Grade) else reply
        self.post_message(self.Saved(after, outcome, card, chosen))

    async def on_quiz_screen_saved(self, event: Saved) -> None:
        """The answer is safe: go on to the next question, or tell right from wrong first."""
        self.state = event.state
        if event.chosen is None:
            await self._ask()
            return
        self._enter(Stage.JUDGED)
        due = f"{event.card.due.astimezone():%d/%m/%Y}"
        face = Face(event.outcome.item, open=True, chosen=event.chosen, due=due, again=event.outcome.again)
        await self.query_one(QuestionCard).show(face)

    async def action_next(self) -> None:
        """Ask the next question."""
        await self._ask()

    def action_leave(self) -> None:
        """Stop: sum up what was answered, or go back to the set-up."""
        if self.stage is Stage.DONE or not self.state.outcomes:
            self._set_up()
        else:
            self._sum_up()

    def _set_up(self) -> None:
        self.state = QuizState(())
        self.query_one(QuizSetup).remark("")
        self._enter(Stage.SETUP)
        self.query_one(QuizSetup).focus_kinds()
        self._count()

    def _sum_up(self) -> None:
        self._enter(Stage.DONE)
        self.set_focus(None)
        self.query_one(QuizSummary).show(self.state)

    def _question(self) -> Question | None:
        """The question whose answer is on the screen."""
        face = self.query_one(QuestionCard).face if self.is_mounted else None
        return face.item.question if face is not None and face.open else None

    def action_source(self) -> None:
        """Show where the answer stands in the notes."""
        question = self._question()
        if question is not None:
            self._read_source(question)

    def on_quiz_summary_wanted(self, event: QuizSummary.Wanted) -> None:
        """Show where the answer of a missed question stands."""
        if event.question.passage:
            self._read_source(event.question)

    @work(thread=True, exclusive=True, group="source", exit_on_error=False)
    def _read_source(self, question: Question) -> None:
        library = self.services.library
        try:
            passage = library.passage(question.passage)
            self.post_message(self.SourceRead(passage, library.document(passage.document).info))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_quiz_screen_source_read(self, event: SourceRead) -> None:
        """Show it over the question."""
        self.app.push_screen(PassageScreen(self.messages, self.services, event.passage, event.document))

    def on_quiz_screen_failed(self, event: Failed) -> None:
        """Say why, where the student is; the question stays to be answered again."""
        self._come_back()
        nothing = isinstance(event.error, NoQuestions)
        sentence = self.messages.text("quiz.nothing") if nothing else self.messages.error(event.error)
        if self.stage is Stage.SETUP:
            self.query_one(QuizSetup).remark(sentence)
        else:
            self.notify(sentence, severity="error", markup=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Whatever failed, the quiz goes back to where it waited for the student."""
        if event.state is WorkerState.ERROR and event.worker.group == "play":
            self._come_back()

    def _come_back(self) -> None:
        if self.stage is Stage.BUSY:
            self._enter(self.before)
