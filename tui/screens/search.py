"""Search as you type: hits by words at once, by meaning as soon as that is ready; the passage beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.timer import Timer, TimerCallback
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from ingest.errors import RepasoError
from kb.model import FacetField, Filters, Looser, SearchMode, SearchResult, SessionInfo
from tui.found import found_line
from tui.printing import shortened
from tui.screens.latest import LatestOnly, void
from tui.screens.passage import PassageScreen
from tui.screens.query_help import QueryHelpScreen
from tui.screens.search_history import HistoryScreen, RememberingScreen
from tui.widgets.filter_bar import FilterBar
from tui.widgets.found_view import FoundView
from tui.widgets.hit_list import HitList, Related
from tui.widgets.plain_input import PlainInput
from tui.widgets.plain_text import PlainText

PAUSE = 0.25
"""Seconds without a key after which the search by meaning is worth it."""

REST = 0.5
"""Seconds without a key after which the rest is: the passage, hits that do not fit and the footer's keys. They take
the screen longer than hits; between two words most people pause for less."""

FRAME = 1 / 240
"""Seconds between two paintings, at least: with Textual's 1/60 hits would wait for the frame after the letter's."""

HITS = 20
"""Hits that are listed; while a query is typed, those that fit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query under its filters."""

    query: str
    filters: Filters


class SearchScreen(RememberingScreen):
    """The query, its filters, the hits and the passage under the cursor."""

    mode = "search"
    CSS_PATH = "search.tcss"
    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "edit", "key.new_query"),
        Binding("down", "results", "key.results", priority=True),
        Binding("up", "history", show=False, priority=True),
        Binding("f7", "why", "key.why"),
        Binding("w", "why", show=False),
        Binding("ctrl+r", "suggestion", "key.suggestion", priority=True),
        Binding("f6", "query_help", "key.query_help"),
        Binding("question_mark", "query_help", show=False),
    ]

    @dataclass
    class Found(Message):
        """What a query found, at most `most` hits; `settled` once meaning has joined or cannot.

        `looser` are the filters to leave out, where a settled search found nothing under them.
        """

        asked: Asked
        result: SearchResult
        settled: bool
        most: int
        looser: tuple[Looser, ...] = ()

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
    _until_pause: Timer | None = None
    _until_rest: Timer | None = None
    _typing = False
    _can: tuple[bool | None, ...] = ()

    def body(self) -> Iterator[Widget]:
        """The query on top, filters under it, then hits and passage."""
        self.by_words: LatestOnly[tuple[Asked, int]] = LatestOnly(lambda wanted: void(self._search_words(*wanted)))
        self.by_meaning: LatestOnly[Asked] = LatestOnly(lambda asked: void(self._search_meaning(asked)))
        yield PlainInput(id="query")
        yield FilterBar(self.messages, id="filters")
        yield PlainText(id="status")
        yield FoundView(self.messages, id="found")

    def set_interval(
        self,
        interval: float,
        callback: TimerCallback | None = None,
        *,
        name: str | None = None,
        repeat: int = 0,
        pause: bool = False,
    ) -> Timer:
        """Make a timer as any; Textual's own for painting comes round more often."""
        every = FRAME if name == "screen_update" else interval
        return super().set_interval(every, callback, name=name, repeat=repeat, pause=pause)

    def translate(self) -> None:
        """Say everything in the student's language."""
        say = self.messages.text
        self.query_one("#query", Input).placeholder = say("search.placeholder")
        self.query_one(FilterBar).speak(self.messages)
        self.query_one(FoundView).speak(self.messages)
        self._say_status()
        self._tell_keys()

    def fill(self) -> None:
        """List the sessions there are now, and search again: documents may have come or gone."""
        self._list_sessions()
        if self.asked is not None:
            self._ask(self.asked, HITS)

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
            self.query_one(FilterBar).know(FacetField.SESSION, [session.title for session in event.sessions])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed."""
        event.stop()
        self._start()

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        """Search again under the new filter."""
        event.stop()
        self._start()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the hits."""
        event.stop()
        self.remember(event.value)
        self.action_results()

    def _start(self) -> None:
        query = self.query_one("#query", Input).value.strip()
        asked = Asked(query, self.query_one(FilterBar).filters)
        if asked == self.asked:
            if self._typing:  # a space, say: more is to come
                self._await_rest(asked)
            return
        if query:
            self._ask(asked, min(HITS, self.query_one(FoundView).room))
        else:
            self._clear()

    def _ask(self, asked: Asked, most: int) -> None:
        """Search by words now, by meaning and for more once the typing pauses; a key press starts this over."""
        self.asked = asked
        self._forget()
        self._typing = True
        self.query_one(FoundView).hold()
        self.by_words.ask((asked, most))
        self._until_pause = self.set_timer(PAUSE, lambda: self.by_meaning.ask(asked))
        self._await_rest(asked)

    def _await_rest(self, asked: Asked) -> None:
        """Count from now until the typing has ended."""
        if self._until_rest is not None:
            self._until_rest.stop()
        self._until_rest = self.set_timer(REST, lambda: self._rest(asked))

    def _rest(self, asked: Asked) -> None:
        """Do what waited for the typing to end."""
        self._typing = False
        self.query_one(FoundView).release()
        self._tell_keys()
        if isinstance(self.found, self.Found) and self.found.asked == asked:
            self._complete(self.found)

    def _complete(self, found: Found) -> None:
        """Search by words for the hits that did not fit: until meaning joins, a model may have to start."""
        if not found.settled and found.most < HITS and len(found.result.hits) < found.result.total:
            self.by_words.ask((found.asked, HITS))

    def _forget(self) -> None:
        """Drop what was asked and has not begun."""
        self._typing = False
        for timer in (self._until_pause, self._until_rest):
            if timer is not None:
                timer.stop()
        self.by_words.forget()
        self.by_meaning.forget()

    def _clear(self) -> None:
        """Nothing is asked."""
        self._forget()
        self.asked = self.found = None
        self.query_one(FilterBar).count(())
        self.query_one(FoundView).clear()
        self.query_one(FoundView).release()
        self._say_status()
        self._tell_keys()

    @work(thread=True, group="words", exit_on_error=False)
    def _search_words(self, asked: Asked, most: int) -> None:
        self._search(asked, SearchMode.KEYWORD, most)

    @work(thread=True, group="meaning", exit_on_error=False)
    def _search_meaning(self, asked: Asked) -> None:
        self._search(asked, SearchMode.HYBRID, HITS)

    def _search(self, asked: Asked, mode: SearchMode, most: int) -> None:
        try:
            library, settled = self.services.library, mode is SearchMode.HYBRID
            result = library.search(asked.query, asked.filters, most, mode)
            looser: tuple[Looser, ...] = ()
            if settled and not result.hits:
                looser = library.loosened(asked.query, asked.filters, mode)
            self.post_message(self.Found(asked, result, settled, most, looser))
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
        self.query_one(FoundView).show(event.result, event.looser)
        if event.settled:  # not at every key: the lists are closed while a query is typed
            self.query_one(FilterBar).count(event.result.facets)
        self._say_status()
        if not self._typing:
            self._tell_keys()
            self._complete(event)

    def on_search_screen_failed(self, event: Failed) -> None:
        """Say why."""
        if event.asked == self.asked or not event.asked.query:
            self.found = event
            self.query_one(FoundView).clear()
            self._say_status()
            self._tell_keys()

    def _say_status(self) -> None:
        self.query_one("#status", PlainText).say(self._status())

    def _tell_keys(self) -> None:
        """Let the footer offer what can be done now."""
        found = self.query_one(FoundView)
        can = (not found.is_empty, found.has_hit, self.check_action("suggestion", ()))
        if can != self._can:  # the footer is made anew each time it is told
            self._can = can
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
        told = found_line(result, self.messages)
        if not result.suggestion:
            return told
        meant = say("search.suggestion", suggestion=shortened(result.suggestion, 60))
        return Content.assemble(told, "  ", (meant, "$accent"))

    def on_hit_list_chosen(self, event: HitList.Chosen) -> None:
        """Open the passage large."""
        if self.asked is not None:
            self.remember(self.asked.query)
        self.app.push_screen(PassageScreen(self.messages, self.services, event.row.passage, event.row.document))

    def on_hit_list_offered(self, event: HitList.Offered) -> None:
        """Search for what was offered."""
        if isinstance(event.offer, Related):
            self._search_for(event.offer.query)
            return
        self.query_one(FilterBar).drop([name for name, _ in event.offer.dropped])
        self._search_for(event.offer.query)
        self._start()

    def _search_for(self, query: str) -> None:
        """Put a query where it can be changed, and run it."""
        line = self.query_one("#query", Input)
        line.value = query
        line.cursor_position = len(query)
        line.focus()
        self.remember(query)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a suggestion where there is one, and the way down to the hits."""
        if action == "suggestion":
            return isinstance(self.found, self.Found) and bool(self.found.result.suggestion)
        if action == "results":
            return self.is_mounted and self.query_one("#query").has_focus and not self.query_one(FoundView).is_empty
        if action == "history":
            return self.is_mounted and self.query_one("#query").has_focus
        if action == "why":
            return self.is_mounted and self.query_one(FoundView).has_hit
        return super().check_action(action, parameters)

    def action_suggestion(self) -> None:
        """Search for the better spelling."""
        if isinstance(self.found, self.Found):
            self._search_for(self.found.result.suggestion)

    def action_edit(self) -> None:
        """Go back to the query, all of it selected."""
        query = self.query_one("#query", Input)
        query.focus()
        query.select_all()

    def action_results(self) -> None:
        """Move to the hits."""
        if not self.query_one(FoundView).is_empty:
            self.query_one(FoundView).go()

    def action_why(self) -> None:
        """Say why the hit under the cursor is there, or show its passage again."""
        self.query_one(FoundView).explain()

    def action_query_help(self) -> None:
        """Say how a query may be written."""
        self.app.push_screen(QueryHelpScreen(self.messages))

    def action_history(self) -> None:
        """Offer what was searched for before."""

        def search_again(query: str | None) -> None:
            if query:
                self._search_for(query)

        self.app.push_screen(HistoryScreen(self.messages, self.services), search_again)
