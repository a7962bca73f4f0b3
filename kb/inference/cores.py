"""How a model's threads share the processor: how many are worth having, and how long one waits awake."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM = Path("/sys")

SPIN = {"GOMP_SPINCOUNT": "5000"}
"""How often a model's thread looks before it sleeps while it waits for the others, about a quarter millisecond.

GNU OpenMP's own 300,000 is 15 milliseconds: with as many threads as cores, one other busy program makes them wait
for each other that long at each of a token's thousand barriers. Measured on two cores, tokens a second. SmolLM2-135M
beside two busy processes: 28 with 1000, 26 with 5000, 5 with 20,000, 0.5 with 200,000. Qwen2.5-1.5B alone: 5 % under
the default with 1000, level with it from 5000 on. A value that the user has set is left alone.
"""


def physical_cores(system: Path = SYSTEM) -> int:
    """Count the physical cores this process may use, at least 1.

    Hyper-threads of one core share its vector units, so that more threads than cores slow a model down. Linux
    tells siblings in devices/system/cpu (kernel documentation, admin-guide/cputopology) and a container's share
    in fs/cgroup/cpu.max (admin-guide/cgroup-v2); elsewhere every processor counts as a core.
    """
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    allowed = os.sched_getaffinity(0)
    siblings = {_siblings(system, cpu) for cpu in allowed}
    return max(1, min(len(siblings), _share(system)))


def _siblings(system: Path, cpu: int) -> str:
    """Name a processor's physical core by the list of its hyper-threads."""
    try:
        return (system / f"devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text("ascii").strip()
    except OSError:
        return str(cpu)


def _share(system: Path) -> int:
    """Whole processors a container may use; a large number when it is not limited."""
    unlimited = 2**16
    try:
        quota, period = (system / "fs/cgroup/cpu.max").read_text("ascii").split()
        return unlimited if quota == "max" else round(int(quota) / int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return unlimited
