"""A path becomes documents: bytes, format, kind. The only module here that touches files."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.clean import one_line
from ingest.errors import EmptyFile, MissingFile, UnreadableFile, UnsupportedFile
from ingest.language import language_of
from ingest.model import Document, Kind

if TYPE_CHECKING:
    from ingest.formats.blocks import Blocks

SUFFIXES = (".txt", ".md", ".markdown", ".vtt", ".srt", ".pdf")


def read(path: Path, kind: Kind | None = None, password: str = "") -> tuple[Document, ...]:
    """Return the documents that the file at `path` holds, at least one, each with at least one section.

    `kind` overrides what the content shows; `password` opens a protected PDF. Raises IngestError: MissingFile,
    UnreadableFile, UnsupportedFile, DamagedFile, ProtectedFile, EmptyFile, TalksTruncated or WrongKind.
    """
    # The builders are many patterns to compile; whoever imports this package for its errors must not wait for them.
    from ingest.formats.blocks import as_text
    from ingest.kinds.build import build

    shown = str(path)
    data = _bytes_of(path)
    if not data.strip():
        raise EmptyFile(path=shown)
    blocks = _blocks_of(data, path.suffix.lower(), shown, password)
    if not as_text(blocks).strip():
        raise EmptyFile(path=shown)
    documents = build(blocks, shown, kind)
    language = language_of(as_text(blocks))
    finished = tuple(_finished(document, path, language) for document in documents if document.sections)
    if not finished:
        raise EmptyFile(path=shown)
    return finished


def is_supported(path: Path) -> bool:
    """Say whether `read` knows the format that the file's name claims."""
    return path.suffix.lower() in SUFFIXES


def _bytes_of(path: Path) -> bytes:
    if not path.exists():
        raise MissingFile(path=str(path))
    if not path.is_file():
        raise UnreadableFile(path=str(path), reason=os.strerror(21) if path.is_dir() else os.strerror(22))
    if not is_supported(path):
        raise UnsupportedFile(path=str(path))
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path=str(path), reason=error.strerror or str(error)) from error


def _blocks_of(data: bytes, suffix: str, path: str, password: str) -> Blocks:
    """Read bytes in the format of a suffix; each format's module is loaded when a file needs it."""
    match suffix:
        case ".pdf":
            from ingest.formats.pdf import read_pdf

            return read_pdf(data, path, password)
        case ".vtt" | ".srt":
            from ingest.formats.subtitles import read_subtitles

            return read_subtitles(data, path)
        case ".md" | ".markdown":
            from ingest.formats.markdown import read_markdown

            return read_markdown(data, path)
        case _:
            from ingest.formats.text import read_text

            return read_text(data, path)


def _finished(document: Document, path: Path, language: str) -> Document:
    """Give a document its absolute path, a title where the content has none, its language and its hash.

    A document too short to tell has the `language` of its file.
    """
    text = "\n".join(f"{section.title}\n{section.text}\n{section.notes}" for section in document.sections)
    title = one_line(document.title) or one_line(path.stem)
    named = replace(document, path=str(path.resolve()), title=title, language=language_of(text) or language)
    content = (
        document.part,
        document.kind.value,
        title,
        document.author,
        document.url,
        document.session,
        document.sections,
    )
    return replace(named, content_hash=hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest())
