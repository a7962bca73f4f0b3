"""Words within a line of a page: what marks of Markdown stand around them, and which of them are no text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.clean import one_line
from ingest.formats.html.tree import attribute, names_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

FOOTNOTE = re.compile(r"[\[(]?\d{1,3}[\])]?|[*†‡↩]+")
"""The mark of a footnote: its number or sign."""


def marked(words: str, mark: str) -> str:
    """Put a mark of emphasis around words, inside the space around them."""
    bare = words.strip()
    if bare.startswith(mark) or (mark == "`" and "`" in bare):
        return words
    head, tail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{head}{mark}{bare}{mark}{tail}"


def linked(words: str, target: str) -> str:
    """Return words as a link of Markdown, bare where the target is no web page or says no more than they do."""
    bare = one_line(words)
    if not target.startswith(("http://", "https://")) or bare in (target, target.partition("://")[2].rstrip("/")):
        return words
    if "[" in bare or "(" in target or ")" in target or any(sign.isspace() for sign in target):
        return words
    return f"[{bare}]({target})"


def is_note_mark(node: LexborNode, words: str) -> bool:
    """Say whether a link is only the mark of a footnote, or leads back from it."""
    inside = attribute(node, "href").startswith("#")
    return (
        inside
        and bool(FOOTNOTE.fullmatch(words.strip()))
        and ("note" in names_of(node) or "fn" in attribute(node, "href"))
    )
