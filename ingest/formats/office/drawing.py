"""Text and tables of DrawingML, which PowerPoint and Word share, as Markdown.

Source: ECMA-376-1, part 21 (DrawingML), 21.1.2 text, 21.1.3 tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.clean import one_line
from ingest.formats.office.counting import numeral
from ingest.formats.office.markup import Item, Run, is_monospace, marked, paragraphs, plain, table
from ingest.formats.office.opc import Package
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
from ingest.formats.omml import latex_of

# Fields that a slide's place in the deck or the day of its showing fill in.
_EMPTY_FIELDS = re.compile(r"slidenum|datetime.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """The part that an element stands in, to follow its relations."""

    package: Package
    part: str


def runs_of(paragraph: Element, place: Place) -> list[Run]:
    """Return the runs of an `a:p`: formulas as LaTeX between dollar signs, line breaks as newlines."""
    return [run for each in chosen(paragraph) for run in _runs(each, place)]


def _runs(element: Element, place: Place) -> Iterator[Run]:
    match local_name(element):
        case "r":
            yield _run(element, place)
        case "fld" if not _EMPTY_FIELDS.fullmatch(attribute(element, "type")):
            yield _run(element, place)
        case "br":
            yield Run("\n")
        case "m" | "oMath" | "oMathPara":
            for formula in children(element, "oMathPara", "oMath") if local_name(element) == "m" else (element,):
                latex = latex_of(formula)
                yield Run(f"${latex}$" if latex else "", raw=True)


def _run(element: Element, place: Place) -> Run:
    look = child(element, "rPr")
    text = "".join(each.text or "" for each in children(element, "t"))
    url = place.package.url(place.part, relation_id(child(look, "hlinkClick")))
    code = is_monospace(attribute(child(look, "latin"), "typeface"))
    bold, italic = (attribute(look, name) in ("1", "true") for name in ("b", "i"))
    return Run(text.replace("\v", "\n"), bold, italic, code, url)


def items_of(body: Element | None, place: Place, styles: Sequence[Element] = ()) -> list[Item]:
    """Return the paragraphs of a text body; `styles` are the list styles it inherits, nearest first."""
    items: list[Item] = []
    counts: dict[int, int] = {}
    nearest = child(body, "lstStyle")
    inherited = [*([nearest] if nearest is not None else []), *styles]
    for paragraph in children(body, "p"):
        runs = runs_of(paragraph, place)
        look = child(paragraph, "pPr")
        level = _level(look)
        label = _label(look, inherited, level, counts) if plain(runs).strip() else ""
        told = [run for run in runs if run.text.strip()]
        code = all(run.code for run in told) if told else bool(items and items[-1].code)
        if code:
            items += [Item(line, code=True) for line in plain(runs).split("\n")]
        else:
            items.append(Item(marked(runs, whole=False), label, level))
    return items


def _level(look: Element | None) -> int:
    level = attribute(look, "lvl", "0")
    return int(level) if level.isdecimal() and len(level) == 1 else 0


def _label(look: Element | None, styles: Sequence[Element], level: int, counts: dict[int, int]) -> str:
    """Return what stands before a paragraph: "-", a number or "", as it or the nearest style that says it has it."""
    levels = [look, *(child(style, f"lvl{level + 1}pPr") for style in styles)]
    for each in levels:
        bullet = next(children(each, "buNone", "buChar", "buAutoNum", "buBlip"), None)
        if bullet is None:
            continue
        if local_name(bullet) != "buAutoNum":
            counts.pop(level, None)
            return "" if local_name(bullet) == "buNone" else "-"
        start = attribute(bullet, "startAt", "1")
        counts[level] = counts[level] + 1 if level in counts else int(start) if start.isdecimal() else 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return _numbered(counts[level], attribute(bullet, "type"))
    return ""


def _numbered(number: int, kind: str) -> str:
    """Return a number in one of PowerPoint's shapes, as arabicPeriod or alphaLcParenR (ECMA-376-1, 20.1.10.61)."""
    shapes = {"alphaLc": "letter", "alphaUc": "LETTER", "romanLc": "roman", "romanUc": "ROMAN"}
    shape = next((shape for prefix, shape in shapes.items() if kind.startswith(prefix)), "")
    text = numeral(number, shape)
    if kind.endswith("ParenBoth"):
        return f"({text})"
    return f"{text})" if kind.endswith("ParenR") else f"{text}."


def table_text(element: Element, place: Place) -> str:
    """Return an `a:tbl` as a Markdown table; one of a single cell is that cell's text."""
    rows: list[list[str]] = []
    for row in children(element, "tr"):
        rows.append([_cell(cell, place) for cell in children(row, "tc")])
    if len(rows) == 1 and len(rows[0]) == 1:
        return paragraphs(items_of(next(descendants(element, "txBody"), None), place))
    return table(rows)


def _cell(cell: Element, place: Place) -> str:
    if attribute(cell, "hMerge") in ("1", "true") or attribute(cell, "vMerge") in ("1", "true"):
        return ""
    items = items_of(child(cell, "txBody"), place)
    return one_line(" ".join(item.text for item in items))
