"""Search hits as a list: where each stands and the words that match, highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kb.model import Hit
from tui.locale import Messages, label


class HitList(OptionList):
    """Hits, best first; moving onto one posts Looked, choosing one posts Chosen."""

    @dataclass
    class Looked(Message):
        """The cursor stands on `hit`."""

        hit: Hit

    @dataclass
    class Chosen(Message):
        """`hit` was chosen with enter or a click."""

        hit: Hit

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.messages = messages
        self.hits: tuple[Hit, ...] = ()

    def show(self, hits: Sequence[Hit]) -> None:
        """Replace the hits, keeping the cursor on the same passage where it is still there."""
        before = self.current
        self.hits = tuple(hits)
        self.clear_options()
        self.add_options(Option(self._prompt(hit)) for hit in self.hits)
        if self.hits:
            same = [i for i, hit in enumerate(self.hits) if before and hit.passage.id == before.passage.id]
            self.highlighted = same[0] if same else 0

    @property
    def current(self) -> Hit | None:
        """The hit under the cursor."""
        at = self.highlighted
        return self.hits[at] if at is not None and at < len(self.hits) else None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say where the cursor is."""
        event.stop()
        if event.option_index < len(self.hits):
            self.post_message(self.Looked(self.hits[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which was chosen."""
        event.stop()
        if event.option_index < len(self.hits):
            self.post_message(self.Chosen(self.hits[event.option_index]))

    def _prompt(self, hit: Hit) -> Content:
        """Two parts: title and place, then the snippet with its matches; text is never markup."""
        head = Content.assemble(
            Content(hit.document.title).stylize("bold"),
            Content(f"  {label(hit.passage.locator, self.messages)}").stylize("$accent"),
        )
        body = Content(hit.snippet)
        for start, end in hit.highlights:
            body = body.stylize("reverse", start, end)
        return head + Content("\n") + body
