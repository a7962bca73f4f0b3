"""What was searched for: kept, and listed over the search to be searched for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from ingest.errors import RepasoError
from kb.model import PastSearch
from tui.locale import Messages
from tui.printing import shortened
from tui.screens.base import RepasoModal, RepasoScreen
from tui.services import Services
from tui.widgets.plain_text import PlainText

MOST = 200
"""Queries that are listed."""


class RememberingScreen(RepasoScreen):
    """A place that keeps in the history what was searched for, once the student did something with it."""

    @dataclass
    class Unkept(Message):
        """Why a query could not be kept."""

        error: RepasoError

    def remember(self, query: str) -> None:
        """Keep a query, without holding up the screen."""
        if query.strip():
            self._keep(query, self.services.time())

    @work(thread=True, group="history", exit_on_error=False)
    def _keep(self, query: str, at: str) -> None:
        try:
            self.services.library.remember_search(query, at)
        except RepasoError as error:
            self.post_message(self.Unkept(error))

    def on_remembering_screen_unkept(self, event: Unkept) -> None:
        """Say why a query is not in the history."""
        reason = self.messages.error(event.error)
        self.notify(self.messages.text("history.unkept", reason=reason), severity="warning", markup=False)


class PastList(OptionList):
    """Past queries, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "key.search_again")]


class HistoryScreen(RepasoModal[str]):
    """Lists past queries until one is chosen, which it returns, or escape, which returns ""."""

    CSS_PATH = "search_history.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "key.close")]

    @dataclass
    class Loaded(Message):
        """The history was read."""

        searches: tuple[PastSearch, ...]

    @dataclass
    class Failed(Message):
        """Why it could not be."""

        error: RepasoError

    def __init__(self, messages: Messages, services: Services) -> None:
        super().__init__(messages)
        self.services = services
        self.searches: tuple[PastSearch, ...] | None = None

    def compose(self) -> ComposeResult:
        """A title and the list."""
        with Vertical(id="frame"):
            yield PlainText(id="title")
            yield PastList(id="past", markup=False)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the history without holding up the screen."""
        self.query_one(PastList).focus()
        self._load()

    def translate(self) -> None:
        """Name the list in the student's language."""
        empty = self.searches == ()
        self.query_one("#title", PlainText).say(self.messages.text("history.empty" if empty else "history.title"))

    @work(thread=True, exit_on_error=False)
    def _load(self) -> None:
        try:
            self.post_message(self.Loaded(self.services.library.past_searches(MOST)))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_history_screen_loaded(self, event: Loaded) -> None:
        """List it, the newest under the cursor."""
        self.searches = event.searches
        past = self.query_one(PastList)
        past.add_options(
            Option(Content.assemble(shortened(search.query), "  ", (search.asked_at[:10], "$foreground-muted")))
            for search in event.searches
        )
        past.highlighted = 0 if event.searches else None
        self.translate()

    def on_history_screen_failed(self, event: Failed) -> None:
        """Say why there is nothing."""
        self.query_one("#title", PlainText).say(self.messages.error(event.error))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Search for it again."""
        event.stop()
        if self.searches is not None:
            self.dismiss(self.searches[event.option_index].query)
