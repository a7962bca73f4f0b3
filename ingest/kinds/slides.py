"""Decks: each slide a section with its number, from pages, from Markdown, from a printed deck or from bare text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clean import one_line, without_marks
from ingest.formats.blocks import Blocks, Metadata, Page, Pages, Slides, Text, as_text
from ingest.formats.markdown import fenced, without_comments
from ingest.kinds.code import with_code_fenced
from ingest.kinds.lists import with_markdown_bullets, with_markdown_tables
from ingest.kinds.outline import is_outline, slides_of_outline
from ingest.kinds.printed_deck import is_printed_deck, pages_of_printed_deck, tidy_pages
from ingest.kinds.repeats import without_repeats
from ingest.kinds.session import session_of
from ingest.model import Document, Kind, Locator, LocatorType, Notice, Section

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)")
_RULE = re.compile(r" {0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*")
_STYLE = re.compile(r"(</?(?:style|script)\b[^<>\n]*>)", re.IGNORECASE)
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")
# Marpit's directives, global and local, and Marp Core's own; `_` and `$` prefix them.
_DIRECTIVES = (
    "theme style headingdivider lang paginate header footer class backgroundcolor backgroundimage backgroundposition "
    "backgroundrepeat backgroundsize color size math title author description image url keywords marp transition "
    "fit"
)
_DIRECTIVE_NAMES = frozenset(_DIRECTIVES.split())
_DIRECTIVE = re.compile(r"[_$]?([A-Za-z]+)[ \t]*:.*")
# Words and lengths that Marp reads in an image's alternative text.
_IMAGE_WORD = re.compile(r"bg|fit|cover|contain|auto|left|right|vertical|[a-z-]+:\S+|\d+%")
_SHORT_SLIDE_WORDS = 120
_SHORT_PAGE_WORDS = 40
_CONTINUES = re.compile(
    r"(?:\b(?:de|del|la|el|los|las|un|una|y|o|e|en|con|por|para|a|al|su|of|the|and|or|in|with|for|to|an)|[,(-])$"
)


@dataclass(frozen=True, slots=True)
class _Slide:
    title: str
    text: str
    notes: str = ""


def is_deck(blocks: Blocks) -> bool:
    """Say whether blocks are slides: declared so, parted by rules, printed in landscape, or short and numbered."""
    match blocks:
        case Slides():
            return True
        case Pages(pages=pages):
            return bool(pages) and _pages_are_slides(pages)
        case Text(text=text, metadata=metadata):
            return metadata.deck or _has_rules(text) or is_printed_deck(text) or is_outline(text)
        case _:
            return False


def build_slides(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return the one document of a deck; slides that repeat another are left out and have a notice."""
    notices = blocks.notices
    metadata = blocks.metadata
    text = as_text(blocks)
    if isinstance(blocks, Slides):
        sections = tuple(_section(slide.number, slide.title, slide.text, slide.notes) for slide in blocks.slides)
    elif isinstance(blocks, Pages) and all(page.landscape is None for page in blocks.pages):
        pages, lost = tidy_pages([page.text for page in blocks.pages])
        sections, notices = _of_pages(pages), (*notices, *lost)
    elif isinstance(blocks, Pages):
        sections = _of_pages(blocks.pages)
    elif not metadata.deck and not _has_rules(text) and is_printed_deck(text):
        pages, lost = pages_of_printed_deck(text)
        sections, notices = _of_pages(pages), (*notices, *lost)
    elif not metadata.deck and not _has_rules(text) and is_outline(text):
        outline = slides_of_outline(text)
        sections = tuple(_section(i, slide.title, slide.text) for i, slide in enumerate(outline.slides, start=1))
        metadata = replace(metadata, author=metadata.author or outline.author)
        notices = (*notices, Notice("slides_inferred", params=(("count", str(len(sections))),)))
    else:
        sections = _of_markdown(text)
    sections, repeats = without_repeats(sections)
    return (_document(path, sections, metadata, (*notices, *repeats)),)


def _document(path: str, sections: Sequence[Section], metadata: Metadata, notices: tuple[Notice, ...]) -> Document:
    title = metadata.title or (sections[0].title if sections else "")
    session = metadata.session or session_of(title)
    return Document(
        path,
        "",
        Kind.SLIDES,
        title,
        tuple(sections),
        metadata.author,
        metadata.url,
        session,
        notices=notices,
    )


def _section(number: int, title: str, text: str, notes: str = "") -> Section:
    return Section(title, Locator(LocatorType.SLIDE, number, number), text, notes=notes)


