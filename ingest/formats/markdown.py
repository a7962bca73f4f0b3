"""Markdown: its front matter read, its lines kept, because code, tables and formulas live in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.clean import one_line
from ingest.formats.blocks import Metadata, Text
from ingest.formats.decode import decode
from ingest.formats.options import PLAIN, ReadOptions

_PAIR = re.compile(r"([A-Za-zÁÉÍÓÚáéíóúñ_-]{1,30})[ \t]*:[ \t]*(.*)")
_TITLE = ("title", "titulo", "título")
_AUTHOR = ("author", "autor", "autora", "docente", "ponente", "speaker", "presenter", "profesor", "profesora")
_URL = ("url", "link", "enlace", "liga", "video", "vídeo")
_SESSION = ("session", "sesion", "sesión", "clase", "lecture")
# Keys that only Markdown slide tools have (Marp, Slidev, reveal.js through Pandoc).
_DECK = ("marp", "paginate", "headingdivider", "theme", "transition", "slidenumber", "revealjs-url")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def read_markdown(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Text:
    """Return the file's Markdown without its front matter, and the front matter as metadata.

    Raises UnsupportedFile when the bytes are no text.
    """
    text, notices = decode(data, path)
    pairs, body = _front_matter(text.replace("\f", "\n"))
    return Text(body, metadata_of(pairs), notices)


def metadata_of(pairs: dict[str, str]) -> Metadata:
    """Return what `key: value` pairs (keys in lower case, Spanish or English) say of a file."""

    def first(names: tuple[str, ...]) -> str:
        return next((pairs[name] for name in names if pairs.get(name)), "")

    deck = pairs.get("marp", "").lower() == "true" or any(name in pairs for name in _DECK if name != "marp")
    return Metadata(first(_TITLE), first(_AUTHOR), first(_URL), first(_SESSION), deck=deck)


def pair_of(line: str) -> tuple[str, str] | None:
    """Return the lower-case key and the value of a `Key: value` line, or None."""
    match = _PAIR.fullmatch(line.strip())
    return (match[1].lower(), one_line(match[2]).strip("\"'")) if match else None


def fenced(lines: list[str]) -> Iterator[bool]:
    """Say of each line whether it belongs to a code fence, its first and last line included (CommonMark 4.5)."""
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


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Part YAML front matter from the body; only its `key: value` lines matter, so no YAML parser is needed."""
    lines = text.lstrip("\n").split("\n")
    if lines[0].rstrip() != "---":
        return {}, text
    end = next((i for i, line in enumerate(lines[1:200], start=1) if line.rstrip() in ("---", "...")), 0)
    head = lines[1:end]
    found = [pair_of(line) for line in head if line and not line.startswith((" ", "\t", "#", "-"))]
    if not end or None in found:
        return {}, text
    return dict(filter(None, found)), "\n".join(lines[end + 1 :])
