"""A typed question is short, and still in one language."""

from __future__ import annotations

import pytest

from ingest.language import language_of, language_of_question


@pytest.mark.parametrize(
    ("question", "language"),
    [("¿Qué es LoRA?", "es"), ("que es la atencion", "es"), ("What is self-attention?", "en"), ("LoRA", "")],
)
def test_one_function_word_or_sign_tells_a_questions_language(question: str, language: str) -> None:
    assert language_of_question(question) == language


def test_a_document_needs_more_than_a_word_to_tell() -> None:
    assert language_of("What is LoRA?") == ""
