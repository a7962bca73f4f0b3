"""All pages of a file made into text together: what they share tells titles, headings and running lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.clean import clean, one_line
from ingest.formats.blocks import Page
from ingest.formats.pdf.headings import (
    TitlePlace,
    body_size,
    heading_levels,
    heading_sizes,
    title_place,
    titled,
    without_doubles,
)
from ingest.formats.pdf.layout import lines_of, regions_of
from ingest.formats.pdf.model import Line, RawPage
from ingest.formats.pdf.repair import accented, with_raised_accents
from ingest.formats.pdf.running import Removed, Sheet, without_running
from ingest.formats.pdf.text import Written, markdown_of

# When more of the letters than this are in fixed-width type, it is the text's own and not code's.
_ALL_FIXED = 0.6


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's bookmarks: the names that lead to each page, and the level of each folded name."""

    pages: Mapping[int, Sequence[str]]
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Composed:
    """Pages with their text, and what was done to it all together: counts of letters and words, lines taken out."""

    pages: tuple[Page, ...]
    removed: Removed
    accents: int
    rejoined: int


def compose(raws: Sequence[RawPage], outline: Outline, pictured: Iterable[int]) -> Composed:
    """Return text and titles of all pages, also of empty ones; `pictured` are those with anything drawn on them."""
    drawn = set(pictured)
    sheets = [
        Sheet(raw.number, raw.height, without_doubles(lines_of(_whole(raw))), raw.number in drawn) for raw in raws
    ]
    landscape = [raw.width > raw.height for raw in raws]
    is_deck = sum(landscape) * 2 > len(raws)
    body = body_size((sheet.lines for sheet in sheets), is_deck)
    cleared, removed = without_running(sheets, body)
    writer = _Writer(cleared, body, outline, is_deck, is_deck or _share_fixed(sheets) <= _ALL_FIXED)
    pages: list[Page] = []
    accents = rejoined = 0
    for raw, sheet, is_wide in zip(raws, cleared, landscape, strict=True):
        title, written = writer.page(raw, sheet)
        accents += written.accents
        rejoined += written.rejoined
        text = "\n\n".join(filter(None, (written.text, clean("\n".join(raw.aside)).strip())))
        pages.append(Page(raw.number, text, is_wide, title))
    return Composed(tuple(pages), removed, accents, rejoined)


def _whole(raw: RawPage) -> RawPage:
    words = with_raised_accents(raw.words)
    return raw if words is raw.words else replace(raw, words=words)


def _share_fixed(sheets: Sequence[Sheet]) -> float:
    fixed = sum(len(line.text) for sheet in sheets for line in sheet.lines if line.fixed)
    return fixed / max(1, sum(len(line.text) for sheet in sheets for line in sheet.lines))


class _Writer:
    """Writes pages with what is known of the whole file: its body's size, where titles stand, how headings look."""

    def __init__(self, sheets: Sequence[Sheet], body: float, outline: Outline, is_deck: bool, code: bool) -> None:
        self._body = body
        self._outline = outline
        self._is_deck = is_deck
        self._code = code
        tall = [(sheet.height, sheet.lines) for sheet in sheets]
        self._place = title_place(tall, body) if is_deck else TitlePlace()
        self._sizes = () if is_deck else heading_sizes((sheet.lines for sheet in sheets), body)

    def page(self, raw: RawPage, sheet: Sheet) -> tuple[str, Written]:
        """Return a slide's title and the rest of its text, or an upright page's text with its headings in it."""
        lines: Sequence[Line] = sheet.lines
        title, accents = "", 0
        levels: dict[int, int] = {}
        if self._is_deck:
            names = self._outline.pages.get(raw.number, ())
            title, lines = titled(lines, raw.height, self._body, self._place, names)
            title, accents = accented(one_line(clean(title)))
        else:
            found = heading_levels(lines, self._body, self._sizes, self._outline.levels)
            levels = {id(lines[i]): level for i, level in found.items()}
        written = markdown_of(regions_of(lines, raw.width, levels), levels, self._code)
        return title, Written(written.text, written.accents + accents, written.rejoined)
