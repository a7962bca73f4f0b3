"""Which questions ask nearly the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.blocks import Text
from ingest.kinds.build import build
from ingest.kinds.twins import MAX_TWINS, twins_of

OTHERS = (
    "¿Qué es un faro?",
    "¿Cómo se cultiva el arroz?",
    "¿Quién pintó la ermita?",
    "Describe el puente de piedra.",
)
SAME = (
    ("¿Qué es la atención?", "Explica qué es la atención"),
    ("¿Qué es la atención?", "¿Qué es el mecanismo de atención? ¿Cuáles son sus ventajas?"),
    ("¿Qué es BERT?", "¿Qué es **BERT**?"),
    ("Define perplejidad", "¿Qué se entiende por perplejidad?"),
    ("¿Cómo se entrena un tokenizador?", "¿Cómo entrenar tokenizadores?"),
    ("¿Qué es el encoder?", "Explicame qué es un encoder."),
    ("¿Qué es un MLM (Masked Language Model)?", "Describí el proceso de MLM."),
    ("¿Qué diferencia hay entre stemming y lematización?", "¿Cuál es la diferencia entre lematización y stemming?"),
    ("What is a language model?", "Explain what a language model is"),
    ("¿Qué es una arquitectura encoder-decoder?", "¿Qué es un encoder-decoder?"),
    ("¿Qué técnicas hay para podar redes?", "¿Cómo se podan las redes?"),
    ("¿Por qué se podan las redes?", "¿Cuál es la razón de podar redes?"),
)
DIFFERENT = (
    ("¿Qué es BERT?", "¿Qué es GPT?"),
    ("¿Qué es GPT-2?", "¿Qué es GPT-3?"),
    ("¿Cuáles son las ventajas de la atención?", "¿Cuáles son las desventajas de la atención?"),
    ("¿Qué es el aprendizaje supervisado?", "¿Qué es el aprendizaje no supervisado?"),
    ("¿Qué es la atención?", "¿Qué es la atención multicabeza?"),
    ("¿Qué es un modelo de lenguaje?", "¿Qué es un modelo de lenguaje generativo?"),
    ("¿Por qué se normaliza la capa?", "¿Cómo se normaliza la capa?"),
    ("¿Cuándo se normaliza la capa?", "¿Dónde se normaliza la capa?"),
    ("¿Qué es el encoder?", "¿Qué es el decoder?"),
    ("¿Qué es la precisión?", "¿Qué es el recall?"),
    ("¿Qué es BERT?", "¿Cuál es la arquitectura de BERT?"),
    ("Tengo datos de voz, ¿cómo los limpias?", "Tengo datos de texto, ¿cómo los limpias?"),
    ("¿Qué es C?", "¿Qué es C++?"),
    ("¿Y eso?", "¿Por qué?"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_questions_that_ask_the_same_in_other_words_are_twins(one: str, other: str) -> None:
    assert twins_of([*OTHERS, one, other])[-2:] == ((5,), (4,))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_questions_that_differ_in_what_matters_are_not(one: str, other: str) -> None:
    assert twins_of([*OTHERS, one, other]) == ((),) * 6


def test_twins_are_linked_and_told_and_both_are_kept() -> None:
    text = "1. ¿Qué es un dique?\n\nUn muro.\n\n2. ¿Qué es un muelle?\n\nUn paseo.\n\n"
    text += "3. Explica qué es un dique.\n\nUna barrera.\n"

    (document,) = build(Text(text), "guia.md", None)
    told = {"number": "3", "stem": "Explica qué es un dique.", "other": "1", "other_stem": "¿Qué es un dique?"}

    assert [section.twins for section in document.sections] == [(2,), (), (0,)]
    assert [(n.code, n.where, dict(n.params)) for n in document.notices] == [
        ("question_similar", "3", told)
    ]  # fmt: skip


def test_one_question_two_thousand_times_is_linked_within_bounds() -> None:
    found = twins_of(["¿Qué es un dique?"] * 2000)

    assert max(map(len, found)) == MAX_TWINS
    assert all(found)


WORDS = st.sampled_from(
    [
        "dique",
        "muelle",
        "boya",
        "ancla",
        "qué",
        "cómo",
        "es",
        "el",
        "no",
        "¿",
        "?",
        "(x)",
        "ventajas",
        ", y cómo",
        ".",
    ]
)


@settings(max_examples=200)
@given(st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=40))
def test_twins_are_mutual_and_never_oneself(stems: list[str]) -> None:
    found = twins_of(stems)

    assert len(found) == len(stems)
    for i, others in enumerate(found):
        assert list(others) == sorted(set(others))
        assert i not in others
        assert all(i in found[other] for other in others)
