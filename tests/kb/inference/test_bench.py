"""A model is measured in a process of its own, can be stopped, and what was measured is found again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ModelUnavailable
from kb.inference import speeds
from kb.inference.bench import BenchStopped, Step, bench
from kb.inference.children import ChildFailed, ChildSilent, documents
from kb.inference.machine import Machine, processor_name
from kb.inference.placement import Card
from kb.inference.speeds import Speed, keep, measured, model_file_key

Writer = Callable[..., Path]
DAY = date(2026, 2, 3)
SPEED = Speed("2026-02-03", 0.5, 90.0, 15.0, 10**9, 2, 0)


def test_a_real_model_is_measured(small_model: Path) -> None:
    steps: list[Step] = []

    (speed,) = bench("smollm2-135m", small_model, DAY, threads=[1], progress=steps.append)

    assert steps == [Step("load", 1), Step("prompt", 1), Step("answer", 1)]
    assert (speed.day, speed.threads, speed.gpu_layers) == ("2026-02-03", 1, 0)
    assert min(speed.load_seconds, speed.prompt_speed, speed.answer_speed) > 0
    assert speed.memory > small_model.stat().st_size / 2


def test_each_number_of_threads_is_measured_and_the_model_loaded_once(write_gguf: Writer) -> None:
    steps: list[Step] = []

    found = bench("tiny", write_gguf(), DAY, threads=[1, 2, 1], progress=steps.append)

    assert [speed.threads for speed in found] == [1, 2, 1]
    assert [step.name for step in steps].count("load") == 1


def test_a_file_that_is_no_model_is_refused_with_its_reason_and_numbers(write_gguf: Writer) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        bench("short", write_gguf(cut=32), DAY, threads=[1])

    assert caught.value.params["model"] == "short"
    assert caught.value.params["reason"] == "truncated"
    assert caught.value.params["expected"] == "1"


def test_it_can_be_stopped_at_any_step(write_gguf: Writer) -> None:
    steps: list[Step] = []
    with pytest.raises(BenchStopped):
        bench("tiny", write_gguf(), DAY, threads=[1], progress=steps.append, should_stop=lambda: bool(steps))
    with pytest.raises(BenchStopped):
        bench("tiny", write_gguf(), DAY, threads=[1], should_stop=lambda: True)


def test_objects_that_a_child_prints_come_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text('{"a": 1}\n5\n[2]\n{"b": "ñ"}\n', "utf-8")
    assert list(documents("json.tool", ["--json-lines", "--compact", str(tmp_path / "lines")], 30.0)) == [
        {"a": 1},
        {"b": "ñ"},
    ]
    assert list(documents("base64", ["-t"], 30.0)) == []


def test_a_child_that_fails_or_says_nothing_is_told_apart() -> None:
    with pytest.raises(ChildFailed, match="no_such_module"):
        list(documents("kb.no_such_module", [], 30.0))
    with pytest.raises(ChildSilent):
        list(documents("timeit", ["import time; time.sleep(60)"], 0.3))


def test_a_measurement_is_found_for_its_file_and_its_machine(tmp_path: Path) -> None:
    assert measured(tmp_path, "file", "machine") is None
    keep(tmp_path, "file", "machine", SPEED)
    keep(tmp_path, "file", "other machine", Speed("2026-02-04", 1, 2, 3, 4, 5, 6))

    assert measured(tmp_path, "file", "machine") == SPEED
    assert measured(tmp_path, "file", "other machine") == Speed("2026-02-04", 1, 2, 3, 4, 5, 6)
    assert measured(tmp_path, "another file", "machine") is None


WRONG = [
    "not json",
    "[]",
    "[" * 100_000,
    '{"file": 5}',
    '{"file": {"machine": {}}}',
    json.dumps({"file": {"machine": {**dict.fromkeys(Speed.__slots__, True), "day": "today"}}}),
    json.dumps({"file": {"machine": {**dict.fromkeys(Speed.__slots__, -1), "day": "today"}}}),
    json.dumps({"file": {"machine": {**dict.fromkeys(Speed.__slots__, 1), "day": 7}}}),
]


@pytest.mark.parametrize("text", WRONG)
def test_a_spoilt_note_is_no_measurement_and_is_replaced(text: str, tmp_path: Path) -> None:
    (tmp_path / speeds.FILE).write_text(text)
    assert measured(tmp_path, "file", "machine") is None

    keep(tmp_path, "file", "machine", SPEED)

    assert measured(tmp_path, "file", "machine") == SPEED


@given(st.binary(max_size=300))
def test_no_bytes_in_the_note_break_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("cache")
    (folder / speeds.FILE).write_bytes(data)
    assert measured(folder, "file", "machine") is None


def test_a_copy_of_a_file_is_the_same_model_and_other_weights_are_not(write_gguf: Writer, tmp_path: Path) -> None:
    path = write_gguf()
    copy, other = tmp_path / "copy.gguf", tmp_path / "other.gguf"
    data = path.read_bytes()
    copy.write_bytes(data)
    other.write_bytes(data[:-4] + b"abcd")

    assert model_file_key(path) == model_file_key(copy) != model_file_key(other)


def test_a_machine_is_known_by_what_it_is_made_of() -> None:
    machine = Machine("A  processor", 2, 10**9)

    assert machine.key == Machine("A processor", 2, None).key == "A processor | 2 cores"
    assert Machine("A processor", 2, 1, (Card("Tarjeta", 1, 2),)).key == "A processor | 2 cores | Tarjeta"


def test_the_processor_has_a_name_wherever_it_runs(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cpuinfo").write_text(
        "processor\t: 0\nmodel name\t: Núcleo 9000 @ 3GHz\nprocessor\t: 1\n", "utf-8"
    )

    assert processor_name(tmp_path) == "Núcleo 9000 @ 3GHz"
    assert processor_name(tmp_path / "nowhere")
