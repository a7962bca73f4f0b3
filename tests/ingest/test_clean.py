"""What is repaired in every text, whatever its format."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import clean, repair_encoding, without_marks


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc\u2028d\x85e\x0bf", "a\nb\nc\nd\ne\nf"),
        ("1\u00a0kg\u202f\u2003de", "1 kg  de"),
        ("con\u00adtinuar\u200b", "continuar"),
        ("an\u0303o", "año"),
        ("\x1b[31mrojo\x1b[0m \x9b1mnegro", "rojo negro"),
        ("\x1b]0;título\x07texto \x1b]8;;http://x\x1b\\enlace", "texto enlace"),
        ("\x1b]0;sin fin", "0;sin fin"),
        ("\u202ealrevés\u2066", "alrevés"),
        ("eﬁciente ﬂujo", "eficiente flujo"),
        ("\uf0b7 punto", "• punto"),
        ("uno\x0cdos\ttres", "uno\x0cdos\ttres"),
        ("familia 👨‍👩‍👧", "familia 👨‍👩‍👧"),
        ("a\x00\x07\ud800b", "ab"),
    ],
)
def test_invisible_and_terminal_characters_go_and_words_stay(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)

    assert clean(once) == once


@given(st.text(alphabet=st.sampled_from("\x1b[]\\m;0A\x07\x9b\x9c\x9d \n\x0c\r"), max_size=40))
def test_no_escape_survives_however_it_is_nested(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert not [char for char in once if unicodedata.category(char) == "Cc" and char not in "\n\t\x0c"]


def test_text_that_was_never_misread_is_left_alone() -> None:
    assert repair_encoding("São Paulo, Ângela y el año") == "São Paulo, Ângela y el año"


def test_a_title_loses_its_markdown_and_keeps_its_words() -> None:
    assert without_marks("## El *ajuste* **fino** de `a_b` y snake_case #") == "El ajuste fino de `a_b` y snake_case"
