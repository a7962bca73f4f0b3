from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference import open_encoder
from kb.inference.catalog import reads_english_alone
from kb.inference.gloss import VERSION, glossed
from kb.inference.protocol import Role


@pytest.mark.parametrize(
    ("spanish", "gloss"),
    [
        ("¿Qué es el aprendizaje?", "that is the learning?"),
        ("la atención de la red", "the attention of the network"),
        ("El fine-tuning del modelo", "the fine-tuning of the model"),
        ("capas", "layer"),
    ],
)
def test_spanish_words_are_given_in_english_and_jargon_is_kept(spanish: str, gloss: str) -> None:
    assert glossed(spanish) == gloss


@pytest.mark.parametrize(
    "text",
    [
        "What is the learning rate of the red model?",
        "Le modèle apprend à prédire le mot suivant. " * 20,
        "",
        "RLHF 2024 α 你好",
    ],
)
def test_what_is_no_spanish_stays_as_it_is(text: str) -> None:
    assert glossed(text) == text


@given(st.text())
def test_any_text_is_glossed(text: str) -> None:
    glossed(text)


def test_only_an_embedder_known_to_read_english_alone_is_given_glosses() -> None:
    assert reads_english_alone("all-minilm-l6-v2")
    assert not reads_english_alone("multilingual-e5-small")
    assert not reads_english_alone("mi-modelo")


def test_a_spanish_question_lies_near_the_english_sentence_that_answers_it(model_cache: Path) -> None:
    encoder = open_encoder("all-minilm-l6-v2", model_cache)
    try:
        asked, *said = encoder.encode(
            [
                "¿Qué capas tiene la red neuronal?",
                "The neural network has three layers.",
                "The city was founded by a king.",
                "La ciudad fue fundada por un rey.",
            ],
            Role.QUERY,
        )
        assert encoder.fingerprint().endswith(VERSION)
    finally:
        encoder.close()
    near, *far = (float(np.dot(asked, one)) for one in said)
    assert near > 0.5 > 0.3 > max(far)
