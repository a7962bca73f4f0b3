"""Formulas of Microsoft Office as LaTeX. Pure.

Source: ECMA-376-1, part 22.1 (Office Math Markup Language). Letters and symbols follow LaTeX and amsmath.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from ingest.formats.office.latex import braced, latex_text, spaced
from ingest.formats.office.xml import Element, attribute, child, children, chosen, is_on, local_name

# Deeper formulas than any that a person writes are read as their bare characters.
_MAX_DEPTH = 60
_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0305": "overline",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030c": "check", "\u20d7": "vec",
    "\u20d6": "overleftarrow",
    "\u20db": "dddot", "\u20e1": "overleftrightarrow", "^": "hat", "~": "tilde", "¯": "bar", "→": "vec", "˙": "dot",
    "ˆ": "hat", "˜": "tilde", "¨": "ddot",
}  # fmt: skip
_NARY = {
    "∑": "sum", "∏": "prod", "∐": "coprod", "∫": "int", "∬": "iint", "∭": "iiint", "∮": "oint", "⋃": "bigcup",
    "⋂": "bigcap", "⋁": "bigvee", "⋀": "bigwedge", "⨁": "bigoplus", "⨂": "bigotimes",
}  # fmt: skip
_FUNCTIONS = frozenset(
    ("arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd",
     "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "Pr", "sec", "sin", "sinh",
     "sup", "tan", "tanh")
)  # fmt: skip
_OPERATORS = {"argmax": r"\operatorname*{argmax}", "argmin": r"\operatorname*{argmin}",
              "arg max": r"\operatorname*{arg\,max}", "arg min": r"\operatorname*{arg\,min}"}  # fmt: skip
_DELIMITERS = {
    "{": r"\{", "}": r"\}", "⟨": r"\langle", "⟩": r"\rangle", "〈": r"\langle", "〉": r"\rangle", "‖": r"\|",
    "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "∥": r"\|", "": ".", "|": "|", "∣": "|",
}  # fmt: skip
_GROUPS = {"⏟": "underbrace", "⏞": "overbrace", "⏠": "overparen", "→": "xrightarrow", "←": "xleftarrow",
           "⇒": "xRightarrow"}  # fmt: skip
_STYLES = {"script": "mathcal", "fraktur": "mathfrak", "double-struck": "mathbb", "sans-serif": "mathsf",
           "monospace": "mathtt"}  # fmt: skip


def latex_of(formula: Element) -> str:
    """Return an `m:oMath` or `m:oMathPara` as LaTeX without dollar signs; "" for an empty one."""
    if local_name(formula) == "oMathPara":
        lines = [line for each in children(formula, "oMath") if (line := latex_of(each))]
        return r" \\ ".join(lines)
    return spaced(_inside(formula, 0))


def _inside(element: Element | None, depth: int) -> str:
    """Return what stands in an element, one thing after the other."""
    if element is None:
        return ""
    if depth > _MAX_DEPTH:
        return latex_text(_characters(element))
    return _joined(_one(each, depth + 1) for each in chosen(element))


def _joined(parts: Iterable[str]) -> str:
    """Put pieces of LaTeX side by side, with a space where a command's name would run into a letter."""
    result = ""
    for part in parts:
        apart = part[:1].isalpha() and re.search(r"\\[A-Za-z]+$", result[-40:])
        result += f" {part}" if apart else part
    return result


def _one(element: Element, depth: int) -> str:
    name = local_name(element)
    if name in _READERS:
        return _READERS[name](element, depth)
    # Properties hold no characters; a container we do not know (a revision, a field) is what it holds.
    return "" if name.endswith("Pr") or name in ("del", "moveFrom", "delText") else _inside(element, depth)


def _characters(element: Element) -> str:
    return "".join(each.text or "" for each in element.iter() if local_name(each) == "t")


def _part(element: Element, name: str, depth: int) -> str:
    return _inside(child(element, name), depth).strip()


