"""The bar at the top: the app's places, the current one lit; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Place:
    """A mode of the app: its name, the key that opens it and what it is called."""

    mode: str
    key: str
    title: str


class PlaceTab(Static):
    """One place; posts Chosen when clicked."""

    @dataclass
    class Chosen(Message):
        """The student wants to go to `mode`."""

        mode: str

    def __init__(self, place: Place, current: bool) -> None:
        super().__init__(_words(place), classes="current" if current else "")
        self.place = place

    def on_click(self, event: events.Click) -> None:
        """Go there."""
        event.stop()
        self.post_message(self.Chosen(self.place.mode))


class Navigation(Horizontal):
    """All places in a row."""

    DEFAULT_CSS = """
    Navigation { height: 1; background: $panel; }
    Navigation PlaceTab { width: auto; padding: 0 1; color: $text-muted; }
    Navigation PlaceTab:hover { background: $boost; color: $text; }
    Navigation PlaceTab.current { background: $primary; color: $background; text-style: bold; }
    """

    def __init__(self, places: Sequence[Place], current: str) -> None:
        super().__init__()
        self.places = tuple(places)
        self.current = current

    def compose(self) -> ComposeResult:
        """A tab a place."""
        for place in self.places:
            yield PlaceTab(place, place.mode == self.current)

    def speak(self, places: Sequence[Place]) -> None:
        """Name the same places in another language."""
        for tab, place in zip(self.query(PlaceTab), places, strict=True):
            tab.update(_words(place))


def _words(place: Place) -> Content:
    return Content.assemble((f"{place.key.upper()} ", "dim"), place.title)
