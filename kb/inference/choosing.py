"""How the next token is chosen from a row of logits; only a model's process imports this."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import llama_cpp

from kb.inference.evaluation import Evaluation
from kb.inference.protocol import MODELS_OWN

Choose = Callable[[int], int]
"""From the place of a row in the last batch to a token."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model wants to be sampled; the defaults are llama.cpp's own, but for temperature 0, which is greedy.

    `penalty` divides the logits of the last `penalised` tokens (1: not at all).
    """

    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    penalty: float = 1.0
    penalised: int = 64


KEYS = {
    "temperature": "temp",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "penalty": "penalty_repeat",
    "penalised": "penalty_last_n",
}
"""The fields and what follows `general.sampling.` in the metadata (llama.cpp's llama-arch.cpp)."""

_DEFAULTS = Settings()


def recommended(metadata: Mapping[str, str]) -> Settings:
    """Return what a model's file says of sampling; the defaults for what it does not say or says wrongly."""
    said = {field: metadata.get(f"general.sampling.{key}", "") for field, key in KEYS.items()}
    number = {field: _number(value, getattr(_DEFAULTS, field)) for field, value in said.items()}
    return Settings(
        number["temperature"],
        int(number["top_k"]),
        number["top_p"],
        number["min_p"],
        number["penalty"] or _DEFAULTS.penalty,
        int(number["penalised"]),
    )


def _number(text: str, default: float) -> float:
    """Return a number from 0 to 10,000, the default where the text is none."""
    try:
        value = float(text)
    except ValueError:
        return default
    return value if 0.0 <= value <= 10_000.0 else default


def settled(asked: float, own: Settings) -> float:
    """Return the temperature in force: the one asked for, or the model's own."""
    return own.temperature if asked <= MODELS_OWN else max(0.0, asked)


def greedy(evaluation: Evaluation) -> Choose:
    """Return what chooses the likeliest token."""
    return lambda place: int(evaluation.logits(place).argmax())


def sampled(evaluation: Evaluation, own: Settings, temperature: float, seed: int) -> Choose:
    """Return what draws a token at a temperature above 0, with the model's other settings."""
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    for part in (
        llama_cpp.llama_sampler_init_penalties(evaluation.columns, own.penalised, own.penalty, 0.0, 0.0),
        llama_cpp.llama_sampler_init_top_k(own.top_k),
        llama_cpp.llama_sampler_init_top_p(own.top_p, 1),
        llama_cpp.llama_sampler_init_min_p(own.min_p, 1),
        llama_cpp.llama_sampler_init_temp(temperature),
        llama_cpp.llama_sampler_init_dist(seed % 2**32),
    ):
        llama_cpp.llama_sampler_chain_add(chain, part)

    def choose(place: int) -> int:
        return int(llama_cpp.llama_sampler_sample(chain, evaluation.context, place))

    weakref.finalize(choose, llama_cpp.llama_sampler_free, chain)
    return choose
