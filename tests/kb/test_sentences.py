"""Sentences of lecture material."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.sentences import LONGEST_SENTENCE, split


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in split(text)]


def test_prose_is_split_at_full_stops_and_spanish_questions() -> None:
    assert sentences("BERT lee en ambos sentidos. ¿Y GPT? Solo hacia delante.") == [
        "BERT lee en ambos sentidos.",
        "¿Y GPT?",
        "Solo hacia delante.",
    ]


def test_abbreviations_initials_and_decimals_do_not_end_a_sentence() -> None:
    text = "El Dr. A. Vidal obtuvo 0.93 de F1, p. ej. con BETO. Fue en 2019."
    assert sentences(text) == ["El Dr. A. Vidal obtuvo 0.93 de F1, p. ej. con BETO.", "Fue en 2019."]


def test_each_list_item_and_heading_stands_alone() -> None:
    text = "Ventajas:\n\n- **Rapidez:** entrena poco.\n- Memoria\n\n1. Primero esto.\n2. Luego aquello."
    assert sentences(text) == [
        "Ventajas:",
        "- **Rapidez:** entrena poco.",
        "- Memoria",
        "1. Primero esto.",
        "2. Luego aquello.",
    ]


def test_a_code_block_is_one_piece() -> None:
    text = "Mira:\n```python\nx = 1. \ny = 2. \n```\nFin."
    assert sentences(text) == ["Mira:", "```python\nx = 1. \ny = 2. \n```", "Fin."]


def test_speech_without_punctuation_is_cut_into_readable_pieces() -> None:
    text = " ".join(["palabra"] * 200)
    assert max(len(piece.split()) for piece in sentences(text)) <= LONGEST_SENTENCE


@given(st.text(alphabet=st.sampled_from("aA.?! \n-1`#|*¿ñ,"), max_size=200))
def test_no_character_is_lost_or_told_twice(text: str) -> None:
    spans = split(text)
    kept = "".join(span.of(text) for span in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(left.end <= right.start for left, right in pairwise(spans))
