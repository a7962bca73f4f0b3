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


class Role(StrEnum):
    """What a section is for; only a body is asked about."""

    BODY = "body"
    COVER = "cover"
    AGENDA = "agenda"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Reading:
    """Characters `start` to `end` of a section's text are also found as `text`: "todalacomunidad" as three words.

    The text itself stays as it is in the source.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A slide, a question with its answer, a summary part, a stretch of a talk or a heading with its text.

    For a study guide `title` is the question's stem, `text` its answer and `locator` its printed number.
    `marks` are ordered by offset; a section without marks lies wholly at `locator`. `language` is "es", "en" or "".
    `terms` are the key terms that it defines or sets in bold. `original` is its text before a machine's transcript
    was cleaned, "" where that changed nothing. `twins` are ordinals (from 0) of sections that ask nearly the same.
    """

    title: str
    locator: Locator
    text: str
    marks: tuple[Mark, ...] = ()
    notes: str = ""
    language: str = ""
    role: Role = Role.BODY
    terms: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    original: str = ""
    twins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader did, lost, repaired or doubted: a message code, its place and its message's parameters.

    `ingest.report` tells which of the four it is.
    """

    code: str
    where: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One lecture's transcript, one deck, one guide, one session's summary or one set of notes.

    A file may hold several documents (a table of talks, a file of summaries); `part` then tells them apart and
    is "" otherwise. Absent author, url, session, date and language are "". `session` and `date` (ISO) are what the
    content itself names. `content_hash` is the SHA-256 of what was read, so that an unchanged document is recognised.
    """

    path: str
    part: str
    kind: Kind
    title: str
    sections: tuple[Section, ...]
    author: str = ""
    url: str = ""
    session: str = ""
    date: str = ""
    language: str = ""
    content_hash: str = ""
    notices: tuple[Notice, ...] = ()
