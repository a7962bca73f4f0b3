"""Asks something of a model's runtime in a process of its own: a module of ours that prints JSON objects."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from kb.inference.cores import SPIN

POLL_SECONDS = 0.1


class ChildFailed(Exception):
    """The process ended without its last word; the text is the last line of what it said."""


class ChildSilent(Exception):
    """The process printed nothing for too long and was stopped."""


def never() -> bool:
    """Do not stop."""
    return False


def documents(
    module: str, arguments: Sequence[str], silence: float, should_stop: Callable[[], bool] = never
) -> Iterator[dict[str, Any]]:
    """Yield what a module prints as it comes; nothing more once it should stop, which ends the process.

    Raises ChildFailed when its status is not 0 in the end, ChildSilent when it says nothing for `silence` seconds.
    """
    child = subprocess.Popen(
        # -P: a json.py in the folder where the student stands must not be imported.
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,  # Ctrl-C is ours to handle
    )
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    said: list[bytes] = []
    readers = (
        threading.Thread(target=_pass_on, args=(child.stdout, lines.put), daemon=True),
        threading.Thread(target=_pass_on, args=(child.stderr, said.append), daemon=True),
    )
    for reader in readers:
        reader.start()
    try:
        for line in _heard(lines, silence, should_stop):
            yield from _documents(line)
        if not should_stop() and child.wait() != 0:
            told = b"".join(said).decode("utf-8", "replace").strip().splitlines()
            raise ChildFailed(told[-1][:300] if told else f"exit status {child.returncode}")
    finally:
        child.kill()
        child.wait()
        for reader in readers:
            reader.join()


def _documents(line: bytes) -> Iterator[dict[str, Any]]:
    """Yield the object that a line is; what a native library prints of itself is none."""
    try:
        said = json.loads(line)
    except ValueError:
        return
    if isinstance(said, dict):
        yield said


def _heard(lines: queue.SimpleQueue[bytes], silence: float, should_stop: Callable[[], bool]) -> Iterator[bytes]:
    """Yield lines up to the empty one that stands for the end."""
    last = time.monotonic()
    while not should_stop():
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            if time.monotonic() - last > silence:
                raise ChildSilent from None
            continue
        if not line:
            return
        last = time.monotonic()
        yield line


def _pass_on(stream: IO[bytes], take: Callable[[bytes], None]) -> None:
    with stream:
        for line in stream:
            take(line)
    take(b"")


def _environment() -> dict[str, str]:
    """Ours, with this very package first on the path and threads that do not wait awake for long."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**SPIN, **os.environ, "PYTHONPATH": os.pathsep.join(paths)}
