"""From records to figures."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.answers.figures import Share, figures, spread
from benchmarks.answers.record import Asked, Call, Kind, Passage, Record, Run, Said, Start
from benchmarks.answers.table import Answered, tables

ASKED = Asked("q1", Kind.ANSWERABLE, "¿En qué año nació?", ("1913",), paragraph=0, article=0)
RIGHT = Passage(1, "a", "", "Nació en 1913.", "Nació en 1913.", gold=True)
WRONG = Passage(2, "b", "", "Murió en 1950.", "Murió en 1950.", gold=False)


def answer(*sentences: Said, **more: object) -> Record:
    whole = Record(ASKED, Start.WARM, "grounded", sentences=sentences, citations=(RIGHT, WRONG), total_ms=1000.0)
    return replace(whole, **more)  # type: ignore[arg-type]  # any field


def call(tokens: int, reused: int = 0, what: str = "generate") -> Call:
    return Call(what, "", "", 100, reused, tokens, 500.0, 500.0 + 100.0 * (tokens - 1))


def refusal(kind: Kind, **more: object) -> Record:
    return replace(Record(replace(ASKED, kind=kind), Start.WARM, "not_found"), **more)  # type: ignore[arg-type]


def test_an_answer_holds_the_right_one_whatever_its_case_and_marks() -> None:
    assert figures([answer(Said("Nació en 1913 [1].", (1,), True))]).contained == Share(1, 1)


def test_what_is_struck_through_does_not_count_as_said() -> None:
    measured = figures([answer(Said("No se sabe bien.", (2,), True), Said("Fue en 1913.", (), False))])
    assert measured.contained == Share(1, 0)
    assert measured.cited == Share(1, 1)
    assert measured.unbacked == Share(2, 1)


def test_a_sentence_is_true_when_one_of_its_passages_is_the_right_one() -> None:
    sentences = Said("A.", (1, 2), True), Said("B.", (2,), True), Said("C.", (), True)
    assert [figures([answer(one)]).true.number for one in sentences] == [1, 0, 0]
    assert figures([answer(*sentences)]).true == Share(3, 1)
    assert figures([answer(*sentences)]).cited == Share(3, 2)


def test_refusals_are_counted_by_kind() -> None:
    given = replace(answer(Said("Sí.", (1,), True)), asked=replace(ASKED, kind=Kind.NEAR))
    measured = figures([refusal(Kind.LEFT_OUT), refusal(Kind.NEAR), given, refusal(Kind.ANSWERABLE), answer()])
    assert measured.refused == {
        Kind.LEFT_OUT: Share(1, 1),
        Kind.NEAR: Share(2, 1),
        Kind.ANSWERABLE: Share(2, 1),
    }


def test_what_is_answered_without_an_answer_counts_only_as_not_refused_and_by_its_citations() -> None:
    invented = replace(answer(Said("Fue en 1913.", (), True)), asked=replace(ASKED, kind=Kind.LEFT_OUT, gold=()))
    measured = figures([invented])
    assert measured.refused[Kind.LEFT_OUT] == Share(1, 0)
    assert measured.contained == measured.true == Share(0, 0)
    assert measured.cited == Share(1, 0)


def test_failures_count_as_nothing_else() -> None:
    measured = figures([answer(error="model_unavailable: crashed"), refusal(Kind.ANSWERABLE)])
    assert (measured.questions, measured.failed) == (2, 1)
    assert measured.refused[Kind.ANSWERABLE] == Share(1, 1)


def test_cold_and_typed_answers_have_times_of_their_own_and_no_shares() -> None:
    said = Said("Nació en 1913.", (1,), True)
    measured = figures(
        [
            answer(said, first_ms=100.0, calls=(call(11),)),
            answer(said, first_ms=4000.0, start=Start.COLD),
            answer(said, first_ms=50.0, start=Start.TYPED),
        ]
    )
    assert {start: one.median for start, one in measured.first_ms.items()} == {
        Start.WARM: 100.0,
        Start.COLD: 4000.0,
        Start.TYPED: 50.0,
    }
    assert measured.contained.of == 1


def test_only_answers_given_have_a_time_to_the_end() -> None:
    measured = figures([answer(), refusal(Kind.ANSWERABLE, total_ms=20.0)])
    assert measured.total_ms[Start.WARM] == spread([1000.0])


def test_speed_and_tokens_are_of_the_first_writing_of_each_answer() -> None:
    checked = answer(calls=(call(1, what="judge"), call(11, reused=40), call(5)))
    measured = figures([checked])
    assert measured.prompt_tokens.median == 100
    assert measured.reused == 0.4
    assert measured.speed == pytest.approx(10.0)
    assert measured.calls == 3


def test_a_reply_that_came_whole_has_no_speed() -> None:
    whole = replace(call(50), first_ms=0.0)
    assert math.isnan(figures([answer(calls=(whole,))]).speed)


def test_nothing_measured_has_no_figures() -> None:
    measured = figures([])
    assert math.isnan(measured.contained.value)
    assert math.isnan(measured.speed)
    assert math.isnan(measured.total_ms[Start.WARM].median)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.just(of), st.integers(0, of))))
def test_an_interval_holds_its_share(counted: tuple[int, int]) -> None:
    share = Share(*counted)
    low, high = share.interval()
    assert 0 <= low <= share.value + 1e-9
    assert share.value - 1e-9 <= high <= 1


def test_the_interval_is_wilsons() -> None:
    assert [round(end, 4) for end in Share(10, 9).interval()] == [0.5958, 0.9821]


def test_the_95th_percentile_is_the_nearest_rank() -> None:
    assert spread([float(n) for n in range(1, 21)]).p95 == 19
    assert spread([7.0]).p95 == 7


def run(method: str, model: str = "a-model", data: str = "set.json") -> Run:
    return Run(data, "", method, model, "an-embedder", 1, 2)


def test_the_ways_of_answering_stand_side_by_side_with_the_one_without_a_model() -> None:
    known = [
        Answered(run("ours"), (answer(),)),
        Answered(run("quotes", ""), (answer(),)),
        Answered(run("plain"), (answer(),)),
    ]
    head = tables(known).splitlines()[1].split()
    assert head == ["all", "questions", "ours", "plain", "quotes"]


def test_another_set_or_model_has_a_table_of_its_own() -> None:
    known = [
        Answered(run("ours"), (answer(),)),
        Answered(run("ours", "another"), (answer(),)),
        Answered(run("quotes", "", "b.json"), (answer(),)),
    ]
    assert [part.split(",")[0] for part in tables(known).split("\n\n")] == ["set.json", "set.json", "b.json"]


def test_the_held_out_half_has_rows_of_its_own() -> None:
    held_out = answer(asked=replace(ASKED, held_out=True, kind=Kind.NEAR, id="q2"))
    lines = tables([Answered(run("ours"), (answer(), held_out))]).splitlines()
    asked = [line.split()[-1] for line in lines if "questions asked" in line]
    assert asked == ["2", "1"]


def test_a_figure_that_one_way_does_not_have_is_a_dash() -> None:
    known = [Answered(run("ours"), (answer(calls=(call(11),)),)), Answered(run("quotes", ""), (answer(),))]
    row = next(line for line in tables(known).splitlines() if "tokens a second" in line)
    assert row.split()[-2:] == ["10.0", "-"]


def test_two_runs_of_one_way_are_two_columns_and_one_without_records_is_none() -> None:
    known = [
        Answered(run("ours"), (answer(),)),
        Answered(run("ours"), (answer(), answer())),
        Answered(run("plain"), ()),
    ]
    lines = tables(known).splitlines()
    assert lines[1].split()[2:] == ["ours", "ours"]
    assert lines[2].split()[-2:] == ["1", "2"]
