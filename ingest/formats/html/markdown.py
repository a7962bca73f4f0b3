"""Elements of a page as Markdown: headings, lists, tables, code, quotes, formulas and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.clean import clean, one_line
from ingest.formats.html.code import language_of_code, verbatim
from ingest.formats.html.inline import FOOTNOTE, is_note_mark, linked, marked
from ingest.formats.html.tree import (
    attribute,
    formula_of,
    is_furniture,
    is_hidden,
    is_spelt_formula,
    is_unseen,
    names_of,
    with_dollars,
)
from ingest.formats.markdown.slide import description_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer "
    "form header hgroup html legend li main ol p section summary table tbody td tfoot th thead tr ul foreignobject "
    "slide"
)
_BLOCKS = frozenset([*_BLOCK_TAGS.split(), *_HEADINGS])
_STRONG = frozenset(["b", "strong"])
_EMPHASIS = frozenset(["i", "em", "cite", "dfn", "var"])
_STRUCK = frozenset(["s", "strike", "del"])
_CODE = frozenset(["code", "kbd", "samp", "tt"])
_MARKS = {
    **dict.fromkeys(_STRONG, "**"),
    **dict.fromkeys(_EMPHASIS, "*"),
    **dict.fromkeys(_STRUCK, "~~"),
    **dict.fromkeys(_CODE, "`"),
}
# What stands for a line break until its paragraph is written; no text has it after cleaning.
_BREAK = "\x00"
_LAYOUT = "table, pre, h1, h2, h3, h4, h5, h6, ul, ol, figure"
_MOST_COLUMNS = 60
_MOST_DEPTH = 12
_SMALL_PICTURE = 32


@dataclass(slots=True)
class _List:
    """A list that is open: whether it counts, and its next number."""

    counts: bool
    number: int


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, heading, item, table or fence; items follow each other without an empty line."""

    text: str
    item: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markdown, how many pictures were passed, and how many stretches the page hides."""

    text: str
    pictures: int
    hidden: int


def render(nodes: Iterable[LexborNode], without: Iterable[LexborNode] = (), all_shown: bool = False) -> Rendered:
    """Return elements as clean Markdown, leaving out those of `without`.

    `all_shown`: what is hidden counts as well, because the page shows it later, as the next slide.
    """
    writer = _Writer(frozenset(node.mem_id for node in without), all_shown)
    for node in nodes:
        writer.write(node)
    return Rendered(clean(writer.text()).strip("\n"), writer.pictures, writer.hidden)


def plain_text(node: LexborNode, without: Iterable[LexborNode] = ()) -> str:
    """Return an element's words in one line, without marks of emphasis and with its formulas."""
    writer = _Writer(frozenset(each.mem_id for each in without), all_shown=True, plain=True)
    writer.write(node)
    return one_line(clean(writer.text()))


