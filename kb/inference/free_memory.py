"""How much memory a program could still take here: the system's own word, and a container's limit if it is lower."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")

UNLIMITED = 1 << 60
"""Bytes from which a container's limit is none; version 1 writes the largest whole number of pages."""


def free_memory(root: Path = ROOT, platform: str = sys.platform) -> int | None:
    """Return the bytes that can be taken without pushing out what runs, None where the system does not say.

    What only caches files counts as free: the system gives it up when asked.
    """
    if platform.startswith("linux"):
        return linux_memory(root)
    if platform == "darwin":
        return _mac_memory()
    return _windows_memory() if platform == "win32" else None


def linux_memory(root: Path) -> int | None:
    """Return the least of MemAvailable (proc(5)) and of what each control group this process is in leaves."""
    told = re.search(r"^MemAvailable:\s+(\d+) kB", _read(root / "proc/meminfo"), re.MULTILINE)
    found = [int(told[1]) * 1024] if told else []
    found += _groups(root)
    return max(0, min(found)) if found else None


def _groups(root: Path) -> Iterator[int]:
    """Yield what is left in each limited group, from ours up; within a container only its root may be visible.

    Names are those of the kernel's admin-guide/cgroup-v2 and cgroup-v1/memory.
    """
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, name = rest.partition(":")
        if number == "0" and not controllers:
            top, names = root / "sys/fs/cgroup", ("memory.max", "memory.current", "")
        elif "memory" in controllers.split(","):
            top, names = root / "sys/fs/cgroup/memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
        else:
            continue
        own = top / name.strip().lstrip("/")
        for place in (own, *own.parents):
            yield from _left(place, *names)
            if place == top:
                break


def _left(place: Path, limit_name: str, used_name: str, prefix: str) -> Iterator[int]:
    """Yield what one group leaves, nothing where it is not limited. What it caches of files can be taken back."""
    limit, used = _read(place / limit_name).strip(), _read(place / used_name).strip()
    if not limit.isdigit() or not used.isdigit() or int(limit) >= UNLIMITED:
        return
    cached = re.findall(rf"^{prefix}(?:in)?active_file (\d+)$", _read(place / "memory.stat"), re.MULTILINE)
    yield int(limit) - int(used) + sum(map(int, cached))


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""


def _mac_memory() -> int | None:
    try:
        told = subprocess.run(["vm_stat"], capture_output=True, text=True, check=True, timeout=5).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return mac_memory(told)


def mac_memory(told: str) -> int | None:
    """Return the bytes that vm_stat(1) counts as free or as soon freed, None where it says something else."""
    page = re.search(r"page size of (\d+) bytes", told)
    counts = re.findall(r"^Pages (?:free|inactive|speculative|purgeable):\s+(\d+)\.", told, re.MULTILINE)
    return int(page[1]) * sum(map(int, counts)) if page and counts else None


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX (Windows API, sysinfoapi.h)."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        *((name, ctypes.c_uint64) for name in ("total", "available", "file_total", "file_available")),
        *((name, ctypes.c_uint64) for name in ("virtual_total", "virtual_available", "extended")),
    )


def _windows_memory() -> int | None:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    windows = ctypes.CDLL("kernel32", use_last_error=True)
    if not windows.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available)
