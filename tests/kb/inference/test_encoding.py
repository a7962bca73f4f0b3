"""What holds for every encoder, acted and real."""

from __future__ import annotations

import numpy as np

from kb.inference import ChildEncoder, Role

TEXTS = [
    "El descenso de gradiente ajusta los pesos poco a poco.",
    "",
    "un río",
    "palabra " * 5000,
    "🎉" * 300,
    "El descenso de gradiente ajusta los pesos poco a poco.",
    *(f"texto número {n} " * (n % 9 + 1) for n in range(60)),
]


def test_vectors_are_unit_rows_in_the_order_of_the_texts_whatever_their_neighbours(encoder: ChildEncoder) -> None:
    vectors = encoder.encode(TEXTS, Role.PASSAGE)
    assert vectors.shape[0] == len(TEXTS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for index in (0, 2, 5, 40):
        (alone,) = encoder.encode([TEXTS[index]], Role.PASSAGE)
        assert float(alone @ vectors[index]) > 0.9999


def test_no_texts_give_no_rows_of_the_models_dimension(encoder: ChildEncoder) -> None:
    assert encoder.encode([], Role.QUERY).shape == (0, encoder.encode(["a"], Role.QUERY).shape[1])


def test_the_same_text_always_has_the_same_vector(encoder: ChildEncoder) -> None:
    first = encoder.encode(["un río", "un mar"], Role.QUERY)
    assert np.array_equal(first, encoder.encode(["un río", "un mar"], Role.QUERY))


def test_texts_on_the_same_thing_are_nearer_than_others(encoder: ChildEncoder) -> None:
    question, near, far = encoder.encode(
        ["gradient descent weights", "gradient descent updates the weights", "a recipe for lentil soup"], Role.QUERY
    )
    assert float(question @ near) > float(question @ far)
