"""A folder whose new and changed files are added as they come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.read import is_supported
from ingest.sources.folder_settings import NAME
from ingest.sources.zip_members import SUFFIX

QUIET_MS = 800
"""Milliseconds without a change after which we look whether what changed has its final size."""

Size = tuple[int, int]
"""A file's size in bytes and its time of change in nanoseconds."""


@dataclass(slots=True)
class Settling:
    """Files that changed, until they stay as they are from one look to the next: one may be still being written."""

    waiting: dict[Path, Size] = field(default_factory=dict)

    def changed(self, paths: Iterable[Path], size_of: Callable[[Path], Size]) -> None:
        """Take in files that changed, as they are now."""
        self.waiting |= {path: size_of(path) for path in paths}

    def settled(self, size_of: Callable[[Path], Size]) -> bool:
        """Tell whether there were changes and all of them have come to an end; if so, forget them."""
        now = {path: size_of(path) for path in self.waiting}
        quiet = bool(now) and now == self.waiting
        self.waiting = {} if quiet else now
        return quiet


def watch(
    folder: Path, add: Callable[[], None], gone: Callable[[tuple[Path, ...]], None], stop: threading.Event
) -> None:
    """Call `add` now, and again whenever files of a folder were changed and are whole, until `stop` is set.

    `gone` is told of files and folders that were removed. Files of no format of ours, hidden ones and other programs'
    locks and half-loaded files count for nothing. Whatever `add` raises ends the watch. `folder` must be absolute.
    """
    from watchfiles import Change
    from watchfiles import watch as changes_in

    settling = Settling()
    begun = False
    # It listens from before its first word, a time-out at the latest, so that no change is missed while we add.
    for changes in changes_in(
        folder,
        watch_filter=lambda _change, path: concerns(Path(path), folder),
        stop_event=stop,
        rust_timeout=QUIET_MS,
        yield_on_timeout=True,
    ):
        removed = tuple(sorted(Path(path) for change, path in changes if change is Change.deleted))
        if removed := tuple(path for path in removed if not path.exists()):
            gone(removed)
        settling.changed((Path(path) for change, path in changes if change is not Change.deleted), _size_of)
        if not begun or (not changes and settling.settled(_size_of)):
            begun = True
            add()


def concerns(path: Path, folder: Path) -> bool:
    """Say whether a change at a path in a folder may be of a file of ours: folders are, and what is gone may be."""
    if any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts):
        return False
    ours = is_supported(path) or path.suffix.lower() == SUFFIX or path.name == NAME
    return ours or path.is_dir() or not path.exists()


def _size_of(path: Path) -> Size:
    try:
        status = path.stat()
    except OSError:
        return (-1, -1)  # gone since
    return status.st_size, status.st_mtime_ns
