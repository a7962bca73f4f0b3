"""Lines of words, by pypdf, which reads some fonts and damaged files that pdfium does not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.formats.pdf.engines import MAX_CHARACTERS, PageTooLarge, quiet
from ingest.formats.pdf.model import RawPage, Word

if TYPE_CHECKING:
    from pypdf import PdfReader


class Pypdf:
    """Reads lines by pypdf; it says little of where they stand, so the words get places that keep its order."""

    name = "pypdf"
    _SIZE = 10.0

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader

    def page(self, number: int) -> RawPage:
        """Return a page's words on lines of one size, one under the other."""
        with quiet():
            page = self._reader.pages[number - 1]
            text = page.extract_text() or ""
            box = page.mediabox
            turned = int(page.rotation or 0) % 180 != 0
        if len(text) > MAX_CHARACTERS:
            raise PageTooLarge
        width, height = float(box.width), float(box.height)
        words = [
            Word(word, column * 5.0, (column + len(word)) * 5.0, y, self._SIZE, breaks=i == 0)
            for y, line in ((12.0 * (n + 1), line) for n, line in enumerate(text.splitlines()))
            for i, (column, word) in enumerate(_placed(line))
        ]
        return RawPage(number, *((height, width) if turned else (width, height)), tuple(words))

    def __len__(self) -> int:
        """Return how many pages there are. Raises whatever pypdf does on damaged bytes."""
        with quiet():
            return len(self._reader.pages)


def _placed(line: str) -> Iterator[tuple[int, str]]:
    column = len(line) - len(line.lstrip())
    for word in line.split():
        yield column, word
        column += len(word) + 1


def open_pypdf(data: bytes, password: str = "") -> Pypdf:
    """Open a file with pypdf. Raises whatever pypdf does on damaged bytes or a wrong password."""
    from pypdf import PdfReader

    with quiet():
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            reader.decrypt(password)
    return Pypdf(reader)
