"""Search hits as a list: where each stands and the words that match, what says the same, what else to search for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kb.model import DocumentInfo, Hit, Looser, Passage
from tui.found import looser_line
from tui.locale import Messages, label
from tui.printing import clean, one_line, shortened

_EMPHASIS = re.compile(r"\*\*|`+")
_USUAL_HEIGHT = 3  # lines of a hit: title and place, and a snippet of two
_LIST_MARK = re.compile(r"\s*\n\s*[-*+•]\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """A passage of the list: a hit's own, or one that says nearly the same and stands below it."""

    hit: Hit
    passage: Passage
    document: DocumentInfo

    @property
    def is_alike(self) -> bool:
        """Whether it stands below its hit."""
        return self.passage is not self.hit.passage


@dataclass(frozen=True, slots=True)
class Related:
    """A search that the best hits suggest."""

    query: str


Offer = Related | Looser


class HitList(OptionList):
    """Hits, best first, then offers; moving onto a passage posts Looked, choosing posts Chosen or Offered."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "key.open")]
    DEFAULT_CSS = """
    HitList { scrollbar-size-vertical: 1; padding: 0; }
    HitList > .option-list--option { padding: 0 1; }
    """

    auto_links = False
    """Textual would look for links in every line that is painted; there are none."""

    virtual_size = Reactive(Size(0, 0), layout=False)
    """Textual would lay out the screen for other hits; they scroll in a list whose size does not depend on them."""

    @dataclass
    class Looked(Message):
        """The cursor stands on a passage."""

        row: Row

    @dataclass
    class Chosen(Message):
        """A passage was chosen with enter or a click."""

        row: Row

    @dataclass
    class Offered(Message):
        """Another search was chosen."""

        offer: Offer

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.messages = messages
        self.rows: tuple[Row | Offer, ...] = ()
        self._prompts: list[Content] = []

    def show(self, hits: Sequence[Hit], offers: Sequence[Offer] = ()) -> None:
        """Replace the hits, keeping the cursor on the passage where the student put it, if it is still there.

        What looks the same as before is not drawn again.
        """
        before = self.current if self.has_focus else None
        self.rows = (*_rows(hits), *offers)
        prompts = [self._prompt(row) for row in self.rows]
        if _are_same(prompts, self._prompts):
            self._look()
            return
        self._prompts = prompts
        self.set_options(Option(prompt) for prompt in prompts)
        if self.rows:
            self.highlighted = self._place_of(before)

    def _place_of(self, before: Row | Offer | None) -> int:
        """Return where a row of the list before is now, 0 where it is no longer there."""
        for index, row in enumerate(self.rows):
            if isinstance(row, Row) and isinstance(before, Row) and row.passage.id == before.passage.id:
                return index
        return 0

    @property
    def current(self) -> Row | Offer | None:
        """What is under the cursor."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    @property
    def room(self) -> int:
        """How many hits of the usual height fit, and one more; one where the list has no size yet."""
        return self.size.height // _USUAL_HEIGHT + 1

    def on_resize(self, _event: events.Resize) -> None:
        """Cut the snippets to the new width."""
        self.speak(self.messages)

    def speak(self, messages: Messages) -> None:
        """Name the places in another language, leaving the cursor where it is."""
        self.messages = messages
        self._prompts = [self._prompt(row) for row in self.rows]
        for index, prompt in enumerate(self._prompts):
            self.replace_option_prompt_at_index(index, prompt)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say where the cursor is."""
        event.stop()
        self._look()

    def _look(self) -> None:
        row = self.current
        if isinstance(row, Row):
            self.post_message(self.Looked(row))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which was chosen."""
        event.stop()
        if event.option_index < len(self.rows):
            row = self.rows[event.option_index]
            self.post_message(self.Chosen(row) if isinstance(row, Row) else self.Offered(row))

    def _prompt(self, row: Row | Offer) -> Content:
        """A hit has two parts, title and place, then the snippet; the rest has a line. Text is never markup."""
        if isinstance(row, Related):
            return Content.assemble(
                ("→ ", "$accent"), self.messages.text("found.search_for", query=shortened(row.query))
            )
        if isinstance(row, Looser):
            return Content.assemble(("→ ", "$accent"), looser_line(row, self.messages))
        place = one_line(label(row.passage.locator, self.messages))
        title = one_line(row.document.title)
        if row.is_alike:
            also = self.messages.text("found.alike", places=f"{title}  {place}")
            return Content.assemble(("  ≈ ", "$accent"), (also, "$foreground-muted"))
        return Content.assemble((title, "bold"), "  ", (place, "$accent"), "\n", self._snippet(row.hit))

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


def _are_same(some: Sequence[Content], others: Sequence[Content]) -> bool:
    """Compare words and styles; `==` compares the words alone."""
    return len(some) == len(others) and all(one.is_same(other) for one, other in zip(some, others, strict=True))


def _rows(hits: Sequence[Hit]) -> Iterator[Row]:
    """Yield each hit's passage, those that say the same after it."""
    for hit in hits:
        yield Row(hit, hit.passage, hit.document)
        for other in hit.alike:
            yield Row(hit, other.passage, other.document)


def highlighted(hit: Hit) -> Content:
    """Return a hit's snippet on one line with its matches underlined."""
    pieces: list[str | tuple[str, str]] = []
    at = 0
    for start, end in sorted(hit.highlights):
        pieces += [flat(hit.snippet[at:start]), (flat(hit.snippet[max(at, start) : end]), "bold underline")]
        at = max(at, end)
    return Content.assemble(*pieces, flat(hit.snippet[at:]))


def _flat_length(text: str) -> int:
    return len(flat(text))


def flat(text: str) -> str:
    """Clean a stretch, drop marks of emphasis and code, put it on one line; the spaces at its ends stay."""
    return re.sub(r"\s+", " ", _LIST_MARK.sub(" · ", _EMPHASIS.sub("", clean(text))))
