"""When a question comes back: FSRS over one card at a time (pure; the time is an argument)."""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING

from quizzes.model import CardState, Grade, Review

if TYPE_CHECKING:
    from fsrs import Card, Scheduler


def reviewed(before: CardState, review: Review) -> CardState:
    """Return the card after a review; `before` has `fsrs` "" when it is new. `review.at` must be aware of its zone.

    FSRS-6 with its default parameters (py-fsrs, open-spaced-repetition), without fuzz: the same answers at the same
    times always give the same schedule. A lapse is an AGAIN on a card that had left its learning steps.
    """
    from fsrs import Rating, State

    card = _card(before, review)
    lapsed = card.state is State.Review and review.grade is Grade.AGAIN
    after, _log = _scheduler().review_card(card, Rating(review.grade), review.at.astimezone(UTC))
    return CardState(review.question, after.due, before.reviews + 1, before.lapses + lapsed, after.to_json())


def unreviewed(review: Review) -> CardState:
    """Return the card of a question at its first review."""
    return CardState(review.question, review.at, 0, 0, "")


def _card(before: CardState, review: Review) -> Card:
    """Return FSRS's card. Its own id is not ours to keep: 0, since the library would draw one from the clock."""
    from fsrs import Card

    return Card.from_json(before.fsrs) if before.fsrs else Card(card_id=0, due=review.at.astimezone(UTC))


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(enable_fuzzing=False)
