"""What is taken from an answer, and that it does not name its concept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.outline import outline
from quizzes.statement import BLANK, LONGEST, Form, Statement, Unstated, concept_name, is_definition, state


def said(question: str, answer: str) -> str:
    statement = state(question, answer)
    assert isinstance(statement, Statement), statement
    return statement.text


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (
            "¿Qué es LoRA?",
            "LoRA (**Low-Rank Adaptation**) es una técnica que congela los pesos y aprende dos matrices pequeñas.",
            "Una técnica que congela los pesos y aprende dos matrices pequeñas.",
        ),
        (
            "¿Qué es el stemming?",
            "El **stemming** recorta los sufijos de una palabra con reglas fijas.",
            "Recorta los sufijos de una palabra con reglas fijas.",
        ),
        (
            "¿Qué hacen las compuertas de una LSTM?",
            "Las compuertas de una **LSTM** regulan qué se borra y qué se escribe en la memoria.",
            "Regulan qué se borra y qué se escribe en la memoria.",
        ),
        (
            "¿Qué mide el puntaje F1?",
            "El puntaje **F1** combina precisión y cobertura con una media que castiga los extremos.",
            "Combina precisión y cobertura con una media que castiga los extremos.",
        ),
        (
            "¿Qué pasa en el calentamiento de la tasa?",
            "En el **calentamiento**, los pasos crecen poco a poco hasta llegar al tamaño elegido.",
            "Los pasos crecen poco a poco hasta llegar al tamaño elegido.",
        ),
        (
            "What is a reward model?",
            "A **reward model** is a network that scores how well an answer follows the wishes of people.",
            "A network that scores how well an answer follows the wishes of people.",
        ),
        (
            "What are word embeddings?",
            "Word embeddings are dense vectors that place words with similar use close to each other.",
            "Dense vectors that place words with similar use close to each other.",
        ),
        (
            "¿Por qué se desvanece el gradiente?",
            "El **gradiente se desvanece** porque se multiplican muchas derivadas menores que uno al retroceder.",
            "Se multiplican muchas derivadas menores que uno al retroceder.",
        ),
    ],
)
def test_a_statement_does_not_name_what_it_defines(question: str, answer: str, expected: str) -> None:
    assert said(question, answer) == expected


def test_a_further_mention_of_the_concept_becomes_a_blank() -> None:
    answer = "En lugar de tocar todos los pesos del modelo grande, LoRA aprende dos matrices de rango bajo."
    assert said("¿Qué es LoRA?", answer) == (
        f"En lugar de tocar todos los pesos del modelo grande, {BLANK} aprende dos matrices de rango bajo."
    )


def test_a_contrast_keeps_both_sides_and_blanks_both_names() -> None:
    answer = "Un **token** es cada aparición en el texto, mientras que un **tipo** es cada forma distinta que hay."
    statement = state("¿Qué diferencia hay entre token y tipo?", answer)
    assert isinstance(statement, Statement)
    assert statement.form is Form.CLOZE
    assert statement.text.count(BLANK) == 2
    assert "token" not in statement.text.lower().split()


def test_the_other_names_of_a_concept_are_known() -> None:
    statement = state(
        "¿Qué es el Chain of Thought?",
        "El **Chain of Thought (CoT)** es una manera de pedir al modelo que escriba los pasos intermedios.",
    )
    assert frozenset({"cot"}) in {frozenset(name) for name in statement.names}


def test_an_answer_that_is_a_list_gives_its_labels() -> None:
    answer = "1. **Escala**:\n\n   Crece.\n\n2. **Memoria limitada**: no cabe.\n3. **Contexto corto**: olvida."
    statement = state("¿Cuáles son las desventajas de contar palabras?", answer)
    assert isinstance(statement, Statement)
    assert (statement.form, statement.text) == (Form.LIST, "Escala; memoria limitada; contexto corto.")


def test_a_list_does_not_answer_what_something_is() -> None:
    answer = "- Información adicional\n- Reducción de errores\n- Regularización de los pesos"
    assert isinstance(state("¿Qué son las etiquetas suaves?", answer), Unstated)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Sí.",
        "```python\nprint('una definición escrita dentro del código no es una frase de la respuesta')\n```",
        "| Una | tabla |\n|---|---|\n| de muchas palabras | que no es una frase entera de nada |",
        "Ejemplo:\n\nCuando se enmascara una palabra el modelo intenta adivinar cuál era la que faltaba ahí.",
        "El proceso para lograrlo tiene los siguientes pasos bien ordenados:",
        "¿No es acaso el modelo el que decide qué palabra sigue a las demás en la frase?",
        "$$x = y$$",
    ],
)
def test_an_answer_without_a_good_sentence_states_nothing(answer: str) -> None:
    assert isinstance(state("¿Qué es un modelo?", answer), Unstated)


def test_prose_under_a_heading_of_half_the_concept_does_not_define_the_whole() -> None:
    answer = "Zero-shot:\n\nEl modelo hace la tarea sin haber visto ningún ejemplo antes.\n\nFew-shot:\n\nCon varios."
    assert isinstance(state("¿Qué es zero-shot y few-shot?", answer), Unstated)


def test_sub_items_and_examples_are_not_items_of_a_list() -> None:
    shape = outline("1. Datos:\n   - Ejemplo: tweets\n2. Modelo:\n- Ejemplo: uno pequeño\n3. Métricas:\n")
    assert [item.label for item in shape.items] == ["Datos", "Modelo", "Métricas"]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("¿Qué es el encoder?", "encoder"),
        ("¿Qué son los adapters y para qué sirven?", "adapters"),
        ("What is a language model?", "language model"),
        ("Explicá la destilación de modelos.", "destilación de modelos"),
        ("¿En qué consiste un modelo seq2seq?", "modelo seq2seq"),
        ("¿Cómo se entrena?", ""),
    ],
)
def test_the_thing_that_a_question_asks_to_define(question: str, name: str) -> None:
    assert concept_name(question) == name
    assert is_definition(question) is bool(name)


@given(st.text(max_size=60), st.text(max_size=600))
def test_any_text_gives_a_short_clean_statement_or_none(question: str, answer: str) -> None:
    statement = state(question, answer)
    if isinstance(statement, Statement):
        assert len(statement.text.split()) <= LONGEST
        assert statement.text.isprintable()


@given(
    st.lists(
        st.sampled_from(["**", "*", "_", "`", "El ", "modelo ", "aprende ", "(", ")", ", ", ". ", "\n", "- ", "$"])
    )
)
def test_broken_markdown_never_fails(pieces: list[str]) -> None:
    state("¿Qué es un modelo?", "".join(pieces) * 3)
