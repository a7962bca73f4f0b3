"""A page between the engine that read it and the text it becomes: words with their places. Pure values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Word(NamedTuple):
    """A run of characters without a space; points from the page's top left corner, `y` its baseline, downwards.

    `size` is its type's, in points. `breaks`: the engine began a new line with it. `unmapped`: its font says of no
    character which letter it is, so that the text is a guess.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    fixed: bool = False
    breaks: bool = False
    unmapped: bool = False


class Shape(NamedTuple):
    """The place of something small and square that is drawn: what some programs make a list's bullets of."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class RawPage:
    """What an engine found on a page, in the order of the file; `aside` are lines that run in another direction.

    `number` counts from 1; `width` and `height` are in points, as the text reads.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    aside: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()

    @property
    def text(self) -> str:
        """Return the words with a space or a line break between them, as the engine ordered them."""
        pieces: list[str] = []
        for word in self.words:
            pieces.append(("\n" if word.breaks else " ") if pieces else "")
            pieces.append(word.text)
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline, in cells that wide gaps part; `size` and `bold` are what most of its letters have."""

    cells: tuple[tuple[Word, ...], ...]
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    fixed: bool = False

    @property
    def words(self) -> tuple[Word, ...]:
        """Return the words of all cells."""
        return tuple(word for cell in self.cells for word in cell)

    @property
    def text(self) -> str:
        """Return the line's words with single spaces."""
        return " ".join(word.text for cell in self.cells for word in cell)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand one under the other: a paragraph, a list, a text box; its left, top, right and bottom."""

    lines: tuple[Line, ...]
    box: tuple[float, float, float, float]

    @property
    def size(self) -> float:
        """Return the size of the first line's type."""
        return self.lines[0].size


def block_of(lines: Sequence[Line]) -> Block:
    """Return lines as a block; a line reaches from its size above its baseline to a fifth of it below."""
    left, right = min([line.x0 for line in lines]), max([line.x1 for line in lines])
    top, bottom = min([line.y - line.size for line in lines]), max([line.y + line.size / 5 for line in lines])
    return Block(tuple(lines), (left, top, right, bottom))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as many in each, of lines of words (none where a cell is empty); left, top, right and bottom."""

    rows: tuple[tuple[tuple[tuple[Word, ...], ...], ...], ...]
    box: tuple[float, float, float, float]
    size: float


Region = Block | Table
