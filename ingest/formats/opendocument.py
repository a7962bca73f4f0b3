"""OpenDocument decks and texts, of LibreOffice and its kin.

Source: OASIS OpenDocument 1.3, part 3: chapters 3 (documents), 5 (text) and 10 (drawings and presentations).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.clean import clean, one_line
from ingest.errors import DamagedFile
from ingest.formats.blocks import Slide, Slides, Text
from ingest.formats.office.flow import Flow, Paragraph, flow_text
from ingest.formats.office.odf import OdfPackage, OdfStyles, centimetres, open_odf
from ingest.formats.office.odf_text import OdfReader, description, notes_of
from ingest.formats.office.pieces import Piece, arranged, is_title_like, titled
from ingest.formats.office.reading_order import Box
from ingest.formats.office.xml import Element, attribute, child, children, descendants, local_name
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

_FURNITURE = frozenset(("header", "footer", "date-time", "page-number", "page", "notes", "handout"))
_SHAPES = frozenset(
    ("custom-shape", "rect", "ellipse", "circle", "polygon", "polyline", "path", "line", "connector", "caption",
     "regular-polygon", "measure")
)  # fmt: skip
_MAX_DEPTH = 20
_NOTE_MARK = re.compile(r"\[\^\d{1,6}\]")
# Centimetres; what LibreOffice takes where a deck does not say.
_HEIGHT = 15.75
_DEFAULT_POINTS = 18.0
_COUNTS = (
    ("pictures_counted", "pictures"),
    ("comments_left_out", "comments"),
    ("contents_left_out", "contents"),
    ("hidden_text_left_out", "hidden"),
)


def read_odt(data: bytes, path: str, options: ReadOptions = PLAIN) -> Text:
    """Return the text's body as Markdown; headers, footers, comments and deleted text are no part of it.

    Raises DamagedFile when there is no text document in the bytes, and what `open_odf` does.
    """
    package, content, damage = _content(data, path, options)
    body = child(content, "body", "text")
    if body is None:
        raise DamagedFile(path=path, reason=damage or "content.xml")
    reader = OdfReader(package, OdfStyles(package, content))
    flow = _with_notes(reader, reader.flow(body))
    title = next((piece.words for piece in flow if isinstance(piece, Paragraph) and piece.is_title), "")
    metadata = package.metadata()
    metadata = metadata if metadata.title else replace(metadata, title=title)
    return Text(clean(flow_text(flow)), metadata, (*_damaged(damage), *_notices(reader)))


def _with_notes(reader: OdfReader, flow: Flow) -> Flow:
    """Put each note behind the section that names it."""
    notes = {note.text.partition(":")[0]: note for note in notes_of(reader)}
    result: Flow = []
    waiting: list[Paragraph] = []
    for piece in flow:
        if isinstance(piece, Paragraph) and (piece.level or piece.is_title):
            result += waiting
            waiting = []
        result.append(piece)
        text = piece.text if isinstance(piece, Paragraph) else piece
        waiting += [notes.pop(mark) for mark in _NOTE_MARK.findall(text) if mark in notes]
    return [*result, *waiting, *notes.values()]


def read_odp(data: bytes, path: str, options: ReadOptions = PLAIN) -> Slides:
    """Return the deck's slides: title, body in reading order, speaker's notes.

    Raises DamagedFile when there is no deck in the bytes, and what `open_odf` does.
    """
    package, content, damage = _content(data, path, options)
    pages = list(children(child(content, "body", "presentation"), "page"))
    if not pages:
        raise DamagedFile(path=path, reason=damage or "content.xml")
    reader = OdfReader(package, OdfStyles(package, content))
    slides: list[Slide] = []
    notices = [*_damaged(damage)]
    for number, page in enumerate(pages, start=1):
        slide, pictures = _slide(page, number, reader)
        where = (("slide", str(number)),)
        if slide.title or slide.text or slide.notes:
            slides.append(slide)
        if pictures and not slide.title and not slide.text:
            notices.append(Notice("slide_without_text", str(number), (*where, ("count", str(pictures)))))
        if reader.styles.hides(_page_style(page)):
            notices.append(Notice("slide_hidden", str(number), where))
        options.progress(number, len(pages), False)
    return Slides(tuple(slides), package.metadata(), (*notices, *_notices(reader)))


def _content(data: bytes, path: str, options: ReadOptions) -> tuple[OdfPackage, Element, str]:
    package = open_odf(data, path, options.password)
    parsed = package.part("content.xml")
    if parsed is None:
        raise DamagedFile(path=path, reason="content.xml")
    return package, parsed.root, parsed.damage


def _damaged(damage: str) -> tuple[Notice, ...]:
    return (Notice("part_mended", params=(("part", "content.xml"), ("reason", damage))),) if damage else ()


def _notices(reader: OdfReader) -> Iterator[Notice]:
    for code, name in _COUNTS:
        if reader.counts[name]:
            yield Notice(code, params=(("count", str(reader.counts[name])),))
    if reader.counts["deleted"]:
        inserted = ("inserted", str(reader.counts["inserted"]))
        yield Notice("deletions_left_out", params=(("count", str(reader.counts["deleted"])), inserted))


def _page_style(page: Element) -> str:
    return next((str(value) for key, value in page.attrib.items() if str(key).endswith("drawing:1.0}style-name")), "")


def _slide(page: Element, number: int, reader: OdfReader) -> tuple[Slide, int]:
    pieces = list(_pieces(page, reader, 0))
    title, rest = titled(pieces, _HEIGHT)
    said: list[str] = []
    for frame in descendants(child(page, "notes"), "frame"):
        if attribute(frame, "class") == "notes":
            said += [flow_text(reader.flow(box)) for box in children(frame, "text-box")]
    notes = clean("\n\n".join(filter(None, said)))
    return Slide(number, title, arranged(rest), notes), sum(piece.pictures for piece in pieces)


def _pieces(container: Element, reader: OdfReader, depth: int) -> Iterator[Piece]:
    """Yield what the shapes of a page or a group say, in the order of the file."""
    for shape in container:
        name = local_name(shape)
        role = attribute(shape, "class")
        if role in _FURNITURE or attribute(shape, "placeholder") == "true":
            continue
        if name == "frame":
            yield from _frame(shape, role, reader)
        elif name in _SHAPES:
            yield from _text(shape, shape, role, reader)
        elif name in ("g", "a") and depth < _MAX_DEPTH:
            inner = list(_pieces(shape, reader, depth + 1))
            pictures = sum(piece.pictures for piece in inner)
            if name == "a" or any(piece.role == "title" for piece in inner):
                yield from inner
            elif inner:
                points = max(piece.points for piece in inner)
                yield Piece(inner[0].box, arranged(inner), points=points, pictures=pictures)
        elif name == "annotation":
            reader.counts["comments"] += 1


def _frame(frame: Element, role: str, reader: OdfReader) -> Iterator[Piece]:
    """Yield a frame's text, table, formula or chart; a picture beside those only stands in for them."""
    box = _box(frame)
    for held in frame:
        match local_name(held):
            case "text-box":
                yield from _text(held, frame, role, reader)
                return
            case "table":
                yield Piece(box, flow_text(reader.flow(frame)))
                return
            case "object":
                yield Piece(box, reader.object_text(held))
                return
            case "image" | "object-ole" | "plugin":
                reader.counts["pictures"] += 1
                yield Piece(box, description(frame), pictures=1)
                return


def _text(holder: Element, shape: Element, role: str, reader: OdfReader) -> Iterator[Piece]:
    flow = [piece for piece in reader.flow(holder) if not isinstance(piece, Paragraph) or piece.words]
    if not flow:
        return
    if role in ("title", "subtitle"):
        flow = [replace(piece, label="") if isinstance(piece, Paragraph) else piece for piece in flow]
    # On a slide large or bold type is no heading.
    even = [replace(piece, level=0, bold=False, size=0) if isinstance(piece, Paragraph) else piece for piece in flow]
    line = one_line(" ".join(piece.words for piece in flow if isinstance(piece, Paragraph)))
    alone = len(flow) == 1 and isinstance(flow[0], Paragraph) and not flow[0].label and not flow[0].code
    sizes = (reader.styles.look("text", attribute(each, "style-name")).size for each in descendants(holder, "span"))
    points = max((size for size in sizes if size), default=_DEFAULT_POINTS)
    yield Piece(_box(shape), flow_text(even), line, role, points, alone and is_title_like(line))


def _box(shape: Element) -> Box:
    x, y, width, height = (centimetres(attribute(shape, name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, width, height)
