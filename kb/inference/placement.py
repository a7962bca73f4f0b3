"""Where a language model is computed and whether it fits, decided from numbers before anything is loaded (pure).

A model "does not fit" when its weights, its cache and its buffers together are more than the memory that is free,
where what merely caches files counts as free. The weights are mapped from their file, so that the system could drop
and read them again instead of running out; but each token needs all of them, and a model that is read from the disk
for every token writes a word a minute and pushes everything else out. So it is refused as if they had to stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.inference.engine import EngineError
from kb.inference.footprint import Footprint, Weights
from kb.inference.messages import AUTO_LAYERS

CARD_SPARE = 512 * 2**20
"""Bytes left free on each graphics card, for the screen and for what a driver takes meanwhile; half of what
llama.cpp's own `--fit` leaves."""

CARD_FAILED = "card_failed"
"""The notice that a model could not be loaded on a graphics card and is computed by the processor."""

NO_CARD = "no_card"
"""The notice that layers were wanted on a graphics card, and this build of llama.cpp sees none."""


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card as llama.cpp sees it; `free` and `total` in bytes."""

    name: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Placement:
    """`layers` are computed on cards (the output counts as one more), which takes `on_cards` bytes there.

    `in_memory` is what the machine's own memory then holds.
    """

    layers: int
    on_cards: int
    in_memory: int


def placed(weights: Weights, need: Footprint, layers: int) -> Placement:
    """Return what so many layers on cards take there and leave here; llama.cpp moves the last layers first."""
    count = len(weights.layers)
    moved = max(0, min(layers, count))
    output = weights.output if layers > count else 0
    on_cards = sum(weights.layers[count - moved :]) + output
    cache = need.cache * moved // count if moved else 0
    buffers = need.buffers if moved else 0
    # A copy of the table of words leaves the table itself where it was.
    gone = min(on_cards, max(0, need.weights - weights.kept))
    in_memory = need.total - gone - cache
    return Placement(min(max(0, layers), count + 1) if count else 0, on_cards + cache + buffers, in_memory)


def choose(weights: Weights, need: Footprint, cards: Sequence[Card], wish: int = AUTO_LAYERS) -> Placement:
    """Return the placement: as many layers as were wished for, or as many as fit into the cards' free memory."""
    if not cards or not weights.layers or wish == 0:
        return placed(weights, need, 0)
    if wish > 0:
        return placed(weights, need, wish)
    room = sum(max(0, card.free - CARD_SPARE) for card in cards)
    fitting = (placed(weights, need, layers) for layers in range(len(weights.layers) + 1, 0, -1))
    return next((place for place in fitting if place.on_cards <= room), placed(weights, need, 0))


def refuse_if_too_large(in_memory: int, free: int | None) -> None:
    """Raise EngineError "does_not_fit", `needed` and `free` in MB (10^6 bytes); where free is not known, nothing."""
    if free is not None and in_memory > free:
        raise EngineError("does_not_fit", needed=-(-in_memory // 10**6), free=free // 10**6)
