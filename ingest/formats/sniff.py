"""Which format bytes really have, whatever their file's name says.

What a file is told by, in this order: its first bytes, what its container holds, how its text begins, its name.
"""

from __future__ import annotations

import codecs
import json
import re
from pathlib import PurePath

from ingest.errors import (
    ArchiveFile,
    ForeignFile,
    LfsPointer,
    OldOffice,
    PlaceholderFile,
    RichTextFile,
    UnsupportedFile,
)
from ingest.formats.archive import open_archive
from ingest.formats.magic import foreign
from ingest.formats.office.opc import OFFICE_LIMITS
from ingest.formats.registry import Format, format_called, format_named
from ingest.model import Notice

HEAD_BYTES = 8192
"""How many of a file's first bytes tell most formats that are not read."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Readers look for a PDF's header this far in (ISO 32000-1, implementation note 13 of appendix H).
_PDF_BYTES = 1024
_PDF = re.compile(rb"%PDF-\d")
# Streams in an OLE file's directory, which has their names in UTF-16, and what wrote them.
_OLD = (("PowerPoint Document", "PowerPoint 97-2003", ".pptx"), ("WordDocument", "Word 97-2003", ".docx"),
        ("Workbook", "Excel 97-2003", ".csv"), ("Book", "Excel 95", ".csv"))  # fmt: skip
# What the members of a zip say that it is; the first that fits.
_ZIPS = (("ppt/", "pptx"), ("word/", "docx"))
_MIMETYPES = {"application/vnd.oasis.opendocument.presentation": "odp",
              "application/vnd.oasis.opendocument.presentation-template": "odp",
              "application/vnd.oasis.opendocument.text": "odt",
              "application/vnd.oasis.opendocument.text-template": "odt"}  # fmt: skip
_FOREIGN_ZIPS = (("xl/", "Excel"), ("Index/Document.iwa", "Keynote/Pages"), ("Index.zip", "Keynote/Pages"),
                 ("META-INF/container.xml", "EPUB"), ("AndroidManifest.xml", "APK"))  # fmt: skip
# Formats of text: another one's beginning in a file named as one of these shows what it really is. Those not among
# them (Markdown, Org) may well begin like another.
_NAMED_AS_TEXT = ("", "text")
_BINARY = ("pdf", "pptx", "docx", "odp", "odt", "parquet")
_TIMES = r"\d{1,4}:\d{2}(?::\d{2})?[.,]\d{1,3}"
_TEXTS = (
    ("subtitles", re.compile(r"WEBVTT(?:[ \t\n]|$)")),
    ("subtitles", re.compile(rf"\d{{1,6}}[ \t]*\n[ \t]*{_TIMES}[ \t]*-{{1,2}}>[ \t]*{_TIMES}")),
    ("subtitles", re.compile(rf"{_TIMES},{_TIMES}[ \t]*\n")),
    (
        "html",
        re.compile(r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^\0]{0,500}?-->\s*)?(?:<!doctype html|<html[\s>])", re.I),
    ),
)
_LFS = b"version https://git-lfs.github.com/spec/v1"
_CONTROLS = bytes([*range(1, 9), *range(14, 27)])
_MAX_CONTROLS = 0.01
_MAX_JSON_BYTES = 64 << 20


def sniff(data: bytes, name: str, path: str) -> tuple[Format, tuple[Notice, ...]]:
    """Return the format of a file from its bytes and its name, and a notice where the two disagree.

    Raises UnsupportedFile, or one of its kinds that names what the file is, for bytes of no format we read.
    """
    suffix = PurePath(name).suffix.lower()
    claimed = format_named(suffix)
    refuse(data, name, path)
    found = _container(data, path) or _text(data, claimed.name if claimed else "")
    if found is None or found == claimed:
        if claimed is None:
            return _unnamed(data, path)
        return claimed, ()
    if claimed is None:
        return found, (_guessed(found),)
    if not found.suffixes:
        return found, ()
    says, really = ("says", suffix), ("found", found.suffixes[0])
    return found, (Notice("format_mismatch", params=(says, really)),)


def is_ole(data: bytes) -> bool:
    """Say whether bytes are a container of old Office files and of encrypted ones of today."""
    return data.startswith(_OLE)


def refuse(head: bytes, name: str, path: str) -> None:
    """Raise the error that names a format we do not read, told from a file's first bytes or from its name."""
    start = head[:HEAD_BYTES]
    if start.startswith(_LFS):
        raise LfsPointer(path=path, what="Git LFS")
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise RichTextFile(path=path, what="RTF")
    known = foreign(start)
    if known is not None:
        raise known.error(path=path, what=known.what)
    if PurePath(name).suffix.lower() in (".gdoc", ".gslides", ".gsheet", ".icloud"):
        raise PlaceholderFile(path=path, what=PurePath(name).suffix.lower())


