"""The graphics cards that this build of llama.cpp can compute on, asked of its own ggml (ggml-backend.h).

`python -m kb.inference.cards` prints them as JSON, one a line; only a process of its own imports llama.cpp.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb.inference.placement import Card

GPU, INTEGRATED = 1, 2
"""GGML_BACKEND_DEVICE_TYPE_GPU and _IGPU; the latter shares the machine's memory and serves where no other is."""

LIBRARIES = ("ggml", "ggml-base")
"""ggml's functions lie in the first or, from version 0.9 on, in the second."""


def cards() -> tuple[Card, ...]:
    """Return the cards; none where this build has no backend for one or cannot be asked."""
    import llama_cpp

    if not llama_cpp.llama_supports_gpu_offload():
        return ()
    llama_cpp.llama_backend_init()
    try:
        return found(_function)
    except (AttributeError, OSError):
        return ()


def found(function: Callable[[str], Any], wanted: Sequence[int] = (GPU, INTEGRATED)) -> tuple[Card, ...]:
    """Ask ggml's functions, given by name, for the devices of the first wanted type that there are any of.

    Raises AttributeError where a function is missing.
    """
    count, device = function("ggml_backend_dev_count"), function("ggml_backend_dev_get")
    kind, memory = function("ggml_backend_dev_type"), function("ggml_backend_dev_memory")
    name = function("ggml_backend_dev_description")
    count.argtypes, count.restype = [], ctypes.c_size_t
    device.argtypes, device.restype = [ctypes.c_size_t], ctypes.c_void_p
    kind.argtypes, kind.restype = [ctypes.c_void_p], ctypes.c_int
    sizes = ctypes.POINTER(ctypes.c_size_t)
    memory.argtypes, memory.restype = [ctypes.c_void_p, sizes, sizes], None
    name.argtypes, name.restype = [ctypes.c_void_p], ctypes.c_char_p
    kinds: dict[int, list[Card]] = {each: [] for each in wanted}
    for number in range(count()):
        each = device(number)
        if kind(each) in kinds:
            free, total = ctypes.c_size_t(0), ctypes.c_size_t(0)
            memory(each, ctypes.byref(free), ctypes.byref(total))
            told = (name(each) or b"").decode("utf-8", "replace")
            kinds[kind(each)].append(Card(told, free.value, total.value))
    return tuple(next((cards for cards in kinds.values() if cards), []))


def _function(name: str) -> Any:
    """Return a function of the libraries that llama-cpp-python loaded. Raises AttributeError or OSError."""
    import llama_cpp
    from llama_cpp._ctypes_extensions import load_shared_library

    folder = Path(llama_cpp.__file__).parent / "lib"
    for library in LIBRARIES:
        try:
            return getattr(load_shared_library(library, folder), name)
        except (AttributeError, FileNotFoundError):
            continue
    raise AttributeError(name)


if __name__ == "__main__":
    for each in cards():
        sys.stdout.write(json.dumps(asdict(each)) + "\n")
