"""One question with its answer: first the words as they come, then the checked sentences with their sources."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownStream

from kb.conversations.model import Reply, Turn
from kb.model import Answer, AnswerMode, AnswerStatus, EvidenceFound
from tui.answer_words import missing_line, mode_name, removed_line, understood_line
from tui.locale import Messages
from tui.printing import clean
from tui.widgets.answer_text import GOING_ON, Stage, shown_sentences, stage_sentence, verdict_sentence
from tui.widgets.plain_text import PlainText
from tui.widgets.source_line import Source, SourceLine
from tui.widgets.study_markdown import StudyMarkdown


class AnswerView(Vertical):
    """Lives through the stages of one answer: waiting, looking, evidence, writing, checking, checked."""

    DEFAULT_CSS = """
    AnswerView { height: auto; margin: 0 1 1 1; padding: 0 1; }
    AnswerView #asked { margin-bottom: 1; }
    AnswerView #trouble { color: $text-warning; margin-bottom: 1; }
    AnswerView #remarks { color: $text-warning; }
    AnswerView #state { color: $text-muted; }
    AnswerView .empty { display: none; }
    AnswerView StudyMarkdown { margin-bottom: 1; }
    AnswerView.unchecked MarkdownBlock { color: $text-muted; }
    AnswerView #sources { height: auto; margin-top: 1; }
    AnswerView #title { text-style: bold; color: $text-muted; padding: 0 1; }
    AnswerView.partial #state, AnswerView.not_found #state { color: $text-warning; }
    AnswerView.grounded #state { color: $text-success; }
    """

    def __init__(self, question: str, messages: Messages, stage: Stage = Stage.LOOKING) -> None:
        super().__init__(classes="unchecked")
        self.question = question
        self.messages = messages
        self.stage = stage
        self.answer: Answer | Reply | None = None
        self.sources: tuple[Source, ...] = ()
        self.seconds = 0
        self.troubled = False
        self.mode = AnswerMode.AUTO
        self.understood = ""
        self._stream: MarkdownStream | None = None

    def compose(self) -> ComposeResult:
        """The question, the answer, how far it is to be trusted, and the sources."""
        yield PlainText(id="asked")
        yield PlainText(id="trouble", classes="empty")
        yield StudyMarkdown(classes="empty")
        yield PlainText(id="state")
        yield PlainText(id="remarks", classes="empty")
        yield Vertical(id="sources")

    def on_mount(self) -> None:
        """Say that it has begun."""
        self._say_question()
        self._say_state()
        self._ticks = self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        """Show that the seconds pass while there is nothing else to show."""
        if not self.is_going_on:
            self._ticks.stop()
        elif self.stage is not Stage.WAITING:
            self.seconds += 1
            self._say_state()

    @property
    def is_going_on(self) -> bool:
        """Whether more is to come."""
        return self.stage in GOING_ON

    @property
    def is_stopped(self) -> bool:
        """Whether the student stopped it."""
        return self.stage is Stage.STOPPED

    @property
    def may_be_asked_again(self) -> bool:
        """Whether the model has not answered to the end, or could not."""
        return not self.is_going_on and (self.troubled or self.stage is not Stage.CHECKED)

    def begin(self) -> None:
        """Say that it is this question's turn."""
        if self.stage is Stage.WAITING:
            self.stage = Stage.LOOKING
            self._say_state()

    async def evidence(self, found: EvidenceFound) -> None:
        """Show the passages the answer will be made from, before its first word, and how the question is taken."""
        self.stage = Stage.WRITING
        self.mode, self.understood = found.mode, found.understood
        self._say_question()
        self._say_state()
        await self._list_sources(found.citations)

    async def write(self, piece: str) -> None:
        """Append the model's next words, not yet checked."""
        if self.stage is not Stage.WRITING:
            return
        words = self.query_one(StudyMarkdown)
        words.remove_class("empty")
        if self._stream is None:
            self._stream = Markdown.get_stream(words)
        await self._stream.write(piece)

    def check(self) -> None:
        """Say that what is written is now checked."""
        self.stage = Stage.CHECKING
        self._say_state()

    async def finish(self, answer: Answer) -> None:
        """Replace the words by the checked answer."""
        await self._end_stream()
        await self._show_answer(answer, answer.understood)

    async def recall(self, turn: Turn) -> None:
        """Show a turn that was kept."""
        if isinstance(turn.reply, Reply):
            await self._show_answer(turn.reply, turn.understood)
        else:
            self.stage = Stage.UNANSWERED
            self.understood = turn.understood
            self._say_question()
            self._say_state()

    async def stop(self) -> None:
        """Keep what is written, unchecked; nothing more will come."""
        if self.is_going_on:
            await self._end_stream()
            self.stage = Stage.STOPPED
            self._say_state()

    async def fail(self, sentence: str, going_on: bool) -> None:
        """Drop the unchecked words and say why; `going_on` says that quotes follow."""
        await self._end_stream()
        await self._write_marked("")
        self.stage = Stage.LOOKING if going_on else Stage.FAILED
        self.troubled = True
        self.query_one("#trouble", PlainText).say(f"⚠ {sentence}")
        self._say_state()

    async def speak(self, messages: Messages) -> None:
        """Say the stage and the places in another language; what was asked and answered stays."""
        self.messages = messages
        self._say_question()
        self._say_remarks()
        self._say_state()
        if self.answer is not None:
            await self._write_marked(shown_sentences(self.answer, messages))
        for line in self.query(SourceLine):
            line.speak(messages)
        for title in self.query("#title").results(PlainText):
            title.say(self._sources_title())

    def source_lines(self) -> list[SourceLine]:
        """The lines of the sources, in their order."""
        return list(self.query(SourceLine))

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """A citation mark opens its passage; any other link in a text does nothing."""
        event.stop()
        for line in self.source_lines():
            if event.href == f"cite:{line.number}":
                self.post_message(SourceLine.Opened(line.source))

    async def _show_answer(self, answer: Answer | Reply, understood: str) -> None:
        self.answer, self.mode, self.understood = answer, answer.mode, understood
        self.stage = Stage.CHECKED
        self.remove_class("unchecked")
        self.add_class(answer.status.value)
        self._say_question()
        await self._write_marked(shown_sentences(answer, self.messages))
        self._say_remarks()
        self._say_state()
        await self._list_sources(sources_of(answer))

    async def _end_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.stop()

    async def _write_marked(self, text: str) -> None:
        words = self.query_one(StudyMarkdown)
        words.set_class(not text, "empty")
        await words.show_marked(text)

    def _say_question(self) -> None:
        """Show the question, and below it in which words it was taken, where it was not taken as it is."""
        asked = Content.styled(clean(f"❯ {self.question}"), "$primary bold")
        understood = understood_line(self.understood, self.messages)
        taken = Content.styled(clean(f"\n  {understood}"), "$foreground-muted") if understood else Content()
        self.query_one("#asked", PlainText).say(asked + taken)

    def _say_remarks(self) -> None:
        """Say what was left out of the answer, and of what it does not speak."""
        if self.answer is not None:
            removed = removed_line(self.answer, self.messages) if isinstance(self.answer, Answer) else ""
            lines = filter(None, (missing_line(self.answer, self.messages), removed))
            self.query_one("#remarks", PlainText).say("\n".join(lines))

    def _say_state(self) -> None:
        self.query_one("#state", PlainText).say("  ".join(filter(None, self._state())))

    def _state(self) -> tuple[str, ...]:
        """How far it is, as what it is written and for how long; or how it ended and what can be done."""
        again = self.messages.text("ask.again") if self.may_be_asked_again else ""
        if self.stage is Stage.CHECKED and self.answer is not None:
            return verdict_sentence(self.answer, self.messages), again
        mode = mode_name(self.mode, self.messages) if self.mode is not AnswerMode.AUTO and self.is_going_on else ""
        waited = f"{self.seconds} s" if self.is_going_on and self.seconds else ""
        return stage_sentence(self.stage, self.messages), " · ".join(filter(None, (mode, waited))), again

    @property
    def _only_near(self) -> bool:
        """Whether the sources are passages that only come near."""
        return self.answer is not None and self.answer.status is AnswerStatus.NOT_FOUND

    def _sources_title(self) -> str:
        return self.messages.text("ask.nearest" if self._only_near else "ask.sources")

    async def _list_sources(self, sources: Sequence[Source]) -> None:
        self.sources = tuple(sources)
        box = self.query_one("#sources", Vertical)
        with self.app.batch_update():
            await box.remove_children()
            if sources:
                title = PlainText(self._sources_title(), id="title")
                await box.mount_all(
                    [title, *(SourceLine(source, self.messages, self._only_near) for source in sources)]
                )


def sources_of(answer: Answer | Reply) -> Sequence[Source]:
    """Return what an answer was made from, or the nearest passages where there is none."""
    return answer.nearest if answer.status is AnswerStatus.NOT_FOUND else answer.citations
