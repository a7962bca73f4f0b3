"""Ask the material: the answer streams, is then checked sentence by sentence, and its sources open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from ingest.errors import RepasoError
from kb.conversations.model import Conversation, TurnCitation
from kb.errors import NotFound
from kb.model import AnswerMode, DocumentInfo, Passage
from tui.answer_words import mode_name
from tui.locale import Messages
from tui.plural import counted
from tui.printing import shortened
from tui.screens.answer_modes import ModesScreen
from tui.screens.answering import Ahead, AnsweringScreen, Asked
from tui.screens.conversations import Chosen, ConversationsScreen
from tui.screens.passage import PassageScreen
from tui.services import Services
from tui.talk import Talk
from tui.widgets.answer_text import Stage
from tui.widgets.answer_view import AnswerView
from tui.widgets.plain_input import PlainInput
from tui.widgets.plain_text import PlainText
from tui.widgets.source_line import SourceLine

LONGEST_TITLE = 50
"""Characters of a conversation's title below the question line."""

LAST_TURNS = 20
"""Turns of a kept conversation that are shown again; all of them are in its export."""


class AskScreen(AnsweringScreen):
    """The conversation above, the question below."""

    mode = "ask"
    CSS_PATH = "ask.tcss"
    AUTO_FOCUS = "#question"
    unshown: ClassVar[frozenset[str]] = frozenset({"ctrl+l", "ctrl+q"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "key.stop"),
        Binding("escape", "edit", "key.new_question"),
        Binding("ctrl+r", "again", "key.ask_again", priority=True),
        Binding("up", "sources", "key.sources", priority=True),
        Binding("f6", "modes", "key.answer_mode", priority=True),
        Binding("f7", "conversations", "key.conversations", priority=True),
        Binding("ctrl+n", "new", "key.new_conversation", priority=True),
        Binding("ctrl+t", "quotes", "key.quotes", priority=True),
        Binding("pageup", "scroll(-1)", "key.scroll", show=False, priority=True),
        Binding("pagedown", "scroll(1)", "key.scroll", show=False, priority=True),
    ]

    @dataclass
    class Located(Message):
        """The passage behind a kept citation."""

        passage: Passage
        document: DocumentInfo

    @dataclass
    class Lost(Message):
        """Why the passage behind a kept citation cannot be opened."""

        citation: TurnCitation
        error: RepasoError

    def __init__(self, services: Services, messages: Messages) -> None:
        super().__init__(services, messages)
        self.talk = Talk(services.config.keep_conversations)
        self.opened: Conversation | None = None
        self.wanted = AnswerMode.AUTO

    def body(self) -> Iterator[Widget]:
        """Answers and the question line."""
        with VerticalScroll(id="answers", can_focus=False):
            yield PlainText(id="hint")
        yield PlainInput(id="question")

    def translate(self) -> None:
        """Say everything in the student's language."""
        self._say_hint()
        self._say_mode()
        self.query_one("#question", Input).placeholder = self.messages.text("ask.placeholder")

    def _say_hint(self) -> None:
        """Say what answers are, or above an opened conversation what of it is not shown."""
        left_out = 0 if self.opened is None else max(0, self.opened.info.turns - LAST_TURNS)
        hint = "" if self.query(AnswerView) else self.messages.text("ask.hint")
        if left_out:
            hint = counted(self.messages, "ask.left_out", left_out)
        self.query_one("#hint", PlainText).say(hint)
        self.query_one("#hint").display = bool(hint)

    def _say_mode(self) -> None:
        """Say around the question line what kind of answer is wanted, and which conversation goes on."""
        line = self.query_one("#question")
        line.border_title = self.messages.text("ask.mode", mode=mode_name(self.wanted, self.messages))
        about = "" if self.opened is None else shortened(self.opened.info.title, LONGEST_TITLE)
        line.border_subtitle = Content(self.messages.text("ask.opened", title=about) if about else "")

    async def speak(self, messages: Messages) -> None:
        """Say everything again, the answers included."""
        await super().speak(messages)
        for view in self.query(AnswerView):
            await view.speak(messages)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done now."""
        if not self.is_mounted:
            return False
        asking = self.query_one("#question").has_focus
        match action:
            case "stop":
                return self.running is not None and not self.running.stopped.is_set()
            case "edit":
                return not asking
            case "quotes":
                return asking
            case "sources":
                return asking and bool(self._lines())
            case "again":
                return self._last_to_ask_again() is not None
            case "new":
                return bool(self.query(AnswerView))
        return super().check_action(action, parameters)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Let the model read ahead while it is typed."""
        event.stop()
        self.rested()

    def rested(self) -> None:
        """Let the model read ahead for what stands in the question line."""
        question = self.query_one("#question", Input).value.strip()
        self.typed(Ahead(question, self.wanted, self.talk.earlier))

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask with the model."""
        event.stop()
        await self._ask_typed(use_model=True)

    async def action_quotes(self) -> None:
        """Answer with the notes' own sentences, without the model."""
        await self._ask_typed(use_model=False)

    async def action_again(self) -> None:
        """Ask the last question again, with the model, which starts anew if it ended."""
        view = self._last_to_ask_again()
        if view is not None:
            await self._ask(view.question, use_model=True)

    async def _ask_typed(self, *, use_model: bool) -> None:
        line = self.query_one("#question", Input)
        question = line.value.strip()
        if question:
            line.value = ""
            await self._ask(question, use_model)

    async def _ask(self, question: str, use_model: bool) -> None:
        stage = Stage.LOOKING if self.running is None else Stage.WAITING
        view = AnswerView(question, self.messages, stage)
        answers = self.query_one("#answers", VerticalScroll)
        await answers.mount(view)
        self._say_hint()
        answers.scroll_end(animate=False)
        self.send(Asked(view, self.talk, question, self.wanted, use_model))
        self.refresh_bindings()

    async def action_new(self) -> None:
        """Begin another conversation; an answer being written stops."""
        await self._begin(Talk(self.services.config.keep_conversations))

    async def _begin(self, talk: Talk, opened: Conversation | None = None) -> None:
        """Show a conversation in the place of the one there was, and go on with it."""
        self.waiting.clear()
        await self.stop_running()
        self.talk, self.opened = talk, opened
        answers = self.query_one("#answers", VerticalScroll)
        with self.app.batch_update():
            await answers.remove_children(AnswerView)
            for turn in talk.turns[-LAST_TURNS:]:
                view = AnswerView(turn.question, self.messages)
                await answers.mount(view)
                await view.recall(turn)
        self._say_hint()
        self._say_mode()
        answers.scroll_end(animate=False)
        self.query_one("#question", Input).focus()
        self.refresh_bindings()

    def action_modes(self) -> None:
        """Choose what kind of answer is wanted from now on."""
        self.app.push_screen(ModesScreen(self.messages, self.wanted), self._take_mode)

    def _take_mode(self, mode: AnswerMode | None) -> None:
        if mode is not None:
            self.wanted = mode
            self._say_mode()
            self.rested()

    def action_conversations(self) -> None:
        """List what was asked before."""
        self.app.push_screen(ConversationsScreen(self.messages, self.services), self._take_conversation)

    async def _take_conversation(self, chosen: Chosen | None) -> None:
        if chosen is None:
            return
        if chosen.opened is not None:
            await self._begin(Talk(self.services.config.keep_conversations, chosen.opened), chosen.opened)
        elif self.talk.id in chosen.removed:
            await self.action_new()

    def on_source_line_opened(self, event: SourceLine.Opened) -> None:
        """Open the passage behind a citation."""
        event.stop()
        if isinstance(event.source, TurnCitation):
            self._locate(event.source)
        else:
            self._show_passage(event.source.passage, event.source.document)

    def _show_passage(self, passage: Passage, document: DocumentInfo) -> None:
        self.app.push_screen(PassageScreen(self.messages, self.services, passage, document))

    @work(thread=True, exclusive=True, group="locate", exit_on_error=False)
    def _locate(self, citation: TurnCitation) -> None:
        try:
            passage = self.services.library.passage(citation.passage)
            self.post_message(self.Located(passage, self.services.library.document(passage.document).info))
        except RepasoError as error:
            self.post_message(self.Lost(citation, error))

    def on_ask_screen_located(self, message: Located) -> None:
        """Open it."""
        self._show_passage(message.passage, message.document)

    def on_ask_screen_lost(self, message: Lost) -> None:
        """Say why it does not open: mostly since the document has gone or has another text by now."""
        if isinstance(message.error, NotFound):
            sentence = self.messages.text("ask.source_gone", title=shortened(message.citation.title))
        else:
            sentence = self.messages.error(message.error)
        self.notify(sentence, severity="warning", markup=False)

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
        await self.stop_running()
        self.refresh_bindings()

    def _last_to_ask_again(self) -> AnswerView | None:
        """The last answer, where the model has not given it to the end."""
        views = list(self.query(AnswerView))
        return views[-1] if views and views[-1].may_be_asked_again else None

    def _lines(self) -> list[SourceLine]:
        return [line for view in self.query(AnswerView) for line in view.source_lines()]
