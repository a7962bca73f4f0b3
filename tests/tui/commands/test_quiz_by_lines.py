"""A quiz line by line: every answer is on the disk before the next question, and leaving is always possible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tui.commands.quiz import Table


def reviews(repaso: Any) -> int:
    count: int = repaso("stats", "--json").json["reviews"]
    return count


def test_flashcards_are_revealed_and_graded(filled: Any) -> None:
    ran = filled("quiz", "--plain", "--kind", "flashcard", "--count", "2", stdin="\n3\n\n4\n")
    assert ran.status == 0
    assert "el último elemento que entra es el primero que sale" in ran.out
    assert "Bien: 2 de 2." in ran.out
    assert reviews(filled) == 2


@pytest.fixture
def sampled(repaso: Any) -> Any:
    """A library with the guide of the sample course, large enough for wrong options."""
    guide = Path(__file__).parents[3] / "samples" / "guia_de_estudio.md"
    assert repaso("add", str(guide), "--course", "Muestra").status == 0
    return repaso


def test_multiple_choice_is_answered_with_a_letter_and_judged(sampled: Any) -> None:
    ran = sampled("quiz", "--kind", "multiple_choice", "--count", "1", "--seed", "7", stdin="a\na\n")
    assert "a) " in ran.out
    assert "d) " in ran.out
    assert ("Correcto." in ran.out) != ("No. La correcta es" in ran.out)
    assert reviews(sampled) >= 1


def test_the_same_seed_plays_the_same_quiz(sampled: Any) -> None:
    first = sampled("quiz", "--kind", "multiple_choice", "--seed", "3", stdin="q\n")
    second = sampled("quiz", "--kind", "multiple_choice", "--seed", "3", stdin="q\n")
    assert "d) " in first.out
    assert first.out == second.out


def test_a_reply_that_is_none_is_asked_again(filled: Any) -> None:
    ran = filled("quiz", "--kind", "flashcard", "--count", "1", stdin="\n7\nbien\n\n2\n")
    assert ran.out.count("Responde con una de estas: 1, 2, 3, 4.") == 3
    assert reviews(filled) == 1


def test_q_leaves_and_what_was_answered_is_kept(filled: Any) -> None:
    ran = filled("quiz", "--kind", "flashcard", stdin="\n3\nq\n")
    assert ran.status == 0
    assert "Respuestas guardadas: 1." in ran.out
    assert reviews(filled) == 1


def test_the_end_of_input_leaves_cleanly(filled: Any) -> None:
    ran = filled("quiz", "--kind", "flashcard", stdin="\n3\n\n")
    assert (ran.status, ran.err) == (0, "")
    assert reviews(filled) == 1


def test_each_answer_is_kept_before_the_next_question(filled: Any, monkeypatch: Any) -> None:
    kept: list[int] = []
    play = Table.play

    def watch(self: Table, state: Any) -> Any:
        kept.append(self.services.quizzes.stats().reviews)
        return play(self, state)

    monkeypatch.setattr(Table, "play", watch)
    filled("quiz", "--kind", "flashcard", "--count", "3", stdin="\n3\n\n3\n\n3\n")
    assert kept == [0, 1, 2]


def test_without_questions_the_quiz_says_what_to_do(repaso: Any) -> None:
    ran = repaso("quiz")
    assert ran.status == 1
    assert "guía de estudio" in ran.err
