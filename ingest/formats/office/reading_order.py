"""The order in which boxes on a page are read. Pure.

Source: the recursive XY-cut of G. Nagy and S. Seth, "Hierarchical representation of optically scanned documents"
(ICPR 1984): a page is parted into rows where a horizontal line crosses no box, each row into columns, and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Boxes that overlap by less than this share of the smaller one lie beside each other all the same.
_OVERLAP = 0.2
_MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in any unit; `y` grows downwards."""

    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Return the places of `boxes` in reading order: row after row, in each row column after column."""
    return _rows(boxes, sorted(range(len(boxes)), key=lambda i: (boxes[i].y, boxes[i].x)), 0)


def _rows(boxes: Sequence[Box], chosen: list[int], depth: int) -> list[int]:
    if len(chosen) < 2 or depth > _MAX_DEPTH:
        return chosen
    rows = _cut([(boxes[i].y, boxes[i].height) for i in chosen], chosen)
    if len(rows) > 1:
        return [i for row in rows for i in _columns(boxes, row, depth + 1)]
    return _columns(boxes, chosen, depth + 1)


def _columns(boxes: Sequence[Box], chosen: list[int], depth: int) -> list[int]:
    if len(chosen) < 2:
        return chosen
    ordered = sorted(chosen, key=lambda i: (boxes[i].x, boxes[i].y))
    columns = _cut([(boxes[i].x, boxes[i].width) for i in ordered], ordered)
    if len(columns) == 1:
        return sorted(chosen, key=lambda i: (boxes[i].y, boxes[i].x))
    return [i for column in columns for i in _rows(boxes, _by_height(boxes, column), depth + 1)]


def _by_height(boxes: Sequence[Box], chosen: list[int]) -> list[int]:
    return sorted(chosen, key=lambda i: (boxes[i].y, boxes[i].x))


def _cut(spans: Sequence[tuple[float, float]], chosen: Sequence[int]) -> list[list[int]]:
    """Part what is sorted by its start wherever the next one starts where all before have (nearly) ended."""
    parts: list[list[int]] = []
    end = 0.0
    shortest = 0.0
    for (start, length), i in zip(spans, chosen, strict=True):
        if not parts or start >= end - _OVERLAP * min(length, shortest):
            parts.append([])
            end, shortest = start + length, length
        parts[-1].append(i)
        end, shortest = max(end, start + length), min(shortest, length)
    return parts