def _container(data: bytes, path: str) -> Format | None:
    """Return the format of what is no plain text, None where it is none that we know."""
    if is_ole(data):
        return _ole(data, path)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data, path)
    if data.startswith(b"PAR1"):
        return format_called("parquet")
    # A text about PDF may begin with its header too.
    if _PDF.search(data[: _PDF_BYTES + 8]) and b"endobj" in data:
        return format_called("pdf")
    return None


def _ole(data: bytes, path: str) -> Format | None:
    if _utf16("EncryptedPackage") in data:
        return format_called("encrypted office")
    for stream, what, save_as in _OLD:
        if _utf16(stream) in data:
            raise OldOffice(path=path, what=what, save_as=save_as)
    raise ForeignFile(path=path, what="OLE")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _zip(data: bytes, path: str) -> Format | None:
    """Return the format of the document that a zip archive is; raises ArchiveFile for one that only holds files."""
    with open_archive(data, path, OFFICE_LIMITS) as archive:
        names = [member.name for member in archive.members]
        is_opc = "[Content_Types].xml" in names or "_rels/.rels" in names
        for start, found in _ZIPS:
            if any(name.startswith(start) for name in names) and (is_opc or f"{start}document.xml" in names):
                return format_called(found)
        if "mimetype" in archive:
            kind = archive.read("mimetype")[:200].decode("ascii", "replace").strip()
            if kind in _MIMETYPES:
                return format_called(_MIMETYPES[kind])
            if kind.startswith("application/vnd.oasis."):
                raise ForeignFile(path=path, what="OpenDocument")
    what = next((what for start, what in _FOREIGN_ZIPS if any(name.startswith(start) for name in names)), "")
    if what:
        raise ForeignFile(path=path, what=what)
    raise ArchiveFile(path=path, what="zip")


def _text(data: bytes, claimed: str) -> Format | None:
    """Return the format that a text begins like, where its file's name leaves that open or says it is no text."""
    if claimed not in (*_NAMED_AS_TEXT, *_BINARY):
        return None
    head = _head(data)
    if head is None:
        return None
    for name, pattern in _TEXTS:
        if pattern.match(head):
            return format_called(name)
    if head[:1] in "{[" and (found := _json(data)):
        return format_called(found)
    return None


def _head(data: bytes) -> str | None:
    """Return the beginning of a text, None for bytes that are none."""
    start = data[:HEAD_BYTES]
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if start.startswith(bom):
            return start[len(bom) :].decode(encoding, "replace").replace("\r\n", "\n").lstrip()
    if b"\0" in start:
        return None
    return start.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").lstrip()


def _json(data: bytes) -> str:
    """Return "notebook" or "json" for a whole JSON text or one a line, "" for what only begins like it."""
    if len(data) > _MAX_JSON_BYTES:
        return ""
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        lines = [line for line in data[:HEAD_BYTES].split(b"\n")[:-1] if line.strip()]
        return "json" if len(lines) > 1 and all(_is_object(line) for line in lines[:3]) else ""
    if isinstance(whole, dict) and isinstance(whole.get("cells"), list) and "nbformat" in whole:
        return "notebook"
    # A text may be "[1]"; only records are data.
    records = whole if isinstance(whole, list) else [whole]
    return "json" if records and all(isinstance(record, dict) and record for record in records) else ""


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _unnamed(data: bytes, path: str) -> tuple[Format, tuple[Notice, ...]]:
    """Return plain text for a file whose name claims no format of ours, when it is text."""
    from ingest.formats.decode import decode

    start = data[: 16 * HEAD_BYTES]
    decode(start, path)  # raises UnsupportedFile for what is no text
    text = format_called("text")
    controls = len(start) - len(start.translate(None, _CONTROLS))
    # Any pairs of bytes are letters in UTF-16; without a name to say that they are meant so, they must look it.
    if text is None or controls > _MAX_CONTROLS * len(start):
        raise UnsupportedFile(path=path)
    return text, (_guessed(text),)


def _guessed(found: Format) -> Notice:
    return Notice("format_guessed", params=(("found", found.suffixes[0] if found.suffixes else found.name),))
