"""OpenDocument files: their parts, and what their styles say.

Source: OASIS OpenDocument 1.3, parts 2 (packages) and 3 (schema): chapters 16 (styles) and 19 (attributes).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from ingest.errors import DamagedFile, UnsupportedEncryption
from ingest.formats.archive import Archive, open_archive
from ingest.formats.blocks import Metadata
from ingest.formats.office.counting import numeral
from ingest.formats.office.markup import is_monospace
from ingest.formats.office.opc import OFFICE_LIMITS
from ingest.formats.office.properties import properties
from ingest.formats.office.xml import Element, Parsed, attribute, child, children, descendants, parse_xml

_LENGTH = re.compile(r"(-?\d{1,9}(?:\.\d{1,9})?)(cm|mm|in|pt|pc|px)", re.ASCII)
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
_CODE = re.compile(r"(?:preformatted|source|verbatim|code|c[óo]digo|teletype)", re.IGNORECASE)
_NUMBERS = {"a": "letter", "A": "LETTER", "i": "roman", "I": "ROMAN"}
_MAX_CHAIN = 12


def centimetres(length: str) -> float:
    """Return a length such as "2.5cm" or "12pt" in centimetres; 0 for one that is none."""
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _CENTIMETRES[match[2]] if match else 0.0


class OdfPackage:
    """An open OpenDocument file; parts that are missing or beyond repair are None."""

    def __init__(self, archive: Archive, path: str) -> None:
        self._archive = archive
        manifest = self.part("META-INF/manifest.xml")
        if manifest and next(descendants(manifest.root, "encryption-data"), None) is not None:
            raise UnsupportedEncryption(path=path)

    def part(self, name: str) -> Parsed | None:
        """Return a part's XML."""
        if name not in self._archive:
            return None
        try:
            return parse_xml(self._archive.read(name))
        except DamagedFile:
            return None

    def object(self, reference: str) -> Element | None:
        """Return the content of an embedded object by its reference, as `./Object 1`."""
        folder = posixpath.normpath(reference).lstrip("/")
        parsed = None if folder.startswith("..") or "://" in reference else self.part(f"{folder}/content.xml")
        return parsed.root if parsed else None

    def metadata(self) -> Metadata:
        """Return title and author from the file's properties."""
        parsed = self.part("meta.xml")

        def text(name: str) -> str:
            return next((each.text or "" for each in descendants(parsed.root if parsed else None, name)), "")

        return properties(text("title"), text("initial-creator") or text("creator"))


def open_odf(data: bytes, path: str, password: str = "") -> OdfPackage:
    """Open an OpenDocument file; raises UnsupportedEncryption, and what `open_archive` does."""
    return OdfPackage(open_archive(data, path, OFFICE_LIMITS, password), path)


@dataclass(frozen=True, slots=True)
class OdfLook:
    """How a style's text looks; `size` in points, 0 where it does not say; `unlisted`: no bullet in a list."""

    bold: bool = False
    italic: bool = False
    code: bool = False
    hidden: bool = False
    size: float = 0.0
    unlisted: bool = False
    is_title: bool = False
    list_style: str = ""


@dataclass(frozen=True, slots=True)
class OdfLevel:
    """A level of a list's style: a bullet where `form` is "-", else how numbers look."""

    form: str
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    levels: int = 1


