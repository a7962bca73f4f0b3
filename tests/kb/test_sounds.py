import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.sounds import openings, sound


@pytest.mark.parametrize(
    ("right", "by_ear"),
    [
        ("vector", "bector"),
        ("hipotesis", "ipotesis"),
        ("llamada", "yamada"),
        ("generar", "jenerar"),
        ("zona", "sona"),
        ("cero", "sero"),
        ("queso", "keso"),
        ("chequeo", "chekeo"),
        ("atencion", "atension"),
        ("haber", "aver"),
        ("corpus", "korpus"),
        ("texto", "testo"),
        ("acceso", "aceso"),
    ],
)
def test_words_that_sound_alike_are_written_alike(right: str, by_ear: str) -> None:
    assert sound(right) == sound(by_ear)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("casa", "cosa"),
        ("chino", "cino"),
        ("gato", "jato"),
        ("guerra", "jerra"),
        ("peso", "beso"),
        ("queso", "ceso"),
        ("ancho", "anco"),
    ],
)
def test_words_that_sound_otherwise_stay_apart(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_a_word_may_begin_as_another_letter_sounds() -> None:
    assert "hipotesis" in openings("ipotesis")
    assert "ipotesis" in openings("hipotesis")
    assert "vector" in openings("bector")
    assert openings("m") == ("m",)


@given(st.text(max_size=30))
def test_any_text_has_a_sound_and_openings(text: str) -> None:
    assert isinstance(sound(text), str)
    assert len(openings(text)) <= 6
