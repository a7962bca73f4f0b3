"""One question with its answer: first the words as they come, then the checked sentences with their sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Markdown, Static

from kb.model import Answer, AnswerStatus, Citation, Hit, Sentence
from tui.locale import Messages, label

_LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s|```|#{1,6}\s|\|")


def answer_markdown(sentences: Sequence[Sentence], unsupported: str) -> str:
    """Join checked sentences as Markdown: citations as links `cite:n`, what no note says struck through."""
    text = ""
    for sentence in sentences:
        if sentence.supported:
            marks = "".join(f" [\\[{n}\\]](cite:{n})" for n in sentence.citations)
            piece = f"{sentence.text}{marks}"
        else:
            piece = f"~~{sentence.text}~~ *({unsupported})*"
        separator = "\n\n" if _LIST_ITEM.match(sentence.text) else " "
        text += (separator if text else "") + piece
    return text


class SourceLine(Static):
    """A numbered source; a click or enter opens its passage."""

    can_focus = True
    BINDINGS = [("enter", "open", "key.open")]  # noqa: RUF012 - Textual's own shape

    @dataclass
    class Opened(Message):
        """The student wants to read this source."""

        source: Citation | Hit

    def __init__(self, source: Citation | Hit, text: str) -> None:
        super().__init__(text, markup=False)
        self.source = source

    def on_click(self) -> None:
        """Open it."""
        self.action_open()

    def action_open(self) -> None:
        """Open it."""
        self.post_message(self.Opened(self.source))


class AnswerView(Vertical):
    """Lives through the stages of one answer: looking, evidence, writing, checked."""

    DEFAULT_CSS = """
    AnswerView { height: auto; margin-bottom: 1; padding: 0 1; }
    AnswerView #asked { text-style: bold; color: $primary; }
    AnswerView #state { color: $text-muted; }
    AnswerView Markdown { margin: 0; padding: 0; }
    AnswerView #sources { height: auto; margin-top: 1; }
    AnswerView SourceLine { color: $text-muted; height: auto; }
    AnswerView SourceLine:hover, AnswerView SourceLine:focus { background: $boost; color: $text; }
    AnswerView.partial #state { color: $warning; }
    AnswerView.not_found #state { color: $warning; text-style: bold; }
    AnswerView.grounded #state { color: $success; }
    """

    def __init__(self, question: str, messages: Messages) -> None:
        super().__init__()
        self.question = question
        self.messages = messages
        self.sources: tuple[Citation, ...] = ()

    def compose(self) -> ComposeResult:
        """The question, the answer, how far it is to be trusted, and the sources."""
        yield Static(f"❯ {self.question}", id="asked", markup=False)
        yield Markdown("", open_links=False)
        yield Static(self.messages.text("ask.looking"), id="state", markup=False)
        yield Vertical(id="sources")

    def state(self, text: str) -> None:
        """Say what is going on."""
        self.query_one("#state", Static).update(text)

    async def evidence(self, citations: Sequence[Citation]) -> None:
        """Show the passages the answer will be made from, before its first word."""
        self.state(self.messages.text("ask.writing"))
        await self._list_sources(tuple(citations))

    async def write(self, piece: str) -> None:
        """Append the model's next words, not yet checked."""
        await self.query_one(Markdown).append(piece)

    async def restart(self) -> None:
        """Drop the unchecked words."""
        await self.query_one(Markdown).update("")

    async def finish(self, answer: Answer) -> None:
        """Replace the words by the checked answer."""
        say = self.messages.text
        self.set_classes(answer.status.value)
        if answer.status is AnswerStatus.NOT_FOUND:
            await self.query_one(Markdown).update("")
            self.state(say("ask.not_found"))
            await self._list_sources(answer.nearest, say("ask.nearest"))
            return
        await self.query_one(Markdown).update(answer_markdown(answer.sentences, say("ask.unsupported")))
        verdict = say("ask.grounded" if answer.status is AnswerStatus.GROUNDED else "ask.partial")
        made = say("ask.took", model=answer.model, seconds=answer.timings.total_ms / 1000) if answer.model else ""
        self.state("  ".join(part for part in (verdict, made or say("ask.quotes_only")) if part))
        await self._list_sources(answer.citations)

    async def _list_sources(self, sources: Sequence[Citation | Hit], title: str = "") -> None:
        self.sources = tuple(each for each in sources if isinstance(each, Citation))
        box = self.query_one("#sources", Vertical)
        await box.remove_children()
        lines = [SourceLine(source, self._line(source)) for source in sources]
        await box.mount_all([Static(title, markup=False), *lines] if title else lines)

    def _line(self, source: Citation | Hit) -> str:
        place = f"{source.document.title} · {label(source.passage.locator, self.messages)}"
        if isinstance(source, Hit):
            return f"  • {place}"
        return f"  [{source.n}] {place} — «{_short(source.quote)}»"

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """A citation mark opens its passage; any other link in a text does nothing."""
        event.stop()
        for source in self.sources:
            if event.href == f"cite:{source.n}":
                self.post_message(SourceLine.Opened(source))


def _short(text: str, longest: int = 140) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= longest else folded[:longest].rsplit(" ", 1)[0] + "…"
