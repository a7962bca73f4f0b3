"""The runs of Word's paragraphs: what is shown of them, with fields, revisions, notes, formulas and drawings.

Source: ECMA-376-1, 17.3 (paragraphs and runs), 17.13.5 (revisions), 17.16 (fields).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from ingest.clean import clean, one_line
from ingest.formats.office.charts import chart_text
from ingest.formats.office.diagrams import diagram_text
from ingest.formats.office.drawing import Place
from ingest.formats.office.markup import Run, is_description
from ingest.formats.office.word_styles import Look, Styles, half_points, monospaced
from ingest.formats.office.xml import (
    Element,
    attribute,
    child,
    chosen,
    descendants,
    is_on,
    local_name,
    outermost,
    relation_id,
)
from ingest.formats.omml import latex_of

_LINK_FIELD = re.compile(r'\s*HYPERLINK\s+"([^"]+)"', re.IGNORECASE)
_CONTENTS_FIELD = re.compile(r"\s*(?:TOC|INDEX|TOA)\b", re.IGNORECASE)
# Containers that show what they hold.
_OPEN = frozenset(("ins", "moveTo", "smartTag", "sdtContent", "fldSimple", "bdo", "dir", "customXml", "rubyBase"))
# Symbol's letters (Adobe's Symbol encoding), and Wingdings' arrows and marks, as Unicode has them.
_SYMBOL = dict(zip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                   "αβχδεφγηιϕκλμνοπθρστυϖωξψζΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True))  # fmt: skip
_SYMBOL |= {"\xae": "→", "\xac": "←", "\xb3": "≥", "\xa3": "≤", "\xb9": "≠", "\xb1": "±", "\xb4": "×", "\xa5": "∞",
            "\xb6": "∂", "\xe5": "∑", "\xd5": "∏", "\xf2": "∫", "\xce": "∈", "\xb7": "•", "\xbb": "≈"}  # fmt: skip
_WINGDINGS = {"\xe0": "→", "\xdf": "←", "\xf0": "⇨", "\xe8": "➔", "\xfc": "✓", "\xfb": "✗", "\xa7": "▪", "\xd8": "➢",
              "\x4a": "☺"}  # fmt: skip


@dataclass(slots=True)
class Context:
    """What reading the document's runs needs and gathers: open fields, notes to print, drawings' text, counts."""

    place: Place
    styles: Styles
    drop_contents: bool = True
    fields: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def in_contents(self) -> bool:
        """Whether what comes now is the result of a field that lists the headings."""
        return self.drop_contents and any(_CONTENTS_FIELD.match(code) for code in self.fields)


@dataclass(frozen=True, slots=True)
class Sized:
    """A run and the size of its type in half points, 0 where it has that of its paragraph."""

    run: Run
    size: int = 0


def runs_of(paragraph: Element, context: Context, look: Look) -> list[Sized]:
    """Return what a paragraph shows; `look` is that of its style."""
    runs: list[Sized] = []
    _inline(paragraph, context, look, "", runs)
    return runs


def _inline(element: Element, context: Context, look: Look, url: str, runs: list[Sized]) -> None:
    for each in chosen(element):
        name = local_name(each)
        if name == "r":
            _run(each, context, look, url, runs)
        elif name == "hyperlink":
            target = context.place.package.url(context.place.part, relation_id(each))
            _inline(each, context, look, target, runs)
        elif name in ("del", "moveFrom"):
            context.counts["deleted"] += any((text.text or "").strip() for text in descendants(each, "delText", "t"))
        elif name in ("oMath", "oMathPara"):
            latex, dollars = latex_of(each), "$$" if name == "oMathPara" else "$"
            runs.append(Sized(Run(f"{dollars}{latex}{dollars}" if latex else "", raw=True)))
        elif name == "sdt":
            if not is_on(child(each, "sdtPr", "showingPlcHdr")):
                _inline(each, context, look, url, runs)
        elif name in _OPEN:
            context.counts["inserted"] += name == "ins"
            _inline(each, context, look, url, runs)


def _run(element: Element, context: Context, look: Look, url: str, runs: list[Sized]) -> None:
    own = child(element, "rPr")
    style = context.styles.look(attribute(child(own, "rStyle"), "val"))
    hidden = child(own, "vanish")
    text = ""
    for each in chosen(element):
        text += _piece(each, context, runs)
    if not text or context.in_contents:
        return
    if is_on(hidden) or (hidden is None and (style.hidden or look.hidden)):
        context.counts["hidden"] += bool(text.strip())
        return
    # Bold of the paragraph's style is its heading's look, not a term's.
    bold, italic = child(own, "b"), child(own, "i")
    link = next((match[1] for code in reversed(context.fields) if (match := _LINK_FIELD.match(code))), "")
    raw = text.startswith("[^") and child(element, "t") is None
    runs.append(
        Sized(
            Run(
                text,
                is_on(bold) if bold is not None else style.bold,
                is_on(italic) if italic is not None else style.italic,
                monospaced(own) or style.code,
                url or link,
                raw,
            ),
            half_points(own) or style.size,
        )
    )


def _piece(element: Element, context: Context, runs: list[Sized]) -> str:
    """Return the characters of one thing in a run; fields, notes and drawings are noted in the context."""
    match local_name(element):
        case "t":
            return element.text or ""
        case "tab" | "ptab" | "cr" | "noBreakHyphen" as name:
            return {"cr": "\n", "noBreakHyphen": "-"}.get(name, "\t")
        case "br":
            return "\n" if attribute(element, "type", "textWrapping") == "textWrapping" else ""
        case "sym":
            return _symbol(element)
        case "fldChar" | "instrText":
            _field(element, context)
        case "footnoteReference" | "endnoteReference":
            context.notes.append((local_name(element).removesuffix("Reference"), attribute(element, "id")))
            return f"[^{len(context.notes)}]"
        case "drawing" | "pict" | "object":
            _drawing(element, context)
        case "ruby":
            _inline(element, context, Look(), "", runs)
    return ""


def _symbol(element: Element) -> str:
    code = attribute(element, "char")
    if not re.fullmatch(r"[0-9A-Fa-f]{2,4}", code):
        return ""
    char = chr(int(code, 16) & 0xFF if int(code, 16) >= 0xF000 else int(code, 16))
    table = _WINGDINGS if "wing" in attribute(element, "font").lower() else _SYMBOL
    return table.get(char, char if char.isprintable() and int(code, 16) < 0xE000 else "")


def _field(element: Element, context: Context) -> None:
    """Follow the beginnings and ends of fields; what one shows stands between its parting and its end."""
    if local_name(element) == "instrText":
        if context.fields:
            context.fields[-1] = (context.fields[-1] + (element.text or ""))[:2000]
        return
    kind = attribute(element, "fldCharType")
    if kind == "begin":
        context.fields.append("")
    elif kind == "end" and context.fields:
        context.fields.pop()


def _drawing(element: Element, context: Context) -> None:
    """Note a drawing's text boxes, chart, diagram, pictures and what their author says that they show."""
    boxes = outermost(element, "txbxContent")
    context.boxes += boxes
    package, part = context.place.package, context.place.part
    for each in outermost(element, "chart", "relIds"):
        relation = package.relations(part).get(relation_id(each) or relation_id(each, "dm"))
        root = package.root(relation.target) if relation and not relation.external else None
        is_chart = local_name(each) == "chart"
        inner = Place(package, relation.target if relation else "")
        context.drawn.append(chart_text(root) if is_chart else clean(diagram_text(root, inner)))
    context.counts["pictures"] += len(outermost(element, "pic", "imagedata"))
    for said in outermost(element, "docPr"):
        text = attribute(said, "descr")
        if not boxes and is_description(text):
            context.drawn.append(one_line(clean(text)))
