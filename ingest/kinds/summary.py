"""Summaries of sessions in five parts, in the shape that courses set as a task, one session or many in a file.

A part's heading may be Markdown of any level, carry a bullet of the print, end in a colon, or stand in capitals
before the part's text on its line. A session begins at its first part; its title is the heading or the linked line
above it. Other headings belong to the text they stand in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.clean import one_line, without_marks
from ingest.errors import WrongKind
from ingest.formats.blocks import Blocks, Pages, Slides, as_text
from ingest.formats.markdown.front_matter import metadata_of, pair_of
from ingest.kinds.lists import with_markdown_bullets
from ingest.kinds.summary_parts import SUMMARY_PARTS as SUMMARY_PARTS
from ingest.kinds.summary_parts import Heading, headings
from ingest.kinds.summary_parts import is_summary as is_summary
from ingest.kinds.summary_parts import part_of as part_of
from ingest.model import Document, Kind, Locator, LocatorType, Notice, Section

_URL = re.compile(r"<?(https?://[^\s<>]+)>?")
# A link that was broken at its query by a converter. The bound keeps the search linear.
_SPLIT_QUERY = re.compile(r"(https?://\S{1,500}\?)[ \t]+(?=\w+=)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!~-])")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((https?://[^()\s]*)\)")
_TITLE_WORDS = 16
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")


def build_summaries(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return a document for each session, its parts under their canonical names, in the file's order.

    Raises WrongKind when no part has a text.
    """
    lines = _lines_of(blocks)
    sessions = _sessions(lines, headings(lines))
    documents: list[Document] = []
    starts = [
        _title_start(lines, session, before) for before, session in zip([[], *sessions], sessions, strict=False)
    ]
    for number, session in enumerate(sessions):
        end = starts[number + 1] if number + 1 < len(sessions) else len(lines)
        title, url, author = _title(lines[starts[number] : session[0].line])
        sections = _sections(lines, session, end)
        title = title or (blocks.metadata.title if len(sessions) == 1 else "")
        document = Document(path, "", Kind.SUMMARY, title, sections, author or blocks.metadata.author, url, title)
        if sections:
            documents.append(replace(document, notices=tuple(_remarks(title, sections))))
    if not documents:
        raise WrongKind(path=path, kind=Kind.SUMMARY)
    documents[0] = replace(documents[0], notices=(*blocks.notices, *documents[0].notices))
    return tuple(documents) if len(documents) == 1 else _with_parts(documents)


def _lines_of(blocks: Blocks) -> list[str]:
    """Return the lines of a file; titles of slides and pages are headings."""
    match blocks:
        case Slides(slides=slides):
            text = "\n\n".join(f"# {slide.title}\n\n{slide.text}\n\n{slide.notes}" for slide in slides)
        case Pages(pages=pages):
            text = "\n\n".join(f"# {page.title}\n\n{page.text}" if page.title else page.text for page in pages)
        case _:
            text = as_text(blocks)
    return _SPLIT_QUERY.sub(r"\1", text).split("\n")


def _sessions(lines: Sequence[str], found: Sequence[Heading]) -> list[list[Heading]]:
    """Group the parts: a session ends where a part comes that it already has, unless that only comes twice."""
    sessions: list[list[Heading]] = []
    for heading in found:
        if not sessions or (_has(sessions[-1], heading) and _begins(lines, heading, sessions[-1])):
            sessions.append([])
        sessions[-1].append(heading)
    return sessions


def _has(session: Sequence[Heading], heading: Heading) -> bool:
    return any(heading.part is other.part for other in session)


def _begins(lines: Sequence[str], heading: Heading, before: Sequence[Heading]) -> bool:
    """Say whether a part that came before begins another session: it did so then, or a title stands above it."""
    start = _title_start(lines, [heading], before)
    complete = len({other.part.name for other in before}) == len(SUMMARY_PARTS)
    titled = start < heading.line and (complete or _is_marked_title(lines[start]))
    return heading.part is before[0].part or titled


