"""Word documents as Markdown: headings, lists as they are numbered, tables in place, notes, formulas, code.

Source: ECMA-376-1, part 17 (WordprocessingML). Templates and files with macros differ by their type alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.clean import clean, one_line
from ingest.errors import DamagedFile
from ingest.formats.blocks import Metadata, Text
from ingest.formats.office.drawing import Place
from ingest.formats.office.flow import Flow, Paragraph, flow_text
from ingest.formats.office.markup import marked, plain, table
from ingest.formats.office.opc import Package, open_package
from ingest.formats.office.word_numbering import Numbering
from ingest.formats.office.word_runs import Context, Sized, runs_of
from ingest.formats.office.word_styles import Look, Styles, outline_level
from ingest.formats.office.xml import Element, attribute, child, children, chosen, descendants, local_name
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

_CONTENTS_GALLERIES = ("Table of Contents", "Tabla de contenido", "Índice")


def read_docx(data: bytes, path: str, options: ReadOptions = PLAIN) -> Text:
    """Return the document's body as Markdown; headers, footers, comments and deleted text are no part of it.

    Raises DamagedFile when there is no document in the bytes, and what `open_archive` does.
    """
    package = open_package(data, path, options.password)
    main = package.main()
    parsed = package.part(main) if main else None
    body = child(parsed.root, "body") if parsed else None
    if parsed is None or body is None:
        raise DamagedFile(path=path, reason=parsed.damage if parsed and parsed.damage else "word/document.xml")
    reader = _Document(package, main, body)
    flow = reader.flow()
    notices = list(reader.notices())
    if parsed.damage:
        notices.insert(0, Notice("part_mended", params=(("part", main), ("reason", parsed.damage))))
    metadata = package.metadata()
    title = next((piece.words for piece in flow if isinstance(piece, Paragraph) and piece.is_title), "")
    return Text(clean(flow_text(flow)), _titled(metadata, title), tuple(notices))


def _titled(metadata: Metadata, title: str) -> Metadata:
    """Give a document without a title in its properties the one that it prints."""
    return metadata if metadata.title else replace(metadata, title=one_line(title))


def _left_over(carried: list[Sized]) -> Iterator[Paragraph]:
    """Yield the paragraph of runs that were to go on in a next one which is not there."""
    words = one_line(plain(each.run for each in carried))
    if words:
        yield Paragraph(marked([each.run for each in carried]), words)


@dataclass(slots=True)
class _Document:
    """One reading of a document from its first paragraph to its last: lists, fields and notes count on."""

    package: Package
    main: str
    body: Element
    _context: Context
    _numbering: Numbering
    _notes_by_id: dict[str, dict[str, Element]]

    def __init__(self, package: Package, main: str, body: Element) -> None:
        self.package, self.main, self.body = package, main, body
        self._context = Context(Place(package, main), Styles(self._part("styles")))
        # A field that never ends would take the rest of the document with it.
        marks = [attribute(each, "fldCharType") for each in descendants(body, "fldChar")]
        self._context.drop_contents = marks.count("begin") == marks.count("end")
        self._numbering = Numbering(self._part("numbering"))
        self._notes_by_id = {}

    def _part(self, kind: str) -> Element | None:
        name = next(iter(self.package.related(self.main, kind)), "")
        return self.package.root(name) if name else None

    def flow(self) -> Flow:
        """Return the document's paragraphs and tables in order, its notes behind the section that names them."""
        pieces: Flow = []
        printed = 0
        for piece in self._pieces():
            if (
                isinstance(piece, Paragraph)
                and (piece.level or piece.is_title)
                and printed < len(self._context.notes)
            ):
                pieces += self._notes(printed)
                printed = len(self._context.notes)
            pieces.append(piece)
        return [*pieces, *self._notes(printed)]

    def notices(self) -> Iterator[Notice]:
        """Yield what was left out, with how much of it."""
        counts = self._context.counts
        comments = sum(1 for _ in children(self._part("comments"), "comment"))
        for code, count in (
            ("pictures_counted", counts["pictures"]),
            ("comments_left_out", comments),
            ("contents_left_out", counts["contents"]),
            ("hidden_text_left_out", counts["hidden"]),
        ):
            if count:
                yield Notice(code, params=(("count", str(count)),))
        if counts["deleted"]:
            inserted = ("inserted", str(counts["inserted"]))
            yield Notice("deletions_left_out", params=(("count", str(counts["deleted"])), inserted))

    def _pieces(self) -> Iterator[Paragraph | str]:
        carried: list[Sized] = []  # of a paragraph whose end was deleted: it runs on into the next
        for block in self._blocks(self.body):
            if local_name(block) == "tbl":
                yield from _left_over(carried)
                carried = []
                yield self._table(block)
            else:
                paragraph, carried = self._paragraph(block, carried)
                yield from [paragraph] if paragraph is not None else []
            yield from self._drawn()
        yield from _left_over(carried)

    def _drawn(self) -> Iterator[Paragraph | str]:
        """Yield what the drawings of the last paragraph say; a box in a box comes after it."""
        context = self._context
        while context.boxes:
            box = context.boxes.pop(0)
            for block in self._blocks(box):
                if local_name(block) == "tbl":
                    yield self._table(block)
                else:
                    paragraph, _ = self._paragraph(block, [])
                    yield from [paragraph] if paragraph else []
        yield from filter(None, context.drawn)
        context.drawn.clear()

    def _blocks(self, container: Element) -> Iterator[Element]:
        """Yield the paragraphs and tables of a container, through what wraps them and without what was deleted."""
        waiting = list(reversed(list(chosen(container))))
        while waiting:
            block = waiting.pop()
            name = local_name(block)
            if name in ("p", "tbl"):
                yield block
            elif name == "sdt" and attribute(child(block, "sdtPr", "docPartObj", "docPartGallery"), "val") in (
                _CONTENTS_GALLERIES
            ):
                self._context.counts["contents"] += sum(1 for _ in descendants(block, "p"))
            elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "txbxContent"):
                waiting += reversed(list(chosen(block)))

    def _paragraph(self, element: Element, carried: list[Sized]) -> tuple[Paragraph | None, list[Sized]]:
        """Return a paragraph, None for one of a table of contents, and the runs to carry into the next."""
        context = self._context
        own = child(element, "pPr")
        look = context.styles.look(attribute(child(own, "pStyle"), "val", context.styles.default))
        before = context.in_contents
        runs = [*carried, *runs_of(element, context, look)]
        if child(own, "rPr", "del") is not None:
            return None, runs
        if look.is_contents or ((before or context.in_contents) and not any(each.run.text.strip() for each in runs)):
            context.counts["contents"] += 1
            return None, []
        told = [each for each in runs if each.run.text.strip() and not each.run.raw]
        label, level = self._label(own, look) if told or any(each.run.raw for each in runs) else ("", 0)
        words = plain(each.run for each in runs)
        code = bool(told) and all(each.run.code or look.code for each in told)
        heading = outline_level(own) or look.level
        every = bool(told) and all(each.run.bold or look.bold for each in told)
        text = words if code else marked([each.run for each in runs], whole=not heading and not look.is_title)
        sizes = [each.size or look.size or context.styles.size for each in told]
        size = min(sizes, default=0)
        return Paragraph(text, one_line(words), label, level, heading, look.is_title, code, every, size), []

    def _label(self, own: Element | None, look: Look) -> tuple[str, int]:
        """Return what stands before a paragraph of a list, and its level."""
        listed = child(own, "numPr")
        number = attribute(child(listed, "numId"), "val", look.number)
        level = attribute(child(listed, "ilvl"), "val", str(look.list_level))
        place = int(level) if level.isdecimal() and len(level) == 1 else 0
        return self._numbering.label(number, place), place

    def _table(self, element: Element) -> str:
        """Return a table as Markdown; one of a single cell, which frames text or code, as what it holds."""
        rows: list[list[str]] = []
        lines = list(self._inside(element, "tr"))
        for row in lines:
            if child(row, "trPr", "del") is not None:
                self._context.counts["deleted"] += 1
                continue
            found = list(self._inside(row, "tc"))
            if len(found) == len(lines) == 1:
                return flow_text(self._within(found[0]))
            rows.append([text for cell in found for text in self._cell(cell)])
        return table(rows)

    def _inside(self, element: Element, name: str) -> Iterator[Element]:
        """Yield the rows of a table or the cells of a row, through what wraps them."""
        waiting = list(reversed(list(chosen(element))))
        while waiting:
            each = waiting.pop()
            if local_name(each) == name:
                yield each
            elif local_name(each) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
                waiting += reversed(list(chosen(each)))

    def _cell(self, cell: Element) -> list[str]:
        """Return a cell's text, and an empty cell for each further column that it spans."""
        look = child(cell, "tcPr")
        merge = child(look, "vMerge")
        span = attribute(child(look, "gridSpan"), "val", "1")
        more = min(int(span), 100) - 1 if span.isdecimal() and len(span) < 4 else 0
        empty = merge is not None and attribute(merge, "val", "continue") == "continue"
        pieces = [] if empty else self._within(cell)
        words = " ".join(
            f"{piece.label} {piece.text}".strip() if isinstance(piece, Paragraph) else piece for piece in pieces
        )
        return [one_line(words), *[""] * more]

    def _within(self, cell: Element) -> Flow:
        """Return a cell's paragraphs; those of tables in it follow one another, however deep."""
        pieces: Flow = []
        waiting = [cell]
        while waiting:
            container = waiting.pop()
            for block in self._blocks(container):
                if local_name(block) == "tbl":
                    nested = [each for row in self._inside(block, "tr") for each in self._inside(row, "tc")]
                    waiting += reversed(nested)
                    continue
                paragraph, _ = self._paragraph(block, [])
                pieces += [paragraph] if paragraph and paragraph.words else []
        return pieces

    def _known_notes(self, kind: str) -> dict[str, Element]:
        """Return the document's notes of a kind by their ids."""
        if kind not in self._notes_by_id:
            held = children(self._part(f"{kind}s"), kind)
            self._notes_by_id[kind] = {attribute(each, "id"): each for each in held}
        return self._notes_by_id[kind]

    def _notes(self, start: int) -> Flow:
        """Return the foot- and endnotes from the `start`-th on, each behind its mark."""
        context = self._context
        found: Flow = []
        for i, (kind, name) in enumerate(context.notes[start:], start=start + 1):
            note = self._known_notes(kind).get(name)
            pieces = self._within(note) if note is not None else []
            words = " ".join(piece.text if isinstance(piece, Paragraph) else piece for piece in pieces)
            if words.strip():
                found.append(Paragraph(f"[^{i}]: {one_line(words)}", one_line(words), is_note=True))
        return found