class _Writer:
    """Writes elements as blocks of Markdown, without recursion, because pages nest as deep as they like."""

    def __init__(self, without: frozenset[int], all_shown: bool, plain: bool = False) -> None:
        self.pictures = self.hidden = 0
        self._without = without
        self._all_shown = all_shown
        self._plain = plain
        self._blocks: list[_Block] = []
        self._inline: list[str] = []
        self._lists: list[_List] = []
        self._marker = ""  # of the item whose first line is not written yet
        self._quotes = 0
        self._size = 0  # characters of the element that is being written, whole
        self._heading = 0
        self._marked: list[int] = []  # where in the line each open emphasis begins
        self._caption = ""  # of the figure that is open

    def text(self) -> str:
        """Return what was written."""
        self._flush()
        pieces: list[str] = []
        for i, block in enumerate(self._blocks):
            tight = i > 0 and block.item and self._blocks[i - 1].item
            pieces += ["" if i == 0 else "\n" if tight else "\n\n", block.text]
        return "".join(pieces)

    def write(self, root: LexborNode) -> None:
        """Write an element and all that is in it."""
        self._size = len(root.text())
        stack = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node, node.tag or "")
            elif node.is_text_node:
                self._inline.append(with_dollars(node.text(deep=False)))
            elif node.is_element_node and self._enter(node, node.tag or "", node is root):
                stack.append((node, True))
                stack += [(child, False) for child in reversed(list(node.iter(include_text=True)))]
        self._flush()

    def _enter(self, node: LexborNode, tag: str, is_root: bool) -> bool:
        """Begin an element; False when nothing in it is to be written any more."""
        formula = formula_of(node)
        if formula is not None:
            self._formula(*formula)
            return False
        if is_spelt_formula(node):
            if not self._plain:
                self._inline.append(f"${plain_text(node)}$")
            return self._plain
        if node.mem_id in self._without or (not is_root and self._is_left_out(node)):
            return False
        whole = _WHOLE.get(tag)
        if whole is not None:
            return whole(self, node)
        if tag in _BLOCKS:
            self._flush()
            self._open_block(node, tag)
        elif tag in _MARKS or tag == "a":
            self._marked.append(len(self._inline))
        return True

    def _is_left_out(self, node: LexborNode) -> bool:
        if is_unseen(node) or (is_furniture(node) and len(node.text()) * 2 <= self._size):
            return True
        if self._all_shown or not is_hidden(node):
            return False
        self.hidden += bool(node.text().strip())
        return True

    def _open_block(self, node: LexborNode, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("ul", "ol"):
            start = attribute(node, "start")
            first = int(start) if start.isdecimal() and len(start) < 5 else 1
            self._lists.append(_List(tag == "ol", first))
        elif tag == "li" and self._lists:
            held = self._lists[-1]
            self._marker = f"{held.number}. " if held.counts else "- "
            held.number += 1
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "figure":
            caption = node.css_first("figcaption")
            self._caption = one_line(caption.text()) if caption else ""

    def _leave(self, node: LexborNode, tag: str) -> None:
        if tag in _MARKS or tag == "a":
            self._close_mark(node, tag)
        elif tag in _BLOCKS:
            self._flush(bold=tag in ("dt", "summary"))
            self._heading = 0
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            elif tag == "li":
                self._marker = ""
            elif tag == "blockquote":
                self._quotes -= 1
            elif tag == "figure":
                self._caption = ""

    def _close_mark(self, node: LexborNode, tag: str) -> None:
        """Put marks around the words since an emphasis, code or link began; not across blocks, not around nothing."""
        start = self._marked.pop() if self._marked else len(self._inline)
        words = "".join(self._inline[start:])
        if start > len(self._inline) or not words.strip() or self._plain:
            return
        if tag == "a":
            if is_note_mark(node, words):
                del self._inline[start:]
            else:
                self._inline[start:] = [linked(words, attribute(node, "href"))]
        elif not (self._heading and tag not in _CODE) and "\n\n" not in words:
            self._inline[start:] = [marked(words, _MARKS[tag])]

    def _flush(self, bold: bool = False) -> None:
        """End the paragraph, heading or item that is being written."""
        lines = [one_line(line) for line in "".join(self._inline).split(_BREAK)]
        self._inline = []
        self._marked = [0] * len(self._marked)
        text = "\n".join(lines).strip("\n")
        if not text.strip():
            return
        if self._heading:
            text = f"{'#' * self._heading} {one_line(text)}" if not self._plain else text
        elif bold:
            text = marked(one_line(text), "**")
        elif text.startswith("#") and not self._plain:
            text = f"\\{text}"
        self._add(text)

    def _add(self, text: str) -> None:
        """Add a block at the depth of the list and the quote that it stands in."""
        depth = min(len(self._lists), _MOST_DEPTH)
        indent = "  " * (depth - 1) if depth else ""
        if depth:
            hang = " " * len(self._marker) if self._marker else "  "
            first, *rest = text.split("\n")
            rest = [f"{indent}{hang}{line}" if line else line for line in rest]
            text = "\n".join([f"{indent}{self._marker or hang}{first}", *rest])
        is_item = bool(depth) and bool(self._marker)
        self._marker = ""
        if self._quotes:
            quote = "> " * min(self._quotes, _MOST_DEPTH)
            text = "\n".join(quote + line for line in text.split("\n"))
        self._blocks.append(_Block(text, is_item))

    def _formula(self, tex: str, shown: bool) -> None:
        tex = tex.strip()
        if not tex:
            return
        if shown and not self._plain:
            self._flush()
            self._add(f"$${tex}$$")
        else:
            self._inline.append(f"${one_line(tex)}$")

    def _break(self, _node: LexborNode) -> bool:
        self._inline.append(" " if self._heading or self._plain else _BREAK)
        return False

    def _rule(self, _node: LexborNode) -> bool:
        self._flush()
        return False

    def _picture(self, node: LexborNode) -> bool:
        width = attribute(node, "width")
        self.pictures += not (width.isdecimal() and int(width[:6]) < _SMALL_PICTURE)
        alternative = attribute(node, "alt")
        if "tex" in names_of(node).split() or "latex" in names_of(node).split():
            self._formula(alternative.strip("$"), False)
        elif (said := description_of(one_line(alternative))) and said not in self._caption:
            self._inline.append(f" {said} ")
        return False

    def _preformatted(self, node: LexborNode) -> bool:
        if self._plain:
            return True
        self._flush()
        code = verbatim(node)
        if code.strip():
            longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
            ticks = "`" * (longest + 1)
            self._add(f"{ticks}{language_of_code(node)}\n{code}\n{ticks}")
        return False

    def _script(self, node: LexborNode) -> bool:
        """Write a number or letter above or below the line as LaTeX would, an ordinal's letters as they are."""
        words = one_line(node.text())
        sign = "^" if node.tag == "sup" else "_"
        if node.css_first("a") is not None or (FOOTNOTE.fullmatch(words) and "ref" in names_of(node)):
            return False
        after_figure = "".join(self._inline[-1:])[-1:].isdecimal()
        ordinal = sign == "^" and words.isalpha() and after_figure and words.lower() not in ("n", "k", "i", "t", "x")
        if len(words) <= 8 and words.replace(" ", "").replace("+", "").replace("-", "").isalnum() and not ordinal:
            self._inline.append(f"{sign}{words}" if len(words) == 1 else f"{sign}{{{words}}}")
            return False
        return True

    def _table(self, node: LexborNode) -> bool:
        if self._plain or any(each.mem_id != node.mem_id for each in node.css(_LAYOUT)):
            return True
        self._flush()
        rows = [row for row in map(self._row, node.css("tr")) if any(row)]
        columns = max(map(len, rows), default=0)
        if columns < 2:
            return True
        caption = node.css_first("caption")
        if caption is not None and caption.text().strip():
            self._add(plain_text(caption))
        lines = [f"| {' | '.join([*row, *[''] * (columns - len(row))])} |" for row in rows]
        self._add("\n".join([lines[0], "|" + " --- |" * columns, *lines[1:]]))
        return False

    def _row(self, row: LexborNode) -> list[str]:
        cells: list[str] = []
        for cell in row.iter():
            if cell.tag in ("td", "th") and len(cells) < _MOST_COLUMNS and (self._all_shown or not is_hidden(cell)):
                wide = attribute(cell, "colspan")
                span = min(int(wide), _MOST_COLUMNS) if wide.isdecimal() and len(wide) < 4 else 1
                cells += [plain_text(cell).replace("|", "\\|"), *[""] * (span - 1)]
        return cells[:_MOST_COLUMNS]


# Elements that are written whole, or looked into only where their method says so.
_WHOLE: dict[str, Callable[[_Writer, LexborNode], bool]] = {
    "br": _Writer._break,
    "hr": _Writer._rule,
    "img": _Writer._picture,
    "pre": _Writer._preformatted,
    "table": _Writer._table,
    "sup": _Writer._script,
    "sub": _Writer._script,
}
