"""How a model's threads share the processor: how many are worth having, and how long one waits awake."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

SYSTEM = Path("/sys")

SPIN = {"GOMP_SPINCOUNT": "5000"}
"""How often a model's thread looks before it sleeps while it waits for the others, about a quarter millisecond.

GNU OpenMP's own 300,000 is 15 milliseconds: with as many threads as cores, one other busy program makes them wait
for each other that long at each of a token's thousand barriers. Measured on two cores, tokens a second. SmolLM2-135M
beside two busy processes: 28 with 1000, 26 with 5000, 5 with 20,000, 0.5 with 200,000. Qwen2.5-1.5B alone: 5 % under
the default with 1000, level with it from 5000 on. A value that the user has set is left alone.
"""


def physical_cores(system: Path = SYSTEM, platform: str = sys.platform) -> int:
    """Count the physical cores this process may use for a model, at least 1.

    Hyper-threads of one core share its vector units, so that more threads than cores slow a model down; so do the
    slow cores of a processor that has two kinds, for which the fast ones wait at each barrier. Linux tells siblings
    in devices/system/cpu (kernel documentation, admin-guide/cputopology), fast cores in devices/cpu_core/cpus
    (Intel's hybrid processors alone have it) and a container's share in fs/cgroup (admin-guide/cgroup-v2,
    scheduler/sched-bwc for version 1); a Mac its fast cores in hw.perflevel0; elsewhere every processor is a core.
    """
    if platform == "darwin":
        return _fast_cores_of_mac() or os.cpu_count() or 1
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    allowed = os.sched_getaffinity(0)
    fast = allowed & _fast(system)
    siblings = {_siblings(system, cpu) for cpu in fast or allowed}
    return max(1, min(len(siblings), _share(system)))


def _siblings(system: Path, cpu: int) -> str:
    """Name a processor's physical core by the list of its hyper-threads."""
    return _read(system / f"devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").strip() or str(cpu)


def _fast(system: Path) -> set[int]:
    """Return the fast processors where there are two kinds, as a list like "0-7,9"; none where there is one."""
    told = _read(system / "devices/cpu_core/cpus").strip()
    ranges = re.findall(r"(\d{1,5})(?:-(\d{1,5}))?", told)
    return {cpu for first, last in ranges for cpu in range(int(first), int(last or first) + 1)}


def _share(system: Path) -> int:
    """Whole processors a container may use; a large number when it is not limited."""
    unlimited = 2**16
    one = _read(system / "fs/cgroup/cpu/cpu.cfs_quota_us") + " " + _read(system / "fs/cgroup/cpu/cpu.cfs_period_us")
    for told in (_read(system / "fs/cgroup/cpu.max"), one):
        try:
            quota, period = (int(number) for number in told.split())
            share = round(quota / period)
        except (ValueError, ZeroDivisionError):
            continue
        if quota >= 0:
            return share
    return unlimited


def _fast_cores_of_mac() -> int:
    """Return the number of performance cores, 0 where the system does not say."""
    command = ["/usr/sbin/sysctl", "-n", "hw.perflevel0.physicalcpu"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return 0
    return int(told) if told.isdigit() else 0


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""
