"""A PDF opened by pdfium: its pages, what its header says, its bookmarks; or why it cannot be opened."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from ingest.clean import clean, folded, one_line
from ingest.errors import DamagedFile, ExpandingFile, IngestError, ProtectedFile
from ingest.formats.blocks import Metadata
from ingest.formats.pdf.expansion import MAX_EXPANDED, expands_too_far
from ingest.formats.pdf.forms import draws_too_often

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 20_000
_MAX_BOOKMARKS = 5000
_OUTLINE_DEPTH = 6
_MAX_TITLE = 300
_END = 2048
_CATALOGUE = re.compile(rb"(?<!\d)(\d{1,7}) 0 obj\s{0,9}<<[^<>]{0,200}/Type\s{0,9}/Catalog\b")
# Names that programs write where an author should be.
_NOT_AUTHORS = frozenset(
    ["", "user", "usuario", "admin", "administrator", "root", "unknown", "anonymous", "microsoft", "windows"]
)
# Programs put the file's name there ("Microsoft Word - tarea.docx"), or what their own first slide is called.
_NOT_TITLE = re.compile(
    r".*\.(?:docx?|pptx?|od[tp]|tex|dvi|pdf|indd|key|html?|md|qmd|rmd|ipynb|ps|txt|pages|xlsx?)"
    r"|(?:untitled|sin título|microsoft |powerpoint|presentación de powerpoint|presentación1"
    r"|slide ?1$|diapositiva ?1$|documento?1?$|about:blank|https?:).*",
    re.IGNORECASE | re.DOTALL,
)


def open_document(data: bytes, path: str, password: str) -> PdfDocument:
    """Open a file without a password or with the given one.

    Raises ProtectedFile, ExpandingFile for a stream that would unpack to too much, DamagedFile.
    """
    from pypdfium2 import PdfDocument, PdfiumError, raw

    if expands_too_far(data) or draws_too_often(data):
        raise ExpandingFile(path=path, limit=MAX_EXPANDED >> 20)
    for word in dict.fromkeys(("", password)):
        try:
            document = PdfDocument(data, password=word or None)
        except PdfiumError as error:
            if error.err_code != raw.FPDF_ERR_PASSWORD:
                raise DamagedFile(path=path, reason=reason(error)) from error
        else:
            return document
    raise ProtectedFile(path=path)


def mended(data: bytes) -> bytes:
    """Return a file whose end was lost, with an end that names its catalogue, so that its objects are looked for.

    Return the bytes as they are where no catalogue is left or the end is there.
    """
    if b"startxref" in data[-_END:]:
        return data
    catalogue = _CATALOGUE.search(data)
    return data + b"\ntrailer\n<</Root %s 0 R>>\nstartxref\n0\n%%%%EOF\n" % catalogue[1] if catalogue else data


def metadata_of(document: PdfDocument) -> Metadata:
    """Return title and author, where they are no names of files, programs or accounts."""
    info = document.get_metadata_dict()
    title, author = (one_line(clean(info.get(name) or ""))[:_MAX_TITLE] for name in ("Title", "Author"))
    return Metadata("" if _NOT_TITLE.fullmatch(title) else title, "" if author.lower() in _NOT_AUTHORS else author)


def outline_of(document: PdfDocument) -> tuple[dict[int, list[str]], dict[str, int]]:
    """Return the names of the bookmarks of each page (from 1), and the level (from 1) of each folded name."""
    pages: dict[int, list[str]] = {}
    levels: dict[str, int] = {}
    for bookmark in islice(document.get_toc(max_depth=_OUTLINE_DEPTH), _MAX_BOOKMARKS):
        name = one_line(clean(bookmark.get_title() or ""))
        place = bookmark.get_dest()
        if name:
            levels.setdefault(folded(name), bookmark.level + 1)
            index = place.get_index() if place else None
            if index is not None:
                pages.setdefault(index + 1, []).append(name)
    return pages, levels


def has_form_only(document: PdfDocument) -> bool:
    """Say whether the file is a form that only Adobe's programs fill its pages with (XFA)."""
    from pypdfium2 import raw

    return document.get_formtype() in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND)


def reason(error: Exception) -> str:
    """Return an error's message on one line, cut to a length fit for a sentence."""
    if isinstance(error, IngestError):
        return error.code
    return one_line(clean(str(error)))[:200] or type(error).__name__
