"""The shapes of a PowerPoint slide, each with its box and what it says.

Source: ECMA-376-1, 19.3.1 (shape trees, placeholders), 20.1.7 (transforms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.clean import clean, one_line
from ingest.formats.office.charts import chart_text
from ingest.formats.office.diagrams import diagram_text
from ingest.formats.office.drawing import Place, items_of, runs_of, table_text
from ingest.formats.office.markup import is_description, paragraphs, plain
from ingest.formats.office.pieces import TITLES, Piece, arranged, is_title_like
from ingest.formats.office.reading_order import Box
from ingest.formats.office.xml import (
    Element,
    attribute,
    child,
    children,
    chosen,
    descendants,
    local_name,
    relation_id,
)

# What a theme prints on every slide.
_FURNITURE = frozenset(("dt", "ftr", "sldNum", "hdr", "sldImg"))
# Groups nested deeper than anyone draws are read in the order of the file.
_MAX_DEPTH = 20
_DEFAULT_POINTS = 18.0  # of text in a box that does not say (ECMA-376-1, 21.1.2.3.9)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A slide's part, and the roots of its layout and its master, from which placeholders inherit."""

    place: Place
    inherited: tuple[Element, ...] = ()


def pieces_of(tree: Element, canvas: Canvas, depth: int = 0) -> Iterator[Piece]:
    """Yield what the shapes of a tree or a group say, in the order of the file."""
    for shape in chosen(tree):
        match local_name(shape):
            case "sp" | "cxnSp":
                yield from _text_piece(shape, canvas)
            case "pic":
                yield Piece(_box(shape), _description(shape), pictures=1)
            case "graphicFrame":
                yield from _graphic_pieces(shape, canvas)
            case "grpSp" if depth < _MAX_DEPTH:
                yield from _group_pieces(shape, canvas, depth)
            case "grpSp":
                flat = [each for each in shape.iter() if local_name(each) == "sp"]
                yield from (piece for each in flat for piece in _text_piece(each, canvas))


def _text_piece(shape: Element, canvas: Canvas) -> Iterator[Piece]:
    body = child(shape, "txBody")
    holder = next(descendants(next(children(shape, "nvSpPr"), None), "ph"), None)
    role = attribute(holder, "type", "obj") if holder is not None else ""
    if body is None or role in _FURNITURE:
        return
    models = list(_models(holder, canvas)) if holder is not None else []
    styles = [style for model in models if (style := child(model, "txBody", "lstStyle")) is not None]
    styles += _master_styles(role, canvas)
    items = items_of(body, canvas.place, () if role in TITLES else styles)
    written = [item for item in items if item.text.strip()]
    if not written:
        return
    line = one_line(" ".join(plain(runs_of(each, canvas.place)) for each in children(body, "p")))
    short = len(written) == 1 and not written[0].label and not written[0].code
    short = short and is_title_like(line)
    box = next((box for each in (shape, *models) if (box := _box(each)) != Box()), Box())
    yield Piece(box, paragraphs(items), clean(line), role, _points(body), short)


def _models(holder: Element, canvas: Canvas) -> Iterator[Element]:
    """Yield the layout's and the master's shape that a placeholder takes its place and style from."""
    index, kind = attribute(holder, "idx", "0"), attribute(holder, "type", "obj")
    for root in canvas.inherited:
        found = None
        for shape in descendants(child(root, "cSld", "spTree"), "sp"):
            other = next(descendants(child(shape, "nvSpPr"), "ph"), None)
            if other is None:
                continue
            if attribute(other, "idx", "0") == index and local_name(root) == "sldLayout":
                found = shape
                break
            if found is None and _same_kind(attribute(other, "type", "obj"), kind):
                found = shape
        if found is not None:
            yield found


def _same_kind(kind: str, other: str) -> bool:
    bodies = ("obj", "body", "subTitle", "half", "qtr")
    return kind == other or (kind in TITLES and other in TITLES) or (kind in bodies and other in bodies)


def _master_styles(role: str, canvas: Canvas) -> list[Element]:
    """Return the master's list style for body text; text boxes and titles have no bullets of their own."""
    if not role or role in TITLES or len(canvas.inherited) < 2:
        return []
    style = child(canvas.inherited[1], "txStyles", "bodyStyle")
    return [style] if style is not None else []


def _graphic_pieces(frame: Element, canvas: Canvas) -> Iterator[Piece]:
    """Yield a frame's table, chart or diagram; an embedded object counts as the picture that stands for it."""
    box, place = _box(frame), canvas.place
    data = child(frame, "graphic", "graphicData")
    for each in chosen(data) if data is not None else ():
        match local_name(each):
            case "tbl":
                yield Piece(box, clean(table_text(each, place)))
            case "chart":
                relation = place.package.relations(place.part).get(relation_id(each))
                root = place.package.root(relation.target) if relation and not relation.external else None
                yield Piece(box, "\n\n".join(filter(None, [chart_text(root), _description(frame)])))
            case "relIds":
                relation = place.package.relations(place.part).get(relation_id(each, "dm"))
                root = place.package.root(relation.target) if relation and not relation.external else None
                other = Place(place.package, relation.target if relation else "")
                yield Piece(box, clean(diagram_text(root, other)))
            case _:
                yield Piece(box, _description(frame), pictures=1)


def _group_pieces(group: Element, canvas: Canvas, depth: int) -> Iterator[Piece]:
    """Yield a group as one piece, read in its own order: what was grouped is read together."""
    inner = list(pieces_of(group, canvas, depth + 1))
    pictures = sum(piece.pictures for piece in inner)
    text = "\n\n".join(filter(None, [arranged(inner), _description(group)]))
    titles = [piece for piece in inner if piece.role in TITLES]
    if titles:
        yield from inner
    elif text or pictures:
        yield Piece(_box(group), text, pictures=pictures, points=max(piece.points for piece in inner))


def _box(shape: Element) -> Box:
    """Return where a shape says that it stands, in English Metric Units; an empty box where it says nothing."""
    frame = child(shape, "xfrm")
    for holder in ("spPr", "grpSpPr"):
        frame = child(shape, holder, "xfrm") if frame is None else frame
    offset, extent = child(frame, "off"), child(frame, "ext")
    x, y, width, height = (
        _number(attribute(each, name))
        for each, name in ((offset, "x"), (offset, "y"), (extent, "cx"), (extent, "cy"))
    )
    return Box(x, y, width, height)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"-?\d{1,15}", text, re.ASCII) else 0.0


def _points(body: Element) -> float:
    sizes = (_number(attribute(each, "sz")) / 100 for each in descendants(body, "rPr"))
    return max((size for size in sizes if size), default=_DEFAULT_POINTS)


def _description(shape: Element) -> str:
    """Return a picture's alternative text where a person wrote it."""
    said = next((each for each in descendants(shape, "cNvPr")), None)
    text = attribute(said, "descr") or attribute(said, "title")
    decorative = any(attribute(each, "val") in ("1", "true") for each in descendants(said, "decorative"))
    return one_line(clean(text)) if is_description(text) and not decorative else ""
