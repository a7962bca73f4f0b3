"""Decks in Markdown: which tool shows them, where their slides begin, and which numbers the tool gives them. Pure.

Five families part slides each in its own way: Marp (rules, or headings where `headingDivider` says so), Pandoc and
Quarto (headings of the slide level), remark (`---`, and `--` for a step that goes on), Slidev (`---` with a header
for each slide) and reveal.js (`---`, and `--` for a slide below).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from ingest.formats.blocks import Slide
from ingest.formats.markdown.front_matter import Header, text_of
from ingest.formats.markdown.pandoc_deck import cover_of, pandoc_pieces
from ingest.formats.markdown.read import fenced
from ingest.formats.markdown.remark_deck import Steps, remark_pieces
from ingest.formats.markdown.rules import has_slide_headers, marp_pieces, plain_pieces, reveal_pieces, slidev_pieces
from ingest.formats.markdown.slide import Piece, slide_of
from ingest.model import Notice
from ingest.steps import steps_notice


class Dialect(Enum):
    """The family of tools that a deck is written for."""

    MARP = auto()
    PANDOC = auto()
    REMARK = auto()
    SLIDEV = auto()
    REVEAL = auto()


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck's slides, and what was merged or left out of them."""

    slides: tuple[Slide, ...]
    notices: tuple[Notice, ...] = ()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Keys of a header (in lower case) that only one family of tools has.
_PANDOC_KEYS = _words(
    "slide-level slide_level beameroption beamerarticle colortheme fonttheme innertheme outertheme section-titles "
    "revealjs-url slidy-url s5-url slideous-url themeoptions navigation incremental"
)
_SLIDEV_KEYS = _words(
    "mdc drawings highlighter routermode colorschema themeconfig exportfilename canvaswidth seometa twoslash monaco "
    "hideintoc clicks"
)
_REVEAL_KEYS = _words("revealoptions verticalseparator notesseparator")
_MARP_KEYS = _words("paginate headingdivider backgroundcolor backgroundimage")
_ANY_DECK_KEYS = _words("theme transition slidenumber")
_MARP_THEMES = _words("default gaia uncover")
_FORMATS = re.compile(
    r"(?:^|[:_])(?:revealjs|reveal_js|beamer|pptx|powerpoint|slidy|s5|dzslides|slideous|ioslides)(?:_presentation)?$"
)
_PANDOC_SIGN = re.compile(
    r"[ \t]*(?:\. \. \.|:{3,}[ \t]*(?:\{[ \t]*)?\.?(?:notes|incremental|nonincremental)\b.*|\\pause)[ \t]*"
)
_REMARK_SIGN = re.compile(r"\?\?\?[ \t]*|\.(?:left-column|right-column|footnote|pull-left|pull-right|center)\[.*")
_REMARK_PROPERTY = re.compile(r"(?:class|name|layout|template|count)[ \t]*:[ \t]*\S.*")
_REVEAL_NOTE = re.compile(r"notes?:.*", re.IGNORECASE)
_MIN_RULES = 2


def deck_of(header: Header, body: str) -> Deck | None:
    """Return the deck that a Markdown file says that it is, None where it says nothing of slides."""
    dialect = dialect_of(header, body)
    return None if dialect is None else deck_in(dialect, header, body)


def deck_in(dialect: Dialect, header: Header, body: str, count_steps: bool = True) -> Deck:
    """Return a deck's slides as its tools show them; those that they do not show are read all the same."""
    steps: tuple[Steps, ...] = ()
    match dialect:
        case Dialect.MARP:
            pieces = marp_pieces(body, header)
        case Dialect.PANDOC:
            pieces = pandoc_pieces(body, header, 2 if "format" in header else 0)
        case Dialect.REMARK:
            cover = cover_of(header)
            pieces, steps = remark_pieces(body, count_steps, 2 if cover else 1)
            pieces = (cover, *pieces) if cover else pieces
        case Dialect.SLIDEV:
            pieces = slidev_pieces(body, header)
        case Dialect.REVEAL:
            pieces = reveal_pieces(body, header)
    return Deck(
        _slides(pieces), (*_hidden(pieces), *(steps_notice(each.first, each.last, each.last + 1) for each in steps))
    )


