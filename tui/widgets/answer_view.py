"""One question with its answer: first the words as they come, then the checked sentences with their sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownStream

from kb.model import Answer, AnswerStatus, Citation, Hit, Sentence
from tui.locale import Messages
from tui.widgets.plain_text import PlainText
from tui.widgets.source_line import SourceLine
from tui.widgets.study_markdown import StudyMarkdown, citation_mark, doubtful, foreign

_OWN_LINE = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+|#{1,6}\s+|```\w*\n|\||>\s*")
"""What begins a list item, a heading, code, a table row or a quotation: each needs a line of its own."""


class Stage(StrEnum):
    """How far an answer is; each has a sentence."""

    LOOKING = "looking"
    WRITING = "writing"
    STOPPED = "stopped"
    FAILED = "failed"
    CHECKED = "checked"


class AnswerView(Vertical):
    """Lives through the stages of one answer: looking, evidence, writing, checked."""

    DEFAULT_CSS = """
    AnswerView { height: auto; margin: 0 1 1 1; padding: 0 1; }
    AnswerView #asked { text-style: bold; color: $primary; margin-bottom: 1; }
    AnswerView #trouble { color: $text-warning; margin-bottom: 1; }
    AnswerView #state { color: $text-muted; }
    AnswerView .empty { display: none; }
    AnswerView StudyMarkdown { margin-bottom: 1; }
    AnswerView.unchecked MarkdownBlock { color: $text-muted; }
    AnswerView #sources { height: auto; margin-top: 1; }
    AnswerView #title { text-style: bold; color: $text-muted; padding: 0 1; }
    AnswerView.partial #state, AnswerView.not_found #state { color: $text-warning; }
    AnswerView.grounded #state { color: $text-success; }
    """

    def __init__(self, question: str, messages: Messages) -> None:
        super().__init__(classes="unchecked")
        self.question = question
        self.messages = messages
        self.stage = Stage.LOOKING
        self.answer: Answer | None = None
        self.sources: tuple[Citation | Hit, ...] = ()
        self.seconds = 0
        self._stream: MarkdownStream | None = None

    def compose(self) -> ComposeResult:
        """The question, the answer, how far it is to be trusted, and the sources."""
        yield PlainText(f"❯ {self.question}", id="asked")
        yield PlainText(id="trouble", classes="empty")
        yield StudyMarkdown(classes="empty")
        yield PlainText(id="state")
        yield Vertical(id="sources")

    def on_mount(self) -> None:
        """Say that it has begun."""
        self._say_state()
        self._ticks = self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        """Show that the seconds pass while there is nothing else to show."""
        self.seconds += 1
        if self.is_going_on:
            self._say_state()
        else:
            self._ticks.stop()

    @property
    def is_going_on(self) -> bool:
        """Whether more is to come."""
        return self.stage in (Stage.LOOKING, Stage.WRITING)

    @property
    def is_stopped(self) -> bool:
        """Whether the student stopped it."""
        return self.stage is Stage.STOPPED

    async def evidence(self, citations: Sequence[Citation]) -> None:
        """Show the passages the answer will be made from, before its first word."""
        self.stage = Stage.WRITING
        self._say_state()
        await self._list_sources(tuple(citations))

    async def write(self, piece: str) -> None:
        """Append the model's next words, not yet checked."""
        if self.stage is not Stage.WRITING:
            return
        words = self.query_one(StudyMarkdown)
        words.remove_class("empty")
        if self._stream is None:
            self._stream = Markdown.get_stream(words)
        await self._stream.write(piece)

    async def finish(self, answer: Answer) -> None:
        """Replace the words by the checked answer."""
        await self._end_stream()
        self.answer = answer
        self.stage = Stage.CHECKED
        self.remove_class("unchecked")
        self.add_class(answer.status.value)
        await self._show_sentences()
        self._say_state()
        found = answer.nearest if answer.status is AnswerStatus.NOT_FOUND else answer.citations
        await self._list_sources(found)

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
        self.query_one("#trouble", PlainText).say(f"⚠ {sentence}")
        self._say_state()

    async def speak(self, messages: Messages) -> None:
        """Say the stage and the places in another language; what was asked and answered stays."""
        self.messages = messages
        self._say_state()
        if self.answer is not None:
            await self._show_sentences()
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
        for source in self.sources:
            if isinstance(source, Citation) and event.href == f"cite:{source.n}":
                self.post_message(SourceLine.Opened(source))

    async def _end_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.stop()

    async def _show_sentences(self) -> None:
        assert self.answer is not None
        if self.answer.model:
            text = answer_markdown(self.answer.sentences, self.messages.text("ask.unsupported"))
        else:
            text = quotes_markdown(self.answer.sentences)
        await self._write_marked(text)

    async def _write_marked(self, text: str) -> None:
        words = self.query_one(StudyMarkdown)
        words.set_class(not text, "empty")
        await words.show_marked(text)

    def _say_state(self) -> None:
        waited = f" {self.seconds} s" if self.is_going_on and self.seconds else ""
        self.query_one("#state", PlainText).say(state_sentence(self.stage, self.answer, self.messages) + waited)

    def _sources_title(self) -> str:
        nearest = self.answer is not None and self.answer.status is AnswerStatus.NOT_FOUND
        return self.messages.text("ask.nearest" if nearest else "ask.sources")

    async def _list_sources(self, sources: Sequence[Citation | Hit]) -> None:
        self.sources = tuple(sources)
        box = self.query_one("#sources", Vertical)
        with self.app.batch_update():
            await box.remove_children()
            if sources:
                title = PlainText(self._sources_title(), id="title")
                await box.mount_all([title, *(SourceLine(source, self.messages) for source in sources)])


def state_sentence(stage: Stage, answer: Answer | None, messages: Messages) -> str:
    """Say how far an answer is and, once it is checked, how far it is to be trusted and who wrote it."""
    say = messages.text
    if stage is Stage.FAILED:
        return ""
    if stage is not Stage.CHECKED or answer is None:
        return say(f"ask.{stage.value}")
    if answer.status is AnswerStatus.NOT_FOUND:
        return say("ask.not_found")
    verdict = say("ask.grounded" if answer.status is AnswerStatus.GROUNDED else "ask.partial")
    if not answer.model:
        return say("ask.quotes_only")
    seconds = answer.timings.total_ms / 1000
    mark = "✓" if answer.status is AnswerStatus.GROUNDED else "⚠"
    return f"{mark} {verdict}  {say('ask.took', model=answer.model, seconds=seconds)}"


def quotes_markdown(sentences: Sequence[Sentence]) -> str:
    """List sentences taken from notes, each with its clickable citation: they stand in no order of thought."""
    lines = []
    for sentence in sentences:
        words = " ".join(_OWN_LINE.sub("", foreign(sentence.text).strip(), count=1).split())
        lines.append(f"- {words}" + "".join(f" {citation_mark(n)}" for n in sentence.citations))
    return "\n".join(lines)


def answer_markdown(sentences: Sequence[Sentence], unsupported: str) -> str:
    """Join checked sentences as Markdown: each with its clickable citations, or marked as said by no note."""
    text = ""
    for sentence in sentences:
        words = foreign(sentence.text).strip()
        begins = _OWN_LINE.match(words)
        head, rest = (begins[0], words[begins.end() :]) if begins else ("", words)
        if sentence.supported:
            rest += "".join(f" {citation_mark(n)}" for n in sentence.citations)
        else:
            rest = doubtful(f"{rest} ({unsupported})")
        separator = "\n" if begins else " "
        text += (separator if text else "") + head + rest
    return text
