"""Words with their places, by pdfium, which is fast."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from ingest.formats.pdf.engines import MAX_CHARACTERS, PageTooLarge
from ingest.formats.pdf.model import RawPage, Shape, Word

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_FIXED_PITCH_FLAG = 1  # PDF 32000-1, table 123
_FIXED_NAMES = ("mono", "courier", "consol", "typewriter", "cmtt", "ectt", "sftt", "menlo", "fixed")
_BOLD_NAMES = ("bold", "black", "heavy", "cmbx", "ecbx", "sfbx", "cmssbx", "demi")
# pdfium gives these for a hyphen at a line's end, in text and as a single character's code.
_HYPHEN = "\ufffe"
_HYPHEN_CODE = 2
# Python takes some controls for spaces that fonts without names of letters use for ligatures.
_RUN = re.compile("[^ \t\r\n\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufffe]+\ufffe?|\ufffe")
# A drawn bullet is at least and at most this large, in points, and so much wider than high or the other way round.
_SHAPE = (1.2, 18.0)
_SQUARE = 1.5
_MAX_OBJECTS = 2000
# Widths of characters of fixed-width type differ by less than this share.
_EVEN = 0.03


class Pdfium:
    """Reads words with their boxes, by pdfium."""

    name = "pdfium"

    def __init__(self, document: PdfDocument) -> None:
        self._document = document

    def page(self, number: int) -> RawPage:
        """Return a page's words, turned so that most of them run from left to right."""
        page = self._document[number - 1]
        try:
            text_page = page.get_textpage()
            try:
                runs = list(_runs(text_page))
            finally:
                text_page.close()
            angle = _angle(runs, page)
            laid = _laid(number, runs, angle, page.get_bbox())
            return replace(laid, shapes=tuple(_shapes(page, angle))) if runs else laid
        finally:
            page.close()


class _Run(NamedTuple):
    """A word as pdfium has it: where its baseline begins and the box of its last letter are in the page's own space.

    `style` is what it shares with the other words of its text object.
    """

    text: str
    x: float
    y: float
    end: tuple[float, float, float, float]
    style: _Style
    breaks: bool
    fixed: bool


class _Style(NamedTuple):
    """Direction in degrees, size in points, face, and whether its font does not say which letter a code is."""

    angle: int
    size: float
    face: _Face
    unmapped: bool


class _Face(NamedTuple):
    bold: bool
    fixed: bool


def _runs(page: PdfTextPage) -> Iterator[_Run]:
    count = page.count_chars()
    if count > MAX_CHARACTERS:
        raise PageTooLarge
    text = _characters(page, count)
    measure = _measure(page)
    end, hyphenated = 0, True
    for match in _RUN.finditer(text):
        breaks = hyphenated or "\n" in text[end : match.start()]
        word, end = match.group(), match.end()
        hyphenated = word.endswith(_HYPHEN)
        yield measure(word.replace(_HYPHEN, "-"), match.start(), end - 1, breaks)


def _characters(page: PdfTextPage, count: int) -> str:
    """Return the page's characters, one for each that pdfium counts: U+FFFD for one that stands for no letter."""
    from pypdfium2 import raw

    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(page, 0, count, buffer)
    text = bytes(buffer)[: 2 * (written - 1)].decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text
    # pdfium has left characters out, or written some as two: ask for each by its number.
    handle = page.raw
    codes = (raw.FPDFText_GetUnicode(handle, i) for i in range(count))
    return "".join(
        _HYPHEN if code == _HYPHEN_CODE and raw.FPDFText_IsHyphen(handle, i) == 1 else _character(code)
        for i, code in enumerate(codes)
    )


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and code not in (0xFFFE, 0xFFFF) else "\ufffd"


