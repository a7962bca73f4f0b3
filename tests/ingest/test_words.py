"""The word lists, and how much a text is like a language."""

from __future__ import annotations

import pytest

from ingest.words import frequency, is_word, likeness, share_of_words


@pytest.mark.parametrize("word", ["molino", "molinos", "canciones", "luces", "tuning", "words", "Árbol"])
def test_words_and_their_plurals_are_known(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("word", ["mqolin", "xzywq", ""])
def test_rubble_is_not_a_word(word: str) -> None:
    assert not is_word(word)


def test_frequent_words_come_before_rare_ones() -> None:
    assert frequency("casa") > frequency("molinera")


def test_the_share_of_words_is_weighed_by_letters_and_whole_for_no_text() -> None:
    assert share_of_words("molino xqzwkj") == pytest.approx(0.5)
    assert share_of_words("2024 · 7") == 1.0


def test_a_text_is_like_a_language_when_its_letters_follow_each_other_as_there() -> None:
    text = "la rueda del molino gira despacio y la piedra muele el trigo de la comarca"
    shifted = "".join(chr((ord(c) - 97 + 3) % 26 + 97) if c != " " else c for c in text)

    assert likeness(text) > -9
    assert likeness(shifted) < -11
    assert likeness("á é 1") == 0.0
