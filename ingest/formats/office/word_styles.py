"""What the styles of a Word document say of its paragraphs and runs, inherited properties included.

Source: ECMA-376-1, 17.7 (styles), 17.3.1.20 (outline levels).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.formats.office.markup import is_monospace
from ingest.formats.office.xml import Element, attribute, child, children, is_on

# Programs write the built-in names in English whatever their language; older and other ones translate them.
_HEADING = re.compile(r"(?:heading|t[íi]tulo|encabezado|titre|überschrift|titolo|rubrik) ?([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|t[íi]tulo|puesto|titel|titre", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|tdc|índice|contents) ?(?:\d|heading)|toc heading|título de tdc", re.IGNORECASE)
_CODE = re.compile(
    r"\b(?:code|c[óo]digo|source|preformatted|verbatim|formato previo|plain text macro)\b", re.IGNORECASE
)
_MAX_CHAIN = 12
_DEFAULT_HALF_POINTS = 20  # without any default, 10 points (ECMA-376-1, 17.3.2.38)


@dataclass(frozen=True, slots=True)
class Look:
    """How a style's text looks: `level` is its heading's (1 to 9; 0 for no heading), `size` in half points.

    `number` is the id of its list's numbering, "" without one, at `list_level`.
    """

    level: int = 0
    is_title: bool = False
    is_contents: bool = False
    bold: bool = False
    italic: bool = False
    code: bool = False
    hidden: bool = False
    size: int = 0
    number: str = ""
    list_level: int = 0


class Styles:
    """The styles of one document by their ids."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {attribute(style, "styleId"): style for style in children(root, "style")}
        defaults = child(root, "docDefaults", "rPrDefault", "rPr")
        self.size = half_points(defaults) or _DEFAULT_HALF_POINTS
        self.default = next(
            (
                name
                for name, style in self._styles.items()
                if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true")
            ),
            "",
        )
        self._looks: dict[str, Look] = {}

    def look(self, style: str) -> Look:
        """Return how text of a style looks; plain for a style that is not defined."""
        if style not in self._looks:
            self._looks[style] = self._look(style)
        return self._looks[style]

    def _look(self, style: str) -> Look:
        chain = list(self._chain(style))
        names = [attribute(child(each, "name"), "val") for each in chain]
        numbering = [found for each in chain if (found := child(each, "pPr", "numPr")) is not None]
        number = next((value for each in numbering if (value := attribute(child(each, "numId"), "val"))), "")
        level = next((value for each in numbering if (value := attribute(child(each, "ilvl"), "val"))), "0")
        own = names[0] if names else ""
        return Look(
            level=_heading_level(chain, names),
            is_title=bool(_TITLE.fullmatch(own)),
            is_contents=bool(_CONTENTS.match(own)),
            bold=_inherited(chain, "b"),
            italic=_inherited(chain, "i"),
            code=any(_CODE.search(name) for name in names) or any(monospaced(child(each, "rPr")) for each in chain),
            hidden=_inherited(chain, "vanish"),
            size=next((size for each in chain if (size := half_points(child(each, "rPr")))), 0),
            number=number,
            list_level=int(level) if level.isdecimal() and len(level) == 1 else 0,
        )

    def _chain(self, style: str) -> Iterator[Element]:
        """Yield a style, the one that it is based on, and so on."""
        for _ in range(_MAX_CHAIN):
            found = self._styles.get(style)
            if found is None:
                return
            yield found
            style = attribute(child(found, "basedOn"), "val")


def _heading_level(chain: list[Element], names: list[str]) -> int:
    """Return the outline level that the nearest style in the chain gives, counted from 1; 0 for none."""
    for style, name in zip(chain, names, strict=True):
        if match := _HEADING.fullmatch(name):
            return int(match[1])
        if level := outline_level(child(style, "pPr")):
            return level
    return 0


def outline_level(look: Element | None) -> int:
    """Return the outline level in a paragraph's properties counted from 1; 0 for body text."""
    level = attribute(child(look, "outlineLvl"), "val")
    return int(level) + 1 if level.isdecimal() and len(level) == 1 and level != "9" else 0


def _inherited(chain: list[Element], name: str) -> bool:
    found = (child(each, "rPr", name) for each in chain)
    return is_on(next((each for each in found if each is not None), None))


def half_points(look: Element | None) -> int:
    """Return the type's size in a run's properties, in half points; 0 where they do not say."""
    size = attribute(child(look, "sz"), "val")
    return int(size) if size.isdecimal() and len(size) < 5 else 0


def monospaced(look: Element | None) -> bool:
    """Say whether a run's properties set it in a font for code."""
    fonts = child(look, "rFonts")
    return is_monospace(attribute(fonts, "ascii") or attribute(fonts, "hAnsi"))
