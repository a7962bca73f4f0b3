"""MathML as LaTeX. Pure.

Source: MathML Core and MathML 3 (W3C), the elements that describe how a formula looks.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.formats.office.latex import braced, latex_text, spaced

_DEEPEST = 60
_FUNCTION_NAMES = "arccos arcsin arctan arg cos cosh cot det dim exp gcd inf ker lim ln log max min sin sinh sup tan"
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_ACCENTS = {"^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "¯": "bar", "‾": "bar", "―": "bar", "→": "vec",
            "⃗": "vec", "˙": "dot", "¨": "ddot"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MathNode:
    """An element of MathML: its name without a prefix, its own words, and the elements in it."""

    name: str
    text: str = ""
    children: tuple[MathNode, ...] = ()


def latex_of(formula: MathNode) -> str:
    """Return a formula as LaTeX without dollar signs; what is nested too deeply is left out."""
    return spaced(_one(formula, 0))


def _one(node: MathNode, depth: int) -> str:
    if depth > _DEEPEST:
        return ""
    if node.name in _LEAVES:
        return _token(node)
    parts = [_one(child, depth + 1) for child in node.children]
    shape = _SHAPES.get((node.name, len(parts)))
    if shape:
        return shape.format(*map(_based, parts[:1]), *map(braced, map(str.strip, parts[1:])), plain=parts)
    match node.name:
        case "mover" if len(parts) == 2:
            accent = _ACCENTS.get(node.children[1].text.strip())
            return f"\\{accent}{{{parts[0]}}}" if accent else f"\\overset{{{parts[1]}}}{{{parts[0]}}}"
        case "msqrt":
            return f"\\sqrt{{{''.join(parts)}}}"
        case "mfenced":
            return f"({', '.join(parts)})"
        case "mtable":
            rows = " \\\\ ".join(parts)
            return f"\\begin{{matrix}}{rows}\\end{{matrix}}"
        case "mtr" | "mlabeledtr":
            return " & ".join(parts)
        case "annotation" | "annotation-xml" | "mphantom":
            return ""
        case _:
            return "".join(parts) or latex_text(node.text.strip())


_LEAVES = ("mi", "mn", "mo", "ms", "mtext", "mspace")
_SHAPES = {
    ("mfrac", 2): "\\frac{{{plain[0]}}}{{{plain[1]}}}",
    ("mroot", 2): "\\sqrt[{plain[1]}]{{{plain[0]}}}",
    ("msup", 2): "{0}^{1}",
    ("msub", 2): "{0}_{1}",
    ("munder", 2): "{0}_{1}",
    ("msubsup", 3): "{0}_{1}^{2}",
    ("munderover", 3): "{0}_{1}^{2}",
}


def _token(node: MathNode) -> str:
    text = " ".join(node.text.split())
    match node.name:
        case "mspace":
            return " "
        case "mtext" | "ms":
            return f"\\text{{{text}}}" if text else " "
        case "mi" if len(text) > 1 and text.isascii() and text.isalpha():
            return f"\\{text} " if text in _FUNCTIONS else f"\\operatorname{{{text}}}"
        case _:
            return latex_text(text)


def _based(base: str) -> str:
    """Return what a script stands at: a single sign or command as it is, all else in braces."""
    bare = base.strip()
    return bare if len(bare) == 1 or (bare.startswith("\\") and bare[1:].isalpha()) else braced(bare)
