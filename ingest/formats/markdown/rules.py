"""Decks whose slides are parted by rules: Marp, Slidev, reveal.js, and plain Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.formats.markdown.front_matter import Header, header_of, text_of
from ingest.formats.markdown.read import fenced, opaque, starts_no_paragraph, with_marked_headings, without_comments
from ingest.formats.markdown.slide import Piece, is_directive

_RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_(?:[ \t]*_){2,})[ \t]*")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_DIVIDER_COMMENT = re.compile(r"<!--[^<>]{0,500}?\bheadingDivider[ \t]*:[ \t]*([\d\[\], \t]+)", re.IGNORECASE)
_DASHES = re.compile(r"-{2,4}[ \t]*")
_NOTES = re.compile(r"[ \t]*notes?:[ \t]*(.*)", re.IGNORECASE)
_SLIDE_HEADER = re.compile(r"[ \t]*[A-Za-z][\w-]*:(?:[ \t].*)?|[ \t]+\S.*|[ \t]*-[ \t].*|[ \t]*#.*")
_LONGEST_HEADER = 40


def marp_pieces(body: str, header: Header) -> tuple[Piece, ...]:
    """Return the slides of a Marp deck: parted by rules and, where `headingDivider` says so, before headings."""
    text = with_marked_headings(body)
    levels = _divider(header) or _divider_of_comment(text)
    pieces = between_rules(text, levels)
    if len(pieces) == 1:
        pieces = headed(pieces[0])
    return tuple(_with_notes(number, piece) for number, piece in enumerate(pieces, start=1))


def plain_pieces(text: str) -> tuple[Piece, ...]:
    """Return the slides of Markdown that does not say for which tool: empty stretches between rules are none."""
    pieces = [piece for piece in between_rules(with_marked_headings(text)) if piece.strip()]
    if len(pieces) == 1:
        pieces = headed(pieces[0])
    return tuple(_with_notes(number, piece) for number, piece in enumerate(pieces, start=1))


def between_rules(text: str, levels: frozenset[int] = frozenset()) -> list[str]:
    """Part Markdown at its rules, and before headings of `levels`.

    A rule right under a paragraph underlines it and is none (CommonMark 4.3).
    """
    lines = text.split("\n")
    pieces: list[list[str]] = [[]]
    before = ""
    for line, is_code in zip(lines, opaque(lines), strict=True):
        heading = None if is_code or not levels else _HEADING.match(line)
        if (
            not is_code
            and _RULE.fullmatch(line)
            and (starts_no_paragraph(before) or not line.lstrip().startswith("-"))
        ):
            pieces.append([])
            before = ""
            continue
        if heading and len(heading[1]) in levels and _has_text(pieces[-1]):
            pieces.append([])
        pieces[-1].append(line)
        before = "" if is_code else line
    return ["\n".join(piece).strip("\n") for piece in pieces]


def headed(text: str) -> list[str]:
    """Part Markdown before its headings of the first two levels."""
    lines = text.split("\n")
    pieces: list[list[str]] = [[]]
    for line, is_code in zip(lines, opaque(lines), strict=True):
        heading = None if is_code else _HEADING.match(line)
        if heading and len(heading[1]) <= 2 and any(kept.strip() for kept in pieces[-1]):
            pieces.append([])
        pieces[-1].append(line)
    return ["\n".join(piece) for piece in pieces]


def slidev_pieces(body: str, header: Header) -> tuple[Piece, ...]:
    """Return the slides of a Slidev deck.

    A slide may begin with a header of its own; its last comment is what is said with it.
    """
    lines = body.split("\n")
    code = list(opaque(lines))
    slides: list[tuple[Header, list[str]]] = [(header, [])]
    i = 0
    while i < len(lines):
        if code[i] or not lines[i].startswith("---") or lines[i].strip("- \t"):
            slides[-1][1].append(lines[i])
            i += 1
            continue
        end = _header_end(lines, i)
        slides.append((header_of("\n".join(lines[i + 1 : end])) if end else {}, []))
        i = (end or i) + 1
    pieces: list[Piece] = []
    number = 0
    for own, kept in slides:
        hidden = any(text_of(own.get(key, "")) == "true" for key in ("hide", "disabled"))
        number += not hidden
        text, comments = without_comments("\n".join(kept))
        notes = comments[-1] if comments and text_ends_in_comment("\n".join(kept)) else ""
        title = text_of(own.get("title", ""))
        pieces.append(Piece(max(number, 1), text, title, notes, hidden))
    return tuple(pieces)


def has_slide_headers(body: str) -> bool:
    """Say whether two slides or more begin with a header of their own, as Slidev's do."""
    lines = body.split("\n")
    opening = [i for i, line in enumerate(lines) if line.rstrip() == "---"][:400]
    found, last = 0, -1
    for i in opening:
        end = _header_end(lines, i) if i > last else 0
        found, last = (found + 1, end) if end else (found, last)
    return found >= 2


def reveal_pieces(body: str, _header: Header) -> tuple[Piece, ...]:
    """Return the slides of Markdown for reveal.js: `---` parts them, `--` or `----` goes to the slide below."""
    lines = body.split("\n")
    slides: list[tuple[list[str], list[str]]] = [([], [])]
    side = 0
    for line, is_code in zip(lines, fenced(lines), strict=True):
        notes = None if is_code or side else _NOTES.fullmatch(line)
        if not is_code and _DASHES.fullmatch(line):
            slides.append(([], []))
            side = 0
        elif notes:
            side = 1
            slides[-1][1].append(notes[1])
        else:
            slides[-1][side].append(line)
    return tuple(
        Piece(number, without_comments("\n".join(text))[0], notes="\n".join(notes).strip())
        for number, (text, notes) in enumerate(slides, start=1)
    )


def text_ends_in_comment(text: str) -> bool:
    """Say whether the last thing in a slide is a comment."""
    return text.rstrip().endswith("-->")


def _header_end(lines: list[str], start: int) -> int:
    """Return the line that closes the header that the rule at `start` opens, 0 where it opens none."""
    if (
        lines[start].rstrip() != "---"
        or start + 1 >= len(lines)
        or not re.match(r"[A-Za-z][\w-]*:", lines[start + 1])
    ):
        return 0
    for i in range(start + 1, min(len(lines), start + _LONGEST_HEADER)):
        if lines[i].rstrip() == "---":
            return i
        if lines[i].strip() and not _SLIDE_HEADER.fullmatch(lines[i]):
            return 0
    return 0


def _with_notes(number: int, piece: str) -> Piece:
    text, comments = without_comments(piece)
    return Piece(number, text, notes="\n\n".join(said for said in comments if not is_directive(said)))


def _has_text(lines: Iterable[str]) -> bool:
    text, _ = without_comments("\n".join(lines))
    return bool(text.strip())


def _divider(header: Header) -> frozenset[int]:
    """Return the levels of headings that `headingDivider` names: up to a number, or those of a list."""
    value = header.get("headingdivider", "")
    if isinstance(value, list):
        return frozenset(int(level) for level in map(text_of, value) if level in "123456" and level)
    return _levels(text_of(value))


def _divider_of_comment(text: str) -> frozenset[int]:
    found = _DIVIDER_COMMENT.search(text)
    return _levels(found[1].strip()) if found else frozenset()


def _levels(value: str) -> frozenset[int]:
    if value.startswith("["):
        return frozenset(int(level) for level in re.findall(r"[1-6]", value))
    return frozenset(range(1, int(value) + 1)) if re.fullmatch("[1-6]", value) else frozenset()
