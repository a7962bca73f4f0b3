"""A text document's paragraphs and tables, one after the other, written as Markdown. Pure.

Headings are those that say so, and, where none do, those that only look it: short, alone, bold or in larger type.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.formats.office.markup import Item, paragraphs

_MAX_LEVEL = 6
_MAX_WORDS = 14
_MAX_CHARACTERS = 110
# Type this much larger than the body's is a heading's.
_LARGER = 1.12
# In a document where more of the paragraphs than this look like headings, none of them is one for its looks.
_MAX_SHARE = 0.4
_UNFINISHED = re.compile(r"[.,;:…]$|^[-–—•*]|^[a-záéíóúñü]|https?://")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: `text` as Markdown, `words` without marks; `level` is its heading's, 0 for none.

    In a list it stands behind `label` at `list_level` from 0. `bold`: all of it is; `size` is its smallest type's.
    """

    text: str
    words: str
    label: str = ""
    list_level: int = 0
    level: int = 0
    is_title: bool = False
    code: bool = False
    bold: bool = False
    size: float = 0
    is_note: bool = False


Flow = list[Paragraph | str]
"""Paragraphs, and tables as Markdown."""


def flow_text(flow: Sequence[Paragraph | str]) -> str:
    """Return a document as Markdown."""
    shown: list[Paragraph | str] = []
    for piece in flow:
        if not isinstance(piece, Paragraph) or piece.words:
            shown.append(piece)
        elif shown and isinstance(shown[-1], Paragraph) and shown[-1].code:
            shown.append(Paragraph("", "", code=True))  # an empty line of the code around it
    levels = _levels(shown)
    pieces: list[str] = []
    items: list[Item] = []
    for i, piece in enumerate(shown):
        if isinstance(piece, Paragraph) and not levels[i]:
            items += _items(piece)
            continue
        pieces.append(paragraphs(items))
        items = []
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            label = "" if piece.label == "-" else f"{piece.label} "
            words = piece.words if levels[i] and not piece.level else " ".join(piece.text.split())
            pieces.append(f"{'#' * levels[i]} {label}{words}".replace("  ", " "))
    pieces.append(paragraphs(items))
    return "\n\n".join(filter(None, pieces))


def _items(piece: Paragraph) -> list[Item]:
    """Return a paragraph as an item; code with line breaks as one for each of its lines."""
    if piece.code:
        return [Item(line, code=True) for line in piece.text.split("\n")]
    return [Item(piece.text, piece.label, piece.list_level)]


def _levels(flow: Sequence[Paragraph | str]) -> dict[int, int]:
    """Return the level of each piece's heading, from 1 to 6; 0 for what is none."""
    titled = any(isinstance(piece, Paragraph) and piece.is_title for piece in flow)
    levels = dict.fromkeys(range(len(flow)), 0)
    for i, piece in enumerate(flow):
        if isinstance(piece, Paragraph) and (piece.level or piece.is_title):
            levels[i] = 1 if piece.is_title else min(piece.level + titled, _MAX_LEVEL)
    base = max(levels.values(), default=0)
    looks = _by_looks(flow)
    ranks = {look: rank for rank, look in enumerate(sorted(set(looks.values()), reverse=True), start=1)}
    for i, look in looks.items():
        levels[i] = min(base + ranks[look], _MAX_LEVEL)
    return levels


def _by_looks(flow: Sequence[Paragraph | str]) -> dict[int, tuple[float, bool]]:
    """Return the size and boldness of the paragraphs that are headings by their looks."""
    body: Counter[float] = Counter()
    written = [(i, piece) for i, piece in enumerate(flow) if isinstance(piece, Paragraph)]
    for _, piece in written:
        if not piece.level and not piece.code:
            body[piece.size] += len(piece.words)
    usual = body.most_common(1)[0][0] if body else 0.0
    found = {
        i: (piece.size, piece.bold)
        for i, piece in written
        if (piece.bold or piece.size > usual * _LARGER > 0) and _could_head(piece) and i + 1 < len(flow)
    }
    return found if len(found) <= _MAX_SHARE * len(written) or (len(written) < 3 and len(found) == 1) else {}


def _could_head(piece: Paragraph) -> bool:
    if piece.level or piece.is_title or piece.is_note or piece.code or piece.label or "\n" in piece.text.strip():
        return False
    words = piece.words
    short = len(words) <= _MAX_CHARACTERS and len(words.split()) <= _MAX_WORDS
    return short and not _UNFINISHED.search(words) and any(char.isalpha() for char in words)
