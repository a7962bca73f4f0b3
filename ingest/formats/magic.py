"""The first bytes of formats that are not read, so that a file is called what it is.

Sources: each format's own specification; the numbers are those of the `file` command's collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.errors import ArchiveFile, ForeignFile, PictureFile, PlaceholderFile, SoundFile


@dataclass(frozen=True, slots=True)
class Magic:
    """A format's name, how its files begin (from their first byte), and the error that tells of it."""

    what: str
    pattern: re.Pattern[bytes]
    error: type[ForeignFile]


def _magic(what: str, pattern: bytes, error: type[ForeignFile]) -> Magic:
    return Magic(what, re.compile(pattern, re.DOTALL), error)


# Where letters begin a format ("BM", "MZ", "ID3"), a byte that no text has must follow.
_MAGICS = (
    _magic("PNG", rb"\x89PNG\r\n", PictureFile),
    _magic("JPEG", rb"\xff\xd8\xff", PictureFile),
    _magic("GIF", rb"GIF8[79]a", PictureFile),
    _magic("BMP", rb"BM.{4}\0{4}", PictureFile),
    _magic("TIFF", rb"II\*\0|MM\0\*", PictureFile),
    _magic("WebP", rb"RIFF.{4}WEBP", PictureFile),
    _magic("HEIC", rb"\0.{3}ftyp(?:heic|heix|hevc|mif1|msf1|avif)", PictureFile),
    _magic("PSD", rb"8BPS\0", PictureFile),
    _magic("ICO", rb"\0\0[\x01\x02]\0", PictureFile),
    _magic("DjVu", rb"AT&TFORM", PictureFile),
    _magic("MP3", rb"ID3[\x02-\x04]|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfd][^\x20-\x7e]", SoundFile),
    _magic("Ogg", rb"OggS\0", SoundFile),
    _magic("FLAC", rb"fLaC\0", SoundFile),
    _magic("WAV", rb"RIFF.{4}WAVE", SoundFile),
    _magic("AIFF", rb"FORM.{4}AIF", SoundFile),
    _magic("AMR", rb"#!AMR", SoundFile),
    _magic("M4A", rb"\0.{3}ftypM4[AB]", SoundFile),
    _magic("MP4", rb"\0.{3}ftyp", SoundFile),
    _magic("Matroska/WebM", rb"\x1a\x45\xdf\xa3", SoundFile),
    _magic("AVI", rb"RIFF.{4}AVI ", SoundFile),
    _magic("FLV", rb"FLV\x01", SoundFile),
    _magic("MPEG", rb"\0\0\x01[\xb3\xba]", SoundFile),
    _magic("WMV/WMA", rb"\x30\x26\xb2\x75", SoundFile),
    _magic("gzip", rb"\x1f\x8b", ArchiveFile),
    _magic("bzip2", rb"BZh[1-9]1AY&SY", ArchiveFile),
    _magic("xz", rb"\xfd7zXZ\0", ArchiveFile),
    _magic("7z", rb"7z\xbc\xaf\x27\x1c", ArchiveFile),
    _magic("RAR", rb"Rar!\x1a\x07", ArchiveFile),
    _magic("Zstandard", rb"\x28\xb5\x2f\xfd", ArchiveFile),
    _magic("tar", rb".{257}ustar[\0 ]", ArchiveFile),
    _magic("EXE", rb"MZ.{0,62}\0", ForeignFile),
    _magic("ELF", rb"\x7fELF", ForeignFile),
    _magic("Mach-O", rb"[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe", ForeignFile),
    _magic("WebAssembly", rb"\0asm", ForeignFile),
    _magic("OpenType", rb"OTTO\0|\0\x01\0\0\0|ttcf\0|wOF[F2]", ForeignFile),
    _magic("SQLite", rb"SQLite format 3\0", ForeignFile),
    _magic("HDF5", rb"\x89HDF", ForeignFile),
    _magic("NumPy", rb"\x93NUMPY", ForeignFile),
    _magic("PostScript", rb"%!PS|\xc5\xd0\xd3\xc6", ForeignFile),
    _magic("MIDI", rb"MThd\0", SoundFile),
    _magic(".lnk", rb"L\0\0\0\x01\x14\x02\0", PlaceholderFile),
    _magic(".url", rb"(?:\xef\xbb\xbf)?\s*\[InternetShortcut\]", PlaceholderFile),
    _magic(".icloud/.plist", rb"bplist00", PlaceholderFile),
    _magic(".webloc/.plist", rb"<\?xml[^>]{0,80}>\s*<!DOCTYPE plist", PlaceholderFile),
    _magic("SVG", rb"(?:\xef\xbb\xbf)?\s{0,80}(?:<\?xml[^>]{0,200}>\s{0,80})?<svg[\s>]", PictureFile),
)  # fmt: skip


def foreign(head: bytes) -> Magic | None:
    """Return what a file that begins with `head` is, when that is a format we know and do not read."""
    return next((magic for magic in _MAGICS if magic.pattern.match(head)), None)
