"""Decks for Pandoc, Quarto and R Markdown: headings of the slide level begin slides, those above it section slides.

The rules are Pandoc's own ("Structuring the slide show" in its manual, and Text.Pandoc.Slides): the slide level is
the highest level whose heading is followed by content somewhere, a rule begins a slide without a title, and a title
in the header gives the first slide. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.formats.markdown.front_matter import Header, Value, text_of
from ingest.formats.markdown.read import opaque, starts_no_paragraph, with_marked_headings, without_comments
from ingest.formats.markdown.slide import Piece

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?")
_RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_(?:[ \t]*_){2,})[ \t]*")
_HIDDEN = re.compile(r"\{[^{}\n]*visibility=[\"']?hidden[^{}\n]*\}")
_UNTITLED = re.compile(r"[ \t]*\{[^{}\n]*\}[ \t]*")
_DIV = re.compile(r"[ \t]*(:{3,})[ \t]*(.*)")
_NOTES_DIV = re.compile(r"(?:\{[ \t]*)?\.?(?:notes|speaker-notes)\b[ \t]*[}:]*[ \t]*")
_NOTE_COMMAND = re.compile(r"[ \t]*\\note(?:<[^<>\n]*>)?(?:\[[^\[\]\n]*\])?\{(.*)\}[ \t]*")
_LEVEL_KEYS = ("slide-level", "slide_level", "slidelevel")
_LOWEST = 6


def pandoc_pieces(body: str, header: Header, default_level: int = 0) -> tuple[Piece, ...]:
    """Return the slides of a deck; `default_level` is the tool's own slide level, 0 where the headings tell it."""
    text, _ = without_comments(with_marked_headings(body))
    lines = text.split("\n")
    verbatim = list(opaque(lines))
    level = _level_of(header) or default_level or _found_level(lines, verbatim)
    slides: list[list[str]] = [[]]
    for i, line in enumerate(lines):
        found = None if verbatim[i] else _HEADING.fullmatch(line)
        if found and len(found[1]) <= level:
            # A rule right above the heading begins the same slide.
            if any(kept.strip() for kept in slides[-1]):
                slides.append([])
            slides[-1].append(line if not _UNTITLED.fullmatch(found[2] or "") else "")
        elif not verbatim[i] and _RULE.fullmatch(line) and starts_no_paragraph(lines[i - 1] if i else ""):
            slides.append([])
        else:
            slides[-1].append(line)
    cover = cover_of(header)
    pieces = [cover] if cover else []
    number = len(pieces)
    for kept in slides:
        if any(line.strip() for line in kept):
            hidden = bool(_HIDDEN.search(kept[0]))
            number += not hidden
            words, notes = _with_notes(kept)
            pieces.append(Piece(max(number, 1), "\n".join(words), notes="\n".join(notes), hidden=hidden))
    return tuple(pieces)


def cover_of(header: Header) -> Piece | None:
    """Return the slide that tools make of a header with a title: subtitle, authors and date below it."""
    title = text_of(header.get("title", ""))
    if not title:
        return None
    names = ("subtitle", "author", "authors", "institute", "date")
    below = (text_of(header[name]) for name in names if name in header)
    return Piece(1, "\n\n".join(filter(None, below)), title)


def _level_of(header: Header) -> int:
    """Return the slide level that a header sets, for the whole file or for one of its formats; 0 for none."""
    places: list[Value] = [header, *(header.get(key, "") for key in ("format", "output"))]
    for place in places:
        for held in (place, *place.values()) if isinstance(place, dict) else ():
            if isinstance(held, dict):
                found = next((text_of(held[key]) for key in _LEVEL_KEYS if key in held), "")
                if re.fullmatch("[1-6]", found):
                    return int(found)
    return 0


def _found_level(lines: Sequence[str], verbatim: Sequence[bool]) -> int:
    """Return the highest level of a heading right above content; Pandoc's own default where there is none."""
    least, last = _LOWEST, 0
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        found = None if verbatim[i] else _HEADING.fullmatch(line)
        if last and not found and not (_RULE.fullmatch(line) and not verbatim[i]):
            least = min(least, last)
        last = len(found[1]) if found else 0
    return least


def _with_notes(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part a slide's lines from those of its notes: divs of the class `notes`, and Beamer's `\\note{}`."""
    words: list[str] = []
    notes: list[str] = []
    depth = 0
    for line, is_code in zip(lines, opaque(list(lines)), strict=True):
        div = None if is_code else _DIV.fullmatch(line)
        said = None if is_code else _NOTE_COMMAND.fullmatch(line)
        if div and depth:
            depth += 1 if div[2].strip(": ") else -1
            notes += [""] if not depth else []
        elif div and _NOTES_DIV.fullmatch(div[2]):
            depth = 1
        elif said:
            notes += [said[1], ""]
        else:
            (notes if depth else words).append(line)
    return words, notes
