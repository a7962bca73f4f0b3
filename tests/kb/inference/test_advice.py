"""The model that is recommended follows from memory, cores, cards, what was measured and whether a hub can be had."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference.advice import CORES, ROOMY, SLOW, Advice, Because, Candidate, Hub, advise
from kb.inference.catalog import CATALOG, Purpose
from kb.inference.machine import Machine
from kb.inference.placement import CARD_SPARE, Card

SMALL, LARGE = "qwen2.5-coder-1.5b", "qwen3-4b"
LAPTOP = Machine("a processor", CORES, 2 * ROOMY)


def candidates(here: bool = False, speed: float = 0.0) -> list[Candidate]:
    """The catalogue; `here` and `speed` are those of the large model."""
    changed = {LARGE: (here, speed)}
    return [Candidate(model, *changed.get(model.name, (False, 0.0))) for model in CATALOG]


def chat(machine: Machine = LAPTOP, hub: Hub = Hub.YES, here: bool = False, speed: float = 0.0) -> Advice:
    return advise(Purpose.CHAT, candidates(here, speed), machine, hub)


def because(advice: Advice) -> list[tuple[str, Because]]:
    return [(reason.about, reason.because) for reason in advice.reasons]


def test_a_machine_with_memory_cores_and_a_hub_gets_the_large_model() -> None:
    assert chat().model == LARGE
    assert because(chat()) == [(LARGE, Because.MEMORY)]
    assert chat().otherwise == ""


def test_without_knowing_of_a_hub_the_other_model_is_named_too() -> None:
    assert (chat(hub=Hub.UNKNOWN).model, chat(hub=Hub.UNKNOWN).otherwise) == (LARGE, SMALL)
    assert chat(hub=Hub.UNKNOWN, here=True).otherwise == ""


@pytest.mark.parametrize(
    ("machine", "hub", "speed", "why"),
    [
        (LAPTOP, Hub.NO, 0.0, Because.NO_HUB),
        (replace(LAPTOP, free=ROOMY - 1), Hub.YES, 0.0, Because.LITTLE_MEMORY),
        (replace(LAPTOP, free=None), Hub.YES, 0.0, Because.LITTLE_MEMORY),
        (replace(LAPTOP, cores=CORES - 1), Hub.YES, 0.0, Because.FEW_CORES),
        (LAPTOP, Hub.YES, SLOW - 0.1, Because.MEASURED_SLOW),
    ],
)
def test_the_small_model_it_is_otherwise_and_the_reason_is_told(
    machine: Machine, hub: Hub, speed: float, why: Because
) -> None:
    advice = chat(machine, hub, speed=speed)

    assert advice.model == SMALL
    assert (LARGE, why) in because(advice)


def test_what_was_measured_comes_before_the_number_of_cores() -> None:
    advice = chat(replace(LAPTOP, cores=1), here=True, speed=SLOW)

    assert because(advice) == [(LARGE, Because.MEASURED)]


def test_a_card_that_takes_it_whole_needs_neither_memory_nor_cores() -> None:
    need = next(each for each in candidates() if each.model.name == LARGE).need.total
    machine = Machine("a processor", 1, 10**9, (Card("made up", CARD_SPARE + need, 10**11),))

    assert because(chat(machine)) == [(LARGE, Because.CARD)]
    too_small = replace(machine, cards=(Card("made up", CARD_SPARE + need - 1, 10**11),))
    assert chat(too_small).model != LARGE


def test_where_nothing_fits_nothing_is_recommended() -> None:
    advice = chat(replace(LAPTOP, free=10**9))

    assert advice.model == ""
    assert because(advice) == [(LARGE, Because.LITTLE_MEMORY), (SMALL, Because.NOTHING_FITS)]
    assert advice.reasons[1].needed > advice.reasons[1].free == 1000


def test_a_machine_that_does_not_say_its_memory_gets_the_small_model() -> None:
    assert (SMALL, Because.UNKNOWN_MEMORY) in because(chat(replace(LAPTOP, free=None)))


@given(
    free=st.one_of(st.none(), st.integers(0, 10**11)),
    cores=st.integers(1, 64),
    hub=st.sampled_from(Hub),
    here=st.booleans(),
    speed=st.floats(0, 100),
)
def test_what_is_for_tests_is_never_recommended(
    free: int | None, cores: int, hub: Hub, here: bool, speed: float
) -> None:
    advice = chat(Machine("a processor", cores, free), hub, here, speed)

    assert advice.model in ("", SMALL, LARGE)
    assert advice.reasons
    assert advice.model in ("", advice.reasons[0].about)


def test_the_embedder_that_learnt_spanish_is_recommended_where_it_can_be_had() -> None:
    def embedder(hub: Hub) -> tuple[str, str]:
        advice = advise(Purpose.EMBEDDING, candidates(), LAPTOP, hub)
        return advice.model, advice.otherwise

    assert embedder(Hub.YES) == ("multilingual-e5-small", "")
    assert embedder(Hub.UNKNOWN) == ("multilingual-e5-small", "all-minilm-l6-v2")
    assert embedder(Hub.NO) == ("all-minilm-l6-v2", "")
