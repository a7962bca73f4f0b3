from bisect import bisect_left
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import EmptyQuery
from kb.model import Via
from kb.search.expansion import Asked, expanded
from kb.search.language import indexed
from kb.search.query import understand
from kb.search.vocabulary import form

COURSE = [
    "La tasa de aprendizaje regula cada paso del descenso por gradiente.",
    "El vector de cada palabra se aprende; los vectores vecinos se parecen.",
    "La atención reparte pesos entre las palabras de la frase.",
    "Las redes neuronales tienen capas ocultas. Una hipótesis se contrasta.",
    "Overfitting means that the network memorises its training data.",
]


class Words:
    """The vocabulary of a few texts."""

    def __init__(self, texts: list[str]) -> None:
        self.counted = Counter(term for text in texts for term in set(indexed(text).split()))
        self.sorted = sorted(self.counted)
        self.remembered: dict[tuple[str, int], Any] = {}

    def frequency(self, term: str) -> int:
        return self.counted[term]

    def at_or_after(self, term: str) -> str:
        at = bisect_left(self.sorted, term)
        return self.sorted[at] if at < len(self.sorted) else ""

    def terms_beginning(self, prefix: str, limit: int) -> tuple[tuple[str, int], ...]:
        found = [(term, self.counted[term]) for term in self.sorted if term.startswith(prefix)]
        return tuple(sorted(found, key=lambda pair: -pair[1])[:limit])


WORDS = Words(COURSE)


def asked(query: str, language: str = "") -> tuple[Asked, ...]:
    return expanded(understand(query), WORDS, language)


def terms(query: str, via: Via, language: str = "") -> set[str]:
    return {each.term for one in asked(query, language) for each in one.alternatives if each.via is via}


def meant(query: str) -> tuple[str, ...]:
    return tuple(word for one in asked(query) for word in one.meant)


def test_a_word_is_asked_for_by_its_stem_and_less_in_the_very_form() -> None:
    any_form, exact = asked("vectores")
    assert any_form.weight == 1.0 > exact.weight
    assert exact.alternatives[0].term == form("vectores")
    assert any_form.alternatives[0].term == asked("vector")[0].alternatives[0].term


@pytest.mark.parametrize(
    ("query", "language", "found"),
    [
        ("learning rate", "en", {"tas", "aprendizaj"}),
        ("capa", "es", set()),
        ("red de entrenamiento", "es", {"train"}),
    ],
)
def test_a_word_is_looked_for_in_the_other_language_where_the_library_has_it(
    query: str, language: str, found: set[str]
) -> None:
    translated = terms(query, Via.TRANSLATION, language)
    assert found <= translated
    assert all(WORDS.frequency(term) for term in translated)


def test_a_translation_counts_less_than_the_word_itself() -> None:
    for one in asked("learning", "en"):
        for each in one.alternatives:
            assert (each.weight < 1.0) == (each.via not in (Via.SAME, Via.FORM))


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("bector grande", "vector"),
        ("ipotesis nula", "hipotesis"),
        ("gradeinte lento", "gradiente"),
        ("aprendisaje profundo", "aprendizaje"),
        ("atencoin cruzada", "atencion"),
    ],
)
def test_an_unknown_word_is_taken_for_a_near_one(query: str, word: str) -> None:
    assert meant(query)[0] == word
    assert form(word) in terms(query, Via.SPELLING)


def test_two_words_written_as_one_are_found_apart() -> None:
    assert meant("redesneuronales ocultas") == ("redes", "neuronales")


def test_a_word_that_the_library_has_is_not_respelt() -> None:
    assert meant("vector palabra atención") == ()
    assert terms("vector palabra", Via.SPELLING) == set()


def test_the_last_word_may_still_be_typed() -> None:
    assert form("gradiente") in terms("descenso gradi", Via.PREFIX)
    assert terms("gradi descenso", Via.PREFIX) == set()


def test_a_prefix_and_a_fuzzy_word_stand_for_words_of_the_library() -> None:
    assert form("neuronales") in terms("neuro*", Via.PREFIX)
    assert form("vector") in terms("vecotr~", Via.SPELLING)
    assert meant("vecotr~") == ()


@given(st.text(max_size=60), st.sampled_from(["", "es", "en"]))
def test_any_query_has_bounded_distinct_alternatives(query: str, language: str) -> None:
    try:
        found = asked(query, language)
    except EmptyQuery:
        return
    for one in found:
        seen = [each.term for each in one.alternatives]
        assert len(seen) == len(set(seen)) < 120
        assert all(0 < weight <= 1 for _, weight in one.terms)
