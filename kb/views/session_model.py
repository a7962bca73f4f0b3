"""One session's documents side by side, as they are shown. All frozen; every match is a guess with its confidence."""

from __future__ import annotations

from dataclasses import dataclass

from kb.model import DocumentInfo, Kind, Locator, Passage


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a talk without a break in what it belongs to; `text` is how it begins.

    `confidence` is the mean posterior probability of its place, in (0, 1].
    """

    document: DocumentInfo
    locator: Locator
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Matched:
    """A section of a guide or a summary and the passage of the session that says the same; `score` is in [0, 1].

    Below the score 1 stands only how like the words are: a guess. `title` is the question, or the summary's heading.
    """

    document: DocumentInfo
    title: str
    locator: Locator
    passage: Passage
    of: DocumentInfo
    score: float


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A line of a slide that the talk seems not to say; `confidence` is the share of its weight in words not said."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SlideRow:
    """A slide and what belongs to it: when it was on, what it answers, what of a summary tells it, what was not said.

    `spoken` is False where no moment of the talk belongs to it and most of its words were never said.
    """

    document: DocumentInfo
    title: str
    locator: Locator
    stretches: tuple[Stretch, ...]
    questions: tuple[Matched, ...]
    summary: tuple[Matched, ...]
    unsaid: tuple[Unsaid, ...]
    spoken: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The views of a session: its slides in order, and what of the talk and the guide is not about any of them.

    `missing` are the kinds of document (slides, transcript, guide, summary) that there is none of. `beside` is what
    is said and on no slide; `elsewhere` are questions that the talk alone answers.
    """

    course: str
    session: str
    rows: tuple[SlideRow, ...]
    beside: tuple[Stretch, ...]
    elsewhere: tuple[Matched, ...]
    missing: tuple[Kind, ...]
    model: str
