"""The words and, where they are few, the numbers of a chart, as Markdown.

Source: ECMA-376-1, part 21.2 (DrawingML, charts).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.clean import clean, one_line
from ingest.formats.office.markup import table
from ingest.formats.office.xml import Element, attribute, child, descendants

# A chart of more values than this is told by its names alone: nobody read its numbers off the slide either.
_MAX_VALUES = 80
_MAX_CATEGORIES = 40


def chart_text(root: Element | None) -> str:
    """Return a chart's title, its axes' titles, and its series: as a table when they are few, else by their names."""
    areas = list(descendants(root, "plotArea"))
    titles = [_words(title) for title in descendants(root, "title")]
    series = [each for area in areas for each in descendants(area, "ser")]
    names = [_words(child(each, "tx")) for each in series]
    categories = _points(series[0], "cat", "xVal") if series else []
    values = [_points(each, "val", "yVal") for each in series]
    if categories and any(values) and sum(map(len, values)) <= _MAX_VALUES:
        rows = [["", *names], *([name, *(_at(column, i) for column in values)] for i, name in enumerate(categories))]
        shown = table(rows)
    else:
        listed = ("; ".join(filter(None, words)) for words in (names, categories[:_MAX_CATEGORIES]))
        shown = "\n\n".join(filter(None, listed))
    # Charts of Office 2016 and later (waterfall, treemap) have no plot area of this kind.
    newer = "" if areas else "; ".join(dict.fromkeys(filter(None, map(_words, descendants(root, "pt", "tx")))))
    return "\n\n".join(filter(None, [*dict.fromkeys(titles), shown, newer]))


def _at(values: Sequence[str], i: int) -> str:
    return values[i] if i < len(values) else ""


def _words(element: Element | None) -> str:
    return one_line(clean(" ".join(each.text or "" for each in descendants(element, "t", "v"))))


def _points(series: Element, *names: str) -> list[str]:
    """Return the cached points of a series' values or categories, in the order of their index; gaps are ""."""
    held = next(filter(lambda each: each is not None, (child(series, name) for name in names)), None)
    found: dict[int, str] = {}
    for point in descendants(held, "pt"):
        index = attribute(point, "idx", "0")
        if index.isdecimal() and len(index) < 4:
            found[int(index)] = _rounded(_words(point))
    return [found.get(i, "") for i in range(max(found, default=-1) + 1)]


def _rounded(text: str) -> str:
    """Return a number without the digits that binary fractions add: 4.3 for 4.2999999999999998."""
    return f"{float(text):.10g}" if re.fullmatch(r"-?\d{1,300}\.\d{8,300}(?:E-?\d{1,3})?", text) else text
