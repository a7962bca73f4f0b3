"""Bytes become documents: format, kind, language, identity. The only module here that opens a lecture's file."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.clean import one_line
from ingest.errors import BlankFile, EmptyFile, MissingFile, UnreadableFile, UnsupportedFile
from ingest.formats.options import PLAIN, ReadOptions
from ingest.formats.registry import SUFFIXES as SUFFIXES
from ingest.formats.registry import format_named, reader_of
from ingest.language import language_of
from ingest.model import Document, Kind, Section

if TYPE_CHECKING:
    from ingest.formats.blocks import Blocks

VERSION = 3
"""Grows when the same bytes may be read otherwise than before, so that what a library holds is read again."""

UNKNOWN_BYTES = 64 << 20
"""Bytes up to which a file is opened to see what it is although its name does not say: no video is read for that."""


def read(path: Path, kind: Kind | None = None, options: ReadOptions = PLAIN) -> tuple[Document, ...]:
    """Return the documents that the file at `path` holds, at least one, each with at least one section.

    `kind` overrides what the content shows. Raises IngestError and nothing else.
    """
    return read_bytes(bytes_of(path, str(path)), str(path), str(path.resolve()), kind, options)


def read_bytes(
    data: bytes, shown: str, place: str, kind: Kind | None = None, options: ReadOptions = PLAIN
) -> tuple[Document, ...]:
    """Return the documents in a file's bytes; `shown` names it in errors, `place` is where it is for good.

    Raises IngestError and nothing else.
    """
    # The builders are many patterns to compile; whoever imports this package for its errors must not wait for them.
    from ingest.formats.blocks import as_text
    from ingest.kinds.build import build

    if not data.strip():
        raise BlankFile(path=shown)
    blocks = _blocks_of(data, shown, options)
    whole = as_text(blocks)
    if not whole.strip():
        raise EmptyFile(path=shown)
    language = language_of(whole)
    documents = build(blocks, shown, kind)
    finished = tuple(_finished(document, place, language) for document in documents if document.sections)
    if not finished:
        raise EmptyFile(path=shown)
    return finished


def is_supported(path: Path) -> bool:
    """Say whether `read` knows the format that the file's name claims."""
    return format_named(path.suffix.lower()) is not None


def bytes_of(path: Path, shown: str) -> bytes:
    """Return a file's bytes; `shown` names it in errors.

    Raises MissingFile, UnreadableFile, and UnsupportedFile for a large one whose name claims no format of ours.
    """
    if not path.exists():
        raise MissingFile(path=shown)
    if not path.is_file():
        raise UnreadableFile(path=shown, reason=os.strerror(21) if path.is_dir() else os.strerror(22))
    try:
        if not is_supported(path) and path.stat().st_size > UNKNOWN_BYTES:
            raise _unknown(path, shown)
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path=shown, reason=error.strerror or str(error)) from error


def _unknown(path: Path, shown: str) -> UnsupportedFile:
    """Return the error that says what a large file is, told from its first bytes alone."""
    from ingest.formats.sniff import HEAD_BYTES, refuse

    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        refuse(head, path.name, shown)
    except UnsupportedFile as error:
        return error
    return UnsupportedFile(path=shown)


def _blocks_of(data: bytes, shown: str, options: ReadOptions) -> Blocks:
    """Read bytes in the format that they and their name show; each format's module is loaded when a file needs it."""
    from ingest.formats.sniff import sniff

    found, notices = sniff(data, shown, shown)
    blocks = reader_of(found)(data, shown, options)
    return replace(blocks, notices=(*notices, *blocks.notices)) if notices else blocks


def _finished(document: Document, place: str, language: str) -> Document:
    """Give a document its place, a title where the content has none, its languages and its hash.

    What is too short to tell has the `language` of its file.
    """
    text = "\n".join(f"{section.title}\n{section.text}\n{section.notes}" for section in document.sections)
    title = one_line(document.title) or one_line(Path(place).stem)
    language = language_of(text) or language
    sections = tuple(_spoken(section, language) for section in document.sections)
    named = replace(document, path=place, title=title, language=language, sections=sections)
    content = (named.part, named.kind.value, title, named.author, named.url, named.session, named.date, sections)
    return replace(named, content_hash=hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest())


def _spoken(section: Section, language: str) -> Section:
    found = language_of(f"{section.title}\n{section.text}\n{section.notes}")
    return replace(section, language=found or language)
