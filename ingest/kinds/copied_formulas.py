"""Formulas that a page copied three times over: as it shows them, as LaTeX, and as it shows them again. Pure.

A page that sets formulas with KaTeX holds each as MathML, as its LaTeX source and as HTML, and a clipboard takes all
three: "P(w∣h)P(w \\mid h)P(w∣h)", "xix_ixi", or a line each. They are found by their letters and digits: cut in three
equal parts, each has the same ones. The LaTeX stays, between dollars; where nothing needs LaTeX, the plain words stay
once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.formats.markdown.read import fenced

_COMMAND = re.compile(r"\\([A-Za-z]+)|\\.")
_SPECIAL = re.compile(r"[\\_^{}]")
_MATHS = re.compile(r"[=+∑∏√∣|()\[\]<>≤≥≈∈→·×∂∇∞∫]|[Α-ω]")
_OPERATORS = frozenset(
    [
        "log",
        "ln",
        "exp",
        "max",
        "min",
        "sin",
        "cos",
        "tan",
        "lim",
        "arg",
        "det",
        "dim",
        "sup",
        "inf",
        "Pr",
        "tanh",
        "argmax",
        "argmin",
    ]
)
_GREEK_NAMES = (
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν "
    "xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi "
    "Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω ell ℓ"
)
_WORDS = _GREEK_NAMES.split()
_GREEK = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
# "QQQ" is a formula of one letter; it is taken for one only in a text that has others, and "III" never.
_LETTER = re.compile(r"(?<!\w)([A-HJ-Za-zΑ-ω])\1\1(?!\w)")
_MAX_LENGTH = 1200
_MAX_LINES = 90
_MAX_WORDS = 8
_MAX_WINDOW = 300
# So many searches around a backslash may fail before a text is taken to hold no copied formulas in its sentences.
_PATIENCE = 300
_PUNCTUATION = ".,;:"


@dataclass(frozen=True, slots=True)
class Uncopied:
    """A text whose formulas stand once, and how many stood three times."""

    text: str
    count: int


def without_copied_formulas(text: str) -> Uncopied:
    """Return Markdown in which each formula that was pasted three times stands once; code stays as it is."""
    lines = text.split("\n")
    reader = _Reader(list(fenced(lines)))
    result = reader.read(lines)
    if reader.count:
        for i, (line, is_code) in enumerate(zip(result, fenced(result), strict=True)):
            result[i], found = (line, 0) if is_code else _LETTER.subn(r"\1", line)
            reader.count += found
    return Uncopied("\n".join(result), reader.count)


class _Reader:
    """Goes over a text's lines and counts the formulas that stood three times."""

    def __init__(self, code: Sequence[bool]) -> None:
        self.count = 0
        self._code = code
        self._patience = _PATIENCE

    def read(self, lines: Sequence[str]) -> list[str]:
        result: list[str] = []
        i = 0
        while i < len(lines):
            end = i
            while end < len(lines) and not self._code[end] and lines[end].strip():
                end += 1
            paragraph = _paragraph(lines[i:end])
            end = max(end, i + 1)
            if paragraph:
                self.count += 1
                result.append(paragraph)
            else:
                result += [
                    line if self._code[k] else self._line(line) for k, line in enumerate(lines[i:end], start=i)
                ]
            i = end
        return result

    def _line(self, line: str) -> str:
        if len(line) > _MAX_LENGTH or "$" in line:
            return line
        once = _once(line.strip())
        if once:
            self.count += 1
            return f"$${once}$$" if _SPECIAL.search(once) else once
        words = line.split(" ")
        i = 0
        while i < len(words):
            if not (_SPECIAL.search(words[i]) or _is_tripled(words[i])):
                i += 1
                continue
            start, end, formula = self._around(words, i)
            if formula:
                words[start:end] = [formula]
                self.count += 1
                i = start
            i += 1
        return " ".join(words)

    def _around(self, words: Sequence[str], at: int) -> tuple[int, int, str]:
        """Return the shortest run of words around one that is a formula thrice, and that formula, "" for none.

        LaTeX with spaces in it has a command, so only around a backslash is it worth looking further than the word.
        """
        further = "\\" in words[at] and self._patience > 0
        for length in range(1, 2 * _MAX_WORDS if further else 2):
            for start in range(max(0, at - length + 1), min(at, len(words) - length) + 1):
                formula = _marked(" ".join(words[start : start + length]))
                if formula:
                    return start, start + length, formula
        self._patience -= further
        return at, at + 1, ""


