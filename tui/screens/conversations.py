"""What was asked before: kept conversations, listed and searched, opened, named, exported and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Footer, Input, OptionList
from textual.widgets.option_list import Option

from ingest.errors import RepasoError
from kb.conversations.model import Conversation
from kb.errors import EmptyQuery
from tui.conversation_file import FileExists, UnwritableFile, file_name, write_page
from tui.conversation_markdown import page
from tui.locale import Messages
from tui.plural import counted
from tui.printing import shortened
from tui.screens.base import RepasoModal
from tui.screens.latest import LatestOnly, void
from tui.services import Services
from tui.widgets.conversation_list import ConversationList, Row, conversation_words
from tui.widgets.path_input import PathInput, meant_path
from tui.widgets.plain_input import PlainInput
from tui.widgets.plain_text import PlainText

if TYPE_CHECKING:
    from kb.conversations.conversations import Conversations

MOST_FOUND = 200
"""Turns that a search looks at."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The conversation to go on with, if one was opened, and the ids of those that were removed."""

    opened: Conversation | None
    removed: frozenset[str]


class ConversationsScreen(RepasoModal[Chosen | None]):
    """Lists conversations until one is opened, which it returns, or escape."""

    CSS_PATH = "conversations.tcss"
    AUTO_FOCUS = "#words"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "key.close"),
        Binding("down", "list", "key.conversation_list", priority=True),
    ]

    @dataclass
    class Loaded(Message):
        """What there is, or was found."""

        rows: tuple[Row, ...]
        searched: bool

    @dataclass
    class Opened(Message):
        """A conversation was read."""

        conversation: Conversation

    @dataclass
    class Done(Message):
        """Something was done, in a sentence; `removed` is the id of what is gone."""

        sentence: str
        removed: str = ""

    @dataclass
    class Failed(Message):
        """Why something could not be done."""

        error: RepasoError

    def __init__(self, messages: Messages, services: Services) -> None:
        super().__init__(messages)
        self.services = services
        self.rows: tuple[Row, ...] = ()
        self.removed: frozenset[str] = frozenset()
        self._loads = LatestOnly[str](lambda query: void(self._load(query)))
        self._doomed = ""
        self._entered: Callable[[str], None] | None = None
        self._taken: Path | None = None

    def compose(self) -> ComposeResult:
        """A title, a line to search with, the list, what there is to say, a line for a name."""
        with Vertical(id="frame"):
            yield PlainText(id="title")
            yield PlainInput(id="words")
            yield ConversationList(id="conversations", markup=False)
            yield PlainText(id="said", classes="empty")
            yield PlainInput(id="name", classes="empty")
            yield PathInput(id="path")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the conversations without holding up the screen."""
        self.query_one("#path").add_class("empty")
        self._loads.ask("")

    def translate(self) -> None:
        """Name everything in the student's language."""
        say = self.messages.text
        self.query_one("#title", PlainText).say(say("conversations.title"))
        self.query_one("#words", Input).placeholder = say("conversations.search")
        self.query_one("#name", Input).placeholder = say("conversations.new_name")
        self.query_one("#path", Input).placeholder = say("conversations.export_path")
        self._list()

    @property
    def _conversations(self) -> Conversations:
        return self.services.library.conversations

    @work(thread=True, exit_on_error=False)
    def _load(self, query: str) -> None:
        try:
            rows = self._found(query) if query else ()
            searched = bool(query)
        except EmptyQuery:
            rows, searched = (), False
        except RepasoError as error:
            self.post_message(self.Failed(error))
            return
        try:
            everything = () if searched else tuple(map(Row, self._conversations.all()))
            self.post_message(self.Loaded(rows or everything, searched))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def _found(self, query: str) -> tuple[Row, ...]:
        """Return the conversations with a turn that is found, each once, by its best turn."""
        rows: dict[str, Row] = {}
        for one in self._conversations.find(query, MOST_FOUND):
            rows.setdefault(one.info.id, Row(one.info, one.turn.question))
        return tuple(rows.values())

    def on_conversations_screen_loaded(self, event: Loaded) -> None:
        """List them."""
        self.rows = event.rows
        self._list()
        if not event.rows:
            query = shortened(self.query_one("#words", Input).value)
            key = "nothing" if event.searched else "none_yet"
            self._say(self.messages.text(f"conversations.{key}", query=query))
        self._loads.done()

    def _list(self) -> None:
        """Fill the list, keeping its cursor."""
        listed = self.query_one(ConversationList)
        at = listed.highlighted or 0
        listed.clear_options()
        listed.add_options(Option(conversation_words(row, self.messages)) for row in self.rows)
        listed.highlighted = min(at, len(self.rows) - 1) if self.rows else None

    def _say(self, sentence: str) -> None:
        self.query_one("#said", PlainText).say(sentence)

    def on_conversations_screen_failed(self, event: Failed) -> None:
        """Say why."""
        if isinstance(event.error, FileExists):
            self._say(self.messages.text("conversations.file_exists", **event.error.params))
        else:
            self._say(self.messages.error(event.error))
        self._loads.done()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while it is typed."""
        event.stop()
        if event.input.id == "words":
            self._doomed = ""
            self._say("")
            self._loads.ask(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open what is under the cursor, or take the name that was typed."""
        event.stop()
        if event.input.id == "words":
            self._open_highlighted()
        elif self._entered is not None:
            self._entered(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        event.stop()
        self._open_highlighted()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another one is under the cursor: the one that was to be removed stays."""
        event.stop()
        if self._doomed:
            self._doomed = ""
            self._say("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done where the keyboard is."""
        if action == "list":
            return bool(self.rows) and isinstance(self.focused, Input) and self._entered is None
        return super().check_action(action, parameters)

    def action_list(self) -> None:
        """Go to the list."""
        self.query_one(ConversationList).focus()

    def action_leave(self) -> None:
        """Give up the name that is being typed, or leave."""
        if self._entered is not None:
            self._close_entry()
        else:
            self.dismiss(Chosen(None, self.removed))

    def _row(self) -> Row | None:
        at = self.query_one(ConversationList).highlighted
        return None if at is None or at >= len(self.rows) else self.rows[at]

    def _open_highlighted(self) -> None:
        row = self._row()
        if row is not None:
            self._open(row.info.id)

    @work(thread=True, exit_on_error=False)
    def _open(self, id: str) -> None:
        try:
            self.post_message(self.Opened(self._conversations.get(id)))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_conversations_screen_opened(self, event: Opened) -> None:
        """Give it back."""
        self.dismiss(Chosen(event.conversation, self.removed))

    def action_rename(self) -> None:
        """Ask for another name."""
        row = self._row()
        if row is not None:
            self._open_entry("#name", row.info.title, lambda name: void(self._rename(row.info.id, name)))

    def action_export(self) -> None:
        """Ask where to write it."""
        row = self._row()
        if row is not None:
            self._open_entry("#path", f"~/{file_name(row.info)}", lambda typed: self._write(row.info.id, typed))

    def _write(self, id: str, typed: str) -> None:
        if typed.strip():
            path = meant_path(typed)
            self._export(id, path, over=path == self._taken)

    def _open_entry(self, line: str, value: str, entered: Callable[[str], None]) -> None:
        self._entered, self._taken = entered, None
        entry = self.query_one(line, Input)
        entry.remove_class("empty")
        entry.value = value
        entry.focus()
        self._say("")

    def _close_entry(self) -> None:
        self._entered = None
        for line in ("#name", "#path"):
            self.query_one(line).add_class("empty")
        self.query_one(ConversationList).focus()
        self._say("")

    @work(thread=True, exit_on_error=False)
    def _rename(self, id: str, name: str) -> None:
        try:
            info = self._conversations.rename(id, name)
        except RepasoError as error:
            self.post_message(self.Failed(error))
            return
        self.post_message(self.Done(self.messages.text("conversations.renamed_to", title=info.title)))

    @work(thread=True, exit_on_error=False)
    def _export(self, id: str, path: Path, over: bool) -> None:
        try:
            self._written(id, path, over)
        except FileExists as error:
            self._taken = path
            self.post_message(self.Failed(error))
        except RepasoError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Done(self.messages.text("conversations.exported", path=path.absolute())))

    def _written(self, id: str, path: Path, over: bool) -> None:
        try:
            write_page(path, page(self._conversations.get(id), self.messages), over=over)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise UnwritableFile(path=path, reason=error) from error

    def action_remove(self) -> None:
        """Remove what is under the cursor, on the second press."""
        row = self._row()
        if row is None:
            return
        if self._doomed == row.info.id:
            self._doomed = ""
            self._remove(row.info.id)
        else:
            self._doomed = row.info.id
            turns = counted(self.messages, "conversations.turns", row.info.turns)
            self._say(self.messages.text("conversations.confirm", title=shortened(row.info.title), turns=turns))

    @work(thread=True, exit_on_error=False)
    def _remove(self, id: str) -> None:
        try:
            info = self._conversations.remove(id)
        except RepasoError as error:
            self.post_message(self.Failed(error))
            return
        self.post_message(self.Done(self.messages.text("conversations.removed", title=info.title), id))

    def on_conversations_screen_done(self, event: Done) -> None:
        """Say so, and list what there is now."""
        self.removed |= {event.removed} - {""}
        self._close_entry()
        self._say(event.sentence)
        self._loads.ask(self.query_one("#words", Input).value.strip())
