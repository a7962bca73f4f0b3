"""The labels that Word prints before the items of its lists, counted as Word counts them.

Source: ECMA-376-1, 17.9 (numbering) and 17.18.59 (number formats).
"""

from __future__ import annotations

import re

from ingest.formats.office.counting import numeral
from ingest.formats.office.xml import Element, attribute, child, children, is_on

_SHAPES = {"lowerLetter": "letter", "upperLetter": "LETTER", "lowerRoman": "roman", "upperRoman": "ROMAN",
           "decimalZero": "zero"}  # fmt: skip
_LEVELS = 9
# Spaniards number "1.-" and "1º": Markdown knows "1."
_DECORATED = re.compile(r"(\d+)(?:\.?[-–—]|\.?[ºª°])")


class Numbering:
    """The lists of one document, and how far each has counted."""

    def __init__(self, root: Element | None) -> None:
        self._abstract = {attribute(each, "abstractNumId"): each for each in children(root, "abstractNum")}
        self._lists = {attribute(each, "numId"): each for each in children(root, "num")}
        self._linked = {
            attribute(link, "val"): name
            for name, each in self._abstract.items()
            if (link := child(each, "styleLink")) is not None
        }
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, number: str, level: int) -> str:
        """Return what stands before the next item of a list at a level from 0: "-", "3.", "a)", or "" for nothing."""
        held = self._lists.get(number)
        if held is None or not 0 <= level < _LEVELS:
            return ""
        name = self._abstract_of(held)
        shown = self._level(held, name, level)
        form = attribute(child(shown, "numFmt"), "val", "decimal")
        if form == "bullet":
            # One of spaces only indents: Pandoc writes an item's further paragraphs so.
            return "-" if attribute(child(shown, "lvlText"), "val", "•").strip() else ""
        counts = self._counts.setdefault(name, {})
        self._count(counts, held, number, name, level)
        return self._printed(counts, held, name, level)

    def _count(self, counts: dict[int, int], held: Element, number: str, name: str, level: int) -> None:
        override = next(
            (each for each in children(held, "lvlOverride") if attribute(each, "ilvl") == str(level)), None
        )
        restart = attribute(child(override, "startOverride"), "val")
        if restart.isdecimal() and len(restart) < 6 and (number, level) not in self._begun:
            counts[level] = int(restart)
        else:
            counts[level] = counts[level] + 1 if level in counts else self._start(held, name, level)
        self._begun.add((number, level))
        for deeper in [other for other in counts if other > level]:
            if attribute(child(self._level(held, name, deeper), "lvlRestart"), "val") != "0":
                del counts[deeper]

    def _printed(self, counts: dict[int, int], held: Element, name: str, level: int) -> str:
        shown = self._level(held, name, level)
        legal = is_on(child(shown, "isLgl"))

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            form = attribute(child(self._level(held, name, other), "numFmt"), "val", "decimal")
            value = counts.get(other, self._start(held, name, other))
            return "" if form == "none" else numeral(value, "" if legal else _SHAPES.get(form, ""))

        text = attribute(child(shown, "lvlText"), "val", f"%{level + 1}.")
        label = " ".join(re.sub(r"%([1-9])", number, text[:80]).split())
        match = _DECORATED.fullmatch(label)
        # A bare "1" before an item would be part of its sentence.
        return f"{match[1]}." if match else f"{label}." if label.isdecimal() else label

    def _abstract_of(self, held: Element) -> str:
        name = attribute(child(held, "abstractNumId"), "val")
        link = attribute(child(self._abstract.get(name), "numStyleLink"), "val")
        return self._linked.get(link, name)

    def _level(self, held: Element, name: str, level: int) -> Element | None:
        """Return a level's definition: the list's own where it overrides that of its model."""
        for override in children(held, "lvlOverride"):
            own = child(override, "lvl")
            if own is not None and attribute(override, "ilvl") == str(level):
                return own
        levels = children(self._abstract.get(name), "lvl")
        return next((each for each in levels if attribute(each, "ilvl") == str(level)), None)

    def _start(self, held: Element, name: str, level: int) -> int:
        start = attribute(child(self._level(held, name, level), "start"), "val", "1")
        return int(start) if start.isdecimal() and len(start) < 6 else 1
