"""Free memory is what the system says, and within a container what the container leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference.free_memory import free_memory, linux_memory, mac_memory

MEMINFO = "MemTotal:       24683192 kB\nMemFree:        17065232 kB\nMemAvailable:   {available} kB\nBuffers: 1 kB\n"


@pytest.fixture
def system(tmp_path: Path) -> Path:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/meminfo").write_text(MEMINFO.format(available=8_000_000))
    return tmp_path


def group(place: Path, **files: object) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (place / name.replace("__", ".")).write_text(f"{value}\n")


def test_a_machine_says_what_is_available(system: Path) -> None:
    assert linux_memory(system) == 8_000_000 * 1024


def test_this_machine_says_a_number() -> None:
    free = free_memory()
    assert free is None or 0 < free < 2**50


@pytest.mark.parametrize("folder", ["sys/fs/cgroup/user/app", "sys/fs/cgroup/user", "sys/fs/cgroup"])
def test_a_group_of_version_2_or_one_above_it_limits(system: Path, folder: str) -> None:
    (system / "proc/self/cgroup").write_text("0::/user/app\n")
    stat = "anon 5\ninactive_file 200\nactive_file 30\nfile 999\n"
    group(system / folder, memory__max=2_000_000_000, memory__current=1_500_000_000, memory__stat=stat)

    assert linux_memory(system) == 500_000_230


@pytest.mark.parametrize("folder", ["sys/fs/cgroup/memory/docker/x", "sys/fs/cgroup/memory"])
def test_a_group_of_version_1_limits(system: Path, folder: str) -> None:
    (system / "proc/self/cgroup").write_text("5:cpu,cpuacct:/\n4:memory:/docker/x\n0::/\n")
    stat = "inactive_file 7\ntotal_inactive_file 200\ntotal_active_file 30\n"
    values = {"memory__limit_in_bytes": 10**9, "memory__usage_in_bytes": 9 * 10**8, "memory__stat": stat}
    group(system / folder, **values)

    assert linux_memory(system) == 10**8 + 230


@pytest.mark.parametrize("limit", ["max", "9223372036854771712", "", "nonsense"])
def test_a_group_without_a_limit_limits_nothing(system: Path, limit: str) -> None:
    (system / "proc/self/cgroup").write_text("0::/\n4:memory:/\n")
    group(system / "sys/fs/cgroup", memory__max=limit, memory__current=5, memory__stat="")
    group(system / "sys/fs/cgroup/memory", memory__limit_in_bytes=limit, memory__usage_in_bytes=5)

    assert linux_memory(system) == 8_000_000 * 1024


def test_a_group_over_its_limit_leaves_nothing(system: Path) -> None:
    (system / "proc/self/cgroup").write_text("0::/\n")
    group(system / "sys/fs/cgroup", memory__max=100, memory__current=200, memory__stat="")

    assert linux_memory(system) == 0


def test_a_system_that_says_nothing_is_not_guessed_at(tmp_path: Path) -> None:
    assert linux_memory(tmp_path) is None
    assert free_memory(tmp_path, platform="plan9") is None


@given(st.text())
def test_no_group_file_breaks_it(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    system = tmp_path_factory.mktemp("system")
    (system / "proc/self").mkdir(parents=True)
    (system / "proc/self/cgroup").write_text(text, "utf-8", "replace")
    assert linux_memory(system) is None


VM_STAT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            200000.
Pages inactive:                            2000.
Pages speculative:                          300.
Pages throttled:                              0.
Pages wired down:                         90000.
Pages purgeable:                             40.
"Translation faults":                 123456789.
"""


def test_a_mac_counts_pages() -> None:
    assert mac_memory(VM_STAT) == 16384 * (10_000 + 2_000 + 300 + 40)
    assert mac_memory("vm_stat: something else") is None
