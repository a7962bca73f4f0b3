"""Decks: each slide a section with its number, from pages, from Markdown, from a printed deck or from bare text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.clean import one_line, without_marks
from ingest.formats.blocks import Blocks, Metadata, Page, Pages, Slide, Slides, Text, as_text
from ingest.formats.markdown.deck import plain_slides
from ingest.formats.markdown.rules import between_rules
from ingest.kinds.code import with_code_fenced
from ingest.kinds.lists import with_markdown_bullets, with_markdown_tables
from ingest.kinds.outline import is_outline, slides_of_outline
from ingest.kinds.printed_deck import is_printed_deck, pages_of_printed_deck, tidy_pages
from ingest.kinds.repeats import without_repeats
from ingest.kinds.roles import with_roles
from ingest.kinds.session import session_of
from ingest.model import Document, Kind, Locator, LocatorType, Notice, Section

_HEADING = re.compile(r"(?m)^ {0,3}#{1,6}[ \t]")
_SHORT_SLIDE_WORDS = 120
_SHORT_PAGE_WORDS = 40
_CONTINUES = re.compile(
    r"(?:\b(?:de|del|la|el|los|las|un|una|y|o|e|en|con|por|para|a|al|su|of|the|and|or|in|with|for|to|an)|[,(-])$"
)


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
    rough = False
    if isinstance(blocks, Slides):
        sections = _of_slides(blocks.slides)
    elif isinstance(blocks, Pages) and all(page.landscape is None for page in blocks.pages):
        pages, lost = tidy_pages([page.text for page in blocks.pages])
        sections, notices, rough = _of_pages(pages), (*notices, *lost), True
    elif isinstance(blocks, Pages):
        sections = _of_pages(blocks.pages)
    elif not metadata.deck and not _has_rules(text) and is_printed_deck(text):
        pages, lost = pages_of_printed_deck(text)
        sections, notices, rough = _of_pages(pages), (*notices, *lost), True
    elif not metadata.deck and not _has_rules(text) and is_outline(text):
        outline = slides_of_outline(text)
        sections = tuple(_section(i, slide.title, slide.text) for i, slide in enumerate(outline.slides, start=1))
        metadata = replace(metadata, author=metadata.author or outline.author)
        notices = (*notices, Notice("slides_inferred", params=(("count", str(len(sections))),)))
    else:
        sections = _of_slides(plain_slides(text))
    sections, repeats = without_repeats(sections, rough)
    return (_document(path, with_roles(sections), metadata, (*notices, *repeats)),)


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
        metadata.date,
        notices=notices,
    )


def _section(number: int, title: str, text: str, notes: str = "") -> Section:
    return Section(title, Locator(LocatorType.SLIDE, number, number), text, notes=notes)


def _of_slides(slides: Sequence[Slide]) -> tuple[Section, ...]:
    """Return a section for each slide that says something; of one that is a picture the file's reader has told."""
    said = (slide for slide in slides if slide.title or slide.text or slide.notes)
    return tuple(_section(slide.number, slide.title, slide.text, slide.notes) for slide in said)


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
    return tuple(
        _section(page.number, *(_headed(page) if page.title else _titled(page.text)))
        for page in pages
        if page.title or page.text.strip()
    )


def _headed(page: Page) -> tuple[str, str]:
    """Return the title that a page's type shows, and the body below it."""
    return without_marks(page.title), _body(page.text)


def _titled(text: str) -> tuple[str, str]:
    """Part a page's first line, and the next where the line clearly goes on, from its body."""
    lines = text.strip().split("\n")
    title, rest = one_line(lines[0]), lines[1:]
    if rest and rest[0].strip() and _CONTINUES.search(title) and len(title.split()) + len(rest[0].split()) <= 16:
        title, rest = one_line(f"{title} {rest[0]}"), rest[1:]
    return without_marks(title), _body("\n".join(rest))


def _body(text: str) -> str:
    body = with_markdown_tables(with_markdown_bullets(with_code_fenced(text)))
    return re.sub(r"\n{3,}", "\n\n", body).strip()


def _has_rules(text: str) -> bool:
    """Say whether rules part a text into three or more short pieces, most with a heading."""
    pieces = [piece for piece in between_rules(text) if piece.strip()]
    if len(pieces) < 3:
        return False
    words = sorted(len(piece.split()) for piece in pieces)
    headed = sum(bool(_HEADING.search(piece)) for piece in pieces)
    return words[len(words) // 2] <= _SHORT_SLIDE_WORDS and headed * 2 > len(pieces)
