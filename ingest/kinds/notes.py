"""Notes: a section under each heading, a section a page, or paragraphs located by their lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.clean import one_line, without_marks
from ingest.formats.blocks import Blocks, Cues, Page, Pages, Slide, Slides, as_text
from ingest.formats.markdown.read import fenced, with_marked_headings, without_comments
from ingest.kinds.lists import with_markdown_bullets, with_markdown_tables
from ingest.kinds.session import session_of
from ingest.kinds.transcript import timed_talk
from ingest.model import Document, Kind, Locator, LocatorType, Mark, Section

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_BOLD = re.compile(r" {0,3}(?:\*\*([^*\n]+)\*\*|__([^_\n]+)__)[ \t]*")
_NUMBERED = re.compile(r" {0,3}(\d{1,2}(?:\.\d{1,2}){0,4})[.)]?[ \t]+([¿¡]?[A-ZÁÉÍÓÚÑ0-9].*)")
_ENDS_SENTENCE = (".", ",", ";", ":")
_HEADING_WORDS = 14
# So many lines that look like headings are needed where none is marked as one.
_MIN_UNMARKED = 2
_MIN_NUMBERED = 3
_PATH_PARTS = 4
_PATH_PART_CHARACTERS = 80
_PATH_SIGN = " > "
# Paragraphs of headless text are gathered into sections of about this many characters, so that one can be shown.
_SECTION_CHARACTERS = 6000


def build_notes(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return the one document of a set of notes."""
    metadata = blocks.metadata
    title, notices = metadata.title, blocks.notices
    match blocks:
        case Pages(pages=pages):
            sections = tuple(_page(page) for page in pages if page.title or page.text.strip())
            title = title or _title_of_pages(pages)
        case Slides(slides=slides):
            sections = tuple(_slide(slide) for slide in slides if slide.title or slide.text or slide.notes)
        case Cues(cues=cues):
            talk = timed_talk(cues)
            sections, notices = talk.sections, (*notices, *talk.notices)
        case _:
            text, _ = without_comments(as_text(blocks))
            lines = with_marked_headings(text).split("\n")
            headings = _headings(lines)
            sections = (_headed(lines, headings) if headings else ()) or _plain(lines)
            title = title or _title(headings)
    session = metadata.session or session_of(title)
    author, url, date = metadata.author, metadata.url, metadata.date
    return (Document(path, "", Kind.NOTES, title, sections, author, url, session, date, notices=notices),)


def _page(page: Page) -> Section:
    return Section(page.title, Locator(LocatorType.PAGE, page.number, page.number), page.text.strip())


def _title_of_pages(pages: Sequence[Page]) -> str:
    """Return the first page's title, or the heading that it begins with if the pages have no other of its level."""
    if not pages or pages[0].title:
        return pages[0].title if pages else ""
    first, _, _ = pages[0].text.strip().partition("\n")
    if not _headings([first]):
        return ""
    return _title(_headings([line for page in pages for line in page.text.split("\n")]))


def _slide(slide: Slide) -> Section:
    locator = Locator(LocatorType.SLIDE, slide.number, slide.number)
    return Section(slide.title, locator, slide.text, notes=slide.notes)


