"""Ask the material: the answer streams, is then checked sentence by sentence, and its sources open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual import work
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState, get_current_worker

from ingest.errors import RepasoError
from kb.errors import ModelUnavailable
from kb.model import AnswerEvent, EvidenceFound, Finished, Token
from tui.screens.base import RepasoScreen
from tui.screens.passage import PassageScreen
from tui.widgets.answer_view import AnswerView, SourceLine


class AskScreen(RepasoScreen):
    """The conversation above, the question below."""

    mode = "ask"
    CSS_PATH = "ask.tcss"
    AUTO_FOCUS = "#question"
    BINDINGS = [("escape", "stop", "key.stop"), ("ctrl+t", "quotes", "key.quotes")]  # noqa: RUF012

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

    def body(self) -> Iterator[Widget]:
        """Answers and the question line."""
        yield VerticalScroll(Static(self.messages.text("ask.hint"), id="hint", markup=False), id="answers")
        yield Input(placeholder=self.messages.text("ask.placeholder"), id="question")

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask with the model."""
        event.stop()
        await self._ask(use_model=True)

    async def action_quotes(self) -> None:
        """Answer with the notes' own sentences, without the model."""
        await self._ask(use_model=False)

    async def _ask(self, *, use_model: bool) -> None:
        line = self.query_one("#question", Input)
        question = line.value.strip()
        if not question:
            return
        line.value = ""
        self._cancel_model()
        view = AnswerView(question, self.messages)
        answers = self.query_one("#answers", VerticalScroll)
        await answers.mount(view)
        answers.anchor()
        self._answer(view, question, use_model)

    @work(thread=True, exclusive=True, group="ask")
    def _answer(self, view: AnswerView, question: str, use_model: bool) -> None:
        worker = get_current_worker()
        try:
            for event in self.services.library.ask(question, use_model=use_model):
                if worker.is_cancelled:
                    return
                self.post_message(self.Happened(view, event))
        except ModelUnavailable as error:
            if worker.is_cancelled:
                return
            self.post_message(self.Failed(view, error, fallback=use_model))
            if use_model:
                self._answer_by_quotes(view, question)
        except RepasoError as error:
            self.post_message(self.Failed(view, error, fallback=False))

    def _answer_by_quotes(self, view: AnswerView, question: str) -> None:
        try:
            for event in self.services.library.ask(question, use_model=False):
                self.post_message(self.Happened(view, event))
        except RepasoError as error:
            self.post_message(self.Failed(view, error, fallback=False))

    async def on_ask_screen_happened(self, message: Happened) -> None:
        """Show a step of the answer."""
        if not message.view.is_attached:
            return
        match message.event:
            case EvidenceFound(citations=citations):
                await message.view.evidence(citations)
            case Token(text=text):
                await message.view.write(text)
            case Finished(answer=answer):
                await message.view.finish(answer)

    async def on_ask_screen_failed(self, message: Failed) -> None:
        """Say why the model could not answer."""
        sentence = self.messages.error(message.error)
        await message.view.restart()
        if message.fallback:
            sentence = self.messages.text("ask.no_model", error=sentence)
            self.notify(sentence, severity="warning", markup=False)
        message.view.state(sentence)

    def on_source_line_opened(self, event: SourceLine.Opened) -> None:
        """Open the passage behind a citation."""
        event.stop()
        self.app.push_screen(PassageScreen(self.messages, event.source.passage, event.source.document))

    def action_stop(self) -> None:
        """Stop the answer being written; what is written stays, marked as unchecked."""
        running = [worker for worker in self.workers if worker.group == "ask" and worker.is_running]
        if running:
            self._cancel_model()
            views = list(self.query(AnswerView))
            if views:
                views[-1].state(f"{self.messages.text('ask.stopped')} {self.messages.text('ask.checking')}")
        else:
            self.query_one("#question", Input).focus()

    def _cancel_model(self) -> None:
        """End the running answer at its next token."""
        self.workers.cancel_group(self, "ask")
        self.services.library.cancel_answer()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An answer that failed for a reason nobody foresaw is a defect; let the app say so."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error
