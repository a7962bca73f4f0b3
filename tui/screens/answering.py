"""Asking behind a screen: one question after the other, each kept before its answer begins; the model reads ahead."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from ingest.errors import RepasoError
from kb.errors import ModelUnavailable
from kb.model import Answer, AnswerEvent, AnswerMode, Checking, EvidenceFound, Exchange, Finished, Token
from tui.locale import Messages
from tui.screens.base import RepasoScreen
from tui.screens.latest import LatestOnly, void
from tui.services import Services
from tui.talk import Talk
from tui.widgets.answer_view import AnswerView

if TYPE_CHECKING:
    from kb.conversations.conversations import Conversations

STILL = 0.25
"""Seconds without a key after which the model reads ahead for what is typed."""

FEWEST_WORDS = 2
"""Words that are typed before the model reads ahead for them."""

INSIST = 0.1
"""Seconds after which an answer that was stopped is stopped again: each step of its checking asks the model anew."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was sent; `stopped` is set once the student has had enough of its answer."""

    view: AnswerView
    talk: Talk
    question: str
    mode: AnswerMode
    use_model: bool
    stopped: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A question that is being typed, and what goes before it."""

    question: str
    mode: AnswerMode
    earlier: tuple[Exchange, ...]


class AnsweringScreen(RepasoScreen):
    """A place where questions are asked. They are answered in turn: one asked meanwhile waits for the answer before.

    What the library and the models do is done in threads; no key waits for it. Leaving the place stops nothing.
    """

    @dataclass
    class Happened(Message):
        """A step of the answer in `view`."""

        view: AnswerView
        event: AnswerEvent

    @dataclass
    class Failed(Message):
        """The model could not write the answer in `view`; `fallback` says that quotes follow."""

        view: AnswerView
        error: RepasoError
        fallback: bool

    @dataclass
    class Unkept(Message):
        """Why a question or an answer is not on disk."""

        error: RepasoError

    @dataclass
    class Noticed(Message):
        """How the model runs otherwise than was asked for: the key of a sentence, and the model's name."""

        key: str
        model: str

    @dataclass
    class Ended(Message):
        """Nothing more comes of a question, however it ended."""

        asked: Asked

    class ReadAhead(Message):
        """The model has read ahead, or could not."""

    def __init__(self, services: Services, messages: Messages) -> None:
        super().__init__(services, messages)
        self.running: Asked | None = None
        self.waiting: deque[Asked] = deque()
        self._told: set[str] = set()
        self._ahead = LatestOnly[Ahead](lambda ahead: void(self._read_ahead(ahead)))
        self._last_ahead: Ahead | None = None
        self._still: Timer | None = None

    def fill(self) -> None:
        """Start the model, so that it is there when the question is."""
        self._warm()

    @work(thread=True, group="warm", exit_on_error=False)
    def _warm(self) -> None:
        try:
            self.services.library.warm()
        except RepasoError:
            return  # a library that cannot be opened is told by the question

    def typed(self, ahead: Ahead) -> None:
        """Let the model read ahead for a question once its typing pauses."""
        if self._still is not None:
            self._still.stop()
        if len(ahead.question.split()) >= FEWEST_WORDS and self.running is None:
            self._still = self.set_timer(STILL, lambda: self._paused(ahead))

    def _paused(self, ahead: Ahead) -> None:
        if self.running is None and ahead != self._last_ahead:
            self.services.stop_preparing()
            self._last_ahead = ahead
            self._ahead.ask(ahead)

    @work(thread=True, group="ahead", exit_on_error=False)
    def _read_ahead(self, ahead: Ahead) -> None:
        try:
            self.services.library.prepare(ahead.question, mode=ahead.mode, earlier=ahead.earlier)
        except RepasoError:
            return  # whatever is wrong, the question itself will tell
        finally:
            self.post_message(self.ReadAhead())

    def on_answering_screen_read_ahead(self) -> None:
        """Read on for what was typed meanwhile."""
        self._ahead.done()

    def send(self, asked: Asked) -> None:
        """Answer a question now, or after those that were asked before."""
        if self._still is not None:
            self._still.stop()
        self._ahead.forget()
        self._last_ahead = None
        self.services.stop_preparing()
        self.waiting.append(asked)
        if self.running is None:
            self._next()

    def _next(self) -> None:
        self.running = self.waiting.popleft() if self.waiting else None
        if self.running is not None:
            self.running.view.begin()
            self._answer(self.running)

    @work(thread=True, group="ask", exit_on_error=False)
    def _answer(self, asked: Asked) -> None:
        earlier = asked.talk.earlier
        try:
            self._keep(lambda: asked.talk.ask(self._conversations, asked.question, self.services.time()))
            self._pass_on(asked, earlier, asked.use_model)
        except ModelUnavailable as error:
            if not self._is_over(asked):
                self.post_message(self.Failed(asked.view, error, fallback=asked.use_model))
                self._quote(asked, earlier)
        except RepasoError as error:
            self.post_message(self.Failed(asked.view, error, fallback=False))
        finally:
            self.post_message(self.Ended(asked))

    @property
    def _conversations(self) -> Conversations:
        return self.services.library.conversations

    def _quote(self, asked: Asked, earlier: Sequence[Exchange]) -> None:
        """Let the notes speak where the model could not, unless it was they who could not."""
        if not asked.use_model:
            return
        try:
            self._pass_on(asked, earlier, use_model=False)
        except RepasoError as error:
            self.post_message(self.Failed(asked.view, error, fallback=False))

    def _pass_on(self, asked: Asked, earlier: Sequence[Exchange], use_model: bool) -> None:
        """Post every step of an answer until it ends or the student has had enough."""
        library = self.services.library
        events = library.ask(asked.question, use_model=use_model, mode=asked.mode, earlier=earlier)
        try:
            for event in events:
                if self._is_over(asked):
                    return
                self.post_message(self.Happened(asked.view, event))
                if isinstance(event, Finished):
                    self._finish(asked, event.answer)
        finally:
            if isinstance(events, Generator):
                events.close()

    def _finish(self, asked: Asked, answer: Answer) -> None:
        self._keep(lambda: asked.talk.answer(self._conversations, answer))
        key = self.services.library.model_notice() if answer.model else ""
        if key:
            self.post_message(self.Noticed(key, answer.model))

    def _keep(self, write: Callable[[], None]) -> None:
        """Write to the conversation; an answer on screen is worth more than the failure to keep it, which is told."""
        try:
            write()
        except RepasoError as error:
            self.post_message(self.Unkept(error))

    def _is_over(self, asked: Asked) -> bool:
        return asked.stopped.is_set() or get_current_worker().is_cancelled

    async def stop_running(self) -> None:
        """Stop the answer being made; what is written stays, marked as unchecked, and its question unanswered."""
        if self.running is not None:
            self.running.stopped.set()
            await self.running.view.stop()
            self._insist(self.running)

    def _insist(self, asked: Asked) -> None:
        if self.running is asked:
            self.services.stop_answer()
            self.set_timer(INSIST, lambda: self._insist(asked))

    async def on_answering_screen_happened(self, message: Happened) -> None:
        """Show a step of the answer; one that was stopped stays as it is."""
        view = message.view
        if not view.is_attached or view.is_stopped:
            return
        match message.event:
            case EvidenceFound() as found:
                await view.evidence(found)
            case Token(text=text):
                await view.write(text)
            case Checking():
                view.check()
            case Finished(answer=answer):
                await view.finish(answer)
        self.refresh_bindings()

    async def on_answering_screen_failed(self, message: Failed) -> None:
        """Say why the model could not answer."""
        if not message.view.is_attached or message.view.is_stopped:
            return
        sentence = self.messages.error(message.error)
        if message.fallback:
            sentence = self.messages.text("ask.no_model", error=sentence)
        await message.view.fail(sentence, going_on=message.fallback)

    async def on_answering_screen_ended(self, message: Ended) -> None:
        """Go on to the question that waits; a view whose answer ended for a reason nobody foresaw waits no more."""
        if message.asked.view.is_attached:
            await message.asked.view.stop()
        self._next()
        self.refresh_bindings()
        if self.running is None:
            self.rested()

    def rested(self) -> None:
        """Nothing is being answered any more."""

    def on_answering_screen_unkept(self, message: Unkept) -> None:
        """Say why something is not in the conversation."""
        reason = self.messages.error(message.error)
        self.notify(self.messages.text("conversations.not_kept", error=reason), severity="warning", markup=False)

    def on_answering_screen_noticed(self, message: Noticed) -> None:
        """Say once how the model runs."""
        if message.key not in self._told:
            self._told.add(message.key)
            sentence = self.messages.text(f"model_notice.{message.key}", model=message.model)
            self.notify(sentence, severity="warning", markup=False)