def _marked(piece: str) -> str:
    """Return the one formula that words are, between dollars where it is LaTeX, and the stop behind it; or ""."""
    bare = piece.rstrip(_PUNCTUATION)
    once = _once(bare) if len(bare) <= _MAX_WINDOW else ""
    marked = f"${once}$" if _SPECIAL.search(once) else once
    return marked + piece[len(bare) :] if once else ""


def _paragraph(lines: Sequence[str]) -> str:
    """Return the one formula that all of a paragraph's lines are, "" where they are none."""
    if not 2 < len(lines) <= _MAX_LINES:
        return ""
    once = _once("\n".join(line.strip() for line in lines))
    return f"$${once}$$" if _SPECIAL.search(once) else once


def _is_tripled(word: str) -> bool:
    """Say whether a word is three times the same formula: letters with a sign of mathematics ("P(w)P(w)P(w)")."""
    bare = word.rstrip(_PUNCTUATION)
    third = bare[: len(bare) // 3]
    return len(bare) > 5 and third * 3 == bare and bool(_MATHS.search(third)) and any(map(str.isalpha, third))


def _once(text: str) -> str:
    """Return the formula that a text says three times, as LaTeX where it was LaTeX, "" where it does not."""
    if not 5 < len(text) <= _MAX_LENGTH or text.startswith(("$", "|", "#")):
        return ""
    if not _SPECIAL.search(text):
        return _plain(text) if _is_tripled("".join(text.split())) else ""
    read = _letters(text)
    third = len(read) // 3
    if not third or len(read) % 3:
        return ""
    counts = [Counter(letter for letter, _ in read[k * third : (k + 1) * third]) for k in range(3)]
    if not counts[0] == counts[1] == counts[2]:
        return ""
    # The LaTeX runs from behind the first showing's last letter to before the second showing's first.
    return _latex(text, read[third - 1][1] + 1, read[2 * third][1])


def _latex(text: str, start: int, end: int) -> str:
    """Return the LaTeX between two showings of a formula, whose brackets and signs are its own, else ""."""
    while start < end and text[start] in ")]∣| \n" and _open(text[:start]):
        start += 1
    while end > start and (text[end - 1] in "([∣|" or unicodedata.category(text[end - 1]) == "Sm"):
        end -= 1
    latex = " ".join(text[start:end].split())
    if _SPECIAL.search(text[:start]) or _SPECIAL.search(text[end:]) or not _SPECIAL.search(latex):
        return ""
    return latex if latex.count("{") == latex.count("}") else ""


def _open(text: str) -> bool:
    return text.count("(") > text.count(")") or text.count("[") > text.count("]")


def _plain(text: str) -> str:
    """Return the first of three equal showings, which white space may part."""
    letters = sum(not char.isspace() for char in text) // 3
    for at, char in enumerate(text):
        letters -= not char.isspace()
        if not letters:
            return text[: at + 1].strip()
    return text


def _letters(text: str) -> list[tuple[str, int]]:
    """Return the letters and digits that a formula shows, each with its place; LaTeX commands as what they show."""
    found: list[tuple[str, int]] = []
    at = 0
    while at < len(text):
        match = _COMMAND.match(text, at)
        if match:
            name = match[1] or ""
            shown = _GREEK.get(name, name if name in _OPERATORS else "")
            found += [(char, match.end() - 1) for char in _normal(shown)]
            at = match.end()
            continue
        found += [(char, at) for char in _normal(text[at])]
        at += 1
    return found


def _normal(text: str) -> str:
    """Return the letters and digits of a text in their plain form: mathematical italics as letters."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())
