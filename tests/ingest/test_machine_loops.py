"""Loops of a transcriber are cut to their first time; people's repetitions stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.kinds.loops import dropped_spans, loops, stutters, words_of
from ingest.kinds.machine import cleaned, said
from ingest.model import Locator, LocatorType


def kept(*texts: str) -> list[str]:
    talk = [said(text, Locator(LocatorType.SECTION, number, number)) for number, text in enumerate(texts, 1)]
    return [one.text for one in cleaned(talk)[0]]


def test_a_phrase_that_comes_thirty_times_in_a_row_is_kept_once() -> None:
    assert kept("bien, " + "y entonces " * 30 + "vamos a ver") == ["bien, y entonces vamos a ver"]


def test_a_sentence_over_twelve_cues_is_kept_in_the_first() -> None:
    cues = ["Y ahora el siguiente paso es este.", *["La red aprende los pesos sola."] * 12, "Pasamos a otra cosa."]

    assert [text for text in kept(*cues) if text] == [cues[0], cues[1], cues[-1]]


def test_a_loop_that_crosses_cues_and_breaks_off_keeps_its_tail() -> None:
    assert kept("esto es y luego y luego", "y luego y luego y luego y luego", "y luego y se acabó") == [
        "esto es y luego",
        "",
        "y se acabó",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "es muy muy muy importante, no, no, no, no, no",
        "uno, cero, cero, cero, cero, cero, cero, cero, cero, cero, cero, cero, cero, cero, uno",
        "y llueve, y llueve, y llueve, y llueve, y nadie sale",
        "bla bla bla bla bla bla",
        "el gato come. El gato come. El gato come. El perro no.",
        "0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
    ],
)
def test_what_people_repeat_stays(text: str) -> None:
    assert kept(text) == [text]


def test_a_word_with_a_period_within_a_loop_is_found() -> None:
    assert kept("a b c a b c d " * 8 + "fin") == ["a b c a b c d fin"]


def test_a_token_that_is_one_syllable_forever_is_cut_and_a_number_is_not() -> None:
    assert kept("risa ja" + "ja" * 300 + " sí", "1" + "0" * 60) == ["risa jajaja sí", "1" + "0" * 60]


def test_a_loop_of_nothing_but_one_word_to_the_end_leaves_that_word() -> None:
    assert kept("Gracias. " * 200) == ["Gracias."]


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=120))
def test_loops_do_not_overlap_and_repeat_what_stands_before_them(forms: list[str]) -> None:
    end = 0
    for loop in loops(forms):
        assert loop.first - loop.period >= end
        assert (loop.last - loop.first) % loop.period == 0
        assert all(forms[i] == forms[i - loop.period] for i in range(loop.first, loop.last))
        end = loop.last


@given(st.lists(st.sampled_from(["ve", "ven", "va."]), min_size=1, max_size=8), st.integers(9, 40))
def test_any_phrase_repeated_nine_times_or_more_is_a_loop(phrase: list[str], times: int) -> None:
    found = loops(phrase * times)

    assert sum(loop.last - loop.first for loop in found) >= len(phrase) * (times - 2)


def test_half_a_megabyte_of_hostile_repeats_is_read() -> None:
    hostile = ["a " * 250_000, "a b " * 125_000, "a" * 500_000, ("a " * 60 + "b ") * 4_000, "ab" * 250_000]
    for text in hostile:
        words = words_of([text])
        assert sum(len(list(dropped_spans(loop, words))) for loop in loops([word.form for word in words])) >= 0
        assert len(list(stutters(text))) <= 1
