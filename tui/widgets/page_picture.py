"""The page of a document as its file shows it, or where to find it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from ingest.errors import RepasoError
from kb.model import DocumentInfo, Locator, LocatorType
from tui.locale import Messages
from tui.pictures import KITTY, OFF
from tui.printing import one_line
from tui.services import Services
from tui.widgets.plain_text import PlainText

if TYPE_CHECKING:
    from textual_image.widget import SixelImage, TGPImage

CELL_HEIGHT = 2
"""How many times as high as broad a terminal's cell is, about."""

PIXELS = (1400, 1400)
"""The most pixels that a page is drawn in, whatever the screen."""


def page_of(document: DocumentInfo, place: Locator) -> int:
    """Return the page of its PDF that a place is on, counted from 1; 0 for places and files without pages."""
    paged = place.type in (LocatorType.PAGE, LocatorType.SLIDE) and document.path.lower().endswith(".pdf")
    return int(place.start) if paged else 0


class PagePicture(Vertical):
    """Shows one page where the terminal can draw it; elsewhere it says which page of which file to open."""

    DEFAULT_CSS = """
    PagePicture { padding: 0 1; }
    PagePicture #page { color: $text-muted; height: auto; }
    """

    @dataclass
    class Drawn(Message):
        """A page was drawn."""

        document: str
        page: int
        png: bytes

    @dataclass
    class Failed(Message):
        """Why it could not be."""

        error: RepasoError

    def __init__(self, services: Services, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.services = services
        self.messages = messages
        self.shown: tuple[DocumentInfo, int] | None = None
        self.proportion = 1.0

    def compose(self) -> ComposeResult:
        """Where the page is; the picture comes when there is one."""
        yield PlainText(id="page")

    def show(self, document: DocumentInfo, page: int) -> None:
        """Show a page of a document, drawn behind the screen; page 0 shows nothing."""
        self.shown = (document, page) if page else None
        self.set_class(not page, "empty")
        self._clear()
        self.speak(self.messages)
        if page and self.services.config.pictures != OFF:
            self._draw(document, page)

    def speak(self, messages: Messages) -> None:
        """Say where the page is in another language."""
        self.messages = messages
        said = ""
        if self.shown is not None:
            document, page = self.shown
            said = messages.text("page.where", page=page, path=one_line(document.path))
        self.query_one("#page", PlainText).say(said)

    @work(thread=True, exclusive=True, group="page", exit_on_error=False)
    def _draw(self, document: DocumentInfo, page: int) -> None:
        try:
            png = self.services.library.page_picture(document.id, page, PIXELS)
        except RepasoError as error:
            self.post_message(self.Failed(error))
            return
        self.post_message(self.Drawn(document.id, page, png))

    async def on_page_picture_drawn(self, event: Drawn) -> None:
        """Put the picture up, unless another page was asked for since."""
        event.stop()
        if self.shown is not None and (self.shown[0].id, self.shown[1]) == (event.document, event.page):
            await self.query("#picture").remove()
            picture, self.proportion = _image(event.png, self.services.config.pictures)
            await self.mount(picture)
            self._fit()

    def on_resize(self) -> None:
        """Keep the picture within its room."""
        self._fit()

    def _fit(self) -> None:
        """Make the picture as large as its room allows, its proportion kept."""
        lines = self.content_size.height - self.query_one("#page").size.height
        is_broad = self.proportion * lines * CELL_HEIGHT > self.content_size.width
        for picture in self.query("#picture"):
            picture.styles.width, picture.styles.height = ("100%", "auto") if is_broad else ("auto", max(1, lines))

    def on_page_picture_failed(self, event: Failed) -> None:
        """Say why there is none, after where the page is."""
        event.stop()
        where = self.query_one("#page", PlainText)
        where.say(f"{where.content}\n{self.messages.error(event.error)}")

    def _clear(self) -> None:
        self.query("#picture").remove()


def _image(png: bytes, how: str) -> tuple[Widget, float]:
    """Return a picture and how many times as broad as high it is."""
    # Loaded before the app had the terminal (tui.pictures.prepare).
    from PIL import Image
    from textual_image.widget import SixelImage, TGPImage

    picture = Image.open(io.BytesIO(png))
    kind: type[TGPImage] | type[SixelImage] = TGPImage if how == KITTY else SixelImage
    return kind(picture, id="picture"), picture.width / picture.height
