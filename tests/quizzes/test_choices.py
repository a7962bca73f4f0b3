"""Multiple choice: what is made from a guide, and what the check refuses."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.check import Reason, flaws, near_copy, reveals, stands_out
from quizzes.concepts import may_be_true, prepare, same_concept
from quizzes.generate import FEWEST, MOST, Declined, Refusal, multiple_choice
from quizzes.model import MultipleChoice, Question
from quizzes.nearness import SAME_MEANING, vector_similarity, word_similarity
from quizzes.terms import content, focus

Make = Callable[..., Question]


def choices(questions: tuple[Question, ...], seed: int = 1) -> list[MultipleChoice | Declined]:
    sources = prepare(questions)
    return [multiple_choice(source, sources, word_similarity, seed) for source in sources]


@pytest.fixture(scope="module")
def sample_items(sample_questions: tuple[Question, ...]) -> list[MultipleChoice]:
    return [made for made in choices(sample_questions) if isinstance(made, MultipleChoice)]


@pytest.fixture
def good(make_question: Make) -> tuple[MultipleChoice, dict[str, Question]]:
    """An item without flaws and the questions its options come from."""
    pairs = (
        ("¿Qué es el stemming?", "El **stemming** recorta los sufijos de una palabra con reglas fijas."),
        ("¿Qué es un corpus?", "Un **corpus** es una colección de textos reunida con un criterio explícito."),
        ("¿Qué es una época?", "Una **época** es una pasada completa por los ejemplos de entrenamiento."),
        ("¿Qué es el dropout?", "El **dropout** apaga neuronas al azar para que la red no memorice."),
    )
    questions = tuple(make_question(stem, answer, n) for n, (stem, answer) in enumerate(pairs, 1))
    made = choices(questions)[0]
    assert isinstance(made, MultipleChoice)
    return made, {one.id: one for one in questions}


def reasons(item: MultipleChoice, questions: dict[str, Question]) -> set[Reason]:
    return {flaw.reason for flaw in flaws(item, questions, word_similarity)}


def test_the_sample_guide_gives_at_least_sixty_items(sample_items: list[MultipleChoice]) -> None:
    assert len(sample_items) >= 60


def test_every_item_of_the_sample_passes_the_check(
    sample_items: list[MultipleChoice], sample_questions: tuple[Question, ...]
) -> None:
    known = {one.id: one for one in sample_questions}
    assert [item for item in sample_items if flaws(item, known, word_similarity)] == []


def test_the_right_option_is_not_found_by_matching_words_with_the_question(
    sample_items: list[MultipleChoice],
) -> None:
    """A student who picks the option that shares most words with the stem does no better than guessing."""
    rng = random.Random(7)
    right = 0
    for item in sample_items:
        shared = [len(focus(item.question.stem) & content(option)) for option in item.options]
        best = [n for n, count in enumerate(shared) if count == max(shared)]
        right += rng.choice(best) == item.correct
    assert right / len(sample_items) < 0.4


def test_the_right_option_is_not_found_by_its_length(sample_items: list[MultipleChoice]) -> None:
    longest = sum(max(item.options, key=len) == item.options[item.correct] for item in sample_items)
    shortest = sum(min(item.options, key=len) == item.options[item.correct] for item in sample_items)
    assert longest / len(sample_items) < 0.45
    assert shortest / len(sample_items) < 0.45


def test_the_right_option_is_in_every_place_about_as_often(sample_items: list[MultipleChoice]) -> None:
    places = [item.correct for item in sample_items]
    assert all(places.count(place) >= len(places) / 10 for place in range(4))


@settings(deadline=None, max_examples=15)
@given(seed=st.integers())
def test_a_seed_gives_one_item_with_one_right_option(sample_questions: tuple[Question, ...], seed: int) -> None:
    sources = prepare(sample_questions)
    asked = sources[seed % len(sources)]
    made = multiple_choice(asked, sources, word_similarity, seed)
    assert made == multiple_choice(asked, sources, word_similarity, seed)
    if isinstance(made, MultipleChoice):
        assert FEWEST + 1 <= len(made.options) == len(set(made.options)) <= MOST + 1
        assert made.sources.count(asked.question.id) == 1
        assert made.sources[made.correct] == asked.question.id
        texts = {source.question.id: source.statement.text for source in sources if hasattr(source.statement, "text")}
        assert [texts[id] for id in made.sources] == list(made.options)


def test_the_order_of_the_siblings_changes_nothing(sample_questions: tuple[Question, ...]) -> None:
    sources = prepare(sample_questions)
    backwards = tuple(reversed(sources))
    assert multiple_choice(sources[9], sources, word_similarity, 3) == multiple_choice(
        sources[9], backwards, word_similarity, 3
    )


def test_a_question_asked_twice_never_serves_as_its_own_wrong_option(make_question: Make) -> None:
    twice = (
        ("12. ¿Qué es Self-Attention?", "Self-Attention compara cada token de la secuencia con todos los demás."),
        ("¿Qué es self attention?", "Deja que cada posición mire a las demás posiciones y tome de ellas contexto."),
        (
            "¿Qué es el mecanismo de atención?",
            "El **mecanismo de atención** reparte pesos entre las partes que se leen.",
        ),
    )
    a, b, general = prepare([make_question(stem, answer, n) for n, (stem, answer) in enumerate(twice)])
    assert same_concept(a, b, word_similarity)
    assert may_be_true(a, b, word_similarity) and may_be_true(b, a, word_similarity)
    assert not same_concept(a, general, word_similarity)


def test_both_languages_name_one_concept(make_question: Make) -> None:
    a, b = prepare(
        [
            make_question(
                "¿Qué es pre-training?", "Es la fase en que el modelo lee grandes cantidades de texto crudo.", 1
            ),
            make_question("¿Qué información incorpora el preentrenamiento?", "Sintaxis y algo del mundo real.", 2),
        ]
    )
    assert same_concept(a, b, word_similarity)


@pytest.mark.parametrize(
    ("special", "general"),
    [
        ("¿Qué es un modelo de lenguaje generativo?", "¿Qué es un modelo de lenguaje?"),
        ("¿Cómo se entrena un reward model en RLHF?", "¿Qué es un reward model?"),
        ("¿Qué es el pre-training y su relación con el transfer learning?", "¿Qué es el pre-training?"),
    ],
)
def test_what_is_true_of_the_general_is_no_wrong_option_for_the_special(
    make_question: Make, special: str, general: str
) -> None:
    a, b = prepare([make_question(special, "Una cosa.", 1), make_question(general, "Otra distinta.", 2)])
    assert same_concept(a, b, word_similarity) and same_concept(b, a, word_similarity)


def test_a_kind_of_the_concept_is_no_wrong_option_for_it(make_question: Make) -> None:
    lora = (
        "¿Qué es LoRA?",
        "**LoRA** aprende dos matrices de rango bajo sin tocar los pesos. Es un tipo de adapter.",
    )
    adapters = ("¿Qué son los adapters?", "Los **adapters** son módulos que se insertan entre las capas congeladas.")
    a, b = prepare([make_question(*lora, 1), make_question(*adapters, 2)])
    assert may_be_true(a, b, word_similarity) and may_be_true(b, a, word_similarity)


def test_a_question_without_a_sentence_to_offer_is_declined_with_the_reason(make_question: Make) -> None:
    asked = make_question("¿Qué es un modelo?", "Depende.")
    assert choices((asked,)) == [Declined(asked, Refusal.NO_STATEMENT)]


def test_a_question_without_siblings_is_declined_with_the_reason(make_question: Make) -> None:
    asked = make_question(
        "¿Qué es el stemming?", "El **stemming** recorta los sufijos de una palabra con reglas fijas."
    )
    assert choices((asked,)) == [Declined(asked, Refusal.FEW_DISTRACTORS)]


def test_a_good_item_has_no_flaws(good: tuple[MultipleChoice, dict[str, Question]]) -> None:
    assert flaws(*good, word_similarity) == ()


def test_a_right_option_that_the_answer_does_not_support_is_refused(
    good: tuple[MultipleChoice, dict[str, Question]],
) -> None:
    item, known = good
    options = list(item.options)
    options[item.correct] = "Traduce documentos jurídicos entre lenguas lejanas."
    assert Reason.UNSUPPORTED in reasons(replace(item, options=tuple(options)), known)


def test_options_that_say_the_same_are_refused(good: tuple[MultipleChoice, dict[str, Question]]) -> None:
    item, known = good
    wrong = [n for n in range(len(item.options)) if n != item.correct]
    options = list(item.options)
    options[wrong[0]] = options[wrong[1]].replace("Una ", "La ")
    assert Reason.NEAR_COPY in reasons(replace(item, options=tuple(options)), known)


def test_a_wrong_option_that_the_answer_holds_too_is_refused(
    good: tuple[MultipleChoice, dict[str, Question]],
) -> None:
    item, known = good
    options = list(item.options)
    options[(item.correct + 1) % len(options)] = "Las reglas fijas de los sufijos."
    assert Reason.ALSO_TRUE in reasons(replace(item, options=tuple(options)), known)


def test_a_wrong_option_from_the_same_concept_is_refused(
    good: tuple[MultipleChoice, dict[str, Question]], make_question: Make
) -> None:
    item, known = good
    twin = make_question("Explica el stemming.", "Quita terminaciones sin mirar un diccionario.", 9)
    sources = list(item.sources)
    sources[(item.correct + 1) % len(sources)] = twin.id
    assert Reason.ALSO_TRUE in reasons(replace(item, sources=tuple(sources)), {**known, twin.id: twin})


def test_an_option_of_a_page_is_refused(good: tuple[MultipleChoice, dict[str, Question]]) -> None:
    item, known = good
    options = list(item.options)
    options[0] = "palabra " * 60
    assert Reason.TOO_LONG in reasons(replace(item, options=tuple(options)), known)


@pytest.mark.parametrize(
    "change",
    [
        {"options": ("Una sola.",), "sources": ("x",), "correct": 0},
        {"correct": 4},
        {"correct": -1},
        {"options": ("a", "b", "c", "")},
    ],
)
def test_a_broken_item_is_refused(
    good: tuple[MultipleChoice, dict[str, Question]], change: dict[str, object]
) -> None:
    item, known = good
    assert reasons(replace(item, **change), known) == {Reason.BROKEN}


def test_an_option_that_alone_repeats_the_question_reveals_itself() -> None:
    others = ["Una pasada por los datos.", "Apaga neuronas al azar."]
    assert reveals("¿Qué es la atención?", "La atención reparte pesos.", others)
    assert not reveals("¿Qué es la atención?", "Reparte pesos.", others)
    assert not reveals("¿Qué es la atención?", "La atención reparte pesos.", [*others, "Presta atención al azar."])


def test_an_option_that_alone_has_so_many_blanks_reveals_itself() -> None:
    assert reveals("¿Qué separa a uno del otro?", "___ lee y ___ escribe.", ["___ corta los sufijos.", "___ suma."])
    assert not reveals(
        "¿Qué separa a uno del otro?", "___ lee y ___ escribe.", ["___ corta y ___ pega.", "___ suma."]
    )


def test_an_option_of_another_size_stands_out() -> None:
    assert stands_out("una " * 30, ["dos " * 10, "tres " * 12])
    assert stands_out("una " * 4, ["dos " * 10, "tres " * 12])
    assert not stands_out("una " * 11, ["dos " * 10, "tres " * 12])


@given(st.text(max_size=80))
def test_a_text_is_a_near_copy_of_itself(text: str) -> None:
    assert near_copy(text, text)
    assert near_copy(text, text.upper().lower()) == near_copy(text.upper().lower(), text)


def test_vectors_of_different_embedders_are_put_on_one_scale(make_question: Make) -> None:
    """An embedder with cosines of 0.8 between any two texts says the same as one with 0.1."""
    import numpy as np

    rng = np.random.default_rng(5)
    questions = [make_question(f"¿Qué es {n}?", "x", n) for n in range(12)]
    plain = rng.normal(size=(12, 40))
    plain[1] = plain[0] + 0.2 * rng.normal(size=40)
    for common in (0.0, 2.0):
        rows = plain + common * np.ones(40)
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        similarity = vector_similarity({one.id: row for one, row in zip(questions, rows, strict=True)})
        assert similarity(questions[0], questions[1]) >= SAME_MEANING
        assert similarity(questions[0], questions[5]) < SAME_MEANING
        assert similarity(questions[3], questions[3]) == pytest.approx(1.0, abs=1e-5)


def test_questions_without_vectors_are_compared_by_words(make_question: Make) -> None:
    a, b = make_question("¿Qué es un corpus?", "Textos.", 1), make_question("¿Qué es un corpus?", "Textos.", 2)
    assert vector_similarity({})(a, b) == word_similarity(a, b) == 1.0
