"""PowerPoint decks, slide by slide, read from their XML: a broken slide costs that slide, pictures are not loaded.

Source: ECMA-376-1, part 19 (PresentationML). Templates, shows and files with macros differ by their type alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.clean import clean
from ingest.errors import DamagedFile
from ingest.formats.blocks import Slide, Slides
from ingest.formats.office.drawing import Place, items_of
from ingest.formats.office.markup import paragraphs
from ingest.formats.office.opc import Package, open_package
from ingest.formats.office.pieces import arranged, titled
from ingest.formats.office.shapes import Canvas, pieces_of
from ingest.formats.office.xml import (
    Element,
    attribute,
    child,
    descendants,
    relation_id,
)
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

# A slide without words but its title, a third of which or more is pictures, says what it says in those.
_PICTURE_SHARE = 1 / 3
# English Metric Units; what PowerPoint takes where a deck does not say: 10 by 7.5 inches.
_DEFAULT_SIZE = (9_144_000, 6_858_000)


@dataclass(frozen=True, slots=True)
class _Read:
    """A slide and what there is to say of it; its `slide` is empty where it has no text."""

    slide: Slide
    notices: tuple[Notice, ...]
    pictures: int = 0
    comments: int = 0


def read_pptx(data: bytes, path: str, options: ReadOptions = PLAIN) -> Slides:
    """Return the deck's slides: title, body in reading order, speaker's notes.

    Raises DamagedFile when there is no deck in the bytes, and what `open_archive` does.
    """
    package = open_package(data, path, options.password)
    main = package.main()
    parsed = package.part(main) if main else None
    names = list(_slide_names(package, main, parsed.root if parsed else None))
    if not names:
        raise DamagedFile(path=path, reason=parsed.damage if parsed and parsed.damage else "ppt/presentation.xml")
    size = _size(parsed.root if parsed else None)
    read = []
    for number, name in enumerate(names, start=1):
        read.append(_read(package, name, number, size))
        options.progress(number, len(names), False)
    slides = tuple(each.slide for each in read if each.slide.title or each.slide.text or each.slide.notes)
    notices = [notice for each in read for notice in each.notices]
    for code, count in (
        ("pictures_counted", sum(each.pictures for each in read)),
        ("comments_left_out", sum(each.comments for each in read)),
    ):
        notices += [Notice(code, params=(("count", str(count)),))] if count else []
    return Slides(slides, package.metadata(), tuple(notices))


def _slide_names(package: Package, main: str, root: Element | None) -> Iterator[str]:
    """Yield the slides' parts in the order that the deck lists them, or that of its relations when it lists none."""
    relations = package.relations(main)
    listed = [relation_id(each) for each in descendants(root, "sldId")]
    if not any(name in relations for name in listed):
        listed = [name for name, relation in relations.items() if relation.type == "slide"]
    for name in listed:
        yield relations[name].target if name in relations else ""


def _size(root: Element | None) -> tuple[float, float]:
    size = next(descendants(root, "sldSz"), None)
    width, height = (attribute(size, name) for name in ("cx", "cy"))
    if width.isdecimal() and height.isdecimal() and int(width) and int(height):
        return float(width), float(height)
    return _DEFAULT_SIZE


def _read(package: Package, name: str, number: int, size: tuple[float, float]) -> _Read:
    where = (("slide", str(number)),)
    parsed = package.part(name) if name else None
    tree = child(parsed.root, "cSld", "spTree") if parsed else None
    if parsed is None or tree is None:
        reason = (parsed.damage if parsed else name.rpartition("/")[2]) or "spTree"
        return _Read(Slide(number, "", ""), (Notice("slide_damaged", str(number), (*where, ("reason", reason))),))
    place = Place(package, name)
    canvas = Canvas(place, _inherited(package, name))
    pieces = list(pieces_of(tree, canvas))
    title, rest = titled(pieces, size[1])
    text = arranged(rest)
    slide = Slide(number, title, text, _notes(package, name))
    notices: list[Notice] = []
    if parsed.damage:
        notices.append(Notice("slide_mended", str(number), (*where, ("reason", parsed.damage))))
    if attribute(parsed.root, "show", "1") in ("0", "false"):
        notices.append(Notice("slide_hidden", str(number), where))
    pictures = sum(piece.pictures for piece in pieces)
    covered = sum(piece.box.width * piece.box.height for piece in pieces if piece.pictures)
    if pictures and not text and not title:
        notices.append(Notice("slide_without_text", str(number), (*where, ("count", str(pictures)))))
    elif pictures and not text and covered >= _PICTURE_SHARE * size[0] * size[1]:
        notices.append(Notice("slide_in_picture", str(number), (*where, ("title", title))))
    comments = sum(1 for part in package.related(name, "comments") for _ in descendants(package.root(part), "cm"))
    return _Read(slide, tuple(notices), pictures, comments)


def _inherited(package: Package, name: str) -> tuple[Element, ...]:
    """Return the roots of a slide's layout and master, as far as they can be read."""
    found: list[Element] = []
    for kind in ("slideLayout", "slideMaster"):
        name = next(iter(package.related(name, kind)), "")
        root = package.root(name, keep=True) if name else None
        if root is None:
            break
        found.append(root)
    return tuple(found)


def _notes(package: Package, name: str) -> str:
    """Return what the speaker wrote under a slide."""
    said: list[str] = []
    for part in package.related(name, "notesSlide"):
        for shape in descendants(package.root(part), "sp"):
            kind = attribute(next(descendants(child(shape, "nvSpPr"), "ph"), None), "type")
            if kind == "body":
                said.append(paragraphs(items_of(child(shape, "txBody"), Place(package, part))))
    return clean("\n\n".join(filter(None, said)))
