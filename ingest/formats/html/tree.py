"""Questions about elements of a page: their classes, what is not shown, what is no part of the text, formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.formats.mathml import MathNode, latex_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# Elements that a reader does not see, or that are controls of the page.
_UNSEEN_TAGS = (
    "script style noscript template head title meta link iframe object embed canvas audio video map area datalist "
    "button select input textarea option dialog progress meter rp nav svg menu"
)
_UNSEEN = frozenset(_UNSEEN_TAGS.split())
_ROLE_NAMES = "navigation banner contentinfo search dialog alertdialog menu toolbar tablist"
_ROLES = frozenset(_ROLE_NAMES.split())
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Classes and ids, part by part, of what surrounds a text: banners, menus, buttons to share or copy.
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletter|breadcrumbs?|navbar|navigation|sidebar|skip-?link|sharing|sharedaddy"
    r"|social|advert(?:isement)?|ads|popup|modal|pagination|related-posts|toc|copy-?btn|copy-?button|clipboard"
    r"|headerlink|anchor-?link|anchorjs-link|linenos?|lineno|linenumbers?|line-numbers-rows|input_?prompt"
    r"|output_?prompt|sr-only|screen-reader-text|visually-hidden|mw-editsection|catlinks|printfooter|footnote-back"
    r"|footnote-backref|mwe-math-fallback-image-inline|mwe-math-fallback-image-display|MathJax_Preview|katex-html"
    r"|slide-number)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Parts of such names that also name what is text: a reference list, a modal verb.
_TEXT_CLASSES = re.compile(r"\breferences\b|\bmath\b", re.IGNORECASE)
_TEX = re.compile(r"(?:\\displaystyle|\\textstyle)\s*")
_DELIMITED = re.compile(r"\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]", re.DOTALL)
_MOST_MATH_NODES = 5_000


def attribute(node: LexborNode, name: str) -> str:
    """Return an attribute's value, "" where it has none."""
    return node.attributes.get(name) or ""


def names_of(node: LexborNode) -> str:
    """Return an element's classes and id, one after the other."""
    held = node.attributes
    return f"{held.get('class') or ''} {held.get('id') or ''}".strip()


def is_unseen(node: LexborNode) -> bool:
    """Say whether an element never belongs to the text: a script, a control, a menu."""
    return node.tag in _UNSEEN or node.attributes.get("role") in _ROLES


def is_hidden(node: LexborNode) -> bool:
    """Say whether a page hides an element from its readers."""
    held = node.attributes
    if "hidden" in held or held.get("aria-hidden") == "true":
        return True
    return bool(_HIDING.search((held.get("style") or "")[:2000]))


def is_furniture(node: LexborNode) -> bool:
    """Say whether an element's names are those of a banner, a menu or a button, and it does not hold the text."""
    names = names_of(node)[:500]
    if not names or not _FURNITURE.search(names) or _TEXT_CLASSES.search(names):
        return False
    return node.tag not in ("html", "body", "main", "article") and node.css_first("main, article") is None


def formula_of(node: LexborNode) -> tuple[str, bool] | None:
    """Return the LaTeX of an element that is a formula and whether it stands on a line of its own, else None.

    KaTeX, MathJax and Wikipedia write a formula two or three times over; the source is taken where it is there.
    """
    tag, names = node.tag or "", names_of(node)
    if tag == "script":
        kind = attribute(node, "type")
        return (node.text(), "display" in kind) if kind.startswith("math/tex") else None
    if tag == "math":
        return _of_mathml(node), node.attributes.get("display") == "block"
    if tag == "mjx-container":
        inner = node.css_first("math")
        return (
            _of_mathml(inner) if inner else "",
            "true" in (attribute(node, "display"), attribute(node, "data-display")),
        )
    if tag not in ("span", "div", "p"):
        return None
    classes = names.split()
    if "katex-display" in classes or "katex" in classes or "mwe-math-element" in classes:
        inner = node.css_first("math")
        shown = "katex-display" in classes or (inner is not None and inner.attributes.get("display") == "block")
        return (_of_mathml(inner), shown) if inner else None
    if _is_pandocs(classes) and not any(True for _ in node.iter()):
        return (_bare(node.text()), "display" in classes)
    if names.startswith("MathJax") and "MathJax_Display" not in names:
        return "", False
    return None


def is_spelt_formula(node: LexborNode) -> bool:
    """Say whether an element is a formula spelt in letters and marks, as Pandoc writes simple ones."""
    return node.tag == "span" and _is_pandocs(names_of(node).split())


def with_dollars(text: str) -> str:
    r"""Return text whose formulas between `\(` and `\)`, `\[` and `\]` stand between dollar signs."""
    if "\\(" not in text and "\\[" not in text:
        return text
    return _DELIMITED.sub(lambda found: f"${found[1].strip()}$" if found[1] else f"$${found[2].strip()}$$", text)


def _is_pandocs(classes: list[str]) -> bool:
    return "math" in classes and ("inline" in classes or "display" in classes)


def _bare(text: str) -> str:
    text = text.strip()
    for opening, closing in (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")):
        if text.startswith(opening) and text.endswith(closing) and len(text) >= len(opening + closing):
            return text[len(opening) : -len(closing)].strip()
    return text


def _of_mathml(math: LexborNode) -> str:
    """Return the formula's own TeX where it carries it, else its MathML as LaTeX."""
    source = math.css_first("annotation[encoding='application/x-tex']")
    tex = source.text() if source else attribute(math, "alttext")
    if not tex.strip():
        return latex_of(_math_node(math, [_MOST_MATH_NODES], 0))
    tex = _TEX.sub("", tex.strip())
    wrapped = tex.startswith("{") and tex.endswith("}") and tex.count("{") == tex.count("}")
    inner = tex[1:-1].strip()
    return inner if wrapped and _closes_last(tex) else tex


def _closes_last(tex: str) -> bool:
    """Say whether the brace that opens a formula is closed by its last one."""
    depth = 0
    for i, sign in enumerate(tex):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return i == len(tex) - 1
    return False


def _math_node(node: LexborNode, budget: list[int], depth: int) -> MathNode:
    name = (node.tag or "").rpartition(":")[2]
    children = []
    for child in node.iter():
        budget[0] -= 1
        if budget[0] > 0 and depth < 80:
            children.append(_math_node(child, budget, depth + 1))
    return MathNode(name, "" if children else node.text(), tuple(children))
