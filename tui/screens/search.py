"""Search as you type: hits by words at once, by meaning as soon as that is ready; the passage beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Select
from textual.worker import Worker

from ingest.errors import RepasoError
from kb.model import Filters, Kind, SearchMode, SearchResult, SessionInfo
from tui.plural import counted
from tui.printing import one_line
from tui.screens.base import RepasoScreen
from tui.screens.latest import LatestOnly, void
from tui.screens.passage import PassageScreen
from tui.widgets.hit_list import HitList
from tui.widgets.passage_view import PassageView
from tui.widgets.plain_text import PlainText

PAUSE = 0.25
"""Seconds without a key after which meaning is worth computing."""

HITS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A query under its filters."""

    query: str
    filters: Filters


class SearchScreen(RepasoScreen):
    """The query, its filters, the hits and the passage under the cursor."""

    mode = "search"
    CSS_PATH = "search.tcss"
    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "edit", "key.new_query"),
        Binding("down", "results", "key.results", priority=True),
        Binding("ctrl+r", "suggestion", "key.suggestion", priority=True),
    ]

    @dataclass
    class Found(Message):
        """What a query found; `settled` once meaning has joined or cannot."""

        asked: Asked
        result: SearchResult
        settled: bool

    @dataclass
    class Failed(Message):
        """Why a query could not be run."""

        asked: Asked
        error: RepasoError

    @dataclass
    class Sessions(Message):
        """The sessions there are to choose from."""

        sessions: tuple[SessionInfo, ...]

    asked: Asked | None = None
    found: Found | Failed | None = None
    sessions: tuple[SessionInfo, ...] = ()
    _pause: Timer | None = None

    def body(self) -> Iterator[Widget]:
        """The query on top, filters under it, then hits and passage."""
        self.by_words: LatestOnly[Asked] = LatestOnly(lambda asked: void(self._search_words(asked)))
        self.by_meaning: LatestOnly[Asked] = LatestOnly(lambda asked: void(self._search_meaning(asked)))
        yield Input(id="query")
        with Horizontal(id="filters"):
            yield Select[str]([], id="kind", compact=True)
            yield Select[str]([], id="session", compact=True)
        yield PlainText(id="status")
        with Vertical(id="found"):
            yield HitList(self.messages, id="hits")
            yield PassageView(self.messages, id="passage")

    def translate(self) -> None:
        """Say everything in the student's language."""
        say = self.messages.text
        self.query_one("#query", Input).placeholder = say("search.placeholder")
        kinds = [(say(f"kind.{kind.value}"), kind.value) for kind in Kind]
        self._offer("#kind", say("kind.any"), kinds)
        self._offer_sessions()
        self.query_one(HitList).speak(self.messages)
        self.query_one(PassageView).speak(self.messages)
        self._say_status()

    def fill(self) -> None:
        """List the sessions there are now, and search again: documents may have come or gone."""
        self._list_sessions()
        if self.asked is not None:
            self._ask(self.asked)

    def _offer(self, name: str, prompt: str, options: list[tuple[str, str]]) -> None:
        """Offer other options, keeping the one chosen where it is still there."""
        select: Select[str] = self.query_one(name, Select)
        chosen = select.value
        with self.prevent(Select.Changed):
            select.prompt = prompt
            select.set_options([(Content(one_line(words)), value) for words, value in options])
            if chosen in [value for _, value in options]:
                select.value = chosen

    def _offer_sessions(self) -> None:
        titles = list(dict.fromkeys(session.title for session in self.sessions if session.title))
        self._offer("#session", self.messages.text("search.all_sessions"), [(title, title) for title in titles])

    @work(thread=True, exclusive=True, group="sessions", exit_on_error=False)
    def _list_sessions(self) -> None:
        try:
            self.post_message(self.Sessions(self.services.library.sessions()))
        except RepasoError as error:
            self.post_message(self.Failed(Asked("", Filters()), error))

    def on_search_screen_sessions(self, event: Sessions) -> None:
        """Offer the sessions."""
        if event.sessions != self.sessions:
            self.sessions = event.sessions
            self._offer_sessions()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed."""
        event.stop()
        self._start()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Search again under the new filter."""
        event.stop()
        self._start()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the hits."""
        event.stop()
        self.action_results()

    def _start(self) -> None:
        query = self.query_one("#query", Input).value.strip()
        asked = Asked(query, Filters(kind=self._chosen("#kind"), session=self._chosen("#session")))
        if asked == self.asked:
            return
        if query:
            self._ask(asked)
        else:
            self._clear()

    def _chosen(self, name: str) -> str:
        value = self.query_one(name, Select).value
        return value if isinstance(value, str) else ""

    def _ask(self, asked: Asked) -> None:
        """Search by words now, by meaning once the typing pauses; a key press starts this over."""
        self.asked = asked
        self._forget()
        self.by_words.ask(asked)
        self._pause = self.set_timer(PAUSE, lambda: self.by_meaning.ask(asked))

    def _forget(self) -> None:
        """Drop what was asked and has not begun."""
        if self._pause is not None:
            self._pause.stop()
        self.by_words.forget()
        self.by_meaning.forget()

    def _clear(self) -> None:
        """Nothing is asked."""
        self._forget()
        self.asked = self.found = None
        self.query_one(HitList).show(())
        self.query_one(PassageView).clear()
        self._say_status()

    @work(thread=True, group="words", exit_on_error=False)
    def _search_words(self, asked: Asked) -> None:
        self._search(asked, SearchMode.KEYWORD)

    @work(thread=True, group="meaning", exit_on_error=False)
    def _search_meaning(self, asked: Asked) -> None:
        self._search(asked, SearchMode.HYBRID)

    def _search(self, asked: Asked, mode: SearchMode) -> None:
        try:
            result = self.services.library.search(asked.query, asked.filters, HITS, mode)
            self.post_message(self.Found(asked, result, settled=mode is SearchMode.HYBRID))
        except RepasoError as error:
            self.post_message(self.Failed(asked, error))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A search has ended: what was typed meanwhile is next."""
        if event.worker.is_finished:
            if event.worker.group == "words":
                self.by_words.done()
            elif event.worker.group == "meaning":
                self.by_meaning.done()

    def on_search_screen_found(self, event: Found) -> None:
        """Show hits unless the query has changed since, or meaning has joined already."""
        before = self.found
        if event.asked != self.asked:
            return
        if not event.settled and isinstance(before, self.Found) and before.asked == event.asked and before.settled:
            return
        self.found = event
        hits = event.result.hits
        self.query_one(HitList).show(hits)
        if not hits:
            self.query_one(PassageView).clear()
        self._say_status()

    def on_search_screen_failed(self, event: Failed) -> None:
        """Say why."""
        if event.asked == self.asked or not event.asked.query:
            self.found = event
            self.query_one(HitList).show(())
            self.query_one(PassageView).clear()
            self._say_status()

    def _say_status(self) -> None:
        self.query_one("#status", PlainText).say(self._status())
        self.refresh_bindings()

    def _status(self) -> str | Content:
        """Say what was found and how, or what to do."""
        say = self.messages.text
        if isinstance(self.found, self.Failed):
            return self.messages.error(self.found.error)
        if self.found is None or self.asked is None:
            return say("search.hint")
        result = self.found.result
        if not result.hits and not self.found.settled:
            return say("search.looking")
        if result.hits:
            told = f"{counted(self.messages, 'search.count', len(result.hits))} · {say(f'search.mode_{result.mode}')}"
        else:
            told = say("search.none", query=one_line(self.asked.query))
        if not result.suggestion:
            return told
        meant = say("search.suggestion", suggestion=one_line(result.suggestion))
        return Content.assemble(told, "  ", (meant, "$accent"))

    def on_hit_list_looked(self, event: HitList.Looked) -> None:
        """Show the passage under the cursor."""
        self.query_one(PassageView).show(event.hit.passage, event.hit.document)

    def on_hit_list_chosen(self, event: HitList.Chosen) -> None:
        """Open the passage large."""
        self.app.push_screen(PassageScreen(self.messages, self.services, event.hit.passage, event.hit.document))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a suggestion where there is one, and the way down to the hits."""
        if action == "suggestion":
            return isinstance(self.found, self.Found) and bool(self.found.result.suggestion)
        if action == "results":
            return self.is_mounted and self.query_one("#query").has_focus and bool(self.query_one(HitList).hits)
        return super().check_action(action, parameters)

    def action_suggestion(self) -> None:
        """Search for the better spelling."""
        if isinstance(self.found, self.Found):
            self.query_one("#query", Input).value = self.found.result.suggestion

    def action_edit(self) -> None:
        """Go back to the query, all of it selected."""
        query = self.query_one("#query", Input)
        query.focus()
        query.select_all()

    def action_results(self) -> None:
        """Move to the hits."""
        if self.query_one(HitList).hits:
            self.query_one(HitList).focus()
