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
        """Show another text; an empty one takes no room. The same one is not laid out again."""
        shown = _shown(text)
        self.set_class(not text, "empty")
        if not (isinstance(self.content, Content) and self.content.is_same(shown)):
            self.update(shown)


def _shown(text: str | Content) -> Content:
    return text if isinstance(text, Content) else Content(clean(text))
