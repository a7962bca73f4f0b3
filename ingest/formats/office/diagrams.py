"""The points of a SmartArt diagram as nested bullets.

Source: ECMA-376-1, part 21.4 (DrawingML, diagrams).
"""

from __future__ import annotations

from collections import defaultdict

from ingest.clean import one_line
from ingest.formats.office.drawing import Place, runs_of
from ingest.formats.office.markup import Item, marked, paragraphs
from ingest.formats.office.xml import Element, attribute, child, children, descendants


def diagram_text(root: Element | None, place: Place) -> str:
    """Return the points of a SmartArt diagram as nested bullets."""
    points = {attribute(point, "modelId"): point for point in descendants(root, "pt")}
    below: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in descendants(root, "cxn"):
        order = attribute(link, "srcOrd", "0")
        if attribute(link, "type", "parOf") == "parOf":
            below[attribute(link, "srcId")].append(
                (int(order) if order.isdecimal() else 0, attribute(link, "destId"))
            )
    start = [name for name, point in points.items() if attribute(point, "type") == "doc"]
    waiting = [(name, -1) for name in reversed(start)]
    seen: set[str] = set()
    items: list[Item] = []
    while waiting:
        name, level = waiting.pop()
        if name in seen or name not in points:
            continue
        seen.add(name)
        words = _point(points[name], place) if level >= 0 else ""
        items += [Item(words, "-", level)] if words else []
        waiting += [(other, level + 1) for _, other in sorted(below[name], reverse=True)]
    return paragraphs(items)


def _point(point: Element, place: Place) -> str:
    """Return a point's words; "" for connections and for text that only asks to be replaced."""
    asks = attribute(child(point, "prSet"), "phldr", "0") in ("1", "true")
    if asks or attribute(point, "type", "node") not in ("node", "asst"):
        return ""
    return one_line(" ".join(marked(runs_of(each, place), whole=False) for each in children(child(point, "t"), "p")))