def plain_slides(text: str) -> tuple[Slide, ...]:
    """Return the slides of Markdown that says nothing of its tool: between its rules, or from heading to heading."""
    return _slides(plain_pieces(text))


def dialect_of(header: Header, body: str) -> Dialect | None:
    """Return the dialect that a header declares or a body shows, None for what is no deck."""
    declared = _declared(header)
    if declared is not None or "format" in header or "output" in header:
        return declared
    signs = _Signs(body)
    if header.keys() & _SLIDEV_KEYS or (signs.rules >= _MIN_RULES and has_slide_headers(body)):
        return Dialect.SLIDEV
    if signs.rules and (signs.remark or signs.properties):
        return Dialect.REMARK
    if signs.rules and signs.reveal:
        return Dialect.REVEAL
    if signs.pandoc and ("title" in header or signs.headings >= _MIN_RULES):
        return Dialect.PANDOC
    if signs.rules >= _MIN_RULES and signs.steps:
        return Dialect.REVEAL if signs.steps_headed * 2 > signs.steps else Dialect.REMARK
    if not header.keys() & _ANY_DECK_KEYS or not (signs.rules or signs.headings):
        return None
    return Dialect.MARP if signs.rules or text_of(header.get("theme", "")) in _MARP_THEMES else Dialect.PANDOC


def _declared(header: Header) -> Dialect | None:
    if text_of(header.get("marp", "")).lower() == "true":
        return Dialect.MARP
    formats = [name.lower() for key in ("format", "output") for name in _names(header.get(key, ""))]
    if any("xaringan" in name for name in formats):
        return Dialect.REMARK
    if any(_FORMATS.search(name) for name in formats):
        return Dialect.PANDOC
    if formats:
        return None
    if header.keys() & _PANDOC_KEYS or text_of(header.get("aspectratio", "")).isdecimal():
        return Dialect.PANDOC
    if header.keys() & _REVEAL_KEYS:
        return Dialect.REVEAL
    return Dialect.MARP if header.keys() & _MARP_KEYS else None


def _names(value: object) -> Iterable[str]:
    """Yield the names of formats in a header's value: one, several, or a mapping from names to options."""
    match value:
        case str():
            yield from value.split("+")[:1]
        case dict() | list():
            yield from (name for name in value if isinstance(name, str))


class _Signs:
    """What in a body's lines, code left out, tells of one tool or another: counts."""

    def __init__(self, body: str) -> None:
        self.rules = self.steps = self.steps_headed = self.headings = 0
        self.remark = self.properties = self.reveal = self.pandoc = 0
        lines = body.split("\n")
        prose = [line for line, is_code in zip(lines, fenced(lines), strict=True) if not is_code and line.strip()]
        above = "---"
        for i, line in enumerate(prose):
            mark = line.rstrip()
            self.rules += mark == "---"
            self.headings += line.startswith("#")
            if mark in ("--", "----"):
                self.steps += 1
                self.steps_headed += i + 1 < len(prose) and prose[i + 1].startswith("#")
            self.remark += bool(_REMARK_SIGN.fullmatch(line))
            self.properties += above == "---" and bool(_REMARK_PROPERTY.fullmatch(mark))
            self.reveal += bool(_REVEAL_NOTE.fullmatch(line))
            self.pandoc += bool(_PANDOC_SIGN.fullmatch(line))
            above = mark


def _slides(pieces: Iterable[Piece]) -> tuple[Slide, ...]:
    slides = map(slide_of, pieces)
    return tuple(slide for slide in slides if slide.title or slide.text or slide.notes)


def _hidden(pieces: Iterable[Piece]) -> tuple[Notice, ...]:
    places = ((str(piece.number), slide_of(piece).title) for piece in pieces if piece.hidden)
    return tuple(Notice("slide_unshown", place, (("slide", place), ("title", title))) for place, title in places)
