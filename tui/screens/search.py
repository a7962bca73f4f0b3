"""Search as you type: hits by words at once, by meaning as soon as that is ready; the passage beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual import work
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static
from textual.worker import get_current_worker

from ingest.errors import RepasoError
from kb.model import Filters, Kind, SearchMode, SearchResult
from tui.screens.base import RepasoScreen
from tui.screens.passage import PassageScreen
from tui.widgets.hit_list import HitList
from tui.widgets.passage_view import PassageView

PAUSE = 0.2
"""Seconds without a key after which meaning is worth computing."""

HITS = 20


class SearchScreen(RepasoScreen):
    """The query, its filters, the hits and the passage under the cursor."""

    mode = "search"
    CSS_PATH = "search.tcss"
    AUTO_FOCUS = "#query"
    BINDINGS = [  # noqa: RUF012 - Textual's own shape
        ("escape", "edit", "key.new_query"),
        ("down", "results", "key.results"),
    ]

    @dataclass
    class Found(Message):
        """What a query found; `settled` once meaning has joined or cannot."""

        query: str
        result: SearchResult
        settled: bool

    @dataclass
    class Failed(Message):
        """Why a query could not be run."""

        error: RepasoError

    def body(self) -> Iterator[Widget]:
        """The query on top, filters under it, then hits and passage."""
        say = self.messages.text
        yield Input(placeholder=say("search.placeholder"), id="query")
        with Horizontal(id="filters"):
            kinds = [(say(f"kind.{kind}"), kind.value) for kind in Kind]
            yield Select(kinds, prompt=say("kind.any"), id="kind", compact=True)
            yield Select(self._sessions(), prompt=say("search.all_sessions"), id="session", compact=True)
        yield Static(say("search.hint"), id="status", markup=False)
        with Horizontal(id="found"):
            yield HitList(self.messages, id="hits")
            yield PassageView(self.messages, id="passage")

    def _sessions(self) -> list[tuple[str, str]]:
        return [(session.title, session.title) for session in self.services.library.sessions()]

    def fill(self) -> None:
        """List the sessions there are now, keeping the one chosen."""
        select = self.query_one("#session", Select)
        chosen = select.value
        sessions = self._sessions()
        select.set_options(sessions)
        if chosen in [value for _, value in sessions]:
            select.value = chosen

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
        if not query:
            self.workers.cancel_group(self, "search")
            self.query_one(HitList).show(())
            self.query_one(PassageView).clear()
            self.query_one("#status", Static).update(self.messages.text("search.hint"))
            return
        self._search(query, Filters(kind=self._chosen("kind"), session=self._chosen("session")))

    def _chosen(self, name: str) -> str:
        value = self.query_one(f"#{name}", Select).value
        return value if isinstance(value, str) else ""

    @work(thread=True, exclusive=True, group="search")
    def _search(self, query: str, filters: Filters) -> None:
        import time

        worker = get_current_worker()
        library = self.services.library
        try:
            by_words = library.search(query, filters, HITS, SearchMode.KEYWORD)
            if worker.is_cancelled:
                return
            self.post_message(self.Found(query, by_words, settled=False))
            time.sleep(PAUSE)
            if worker.is_cancelled:
                return
            result = library.search(query, filters, HITS, SearchMode.HYBRID)
            if not worker.is_cancelled:
                self.post_message(self.Found(query, result, settled=True))
        except RepasoError as error:
            if not worker.is_cancelled:
                self.post_message(self.Failed(error))

    def on_search_screen_found(self, event: Found) -> None:
        """Show hits unless the query has changed since."""
        if event.query != self.query_one("#query", Input).value.strip():
            return
        hits = event.result.hits
        self.query_one(HitList).show(hits)
        if not hits:
            self.query_one(PassageView).clear()
        self.query_one("#status", Static).update(self._summary(event))

    def _summary(self, event: Found) -> str:
        say = self.messages.text
        result = event.result
        parts = []
        if result.hits:
            mode = say(f"search.mode_{result.mode}")
            parts.append(say("search.count", count=len(result.hits), took=result.took_ms, mode=mode))
        else:
            parts.append(say("search.none", query=event.query) if event.settled else say("search.looking"))
        if result.suggestion:
            parts.append(say("search.suggestion", suggestion=result.suggestion))
        return "  ".join(parts)

    def on_search_screen_failed(self, event: Failed) -> None:
        """Say why."""
        self.query_one("#status", Static).update(self.messages.error(event.error))

    def on_hit_list_looked(self, event: HitList.Looked) -> None:
        """Show the passage under the cursor."""
        self.query_one(PassageView).show(event.hit.passage, event.hit.document)

    def on_hit_list_chosen(self, event: HitList.Chosen) -> None:
        """Open the passage large."""
        self.app.push_screen(PassageScreen(self.messages, event.hit.passage, event.hit.document))

    def action_edit(self) -> None:
        """Go back to the query, all of it selected."""
        query = self.query_one("#query", Input)
        query.focus()
        query.select_all()

    def action_results(self) -> None:
        """Move to the hits."""
        if self.query_one(HitList).hits:
            self.query_one(HitList).focus()
