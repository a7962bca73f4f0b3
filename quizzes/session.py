"""A quiz as a state machine: items, answers, what comes next. Pure: every change is a new value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from quizzes.concepts import Source, prepare
from quizzes.generate import Declined, multiple_choice
from quizzes.model import Flashcard, Grade, MultipleChoice, Question, QuizItem, QuizKind
from quizzes.nearness import Similarity

Reply = int | Grade
"""What the student does with an item: the place of the chosen option, or a Grade for a flashcard."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one answer. `again` tells that the item comes back once at the end of the quiz."""

    item: QuizItem
    grade: Grade
    right: bool
    again: bool


@dataclass(frozen=True, slots=True)
class QuizState:
    """A quiz under way. `waiting` are the items to come, the current one first; `second` counts repeats among them.

    `outcomes` are the answers so far, in order, repeats included.
    """

    waiting: tuple[QuizItem, ...]
    outcomes: tuple[Outcome, ...] = ()
    repeated: frozenset[str] = frozenset()

    @property
    def current(self) -> QuizItem | None:
        """The item to answer now, None when the quiz is over."""
        return self.waiting[0] if self.waiting else None

    @property
    def is_repeat(self) -> bool:
        """Tell whether the current item was answered wrongly before in this quiz."""
        return bool(self.waiting) and self.waiting[0].question.id in self.repeated

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is left to answer."""
        return not self.waiting

    @property
    def remaining(self) -> int:
        """How many answers are still to come, the current one included."""
        return len(self.waiting)

    @property
    def score(self) -> tuple[int, int]:
        """Return (right, asked), each question counted once by its first answer."""
        first: dict[str, bool] = {}
        for outcome in self.outcomes:
            first.setdefault(outcome.item.question.id, outcome.right)
        return sum(first.values()), len(first)


def start(items: Sequence[QuizItem]) -> QuizState:
    """Begin a quiz over items, asked in their order."""
    return QuizState(tuple(items))


def grade_of(item: QuizItem, reply: Reply) -> Grade:
    """Return the grade of a reply: a chosen option is GOOD or AGAIN, since luck could have found it; never EASY.

    Raises ValueError for a place that is no option, or a place given for a flashcard.
    """
    if isinstance(reply, Grade):
        if isinstance(item, MultipleChoice):
            raise ValueError("a multiple choice is answered with the place of an option")
        return reply
    if not isinstance(item, MultipleChoice) or not 0 <= reply < len(item.options):
        raise ValueError(f"{reply} is no option of this item")
    return Grade.GOOD if reply == item.correct else Grade.AGAIN


def answer(state: QuizState, reply: Reply) -> tuple[QuizState, Outcome]:
    """Answer the current item. A wrong one is put at the end once. Raises ValueError when the quiz is over."""
    if not state.waiting:
        raise ValueError("the quiz is over")
    item, rest = state.waiting[0], state.waiting[1:]
    grade = grade_of(item, reply)
    right = grade is not Grade.AGAIN
    again = not right and item.question.id not in state.repeated
    outcome = Outcome(item, grade, right, again)
    repeated = state.repeated | {item.question.id} if again else state.repeated
    waiting = (*rest, item) if again else rest
    return replace(state, waiting=waiting, outcomes=(*state.outcomes, outcome), repeated=repeated), outcome


def plan(
    chosen: Sequence[Question],
    everything: Sequence[Question],
    count: int,
    kind: QuizKind | None,
    seed: int,
    similarity: Similarity,
) -> tuple[QuizItem, ...]:
    """Return up to `count` items in the order of `chosen`, the same for the same arguments.

    With MULTIPLE_CHOICE only questions that give a good item are taken, with FLASHCARD all are; None mixes: half of
    the questions that can be are asked as multiple choice. Wrong options come from the questions of the
    same course in `everything`.
    """
    courses: dict[str, list[Source]] = {}
    for source in prepare(everything):
        courses.setdefault(source.question.course, []).append(source)
    items: list[QuizItem] = []
    for question in chosen:
        if len(items) >= count:
            break
        made: QuizItem | Declined = Flashcard(question)
        if kind is QuizKind.MULTIPLE_CHOICE or (kind is None and _coin(seed, question)):
            siblings = courses.get(question.course, [])
            made = multiple_choice(prepare((question,))[0], siblings, similarity, seed)
        if not isinstance(made, Declined):
            items.append(made)
        elif kind is None:
            items.append(Flashcard(question))
    return tuple(items)


def _coin(seed: int, question: Question) -> bool:
    return Random(f"kind:{seed}:{question.id}").random() < 0.5
