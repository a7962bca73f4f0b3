"""PDF bytes become pages: text in reading order, titles told by their type, what was lost or doubted said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import DamagedFile, FileWithoutPages, FormFile, GarbledFile, IngestError, MissingPage
from ingest.formats.blocks import Metadata, Page, Pages
from ingest.formats.options import PLAIN, ReadOptions
from ingest.formats.pdf.compose import Composed, Outline, compose
from ingest.formats.pdf.document import (
    MAX_PAGES,
    has_form_only,
    mended,
    metadata_of,
    open_document,
    outline_of,
    reason,
)
from ingest.formats.pdf.engines import Engine, quiet
from ingest.formats.pdf.pages import PageRead, Reading, engines_used, read_pages
from ingest.formats.pdf.pdfium import Pdfium
from ingest.formats.pdf.pictures import picture_of, png_of
from ingest.formats.pdf.pypdf_engine import open_pypdf
from ingest.formats.pdf.scans import LITTLE_WORDS, drawings, is_picture, read_scan
from ingest.model import Notice

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

    from ingest.formats.pdf.pictures import Drawn

# What Adobe's forms show in every other program.
_FORM_TEXT = re.compile(r"please wait|if this message is not eventually replaced|espere un momento", re.IGNORECASE)
_FORM_PAGES = 3


def read_pdf(data: bytes, path: str, options: ReadOptions = PLAIN) -> Pages:
    """Return the file's pages; running headers, footers and page numbers are taken out.

    Raises ProtectedFile when neither no password nor that of `options` opens it, FormFile for a form of Adobe's,
    GarbledFile when no page has letters with a meaning, ExpandingFile and DamagedFile when it cannot be read.
    """
    try:
        with quiet():
            try:
                document = open_document(data, path, options.password)
            except DamagedFile:
                return _salvaged(data, path, options)
            with closing(document):
                return _read(document, data, path, options)
    except IngestError:
        raise
    except Exception as error:  # on damaged bytes both libraries raise whatever their parsing ran into
        raise DamagedFile(path=path, reason=reason(error)) from error


def _read(document: PdfDocument, data: bytes, path: str, options: ReadOptions) -> Pages:
    count = len(document)
    if not count:
        raise FileWithoutPages(path=path)
    if count > MAX_PAGES:
        raise DamagedFile(path=path, reason=f"{count} pages")
    reading = read_pages(
        Pdfium(document),
        lambda: _second(data, options.password),
        count,
        lambda done: options.progress(done, count, False),
    )
    if not reading.pages and reading.notices:
        raise DamagedFile(path=path, reason=dict(reading.notices[0].params).get("reason", reading.notices[0].code))
    _refuse_form(document, reading.pages, path)
    return _composed(document, reading, path, options)


def _salvaged(data: bytes, path: str, options: ReadOptions) -> Pages:
    """Return the pages of a file that pdfium does not open: its end put back, or else by pypdf.

    Raises FileWithoutPages for a file without any, which pdfium calls damaged.
    """
    whole = mended(data)
    if whole is not data:
        with closing(open_document(whole, path, options.password)) as document:
            found = _read(document, whole, path, options)
            return replace(found, notices=(Notice("pdf_cut_short"), *found.notices))
    engine = open_pypdf(data, options.password)
    count = len(engine)
    if not count:
        raise FileWithoutPages(path=path)
    if count > MAX_PAGES:
        raise DamagedFile(path=path, reason=f"{count} pages")
    reading = read_pages(engine, lambda: None, count, lambda done: options.progress(done, count, False))
    pages = [page for page in reading.pages if page.raw.text.strip() and not page.quality.is_garbage]
    if not pages:
        raise DamagedFile(path=path, reason="no text")
    composed = compose([page.raw for page in pages], Outline({}, {}), ())
    used = engines_used(pages)
    return Pages(composed.pages, notices=(*used, *_repairs(composed, reading.decoded), *reading.notices))


def _second(data: bytes, password: str) -> Engine | None:
    try:
        return open_pypdf(data, password)
    except Exception:  # noqa: BLE001 - what pdfium opened and pypdf cannot is read by pdfium alone
        return None


def _refuse_form(document: PdfDocument, pages: Sequence[PageRead], path: str) -> None:
    """Raise FormFile when all that the pages say is that another program is needed."""
    if has_form_only(document) and len(pages) <= _FORM_PAGES:
        text = " ".join(page.raw.text for page in pages)
        if not text.strip() or _FORM_TEXT.search(text):
            raise FormFile(path=path)


def _composed(document: PdfDocument, reading: Reading, path: str, options: ReadOptions) -> Pages:
    garbage = {page.raw.number for page in reading.pages if page.quality.is_garbage}
    raws = [page.raw if page.raw.number not in garbage else replace(page.raw, words=()) for page in reading.pages]
    little = [raw.number for raw in raws if len(raw.words) < LITTLE_WORDS]
    drawn = drawings(document, little)
    names, levels = outline_of(document)
    composed = compose(raws, Outline(names, levels), (number for number, each in drawn.items() if each.has_any))
    pages, scanned = _with_scans(document, composed.pages, garbage, drawn, options)
    if not pages and garbage:
        raise GarbledFile(path=path)
    notices = sorted((*reading.notices, *scanned), key=lambda notice: int(notice.where))
    kept = {page.number for page in pages}
    used = engines_used([page for page in reading.pages if page.raw.number in kept - garbage])
    return Pages(pages, _metadata(document), (*used, *_repairs(composed, reading.decoded), *notices))


def _with_scans(
    document: PdfDocument,
    pages: Sequence[Page],
    garbage: set[int],
    drawn: dict[int, Drawn],
    options: ReadOptions,
) -> tuple[tuple[Page, ...], list[Notice]]:
    """Return the pages that have text, those that are pictures or garbage by OCR where it works, and what to say."""
    kept: list[Page] = []
    notices: list[Notice] = []
    for page in pages:
        number = page.number
        letters = sum(char.isalpha() for char in page.title + page.text) if number in drawn else 0
        if number in garbage or is_picture(drawn.get(number), letters):
            scan = read_scan(document, number, letters, options)
            if number in garbage and not scan.text:
                notices.append(Notice("page_garbled", str(number), (("page", str(number)),)))
            notices += scan.notices
            page = replace(page, text=scan.text) if scan.text else page
        elif not (page.title or page.text).strip():
            notices.append(Notice("page_without_text", str(number), (("page", str(number)),)))
        if (page.title + page.text).strip():
            kept.append(page)
    return tuple(kept), notices


def _repairs(composed: Composed, decoded: int) -> tuple[Notice, ...]:
    """Return what was done to the text of the whole file."""
    removed = composed.removed
    counts = {
        "pdf_running_removed": (
            ("pieces", str(removed.pieces)),
            ("pages", str(removed.pages)),
            ("text", removed.example),
        ),
        "pdf_words_rejoined": (("count", str(composed.rejoined)),),
        "pdf_accents_repaired": (("count", str(composed.accents)),),
        "pdf_letters_decoded": (("count", str(decoded)),),
    }
    return tuple(Notice(code, params=params) for code, params in counts.items() if params[0][1] != "0")


def _metadata(document: PdfDocument) -> Metadata:
    try:
        return metadata_of(document)
    except Exception:  # noqa: BLE001 - a broken information dictionary costs a title at most
        return Metadata()


def page_picture(data: bytes, page: int, pixels: tuple[int, int], password: str = "", path: str = "") -> bytes:
    """Return a page (counted from 1) drawn as a PNG no larger than `pixels` (width, height) nor MAX_SIDE a side.

    Raises ProtectedFile, ExpandingFile and DamagedFile as `read_pdf` does, and MissingPage when there is no such page
    or it cannot be drawn.
    """
    try:
        with quiet(), closing(open_document(data, path, password)) as document:
            if not 1 <= page <= len(document):
                raise MissingPage(path=path, page=page)
            return png_of(picture_of(document, page, pixels))
    except IngestError:
        raise
    except Exception as error:  # on damaged bytes pdfium raises whatever its parsing ran into
        raise MissingPage(path=path, page=page) from error
