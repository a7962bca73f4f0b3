from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.inference import cores as cores_module
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


@pytest.mark.parametrize(("quota", "cores"), [("-1", 4), ("200000", 2), ("0", 1), ("", 4)])
def test_a_share_of_version_1_counts_too(tmp_path: Path, four_processors: None, quota: str, cores: int) -> None:
    write(tmp_path / "fs/cgroup/cpu/cpu.cfs_quota_us", quota)
    write(tmp_path / "fs/cgroup/cpu/cpu.cfs_period_us", "100000")
    assert physical_cores(tmp_path) == cores


@pytest.mark.parametrize(("fast", "cores"), [("0-1\n", 2), ("0,2-3", 3), ("8-15", 4), ("nonsense", 4), ("", 4)])
def test_of_two_kinds_of_cores_the_fast_ones_count(
    tmp_path: Path, four_processors: None, fast: str, cores: int
) -> None:
    write(tmp_path / "devices/cpu_core/cpus", fast)
    assert physical_cores(tmp_path) == cores


def test_a_mac_that_does_not_say_counts_its_processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 10)
    monkeypatch.setattr(cores_module, "_fast_cores_of_mac", lambda: 0)
    assert physical_cores(tmp_path, platform="darwin") == 10
    monkeypatch.setattr(cores_module, "_fast_cores_of_mac", lambda: 8)
    assert physical_cores(tmp_path, platform="darwin") == 8
