"""What a machine must have before set-up starts. Each check raises SetupFailed, whose sentence says what to do."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from setup_texts import SetupFailed

OLDEST_PYTHON = (3, 11)
COMPILERS = ("c++", "g++", "clang++")
FIRST_TIME_GB = 6.0
"""Packages 2.3 GB, models 1.3 GB, and what pip and the compiler need meanwhile."""

LATER_GB = 2.0
"""Room for new versions of packages where the environment is already there."""


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler: the command, its family ("gcc", "clang" or "other") and the first line of its version."""

    command: str
    family: str
    version: str


def check_python(version: tuple[int, ...] = sys.version_info[:3], path: str = sys.executable) -> None:
    """Refuse a Python older than 3.11."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise SetupFailed("python_old", found=".".join(map(str, version)), path=path)


def check_venv(has: Callable[[str], bool] = lambda name: importlib.util.find_spec(name) is not None) -> None:
    """Refuse a Python that cannot create an environment with pip in it, as Debian's does by default."""
    for module in ("venv", "ensurepip"):
        if not has(module):
            raise SetupFailed("no_venv", module=module, path=sys.executable)


def check_disk(folder: Path, needed_gb: float, free_bytes: Callable[[Path], int] | None = None) -> None:
    """Refuse a disk with less room than that for the folder, which need not exist yet."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = (free_bytes or (lambda path: shutil.disk_usage(path).free))(there)
    if free < needed_gb * 1e9:
        raise SetupFailed("no_disk", path=folder, needed=f"{needed_gb:.0f}", free=f"{free / 1e9:.1f}")


def find_compiler(
    chosen: str = "",
    which: Callable[[str], str | None] = shutil.which,
    ask_version: Callable[[str], str] | None = None,
    try_out: Callable[[str], str] | None = None,
) -> Compiler:
    """Return the C++ compiler the build will take: the one of the variable CXX, else the first of c++, g++, clang++.

    It is put to the test on an empty program, because a compiler without its headers or linker is no compiler.
    """
    looked = (chosen,) if chosen else COMPILERS
    command = next((name for name in looked if which(name)), None)
    if command is None:
        raise SetupFailed("no_compiler", looked=", ".join(looked))
    failure = (try_out or compile_nothing)(command)
    if failure:
        raise SetupFailed("broken_compiler", compiler=command, reason=failure)
    told = (ask_version or version_of)(command)
    return Compiler(command, family(told), told.strip().splitlines()[0] if told.strip() else "")


def family(version: str) -> str:
    """Tell GCC from clang by what `--version` says; macOS's c++ and g++ are clang."""
    text = version.lower()
    if "clang" in text:
        return "clang"
    return "gcc" if "free software foundation" in text or "gcc" in text else "other"


def version_of(command: str) -> str:
    """Return what `COMMAND --version` prints."""
    return subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout


def compile_nothing(command: str) -> str:
    """Compile and link an empty program that uses the standard library; return "" or the compiler's complaint."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "empty.cpp"
        source.write_text("#include <vector>\nint main() { return std::vector<int>().size(); }\n", encoding="ascii")
        done = subprocess.run(
            [command, str(source), "-o", str(source.with_suffix(""))], capture_output=True, text=True, check=False
        )
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if "error" in line.lower()] or done.stderr.splitlines()
    return lines[0].strip()[:200] if lines else f"exit status {done.returncode}"


def last_meaningful_line(output: str) -> str:
    """Return the last error a program printed, else its last line that is no warning.

    pip prints a warning per location it ignores; those say nothing about why it failed.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if not line.upper().startswith(("WARNING", "NOTE", "[NOTICE]", "HINT"))]
    errors = [line for line in told if line.upper().startswith("ERROR") and "subprocess-exited" not in line]
    # pip lists every version that exists in brackets: hundreds of them.
    return ((errors or told or lines or ["?"])[-1]).split(" (from versions:")[0][:300]
