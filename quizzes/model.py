"""Questions, quiz items, grades and schedules as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from kb.model import Locator


class Origin(StrEnum):
    """Where a question comes from."""

    GUIDE = "guide"
    GENERATED = "generated"
    IMPORTED = "imported"


class QuizKind(StrEnum):
    """How a question is asked."""

    FLASHCARD = "flashcard"
    MULTIPLE_CHOICE = "multiple_choice"


class Grade(IntEnum):
    """How well it was remembered; the numbers are FSRS ratings."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the bank. `number` is as printed in the guide (0 where there is none); `passage` is the id
    of the passage that holds the beginning of its answer; `id` is stable over document, stem and occurrence;
    `section` is the 0-based ordinal of its section in the document, -1 where there is none."""

    id: str
    number: int
    stem: str
    answer: str
    origin: Origin
    course: str
    session: str
    document: str
    locator: Locator
    passage: str
    section: int = -1


@dataclass(frozen=True, slots=True)
class Flashcard:
    """See the question, recall, reveal, grade yourself."""

    question: Question


@dataclass(frozen=True, slots=True)
class MultipleChoice:
    """One right option among others; `correct` is its 0-based place; `sources` the question id of each option."""

    question: Question
    options: tuple[str, ...]
    correct: int
    sources: tuple[str, ...]


QuizItem = Flashcard | MultipleChoice


@dataclass(frozen=True, slots=True)
class CardState:
    """A question's place in the schedule after its last review; `fsrs` is the library's card as JSON."""

    question: str
    due: datetime
    reviews: int
    lapses: int
    fsrs: str


@dataclass(frozen=True, slots=True)
class Review:
    """One answer to a question, as it is kept forever."""

    question: str
    grade: Grade
    kind: QuizKind
    at: datetime
    elapsed_ms: int
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What there is to study: `due` reviewed questions whose time has come, `new` never asked ones."""

    due: int
    new: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stats:
    """What was done so far: questions known, reviews, share remembered, reviews per day (ISO date, count)."""

    questions: int
    reviewed: int
    reviews: int
    remembered: float
    per_day: tuple[tuple[str, int], ...]
