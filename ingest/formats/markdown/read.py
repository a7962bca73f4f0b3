"""Markdown: its header read, its lines kept, because code, tables and formulas live in them, or a deck's slides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.formats.blocks import Slides, Text
from ingest.formats.decode import decode
from ingest.formats.markdown.front_matter import metadata_of as metadata_of
from ingest.formats.markdown.front_matter import metadata_of_header, split_header
from ingest.formats.markdown.front_matter import pair_of as pair_of
from ingest.formats.options import PLAIN, ReadOptions

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})[ \t]*")
# What begins another block than a paragraph, which no underline turns into a heading.
_NO_PARAGRAPH = re.compile(r"[ \t]*(?:$|[-+*>#|<:~`]|\d{1,3}[.)][ \t]|!\[|(?:\* *){3,})|(?: {4}|\t)")


def read_markdown(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Text | Slides:
    """Return the file's Markdown without its header and without marks of tools, or its slides where it is a deck.

    Raises UnsupportedFile when the bytes are no text.
    """
    from ingest.formats.markdown.deck import deck_of
    from ingest.formats.markdown.marks import without_marks_of_tools

    text, notices = decode(data, path)
    header, body = split_header(text.replace("\f", "\n"))
    deck = deck_of(header, body)
    if deck is not None:
        return Slides(deck.slides, metadata_of_header(header), (*notices, *deck.notices))
    return Text(without_marks_of_tools(with_marked_headings(body)), metadata_of_header(header), notices)


def with_marked_headings(text: str) -> str:
    """Return Markdown whose underlined headings (CommonMark 4.3) are marked with `#` as the others are."""
    if "\n=" not in text and "\n---" not in text and "\n " not in text:
        return text
    lines = text.split("\n")
    code = list(fenced(lines))
    result: list[str] = []
    for i, line in enumerate(lines):
        under = None if code[i] else _UNDERLINE.fullmatch(line)
        above = lines[i - 1] if i else ""
        alone = i < 2 or not lines[i - 2].strip() or code[i - 2]
        if under and result and alone and not code[i - 1] and not starts_no_paragraph(above):
            result[-1] = f"{'#' if under[1][0] == '=' else '##'} {above.strip()}"
        else:
            result.append(line)
    return "\n".join(result)


def starts_no_paragraph(line: str) -> bool:
    """Say whether a line is empty or begins a block other than a paragraph, as a heading, a list or a table."""
    return bool(_NO_PARAGRAPH.match(line))


def fenced(lines: list[str]) -> Iterator[bool]:
    """Say of each line whether it belongs to a code fence, its first and last line included (CommonMark 4.5).

    A fence may be indented as deep as the list that it stands in.
    """
    opened = ""
    for line in lines:
        match = _FENCE.match(line)
        if opened:
            closes = bool(match and match[1][0] == opened[0] and len(match[1]) >= len(opened))
            opened = "" if closes and line.strip().strip(opened[0]) == "" else opened
            yield True
        else:
            opened = match[1] if match and not (match[1][0] == "`" and "`" in line[match.end() :]) else ""
            yield bool(opened)


def opaque(lines: list[str]) -> Iterator[bool]:
    """Say of each line whether it belongs to a code fence or goes on with an HTML comment: no mark in it counts."""
    inside = False
    for line, is_code in zip(lines, fenced(lines), strict=True):
        yield is_code or inside
        if not is_code and "--" in line:
            opened, closed = line.rfind("<!--"), line.rfind("-->")
            inside = opened > closed if opened != closed else inside


def without_comments(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` without its HTML comments, and what they say; one that is not closed runs to the end.

    Comments inside code fences are code and stay.
    """
    kept: list[str] = []
    comments: list[str] = []
    comment: list[str] | None = None
    lines = text.split("\n")
    for line, is_code in zip(lines, fenced(lines), strict=True):
        if is_code and comment is None:
            kept.append(line)
            continue
        rest, left = line, ""
        while rest:
            if comment is None:
                before, opened, rest = rest.partition("<!--")
                left += before
                comment = [] if opened else None
            else:
                inside, closed, rest = rest.partition("-->")
                comment.append(inside)
                if closed:
                    comments.append("\n".join(comment).strip())
                    comment = None
        if comment is not None and not line:
            comment.append("")
        elif left.strip() or not line.strip():
            kept.append(left)
    if comment is not None:
        comments.append("\n".join(comment).strip())
    return "\n".join(kept), tuple(said for said in comments if said)
