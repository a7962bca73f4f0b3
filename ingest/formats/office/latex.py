"""Characters of formulas as LaTeX, whatever format the formula was written in. Pure."""

from __future__ import annotations

import re
import unicodedata

_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
_GREEK_SMALL = "αβγδεζηθικλμνξοπρστυφχψω"
_GREEK_LARGE = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
# Capitals that look like Latin ones have no command of their own.
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))
_SYMBOLS = {
    "ϵ": "epsilon", "ε": "varepsilon", "ϑ": "vartheta", "φ": "varphi", "ϕ": "phi", "ϱ": "varrho", "ς": "varsigma",
    "ϖ": "varpi", "∞": "infty", "∂": "partial", "∇": "nabla", "∈": "in", "∉": "notin", "∋": "ni", "∅": "emptyset",
    "⊂": "subset", "⊆": "subseteq", "⊃": "supset", "⊇": "supseteq", "∪": "cup", "∩": "cap", "∖": "setminus",
    "∀": "forall", "∃": "exists", "∄": "nexists", "¬": "neg", "∧": "wedge", "∨": "vee", "⇒": "Rightarrow",
    "⟹": "implies", "⇐": "Leftarrow", "⇔": "Leftrightarrow", "⟺": "iff", "→": "to", "⟶": "longrightarrow",
    "←": "leftarrow", "↔": "leftrightarrow", "↦": "mapsto", "↑": "uparrow", "↓": "downarrow", "≤": "leq", "≥": "geq",
    "≠": "neq", "≈": "approx", "≡": "equiv", "∼": "sim", "≃": "simeq", "≅": "cong", "∝": "propto", "≪": "ll",
    "≫": "gg", "≔": "coloneqq", "×": "times", "÷": "div", "±": "pm", "∓": "mp", "⋅": "cdot", "·": "cdot",
    "∙": "cdot", "∘": "circ", "⊕": "oplus", "⊗": "otimes", "⊙": "odot", "⊥": "perp", "∥": "parallel", "∣": "mid",
    "⊤": "top", "⊢": "vdash", "⊨": "models", "∠": "angle", "…": "ldots", "⋯": "cdots", "⋮": "vdots", "⋱": "ddots",
    "∑": "sum", "∏": "prod", "∫": "int", "√": "surd", "ℓ": "ell", "ℏ": "hbar", "ℜ": "Re", "ℑ": "Im", "ℵ": "aleph",
    "†": "dagger", "⋆": "star", "⟨": "langle", "⟩": "rangle", "‖": "|", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil",
    "⌉": "rceil", "□": "square",
}  # fmt: skip
_SYMBOLS.update({small: name for small, name in zip(_GREEK_SMALL, _GREEK, strict=True) if small not in _SYMBOLS})
_SYMBOLS.update(
    {
        large: name.capitalize()
        for large, name in zip(_GREEK_LARGE, _GREEK, strict=True)
        if large not in _LATIN_CAPITALS
    }
)
_PLAIN = {"−": "-", "∗": "*", "⁎": "*", "′": "'", "″": "''", "\u2061": "", "\u2062": "", "\u2063": "", "\u2064": "",
          "\u200b": "", "\u00a0": " ", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$",
          "_": r"\_", "\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim "}  # fmt: skip
# Mathematical alphabets have Unicode names such as MATHEMATICAL DOUBLE-STRUCK CAPITAL R.
_ALPHABETS = (("DOUBLE-STRUCK", "mathbb"), ("SCRIPT", "mathcal"), ("FRAKTUR", "mathfrak"), ("MONOSPACE", "mathtt"),
              ("SANS-SERIF", "mathsf"), ("BOLD", "mathbf"))  # fmt: skip
_MATH_LETTERS = re.compile("[\U0001d400-\U0001d7ff\u2102\u210a-\u2134]")


def command_for(char: str) -> str:
    r"""Return the LaTeX of one character: `\alpha ` for α, `\mathbb{R}` for ℝ, itself for most."""
    if char in _PLAIN:
        return _PLAIN[char]
    if char in _SYMBOLS:
        return f"\\{_SYMBOLS[char]} "
    if char in _LATIN_CAPITALS:
        return _LATIN_CAPITALS[char]
    if not _MATH_LETTERS.match(char):
        return char
    bare = unicodedata.normalize("NFKC", char)
    inner = command_for(bare).strip() if bare != char else char
    name = unicodedata.name(char, "")
    wrap = next((command for word, command in _ALPHABETS if word in name), "")
    wrap = "boldsymbol" if wrap == "mathbf" and inner.startswith("\\") else wrap
    return rf"\{wrap}{{{inner}}}" if wrap else inner


def latex_text(text: str) -> str:
    """Return characters of a formula as LaTeX, a space kept behind each command's name."""
    return "".join(command_for(char) for char in unicodedata.normalize("NFC", text))


def braced(latex: str) -> str:
    r"""Return LaTeX as the argument of `_` or `^`: a single character as it is, all else in braces."""
    return latex if len(latex) == 1 else f"{{{latex}}}"


def spaced(latex: str) -> str:
    """Return LaTeX with one space at most in a row, none before a script, a bracket that closes or the end."""
    return re.sub(r" +(?=[_^{})\],;']|$)", "", re.sub(r"\s+", " ", latex)).strip()
