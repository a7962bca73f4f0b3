"""Files within zip archives: which there are to read, and the bytes of one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import IngestError, MissingFile, UnreadableFile
from ingest.formats.archive import LIMITS, Archive, open_archive

SUFFIX = ".zip"

_UNBOUNDED_SUM = replace(LIMITS, total_bytes=sys.maxsize)
"""Limits for reading members one by one, after `Archive.check` has bounded their sum."""


@dataclass(frozen=True, slots=True)
class _Key:
    """An archive as it was when opened; `changed` is in nanoseconds."""

    path: Path
    password: str
    changed: int
    size: int


class OpenArchive:
    """The archive read last, kept open: the next file is mostly in the same one, and its directory may be long."""

    def __init__(self) -> None:
        self._open: tuple[tuple[_Key, Archive], ...] = ()

    def read(self, path: Path, member: str, shown: str, password: str) -> bytes:
        """Return the bytes of a member of the archive at `path`; `shown` names it in errors. Raises IngestError."""
        try:
            return self._archive(path, password).read(member)
        except KeyError as error:
            raise MissingFile(path=shown) from error
        except IngestError as error:
            raise type(error)(**{**error.params, "path": shown}) from error

    def close(self) -> None:
        """Let go of the archive."""
        for _, archive in self._open:
            archive.close()
        self._open = ()

    def _archive(self, path: Path, password: str) -> Archive:
        try:
            state = path.stat()
        except FileNotFoundError as error:
            raise MissingFile(path=path) from error
        except OSError as error:
            raise UnreadableFile(path=path, reason=error.strerror or str(error)) from error
        key = _Key(path, password, state.st_mtime_ns, state.st_size)
        if not self._open or self._open[0][0] != key:
            self.close()
            self._open = ((key, open_archive(path, str(path), _UNBOUNDED_SUM, password)),)
        return self._open[0][1]


def parted(place: Path) -> Iterator[tuple[Path, str]]:
    """Yield the archive and the member that a path such as `clases.zip/tema 1/notas.pdf` may mean, if it may."""
    for archive in place.parents:
        if archive.suffix.lower() == SUFFIX and archive.is_file():
            yield archive, place.relative_to(archive).as_posix()
            return
