"""The pairs of questions half a word apart say true things of the sample course, as far as a program can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.answers.judged import folded, holds
from benchmarks.answers.questions import Pair, pairs
from benchmarks.gold import SAMPLES, Answer
from kb.library import Library

CHANGES = {"thing", "person", "year", "number", "property", "negation"}


@pytest.fixture(scope="module")
def known() -> tuple[Pair, ...]:
    return pairs()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, ...]]]:
    """The texts of each document's passages that answer a pair's twin, by the pair."""
    folder = tmp_path_factory.mktemp("hard")
    library = Library.open(folder / "library.db", encoder=None, generator=None, clock=lambda: 0.0)
    library.add([SAMPLES])
    found = {}
    for pair in pairs():
        place = Answer(**pair.passage, grade=2)  # type: ignore[arg-type]  # JSON
        document = library.document(str(SAMPLES / place.document))
        found[pair.id] = tuple(one.text for one in document.passages if place.is_in(one))
    yield found
    library.close()


def test_every_pair_has_its_one_passage(course: dict[str, tuple[str, ...]]) -> None:
    assert {id: len(texts) for id, texts in course.items()} == dict.fromkeys(course, 1)


def test_the_passage_holds_an_answer_to_the_twin(known: tuple[Pair, ...], course: dict[str, tuple[str, ...]]) -> None:
    assert [pair.id for pair in known if not holds(course[pair.id][0], pair.answers)] == []


def test_every_second_pair_is_held_out(known: tuple[Pair, ...]) -> None:
    assert [pair.held_out for pair in known] == [False, True] * 30
    assert [pair.id for pair in known] == [f"hard-{n:02d}" for n in range(1, 61)]


def test_a_question_and_its_twin_differ_little(known: tuple[Pair, ...]) -> None:
    for pair in known:
        own, other = (Counter(folded(text)) for text in (pair.question, pair.twin))
        assert own != other
        assert (own & other).total() >= min(own.total(), other.total()) / 2, pair.id


def test_no_question_is_asked_twice(known: tuple[Pair, ...]) -> None:
    asked = [text for pair in known for text in (pair.question, pair.twin)]
    assert len(set(asked)) == len(asked)


def test_every_change_and_language_is_known_and_says_why(known: tuple[Pair, ...]) -> None:
    assert {pair.change for pair in known} == CHANGES
    assert {pair.language for pair in known} == {"es", "en"}
    assert all(pair.why for pair in known)
