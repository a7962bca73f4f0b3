"""A number is the same only where it counts the same, and a name however it is hyphenated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answer.facts import counted, counts_the_same, has_name, has_numbers


def stems(text: str) -> frozenset[str]:
    return frozenset(word.lower().rstrip("s") for word in text.split() if len(word) > len("de"))


def same(claim: str, text: str) -> bool:
    return all(counts_the_same(one, text, stems) for one in counted(claim, stems))


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Tiene 50,257 entradas.", "Su vocabulario tiene 50 257 entradas en total."),
        ("Son 110 millones de parámetros.", "El modelo base tiene 110 millones de parámetros."),
        ("Se publicó en 1972.", "Karen Spärck Jones, en 1972, propuso la IDF."),
        ("Usa dos cabezas.", "Usa dos cabezas de atención."),
        ("Usa 2 cabezas.", "Usa dos cabezas de atención."),
        ("El resultado fue 109.", "El trigrama dio 109 de perplejidad."),
    ],
)
def test_the_same_number_of_the_same_thing(claim: str, text: str) -> None:
    assert same(claim, text)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Clasificó 11,362 palabras.", "Contó 8,638 vocales y 11,362 consonantes."),
        ("Tiene 2048 entradas.", "La ventana es de 2048 tokens."),
        ("Tiene 50,000 entradas.", "Su vocabulario tiene 50,257 entradas."),
        ("Se publicó en 1973.", "Se publicó en 1972."),
    ],
)
def test_another_number_or_the_number_of_something_else(claim: str, text: str) -> None:
    assert not same(claim, text)


def test_a_name_is_found_with_and_without_its_hyphen_and_accents() -> None:
    assert all(has_name("GPT-2", text) for text in ("usa GPT-2.", "usa gpt 2.", "usa GPT2."))
    assert has_name("márkov", "Lo contó Markov a mano.")
    assert not has_name("gpt-2", "usa GPT-20.")
    assert not has_name("ana", "una banana")


def test_the_numbers_of_names_are_no_numbers_of_a_claim() -> None:
    assert counted("GPT-2 tiene capas.", stems) == ()


@given(st.text(), st.text())
def test_no_text_is_an_error(claim: str, text: str) -> None:
    same(claim, text)
    has_name(claim, text)


@given(st.integers(0, 10**9))
def test_every_number_of_a_text_counts_in_that_text_what_it_counts(number: int) -> None:
    text = f"Hubo {number} casos nuevos."
    assert str(number) in has_numbers(text)
    assert same(text, text)
