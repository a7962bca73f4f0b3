"""Summaries of sessions in five parts, in the shape that courses set as a task, one session or many in a file.

A part's heading may be Markdown of any level, carry a bullet of the print, end in a colon, or stand in capitals
before the part's text on its line. A session begins at its first part; its title is the heading or the linked line
above it. Other headings belong to the text they stand in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clean import folded, one_line, without_marks
from ingest.errors import WrongKind
from ingest.formats.blocks import Blocks, as_text
from ingest.formats.markdown import fenced, metadata_of, pair_of
from ingest.kinds.lists import with_markdown_bullets
from ingest.model import Document, Kind, Locator, LocatorType, Notice, Section


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """A part of a session's summary, its least number of words and the other names it goes by (folded)."""

    name: str
    minimum_words: int
    aliases: tuple[str, ...] = ()


# Names and minimum words as the course's task sets them.
SUMMARY_PARTS = (
    SummaryPart("MOTIVATION", 40, ("motivacion",)),
    SummaryPart("HOW IT WORKS", 70, ("how does it work", "como funciona")),
    SummaryPart("RESULTS", 70, ("resultados",)),
    SummaryPart("WHY IT MATTERS?", 40, ("why it matters", "why does it matter", "por que importa")),
    SummaryPart(
        "TAKE AWAYS AND WHAT WE ARE THINKING?",
        50,
        (
            "take aways and what we are thinking",
            "takeaways and what we are thinking",
            "take aways",
            "takeaways",
            "conclusiones y en que pensamos",
            "conclusiones y que pensamos",
        ),
    ),
)
_BY_NAME = {folded(key.rstrip("?")): part for part in SUMMARY_PARTS for key in (part.name, *part.aliases)}
# Longest first, so that "take aways and what ..." is not read as "take aways" with text behind it.
_NAMES = sorted(_BY_NAME, key=len, reverse=True)
_DECORATION = re.compile(r"[ \t]*(?:#{1,6}[ \t]*)?[■▪●•◆►▸*_ \t]*(?:\d{1,2}[.)][ \t]+)?[*_]*")
_URL = re.compile(r"<?(https?://[^\s<>]+)>?")
# A link that was broken at its query by a converter. The bound keeps the search linear.
_SPLIT_QUERY = re.compile(r"(https?://\S{1,500}\?)[ \t]+(?=\w+=)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!~-])")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((https?://[^()\s]*)\)")
_TITLE_WORDS = 16


@dataclass(frozen=True, slots=True)
class _Heading:
    """Where a part begins: its line, and the text that follows its name on that line."""

    line: int
    part: SummaryPart
    text: str


def is_summary(text: str) -> bool:
    """Say whether a text has at least three of the parts under headings of their own."""
    found = {heading.part.name for heading in _headings(text.split("\n"))}
    return len(found) >= 3


def build_summaries(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return a document for each session, its parts under their canonical names, in the file's order.

    Raises WrongKind when no part has a text.
    """
    lines = _SPLIT_QUERY.sub(r"\1", as_text(blocks)).split("\n")
    sessions = _sessions(_headings(lines))
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
            documents.append(replace(document, notices=_missing(title, sections)))
    if not documents:
        raise WrongKind(path=path, kind=Kind.SUMMARY)
    documents[0] = replace(documents[0], notices=(*blocks.notices, *documents[0].notices))
    return tuple(documents) if len(documents) == 1 else _with_parts(documents)


def part_of(line: str) -> tuple[SummaryPart, str] | None:
    """Return the part that a line opens and the text behind its name, or None.

    List items open none: a list of the parts is the task's text.
    """
    if re.match(r"[ \t]*[-+*][ \t]", line):
        return None
    bare = _DECORATION.sub("", line, count=1)
    decorated = len(bare) < len(line.lstrip())
    plain = folded(bare)
    name = next((name for name in _NAMES if plain.startswith(name)), "")
    # Folding may change the length of exotic letters; the names themselves have none.
    head, rest = bare[: len(name)], bare[len(name) :]
    if not name or folded(head) != name or (rest and rest[0].isalnum()):
        return None
    text = rest.lstrip("?*_#: \t") if rest.strip("?*_#: \t") else ""
    colon = ":" in rest[:4]
    if text and not (head.isupper() or (decorated and colon)):
        return None
    return (_BY_NAME[name], text) if text or decorated or head.isupper() or colon else None


def _headings(lines: Sequence[str]) -> list[_Heading]:
    is_code = fenced(list(lines))
    found = ((i, part_of(line)) for i, (line, code) in enumerate(zip(lines, is_code, strict=True)) if not code)
    return [_Heading(i, opened[0], opened[1]) for i, opened in found if opened]


def _sessions(headings: Sequence[_Heading]) -> list[list[_Heading]]:
    """Group the parts: a session ends where a part comes that it already has."""
    sessions: list[list[_Heading]] = []
    for heading in headings:
        if not sessions or any(heading.part is other.part for other in sessions[-1]):
            sessions.append([])
        sessions[-1].append(heading)
    return sessions


def _title_start(lines: Sequence[str], session: Sequence[_Heading], before: Sequence[_Heading]) -> int:
    """Return the line where a session's title begins: above its first part, past lines of links and `key: value`.

    Where nothing above looks like a title, the session has none and begins at its first part.
    """
    first = session[0].line
    floor = before[-1].line + 1 if before else 0
    for i in range(first - 1, floor - 1, -1):
        line = lines[i].strip()
        if not line or _is_detail(line):
            continue
        short = len(_URL.sub("", line).split()) <= _TITLE_WORDS
        if short and (line.startswith(("#", "**")) or _URL.search(line) or line[-1] not in ".:;,"):
            return i
        return first
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


def _sections(lines: Sequence[str], session: Sequence[_Heading], end: int) -> tuple[Section, ...]:
    sections = []
    ends = [heading.line for heading in session[1:]] + [end]
    for number, (heading, stop) in enumerate(zip(session, ends, strict=True), start=1):
        text = "\n".join([heading.text, *lines[heading.line + 1 : stop]])
        text = re.sub(r"\n{3,}", "\n\n", with_markdown_bullets(text)).strip()
        name = heading.part.name
        if text:
            sections.append(Section(name, Locator(LocatorType.SECTION, number, number, name), text))
    return tuple(sections)


def _missing(title: str, sections: Sequence[Section]) -> tuple[Notice, ...]:
    present = {section.title for section in sections}
    return tuple(
        Notice("summary_part_missing", title, (("title", title), ("part", part.name)))
        for part in SUMMARY_PARTS
        if part.name not in present
    )


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
