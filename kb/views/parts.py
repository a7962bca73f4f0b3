"""What a session's documents are cut into so that they can be laid side by side. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.model import Kind, Locator, Role
from kb import sentences
from kb.model import DocumentInfo, DocumentView, Passage, Section
from kb.search.language import fold, is_stop, words

WINDOW = 45
"""Words of a talk that are placed together: some twenty seconds of it."""

SHORTEST_POINT = 3
"""Content words from which a line of a slide says something of its own."""

_CODE = re.compile(
    r"^[ \t]*(?:```|~~~).*?(?:^[ \t]*(?:```|~~~)[ \t]*$|\Z)|\$\$.*?(?:\$\$|\Z)", re.MULTILINE | re.DOTALL
)
_FORMULA = re.compile(r"\$[^$\n]*\$")
_RULE = re.compile(r"^[\s|:+=-]*$")
_ADDRESS = re.compile(r"https?://\S+")
_MARK = re.compile(r"^[\s>*+•∘○■–-]*(?:\d{1,3}[.)]\s+)?")
_SIGNS = re.compile(r"[=·^∑√\\{}]|\w\(")


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide with something to say: its document, place in it (ordinal of its section), title and text."""

    document: DocumentInfo
    ordinal: int
    section: Section

    @property
    def title(self) -> str:
        """What stands at its head."""
        return self.section.title

    @property
    def is_content(self) -> bool:
        """Whether it is about the subject; a cover, an agenda and thanks are not."""
        return self.section.role is Role.BODY


@dataclass(frozen=True, slots=True)
class Window:
    """A moment of a talk: where it is, what is said, and the passage it is of ("" for none)."""

    document: DocumentInfo
    locator: Locator
    text: str
    passage: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Point:
    """A line of a slide that says something; `slide` is its place among the slides."""

    slide: int
    text: str


def slides_of(views: Sequence[DocumentView]) -> tuple[Slide, ...]:
    """Return the slides of some decks, in order."""
    return tuple(
        Slide(view.info, ordinal, section)
        for view in views
        if view.info.kind is Kind.SLIDES
        for ordinal, section in enumerate(view.sections)
    )


def windows_of(view: DocumentView) -> tuple[Window, ...]:
    """Return a talk in windows of about WINDOW words, cut where the source marks time or a sentence ends."""
    made: list[Window] = []
    for ordinal, section in enumerate(view.sections):
        passages = [one for one in view.passages if one.section == ordinal]
        for start, end in _stretches(section):
            text = section.text[start:end].strip()
            if text:
                locator, speaker = _place(section, start, end)
                made.append(Window(view.info, locator, text, _passage_at(passages, start, end), speaker))
    return tuple(made)


def _stretches(section: Section) -> Iterator[tuple[int, int]]:
    """Yield the windows of a section; what is left at its end, if short, goes with the last."""
    starts = [mark.offset for mark in section.marks] or [span.start for span in sentences.split(section.text)]
    starts = [0, *sorted({start for start in starts if 0 < start < len(section.text)})]
    begin, found = 0, []
    for start, end in zip(starts, [*starts[1:], len(section.text)], strict=True):
        del start
        if len(section.text[begin:end].split()) >= WINDOW:
            found.append((begin, end))
            begin = end
    if begin < len(section.text):
        if found and len(section.text[begin:].split()) < WINDOW // 2:
            begin = found.pop()[0]
        found.append((begin, len(section.text)))
    yield from found


def _place(section: Section, start: int, end: int) -> tuple[Locator, str]:
    """Return from where to where a stretch is, and who speaks at its beginning."""
    before = [mark for mark in section.marks if mark.offset <= start]
    within = [mark for mark in section.marks if start < mark.offset < end]
    marks = [*before[-1:], *within]
    if not marks:
        return section.locator, ""
    locator = marks[0].locator
    for mark in marks[1:]:
        if mark.locator.type is locator.type:
            locator = locator.joined(mark.locator)
    return locator, marks[0].speaker


def _passage_at(passages: Sequence[Passage], start: int, end: int) -> str:
    middle = (start + end) // 2
    around = [one for one in passages if one.start <= middle < one.end]
    nearest = around or sorted(passages, key=lambda one: min(abs(one.start - middle), abs(one.end - middle)))
    return nearest[0].id if nearest else ""


def points_of(place: int, slide: Slide) -> Iterator[Point]:
    """Yield the lines of a slide that say something: no code, no formula, no head of a table."""
    text = _ADDRESS.sub(" ", _FORMULA.sub(" ", _CODE.sub("\n", slide.section.text)))
    lines = text.split("\n")
    for at, line in enumerate(lines):
        heads = at + 1 < len(lines) and line.lstrip().startswith("|") and bool(_RULE.match(lines[at + 1]))
        if heads or _RULE.match(line) or _SIGNS.search(line):
            continue
        said = " · ".join(cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip())
        said = _MARK.sub("", said).strip()
        content = [part for word in words(said) for part in word.parts if not is_stop(part)]
        if len(content) >= SHORTEST_POINT:
            yield Point(place, said)


def about(session: str, sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the questions of a guide that are a session's: those under its name, or all that are under none."""
    own = [section for section in sections if _same(section.locator.name, session)]
    return tuple(own or (section for section in sections if not section.locator.name))


def _same(name: str, session: str) -> bool:
    one, other = fold(name.strip()), fold(session.strip())
    return bool(one and other) and (one in other or other in one)
