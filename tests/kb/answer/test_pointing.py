"""A text that the notes do not say still points at the sentence that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answer.evidence import EvidenceSentence
from kb.answer.ground import read
from kb.answer.lexicon import Lexicon
from kb.answer.pointing import pointed
from kb.model import Citation, Hit

TOWER = (
    "La torre de Almar guarda un reloj de sol. La levantó Berta Ruiz en 1721 con piedra del río. "
    "Hoy viven allí cigüeñas."
)
BRIDGE = "El puente de Solera se abrió en 1850 y se cayó dos veces."
WHEN = "¿En qué año levantó Berta Ruiz la torre de Almar?"

Point = Callable[..., tuple[EvidenceSentence, ...]]


@pytest.fixture
def point(hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]) -> Point:
    def run(question: str, *texts: str) -> tuple[EvidenceSentence, ...]:
        hits = [hit(TOWER, n=1), hit(BRIDGE, n=2)]
        lexicon = lexicon_of(hits)
        sources = [read(Citation(n, each.passage, each.document, ""), lexicon) for n, each in enumerate(hits, 1)]
        return pointed(texts, question, sources, lexicon)

    return run


def test_the_number_of_a_free_retelling_points_at_the_sentence_that_has_it(point: Point) -> None:
    best, *_ = point(WHEN, "Berta Ruiz la edificó en 1721.")
    assert best.n == 1
    assert "La levantó Berta Ruiz en 1721 con piedra del río." in best.text
    assert TOWER[best.start : best.end] == best.text


def test_a_number_that_stands_where_nothing_is_said_of_the_question_points_nowhere(point: Point) -> None:
    assert point(WHEN, "La torre se levantó en 1850.", "El puente de Solera se abrió en 1850.") == ()


def test_what_the_sentence_before_speaks_of_counts_for_the_one_pointed_at(point: Point) -> None:
    (only,) = point("¿Qué aves viven en lo que levantó Berta Ruiz con piedra del río?", "Son cigüeñas.")
    assert only.text == "Hoy viven allí cigüeñas."


def test_an_invention_points_nowhere(point: Point) -> None:
    assert point(WHEN, "Fue en 1999.", "Fue en tiempos de los romanos.") == ()


def test_a_text_that_adds_nothing_to_its_question_points_nowhere(point: Point) -> None:
    assert point(WHEN, "Berta Ruiz levantó la torre de Almar.") == ()


def test_the_second_text_points_where_the_first_does_not(point: Point) -> None:
    assert point(WHEN, "Fue en 1999.", "1721") == point(WHEN, "1721") != ()


@given(st.text(), st.text())
def test_no_text_is_an_error(question: str, text: str) -> None:
    lexicon = Lexicon(str.split, lambda found: dict.fromkeys(found, 1.0))
    assert pointed([text], question, [], lexicon) == ()
