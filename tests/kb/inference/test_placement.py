"""Layers go to a card as far as they fit, and what does not fit anywhere is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference import cards as cards_module
from kb.inference.cards import GPU, INTEGRATED, cards, found
from kb.inference.engine import EngineError
from kb.inference.footprint import Footprint, Weights
from kb.inference.placement import CARD_SPARE, Card, Placement, choose, placed, refuse_if_too_large

WEIGHTS = Weights((100,) * 10, 50, 30)
NEED = Footprint(1080, 200, 40, 5)


def card(free: int) -> Card:
    return Card("made up", CARD_SPARE + free, 2 * CARD_SPARE + free)


def test_without_a_card_everything_stays_in_memory() -> None:
    assert choose(WEIGHTS, NEED, ()) == Placement(0, 0, NEED.total)
    assert choose(WEIGHTS, NEED, (), wish=5) == Placement(0, 0, NEED.total)


def test_a_large_card_takes_every_layer_and_the_output() -> None:
    place = choose(WEIGHTS, NEED, [card(10_000)])

    assert place == Placement(11, 1050 + 200 + 40, NEED.total - 1050 - 200)


def test_a_small_card_takes_the_layers_that_fit_with_their_part_of_the_cache() -> None:
    assert choose(WEIGHTS, NEED, [card(4 * 120 + 40)]) == Placement(4, 520, NEED.total - 4 * 120)
    assert choose(WEIGHTS, NEED, [card(4 * 120 + 39)]).layers == 3


def test_a_card_with_no_room_takes_nothing() -> None:
    assert choose(WEIGHTS, NEED, [Card("full", CARD_SPARE - 1, CARD_SPARE)]) == Placement(0, 0, NEED.total)


def test_several_cards_share_the_layers() -> None:
    assert choose(WEIGHTS, NEED, [card(260), card(260), Card("full", 0, CARD_SPARE)]).layers == 4


def test_a_wish_is_followed_as_far_as_there_are_layers() -> None:
    assert choose(WEIGHTS, NEED, [card(0)], wish=3).layers == 3
    assert choose(WEIGHTS, NEED, [card(0)], wish=99).layers == 11
    assert choose(WEIGHTS, NEED, [card(10_000)], wish=0).layers == 0


def test_a_model_whose_layers_are_not_known_stays_in_memory() -> None:
    assert choose(Weights((), 5, 5), NEED, [card(10_000)]).layers == 0


@given(
    layers=st.lists(st.integers(0, 500), max_size=20),
    output=st.integers(0, 500),
    kept=st.integers(0, 500),
    cache=st.integers(0, 500),
    buffers=st.integers(0, 500),
    rooms=st.lists(st.integers(-1000, 5000), max_size=3),
)
def test_what_is_chosen_fits_and_one_more_layer_would_not(
    layers: list[int], output: int, kept: int, cache: int, buffers: int, rooms: list[int]
) -> None:
    weights, need = Weights(tuple(layers), output, kept), Footprint(sum(layers) + output + kept, cache, buffers, 0)
    there = [card(room) for room in rooms]
    room = sum(max(0, each) for each in rooms)

    place = choose(weights, need, there)

    assert place.on_cards <= room or place.layers == 0
    assert 0 <= place.in_memory <= need.total
    if there and place.layers < len(layers) + 1 and layers:
        assert placed(weights, need, place.layers + 1).on_cards > room


def test_what_does_not_fit_is_refused_with_both_numbers() -> None:
    with pytest.raises(EngineError) as caught:
        refuse_if_too_large(3_000_000_001, 2_999_999_999)

    assert caught.value.reason == "does_not_fit"
    assert caught.value.params == ("needed", "3001", "free", "2999")


def test_what_fits_or_cannot_be_known_is_not_refused() -> None:
    refuse_if_too_large(1000, 1000)
    refuse_if_too_large(10**15, None)


Device = tuple[int, str, int, int]


def fake(devices: list[Device]) -> Callable[[str], Any]:
    """ggml's functions over made-up devices: kind, name, free, total; a device's handle is its number and one."""

    def memory(handle: int, free: Any, total: Any) -> None:
        free._obj.value, total._obj.value = devices[handle - 1][2:]

    class Function:
        def __init__(self, call: Callable[..., Any]) -> None:
            self.call = call

        def __call__(self, *arguments: Any) -> Any:
            return self.call(*arguments)

    made = {
        "ggml_backend_dev_count": lambda: len(devices),
        "ggml_backend_dev_get": lambda number: number + 1,
        "ggml_backend_dev_type": lambda handle: devices[handle - 1][0],
        "ggml_backend_dev_description": lambda handle: devices[handle - 1][1].encode(),
        "ggml_backend_dev_memory": memory,
    }
    return lambda name: Function(made[name])


def test_the_cards_are_counted_and_the_processor_is_none() -> None:
    devices = [(0, "CPU", 1, 2), (GPU, "Tarjeta", 5, 8), (GPU, "Otra", 3, 4), (INTEGRATED, "Integrada", 7, 9)]

    assert found(fake(devices)) == (Card("Tarjeta", 5, 8), Card("Otra", 3, 4))
    assert found(fake(devices[:1])) == ()
    assert found(fake([devices[0], devices[3]])) == (Card("Integrada", 7, 9),)


def test_the_functions_are_those_of_the_real_library() -> None:
    code = "from kb.inference import cards; print(cards.found(cards._function, wanted=(0,)))"
    child = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)

    assert child.stdout.startswith("(Card(name=")
    assert "total=0)" not in child.stdout


def test_a_library_without_the_functions_has_no_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    import llama_cpp

    def missing(name: str) -> Any:
        raise AttributeError(name)

    monkeypatch.setattr(llama_cpp, "llama_supports_gpu_offload", lambda: True)
    monkeypatch.setattr(cards_module, "_function", missing)
    assert cards() == ()
