"""Zip archives, listed and read in memory within bounds; nothing is ever written to disk or followed out of them.

Sources: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3.12, 4.3.14, 4.3.16 and 4.4.4; for what hostile archives do,
D. Fifield, "A better zip bomb" (WOOT 2019).
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from ingest.clean import clean, one_line
from ingest.errors import (
    ArchiveCrowded,
    ArchiveTooLarge,
    DamagedFile,
    IngestError,
    LinkedMember,
    ProtectedFile,
    RepeatedMember,
    UnreadableFile,
    UnsafeMember,
    UnsupportedCompression,
    UnsupportedEncryption,
)

if TYPE_CHECKING:
    from typing import Self

_MEBIBYTE = 1 << 20
_CHUNK = 1 << 16
_ENCRYPTED, _STRONG, _UTF8 = 0x1, 0x40, 0x800
_AES = 99  # WinZip's compression method for members encrypted with AES
# An end record, with its longest comment, stands in the last bytes of an archive.
_END_BYTES = 22 + 0xFFFF
_UNKNOWN_32 = 0xFFFFFFFF
# What one entry of the directory takes: 46 bytes, its name, and extra fields and a comment that few have.
_ENTRY_BYTES = 46 + 1024
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How many `members` an archive may have, and how many bytes one of them and all that are read may expand to.

    A member that is more than `ratio` times its compressed size is refused when it is larger than `small_bytes`:
    a blank picture may well be.
    """

    members: int = 10_000
    member_bytes: int = 256 * _MEBIBYTE
    total_bytes: int = 1024 * _MEBIBYTE
    ratio: int = 250
    small_bytes: int = 16 * _MEBIBYTE


LIMITS = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its clean name with `/` between folders, and its size in bytes as the archive says."""

    name: str
    size: int
    info: zipfile.ZipInfo = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A member that is not to be read, and why; `name` is fit to be shown."""

    name: str
    error: IngestError


class Archive:
    """An open archive: `members` that may be read, in its order, and those `refused`. Close it, or use `with`."""

    def __init__(self, file: zipfile.ZipFile, path: str, limits: ArchiveLimits, password: str) -> None:
        self.path = path
        self.members, self.refused = _sorted_out(file.infolist(), path)
        self._file = file
        self._limits = limits
        self._password = password
        self._by_name = {member.name: member for member in self.members}
        self._read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def check(self, members: Iterable[Member]) -> None:
        """Raise ArchiveTooLarge when `members` together, or one of them, would expand beyond the limits.

        No member expands to more than the size it declares, so what was checked can be read in parts elsewhere.
        """
        total = 0
        for member in members:
            self._check_member(member)
            total += member.size
            self._check_total(total)

    def read(self, name: str) -> bytes:
        """Return the bytes of the member called `name`.

        Raises KeyError when there is none, ArchiveTooLarge beyond the limits, ProtectedFile without its password,
        UnsupportedEncryption, UnsupportedCompression and DamagedFile for what cannot be unpacked.
        """
        member = self._by_name[name]
        self._check_member(member)
        self._check_total(self._read + member.size)
        pieces: list[bytes] = []
        with self._opened(member) as stream:
            while piece := self._piece(stream, member):
                pieces.append(piece)
                self._read += len(piece)
                self._check_total(self._read)
        return b"".join(pieces)

    def _opened(self, member: Member) -> IO[bytes]:
        info = member.info
        encrypted = bool(info.flag_bits & _ENCRYPTED)
        if info.compress_type == _AES or info.flag_bits & _STRONG:
            raise UnsupportedEncryption(path=self.path)
        if encrypted and not self._password:
            raise ProtectedFile(path=self.path)
        try:
            return self._file.open(info, pwd=self._password.encode(errors="surrogateescape") if encrypted else None)
        except NotImplementedError as error:
            raise UnsupportedCompression(path=self.path) from error
        except RuntimeError as error:  # zipfile's word for a wrong password
            raise ProtectedFile(path=self.path) from error
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, struct.error) as error:
            raise DamagedFile(path=self.path, reason=reason_of(error)) from error

    def _piece(self, stream: IO[bytes], member: Member) -> bytes:
        try:
            return stream.read(_CHUNK)
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, _lzma_error()) as error:
            # One wrong password in 256 passes the check of its first byte and gives rubbish instead.
            if member.info.flag_bits & _ENCRYPTED:
                raise ProtectedFile(path=self.path) from error
            raise DamagedFile(path=self.path, reason=reason_of(error)) from error

    def _check_member(self, member: Member) -> None:
        size, packed = member.size, max(member.info.compress_size, 1)
        absurd = size > self._limits.small_bytes and size > self._limits.ratio * packed
        if absurd or size > self._limits.member_bytes:
            self._refuse(self._limits.member_bytes)

    def _check_total(self, total: int) -> None:
        if total > self._limits.total_bytes:
            self._refuse(self._limits.total_bytes)

    def _refuse(self, limit: int) -> None:
        raise ArchiveTooLarge(path=self.path, limit=limit // _MEBIBYTE)


def open_archive(source: bytes | Path, path: str, limits: ArchiveLimits = LIMITS, password: str = "") -> Archive:
    """Open the archive in bytes or in a file; `path` names it in errors.

    Raises DamagedFile when it is no archive or a broken one, ArchiveCrowded for too many members, and
    UnreadableFile when the system refuses the file.
    """
    try:
        stream: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    except OSError as error:
        raise UnreadableFile(path=path, reason=error.strerror or str(error)) from error
    try:
        # zipfile holds every entry in memory, so a crowded directory is refused before.
        if _directory_bytes(stream) > limits.members * _ENTRY_BYTES:
            raise ArchiveCrowded(path=path, limit=limits.members)
        file = zipfile.ZipFile(stream)
        if len(file.infolist()) > limits.members:
            raise ArchiveCrowded(path=path, limit=limits.members)
    except IngestError:
        stream.close()
        raise
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, struct.error, NotImplementedError) as error:
        stream.close()
        raise DamagedFile(path=path, reason=reason_of(error)) from error
    return Archive(file, path, limits, password)


