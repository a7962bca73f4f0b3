"""Pages whose words are in pictures: found, and read by OCR where that is possible and wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.formats import ocr
from ingest.formats.options import ReadOptions
from ingest.formats.pdf.document import reason
from ingest.formats.pdf.pictures import MAX_SIDE, Drawn, PictureTooLarge, drawn_on, picture_of
from ingest.model import Notice

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

# With fewer words than this a page is looked at for pictures.
LITTLE_WORDS = 60
# With fewer letters than this, what a page says is in its picture, if it has one.
_FEW_LETTERS = 60
# A picture on this share of at least so many pages is their background.
_BACKGROUND_SHARE = 0.5
_BACKGROUND_PAGES = 3
# OCR's text replaces what the page had when it has so many times its letters.
_MORE = 1.5


@dataclass(frozen=True, slots=True)
class Scan:
    """What came of a page that is a picture: text by OCR, "" where there is none, and what to say."""

    text: str
    notices: tuple[Notice, ...]


def drawings(document: PdfDocument, numbers: Sequence[int]) -> dict[int, Drawn]:
    """Return what each of the pages shows besides text, pictures that are the deck's background not counted."""
    drawn: dict[int, Drawn] = {}
    for number in numbers:
        try:
            drawn[number] = drawn_on(document, number)
        except Exception:  # noqa: BLE001 - a page whose drawing is broken has its text, or a notice for having none
            drawn[number] = Drawn((), 0)
    prints = Counter(image.print for each in drawn.values() for image in set(each.images))
    least = max(_BACKGROUND_PAGES, _BACKGROUND_SHARE * len(document))
    return {number: each.without({key for key, n in prints.items() if n >= least}) for number, each in drawn.items()}


def is_picture(drawn: Drawn | None, letters: int) -> bool:
    """Say whether a page with so many letters of text shows its words in a picture."""
    return drawn is not None and drawn.shows_text and letters < _FEW_LETTERS


def read_scan(
    document: PdfDocument,
    number: int,
    letters: int,
    options: ReadOptions,
) -> Scan:
    """Read a page that shows its words in a picture by OCR, if it is wanted and Tesseract knows one of our languages.

    `letters` is how many the page has as text; OCR's text counts when it has clearly more.
    """
    if not options.ocr:
        return Scan("", (_notice("page_is_picture", number),))
    languages = ocr.languages()
    if not languages:
        return Scan("", (_notice("page_needs_ocr", number),))
    options.progress(number - 1, len(document), True)
    try:
        image = picture_of(document, number, (MAX_SIDE, MAX_SIDE), grey=True)
        found = ocr.recognise(image, languages, ocr.SECONDS)
    except PictureTooLarge:
        return Scan("", (_notice("page_picture_too_large", number),))
    except Exception as error:  # noqa: BLE001 - what pdfium and Tesseract make of a page must not cost the others
        return Scan("", (_notice("page_ocr_failed", number, reason=reason(error)),))
    shown = sum(char.isalpha() for char in found.text)
    if not shown or shown < _MORE * letters:
        return Scan("", () if letters else (_notice("page_without_text", number),))
    notices = [_notice("page_read_by_ocr", number, language="+".join(languages))]
    if found.confidence < ocr.DOUBTFUL:
        notices.append(_notice("page_ocr_doubtful", number, confidence=f"{found.confidence:.0f}"))
    return Scan(found.text, tuple(notices))


def _notice(code: str, number: int, **params: str) -> Notice:
    return Notice(code, str(number), (("page", str(number)), *params.items()))
