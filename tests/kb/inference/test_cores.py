from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.inference.cores import physical_cores


@pytest.fixture
def four_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")


def test_hyper_threads_of_one_core_count_once(tmp_path: Path, four_processors: None) -> None:
    for cpu in range(4):
        write(tmp_path / f"devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", f"{cpu % 2},{cpu % 2 + 2}\n")
    assert physical_cores(tmp_path) == 2


@pytest.mark.parametrize(
    ("share", "cores"), [("max 100000", 4), ("200000 100000", 2), ("50000 100000", 1), ("nonsense", 4), ("1 0", 4)]
)
def test_a_container_gets_no_more_threads_than_its_share(
    tmp_path: Path, four_processors: None, share: str, cores: int
) -> None:
    write(tmp_path / "fs/cgroup/cpu.max", share)
    assert physical_cores(tmp_path) == cores


def test_a_system_that_tells_nothing_counts_processors(tmp_path: Path, four_processors: None) -> None:
    assert physical_cores(tmp_path) == 4
