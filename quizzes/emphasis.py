"""Markdown's inline marks taken away, and what they emphasised remembered (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_BOLD = re.compile(r"(\*\*\*|\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_SLANT = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\w*_])")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_FORMULA = re.compile(r"\$([^$]*)\$")
_ASIDE = re.compile(
    r"\s*\((?:por ejemplo|p\. ?ej|ej\b|e\.g|i\.e|como\b|es decir|for example|such as|incl|véase|see\b)[^()]*\)", re.I
)
_OPEN, _CLOSE = "\x01", "\x02"


@dataclass(frozen=True, slots=True)
class Marked:
    """Text without marks; `spans` are the (start, end) offsets in it of what was bold or slanted."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def is_emphasised(self, at: int) -> bool:
        """Tell whether the character at an offset was bold or slanted."""
        return any(start <= at < end for start, end in self.spans)

    @property
    def emphasised(self) -> tuple[str, ...]:
        """The emphasised words, in order."""
        return tuple(self.text[start:end] for start, end in self.spans)


def plain(markdown: str) -> Marked:
    """Strip inline marks, the dollars of formulas, asides that only give examples, and control characters."""
    text = "".join(c for c in markdown if c.isspace() or not unicodedata.category(c).startswith("C"))
    text = _FORMULA.sub(r"\1", _LINK.sub(r"\1", text))
    for pattern in (_BOLD, _SLANT, _BOLD):
        text = pattern.sub(rf"{_OPEN}\2{_CLOSE}", text)
    return _marked(" ".join(_ASIDE.sub("", _CODE.sub(r"\1", text).replace("*", "")).split()))


def _marked(text: str) -> Marked:
    """Take the marks out and return where they stood; a mark within a mark is one with it."""
    kept: list[str] = []
    spans: list[tuple[int, int]] = []
    start = depth = 0
    for character in text:
        if character == _OPEN:
            start = start if depth else len(kept)
            depth += 1
        elif character == _CLOSE:
            depth -= 1
            spans += [] if depth else [(start, len(kept))]
        else:
            kept.append(character)
    return Marked("".join(kept), tuple(spans))
