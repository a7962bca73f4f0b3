"""The schedule over a history of answers, as FSRS gives it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from quizzes.model import CardState, Grade, QuizKind, Review
from quizzes.schedule import reviewed, unreviewed

GOLDEN = Path(__file__).parent / "golden" / "schedule.json"
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HISTORY = (
    (timedelta(), Grade.GOOD),
    (timedelta(minutes=10), Grade.GOOD),
    (timedelta(days=2), Grade.GOOD),
    (timedelta(days=12), Grade.HARD),
    (timedelta(days=30), Grade.AGAIN),
    (timedelta(days=30, minutes=10), Grade.AGAIN),
    (timedelta(days=30, minutes=20), Grade.GOOD),
    (timedelta(days=33), Grade.GOOD),
    (timedelta(days=40), Grade.EASY),
    (timedelta(days=90), Grade.GOOD),
    (timedelta(days=300), Grade.AGAIN),
    (timedelta(days=301), Grade.GOOD),
    (timedelta(days=310), Grade.GOOD),
)


def answered(grade: Grade, at: datetime) -> Review:
    return Review("q", grade, QuizKind.FLASHCARD, at, 1500)


def play(history: tuple[tuple[timedelta, Grade], ...], begin: datetime = BEGIN) -> list[CardState]:
    card = unreviewed(answered(Grade.GOOD, begin))
    states = []
    for after, grade in history:
        card = reviewed(card, answered(grade, begin + after))
        states.append(card)
    return states


def test_a_history_of_thirteen_answers_gives_the_schedule_we_know() -> None:
    rows = [
        {"grade": grade.name, "due": card.due.isoformat(), "reviews": card.reviews, "lapses": card.lapses}
        for (_, grade), card in zip(HISTORY, play(HISTORY), strict=True)
    ]
    assert rows == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_same_answers_give_the_same_card_to_the_letter() -> None:
    assert play(HISTORY) == play(HISTORY)


def test_the_zone_of_the_clock_changes_nothing() -> None:
    local = BEGIN.astimezone(timezone(timedelta(hours=-3)))
    assert [card.fsrs for card in play(HISTORY, local)] == [card.fsrs for card in play(HISTORY)]


def test_only_forgetting_what_was_learnt_counts_as_a_lapse() -> None:
    assert play(((timedelta(), Grade.AGAIN), (timedelta(minutes=1), Grade.AGAIN)))[-1].lapses == 0
    assert play(((timedelta(), Grade.EASY), (timedelta(days=9), Grade.AGAIN)))[-1].lapses == 1


@given(st.lists(st.tuples(st.integers(1, 60 * 24 * 400), st.sampled_from(Grade)), min_size=1, max_size=12))
def test_a_question_always_comes_back_later_than_it_was_asked(steps: list[tuple[int, Grade]]) -> None:
    card, at = unreviewed(answered(Grade.GOOD, BEGIN)), BEGIN
    for minutes, grade in steps:
        at += timedelta(minutes=minutes)
        card = reviewed(card, answered(grade, at))
        assert card.due > at
    assert card.reviews == len(steps)


@given(st.sampled_from([Grade.HARD, Grade.GOOD, Grade.EASY]))
def test_remembering_brings_a_question_back_later_than_forgetting(grade: Grade) -> None:
    learnt = play(HISTORY[:3])[-1]
    at = BEGIN + timedelta(days=12)
    assert reviewed(learnt, answered(grade, at)).due > reviewed(learnt, answered(Grade.AGAIN, at)).due
