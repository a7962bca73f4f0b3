"""Notes: a section under each heading, a section a page, or paragraphs located by their lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.clean import without_marks
from ingest.formats.blocks import Blocks, Pages, as_text
from ingest.formats.markdown import fenced, without_comments
from ingest.kinds.lists import with_markdown_bullets, with_markdown_tables
from ingest.kinds.session import session_of
from ingest.model import Document, Kind, Locator, LocatorType, Mark, Section

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
# Paragraphs of headless text are gathered into sections of about this many characters, so that one can be shown.
_SECTION_CHARACTERS = 6000


def build_notes(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return the one document of a set of notes."""
    metadata = blocks.metadata
    title = metadata.title
    if isinstance(blocks, Pages):
        sections = tuple(_page(page.number, page.text) for page in blocks.pages if page.text.strip())
    else:
        text, _ = without_comments(as_text(blocks))
        lines = text.split("\n")
        headings = _headings(lines)
        sections = (_headed(lines, headings) if headings else ()) or _plain(lines)
        title = title or _title(headings)
    session = metadata.session or session_of(title)
    author, url = metadata.author, metadata.url
    return (Document(path, "", Kind.NOTES, title, sections, author, url, session, notices=blocks.notices),)


def _page(number: int, text: str) -> Section:
    return Section("", Locator(LocatorType.PAGE, number, number), text.strip())


def _headings(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return the line, level and words of each heading outside code."""
    code = fenced(list(lines))
    found = (
        (i, _HEADING.fullmatch(line))
        for i, (line, is_code) in enumerate(zip(lines, code, strict=True))
        if not is_code
    )
    return [(i, len(match[1]), without_marks(match[2])) for i, match in found if match]


def _title(headings: Sequence[tuple[int, int, str]]) -> str:
    """Return the first heading if it is the only one of its level and none is above it."""
    if not headings:
        return ""
    _, level, words = headings[0]
    return words if all(other > level for _, other, _ in headings[1:]) else ""


def _headed(lines: Sequence[str], headings: Sequence[tuple[int, int, str]]) -> tuple[Section, ...]:
    """Return a section for each heading that has text, and one for text before the first."""
    starts = [(0, "")] if headings[0][0] > 0 else []
    starts += [(line, words) for line, _, words in headings]
    ends = [line for line, _ in starts[1:]] + [len(lines)]
    sections: list[Section] = []
    for (start, name), end in zip(starts, ends, strict=True):
        text = _tidy(lines[start + 1 if name else start : end])
        if text:
            number = len(sections) + 1
            sections.append(Section(name, Locator(LocatorType.SECTION, number, number, name), text))
    return tuple(sections)


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
