"""A study guide's blocks as the Markdown in which its questions are looked for. Pure."""

from __future__ import annotations

import re

from ingest.clean import folded
from ingest.formats.blocks import Blocks, Slides, as_text
from ingest.formats.markdown.read import fenced, without_comments

_SUMMARY = re.compile(r"<summary\b[^<>\n]{0,200}>([^\n]{0,500}?)</summary>", re.IGNORECASE)
_DETAILS = re.compile(r"</?details\b[^<>\n]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|strong|i|em|h[1-6]|span|p|u)\b[^<>\n]{0,200}>", re.IGNORECASE)
_ESCAPED = re.compile(r"^([ \t#*_>-]*[(]?(?:\d{1,4}|[A-Za-z]))\\([.)-])")
# What a fold's caption says when the question stands above it.
_CAPTION = re.compile(
    r"(?:(?:ver|mostrar|mira|show|see|view)\s+)?(?:la\s+|the\s+)?(?:respuesta|solucion|answer|solution)"
    r"(?:\s+correcta)?\s*[:.]?"
)


def text_of_guide(blocks: Blocks) -> str:
    """Return a guide's Markdown: folds opened, numbers unescaped, slides as headings."""
    if isinstance(blocks, Slides):
        slides = (f"### {slide.title}\n\n{slide.text}\n\n{slide.notes}" for slide in blocks.slides)
        text = "\n\n".join(slide.removeprefix("### \n\n") for slide in slides)
    else:
        text, _ = without_comments(as_text(blocks))
    return _unfolded(text)


def _unfolded(text: str) -> str:
    """Return Markdown in which a fold's caption is a bold line, and gone where it only says "answer"."""
    lines = text.split("\n")
    result: list[str] = []
    for line, is_code in zip(lines, fenced(lines), strict=True):
        if is_code:
            result.append(line)
        elif "<" in line and len(line) < 10_000:
            bare = _SUMMARY.sub(lambda match: _caption(match[1]), line) if "</" in line else line
            bare = _DETAILS.sub("", bare)
            result += bare.split("\n") if bare.strip() or not line.strip() else []
        else:
            result.append(_ESCAPED.sub(r"\1\2", line) if "\\" in line[:12] else line)
    return "\n".join(result)


def _caption(text: str) -> str:
    words = _TAG.sub("", text).strip().strip("*_").strip()
    return "" if _CAPTION.fullmatch(folded(words)) else f"\n**{words}**\n\n"