def _is_marked_title(line: str) -> bool:
    return line.lstrip().startswith("#") or _URL.search(line) is not None


def _title_start(lines: Sequence[str], session: Sequence[Heading], before: Sequence[Heading]) -> int:
    """Return the line where a session's title begins: above its first part, past lines of links and `key: value`.

    Where nothing above looks like a title, the session has none and begins at its first part. A line that nothing
    marks is no title when it is all the text of the part before, or when a heading stands above it.
    """
    first = session[0].line
    floor = before[-1].line + 1 if before else 0
    for i in range(first - 1, floor - 1, -1):
        line = lines[i].strip()
        if not line or _is_detail(line):
            continue
        if len(_URL.sub("", line).split()) > _TITLE_WORDS:
            return first
        if line.startswith("**") or _is_marked_title(line):
            return i
        if line[-1] in ".:;,":
            return first
        if not before:
            heads = (at for at in range(i - 1, -1, -1) if lines[at].startswith("#"))
            return next(heads, i)
        return i if before[-1].text or any(lines[at].strip() for at in range(floor, i)) else first
    return first


def _is_detail(line: str) -> bool:
    """Say whether a line between title and first part is only a link, a mark or a `key: value`."""
    if not _URL.sub("", line).strip("<>()[]*_- \t"):
        return True
    plain = line.lstrip("-*_> ").replace("**", "")
    return not line.startswith("#") and pair_of(_URL.sub("", plain)) is not None


def _title(lines: Sequence[str]) -> tuple[str, str, str]:
    """Return a session's title, link and author from its title line and the lines of details under it."""
    text = _ESCAPED.sub(r"\1", "\n".join(lines))
    url = next((match[1] for match in _URL.finditer(text)), "").rstrip(").,;")
    heads = _LINK.sub(r"\1", lines[0]) if lines else ""
    title = without_marks(_URL.sub("", _ESCAPED.sub(r"\1", heads))).rstrip(":-–— (<[").strip()
    pairs = (pair_of(line.lstrip("-*_> ").replace("**", "")) for line in lines[1:])
    return title, url, metadata_of(dict(filter(None, pairs))).author


def _sections(lines: Sequence[str], session: Sequence[Heading], end: int) -> tuple[Section, ...]:
    sections = []
    ends = [heading.line for heading in session[1:]] + [end]
    for number, (heading, stop) in enumerate(zip(session, ends, strict=True), start=1):
        text = "\n".join([heading.text, *lines[heading.line + 1 : stop]])
        text = re.sub(r"\n{3,}", "\n\n", with_markdown_bullets(text)).strip()
        name = heading.part.name
        if text:
            sections.append(Section(name, Locator(LocatorType.SECTION, number, number, name), text))
    return tuple(sections)


def _remarks(title: str, sections: Sequence[Section]) -> Iterator[Notice]:
    """Yield what a summary lacks: parts, or words of a part; and the parts that it has more than once."""
    texts: dict[str, list[str]] = {}
    for section in sections:
        texts.setdefault(section.title, []).append(section.text)
    for part in SUMMARY_PARTS:
        named = (("title", title), ("part", part.name))
        words = sum(len(_WORD.findall(text)) for text in texts.get(part.name, ()))
        if part.name not in texts:
            yield Notice("summary_part_missing", title, named)
            continue
        if len(texts[part.name]) > 1:
            yield Notice("summary_part_repeated", title, (*named, ("times", str(len(texts[part.name])))))
        if words < part.minimum_words:
            minimum = str(part.minimum_words)
            yield Notice("summary_part_short", title, (*named, ("words", str(words)), ("minimum", minimum)))


def _with_parts(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Tell a file's sessions apart by their titles, and equal titles by their order."""
    seen: Counter[str] = Counter()
    result = []
    for document in documents:
        seen[document.title] += 1
        number = seen[document.title]
        part = one_line(f"{document.title} ({number})" if number > 1 or not document.title else document.title)
        result.append(replace(document, part=part))
    return tuple(result)
