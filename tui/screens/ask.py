"""Ask the material: the answer streams, is then checked sentence by sentence, and its sources open."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker, WorkerState, get_current_worker

from ingest.errors import RepasoError
from kb.errors import ModelUnavailable
from kb.model import AnswerEvent, EvidenceFound, Finished, Token
from tui.locale import Messages
from tui.screens.base import RepasoScreen
from tui.screens.passage import PassageScreen
from tui.widgets.answer_view import AnswerView
from tui.widgets.plain_input import PlainInput
from tui.widgets.plain_text import PlainText
from tui.widgets.source_line import SourceLine


class AskScreen(RepasoScreen):
    """The conversation above, the question below."""

    mode = "ask"
    CSS_PATH = "ask.tcss"
    AUTO_FOCUS = "#question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "key.stop"),
        Binding("escape", "edit", "key.new_question"),
        Binding("up", "sources", "key.sources", priority=True),
        Binding("ctrl+t", "quotes", "key.quotes", priority=True),
        Binding("pageup", "scroll(-1)", "key.scroll", show=False, priority=True),
        Binding("pagedown", "scroll(1)", "key.scroll", show=False, priority=True),
    ]

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
        with VerticalScroll(id="answers", can_focus=False):
            yield PlainText(id="hint")
        yield PlainInput(id="question")

    def translate(self) -> None:
        """Say everything in the student's language."""
        self.query_one("#hint", PlainText).say(self.messages.text("ask.hint"))
        self.query_one("#question", Input).placeholder = self.messages.text("ask.placeholder")

    async def speak(self, messages: Messages) -> None:
        """Say everything again, the answers included."""
        await super().speak(messages)
        for view in self.query(AnswerView):
            await view.speak(messages)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stop while an answer is written; go back to the question line otherwise."""
        if not self.is_mounted:
            return False
        if action == "stop":
            return self._writing() is not None
        if action == "edit":
            return not self.query_one("#question", Input).has_focus
        if action == "quotes":
            return self.query_one("#question").has_focus
        if action == "sources":
            return self.query_one("#question").has_focus and bool(self._lines())
        return super().check_action(action, parameters)

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
        await self._cancel()
        view = AnswerView(question, self.messages)
        answers = self.query_one("#answers", VerticalScroll)
        self.query_one("#hint").display = False
        await answers.mount(view)
        answers.scroll_end(animate=False)
        self._answer(view, question, use_model)
        self.refresh_bindings()

    @work(thread=True, group="ask", exit_on_error=False)
    def _answer(self, view: AnswerView, question: str, use_model: bool) -> None:
        try:
            self._pass_on(view, question, use_model)
        except ModelUnavailable as error:
            if get_current_worker().is_cancelled:
                return
            self.post_message(self.Failed(view, error, fallback=use_model))
            if use_model:
                self._quote(view, question)
        except RepasoError as error:
            self.post_message(self.Failed(view, error, fallback=False))

    def _quote(self, view: AnswerView, question: str) -> None:
        try:
            self._pass_on(view, question, use_model=False)
        except RepasoError as error:
            self.post_message(self.Failed(view, error, fallback=False))

    def _pass_on(self, view: AnswerView, question: str, use_model: bool) -> None:
        """Post every step of an answer until it ends or the student has had enough."""
        worker = get_current_worker()
        events = self.services.library.ask(question, use_model=use_model)
        try:
            for event in events:
                if worker.is_cancelled:
                    return
                self.post_message(self.Happened(view, event))
        finally:
            if isinstance(events, Generator):
                events.close()

    async def on_ask_screen_happened(self, message: Happened) -> None:
        """Show a step of the answer; one that was stopped stays as it is."""
        if not message.view.is_attached or message.view.is_stopped:
            return
        match message.event:
            case EvidenceFound(citations=citations):
                await message.view.evidence(citations)
            case Token(text=text):
                await message.view.write(text)
            case Finished(answer=answer):
                await message.view.finish(answer)
        self.refresh_bindings()

    async def on_ask_screen_failed(self, message: Failed) -> None:
        """Say why the model could not answer."""
        if not message.view.is_attached or message.view.is_stopped:
            return
        sentence = self.messages.error(message.error)
        if message.fallback:
            sentence = self.messages.text("ask.no_model", error=sentence)
        await message.view.fail(sentence, going_on=message.fallback)
        self.refresh_bindings()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An answer has ended; where it failed for a reason nobody foresaw, its view must not wait for ever."""
        if event.worker.group == "ask" and event.state is WorkerState.ERROR:
            for view in self.query(AnswerView):
                self.call_later(view.stop)
        self.refresh_bindings()

    def on_source_line_opened(self, event: SourceLine.Opened) -> None:
        """Open the passage behind a citation."""
        event.stop()
        self.app.push_screen(PassageScreen(self.messages, self.services, event.source.passage, event.source.document))

    def on_source_line_moved(self, event: SourceLine.Moved) -> None:
        """Go to the next source, through all answers; below the last one is the question line."""
        event.stop()
        lines = self._lines()
        at = lines.index(event.line) + event.by
        if at >= len(lines):
            self.query_one("#question", Input).focus()
        else:
            lines[max(0, at)].focus()

    def action_sources(self) -> None:
        """Go to the sources of the last answer."""
        views = [view for view in self.query(AnswerView) if view.source_lines()]
        if views:
            views[-1].source_lines()[0].focus()

    def action_scroll(self, by: int) -> None:
        """Leaf through the answers from the question line."""
        answers = self.query_one("#answers", VerticalScroll)
        answers.scroll_relative(y=by * max(1, answers.size.height - 2), animate=False)

    def action_edit(self) -> None:
        """Go back to the question line."""
        self.query_one("#question", Input).focus()

    async def action_stop(self) -> None:
        """Stop the answer being written; what is written stays, marked as unchecked."""
        await self._cancel()
        self.refresh_bindings()

    async def _cancel(self) -> None:
        """End the running answer at its next token."""
        view = self._writing()
        if view is not None:
            self.workers.cancel_group(self, "ask")
            self.services.stop_answer()
            await view.stop()

    def _writing(self) -> AnswerView | None:
        """The answer that is being made."""
        views = [view for view in self.query(AnswerView) if view.is_going_on]
        return views[-1] if views else None

    def _lines(self) -> list[SourceLine]:
        return [line for view in self.query(AnswerView) for line in view.source_lines()]
