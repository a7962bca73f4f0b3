"""PDF, read page by page with pypdf."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.clean import clean, one_line
from ingest.errors import DamagedFile, IngestError, ProtectedFile
from ingest.formats.blocks import Metadata, Page, Pages
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_NUMBER_LINE = re.compile(
    r"(?:p[áa]g(?:ina|e)?\.?\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:/|de|of)\s*\d{1,4})?", re.IGNORECASE
)
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\n(?=[a-záéíóúñü])")
# A first or last line is a running header or footer when it stands on this share of at least so many pages.
_RUNNING_SHARE = 0.6
_RUNNING_PAGES = 4
# Names that programs write where an author should be.
_NOT_AUTHORS = (
    "",
    "user",
    "usuario",
    "admin",
    "administrator",
    "root",
    "unknown",
    "anonymous",
    "microsoft",
    "windows",
)


def read_pdf(data: bytes, path: str, options: ReadOptions = PLAIN) -> Pages:
    """Return the file's pages; running headers, footers and page numbers are taken out.

    Raises ProtectedFile when neither no password nor that of `options` opens it, DamagedFile when it cannot be read.
    """
    with _quiet():
        reader = _open(data, path, options.password)
        pages: list[Page] = []
        notices: list[Notice] = []
        try:
            count = len(reader.pages)
            for number in range(1, count + 1):
                page, notice = _page(reader, number)
                pages += [page] if page else []
                notices += [notice] if notice else []
        except Exception as error:  # on damaged bytes pypdf raises whatever its parsing ran into
            raise DamagedFile(path=path, reason=_reason(error)) from error
        return Pages(tuple(_without_running_lines(pages)), _metadata(reader), tuple(notices))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pypdf's remarks on sloppy files off the terminal; what matters becomes an error or a notice."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _open(data: bytes, path: str, password: str) -> PdfReader:
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not any(reader.decrypt(word) for word in ("", password)):
            raise ProtectedFile(path=path)
    except IngestError:
        raise
    except Exception as error:  # as in read_pdf
        raise DamagedFile(path=path, reason=_reason(error)) from error
    return reader


def _page(reader: PdfReader, number: int) -> tuple[Page | None, Notice | None]:
    """Return a page, or a notice when it is damaged or has no text (a picture, a scan)."""
    try:
        page = reader.pages[number - 1]
        text = clean(page.extract_text() or "").replace("\f", "\n").strip("\n")
        landscape = _is_landscape(page)
    except Exception as error:  # noqa: BLE001 - one broken page must not cost the others
        return None, Notice("page_damaged", str(number), (("page", str(number)), ("reason", _reason(error))))
    if not text.strip():
        return None, Notice("page_without_text", str(number), (("page", str(number)),))
    return Page(number, _HYPHENATED.sub("", text), landscape), None


def _is_landscape(page: PageObject) -> bool:
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    turned = int(page.rotation or 0) % 180 != 0
    return (height > width) if turned else (width > height)


def _metadata(reader: PdfReader) -> Metadata:
    try:
        info = reader.metadata
        title, author = (one_line(clean(str(value or ""))) for value in (info and info.title, info and info.author))
    except Exception:  # noqa: BLE001 - a broken information dictionary costs a title at most
        return Metadata()
    # Programs put the file's name there ("Microsoft Word - tarea.docx"): no title.
    has_title = title and not re.search(
        r"\.(docx?|pptx?|odt|odp|tex|pdf|indd|key)$|^(untitled|microsoft )", title.lower()
    )
    return Metadata(title if has_title else "", "" if author.lower() in _NOT_AUTHORS else author)


def _without_running_lines(pages: list[Page]) -> list[Page]:
    """Take out page numbers, and first and last lines that most pages share (digits aside)."""

    def key(line: str) -> str:
        return re.sub(r"\d+", "#", one_line(line))

    lines = [page.text.split("\n") for page in pages]
    edges = Counter(edge for ls in lines for edge in {key(ls[0]), key(ls[-1])})
    running = {edge for edge, n in edges.items() if len(pages) >= _RUNNING_PAGES and n >= _RUNNING_SHARE * len(pages)}

    def is_running(line: str) -> bool:
        return key(line) in running or bool(_NUMBER_LINE.fullmatch(line.strip()))

    result: list[Page] = []
    for page, ls in zip(pages, lines, strict=True):
        start, end = 0, len(ls)
        while end - start > 1 and (is_running(ls[end - 1]) or not ls[end - 1].strip()):
            end -= 1
        while end - start > 1 and (is_running(ls[start]) or not ls[start].strip()):
            start += 1
        result.append(Page(page.number, "\n".join(ls[start:end]), page.landscape))
    return result


def _reason(error: Exception) -> str:
    return one_line(clean(str(error)))[:200] or type(error).__name__
