"""Whether there is a graphics card for an embedder: asked of the driver, then of torch, whose import takes seconds.

`python -m kb.inference.devices` prints the device that torch would take, "cuda" or "cpu".
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Callable
from typing import Any

CUDA = "cuda"
CPU = "cpu"

DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")
"""NVIDIA's driver on Linux and on Windows, and AMD's runtime, whose cards torch calls "cuda" too."""


def driver_sees_card(load: Callable[[str], Any] = ctypes.CDLL) -> bool:
    """Say whether a driver is there that counts a card; without one this takes no time at all."""
    for name in DRIVERS:
        try:
            driver = load(name)
        except OSError:
            continue
        init, count = ("hipInit", "hipGetDeviceCount") if "hip" in name else ("cuInit", "cuDeviceGetCount")
        cards = ctypes.c_int(0)
        if getattr(driver, init)(0) == 0 and getattr(driver, count)(ctypes.byref(cards)) == 0 and cards.value > 0:
            return True
    return False


def torch_device() -> str:
    """Return the device that torch can use: a driver's card is of no use to a torch built without its kernels."""
    import torch

    return CUDA if torch.cuda.is_available() else CPU


def torch_device_in_child(python: str = sys.executable) -> str:
    """Return what `torch_device` says in a process of its own, the CPU where torch cannot even be imported."""
    command = [python, "-P", "-m", "kb.inference.devices"]
    child = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return CUDA if child.returncode == 0 and child.stdout.strip() == CUDA else CPU


if __name__ == "__main__":
    sys.stdout.write(torch_device() + "\n")
