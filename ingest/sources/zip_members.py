"""Files within zip archives: which there are to read, and the bytes of one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import FolderSettingsMalformed, IngestError, MissingFile, UnreadableFile
from ingest.sources.folder_settings import MAX_BYTES, NAME, FolderSettings, settings_of

if TYPE_CHECKING:
    from ingest.formats.archive import Archive, Member

SUFFIX = ".zip"

_DOCUMENT_MARKS = ("[Content_Types].xml", "mimetype")
"""What Office (ECMA-376, part 2) and OpenDocument (part 2, 3.3) files hold, which are archives themselves."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An archive's files by name, settings by folder ("" for the outermost), and what is refused with its error.

    One that `is_document`, an Office file with the wrong ending, is to be read as a file.
    """

    members: tuple[str, ...] = ()
    settings: tuple[tuple[str, FolderSettings], ...] = ()
    refused: tuple[tuple[str, IngestError], ...] = ()
    is_document: bool = False


def list_members(path: Path) -> Listing:
    """Return what the archive at `path` holds. Raises IngestError."""
    from ingest.formats.archive import open_archive

    with open_archive(path, str(path)) as archive:
        if any(mark in archive for mark in _DOCUMENT_MARKS):
            return Listing(is_document=True)
        refused = [(f"{path}/{each.name}", each.error) for each in archive.refused]
        members = []
        for member in archive.members:
            try:
                archive.check((member,))
                members.append(member)
            except IngestError as error:
                refused.append(_refused(path, member, error))
        archive.check(members)
        settings = []
        for member in members:
            folder, _, name = member.name.rpartition("/")
            try:
                if name == NAME:
                    settings.append((folder, _settings(archive, member)))
            except IngestError as error:
                refused.append(_refused(path, member, error))
    return Listing(tuple(member.name for member in members), tuple(settings), tuple(refused))


def _settings(archive: Archive, member: Member) -> FolderSettings:
    if member.size > MAX_BYTES:
        raise FolderSettingsMalformed(path=archive.path, line="?", reason=f"> {MAX_BYTES >> 20} MiB")
    return settings_of(archive.read(member.name), archive.path)


def _refused(path: Path, member: Member, error: IngestError) -> tuple[str, IngestError]:
    shown = f"{path}/{member.name}"
    return shown, renamed(error, shown)


def renamed(error: IngestError, path: str) -> IngestError:
    """Return the error with another path in it: the member's and not the archive's."""
    return type(error)(**{**error.params, "path": path})


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
            raise renamed(error, shown) from error

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
            from ingest.formats.archive import LIMITS, open_archive

            self.close()
            # Their sum was checked when they were listed; here they are read one by one, over and over.
            limits = replace(LIMITS, total_bytes=sys.maxsize)
            self._open = ((key, open_archive(path, str(path), limits, password)),)
        return self._open[0][1]


def parted(place: Path) -> Iterator[tuple[Path, str]]:
    """Yield the archive and the member that a path such as `clases.zip/tema 1/notas.pdf` may mean, if it may."""
    for archive in place.parents:
        if archive.suffix.lower() == SUFFIX and archive.is_file():
            yield archive, place.relative_to(archive).as_posix()
            return
