"""One slide of a Markdown deck: its title, its text and what is said with it, without what only lays it out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.clean import one_line, without_marks
from ingest.formats.blocks import Slide
from ingest.formats.markdown.marks import without_marks_of_tools
from ingest.formats.markdown.read import fenced

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)")
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
# Words and lengths that Marp and Deckset read in an image's alternative text.
_IMAGE_WORD = re.compile(r"bg|fit|cover|contain|auto|left|right|vertical|inline|fill|original|[a-z-]+:\S+|\d+%")
_FILE_NAME = re.compile(r"\S*\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|pdf|eps|drawio|avif)", re.IGNORECASE)
_NO_DESCRIPTION = re.compile(
    r"(?:image|img|imagen|picture|photo|foto|figure|figura|fig|logo|icon|icono|screenshot|captura|alt(?: text)?"
    r"|untitled)?[ _.-]*\d*",
    re.IGNORECASE,
)
_FIT = re.compile(r"^\[fit\][ \t]*")
# Marpit's directives, global and local, and Marp Core's own; `_` and `$` prefix them.
_DIRECTIVES = (
    "theme style headingdivider lang paginate header footer class backgroundcolor backgroundimage backgroundposition "
    "backgroundrepeat backgroundsize color size math title author description image url keywords marp transition "
    "fit slide element column_layout column alignment font_size incremental_lists include"
)
_DIRECTIVE_NAMES = frozenset(_DIRECTIVES.split())
_DIRECTIVE = re.compile(r"[_$.]?([A-Za-z_]+)[ \t]*:.*")
_BARE_WORDS = "fit pause stop end_slide more reset_layout jump_to_middle new_line toc tocstop vertical"
_BARE_DIRECTIVES = frozenset(_BARE_WORDS.split())
_LINTER = ("markdownlint-", "prettier-", "cspell:", "textlint-", "eslint-")
_PAUSE = re.compile(r"[ \t]*(?:\.[ \t]+\.[ \t]+\.|:{2,3}[\w-]+:{2,3})[ \t]*")
_SHOWN_LATER = re.compile(r"([ \t]*)>[ \t]*((?:[-*+]|\d{1,3}[.)])[ \t]+\S.*)")
_BULLET = re.compile(r"([ \t]*)[*+]([ \t]+\S.*)")
_ITEM = re.compile(r" *(?:-|\d{1,3}[.)])[ \t]+\S")
_TABLE_RULE = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+")
_PIPE = re.compile(r"(?<!\\)\|")
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A slide's Markdown with its number in the deck; `title` is for a slide without a heading of its own.

    A hidden slide has the number of the one shown before it.
    """

    number: int
    text: str
    title: str = ""
    notes: str = ""
    hidden: bool = False


def slide_of(piece: Piece) -> Slide:
    """Part a slide's first heading from its body; marks, pauses and pictures without a description go."""
    text = _IMAGE.sub(_description, without_marks_of_tools(piece.text))
    title = ""
    kept: list[str] = []
    lines = text.split("\n")
    for line, is_code in zip(lines, fenced(lines), strict=True):
        if is_code:
            kept.append(line)
            continue
        match = None if title else _HEADING.fullmatch(line)
        if match:
            title = _FIT.sub("", without_marks(match[1]))
        elif not _PAUSE.fullmatch(line):
            kept.append(_tidy(line))
    body = _BLANKS.sub("\n\n", with_plain_lists("\n".join(kept))).strip("\n").rstrip()
    return Slide(piece.number, title or one_line(piece.title), body, _BLANKS.sub("\n\n", piece.notes).strip())


def with_plain_lists(text: str) -> str:
    """Return Markdown whose lists are indented two spaces a level, however deep their tool wants them."""
    lines = text.split("\n")
    result: list[str] = []
    open_items: list[int] = []  # how far each open item is indented
    for line, is_code in zip(lines, fenced(lines), strict=True):
        indent = len(line) - len(line.lstrip(" "))
        if line.strip() and not (is_code and open_items and indent > open_items[-1]):
            while open_items and (indent < open_items[-1] or (indent == open_items[-1] and not _ITEM.match(line))):
                open_items.pop()
        if not is_code and _ITEM.match(line):
            if not open_items or indent > open_items[-1]:
                open_items.append(indent)
            line = "  " * (len(open_items) - 1) + line.lstrip(" ")
        elif open_items and line.strip():
            line = " " * (max(indent - open_items[-1], 0) + 2 * (len(open_items) - 1)) + line.lstrip(" ")
        result.append(line)
    return "\n".join(result)


def description_of(alternative: str) -> str:
    """Return a picture's alternative text where it says what is in it, "" where it is a file's name or no word."""
    words = " ".join(word for word in alternative.split() if not _IMAGE_WORD.fullmatch(word))
    return "" if _FILE_NAME.fullmatch(words) or _NO_DESCRIPTION.fullmatch(words) else words


def is_directive(comment: str) -> bool:
    """Say whether a comment only steers a tool.

    Then every line that is not a continuation (indented, `- item`) sets a known directive.
    """
    if comment.startswith(_LINTER):
        return True
    lines = [line for line in comment.split("\n") if line.strip() and not line.startswith((" ", "\t", "-", "}", "."))]
    if len(lines) == 1 and lines[0].strip() in _BARE_DIRECTIVES:
        return True
    if not lines:
        return comment.startswith((".slide", ".element"))
    matches = [_DIRECTIVE.fullmatch(line.strip()) for line in lines]
    return all(match and match[1].lower() in _DIRECTIVE_NAMES for match in matches)


def _description(match: re.Match[str]) -> str:
    return description_of(match[1])


def _table_row(line: str) -> str:
    """Return a row of a table with one space beside each cell, and three dashes in each cell of the rule."""
    if _TABLE_RULE.fullmatch(line):
        return "|" + " --- |" * (line.count("|") - 1)
    return line if "`" in line or "$" in line else " | ".join(cell.strip() for cell in _PIPE.split(line)).strip()


def _tidy(line: str) -> str:
    """Return a line with `-` for every bullet, spaces for tabs at its head, and no mark of an item shown later."""
    head = len(line) - len(line.lstrip("\t "))
    line = line[:head].replace("\t", "    ") + line[head:]
    if line.startswith("|") and line.rstrip().endswith("|"):
        return _table_row(line.strip())
    later = _SHOWN_LATER.fullmatch(line) if line.lstrip().startswith(">") else None
    line = f"{later[1]}{later[2]}" if later else line
    return _BULLET.sub(r"\1-\2", line, count=1) if line.lstrip().startswith(("*", "+")) else line
