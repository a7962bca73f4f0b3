"""Plain text: lines, or pages where form feeds part them (as `pdftotext` writes)."""

from __future__ import annotations

import re

from ingest.formats.blocks import Page, Pages, Text
from ingest.formats.decode import decode
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

# A word that a hyphen cuts at the end of a line, and what follows it up to the next space.
_CUT = re.compile(
    r"(?<![^\W\d_])([^\W\d_]{2,30})-\n[ \t]{0,8}([a-záéíóúüñ][^\W\d_]{1,30})([^\s\w-]{0,8})(?:[ \t]|(?=\n)|\Z)"
)


def read_text(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Text | Pages:
    """Return the file's lines, or its pages when it has form feeds; words that line ends cut are whole again.

    Raises UnsupportedFile when the bytes are no text.
    """
    text, notices = decode(data, path)
    text, joined = _with_whole_words(text)
    if joined:
        notices = (*notices, Notice("words_rejoined", params=(("count", str(joined)),)))
    if "\f" not in text.strip():
        return Text(text.replace("\f", "\n"), notices=notices)
    pages = tuple(
        Page(number, page.strip("\n")) for number, page in enumerate(text.split("\f"), start=1) if page.strip()
    )
    return Pages(pages, notices=notices)


def _with_whole_words(text: str) -> tuple[str, int]:
    """Return a text with the words that hyphens cut at line ends on the line where they begin, and how many.

    Only those that are surely one word: the whole is in the word lists and one of its parts is not, so that
    "fine-" and "tuning" keep their hyphen.
    """
    if "-\n" not in text:
        return text, 0
    from ingest.words import is_word

    count = 0

    def whole(match: re.Match[str]) -> str:
        nonlocal count
        head, tail, mark = match.groups()
        if not is_word(head + tail) or (is_word(head) and is_word(tail)):
            return match[0]
        count += 1
        ends_line = match.end() == len(text) or text[match.end()] == "\n"
        return f"{head}{tail}{mark}" if ends_line else f"{head}{tail}{mark}\n"

    return _CUT.sub(whole, text), count
