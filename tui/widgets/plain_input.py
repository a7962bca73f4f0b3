"""A line to type in that shows nothing but what can be read."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from tui.printing import clean


class PlainInput(Input):
    """An input that takes no terminal sequence: pasted ones would command the terminal as they are shown."""

    virtual_size = Reactive(Size(0, 0), layout=False)
    """Textual would lay out the screen at every key; how much is typed changes no widget's size."""

    def validate_value(self, value: str) -> str:
        """Take out what cannot be read."""
        return clean(value)
