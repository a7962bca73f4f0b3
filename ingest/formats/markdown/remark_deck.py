"""Decks for remark and xaringan: `---` parts slides, `--` the steps of one, `???` what is said with it. Pure.

A slide may begin with properties (`class: center`), take over what another one shows (`template`, `layout`), and hold
stretches in a class (`.footnote[words]`). Numbers are those that remark shows: each step counts, layouts do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.formats.markdown.read import fenced, without_comments
from ingest.formats.markdown.slide import Piece

_PROPERTY = re.compile(
    r"(?:<!--[ \t]*)?(name|class|continued|layout|template|count|exclude|status|color|transition|background-[a-z]+"
    r"|data-[\w-]+)[ \t]*:[ \t]*([^\n]*?)[ \t]*(?:-->)?"
)
_MARK = re.compile(r"`[^`\n]*`|(?<![\w)\]\"'])\.[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*\[|\\[\[\]]|[\[\]]")
_CONTENT = re.compile(r"\{\{[ \t]*content[ \t]*\}\}")
# Templates are copied into every slide that names them; in all no more than this is.
_MOST_INHERITED = 2_000_000


@dataclass(slots=True)
class _Part:
    """A stretch between separators: its properties, its lines, what is said, and whether it is a step of the last."""

    step: bool = False
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether remark gives it a number of its own."""
        return self.properties.get("count") != "false" and not self.is_layout

    @property
    def is_layout(self) -> bool:
        """Whether it is only shown as part of the slides that follow."""
        return self.properties.get("layout") == "true"


@dataclass(frozen=True, slots=True)
class Steps:
    """Slides `first` to `last` of a deck are steps towards the one after them, which shows all that they do."""

    first: int
    last: int


def remark_pieces(body: str, count_steps: bool = True, start: int = 1) -> tuple[tuple[Piece, ...], tuple[Steps, ...]]:
    """Return the slides of a remark deck, each as its last step shows it, and the steps that led there.

    `count_steps` is remark's `countIncrementalSlides`; the first slide's number is `start`.
    """
    builder = _Builder(count_steps, start - 1)
    for part in _parts(body):
        builder.add(part)
    builder.close()
    return tuple(builder.pieces), tuple(builder.steps)


class _Builder:
    """Slides while a deck's parts go by, in order."""

    def __init__(self, count_steps: bool, number: int) -> None:
        self.pieces: list[Piece] = []
        self.steps: list[Steps] = []
        self._count_steps = count_steps
        self._number = number
        self._first = number  # the first step of the slide that is open
        self._open = False
        self._hidden = False  # whether the open slide is not shown
        self._text: list[str] = []
        self._notes: list[str] = []
        self._name = ""
        self._layout = ""
        self._templates: dict[str, str] = {}
        self._budget = _MOST_INHERITED

    def add(self, part: _Part) -> None:
        """Take the next part: a step of the open slide, a layout, or a slide."""
        if part.step and self._open:
            self._text += part.lines
            self._notes += ["", *part.notes] if part.notes else []
            self._number += self._count_steps and part.counts and not self._hidden
            return
        self.close()
        text = self._with_template(part)
        if "name" in part.properties:
            self._templates[part.properties["name"]] = text
        if part.is_layout:
            self._layout = text
            return
        self._hidden = part.properties.get("exclude") == "true"
        self._number += part.counts and not self._hidden
        self._first = self._number
        self._open, self._name = True, part.properties.get("name", "")
        self._text, self._notes = [text], list(part.notes)

    def close(self) -> None:
        """End the open slide."""
        if self._open:
            text, notes = without_classes("\n".join(self._text)), "\n".join(self._notes).strip()
            self.pieces.append(Piece(max(self._number, 1), text, notes=notes, hidden=self._hidden))
            if self._number > self._first:
                self.steps.append(Steps(self._first, self._number - 1))
        if self._open and self._name:
            self._templates[self._name] = "\n".join(self._text)
        self._open = False

    def _with_template(self, part: _Part) -> str:
        """Return a part's text within the template or layout that it takes over."""
        text = "\n".join(part.lines)
        if part.properties.get("layout") == "false":
            self._layout = ""
        inherited = self._templates.get(part.properties.get("template", ""), "" if part.is_layout else self._layout)
        self._budget -= len(inherited)
        if not inherited.strip() or self._budget < 0:
            return text
        return (
            _CONTENT.sub(lambda _: text, inherited, count=1) if _CONTENT.search(inherited) else f"{inherited}\n{text}"
        )


def without_classes(text: str) -> str:
    """Return remark's Markdown with the words of `.class[words]` and without the class and its brackets."""
    lines = text.split("\n")
    opened: list[bool] = []  # of each bracket that is open: whether it belongs to a class
    result = []
    for line, is_code in zip(lines, fenced(lines), strict=True):
        result.append(line if is_code else _MARK.sub(lambda found: _bracket(found[0], opened), line))
    return "\n".join(result)


def _bracket(mark: str, opened: list[bool]) -> str:
    if mark.startswith(("`", "\\")):
        return mark
    if mark == "]":
        return "" if opened and opened.pop() else mark
    opened.append(mark != "[")
    return mark if mark == "[" else ""


def _parts(body: str) -> Iterator[_Part]:
    lines = body.split("\n")
    part = _Part()
    noted = False
    for line, is_code in zip(lines, fenced(lines), strict=True):
        mark = "" if is_code else line.rstrip()
        if mark in ("---", "--"):
            yield _finished(part)
            part, noted = _Part(step=mark == "--"), False
        elif mark == "???" and not noted:
            noted = True
        else:
            (part.notes if noted else part.lines).append(line)
    yield _finished(part)


def _finished(part: _Part) -> _Part:
    """Read the properties at a part's head, then take out comments."""
    start = 0
    while start < len(part.lines):
        line = part.lines[start].strip()
        found = _PROPERTY.fullmatch(line)
        if found:
            part.properties[found[1]] = found[2].strip()
        elif line:
            break
        start += 1
    text, _ = without_comments("\n".join(part.lines[start:]))
    part.lines = text.split("\n")
    return part
