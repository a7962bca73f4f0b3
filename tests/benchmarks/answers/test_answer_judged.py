"""Whether a text holds a right answer, and whether it says that it has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.answers.judged import folded, holds, refuses


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Nació en París, en 1913.", ("parís",)),
        ("NACIO EN PARIS", ("París",)),
        ("Fue la Universidad de Chile.", ("Universidad de Chile",)),
        ("Costó 28,4 puntos.", ("28.4",)),
        ("Son 20,000 letras.", ("20 mil", "20.000")),
        ("The answer: «eight».", ("Eight",)),
        ("Lo dijo en [1] Múnich [2, 3].", ("en Múnich",)),
        ("Se marca con ##.", ("##",)),
        ("El del río Rin", ("los del río Rin",)),
    ],
)
def test_case_accents_punctuation_articles_and_marks_do_not_matter(text: str, answers: tuple[str, ...]) -> None:
    assert holds(text, answers)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Fue en 1998.", ("8",)),
        ("Son ochocientos.", ("ocho",)),
        ("", ("8",)),
        ("Dice [8].", ("8",)),
        ("Cualquier cosa.", ()),
        ("Sin marcas.", ("##",)),
        ("Universidad Católica de Chile", ("Universidad de Chile",)),
    ],
)
def test_an_answer_is_whole_words_in_their_order(text: str, answers: tuple[str, ...]) -> None:
    assert not holds(text, answers)


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=60))
def test_a_text_holds_what_stands_in_it_between_spaces(before: str, answer: str, after: str) -> None:
    if folded(answer):
        assert holds(f"{before.replace('[', '')} {answer.replace('[', '')} {after}", (answer.replace("[", ""),))


@pytest.mark.parametrize(
    "text",
    [
        "No está en los pasajes.",
        "No lo sé.",
        "Lo siento, no se menciona en los pasajes.",
        "Los pasajes no contienen la respuesta. Sin embargo, puede que fuera 1913.",
        "No hay información sobre ello.",
        "It is not in the passages.",
        "I don't know.",
        "The passages do not mention it.",
        "",
        "   ",
    ],
)
def test_a_refusal_is_known_by_its_usual_words(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize(
    "text", ["Fue en 1913 [1].", "No fue Márkov, fue Shannon.", "Se midió en 1913. No se menciona el día.", "Eight."]
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not refuses(text)
