"""The text of OpenDocument files: paragraphs, lists and tables with what stands in them.

Source: OASIS OpenDocument 1.3, part 3, chapters 5 to 7 (text, paragraph content, fields) and 9 (tables).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.clean import clean, one_line
from ingest.formats.mathml import MathNode, latex_of
from ingest.formats.office.flow import Flow, Paragraph, flow_text
from ingest.formats.office.markup import Run, is_description, marked, plain, table
from ingest.formats.office.odf import OdfLook, OdfPackage, OdfStyles, label_of
from ingest.formats.office.xml import Element, attribute, child, children, descendants, local_name, outermost

_MAX_DEPTH = 60
_MAX_REPEATS = 64  # a spreadsheet's empty columns come as one that is repeated a thousand times
_CHART_CELLS = 100
# Elements in a paragraph that show nothing, or what is not the paragraph's.
_SILENT = frozenset(
    ("annotation-end", "page-number", "page-count", "slide-number", "header", "footer", "date-time", "ruby-text",
     "bookmark", "soft-page-break", "note-citation", "tracked-changes", "change", "forms", "title", "desc")
)  # fmt: skip
_COUNTED = {"annotation": "comments", "hidden-text": "hidden"}
_DRAWN = frozenset(("frame", "custom-shape", "rect", "ellipse", "g"))
_INDEXES = frozenset(
    ("table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index", "user-index")
)


@dataclass(slots=True)
class OdfReader:
    """One reading of a file's text from beginning to end: notes and lists count on."""

    package: OdfPackage
    styles: OdfStyles
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[Element] = field(default_factory=list)
    drawn: list[Element] = field(default_factory=list)
    _lists: dict[str, dict[int, int]] = field(default_factory=dict)
    _outline: dict[int, int] = field(default_factory=dict)

    def flow(self, container: Element, depth: int = 0) -> Flow:
        """Return the paragraphs and tables of a container in order, each drawing behind its paragraph."""
        pieces: Flow = []
        if depth > _MAX_DEPTH:
            return pieces
        for each in container:
            pieces += self._block(each, depth)
            pieces += self._drawings(depth)
        return pieces

    def _block(self, element: Element, depth: int) -> Flow:
        name = local_name(element)
        if name in ("p", "h"):
            return [self._paragraph(element)]
        if name == "list":
            return self._list(element, attribute(element, "style-name"), 0, None, depth)
        if name == "table":
            return [self._table(element, depth)]
        if name in _INDEXES:
            self.counts["contents"] += sum(1 for _ in descendants(child(element, "index-body"), "p"))
        elif name == "tracked-changes":
            self.counts["deleted"] += sum(1 for _ in descendants(element, "deletion"))
            self.counts["inserted"] += sum(1 for _ in descendants(element, "insertion"))
        elif name == "section" and attribute(element, "display", "true") != "true":
            self.counts["hidden"] += 1
        elif name in ("section", "numbered-paragraph", "text-box"):
            return self.flow(element, depth + 1)
        elif name in _DRAWN or name == "a":
            self.drawn.append(element)
        return []

    def runs(self, paragraph: Element, look: OdfLook) -> list[Run]:
        """Return what a paragraph shows; white space is one space, as OpenDocument has it (6.1.2)."""
        runs: list[Run] = []
        self._inline(paragraph, Run("", look.bold, look.italic, look.code), look.hidden, runs)
        return runs

    def _inline(self, element: Element, look: Run, hidden: bool, runs: list[Run]) -> None:
        def say(text: str | None) -> None:
            if text and hidden:
                self.counts["hidden"] += bool(text.strip())
            elif text:
                runs.append(replace(look, text=re.sub(r"[ \t\r\n]+", " ", text)))

        say(element.text)
        for each in element:
            self._inside(each, look, hidden, runs)
            say(each.tail)

    def _inside(self, element: Element, look: Run, hidden: bool, runs: list[Run]) -> None:
        name = local_name(element)
        if name in ("s", "tab", "line-break"):
            runs.append(replace(look, text=_white(element)))
        elif name == "span":
            style = self.styles.look("text", attribute(element, "style-name"))
            own = replace(look, bold=look.bold or style.bold, italic=look.italic or style.italic)
            self._inline(element, replace(own, code=look.code or style.code), hidden or style.hidden, runs)
        elif name == "a":
            self._inline(element, replace(look, url=attribute(element, "href")), hidden, runs)
        elif name == "note":
            self.notes.append(element)
            runs.append(Run(f"[^{len(self.notes)}]", raw=True))
        elif name in _COUNTED:
            self.counts[_COUNTED[name]] += 1
        elif name == "frame" and (latex := self.formula(element)):
            runs.append(Run(f"${latex}$", raw=True))
        elif name in _DRAWN:
            self.drawn.append(element)
        elif name not in _SILENT:
            self._inline(element, look, hidden, runs)

    def _paragraph(self, element: Element, label: str = "", level: int = 0) -> Paragraph:
        look = self.styles.look("paragraph", attribute(element, "style-name"))
        runs = self.runs(element, look)
        told = [run for run in runs if run.text.strip() and not run.raw]
        words = plain(runs)
        code = bool(told) and all(run.code for run in told)
        heading = local_name(element) == "h" and not look.is_title
        rank = self._rank(element) if heading else 0
        label = self._numbered(rank) if heading and words.strip() else label
        every = bool(told) and all(run.bold for run in told)
        text = words if code else marked(runs, whole=not heading and not look.is_title)
        shown = "" if look.unlisted and not heading else label
        return Paragraph(text, one_line(words), shown, level, rank, look.is_title, code, every, look.size)

    def _rank(self, element: Element) -> int:
        level = attribute(element, "outline-level", "1")
        return max(int(level), 1) if level.isdecimal() and len(level) < 3 else 1

    def _numbered(self, rank: int) -> str:
        """Return the number that the outline gives to a heading, "" where it gives none."""
        level = self.styles.outline.get(rank - 1)
        if level is None or not level.form or level.form == "-":
            return ""
        for deeper in [other for other in self._outline if other > rank]:
            del self._outline[deeper]
        self._outline[rank] = self._outline.get(rank, level.start - 1) + 1
        return label_of(level, [self._outline.get(each, 1) for each in range(1, rank + 1)])

    def _list(self, element: Element, style: str, level: int, counts: dict[int, int] | None, depth: int) -> Flow:
        """Return a list's items; `counts` are the numbers reached at each level of the list around it."""
        pieces: Flow = []
        if depth > _MAX_DEPTH:
            return pieces
        style = attribute(element, "style-name") or style
        if counts is None:
            goes_on = attribute(element, "continue-numbering") == "true"
            before = attribute(element, "continue-list") or (style if goes_on else "")
            counts = self._lists.get(before, {})
            self._lists[style] = counts
            self._lists[attribute(element, "id") or style] = counts
        form = self.styles.level(style, level)
        for item in children(element, "list-item", "list-header"):
            fresh = local_name(item) == "list-item"
            for each in item:
                if local_name(each) in ("p", "h"):
                    label = self._counted(item, form.start, counts, level) if fresh else []
                    pieces.append(self._paragraph(each, label_of(form, label) if fresh else "", level))
                    pieces += self._drawings(depth)
                    fresh = False
                elif local_name(each) == "list":
                    pieces += self._list(each, style, level + 1, counts, depth + 1)
                else:
                    pieces += self._block(each, depth + 1)
        return pieces

    def _counted(self, item: Element, start: int, counts: dict[int, int], level: int) -> list[int]:
        """Count an item and return the numbers from the outermost level to its own."""
        given = attribute(item, "start-value")
        counts[level] = int(given) if given.isdecimal() and len(given) < 6 else counts.get(level, start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return [counts.get(each, 1) for each in range(level + 1)]

    def _table(self, element: Element, depth: int) -> str:
        """Return a table as Markdown; one of a single cell is what it holds."""
        rows: list[list[str]] = []
        found = outermost(element, "table-row")
        for row in found:
            held = list(children(row, "table-cell", "covered-table-cell"))
            if len(found) == 1 and len(held) == 1:
                return flow_text(self.flow(held[0], depth + 1))
            rows.append([text for cell in held for text in self._cell(cell, depth)])
        return table(rows)

    def _cell(self, cell: Element, depth: int) -> list[str]:
        pieces = self.flow(cell, depth + 1)
        words = " ".join(
            f"{each.label} {each.text}".strip() if isinstance(each, Paragraph) else each for each in pieces
        )
        repeated = attribute(cell, "number-columns-repeated", "1")
        times = min(int(repeated), _MAX_REPEATS) if repeated.isdecimal() and len(repeated) < 6 else 1
        return [one_line(words)] * times

    def _drawings(self, depth: int) -> Flow:
        """Return what the drawings of the last paragraph say: text, charts, descriptions; pictures are counted."""
        pieces: Flow = []
        while self.drawn:
            shape = self.drawn.pop(0)
            for box in outermost(shape, "text-box"):
                pieces += self.flow(box, depth + 1)
            pieces += [self._paragraph(each) for each in children(shape, "p")] if local_name(shape) != "frame" else []
            pieces += [text for each in outermost(shape, "object") if (text := self.object_text(each))]
            if (
                next(descendants(shape, "image"), None) is not None
                and next(descendants(shape, "object"), None) is None
            ):
                self.counts["pictures"] += 1
                pieces += [said] if (said := description(shape)) else []
        return pieces

    def formula(self, frame: Element) -> str:
        """Return the LaTeX of the formula in a frame; "" where it holds none."""
        for held in outermost(frame, "object"):
            root = self.package.object(attribute(held, "href")) if attribute(held, "href") else child(held, "math")
            if root is not None and local_name(root) == "math":
                return latex_of(_node(root, 0)) or one_line(_annotation(root))
        return ""

    def object_text(self, held: Element) -> str:
        """Return what an embedded formula or chart says."""
        root = self.package.object(attribute(held, "href")) if attribute(held, "href") else next(iter(held), None)
        if root is None:
            return ""
        if local_name(root) == "math":
            latex = latex_of(_node(root, 0)) or one_line(_annotation(root))
            return f"${latex}$" if latex else ""
        chart = next((each for each in descendants(root, "chart") if child(each, "plot-area") is not None), None)
        if chart is None:
            return ""
        titles = [
            one_line(clean("".join(map(str, each.itertext())))) for each in children(chart, "title", "subtitle")
        ]
        cells = sum(1 for _ in descendants(chart, "table-cell"))
        values = self._table(data, 0) if cells <= _CHART_CELLS and (data := child(chart, "table")) is not None else ""
        return "\n\n".join(filter(None, [*titles, values]))


def _white(element: Element) -> str:
    """Return the white space that an element stands for."""
    if local_name(element) != "s":
        return "\t" if local_name(element) == "tab" else "\n"
    count = attribute(element, "c", "1")
    return " " * (min(int(count), 200) if count.isdecimal() and len(count) < 6 else 1)


def description(shape: Element) -> str:
    """Return a picture's alternative text where a person wrote it."""
    for each in (*descendants(shape, "desc"), *descendants(shape, "title")):
        if is_description(each.text or ""):
            return one_line(clean(each.text or ""))
    return ""


def _node(element: Element, depth: int) -> MathNode:
    """Return an element of MathML as the value that its reader takes."""
    inner = tuple(_node(each, depth + 1) for each in element) if depth <= _MAX_DEPTH else ()
    return MathNode(local_name(element), element.text or "", inner)


def _annotation(root: Element) -> str:
    return next((each.text or "" for each in descendants(root, "annotation")), "")


def notes_of(reader: OdfReader) -> Iterator[Paragraph]:
    """Yield the foot- and endnotes, each behind its mark."""
    for i, note in enumerate(list(reader.notes), start=1):
        body = child(note, "note-body")
        pieces = reader.flow(body) if body is not None else []
        words = one_line(" ".join(each.text if isinstance(each, Paragraph) else each for each in pieces))
        if words:
            yield Paragraph(f"[^{i}]: {words}", words, is_note=True)