def _headings(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return the line, level and words of each heading outside code.

    Where none is marked as one, lines that are all bold are headings, or else those numbered as chapters are.
    """
    code = list(fenced(list(lines)))
    places = [i for i, is_code in enumerate(code) if not is_code and lines[i].strip()]
    found = ((i, _HEADING.fullmatch(lines[i])) for i in places)
    marked = [(i, len(match[1]), without_marks(match[2])) for i, match in found if match]
    if marked:
        return marked
    alone = [i for i in places if (i == 0 or not lines[i - 1].strip()) and _is_short(lines[i])]
    bold = [(i, 1, without_marks(lines[i])) for i in alone if _BOLD.fullmatch(lines[i])]
    return bold if len(bold) >= _MIN_UNMARKED else _chapters(lines, alone)


def _chapters(lines: Sequence[str], places: Sequence[int]) -> list[tuple[int, int, str]]:
    """Return lines numbered "1 Título", "1.2 Título" as headings where the numbers go on as those of chapters do."""
    found = [(i, match) for i in places if (match := _NUMBERED.fullmatch(lines[i]))]
    numbers = [tuple(map(int, match[1].split("."))) for _, match in found]
    rising = all(before < after for before, after in pairwise(numbers))
    if len(found) < _MIN_NUMBERED or not rising or max(map(len, numbers)) < 2:
        return []
    return [(i, len(number), one_line(lines[i])) for (i, _), number in zip(found, numbers, strict=True)]


def _is_short(line: str) -> bool:
    bare = without_marks(line)
    return len(bare.split()) <= _HEADING_WORDS and not bare.endswith(_ENDS_SENTENCE)


def _title(headings: Sequence[tuple[int, int, str]]) -> str:
    """Return the first heading if it is the only one of its level and none is above it."""
    if not headings:
        return ""
    _, level, words = headings[0]
    return words if all(other > level for _, other, _ in headings[1:]) else ""


def _headed(lines: Sequence[str], headings: Sequence[tuple[int, int, str]]) -> tuple[Section, ...]:
    """Return a section for each heading that has text, and one for text before the first.

    A section's place is named by its heading and those above it, the title of the whole left out.
    """
    starts = [(0, "", "")] if headings[0][0] > 0 else []
    starts += [(line, words, path) for (line, _, words), path in zip(headings, _paths(headings), strict=True)]
    ends = [line for line, _, _ in starts[1:]] + [len(lines)]
    sections: list[Section] = []
    for (start, name, path), end in zip(starts, ends, strict=True):
        text = _tidy(lines[start + 1 if name else start : end])
        if text:
            number = len(sections) + 1
            sections.append(Section(name, Locator(LocatorType.SECTION, number, number, path), text))
    return tuple(sections)


def _paths(headings: Sequence[tuple[int, int, str]]) -> list[str]:
    """Return for each heading "Tema 2 > Atención > Máscaras": it and the headings above it, the nearest of many."""
    title = _title(headings)
    above: list[tuple[int, str]] = []
    paths: list[str] = []
    for number, (_, level, words) in enumerate(headings):
        above = [(other, name) for other, name in above if other < level]
        above.append((level, words))
        skip = 1 if title and number else 0
        names = [name[:_PATH_PART_CHARACTERS] for _, name in above[skip:]][-_PATH_PARTS:]
        paths.append(_PATH_SIGN.join(names))
    return paths


def _plain(lines: Sequence[str]) -> tuple[Section, ...]:
    """Return sections of whole paragraphs with a mark for each, in lines counted from 1."""
    paragraphs: list[tuple[int, int, str]] = []
    start = 0
    for i in range(len(lines) + 1):
        if i < len(lines) and lines[i].strip():
            continue
        if i > start:
            paragraphs.append((start + 1, i, with_markdown_bullets("\n".join(lines[start:i])).strip()))
        start = i + 1
    sections: list[Section] = []
    group: list[tuple[int, int, str]] = []
    size = 0
    for paragraph in paragraphs:
        if not paragraph[2]:
            continue
        if group and size + len(paragraph[2]) > _SECTION_CHARACTERS:
            sections.append(_gathered(group))
            group, size = [], 0
        group.append(paragraph)
        size += len(paragraph[2])
    return (*sections, _gathered(group)) if group else tuple(sections)


def _gathered(group: Sequence[tuple[int, int, str]]) -> Section:
    offset = 0
    marks = []
    for start, end, text in group:
        marks.append(Mark(offset, Locator(LocatorType.LINE, start, end)))
        offset += len(text) + 2
    locator = Locator(LocatorType.LINE, group[0][0], group[-1][1])
    return Section("", locator, "\n\n".join(text for _, _, text in group), tuple(marks))


def _tidy(lines: Sequence[str]) -> str:
    text = with_markdown_tables(with_markdown_bullets("\n".join(lines)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