def _measure(page: PdfTextPage) -> Callable[[str, int, int, bool], _Run]:
    from pypdfium2 import raw

    handle = page.raw
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    box_of, origin_of, object_of = (
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_GetCharOrigin,
        raw.FPDFText_GetTextObject,
    )
    styles: dict[int, _Style] = {}

    def measure(text: str, first: int, last: int, breaks: bool) -> _Run:
        # Asking for the style takes longer than all else, and the words of a text object have one.
        found = object_of(handle, first)
        key = ctypes.addressof(found.contents) if found else 0
        style = styles.get(key)
        if style is None:
            style = styles[key] = _style(handle, first)
        fixed = style.face.fixed or (style.unmapped and is_even(text, first, last))
        origin_of(handle, first, x, y)
        box_of(handle, last, box)
        return _Run(text, x.value, y.value, (box.left, box.bottom, box.right, box.top), style, breaks, fixed)

    def is_even(text: str, first: int, last: int) -> bool:
        """Say whether three or more different characters of a font without a name are equally wide."""
        if len(set(text[:-1])) < 3:
            return False
        places = []
        for i in range(first, last + 1):
            origin_of(handle, i, x, y)
            places.append(x.value + y.value)
        widths = [abs(after - before) for before, after in pairwise(places)]
        return bool(max(widths) - min(widths) <= _EVEN * max(widths))

    return measure


def _style(handle: object, i: int) -> _Style:
    from pypdfium2 import raw

    matrix, flags, name = raw.FS_MATRIX(), ctypes.c_int(), ctypes.create_string_buffer(128)
    raw.FPDFText_GetMatrix(handle, i, matrix)
    named = raw.FPDFText_GetFontInfo(handle, i, name, 128, flags)
    return _Style(
        round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) * 90 % 360 if matrix.b else 0,
        raw.FPDFText_GetFontSize(handle, i) * math.hypot(matrix.c, matrix.d),
        _face(name.value, flags.value) if named else _Face(False, False),
        raw.FPDFText_HasUnicodeMapError(handle, i) == 1,
    )


def _shapes(page: PdfPage, angle: int) -> Iterator[Shape]:
    """Return what is drawn on the page that has a bullet's size and shape."""
    from pypdfium2 import raw

    box = page.get_bbox()
    kinds = [raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING, raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_IMAGE]
    for item in islice(page.get_objects(filter=kinds, max_depth=1), _MAX_OBJECTS):
        left, bottom, right, top = item.get_bounds()
        short, long = sorted((right - left, top - bottom))
        if _SHAPE[0] <= short <= long <= min(_SHAPE[1], _SQUARE * short):
            (xa, ya), (xb, yb) = _turned((left, bottom), angle, box), _turned((right, top), angle, box)
            yield Shape(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))


@lru_cache(maxsize=4096)
def _face(name: bytes, flags: int) -> _Face:
    font = name.decode("latin-1").lower()
    return _Face(
        any(part in font for part in _BOLD_NAMES),
        bool(flags & _FIXED_PITCH_FLAG) or any(part in font for part in _FIXED_NAMES),
    )


def _angle(runs: list[_Run], page: PdfPage) -> int:
    """Return the direction in which most letters run, in degrees; that of the page where it has none."""
    letters: Counter[int] = Counter()
    for run in runs:
        letters[run.style.angle] += len(run.text)
    return letters.most_common(1)[0][0] if letters else int(page.get_rotation())


def _laid(number: int, runs: list[_Run], angle: int, box: tuple[float, float, float, float]) -> RawPage:
    words: list[Word] = []
    aside: list[list[str]] = []
    left, bottom, right, top = box
    for text, x, y, end, style, breaks, fixed in runs:
        if style.angle != angle:
            if breaks or not aside:
                aside.append([])
            aside[-1].append(text)
        elif angle:
            x0, down = _turned((x, y), angle, box)
            x1 = max(x0, *(_turned(corner, angle, box)[0] for corner in (end[:2], end[2:])))
            words.append(Word(text, x0, x1, down, style.size, style.face.bold, fixed, breaks, style.unmapped))
        else:
            words.append(
                Word(
                    text,
                    x - left,
                    max(x, end[2]) - left,
                    top - y,
                    style.size,
                    style.face.bold,
                    fixed,
                    breaks,
                    style.unmapped,
                )
            )
    width, height = right - left, top - bottom
    if angle in (90, 270):
        width, height = height, width
    return RawPage(number, width, height, tuple(words), tuple(" ".join(line) for line in aside))


def _turned(point: tuple[float, float], angle: int, box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Return a point from the top left, on a page turned so that what runs in direction `angle` runs to the right.

    The page's own space has y upwards: what runs upwards in it (90) is read with the page turned clockwise.
    """
    (x, y), (left, bottom, right, top) = point, box
    match angle:
        case 90:
            return y - bottom, x - left
        case 180:
            return right - x, y - bottom
        case 270:
            return top - y, right - x
        case _:
            return x - left, top - y
