"""What a file becomes: a Document of Sections, each piece of text tied to its place in the source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a document is to a student; decides how its blocks become sections."""

    TRANSCRIPT = "transcript"
    SLIDES = "slides"
    STUDY_GUIDE = "study_guide"
    SUMMARY = "summary"
    NOTES = "notes"


class LocatorType(StrEnum):
    """The unit in which a place in a source is counted."""

    SLIDE = "slide"
    PAGE = "page"
    TIME = "time"
    QUESTION = "question"
    SECTION = "section"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a source: slide 12, page 3, seconds 2480.0 to 2518.4, question 44, lines 10 to 14.

    `start` and `end` are inclusive and counted in the unit of `type`: numbers as printed for slides, pages
    and questions, seconds for time, 1-based ordinals for sections and lines. `name` is the section's heading.
    """

    type: LocatorType
    start: float
    end: float
    name: str = ""

    def joined(self, other: Locator) -> Locator:
        """Return the locator that spans both places; both must count in the same unit."""
        if self.type is not other.type:
            raise ValueError(f"cannot join {self.type} with {other.type}")
        return Locator(self.type, min(self.start, other.start), max(self.end, other.end), self.name)


@dataclass(frozen=True, slots=True)
class Mark:
    """From `offset` (characters into the section's text) on, the text comes from `locator`, said by `speaker`."""

    offset: int
    locator: Locator
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A slide, a question with its answer, a summary part, a stretch of a talk or a heading with its text.

    For a study guide `title` is the question's stem, `text` its answer and `locator` its printed number.
    `marks` are ordered by offset; a section without marks lies wholly at `locator`.
    """

    title: str
    locator: Locator
    text: str
    marks: tuple[Mark, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader lost, repaired or doubted: a message code, its place and its message's parameters."""

    code: str
    where: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One lecture's transcript, one deck, one guide, one session's summary or one set of notes.

    A file may hold several documents (a table of talks, a file of summaries); `part` then tells them apart and
    is "" otherwise. Absent author, url, session and language are "". `session` is what the content itself
    names. `content_hash` is the SHA-256 of what was read, so that an unchanged document is recognised.
    """

    path: str
    part: str
    kind: Kind
    title: str
    sections: tuple[Section, ...]
    author: str = ""
    url: str = ""
    session: str = ""
    language: str = ""
    content_hash: str = ""
    notices: tuple[Notice, ...] = ()
