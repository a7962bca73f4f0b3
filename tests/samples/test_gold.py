"""The gold set says true things of the sample course."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.gold import KINDS, SAMPLES, Answer, Question, graded, judged, measure, read
from benchmarks.ranking import ANSWERS, HELPS, Ranking, figures
from kb.library import Library
from kb.model import Alike, Hit, SearchMode, SearchResult


@pytest.fixture(scope="module")
def questions() -> tuple[Question, ...]:
    return read()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = Library.open(
        tmp_path_factory.mktemp("gold") / "library.db", encoder=None, generator=None, clock=lambda: 0.0
    )
    library.add([SAMPLES])
    yield library
    library.close()


def test_every_answer_is_one_passage_of_the_samples(course: Library, questions: tuple[Question, ...]) -> None:
    grades = judged(course, questions)
    assert [len(one) for one in grades] == [len(question.answers) for question in questions]


def test_an_answer_whose_words_are_nowhere_is_told(course: Library, questions: tuple[Question, ...]) -> None:
    wrong = replace(questions[0], answers=(replace(questions[0].answers[0], quote="nunca se dijo"),))
    with pytest.raises(LookupError, match="nunca se dijo"):
        judged(course, [wrong])


def test_each_kind_has_twenty_four_questions_half_of_them_held_out(questions: tuple[Question, ...]) -> None:
    assert Counter((one.kind, one.held_out) for one in questions) == {
        (kind, held_out): 12 for kind in KINDS for held_out in (False, True)
    }


def test_no_question_is_asked_twice(questions: tuple[Question, ...]) -> None:
    assert len({one.id for one in questions}) == len({one.question for one in questions}) == len(questions)


def test_the_first_answer_of_each_question_answers_it(questions: tuple[Question, ...]) -> None:
    assert {one.answers[0].grade for one in questions} == {ANSWERS}
    assert {answer.grade for one in questions for answer in one.answers} == {ANSWERS, HELPS}


def test_every_document_of_the_samples_answers_something(questions: tuple[Question, ...]) -> None:
    documents = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file()}
    asked = {answer.document for one in questions for answer in one.answers}
    assert documents - {"README.md", "repaso.toml"} == asked


def test_a_misspelt_question_has_words_that_the_course_has_not(
    course: Library, questions: tuple[Question, ...]
) -> None:
    written = " ".join(
        f"{passage.heading} {passage.text}"
        for info in course.documents()
        for passage in course.document(info.id).passages
    )
    words = set(written.casefold().split())
    assert all(set(one.question.casefold().split()) - words for one in questions if one.kind == "misspelt")


def a_hit(course: Library, question: Question, answer: Answer) -> Hit:
    (id,) = judged(course, [replace(question, answers=(answer,))])[0]
    passage = course.passage(id)
    return Hit(passage, course.document(passage.document).info, 1.0, 1.0, 0.0, "")


def result(*hits: Hit) -> SearchResult:
    return SearchResult("", SearchMode.KEYWORD, hits, "", 0.0)


def several(questions: tuple[Question, ...]) -> Question:
    return next(one for one in questions if [answer.grade for answer in one.answers] == [ANSWERS, ANSWERS, ANSWERS])


def test_all_answers_first_are_a_perfect_result(course: Library, questions: tuple[Question, ...]) -> None:
    question = several(questions)
    hits = [a_hit(course, question, answer) for answer in question.answers]
    report = measure(
        [replace(question, kind=kind, held_out=held) for kind in KINDS for held in (False, True)],
        judged(course, [question]) * 10,
        {SearchMode.KEYWORD: [result(*hits)] * 10},
    )
    total = report["held out"]["keyword"]["total"]
    assert (total.r_at_1, total.ndcg_at_10, total.mrr) == (1.0, 1.0, 1.0)


def test_an_answer_behind_another_hit_counts_there_and_is_not_missed(
    course: Library, questions: tuple[Question, ...]
) -> None:
    question = several(questions)
    grades = judged(course, [question])[0]
    first, second, third = (a_hit(course, question, answer) for answer in question.answers)
    stranger = next(passage for passage in course.document(first.document.id).passages if passage.id not in grades)
    ahead = replace(
        first, passage=stranger, alike=tuple(Alike(one.passage, one.document, 0.9) for one in (first, second))
    )
    ranking = graded(result(ahead, third), grades)
    assert ranking.grades == (ANSWERS, ANSWERS)
    assert ranking.possible == (ANSWERS, ANSWERS)


def test_answers_that_were_not_found_count_against_a_result(course: Library, questions: tuple[Question, ...]) -> None:
    question = several(questions)
    ranking = graded(result(a_hit(course, question, question.answers[1])), judged(course, [question])[0])
    assert ranking.grades == (ANSWERS,)
    assert sorted(ranking.possible) == [ANSWERS, ANSWERS, ANSWERS]


def test_the_figures_are_those_of_the_formulas() -> None:
    second = figures([Ranking((0, ANSWERS), (ANSWERS,))])
    assert (second.r_at_1, second.mrr) == (0.0, 0.5)
    assert second.ndcg_at_10 == pytest.approx(1 / math.log2(3))
    helps_first = figures([Ranking((HELPS, ANSWERS), (ANSWERS, HELPS))])
    assert helps_first.r_at_1 == 0.0
    assert helps_first.ndcg_at_10 == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))
    assert figures([Ranking((0,) * 10 + (ANSWERS,), (ANSWERS,))]).ndcg_at_10 == 0.0
