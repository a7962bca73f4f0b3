"""Text that is shown as it is, whatever is in it."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.printing import clean


class PlainText(Static):
    """A text without markup, links or terminal sequences; whatever comes from a document is shown with it."""

    def __init__(self, text: str | Content = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(_shown(text), id=id, classes=classes, markup=False)

    def say(self, text: str | Content) -> None:
        """Show another text; an empty one takes no room.

        The screen is laid out again only where the room that the text takes may have changed.
        """
        before, shown = self.content, _shown(text)
        self.set_class(not text, "empty")
        if not isinstance(before, Content) or not before.is_same(shown):
            self.update(shown, layout=not (self._is_a_line(before) and self._is_a_line(shown)))

    def _is_a_line(self, text: object) -> bool:
        """Say whether a text takes just one line of this widget's width, which does not follow from the text."""
        if not isinstance(text, Content) or not text or "\n" in text.plain or self.styles.width is None:
            return False
        return not self.styles.width.is_auto and text.cell_length <= self.content_size.width


def _shown(text: str | Content) -> Content:
    return text if isinstance(text, Content) else Content(clean(text))