def _property(element: Element, name: str, default: str = "") -> str:
    """Return a property's value; `default` where it is absent (an empty value is a value)."""
    found = child(element, local_name(element) + "Pr", name)
    return attribute(found, "val") if found is not None else default


def _run(element: Element, _depth: int) -> str:
    text = "".join(each.text or "" for each in children(element, "t"))
    look = child(element, "rPr")
    if not text.strip():
        return text
    if is_on(child(look, "nor")):
        # In a formula only a space with a backslash is seen.
        before, after = (r"\ " if edge.isspace() else "" for edge in (text[0], text[-1]))
        return rf"{before}\text{{{_plain(text.strip())}}}{after}"
    word = unicodedata.normalize("NFKC", text).strip()
    upright = attribute(child(look, "sty"), "val") == "p"
    if word in _FUNCTIONS and (upright or len(word) > 2):
        return rf"\{word} "
    if word in _OPERATORS:
        return _OPERATORS[word]
    style = _STYLES.get(attribute(child(look, "scr"), "val"), "")
    bold = attribute(child(look, "sty"), "val") in ("b", "bi")
    body = latex_text(text)
    if style:
        return rf"\{style}{{{body}}}"
    if bold and word.isalnum():
        return rf"\mathbf{{{body}}}" if word.isascii() else rf"\boldsymbol{{{body}}}"
    if upright and len(word) > 1 and word.isalpha():
        return rf"\mathrm{{{body}}}"
    return body


def _plain(text: str) -> str:
    """Return words within a formula, without what LaTeX would obey."""
    return re.sub(r"([{}$%#&_])", r"\\\1", text.replace("\\", " "))


def _fraction(element: Element, depth: int) -> str:
    above, below = _part(element, "num", depth), _part(element, "den", depth)
    kind = _property(element, "type")
    if kind == "lin":
        return f"{above}/{below}"
    if kind == "noBar":
        return rf"\binom{{{above}}}{{{below}}}"
    return rf"\frac{{{above}}}{{{below}}}"


def _scripts(element: Element, depth: int) -> str:
    base = _part(element, "e", depth)
    below, above = child(element, "sub"), child(element, "sup")
    base = (
        base
        if re.fullmatch(r"\\?\w+|\\(?:mathbf|mathrm|mathcal|mathbb|hat|bar|vec|text)\{[^{}]*\}", base)
        else f"{{{base}}}"
    )
    under = "_" + braced(_inside(below, depth).strip()) if below is not None else ""
    over = "^" + braced(_inside(above, depth).strip()) if above is not None else ""
    if local_name(element) == "sPre":
        return f"{{}}{under}{over}{base}"
    return base + under + over


def _nary(element: Element, depth: int) -> str:
    sign = _property(element, "chr", "∫")
    symbol = "\\" + _NARY[sign] if sign in _NARY else latex_text(sign)
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    limits = ("_" + braced(below) if below else "") + ("^" + braced(above) if above else "")
    return f"{symbol}{limits} {_part(element, 'e', depth)}"


def _root(element: Element, depth: int) -> str:
    degree = _part(element, "deg", depth)
    return (
        rf"\sqrt[{degree}]{{{_part(element, 'e', depth)}}}" if degree else rf"\sqrt{{{_part(element, 'e', depth)}}}"
    )


