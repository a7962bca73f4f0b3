"""How a model wants to be sampled, from what its file says."""

from __future__ import annotations

import pytest

from kb.inference.choosing import Settings, recommended, settled
from kb.inference.protocol import MODELS_OWN


def test_a_file_that_says_nothing_is_greedy() -> None:
    assert recommended({}) == Settings()
    assert settled(MODELS_OWN, recommended({})) == 0.0


def test_what_a_file_says_is_taken() -> None:
    said = {
        "general.sampling.temp": "0.7",
        "general.sampling.top_k": "20",
        "general.sampling.top_p": "0.8",
        "general.sampling.min_p": "0",
        "general.sampling.penalty_repeat": "1.05",
        "general.sampling.penalty_last_n": "32",
    }
    assert recommended(said) == Settings(0.7, 20, 0.8, 0.0, 1.05, 32)
    assert settled(MODELS_OWN, recommended(said)) == 0.7
    assert settled(0.0, recommended(said)) == 0.0, "who asks for greedy gets greedy"
    assert settled(1.5, recommended(said)) == 1.5


@pytest.mark.parametrize("value", ["", "warm", "nan", "inf", "-1", "1e99"])
def test_what_cannot_be_meant_is_passed_over(value: str) -> None:
    keys = ("temp", "top_k", "top_p", "min_p", "penalty_repeat", "penalty_last_n")
    assert recommended({f"general.sampling.{key}": value for key in keys}) == Settings()
