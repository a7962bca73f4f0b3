"""What binds a reader's process: its memory, its parent's life, and silence. Called in the child alone."""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path


def take_pipes() -> tuple[int, int]:
    """Return private copies of stdin and stdout, and leave nothing where they and stderr were.

    Native libraries print to descriptors 1 and 2; it would break into our messages or onto the student's screen.
    """
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    return requests, replies


def end_with_parent(requests: int) -> None:
    """Have the kernel end this process and those it starts as soon as the pipe that `requests` reads is closed.

    The parent writes nothing to it while we work, so that a signal means its death. A thread that waits for the end
    of the pipe would not do: a regular expression or a parser in C that hangs holds Python's one lock.
    """
    if sys.platform == "win32":
        return
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(requests, fcntl.F_SETOWN, -os.getpgrp())
    _notify(requests, os.O_ASYNC)
    watched = select.poll()
    watched.register(requests, select.POLLIN)
    if any(event & select.POLLHUP for _, event in watched.poll(0)):
        os._exit(0)  # it went in the moment before


def wait_for_parent(requests: int) -> None:
    """Let the pipe carry requests again: what comes down it is no longer a signal's cause."""
    if sys.platform != "win32":
        _notify(requests, 0)


def confine(memory: int) -> None:
    """Let this process take `memory` bytes of addresses beyond those it has, and leave no core file behind.

    Where the system has no such limit, as macOS, only the parent's clock ends a file that grows and grows.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allowed = _addresses() + memory
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    except (ValueError, OSError):
        return  # macOS knows the limit by name only


def peak_memory() -> int:
    """Return the most bytes of memory that this process has held at once; 0 where the system does not tell.

    Linux's getrusage(2) counts what the parent held when it started us; its VmHWM, proc(5), does not.
    """
    if sys.platform == "win32":
        return 0
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return 0
    found = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
    return int(found) * 1024


def _addresses() -> int:
    """Return the bytes of address space in use (proc(5): the first number of statm, in pages)."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 1 << 30
    return int(statm.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _notify(pipe: int, flag: int) -> None:
    import fcntl

    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) & ~os.O_ASYNC | flag)
