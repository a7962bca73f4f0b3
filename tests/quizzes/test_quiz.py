"""A quiz from its start to its last answer: pure state, and the object that screens hold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.db import Database
from quizzes.bank import Bank
from quizzes.errors import NoQuestions
from quizzes.generate import Declined
from quizzes.model import Flashcard, Grade, MultipleChoice, Question, QuizItem, QuizKind
from quizzes.nearness import word_similarity
from quizzes.quiz import QuizMaster
from quizzes.session import answer, grade_of, plan, start

Make = Callable[..., Question]
NOW = datetime(2026, 5, 4, 18, 30, tzinfo=UTC)
PAIRS = (
    ("¿Qué es el stemming?", "El **stemming** recorta los sufijos de una palabra con reglas fijas."),
    ("¿Qué es un corpus?", "Un **corpus** es una colección de textos reunida con un criterio explícito."),
    ("¿Qué es una época?", "Una **época** es una pasada completa por los ejemplos de entrenamiento."),
    ("¿Qué es el dropout?", "El **dropout** apaga neuronas al azar para que la red no memorice."),
    ("¿Qué es un lote?", "Depende."),
)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def master(database: Database, put_guide, clock: Clock) -> QuizMaster:
    put_guide(PAIRS, course="PLN")
    return QuizMaster(Bank(database), lambda _: {}, clock)


@pytest.fixture(scope="module")
def choice() -> MultipleChoice:
    from kb.model import Locator, LocatorType
    from quizzes.model import Origin

    asked = Question("q1", 1, "¿?", "a", Origin.GUIDE, "", "", "d", Locator(LocatorType.QUESTION, 1, 1), "")
    return MultipleChoice(asked, ("a", "b", "c"), 1, ("q2", "q1", "q3"))


def wrong(item: QuizItem) -> int | Grade:
    return (item.correct + 1) % len(item.options) if isinstance(item, MultipleChoice) else Grade.AGAIN


def right(item: QuizItem) -> int | Grade:
    return item.correct if isinstance(item, MultipleChoice) else Grade.GOOD


def test_a_chosen_option_is_good_or_again_and_never_easy(choice: MultipleChoice) -> None:
    assert [grade_of(choice, n) for n in range(3)] == [Grade.AGAIN, Grade.GOOD, Grade.AGAIN]


@pytest.mark.parametrize("reply", [-1, 3, Grade.GOOD])
def test_a_reply_that_is_no_option_is_refused(choice: MultipleChoice, reply: int | Grade) -> None:
    with pytest.raises(ValueError):
        grade_of(choice, reply)


def test_a_flashcard_is_answered_with_a_grade(choice: MultipleChoice) -> None:
    card = Flashcard(choice.question)
    assert grade_of(card, Grade.HARD) is Grade.HARD
    with pytest.raises(ValueError):
        grade_of(card, 1)


def test_what_was_wrong_comes_again_once_at_the_end(make_question: Make) -> None:
    cards = [Flashcard(make_question(f"¿{n}?", "a", n)) for n in range(3)]
    state = start(cards)
    state, outcome = answer(state, Grade.AGAIN)
    assert outcome.again and state.remaining == 3
    state, _ = answer(state, Grade.GOOD)
    state, _ = answer(state, Grade.EASY)
    assert state.current == cards[0] and state.is_repeat
    state, outcome = answer(state, Grade.AGAIN)
    assert state.is_over and not outcome.again
    assert state.score == (2, 3)
    with pytest.raises(ValueError):
        answer(state, Grade.GOOD)


@given(st.lists(st.sampled_from(Grade), min_size=1, max_size=20), st.data())
def test_every_quiz_ends_and_asks_everything(first: list[Grade], data: st.DataObject) -> None:
    from kb.model import Locator, LocatorType
    from quizzes.model import Origin

    place = Locator(LocatorType.QUESTION, 1, 1)
    cards = [Flashcard(Question(f"q{n}", n, "", "", Origin.GUIDE, "", "", "", place, "")) for n in range(len(first))]
    state = start(cards)
    for grade in first:
        state, _ = answer(state, grade)
    while not state.is_over:
        state, _ = answer(state, data.draw(st.sampled_from(Grade)))
    assert {one.item.question.id for one in state.outcomes} == {card.question.id for card in cards}
    assert len(state.outcomes) == len(first) + first.count(Grade.AGAIN)
    assert state.score == (len(first) - first.count(Grade.AGAIN), len(first))


def test_the_same_seed_plans_the_same_quiz(sample_questions: tuple[Question, ...]) -> None:
    plans = [plan(sample_questions, sample_questions, 12, None, seed, word_similarity) for seed in (4, 4, 5)]
    assert plans[0] == plans[1] != plans[2]
    assert [item.question for item in plans[0]] == list(sample_questions[:12])
    assert {type(item) for item in plans[0]} == {Flashcard, MultipleChoice}


def test_a_multiple_choice_quiz_skips_what_has_no_good_item(master: QuizMaster) -> None:
    state = master.start(kind=QuizKind.MULTIPLE_CHOICE)
    assert all(isinstance(item, MultipleChoice) for item in state.waiting)
    assert {item.question.stem for item in state.waiting} == {stem for stem, _ in PAIRS[:4]}


def test_a_quiz_starts_with_what_is_due_and_goes_on_with_new_questions(master: QuizMaster, clock: Clock) -> None:
    state = master.start(count=5, kind=QuizKind.FLASHCARD)
    assert [item.question.number for item in state.waiting] == [1, 2, 3, 4, 5]
    master.grade(state.waiting[3], Grade.AGAIN)
    master.grade(state.waiting[1], Grade.EASY)
    clock.now += timedelta(hours=1)
    state = master.start(count=5, kind=QuizKind.FLASHCARD)
    assert [item.question.number for item in state.waiting] == [4, 1, 3, 5, 2]


def test_every_answer_is_in_the_bank_before_the_next_question(master: QuizMaster, database: Database) -> None:
    state = master.start(count=4)
    answered = 0
    while state.current is not None:
        item = state.current
        state, outcome, card = master.answer(state, wrong(item) if answered == 0 else right(item), elapsed_ms=1200)
        answered += 1
        assert card.question == item.question.id == outcome.item.question.id
        assert Bank(database).stats(NOW).reviews == answered
    assert answered == 5
    assert state.score == (3, 4)
    rows = database.connection.execute("SELECT kind, chosen, grade FROM reviews").fetchall()
    assert all(bool(row["chosen"]) == (row["kind"] == "multiple_choice") for row in rows)


def test_an_answer_that_is_no_option_is_not_recorded(master: QuizMaster) -> None:
    state = master.start(kind=QuizKind.MULTIPLE_CHOICE)
    with pytest.raises(ValueError):
        master.answer(state, 9)
    assert master.stats().reviews == 0


def test_a_quiz_over_nothing_says_so(database: Database, clock: Clock) -> None:
    with pytest.raises(NoQuestions):
        QuizMaster(Bank(database), lambda _: {}, clock).start()


def test_a_filter_that_matches_nothing_says_so(master: QuizMaster) -> None:
    with pytest.raises(NoQuestions) as caught:
        master.start(course="Química")
    assert caught.value.params["course"] == "Química"


def test_wrong_options_come_from_the_same_course(database: Database, put_guide, clock: Clock) -> None:
    put_guide(PAIRS[:4], "a.md", course="PLN")
    put_guide(
        (PAIRS[0], ("¿Qué es un mol?", "Un **mol** es una cantidad fija de partículas de una sustancia.")),
        "b.md",
        "Q",
    )
    made = QuizMaster(Bank(database), lambda _: {}, clock)
    made.sync()
    courses = {one.id: one.course for one in made.questions()}
    items = [item for item in made.choices() if isinstance(item, MultipleChoice)]
    assert items
    assert all({courses[id] for id in item.sources} == {item.question.course} for item in items)


def test_every_question_has_an_item_or_a_reason(master: QuizMaster) -> None:
    master.sync()
    made = master.choices(seed=2)
    assert [one.question.number for one in made] == [1, 2, 3, 4, 5]
    assert isinstance(made[4], Declined)


def test_due_and_stats_follow_the_answers(master: QuizMaster, clock: Clock) -> None:
    master.sync()
    assert (master.due().due, master.due().new, master.stats().reviewed) == (0, 5, 0)
    state = master.start(count=1, kind=QuizKind.FLASHCARD)
    master.answer(state, Grade.GOOD)
    assert (master.due().due, master.due().new, master.stats().reviewed) == (0, 4, 1)
    clock.now += timedelta(minutes=11)
    assert master.due().due == 1
    assert master.card(state.waiting[0].question.id) is not None


def test_opening_the_quizzes_loads_no_heavy_library() -> None:
    """numpy, FSRS and the stemmers wait for the first quiz."""
    heavy = "('numpy', 'fsrs', 'whoosh', 'torch')"
    code = f"import sys, quizzes, quizzes.quiz; print([name for name in {heavy} if name in sys.modules])"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
