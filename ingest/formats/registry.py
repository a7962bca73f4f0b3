"""The formats that are read: the endings of their names, and the function that turns their bytes into blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from ingest.formats.blocks import Blocks
from ingest.formats.options import ReadOptions

Reader = Callable[[bytes, str, ReadOptions], Blocks]
"""Turns a file's bytes into blocks; the text is the path to name in errors. Raises IngestError and nothing else."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format by name; `reader` is "module:function", imported when a file of it comes."""

    name: str
    suffixes: tuple[str, ...]
    reader: str


FORMATS = (
    Format("text", (".txt",), "ingest.formats.text:read_text"),
    Format("markdown", (".md", ".markdown", ".qmd", ".rmd", ".mdx"), "ingest.formats.markdown.read:read_markdown"),
    Format("html", (".html", ".htm", ".xhtml"), "ingest.formats.html:read_html"),
    Format("notebook", (".ipynb",), "ingest.formats.notebook:read_notebook"),
    Format("org", (".org",), "ingest.formats.org:read_org"),
    Format("subtitles", (".vtt", ".srt", ".sbv"), "ingest.formats.subtitles:read_subtitles"),
    Format("table", (".csv", ".tsv"), "ingest.formats.table:read_table"),
    Format("json", (".json", ".jsonl", ".ndjson"), "ingest.formats.json_file:read_json"),
    Format("parquet", (".parquet",), "ingest.formats.table:read_parquet"),
    Format("pdf", (".pdf",), "ingest.formats.pdf:read_pdf"),
    Format("pptx", (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"), "ingest.formats.pptx:read_pptx"),
    Format("docx", (".docx", ".docm", ".dotx", ".dotm"), "ingest.formats.docx:read_docx"),
    Format("odp", (".odp", ".otp"), "ingest.formats.opendocument:read_odp"),
    Format("odt", (".odt", ".ott"), "ingest.formats.opendocument:read_odt"),
    Format("encrypted office", (), "ingest.formats.encrypted_office:read_encrypted"),
)
SUFFIXES = tuple(suffix for each in FORMATS for suffix in each.suffixes)
_BY_SUFFIX = {suffix: each for each in FORMATS for suffix in each.suffixes}
_BY_NAME = {each.name: each for each in FORMATS}


def format_named(suffix: str) -> Format | None:
    """Return the format whose files end in `suffix` (lower case, with its dot), or None."""
    return _BY_SUFFIX.get(suffix)


def format_called(name: str) -> Format | None:
    """Return the format of this name, or None."""
    return _BY_NAME.get(name)


def reader_of(found: Format) -> Reader:
    """Import and return a format's reader."""
    module, function = found.reader.split(":")
    reader: Reader = getattr(import_module(module), function)
    return reader
