"""Bytes of a page to its text or its slides; what would make its parser slow is taken out before."""

from __future__ import annotations

import codecs
import re

from ingest.clean import repair_encoding
from ingest.formats.blocks import Slides, Text
from ingest.formats.decode import decode
from ingest.formats.html.deck import read_deck
from ingest.formats.html.page import read_page
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

_CHARSET = re.compile(rb"<meta\s[^<>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,30})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^<>]{0,200}?encoding=[\"']([A-Za-z0-9_:.-]{2,30})[\"']")
# Encodings of text that a page may name (WHATWG Encoding); Python knows codecs that are none.
_ENCODINGS = re.compile(
    r"(?:iso[-_]?8859[-_]?\d{1,2}|latin[-_]?\d|windows[-_]?\d{3,4}|cp\d{3,4}|koi8[-_][ru]|mac[-_]?\w{0,12}|gbk?|gb2312"
    r"|gb18030|big5|euc[-_](?:jp|kr)|shift[-_]jis|us-ascii|ascii)",
    re.IGNORECASE,
)
# A browser reads these names as Windows' encoding, which holds all that they hold (WHATWG Encoding, 4.2).
_WESTERN = re.compile(r"(?:iso[-_]?8859[-_]?1|latin[-_]?1|us-ascii|ascii)", re.IGNORECASE)
_HEAD_BYTES = 4096
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]{0,40})[^<>]*>")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
# Elements that need no end tag.
_OPEN_ENDED = frozenset(
    ["p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup", "dt", "dd", "option", "html", "body", "head"]
)
# The parser looks through all elements that are open at each tag, so that depth costs its square.
_DEEPEST = 1_000
_MOST_ATTRIBUTES = 500


def read_html(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Text | Slides:
    """Return a page's text as Markdown, or the slides of a page that is a deck.

    Raises UnsupportedFile when the bytes are no text.
    """
    from selectolax.lexbor import LexborHTMLParser

    text, notices = _decoded(data, path)
    shallow, flattened = _shallow(text)
    tree = LexborHTMLParser(shallow)
    if flattened:
        notices = (*notices, Notice("page_flattened", params=(("count", str(flattened)),)))
    return read_deck(tree, notices) or read_page(tree, notices)


def _decoded(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    """Decode a page: a byte order mark and UTF-8 tell themselves, else the encoding is the one that it names."""
    head = data[:_HEAD_BYTES]
    found = _CHARSET.search(head) or _XML_ENCODING.search(head)
    name = found[1].decode("ascii") if found else ""
    if not _ENCODINGS.fullmatch(name) or b"\x00" in head or data.startswith(codecs.BOM_UTF8):
        return decode(data, path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return decode(data, path)
    try:
        text = data.decode("cp1252" if _WESTERN.fullmatch(name) else name, errors="replace")
    except LookupError:
        return decode(data, path)
    broken = text.count("\ufffd")
    return repair_encoding(text), (Notice("bytes_replaced", params=(("count", str(broken)),)),) if broken else ()


def _shallow(text: str) -> tuple[str, int]:
    """Return a page whose elements are at most so deep, and how many tags went: their words move up to the last one.

    A tag with very many attributes loses them all.
    """
    if text.count("<") <= _DEEPEST and len(text) < 100_000:
        return text, 0
    depth = removed = 0

    def written(match: re.Match[str]) -> str:
        nonlocal depth, removed
        tag = match[0]
        if len(tag) > 4 * _MOST_ATTRIBUTES and len(tag.split(None, _MOST_ATTRIBUTES)) > _MOST_ATTRIBUTES:
            tag = f"<{match[1]}{match[2]}>"
        name = match[2].lower()
        if name in _VOID or name in _OPEN_ENDED or tag.endswith("/>"):
            return tag
        if match[1]:
            depth = max(depth - 1, 0)
            return "" if depth >= _DEEPEST else tag
        depth += 1
        removed += depth > _DEEPEST
        return "" if depth > _DEEPEST else tag

    return _TAG.sub(written, text), removed