def reason_of(error: Exception) -> str:
    """Return what a library said of broken bytes, in one short line without anything a terminal would obey."""
    return one_line(clean(str(error)))[:200] or type(error).__name__


def _directory_bytes(stream: IO[bytes]) -> int:
    """Return how long an archive's end record says that its directory is; 0 without an end record."""
    size = stream.seek(0, io.SEEK_END)
    start = max(0, size - _END_BYTES - 128)
    stream.seek(start)
    tail = stream.read(size - start)
    stream.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 16:
        return 0
    (declared,) = struct.unpack_from("<I", tail, end + 12)
    long_end = tail.rfind(b"PK\x06\x06", 0, end)
    if declared == _UNKNOWN_32 and 0 <= long_end <= len(tail) - 48:
        (declared,) = struct.unpack_from("<Q", tail, long_end + 40)
    return int(declared)


def _sorted_out(infos: Iterable[zipfile.ZipInfo], path: str) -> tuple[tuple[Member, ...], tuple[Refused, ...]]:
    """Part the files of an archive from what must not be read; folders are neither."""
    members: dict[str, Member] = {}
    refused: list[Refused] = []
    for info in infos:
        name = _name(info)
        plain = _plain(name)
        shown = f"{path}/{plain}"
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not _stays_inside(name) or not _stays_inside(plain):
            refused.append(Refused(plain, UnsafeMember(path=shown)))
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            refused.append(Refused(plain, LinkedMember(path=shown)))
        elif name.endswith("/") or kind == stat.S_IFDIR:
            continue
        elif plain in members:
            refused.append(Refused(plain, RepeatedMember(path=shown)))
        else:
            members[plain] = Member(plain, info.file_size, info)
    return tuple(members.values()), tuple(refused)


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's whole name; one not marked as UTF-8 that is read as it or in Western Europe's code page 850.

    Windows writes the latter, zip on macOS the former without its mark; zipfile takes both for code page 437.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp850")
    return name.replace("\\", "/")


def _stays_inside(name: str) -> bool:
    leads_out = name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name) or "\x00" in name
    return bool(name.strip("/. ")) and not leads_out


def _plain(name: str) -> str:
    """Return a name without `.` and empty folders, clean enough to be shown."""
    return "/".join(one_line(clean(part)) for part in name.split("/") if part not in ("", "."))


def _lzma_error() -> type[Exception]:
    """Return what unpacking LZMA raises; Pythons are built without it."""
    try:
        from lzma import LZMAError
    except ImportError:
        return zlib.error
    return LZMAError
