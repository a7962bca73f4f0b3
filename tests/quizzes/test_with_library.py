"""Quizzes over a library that was filled the way a student fills it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from kb.library import AddOptions, Library
from quizzes.bank import Bank
from quizzes.model import Grade, MultipleChoice, QuizKind
from quizzes.quiz import QuizMaster

SAMPLE = Path(__file__).parents[2] / "samples" / "guia_de_estudio.md"
NOW = datetime(2026, 5, 4, 18, 30, tzinfo=UTC)


def test_a_guide_is_added_asked_edited_and_removed(tmp_path: Path) -> None:
    guide = tmp_path / "guia_de_estudio.md"
    shutil.copy(SAMPLE, guide)
    library = Library.open(tmp_path / "library.db", encoder=None, generator=None, clock=lambda: 0.0)
    quizzes = QuizMaster(Bank(library.database), library.section_vectors, lambda: NOW)
    (added,) = library.add([guide], AddOptions(course="PLN"))
    assert quizzes.sync()
    questions = quizzes.questions(course="PLN")
    assert [one.number for one in questions] == list(range(1, 81))
    assert all(library.passage(one.passage).section == one.section for one in questions)

    state = quizzes.start(count=3, kind=QuizKind.MULTIPLE_CHOICE, seed=1)
    first = state.current
    assert isinstance(first, MultipleChoice)
    _, outcome, _ = quizzes.answer(state, first.correct)
    assert outcome.grade is Grade.GOOD

    text = guide.read_text(encoding="utf-8").replace("Un **corpus** es", "Un **corpus** (de textos) es", 1)
    guide.write_text(text, encoding="utf-8")
    library.add([guide], AddOptions(course="PLN"))
    assert quizzes.sync()
    assert {one.id for one in quizzes.questions()} == {one.id for one in questions}
    assert quizzes.stats().reviewed == 1

    assert added.document is not None
    library.remove(added.document.id)
    assert quizzes.sync()
    assert quizzes.questions() == ()
    assert quizzes.stats().reviews == 1
    assert quizzes.question(first.question.id).stem == first.question.stem
    library.close()
