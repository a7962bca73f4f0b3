"""Words that ran together where a machine joined two chunks are read apart, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.kinds.glued import readings, vocabulary_of
from ingest.verbs import is_verb_form

TALK = (
    "Hoy vamos a ver cómo crece la comunidad. Toda la gente que trabaja con modelos de lenguaje quiere entender lo "
    "que hacen, y también cómo se entrenan. El resultado es que todos estos modelos son grandes; pueden tardar. "
    "Queremos que la comunidad participe y que nadie se quede fuera porque lo que importa es la gente."
)


def read_apart(text: str, talk: str = TALK) -> dict[str, str]:
    vocabulary = vocabulary_of([talk, text])
    return {text[found.start : found.end]: found.text for found in readings(text, vocabulary)}


@pytest.mark.parametrize(
    ("glued", "words"),
    [
        ("todalacomunidad", "toda la comunidad"),
        ("lacomunidad", "la comunidad"),
        ("loque", "lo que"),
        ("elresultado", "el resultado"),
        ("todosestos", "todos estos"),
        ("modelosgrandes", "modelos grandes"),
        ("tambiénpueden", "también pueden"),
        ("quehayáis", "que hayáis"),
        ("finalEntonces", "final Entonces"),
    ],
)
def test_words_that_ran_together_are_read_apart(glued: str, words: str) -> None:
    assert read_apart(f"y esto {glued} sigue") == {glued: words}


def test_a_capital_at_the_beginning_of_a_sentence_stays() -> None:
    assert read_apart("Vale. Lacomunidad crece.") == {"Lacomunidad": "La comunidad"}


@pytest.mark.parametrize(
    "words",
    [
        "embeddings softmax LoRA hiperparámetro backpropagation tokenización GonzálezBlanco",
        "sobreajuste metadatos autorregresivo multimodales subproyectos medioambiental todoterreno",
        "entrenamiento implementarlo utilizarlas generalista computacionales cuáles interfaz logueados",
        "hablamos tuvieron haciéndole mantuvimos empiecen dijéramos construyendo propondrían",
        "https://ejemplo.org/loque @elresultado loque_es elresultado.py loque() C:\\loque",
        "DeepMind TensorBoard OpenAI overfitting leaderboard blockchain checkpointing",
        "sincrisis convíamos inapropiada conectar desesgos",
    ],
)
def test_terms_names_verbs_compounds_and_addresses_stay_whole(words: str) -> None:
    assert read_apart(f"vemos {words} en la clase") == {}


def test_what_comes_again_and_again_is_a_term() -> None:
    assert read_apart("loque loque loque") == {}


def test_a_first_person_name_and_an_acronym_are_left_alone() -> None:
    assert read_apart("nos visita Lacomba con el BERTology de LACOMUNIDAD") == {}


@pytest.mark.parametrize(
    "form",
    ["utilizarla", "tuvieron", "haciéndole", "empiecen", "propondrían", "habían", "construye", "está", "vamos"],
)
def test_forms_of_verbs_are_known_by_their_endings(form: str) -> None:
    assert is_verb_form(form)


@pytest.mark.parametrize("word", ["softmax", "lacomunidad", "elresultado", "xyz", ""])
def test_other_words_are_no_forms_of_verbs(word: str) -> None:
    assert not is_verb_form(word)


@given(st.text(alphabet="aelocmquidnrst ABEñé.,_/", max_size=120))
def test_a_reading_is_the_same_letters_with_spaces_between(text: str) -> None:
    for found in readings(text, vocabulary_of([TALK, text])):
        assert found.text.replace(" ", "") == text[found.start : found.end]
        assert " " in found.text
        assert 0 <= found.start < found.end <= len(text)
