"""Plain text: lines, or pages where form feeds part them (as `pdftotext` writes)."""

from __future__ import annotations

from ingest.formats.blocks import Page, Pages, Text
from ingest.formats.decode import decode
from ingest.formats.options import PLAIN, ReadOptions


def read_text(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Text | Pages:
    """Return the file's lines, or its pages when it has form feeds.

    Raises UnsupportedFile when the bytes are no text.
    """
    text, notices = decode(data, path)
    if "\f" not in text.strip():
        return Text(text.replace("\f", "\n"), notices=notices)
    pages = tuple(
        Page(number, page.strip("\n")) for number, page in enumerate(text.split("\f"), start=1) if page.strip()
    )
    return Pages(pages, notices=notices)
