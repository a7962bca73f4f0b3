"""A folder for what child processes leave behind, removed with its owner, or by the next if that was killed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

_PREFIX = "repaso-reading-"


class ScratchFolder:
    """A folder made when its path is first asked for. Its owner holds a lock on it, which ends with the process."""

    def __init__(self) -> None:
        # Re-entrant: the garbage collector may remove a forgotten pool's while this very thread makes another.
        self._lock = threading.RLock()
        self._made: tuple[tuple[str, int], ...] = ()

    @property
    def path(self) -> str:
        """Where it is. Raises OSError."""
        with self._lock:
            if not self._made:
                _sweep()
                self._made = (_make(),)
            return self._made[0][0]

    def remove(self) -> None:
        """Remove it with all that is in it."""
        with self._lock:
            made, self._made = self._made, ()
        for path, lock in made:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _make() -> tuple[str, int]:
    """Return a new folder and a descriptor that locks it."""
    while True:
        path = tempfile.mkdtemp(prefix=_PREFIX)
        lock = os.open(path, os.O_RDONLY)
        if _try_lock(lock) and Path(path).exists():
            return path, lock
        os.close(lock)  # another's sweep came in between


def _sweep() -> None:
    """Remove the folders of owners that were killed: those of ours that nobody holds a lock on."""
    with os.scandir(tempfile.gettempdir()) as entries:
        found = [entry.path for entry in entries if entry.name.startswith(_PREFIX)]
    for path in found:
        try:
            lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            continue  # another user's, a link, or gone meanwhile
        if os.fstat(lock).st_uid == os.getuid() and _try_lock(lock):
            shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _try_lock(folder: int) -> bool:
    """Lock an open folder, and say whether that worked."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
