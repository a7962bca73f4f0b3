"""Search hits as a list: where each stands and the words that match, highlighted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kb.model import Hit
from tui.locale import Messages, label
from tui.printing import clean, one_line

_EMPHASIS = re.compile(r"\*\*|`+")
_LIST_MARK = re.compile(r"\s*\n\s*[-*+•]\s+")


class HitList(OptionList):
    """Hits, best first; moving onto one posts Looked, choosing one posts Chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "key.open")]
    DEFAULT_CSS = """
    HitList { scrollbar-size-vertical: 1; padding: 0; }
    HitList > .option-list--option { padding: 0 1; }
    """

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
        """Replace the hits, keeping the cursor on the passage where the student put it, if it is still there."""
        before = self.current if self.has_focus else None
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

    def on_resize(self, _event: events.Resize) -> None:
        """Cut the snippets to the new width."""
        self.speak(self.messages)

    def speak(self, messages: Messages) -> None:
        """Name the places in another language, leaving the cursor where it is."""
        self.messages = messages
        for index, hit in enumerate(self.hits):
            self.replace_option_prompt_at_index(index, self._prompt(hit))

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
        place = one_line(label(hit.passage.locator, self.messages))
        return Content.assemble(
            (one_line(hit.document.title), "bold"), "  ", (place, "$accent"), "\n", self._snippet(hit)
        )

    def _snippet(self, hit: Hit) -> Content:
        """Two lines of the snippet, beginning where its first match can be seen."""
        words = highlighted(hit)
        room = max(40, 2 * (self.size.width - 6))
        if len(words) <= room:
            return words
        first = min((_flat_length(hit.snippet[:start]) for start, _ in hit.highlights), default=0)
        begin = words.plain.rfind(" ", 0, max(0, min(first - room // 3, len(words) - room)) + 1) + 1
        end = words.plain.rfind(" ", begin + 1, begin + room)
        cut = words[begin : end if end > begin else begin + room]
        return Content.assemble("…" if begin else "", cut, "…" if end < len(words) else "")


def highlighted(hit: Hit) -> Content:
    """Return a hit's snippet on one line with its matches underlined."""
    pieces: list[str | tuple[str, str]] = []
    at = 0
    for start, end in sorted(hit.highlights):
        pieces += [_flat(hit.snippet[at:start]), (_flat(hit.snippet[max(at, start) : end]), "bold underline")]
        at = max(at, end)
    return Content.assemble(*pieces, _flat(hit.snippet[at:]))


def _flat_length(text: str) -> int:
    return len(_flat(text))


def _flat(text: str) -> str:
    """Clean a stretch, drop marks of emphasis and code, put it on one line; the spaces at its ends stay."""
    return re.sub(r"\s+", " ", _LIST_MARK.sub(" · ", _EMPHASIS.sub("", clean(text))))