class OdfStyles:
    """The styles of a file, automatic ones of its content first."""

    def __init__(self, package: OdfPackage, content: Element) -> None:
        parsed = package.part("styles.xml")
        roots = [content, *([parsed.root] if parsed else [])]
        self._styles: dict[tuple[str, str], Element] = {}
        self._lists: dict[str, dict[int, OdfLevel]] = {}
        self._fonts: dict[str, str] = {}
        for root in roots:
            for style in descendants(root, "style"):
                self._styles.setdefault((attribute(style, "family"), attribute(style, "name")), style)
            for held in descendants(root, "list-style"):
                self._lists.setdefault(attribute(held, "name"), _levels(held))
            for face in descendants(root, "font-face"):
                self._fonts.setdefault(attribute(face, "name"), attribute(face, "font-family"))
        outline = next((each for root in roots for each in descendants(root, "outline-style")), None)
        self.outline = _levels(outline) if outline is not None else {}
        self._looks: dict[tuple[str, str], OdfLook] = {}

    def look(self, family: str, name: str) -> OdfLook:
        """Return how text of a style looks, inherited properties included; plain for one that is not defined."""
        if (family, name) not in self._looks:
            look = OdfLook()
            for style in reversed(self._chain(family, name)):
                look = self._with(look, style)
            self._looks[family, name] = look
        return self._looks[family, name]

    def level(self, style: str, level: int) -> OdfLevel:
        """Return a list's level, counted from 0; a bullet where no style says otherwise."""
        return self._lists.get(style, {}).get(level, OdfLevel("-"))

    def hides(self, name: str) -> bool:
        """Say whether a drawing page's style hides it."""
        style = self._styles.get(("drawing-page", name))
        return attribute(child(style, "drawing-page-properties"), "visibility") == "hidden"

    def _chain(self, family: str, name: str) -> list[Element]:
        chain: list[Element] = []
        while (style := self._styles.get((family, name))) is not None and len(chain) < _MAX_CHAIN:
            chain.append(style)
            name = attribute(style, "parent-style-name")
        return chain

    def _with(self, look: OdfLook, style: Element) -> OdfLook:
        text, paragraph = child(style, "text-properties"), child(style, "paragraph-properties")
        name = attribute(style, "display-name") or attribute(style, "name")
        weight, slant = attribute(text, "font-weight"), attribute(text, "font-style")
        font = attribute(text, "font-name")
        font = self._fonts.get(font, font) or attribute(text, "font-family")
        size = attribute(text, "font-size")
        percent = size.endswith("%") and size[:-1].isdecimal() and len(size) < 5
        points = look.size * int(size[:-1]) / 100 if percent else centimetres(size) * 72 / 2.54
        numbering = attribute(paragraph, "enable-numbering")
        return replace(
            look,
            bold=weight in ("bold", "600", "700", "800", "900") if weight else look.bold,
            italic=slant in ("italic", "oblique") if slant else look.italic,
            code=is_monospace(font) if font else look.code or bool(_CODE.search(name)),
            hidden=attribute(text, "display") == "none" if attribute(text, "display") else look.hidden,
            size=points or look.size,
            unlisted=numbering == "false" if numbering else look.unlisted,
            is_title=name in ("Title", "Título"),
            list_style=attribute(style, "list-style-name") or look.list_style,
        )


def _levels(style: Element) -> dict[int, OdfLevel]:
    found: dict[int, OdfLevel] = {}
    for each in children(
        style, "list-level-style-number", "list-level-style-bullet", "list-level-style-image", "outline-level-style"
    ):
        number = attribute(each, "level")
        if not number.isdecimal() or len(number) > 2:
            continue
        numbered = each.tag.endswith(("number", "outline-level-style")) if isinstance(each.tag, str) else False
        # A bullet of a space only indents.
        form = (
            attribute(each, "num-format") if numbered else "-" if attribute(each, "bullet-char", "•").strip() else ""
        )
        start, shown = attribute(each, "start-value", "1"), attribute(each, "display-levels", "1")
        found[int(number) - 1] = OdfLevel(
            form,
            attribute(each, "num-prefix"),
            attribute(each, "num-suffix"),
            int(start) if start.isdecimal() and len(start) < 6 else 1,
            int(shown) if shown.isdecimal() and len(shown) < 2 else 1,
        )
    return found


def label_of(level: OdfLevel, numbers: list[int]) -> str:
    """Return what stands before an item whose numbers, from the outermost level on, are `numbers`."""
    if level.form == "-":
        return "-"
    if not level.form or not numbers:
        return ""
    shown = [*map(str, numbers[-level.levels : -1]), numeral(numbers[-1], _NUMBERS.get(level.form, ""))]
    label = f"{level.prefix}{'.'.join(shown)}{level.suffix}".strip()
    return f"{label}." if label.isdecimal() else label
