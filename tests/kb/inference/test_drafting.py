"""Guesses of what is copied, and when they are worth their time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference.drafting import DRAFT, HOPED, LONGEST_MATCH, MATCH, Costs, Drafter

NOTES = list(range(100, 160))
PLENTY = 200


def cheap() -> Costs:
    """Checking a guess costs as much as writing three tokens."""
    return Costs(alone=1.0, together=3.0)


def copying(drafter: Drafter, start: int, count: int = MATCH) -> None:
    drafter.add(NOTES[start : start + count])


def test_what_followed_the_last_tokens_is_the_guess() -> None:
    drafter = Drafter([*NOTES, 1, 2, 3], cheap())
    copying(drafter, 10)
    assert drafter.propose(PLENTY) == NOTES[10 + MATCH : 10 + MATCH + DRAFT]


def test_the_latest_of_several_places_is_taken() -> None:
    again = [*NOTES[:MATCH], *range(900, 930)]
    drafter = Drafter([*NOTES, *again], cheap())
    copying(drafter, 0)
    assert drafter.propose(PLENTY) == list(range(900, 900 + DRAFT))


def test_what_goes_in_circles_is_guessed_to_go_on() -> None:
    drafter = Drafter([7, 8, 9] * 3, cheap())
    assert drafter.propose(PLENTY) == ([7, 8, 9] * DRAFT)[:DRAFT]


def test_nothing_is_guessed_where_nothing_is_repeated() -> None:
    assert Drafter(NOTES, cheap()).propose(PLENTY) == []
    assert Drafter([], cheap()).propose(PLENTY) == []
    drafter = Drafter(NOTES, cheap())
    copying(drafter, 10, MATCH - 1)
    assert drafter.propose(PLENTY) == []


def test_nothing_is_guessed_beyond_what_may_be_written() -> None:
    drafter = Drafter(NOTES, cheap())
    copying(drafter, 10)
    assert drafter.propose(DRAFT - 1) == []
    assert len(drafter.propose(DRAFT)) == DRAFT


def test_a_model_that_cannot_take_tokens_back_is_given_no_guesses() -> None:
    drafter = Drafter(NOTES, cheap(), able=False)
    copying(drafter, 10)
    assert drafter.propose(PLENTY) == []


@pytest.mark.parametrize(
    "costs",
    [Costs(), Costs(alone=1.0), Costs(together=1.0), Costs(alone=1.0, together=HOPED + 1.1), Costs(reading=1.0)],
)
def test_nothing_is_guessed_where_it_does_not_pay_or_nobody_knows(costs: Costs) -> None:
    drafter = Drafter(NOTES, costs)
    copying(drafter, 10)
    assert drafter.propose(PLENTY) == []


def test_a_guess_is_taken_to_cost_as_much_as_reading_until_one_was_checked() -> None:
    costs = Costs(alone=1.0)
    costs.learn_prompt(100, 20.0)
    assert costs.ratio == pytest.approx(0.2 * (DRAFT + 1))
    costs.learn_prompt(DRAFT, 1000.0)
    assert costs.ratio == pytest.approx(0.2 * (DRAFT + 1)), "a batch that small tells nothing"
    costs.learn(DRAFT, 3, 5.0)
    assert costs.ratio == pytest.approx(5.0)


def test_after_a_bad_guess_a_longer_match_is_needed_and_after_a_good_one_no_more() -> None:
    drafter = Drafter(NOTES, cheap())
    copying(drafter, 10)
    assert drafter.propose(PLENTY)
    drafter.checked(DRAFT, 0, 3.0)
    assert drafter.propose(PLENTY) == []
    drafter.add(NOTES[10 + MATCH : 10 + 2 * MATCH])
    assert drafter.propose(PLENTY)
    drafter.checked(DRAFT, DRAFT, 3.0)
    drafter.add([1])
    copying(drafter, 30)
    assert drafter.propose(PLENTY)
    assert (drafter.drafted, drafter.accepted) == (2 * DRAFT, DRAFT)


def test_where_guesses_are_bad_for_long_none_are_made_for_some_answers() -> None:
    costs = Costs(alone=1.0, together=6.0)
    first = Drafter(NOTES, costs)
    for _ in range(3):
        first.checked(DRAFT, 0, 6.0)
    answers = 0
    while not costs.pays:
        answers += 1
        Drafter(NOTES, costs)
    assert 3 < answers < 30
    second = Drafter(NOTES, costs)
    copying(second, 10)
    assert second.propose(PLENTY)


def test_bad_guesses_never_ask_for_more_than_the_longest_match() -> None:
    costs = cheap()
    drafter = Drafter(NOTES, costs)
    for _ in range(20):
        drafter.checked(DRAFT, 0, 3.0)
    costs.right = HOPED
    copying(drafter, 5, LONGEST_MATCH)
    assert drafter.propose(PLENTY)


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(-3, 40))
def test_a_guess_follows_a_place_where_the_text_ends_alike(tokens: list[int], most: int) -> None:
    guess = Drafter(tokens, cheap()).propose(most)
    if guess:
        assert len(guess) == DRAFT <= most
        ends = tokens[-MATCH:]
        places = [at for at in range(MATCH, len(tokens)) if tokens[at - MATCH : at] == ends]
        assert any((tokens[at:] * DRAFT)[:DRAFT] == guess for at in places)
    elif most >= DRAFT:
        assert not [at for at in range(MATCH, len(tokens)) if tokens[at - MATCH : at] == tokens[-MATCH:]]