def _delimited(element: Element, depth: int) -> str:
    opening, closing = _property(element, "begChr", "("), _property(element, "endChr", ")")
    between = _property(element, "sepChr", "|")
    inner = f" {latex_text(between)} ".join(_inside(each, depth).strip() for each in children(element, "e"))
    if (opening, closing) == ("{", "") and r"\begin{matrix}" in inner:
        return inner.replace(r"\begin{matrix}", r"\begin{cases}").replace(r"\end{matrix}", r"\end{cases}")
    for around, name in ((("(", ")"), "pmatrix"), (("[", "]"), "bmatrix"), (("|", "|"), "vmatrix")):
        if (opening, closing) == around and re.fullmatch(r"\\begin\{matrix\}((?!\\begin).)*\\end\{matrix\}", inner):
            return inner.replace("{matrix}", f"{{{name}}}")
    left, right = (_DELIMITERS.get(sign, sign) for sign in (opening, closing))
    if re.search(r"\\(?:frac|sum|int|prod|begin|sqrt|binom)|[_^]\{[^{}]*[_^]", inner) or "." in (left, right):
        return rf"\left{left} {inner} \right{right}"
    gap = " " if left[-1].isalpha() else ""
    return f"{left}{gap}{inner}{' ' if right[-1].isalpha() else ''}{right}"


def _matrix(element: Element, depth: int) -> str:
    rows = (
        " & ".join(_inside(cell, depth).strip() for cell in children(row, "e")) for row in children(element, "mr")
    )
    return r"\begin{matrix} " + r" \\ ".join(rows) + r" \end{matrix}"


def _equations(element: Element, depth: int) -> str:
    rows = [_inside(each, depth).strip() for each in children(element, "e")]
    return rows[0] if len(rows) == 1 else r"\begin{matrix} " + r" \\ ".join(rows) + r" \end{matrix}"


def _accent(element: Element, depth: int) -> str:
    name = _ACCENTS.get(_property(element, "chr", "\u0302"), "hat")
    inner = _part(element, "e", depth)
    wide = {"hat": "widehat", "tilde": "widetilde", "bar": "overline", "vec": "overrightarrow"}
    long = len(re.sub(r"\\[a-z]+|[{}\s]", "x", inner)) > 1 and not re.fullmatch(r"\\\w+|\\\w+\{\w\}", inner)
    return rf"\{wide.get(name, name) if long else name}{{{inner}}}"


def _bar(element: Element, depth: int) -> str:
    over = _property(element, "pos", "bot") == "top"
    return rf"\{'overline' if over else 'underline'}{{{_part(element, 'e', depth)}}}"


def _grouped(element: Element, depth: int) -> str:
    sign = _property(element, "chr", "⏟")
    inner = _part(element, "e", depth)
    return rf"\{_GROUPS[sign]}{{{inner}}}" if sign in _GROUPS else rf"\overset{{{latex_text(sign)}}}{{{inner}}}"


def _limit(element: Element, depth: int) -> str:
    base, limit = _part(element, "e", depth), _part(element, "lim", depth)
    below = local_name(element) == "limLow"
    if re.fullmatch(
        r"\\(?:operatorname\*\{[^{}]*\}|lim|max|min|sup|inf|limsup|liminf|det|gcd|Pr|(?:under|over)brace\{.*\})", base
    ):
        return f"{base}{'_' if below else '^'}{braced(limit)}"
    return rf"\{'underset' if below else 'overset'}{{{limit}}}{{{base}}}"


def _function(element: Element, depth: int) -> str:
    name = _part(element, "fName", depth)
    name = rf"\operatorname{{{name}}}" if re.fullmatch(r"[A-Za-z]{2,}", name) else name
    name = re.sub(r"^\\mathrm\{(\w+)\}$", r"\\operatorname{\1}", name)
    return f"{name} {_part(element, 'e', depth)}"


def _phantom(element: Element, depth: int) -> str:
    shown = child(element, "phantPr", "show")
    return "" if shown is not None and not is_on(shown) else _part(element, "e", depth)


_READERS: dict[str, Callable[[Element, int], str]] = {
    "r": _run,
    "f": _fraction,
    "sSub": _scripts,
    "sSup": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts,
    "nary": _nary,
    "rad": _root,
    "d": _delimited,
    "m": _matrix,
    "eqArr": _equations,
    "acc": _accent,
    "bar": _bar,
    "groupChr": _grouped,
    "limLow": _limit,
    "limUpp": _limit,
    "func": _function,
    "phant": _phantom,
}
