"""A lecture as data: what every generator is given, and what reading its file should give back.

The lectures are the sample course's Markdown decks, read here with markdown-it, which Repaso's reader does not use,
and without their formulas: a formula has no one plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bullet:
    """A list item; `level` counts from 0, `number` is 0 in a list of points."""

    level: int
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of code."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose first row is its head."""

    rows: tuple[tuple[str, ...], ...]


Element = Bullet | Paragraph | Code | Grid


@dataclass(frozen=True, slots=True)
class LectureSlide:
    """A slide's title and what stands below it, as plain text without marks of emphasis."""

    title: str
    body: tuple[Element, ...]

    @property
    def text(self) -> str:
        """The slide's words in reading order, the title left out."""
        return "\n".join(_text(element) for element in self.body)


def lecture(path: Path) -> tuple[LectureSlide, ...]:
    """Return the slides of a Markdown deck parted by rules, each with one heading."""
    text = _FRONT_MATTER.sub("", path.read_text(encoding="utf-8"))
    text = _FORMULA.sub("", _COMMENT.sub("", text))
    pieces = re.split(r"(?m)^---[ \t]*$", text)
    return tuple(_slide(piece) for piece in pieces if piece.strip())


class _Collector:
    """Gathers a slide's title and elements while its Markdown tokens go by."""

    def __init__(self) -> None:
        self.title = ""
        self.body: list[Element] = []
        self._lists: list[int] = []  # the next number of each open list, 0 in a list of points
        self._fresh = False  # whether the next words begin an item
        self._row: list[str] = []
        self._rows: list[tuple[str, ...]] = []

    def take(self, token: Token, inside: str) -> None:
        """Take one token; `inside` is the type of the token before it."""
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                self._lists.append(int(token.type.startswith("ordered")))
            case "ordered_list_close" | "bullet_list_close":
                self._lists.pop()
            case "list_item_open":
                self._fresh = True
            case "tr_close":
                self._rows.append(tuple(self._row))
                self._row = []
            case "table_close":
                self.body.append(Grid(tuple(self._rows)))
                self._rows = []
            case "fence":
                self.body.append(Code(token.content.rstrip("\n")))
            case "inline":
                self._words(_plain(token), inside)

    def _words(self, words: str, inside: str) -> None:
        if inside == "heading_open" and not self.title:
            self.title = words
        elif inside in ("th_open", "td_open"):
            self._row.append(words)
        elif self._lists and self._fresh:
            self.body.append(Bullet(len(self._lists) - 1, words, self._lists[-1]))
            self._lists[-1] += bool(self._lists[-1])
            self._fresh = False
        else:
            self.body.append(Paragraph(words))


def _slide(piece: str) -> LectureSlide:
    tokens = MarkdownIt("commonmark").enable("table").parse(piece)
    collector = _Collector()
    for before, token in zip(["", *(token.type for token in tokens)], tokens, strict=False):
        collector.take(token, before)
    return LectureSlide(collector.title, tuple(collector.body))


def _plain(token: Token) -> str:
    parts = (
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or []
        if child.type in ("text", "code_inline", "softbreak", "hardbreak")
    )
    return " ".join("".join(parts).split())


def _text(element: Element) -> str:
    match element:
        case Grid(rows=rows):
            return "\n".join(" ".join(row) for row in rows)
        case Bullet(text=text) | Paragraph(text=text) | Code(text=text):
            return text