def _pages_are_slides(pages: Sequence[Page]) -> bool:
    """Say whether most pages are landscape; upright or unknown ones must be short, and several."""
    words = sorted(len(page.text.split()) for page in pages)
    median = words[len(words) // 2]
    landscape = sum(page.landscape is True for page in pages)
    if landscape * 2 > len(pages):
        return True
    limit = _SHORT_SLIDE_WORDS if all(page.landscape is None for page in pages) else _SHORT_PAGE_WORDS
    return len(pages) >= 4 and median <= limit


def _of_pages(pages: Sequence[Page]) -> tuple[Section, ...]:
    return tuple(_section(page.number, *_titled(page.text)) for page in pages if page.text.strip())


def _titled(text: str) -> tuple[str, str]:
    """Part a page's first line, and the next where the line clearly goes on, from its body."""
    lines = text.strip().split("\n")
    title, rest = one_line(lines[0]), lines[1:]
    if rest and rest[0].strip() and _CONTINUES.search(title) and len(title.split()) + len(rest[0].split()) <= 16:
        title, rest = one_line(f"{title} {rest[0]}"), rest[1:]
    body = with_markdown_tables(with_markdown_bullets(with_code_fenced("\n".join(rest))))
    return without_marks(title), re.sub(r"\n{3,}", "\n\n", body).strip()


def _has_rules(text: str) -> bool:
    """Say whether rules part a text into three or more short pieces, most with a heading."""
    pieces = _pieces(text)
    if len(pieces) < 3:
        return False
    words = sorted(len(piece.split()) for piece in pieces)
    headed = sum(bool(re.search(r"(?m)^ {0,3}#{1,6}[ \t]", piece)) for piece in pieces)
    return words[len(words) // 2] <= _SHORT_SLIDE_WORDS and headed * 2 > len(pieces)


def _pieces(text: str) -> list[str]:
    """Part Markdown at its rules; one right under a paragraph underlines it and is no rule (CommonMark 4.3)."""
    lines = text.split("\n")
    pieces: list[list[str]] = [[]]
    before = ""
    for line, is_code in zip(lines, fenced(lines), strict=True):
        parts = (
            _RULE.fullmatch(line) and not is_code and (not before.strip() or before.lstrip().startswith(("#", "<")))
        )
        if parts:
            pieces.append([])
        else:
            pieces[-1].append(line)
        before = "" if is_code else line
    return ["\n".join(piece).strip("\n") for piece in pieces if any(line.strip() for line in piece)]


def _of_markdown(text: str) -> tuple[Section, ...]:
    """Read a Markdown deck; without rules each heading of the first two levels begins a slide."""
    pieces = _pieces(_without_styles(text))
    if len(pieces) == 1:
        pieces = _headed_pieces(pieces[0])
    slides = [_slide(piece) for piece in pieces]
    return tuple(
        _section(number, slide.title, slide.text, slide.notes)
        for number, slide in enumerate(slides, start=1)
        if slide.title or slide.text or slide.notes
    )


def _without_styles(text: str) -> str:
    """Return Markdown without its style sheets and scripts; one that is not closed stays."""
    kept: list[str] = []
    held: list[str] = []
    for piece in _STYLE.split(text):
        if held:
            held.append(piece)
            if piece.startswith("</") and _STYLE.fullmatch(piece):
                held.clear()
        elif piece.startswith("<") and _STYLE.fullmatch(piece) and not piece.startswith("</"):
            held.append(piece)
        else:
            kept.append(piece)
    return "".join(kept + held)


def _headed_pieces(text: str) -> list[str]:
    lines = text.split("\n")
    pieces: list[list[str]] = [[]]
    for line, is_code in zip(lines, fenced(lines), strict=True):
        if not is_code and re.match(r" {0,3}#{1,2}[ \t]", line) and any(kept.strip() for kept in pieces[-1]):
            pieces.append([])
        pieces[-1].append(line)
    return ["\n".join(piece) for piece in pieces]


def _slide(piece: str) -> _Slide:
    """Part a slide's first heading, its body and its speaker's notes; comments that are only directives go."""
    body, comments = without_comments(piece)
    notes = [comment for comment in comments if not _is_directive(comment)]
    lines = _IMAGE.sub(_image_text, body).split("\n")
    title, kept = "", []
    for line, is_code in zip(lines, fenced(lines), strict=True):
        match = None if is_code or title else _HEADING.fullmatch(line)
        if match:
            title = without_marks(match[1])
        else:
            kept.append(line)
    return _Slide(title, re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), "\n\n".join(notes))


def _is_directive(comment: str) -> bool:
    """Say whether every line of a comment that is not a continuation (indented, `- item`) sets a known directive."""
    lines = [line for line in comment.split("\n") if line.strip() and not line.startswith((" ", "\t", "-", "}", "."))]
    matches = [_DIRECTIVE.fullmatch(line.strip()) for line in lines]
    return bool(lines) and all(match and match[1].lower() in _DIRECTIVE_NAMES for match in matches)


def _image_text(match: re.Match[str]) -> str:
    return " ".join(word for word in match[1].split() if not _IMAGE_WORD.fullmatch(word))
