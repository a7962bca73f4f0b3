"""A sentence is shown as supported only when a cited passage says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kb.answer import ground
from kb.answer.lexicon import Lexicon, names, numbers
from kb.model import Citation, Hit

LORA = (
    "LoRA congela los pesos originales y añade dos matrices de rango bajo en cada capa. "
    "En el experimento del curso se entrenaron 4.7 millones de parámetros, el 0.3 % del total. "
    "No añade latencia al usar el modelo, porque las matrices se suman a los pesos."
)
BETO = "BETO se entrenó en 2019 en la Universidad de Chile con unos 3000 millones de palabras en español."

Check = Callable[[str], tuple[int, ...]]


def cited(finding: ground.Finding) -> tuple[int, ...]:
    """Return what supports a sentence for certain."""
    return finding.citations if type(finding) is ground.Supported else ()


def no_meaning(text: str, others: Sequence[str]) -> list[float]:
    return [0.0] * len(others)


@pytest.fixture
def check(hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]) -> Check:
    hits = [hit(LORA, heading="¿Qué es LoRA?", n=1), hit(BETO, n=2)]
    lexicon = lexicon_of(hits)
    sources = [ground.read(Citation(n, each.passage, each.document, ""), lexicon) for n, each in enumerate(hits, 1)]

    def run(text: str) -> tuple[int, ...]:
        return cited(ground.check(text, "¿Qué es LoRA?", sources, lexicon, no_meaning))

    return run


def test_a_sentence_in_the_passages_words_is_cited(check: Check) -> None:
    assert check("LoRA congela los pesos originales y añade matrices de rango bajo.") == (1,)


def test_each_sentence_gets_its_own_passage(check: Check) -> None:
    assert check("BETO se entrenó en 2019 en la Universidad de Chile.") == (2,)


def test_a_wrong_number_is_not_supported(check: Check) -> None:
    assert check("BETO se entrenó en 2021 en la Universidad de Chile.") == ()


def test_a_name_that_the_notes_do_not_have_is_not_supported(check: Check) -> None:
    assert check("BETO se entrenó en 2019 en la Universidad de Salamanca.") == ()


def test_a_denial_of_what_the_passage_affirms_is_not_supported(check: Check) -> None:
    assert check("LoRA no congela los pesos originales.") == ()


def test_a_negation_of_something_else_in_the_same_sentence_is_no_contradiction(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    hits = [hit("El filtro mejora la calidad de las respuestas al quitar muestras no deseadas.")]
    lexicon = lexicon_of(hits)
    source = ground.read(Citation(1, hits[0].passage, hits[0].document, ""), lexicon)
    text = "El filtro mejora la calidad de las respuestas."
    assert cited(ground.check(text, "¿Qué hace el filtro?", [source], lexicon, no_meaning)) == (1,)


def test_an_affirmation_of_what_the_passage_denies_is_not_supported(check: Check) -> None:
    assert check("Añade latencia al usar el modelo.") == ()


def test_general_knowledge_outside_the_notes_is_not_supported(check: Check) -> None:
    assert check("La capital de Mongolia se llama Ulán Bator y tiene un millón de habitantes.") == ()


def test_a_sentence_that_joins_two_passages_cites_both(check: Check) -> None:
    text = "LoRA añade dos matrices de rango bajo en cada capa y BETO se entrenó con palabras en español de Chile."
    assert check(text) == (1, 2)


def test_a_sentence_of_stop_words_alone_is_not_supported(check: Check) -> None:
    assert check("Es lo que es.") == ()


def test_quotes_are_exact_pieces_of_their_passages(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    hits = [hit(LORA)]
    lexicon = lexicon_of(hits)
    source = ground.read(Citation(1, hits[0].passage, hits[0].document, ""), lexicon)
    found = ground.check("Se entrenaron 4,7 millones de parámetros.", "", [source], lexicon, no_meaning)
    assert isinstance(found, ground.Supported)
    assert found.quotes == (
        "En el experimento del curso se entrenaron 4.7 millones de parámetros, el 0.3 % del total.",
    )


def test_a_question_asked_in_class_supports_nothing(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    hits = [hit("¿Sirve la atención para ordenar los datos de entrada?")]
    lexicon = lexicon_of(hits)
    source = ground.read(Citation(1, hits[0].passage, hits[0].document, ""), lexicon)
    text = "La atención sirve para ordenar los datos de entrada."
    assert cited(ground.check(text, "¿Para qué sirve la atención?", [source], lexicon, no_meaning)) == ()


def test_a_heading_alone_supports_nothing(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    hits = [hit("Se verá otro día.", heading="La atención ordena los datos de entrada")]
    lexicon = lexicon_of(hits)
    source = ground.read(Citation(1, hits[0].passage, hits[0].document, ""), lexicon)
    assert cited(ground.check("La atención ordena los datos de entrada.", "", [source], lexicon, no_meaning)) == ()


def test_a_quote_takes_in_the_neighbour_that_says_the_rest(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    text = "Tenía un conteo del Quijote. Herrera ordenó las palabras por frecuencia. Después se fue a comer."
    hits = [hit(text)]
    lexicon = lexicon_of(hits)
    source = ground.read(Citation(1, hits[0].passage, hits[0].document, ""), lexicon)
    claim = "Herrera ordenó las palabras del Quijote por frecuencia con un conteo."
    found = ground.check(claim, "", [source], lexicon, no_meaning)
    assert isinstance(found, ground.Supported)
    assert found.quotes == ("Tenía un conteo del Quijote. Herrera ordenó las palabras por frecuencia.",)


def test_numbers_are_compared_in_one_notation() -> None:
    assert numbers("3.000 palabras, 0,5 y 1.5 en 2019") == {"3000", "0.5", "1.5", "2019"}
    assert numbers("2. Segundo paso") == frozenset()


def test_names_are_acronyms_and_capitalised_words_inside_the_sentence() -> None:
    assert names("El modelo BERT de Google usa WordPiece.") == {"bert", "google", "wordpiece"}


def test_marks_that_the_model_writes_are_not_citations() -> None:
    assert ground.split_answer("LoRA congela pesos [1]. Añade matrices [2, 3].") == (
        "LoRA congela pesos.",
        "Añade matrices.",
    )


def test_a_year_told_of_something_else_in_the_next_sentence_is_not_supported(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    text = "Luhn propuso contar la frecuencia en 1957. Karen Spärck Jones propuso la frecuencia inversa de documento."
    hits = [hit(text)]
    lexicon = lexicon_of(hits)
    source = ground.read(Citation(1, hits[0].passage, hits[0].document, ""), lexicon)
    claim = "La frecuencia inversa de documento se propuso en 1957."
    question = "¿En qué año se propuso la frecuencia inversa de documento?"
    assert cited(ground.check(claim, question, [source], lexicon, no_meaning)) == ()


def test_a_bare_number_must_answer_the_questions_own_words(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    hits = [hit("La ventana del modelo se amplió en 2020. El artículo de BM25 no lleva fecha en estos apuntes.")]
    lexicon = lexicon_of(hits)
    source = ground.read(Citation(1, hits[0].passage, hits[0].document, ""), lexicon)
    assert cited(ground.check("2020.", "¿En qué año se amplió la ventana?", [source], lexicon, no_meaning)) == (1,)
    assert cited(ground.check("2020.", "¿Cuándo se propuso BM25 en Londres?", [source], lexicon, no_meaning)) == ()


def test_a_number_that_ends_a_sentence_is_not_taken_for_the_next_item_of_a_list() -> None:
    assert ground.split_answer("La desviación vale 8. Sigue otra.") == ("La desviación vale 8.", "Sigue otra.")
