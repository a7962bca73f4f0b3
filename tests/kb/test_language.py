import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.language import TAIL, fold, indexed, phrase_terms, query_terms, stems, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clasificación", "clasificaciones"),
        ("clasificación", "clasificacion"),
        ("modelo", "modelos"),
        ("modelos", "models"),
        ("embedding", "embeddings"),
        ("transformers", "Transformer"),
        ("ATENCIÓN", "atencion"),
        ("atencio\u0301n", "atención"),
        ("LLM", "LLMs"),
        ("training", "trained"),
    ],
)
def test_forms_of_a_word_meet_in_one_stem(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(("one", "other"), [("año", "ano"), ("GPT-4", "GPT-3"), ("C++", "C#"), ("3.5", "3.6")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stems(one) != stems(other)


@pytest.mark.parametrize("query", ["fine-tuning", "fine tuning", "finetuning", "Fine–tuning"])
def test_a_compound_is_found_however_it_is_written(query: str) -> None:
    assert set(query_terms(query)) & set(indexed("El fine-tuning ajusta pesos.").split())


def test_numbers_and_scores_keep_their_whole_and_their_parts() -> None:
    assert {"f1", "0.93", "93"} <= set(stems("F1-score de 0,93"))


def test_a_query_without_the_tilde_finds_the_word_with_it_but_not_the_other_way_round() -> None:
    assert set(query_terms("espanol")) & set(indexed("el español").split())
    assert not set(query_terms("año")) & set(indexed("el ano").split())


@pytest.mark.parametrize("query", ["¿qué es?", "the", "to be or not to be", "de la"])
def test_stop_words_never_empty_a_query(query: str) -> None:
    terms = query_terms(query)
    assert terms
    assert set(terms) & set(indexed(f"{query} y más").split())


def test_a_phrase_never_reaches_into_the_other_forms() -> None:
    order, _, tail = indexed("pre-training moderno").partition(f" {TAIL} ")
    assert order.split() == list(phrase_terms("pre-training moderno"))
    assert "pretrain" in tail


@given(st.text())
def test_words_are_where_they_say_and_terms_have_no_space(text: str) -> None:
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert all(part and part == fold(part) for part in word.parts)
    assert not any(char.isspace() or char == '"' for term in stems(text) for char in term)


def test_an_endless_word_is_cut() -> None:
    assert max(map(len, stems("a" * 100_000))) <= 64
