"""The parts of a Markdown answer, however roughly it was pasted: paragraphs and lists of labelled items (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^\s*(```|~~~)")
_MATH = re.compile(r"^\s*\$\$")
_TABLE = re.compile(r"^\s*\||\t.*\t")
_ITEM = re.compile(
    r"^(?P<indent>\s*)(?P<mark>(?:[-*+•∘○◦▪■–]\s+|o\s+(?=[A-ZÁÉÍÓÚÑ¿*_\[])|\d{1,2}[.)]\s+)+)(?P<text>\S.*)$"
)
_HEADING = re.compile(r"^\s*#{1,6}\s|^\s*(?:\*\*|__)?[^.!?]{1,60}:(?:\*\*|__)?\s*$")
_EXAMPLE = re.compile(r"^\W*(?:por\s+)?(?:ejemplos?|ej\b|e\.g|for\s+(?:example|instance)|examples?)", re.IGNORECASE)
_LABEL = re.compile(r"^(?P<label>[^:.!?]{2,60}):(?:\*\*|__|\*|_)*(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: its label (what stands before a colon, or the whole of a short item) and all its text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """An answer's paragraphs before its first list, each with the heading it stands under, and that list's items."""

    prose: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    text: str
    mark: str = ""


def outline(answer: str) -> Outline:
    """Return an answer's prose and first list; code, tables, formulas, headings and examples are left out."""
    prose: list[tuple[str, str]] = []
    items: list[Item] = []
    heading, mark, list_over = "", "", False
    for line in _joined(_lines(answer)):
        in_example = bool(_EXAMPLE.match(heading))
        if line.kind == "heading":
            heading, list_over = line.text, list_over or bool(items)
        elif line.kind == "item" and not (in_example or list_over or _EXAMPLE.match(line.text)):
            mark = mark or line.mark
            if line.mark == mark:
                items.append(Item(_label(line.text), line.text))
        elif line.kind == "prose" and not (in_example or items):
            prose.append((heading.strip(" #:*_"), line.text))
    return Outline(tuple(prose), tuple(items))


def _lines(answer: str) -> Iterator[_Line]:
    """Yield the lines that are text: their kind is "heading", "item", "prose" or "blank"."""
    closing = ""
    for raw in answer.splitlines():
        fence = _FENCE.match(raw) or _MATH.match(raw)
        if closing:
            if (fence and fence.group().strip() == closing) or (closing == "$$" and raw.rstrip().endswith("$$")):
                closing = ""
            continue
        if fence:
            mark = fence.group().strip()
            closing = "" if mark == "$$" and raw.strip().endswith("$$") and len(raw.strip()) > 2 else mark
            yield _Line("blank", "")
            continue
        item = _ITEM.match(raw)
        if not raw.strip() or _TABLE.search(raw):
            yield _Line("blank", "")
        elif item and len(item["indent"]) < 3:
            text = item["text"].strip()
            yield _Line("item", text, "1" if any(c.isdigit() for c in item["mark"]) else item["mark"].strip())
        elif item:
            yield _Line("detail", item["text"].strip())
        else:
            yield _Line("heading" if _HEADING.match(raw) else "prose", raw.strip())


def _joined(lines: Iterator[_Line]) -> Iterator[_Line]:
    """Join the hard-wrapped lines of a paragraph; blank lines and changes of kind end it."""
    pending = _Line("blank", "")
    for line in lines:
        if line.kind == "prose" and pending.kind in ("prose", "item"):
            pending = _Line(pending.kind, f"{pending.text} {line.text}", pending.mark)
            continue
        if pending.kind != "blank":
            yield pending
        pending = line
    if pending.kind != "blank":
        yield pending


def _label(text: str) -> str:
    found = _LABEL.match(text)
    if found:
        return found["label"]
    return text if len(text.split()) <= 7 and ":" not in text else ""
