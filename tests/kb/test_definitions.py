import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.definitions import asked_name, definitions
from kb.search.language import stems


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("atención", "La atención es un mecanismo que pondera las palabras de la frase."),
        ("sobreajuste", "En aprendizaje automático, el sobreajuste es cuando el modelo memoriza los datos."),
        ("RAG", "RAG (generación aumentada por recuperación) se refiere a consultar documentos antes de responder."),
        ("token", "- **Token**: la unidad mínima que lee el modelo."),
        ("destilación", "A entrenar un modelo pequeño con uno grande lo llamamos destilación."),
        ("perplejidad", "La perplejidad mide cuánto se sorprende el modelo."),
        ("overfitting", "Overfitting is the tendency of a model to memorise its data."),
        ("fine-tuning", "El fine-tuning consiste en seguir entrenando un modelo con datos propios."),
    ],
)
def test_a_sentence_that_says_what_a_thing_is_defines_it(name: str, sentence: str) -> None:
    text = f"Hoy seguimos con lo de ayer. {sentence} Después vemos ejemplos."
    assert [span.of(text) for span in definitions(text, stems(name))] == [sentence]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("atención", "El modelo usa atención en cada capa."),
        ("atención", "El transformer es una arquitectura con atención en cada capa."),
        ("BERT", "La pregunta es cómo se entrenó BERT."),
        ("sobreajuste", "Para evitar el sobreajuste se usa dropout."),
        ("token", "Ejemplo: el token final."),
        ("", "Es una cosa."),
    ],
)
def test_a_sentence_that_only_names_a_thing_does_not_define_it(name: str, sentence: str) -> None:
    assert definitions(sentence, stems(name)) == ()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("¿Qué es LoRA?", "LoRA"),
        ("que es la atención cruzada", "atención cruzada"),
        ("What is the learning rate?", "learning rate"),
        ("what does RLHF mean", "RLHF"),
        ("definición de perplejidad", "perplejidad"),
        ("¿En qué consiste el fine-tuning?", "fine-tuning"),
        ("¿Qué ventajas tiene LoRA?", ""),
        ("LoRA", ""),
        ("", ""),
    ],
)
def test_a_query_may_ask_what_a_thing_is(query: str, name: str) -> None:
    assert asked_name(query) == name


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_is_read(text: str, name: str) -> None:
    asked_name(text)
    assert all(0 <= span.start < span.end <= len(text) for span in definitions(text, stems(name)))
