"""Compile llama-cpp-python for this machine: which flags, which cached wheel, which second try.

A plain build with GCC on a processor with AMX crashes at the first token: the tile configuration lies on the stack
and the compiler optimises it away (llama.cpp issue 20824). So the flags depend on the processor and the compiler.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup_checks import Compiler

PACKAGE = "llama-cpp-python"
LEAN = Path(__file__).with_name("llama_lean.cmake")
NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
BASE = ("-DLLAVA_BUILD=OFF",)
"""No vision parts: Repaso reads text. llama-cpp-python 0.3.36 builds no tools, server or tests by itself."""

USER_VARIABLES = ("CFLAGS", "CXXFLAGS", "CMAKE_ARGS", "CC", "CXX")
"""What the user may set to build otherwise, as CMAKE_ARGS=-DGGML_CUDA=ON for a graphics card."""


@dataclass(frozen=True)
class Processor:
    """The machine's kind ("x86_64", "arm64") and its instruction flags as Linux names them; none elsewhere."""

    machine: str
    flags: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """One way to build: CMake's arguments and the C and C++ compilers' extra flags."""

    cmake: tuple[str, ...]
    compiler_flags: str

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment for pip: ours and after it the user's own arguments, which win."""
        flags = {name: f"{self.compiler_flags} {environ.get(name, '')}".strip() for name in ("CFLAGS", "CXXFLAGS")}
        lean = shlex.quote(f"-DCMAKE_PROJECT_llama_cpp_INCLUDE={LEAN.as_posix()}")
        arguments = " ".join((*self.cmake, lean, environ.get("CMAKE_ARGS", ""))).strip()
        jobs = environ.get("CMAKE_BUILD_PARALLEL_LEVEL") or str(os.cpu_count() or 1)
        return {**environ, **flags, "CMAKE_ARGS": arguments, "CMAKE_BUILD_PARALLEL_LEVEL": jobs}


def this_processor(cpuinfo: Path = Path("/proc/cpuinfo"), machine: str | None = None) -> Processor:
    """Return the processor's kind and flags."""
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    found = re.search(r"^(?:flags|Features)\s*:\s*(.*)$", text, re.MULTILINE)
    return Processor(machine or platform.machine(), frozenset(found.group(1).split() if found else ()))


def plans(processor: Processor, compiler: Compiler) -> tuple[Plan, Plan]:
    """Return the best build for this machine, and the plain one to fall back to.

    The first uses every instruction of this processor but AMX under GCC; the second those that llama.cpp's own
    default packages use (AVX2), or fewer where the processor lacks them.
    """
    no_amx = compiler.family == "gcc" and "amx_tile" in processor.flags
    native = Plan((*BASE, "-DGGML_NATIVE=ON"), NO_AMX if no_amx else "")
    return native, Plan((*BASE, "-DGGML_NATIVE=OFF", *_plain(processor)), "")


def _plain(processor: Processor) -> tuple[str, ...]:
    """Return CMake's switches for the instructions of the plain build, by what the processor has."""
    if processor.machine.lower() not in ("x86_64", "amd64"):
        return ()
    needs = {
        "GGML_SSE42": "sse4_2",
        "GGML_AVX": "avx",
        "GGML_AVX2": "avx2",
        "GGML_FMA": "fma",
        "GGML_F16C": "f16c",
        "GGML_BMI2": "bmi2",
    }
    # Where the flags cannot be read (no Linux) every x86-64 processor of the last ten years has these.
    unknown = not processor.flags
    return tuple(f"-D{name}={'ON' if unknown or flag in processor.flags else 'OFF'}" for name, flag in needs.items())


def cache_key(version: str, plan: Plan, compiler: Compiler, processor: Processor, environ: Mapping[str, str]) -> str:
    """Return a name for the wheel such a build gives; whatever could change its code is in it."""
    parts = (
        version,
        *plan.cmake,
        plan.compiler_flags,
        LEAN.read_text(encoding="utf-8"),
        compiler.version,
        platform.system(),
        processor.machine,
        " ".join(sorted(processor.flags)),
        *(environ.get(name, "") for name in USER_VARIABLES),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


class WheelCache:
    """Wheels built before on this machine, for the next clone: `<cache>/wheels/<key>/`."""

    def __init__(self, cache: Path) -> None:
        self.folder = cache / "wheels"

    def find(self, key: str) -> Path | None:
        """Return the wheel built under that key, or None."""
        return next(iter(sorted((self.folder / key).glob("*.whl"))), None)

    def refused(self, key: str) -> bool:
        """Whether a wheel of that key was built and did not work."""
        return (self.folder / f"{key}.refused").exists()

    def refuse(self, key: str) -> None:
        """Remember that the wheel of that key does not work."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{key}.refused").touch()

    def build(self, key: str, make: Callable[[Path], None]) -> Path:
        """Let `make` put a wheel into an empty folder, then keep it under the key: whole, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=self.folder, prefix=".draft-"))
        try:
            make(draft)
            shutil.rmtree(self.folder / key, ignore_errors=True)
            draft.replace(self.folder / key)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return next(iter((self.folder / key).glob("*.whl")))


def build_command(python: Path, version: str, target: Path) -> Sequence[str]:
    """Return pip's command; its own cache would hand out a wheel built with other flags, so it is left out."""
    pip = [str(python), "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "--no-binary", PACKAGE]
    return [*pip, "--verbose", "--wheel-dir", str(target), f"{PACKAGE}=={version}"]
