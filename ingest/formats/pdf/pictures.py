"""Which pages are pictures, and pictures of pages, by pdfium within bounds of size."""

from __future__ import annotations

import ctypes
import io
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage

MAX_SIDE = 2000
"""No page is drawn with more pixels a side."""
MAX_SOURCE_PIXELS = 80_000_000
"""No page is drawn that holds a picture of more pixels (a scan of A3 at 600 dots an inch has 70 million)."""
# A picture over this share of a page, with few letters on it, is what the page shows.
_COVERS = 0.5
# A page with no text but so many drawn shapes has its letters drawn as shapes.
_MANY_SHAPES = 60
_MAX_OBJECTS = 5000
_DEPTH = 15


class PictureTooLarge(Exception):
    """A page that holds a picture of more pixels than are drawn."""


@dataclass(frozen=True, slots=True)
class DrawnImage:
    """A picture on a page: the share of the page that it covers, and by what it is known again.

    `print` is its width and height in pixels and its size in bytes as the file has it.
    """

    covered: float
    print: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page shows besides text: its pictures and the number of its shapes."""

    images: tuple[DrawnImage, ...]
    shapes: int

    @property
    def has_any(self) -> bool:
        """Say whether anything is drawn."""
        return bool(self.images or self.shapes)

    @property
    def shows_text(self) -> bool:
        """Say whether a page with hardly a letter of text likely shows some: a large picture or many shapes."""
        return sum(image.covered for image in self.images) >= _COVERS or self.shapes >= _MANY_SHAPES

    def without(self, prints: set[tuple[int, int, int]]) -> Drawn:
        """Return what is drawn without some pictures."""
        return replace(self, images=tuple(image for image in self.images if image.print not in prints))


def drawn_on(document: PdfDocument, number: int) -> Drawn:
    """Return what a page shows besides text. Raises whatever pdfium does on damaged bytes."""
    from pypdfium2 import raw

    page = document[number - 1]
    try:
        left, bottom, right, top = page.get_bbox()
        area = max((right - left) * (top - bottom), 1.0)
        images: list[DrawnImage] = []
        shapes = 0
        for item in islice(page.get_objects(max_depth=_DEPTH), _MAX_OBJECTS):
            if item.type == raw.FPDF_PAGEOBJ_IMAGE:
                x0, y0, x1, y1 = item.get_bounds()
                width = max(0.0, min(x1, right) - max(x0, left))
                covered = width * max(0.0, min(y1, top) - max(y0, bottom)) / area
                images.append(DrawnImage(covered, _print(item.raw)))
            elif item.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
                shapes += 1
        return Drawn(tuple(images), shapes)
    finally:
        page.close()


def _print(image: object) -> tuple[int, int, int]:
    from pypdfium2 import raw

    return *_pixels(image), int(raw.FPDFImageObj_GetImageDataRaw(image, None, 0))


def _pixels(image: object) -> tuple[int, int]:
    from pypdfium2 import raw

    width, height = ctypes.c_uint(), ctypes.c_uint()
    raw.FPDFImageObj_GetImagePixelSize(image, width, height)
    return width.value, height.value


def picture_of(document: PdfDocument, number: int, pixels: tuple[int, int], grey: bool = False) -> Image:
    """Return a page drawn as large as fits into `pixels` (width, height) and MAX_SIDE.

    Raises PictureTooLarge before anything is unpacked, and whatever pdfium does on damaged bytes.
    """
    page = document[number - 1]
    try:
        _check_images(page)
        width, height = page.get_size()
        wide, high = (min(max(1, side), MAX_SIDE) for side in pixels)
        scale = min(wide / max(width, 1.0), high / max(height, 1.0))
        bitmap = page.render(scale=scale, grayscale=grey, may_draw_forms=False)
        try:
            image: Image = bitmap.to_pil().copy()
        finally:
            bitmap.close()
        return image.crop((0, 0, min(image.width, wide), min(image.height, high)))
    finally:
        page.close()


def _check_images(page: PdfPage) -> None:
    from pypdfium2 import raw

    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH):
        width, height = _pixels(item.raw)
        if width * height > MAX_SOURCE_PIXELS:
            raise PictureTooLarge


def png_of(image: Image) -> bytes:
    """Return an image as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
