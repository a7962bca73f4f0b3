"""Records are kept a line each: a run that was broken off goes on, and nothing is lost or mixed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.answers.record import Asked, Call, Kept, Kind, Passage, Record, Run, Said, Start, WrongRecords, read

RUN = Run("set.json", "", "ours", "a-model", "an-embedder", 1, 2)
RECORD = Record(
    Asked("q1", Kind.ANSWERABLE, "¿Cuándo?\n¿Dónde?", ("1913", "a las ocho"), True, 3, 7),
    Start.TYPED,
    "partial",
    (Said("Fue en 1913.", (1,), True), Said("Quizá.", (), False)),
    (Passage(1, "p1", "Título", "Fue en 1913.\u2028Sí.", "Fue en 1913.", True),),
    (Passage(2, "p2", "", "Otra cosa.", "", False),),
    (Call("generate", "Apuntes", "Fue en 1913.", 120, 80, 9, 400.5, 900.25),),
    "short",
    ("dónde",),
    12.5,
    400.0,
    950.0,
)


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "raw.jsonl", RUN, resume=False)
    kept.append(RECORD)
    assert read(tmp_path / "raw.jsonl") == (RUN, (RECORD,))


def test_a_run_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    Kept(path, RUN, resume=False).append(RECORD)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"asked": {"id": "q2", "ki')
    again = Kept(path, RUN, resume=True)
    assert again.records == [RECORD]
    other = replace(RECORD, start=Start.COLD)
    again.append(other)
    assert read(path)[1] == (RECORD, other)


def test_there_is_nothing_to_go_on_with_at_first(tmp_path: Path) -> None:
    assert Kept(tmp_path / "raw.jsonl", RUN, resume=True).records == []


def test_a_file_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    Kept(path, RUN, resume=False).append(RECORD)
    with pytest.raises(WrongRecords, match="--resume"):
        Kept(path, RUN, resume=False)
    assert read(path)[1] == (RECORD,)


def test_another_run_is_not_mixed_in(tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    Kept(path, RUN, resume=False).append(RECORD)
    with pytest.raises(WrongRecords, match="another run"):
        Kept(path, replace(RUN, model="another"), resume=True)
    assert read(path)[1] == (RECORD,)


@pytest.mark.parametrize("text", ["", "{}", "[]\n", "no es nada\n", '{"data": "set.json"}\n'])
def test_a_file_of_something_else_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "raw.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(WrongRecords, match=r"raw\.jsonl"):
        read(path)


def test_a_line_that_is_damaged_in_the_middle_is_told(tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    Kept(path, RUN, resume=False).append(RECORD)
    path.write_text(path.read_text("utf-8").replace('"start"', '"stort"'), "utf-8")
    with pytest.raises(WrongRecords):
        read(path)
