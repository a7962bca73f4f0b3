"""Packages of Microsoft Office files: parts, and the relations between them (ECMA-376-2, Open Packaging Conventions).

Parts are read from the archive one by one, so that a broken slide costs that slide, and pictures are never loaded.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from ingest.errors import DamagedFile
from ingest.formats.archive import Archive, ArchiveLimits, open_archive
from ingest.formats.blocks import Metadata
from ingest.formats.office.properties import properties
from ingest.formats.office.xml import Element, Parsed, attribute, children, descendants, parse_xml

# A deck's pictures are members too, but only XML is read; libxml2's trees take about eight times its bytes.
OFFICE_LIMITS = ArchiveLimits(members=50_000, member_bytes=48 << 20, total_bytes=192 << 20)
_MAIN_PARTS = ("ppt/presentation.xml", "word/document.xml")


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part leads: `type` is its type's last word, `target` a part's name or, outside, a URL."""

    type: str
    target: str
    external: bool = False


class Package:
    """An open office file. Parts that are missing or beyond repair are None, never an error."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        # Part names are the same whatever their case (ECMA-376-2, section 6.2.2.3).
        self._names = {member.name.lower(): member.name for member in reversed(archive.members)}
        self._parts: dict[str, Parsed | None] = {}
        self._relations: dict[str, dict[str, Relation]] = {}

    def main(self) -> str:
        """Return the name of the part that holds the document; "" when there is none."""
        declared = (each.target for each in self.relations("").values() if each.type == "officeDocument")
        return next((name for name in (*declared, *_MAIN_PARTS) if name.lower() in self._names), "")

    def part(self, name: str, keep: bool = False) -> Parsed | None:
        """Return a part's XML; `keep` it for the next time."""
        if name in self._parts:
            return self._parts[name]
        member = self._names.get(name.lower())
        try:
            parsed = parse_xml(self._archive.read(member)) if member else None
        except DamagedFile as error:
            parsed = None
            if name.lower() in _MAIN_PARTS:
                raise error
        if keep:
            self._parts[name] = parsed
        return parsed

    def root(self, name: str, keep: bool = False) -> Element | None:
        """Return a part's root element, or None."""
        parsed = self.part(name, keep)
        return parsed.root if parsed else None

    def relations(self, name: str) -> dict[str, Relation]:
        """Return a part's relations by their id; those of the whole package for ""."""
        if name not in self._relations:
            folder, file = posixpath.split(name)
            root = self.root(posixpath.join(folder, "_rels", f"{file}.rels"))
            self._relations[name] = dict(_relation(each, folder) for each in children(root, "Relationship"))
        return self._relations[name]

    def related(self, name: str, kind: str) -> list[str]:
        """Return the parts that a part leads to by relations of a type."""
        found = self.relations(name).values()
        return [each.target for each in found if each.type == kind and not each.external]

    def url(self, name: str, relation: str) -> str:
        """Return where a part's hyperlink leads outside of the file; "" when it does not. It is never followed."""
        found = self.relations(name).get(relation)
        return found.target if found and found.external else ""

    def metadata(self) -> Metadata:
        """Return title and author from the core properties."""
        part = next(iter(self.related("", "core-properties")), "")
        root = self.root(part) if part else None

        def text(element: str) -> str:
            return next((each.text or "" for each in descendants(root, element)), "")

        return properties(text("title"), text("creator"))


def open_package(data: bytes, path: str, password: str = "") -> Package:
    """Open an Office file of today's formats; raises what `open_archive` does."""
    return Package(open_archive(data, path, OFFICE_LIMITS, password))


def _relation(element: Element, folder: str) -> tuple[str, Relation]:
    kind = attribute(element, "Type").rpartition("/")[2]
    target = attribute(element, "Target")
    if attribute(element, "TargetMode").lower() == "external":
        return attribute(element, "Id"), Relation(kind, target, external=True)
    inside = unquote(target)
    name = inside if inside.startswith("/") else posixpath.join("/", folder, inside)
    return attribute(element, "Id"), Relation(kind, posixpath.normpath(name).lstrip("/"))
