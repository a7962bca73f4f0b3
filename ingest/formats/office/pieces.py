"""What the shapes of a slide say, put in order, and which of them is the title. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import clean
from ingest.formats.office.reading_order import Box, reading_order

TITLES = frozenset(("title", "ctrTitle"))
"""The roles of placeholders that hold a slide's title."""
# A title without a placeholder stands in this upper share of the slide, and is short.
_UPPER = 0.4
_TITLE_CHARACTERS = 120
_TITLE_WORDS = 15


@dataclass(frozen=True, slots=True)
class Piece:
    """What one shape says: Markdown, and as one `line` without marks; `role` is its placeholder's type.

    `points` is the size of its largest type; `is_short`: it could be a title.
    """

    box: Box
    text: str = ""
    line: str = ""
    role: str = ""
    points: float = 0.0
    is_short: bool = False
    pictures: int = 0


def arranged(pieces: Sequence[Piece]) -> str:
    """Return what pieces say in reading order."""
    told = [piece for piece in pieces if piece.text]
    order = reading_order([piece.box for piece in told])
    return clean("\n\n".join(told[i].text for i in order)).strip("\n")


def titled(pieces: Sequence[Piece], height: float) -> tuple[str, list[Piece]]:
    """Part the title from the other pieces: that of the title's placeholder, or else the topmost big line."""
    placed = [piece for piece in pieces if piece.role in TITLES and piece.line]
    found = placed[0] if placed else _big_line([piece for piece in pieces if piece.text], height)
    if found is None:
        return "", list(pieces)
    return found.line, [piece for piece in pieces if piece is not found]


def _big_line(pieces: Sequence[Piece], height: float) -> Piece | None:
    """Return the piece that is a single short line, in the upper part, and bigger than any other text, or alone."""
    biggest = max((piece.points for piece in pieces), default=0.0)
    lines = [
        piece
        for piece in pieces
        if piece.is_short and piece.points == biggest and (piece.box.y < _UPPER * height or len(pieces) == 1)
    ]
    alone = len(pieces) == 1 or sum(piece.points == biggest for piece in pieces) == 1
    return min(lines, key=lambda piece: piece.box.y) if lines and alone else None


def is_title_like(line: str) -> bool:
    """Say whether a line is short enough for a title."""
    return len(line) <= _TITLE_CHARACTERS and len(line.split()) <= _TITLE_WORDS
