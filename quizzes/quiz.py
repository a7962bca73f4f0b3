"""What screens and commands hold of the quizzes: one object over the bank, the vectors and the clock. Wiring only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from quizzes.bank import Bank
from quizzes.concepts import prepare
from quizzes.errors import NoQuestions
from quizzes.generate import Declined, multiple_choice
from quizzes.model import CardState, Due, MultipleChoice, Question, QuizItem, QuizKind, Review, Stats
from quizzes.nearness import Similarity, vector_similarity
from quizzes.session import Outcome, QuizState, Reply, answer, grade_of, plan, start

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

EVERYTHING = -1
"""SQLite's "no limit"."""


class QuizMaster:
    """Questions, quizzes and progress over one bank. Every failure of the library file is a StoreError."""

    def __init__(
        self, bank: Bank, vectors: Callable[[str], Mapping[int, Vector]], clock: Callable[[], datetime]
    ) -> None:
        """Take `vectors(document)`, unit vectors by section ordinal ({} where there are none), and the time.

        `clock` gives aware times; their zone decides which day a review counts for.
        """
        self._bank = bank
        self._vectors = vectors
        self._clock = clock

    def sync(self) -> bool:
        """Take in what changed in the library's study guides; tell whether anything did."""
        return self._bank.sync()

    def due(self) -> Due:
        """Count what there is to study now."""
        return self._bank.due(self._clock())

    def stats(self) -> Stats:
        """Return what was done so far."""
        return self._bank.stats(self._clock())

    def questions(self, course: str = "", session: str = "", kind: str = "") -> tuple[Question, ...]:
        """Return the questions in guide order; "" is everything, `kind` an origin."""
        return self._bank.questions(course, session, kind)

    def question(self, id: str) -> Question:
        """Return a question; raises QuestionNotFound."""
        return self._bank.question(id)

    def card(self, id: str) -> CardState | None:
        """Return a question's place in the schedule, None when it was never reviewed."""
        return self._bank.card(id)

    def start(
        self, count: int = 10, kind: QuizKind | None = None, course: str = "", session: str = "", seed: int = 0
    ) -> QuizState:
        """Begin a quiz of up to `count` items: what is due, then what is new, then (seeded) the rest for practice.

        `kind` None mixes flashcards and multiple choice. Raises NoQuestions when nothing matches.
        """
        self._bank.sync()
        questions = self._bank.questions(course, session)
        first = self._bank.due_questions(self._clock(), EVERYTHING, course, session)
        waiting = {question.id for question in first}
        rest = [question for question in questions if question.id not in waiting]
        Random(seed).shuffle(rest)
        siblings = self._bank.questions(course) if session else questions
        items = plan((*first, *rest), siblings, count, kind, seed, self.similarity(siblings))
        if not items:
            raise NoQuestions(course=course, session=session)
        return start(items)

    def answer(self, state: QuizState, reply: Reply, elapsed_ms: int = 0) -> tuple[QuizState, Outcome, CardState]:
        """Answer the current item of a quiz: the review is on the disk when this returns."""
        after, outcome = answer(state, reply)
        return after, outcome, self.grade(outcome.item, reply, elapsed_ms)

    def grade(self, item: QuizItem, reply: Reply, elapsed_ms: int = 0) -> CardState:
        """Record the answer to one item: the place of the chosen option, or the grade of a flashcard."""
        is_choice = isinstance(item, MultipleChoice)
        review = Review(
            question=item.question.id,
            grade=grade_of(item, reply),
            kind=QuizKind.MULTIPLE_CHOICE if is_choice else QuizKind.FLASHCARD,
            at=self._clock(),
            elapsed_ms=max(0, elapsed_ms),
            chosen=item.options[reply] if isinstance(item, MultipleChoice) else "",
        )
        return self._bank.record(review)

    def choices(self, course: str = "", seed: int = 0) -> tuple[MultipleChoice | Declined, ...]:
        """Return, for every question in guide order, its multiple choice or why it has none."""
        questions = self._bank.questions(course)
        sources, similarity = prepare(questions), self.similarity(questions)
        siblings = {name: [one for one in sources if one.question.course == name] for name in _courses(questions)}
        return tuple(multiple_choice(one, siblings[one.question.course], similarity, seed) for one in sources)

    def similarity(self, questions: Sequence[Question]) -> Similarity:
        """Return how near questions are: by their sections' stored vectors, by words where there are none."""
        stored = {document: self._vectors(document) for document in {one.document for one in questions}}
        found = {
            one.id: stored[one.document][one.section] for one in questions if one.section in stored[one.document]
        }
        return vector_similarity(found)


def _courses(questions: Sequence[Question]) -> set[str]:
    return {question.course for question in questions}
