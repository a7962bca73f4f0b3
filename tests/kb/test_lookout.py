import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.search import translation
from kb.search.language import word_terms, words
from kb.search.lookout import Lookout

CHANGING = [
    ("mover", "mueve"),
    ("pensar", "piensa"),
    ("poder", "puedes"),
    ("servir", "sirvió"),
    ("perder", "pierden"),
    ("probar", "prueba"),
    ("querer", "quiero"),
    ("teach", "taught"),
    ("die", "dying"),
    ("index", "indices"),
    ("uso", "using"),
    ("alpha", "alfa"),
    ("niño", "ninos"),
    ("NFL", "nfl"),
    ("2015", "2015"),
]


def brute(wanted: set[str], text: str) -> list[tuple[int, int, str]]:
    return [(word.start, word.end, term) for word in words(text) for term in word_terms(word) if term in wanted]


def every_term(text: str) -> set[str]:
    return {term for word in words(text) for term in word_terms(word)}


@given(st.text(max_size=80), st.text(max_size=40))
def test_a_lookout_sees_what_reading_every_word_would_show(text: str, query: str) -> None:
    wanted = every_term(query) | every_term(text[: len(text) // 2])
    assert [tuple(one) for one in Lookout(wanted).seen(text)] == brute(wanted, text)


@pytest.mark.parametrize(("one", "other"), CHANGING)
def test_a_lookout_sees_words_that_change_within(one: str, other: str) -> None:
    wanted = every_term(one)
    assert [tuple(each) for each in Lookout(wanted).seen(other)] == brute(wanted, other) != []


def sees_each_term_alone(word: str) -> bool:
    return all([*map(tuple, Lookout({term}).seen(word))] == brute({term}, word) for term in every_term(word))


def test_a_lookout_sees_each_term_of_every_word_of_the_lexicon_alone() -> None:
    words_of_both = set(re.findall(r"\w+", Path(translation.__file__).with_name("lexicon.tsv").read_text("utf-8")))
    assert len(words_of_both) > 1000
    assert [word for word in words_of_both if not sees_each_term_alone(word)] == []


ENDINGS = """
    ción logía encia mos aban aría ó ía iéramos ar er ir ada iendo ce zco ado ito ísima mente dor ante idad osa
    ing ed ize ization izer tion tive ness ment ity ly ying ied ational bility able
"""


@given(
    st.text("abcdefghijklmnñopqrstuvwxyzáéíóúü", min_size=1, max_size=6),
    st.sampled_from(["", *ENDINGS.split()]),
    st.sampled_from(["", "s", "es", "mente"]),
    st.sampled_from([str, str.capitalize, str.upper]),
)
@settings(deadline=None)
def test_a_lookout_sees_each_term_of_any_inflected_word_alone(
    root: str, ending: str, last: str, written: Callable[[str], str]
) -> None:
    assert sees_each_term_alone(written(root + ending + last))
