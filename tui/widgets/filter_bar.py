"""The filters of a search as lists to choose from, each value with how many passages were found with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Select

from kb.model import Facet, FacetField, Filters, Kind
from tui.found import facet_value
from tui.locale import Messages
from tui.printing import shortened

ANY = {
    FacetField.KIND: "kind.any",
    FacetField.SESSION: "search.all_sessions",
    FacetField.SPEAKER: "facet.any_speaker",
}
"""The sentence that a list shows where nothing of it is chosen."""

MOST = 100
"""Values that a list offers, those with most passages; the rest can be typed in the query."""


class FilterBar(Horizontal):
    """Kind, session and speaker; choosing or unchoosing one posts Changed."""

    DEFAULT_CSS = """
    FilterBar { height: 1; padding: 0 1; }
    FilterBar Select { width: 1fr; margin-right: 1; }
    FilterBar Select SelectOverlay { height: 1; }
    FilterBar Select.-expanded SelectOverlay { height: auto; }
    """
    # a closed list has a height of its own, so that other choices in it do not lay out the screen

    @dataclass
    class Changed(Message):
        """Other filters are in force."""

        filters: Filters

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages
        self.known: dict[FacetField, tuple[str, ...]] = {FacetField.KIND: tuple(kind.value for kind in Kind)}
        self.counts: dict[FacetField, dict[str, int]] = {}
        self._offered: dict[FacetField, list[tuple[str, str]]] = {}

    def compose(self) -> ComposeResult:
        """A list a field, still without words."""
        for field in FacetField:
            yield Select[str]([], id=field.value, compact=True)

    @property
    def filters(self) -> Filters:
        """What is chosen."""
        chosen = {field: self._chosen(field) for field in FacetField}
        return Filters(
            kind=chosen[FacetField.KIND], session=chosen[FacetField.SESSION], speaker=chosen[FacetField.SPEAKER]
        )

    def drop(self, names: Collection[str]) -> None:
        """Choose nothing any more in the lists of these names; whoever says so searches again."""
        for field in FacetField:
            if field.value in names:
                with self.prevent(Select.Changed):
                    self._list(field).clear()

    def speak(self, messages: Messages) -> None:
        """Name everything in a language."""
        self.messages = messages
        for field in FacetField:
            self._list(field).prompt = messages.text(ANY[field])
            self._offer(field)

    def know(self, field: FacetField, values: Sequence[str]) -> None:
        """Offer these values where nothing tells which of them would find something."""
        self.known[field] = tuple(dict.fromkeys(value for value in values if value))
        self._offer(field)

    def count(self, facets: Sequence[Facet]) -> None:
        """Offer what was found, with how often; no facets at all: whatever is known."""
        self.counts = {facet.field: dict(facet.values) for facet in facets}
        for field in FacetField:
            if field is FacetField.SPEAKER and self.counts.get(field) and not self._chosen(field):
                self.known[field] = tuple(self.counts[field])
            self._offer(field)

    def on_select_changed(self, event: Select.Changed) -> None:
        """Say that other filters are in force."""
        event.stop()
        self.post_message(self.Changed(self.filters))

    def _list(self, field: FacetField) -> Select[str]:
        return self.query_one(f"#{field.value}", Select)

    def _chosen(self, field: FacetField) -> str:
        value = self._list(field).value
        return value if isinstance(value, str) else ""

    def _offer(self, field: FacetField) -> None:
        """Offer other values, keeping the one chosen; an open list stays as it is, and so does one without news."""
        options, chosen, select = list(self._options(field)), self._chosen(field), self._list(field)
        if options == self._offered.get(field) or select.expanded:
            return
        self._offered[field] = options
        with self.prevent(Select.Changed):
            select.set_options([(Content(words), value) for words, value in options])
            if chosen:
                select.value = chosen

    def _options(self, field: FacetField) -> Iterator[tuple[str, str]]:
        """Yield each choice's words and value: what was found, most first, then what else could be chosen."""
        counts, chosen = self.counts.get(field, {}), self._chosen(field)
        for value, count in list(counts.items())[:MOST]:
            yield f"{self._called(field, value)} ({count})", value
        others = () if self.counts and not chosen else self.known.get(field, ())
        for value in dict.fromkeys((*((chosen,) if chosen else ()), *others)):
            if value not in list(counts)[:MOST]:
                yield self._called(field, value), value

    def _called(self, field: FacetField, value: str) -> str:
        return shortened(facet_value(field, value, self.messages))
