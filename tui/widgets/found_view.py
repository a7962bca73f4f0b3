"""What a search found: the hits, and the passage under the cursor or why it is there."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from kb.model import Looser, SearchResult
from tui.locale import Messages
from tui.widgets.hit_list import HitList, Related, Row
from tui.widgets.passage_view import PassageView
from tui.widgets.why_view import WhyView


class FoundView(Vertical):
    """Shows one result; what is chosen in it is the HitList's message."""

    DEFAULT_CSS = """
    FoundView #hits, FoundView #passage, FoundView #why { border: round $primary 40%; height: 1fr; width: 1fr; }
    FoundView #hits:focus, FoundView #passage:focus, FoundView #why:focus { border: round $primary; }
    FoundView #why { display: none; }
    FoundView.explaining #why { display: block; }
    FoundView.explaining #passage { display: none; }
    """

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages
        self.model = ""
        self._explained: Row | None = None
        self._looked: Row | None = None
        self._held = False

    def compose(self) -> ComposeResult:
        """The list, the passage, and the reasons where they are wanted."""
        yield HitList(self.messages, id="hits")
        yield PassageView(self.messages, id="passage")
        yield WhyView(self.messages, id="why")

    def show(self, result: SearchResult, looser: Sequence[Looser] = ()) -> None:
        """Show what was found and what else to search for; `looser` are filters to leave out."""
        self.model = result.model
        self.query_one(HitList).show(result.hits, (*map(Related, result.related), *looser))
        if not result.hits:
            self._show_no_passage()

    def clear(self) -> None:
        """Show nothing."""
        self.query_one(HitList).show(())
        self._show_no_passage()

    def _show_no_passage(self) -> None:
        self._explained = self._looked = None
        self.query_one(PassageView).clear()
        self.query_one(WhyView).clear()

    def speak(self, messages: Messages) -> None:
        """Name everything in another language."""
        self.messages = messages
        self.query_one(HitList).speak(messages)
        self.query_one(PassageView).speak(messages)
        self.query_one(WhyView).speak(messages)

    @property
    def room(self) -> int:
        """How many hits the list can show at once, about."""
        return self.query_one(HitList).room

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose."""
        return not self.query_one(HitList).rows

    @property
    def has_hit(self) -> bool:
        """Whether a hit is under the cursor."""
        return isinstance(self.query_one(HitList).current, Row)

    def go(self) -> None:
        """Move to the list; typing has ended."""
        self.release()
        self.query_one(HitList).focus()

    def explain(self) -> None:
        """Say why the hit under the cursor is there, in place of its passage, or show the passage again."""
        self.release()
        self.toggle_class("explaining")
        self._explain()

    def on_hit_list_looked(self, event: HitList.Looked) -> None:
        """Show the passage under the cursor, and why it is there; while that is held, where the student moved it."""
        event.stop()
        self._looked = event.row
        if not self._held or self.query_one(HitList).has_focus:
            self._show_passage()

    def hold(self) -> None:
        """Leave the passage as it is until `release`: the hits may soon be others, and it takes long to lay out."""
        self._held = True

    def release(self) -> None:
        """Show the passage under the cursor, from now on at once."""
        self._held = False
        self._show_passage()

    def _show_passage(self) -> None:
        row, self._looked = self._looked, None
        if row is not None and row in self.query_one(HitList).rows:  # else the list has changed since
            self.query_one(PassageView).show(row.passage, row.document)
            self._explained = row
            self._explain()

    def _explain(self) -> None:
        """Put the reasons in words where they are seen: what is hidden would be laid out all the same."""
        if self._explained is not None and self.has_class("explaining"):
            self.query_one(WhyView).show(self._explained.hit, self.model)
