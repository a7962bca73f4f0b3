"""What speaks against a quote as an answer: a name it lacks, an amount it does not tell, a no it does not say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answer.asks import Told, can_answer, can_answer_itself, named
from kb.answer.lexicon import Lexicon
from kb.model import Hit
from kb.search.language import stems

MODELS = (
    "El modelo base de Delfos tiene 12 capas y 40 millones de pesos. El modelo grande no cabe en un teléfono. "
    "A finales de la década de 1980 nadie lo usaba, y la mitad de los alumnos no lo conoce."
)

PLAIN = Lexicon(stems, lambda found: dict.fromkeys(found, 1.0), "es")

LexiconOf = Callable[[Sequence[Hit]], Lexicon]


@pytest.fixture
def lexicon(lexicon_of: LexiconOf) -> Lexicon:
    return lexicon_of([])


def told(quoted: str, passage: str = MODELS) -> Told:
    return Told(quoted, passage, "es")


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué tiene el modelo base de Delfos?",
        "¿Qué tiene Delfos Profundo 7?",
        "¿Qué no se usaba en los años 80?",
        "¿Cuáles son las tres partes del modelo?",
        "¿Quién usaba el modelo en 1980?",
    ],
)
def test_a_passage_with_a_word_of_every_name_and_each_number_may_answer(question: str, lexicon: Lexicon) -> None:
    assert can_answer(question, told(MODELS), lexicon)


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué tiene el modelo base de Atenas?",
        "¿Qué tiene el modelo GPT-3?",
        "¿Qué tenía el modelo en 1975?",
        "¿Qué tiene el modelo de trece capas?",
        "¿Qué se usaba en los años 70?",
    ],
)
def test_a_passage_without_a_name_or_a_number_of_the_question_does_not_answer(
    question: str, lexicon: Lexicon
) -> None:
    assert not can_answer(question, told(MODELS), lexicon)


def test_a_misspelt_name_that_search_found_in_the_passage_is_there(lexicon: Lexicon) -> None:
    question = "¿Qué tiene el modelo base de Delphos?"
    assert not can_answer(question, told(MODELS), lexicon)
    assert can_answer(question, Told(MODELS, MODELS, "es", frozenset({"delphos"})), lexicon)


@pytest.mark.parametrize(
    "question", ["¿Cuántas capas tiene?", "¿Cuánto ocupa?", "¿Qué porcentaje de alumnos lo conoce?"]
)
def test_where_an_amount_is_asked_words_without_one_are_no_answer(question: str, lexicon: Lexicon) -> None:
    assert can_answer(question, told("tiene 12 capas"), lexicon)
    assert can_answer(question, told("tiene doce capas"), lexicon)
    assert can_answer(question, told("la mitad de los alumnos"), lexicon)
    assert not can_answer(question, told("tiene una capa de pesos"), lexicon)


def test_the_amount_of_the_question_is_no_answer_to_it(lexicon: Lexicon) -> None:
    assert not can_answer("¿Cuántos pesos tiene el de 12 capas?", told("el de 12 capas tiene pesos"), lexicon)


def test_as_to_is_no_question_for_an_amount(lexicon: Lexicon) -> None:
    assert can_answer("En cuanto al modelo, ¿qué tiene?", told("tiene capas"), lexicon)


def test_a_quote_that_stands_for_itself_counts_what_is_asked(lexicon: Lexicon) -> None:
    quote = told("tiene 12 capas", f"{MODELS} Los alumnos son otra cosa.")
    assert can_answer_itself("¿Cuántas capas tiene?", quote, lexicon)
    assert can_answer("¿Cuántos alumnos tiene?", quote, lexicon)
    assert not can_answer_itself("¿Cuántos alumnos tiene?", quote, lexicon)


def test_what_the_notes_have_no_word_for_may_be_counted_in_others(lexicon: Lexicon) -> None:
    assert can_answer_itself("¿Cuántos estratos tiene?", told("tiene 12 capas"), lexicon)


def test_a_quote_that_affirms_what_the_question_denies_is_no_answer(lexicon: Lexicon) -> None:
    question = "¿En qué teléfono no cabe el modelo?"
    assert can_answer_itself(question, told("El modelo no cabe en un teléfono."), lexicon)
    assert not can_answer_itself(question, told("El modelo cabe en el teléfono."), lexicon)


def test_the_words_of_one_name_go_together_and_the_first_of_a_question_is_none() -> None:
    assert list(named("¿Cuándo jugó Ana Gil la Copa Sol 50 con 1,200 y 50 000 socios?")) == [
        ("ana", "gil"),
        ("copa", "sol", "50"),
        ("1200",),
        ("50000",),
    ]


@given(st.text(), st.text(), st.text())
def test_no_text_is_an_error(question: str, quoted: str, passage: str) -> None:
    can_answer_itself(question, told(quoted, passage), PLAIN)


@given(st.from_regex(r"\A¿Qué hizo( [A-Z][a-z]{3,9}| [1-9][0-9]{2}){1,6}\?\Z"))
def test_a_passage_has_what_it_names_itself(text: str) -> None:
    assert can_answer(text, told(text, text), PLAIN)
