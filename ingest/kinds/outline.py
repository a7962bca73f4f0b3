"""A deck as bare text, whose page breaks are lost: its slides are found again by how their titles stand. Pure.

Pictures were taken out and left three empty lines or more. A title is a paragraph of one short line that begins with
a capital, a question mark or a step's number, ends in no stop, and is no list, formula, link, or name of the author.
Of titles in a row, the last heads what follows and the ones before it are section slides: title and subtitle. The
result is a guess and its slides' numbers are not the deck's own, which the reader is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import one_line, without_marks
from ingest.kinds.lists import with_markdown_bullets, with_markdown_tables

_TITLE = re.compile(r"[*_]{0,3}(?:\d{1,2}[ \t]+(?=[^\W\d_])|[¿¡]?[A-ZÁÉÍÓÚÑ0-9])[^$=\\|<>{}\[\]]*")
_LABEL = re.compile(r"\S{1,2}:")
_WORD = re.compile(r"[^\W\d_]{3,}")
_LIST = re.compile(r"[ \t]*(?:[-+*•●◦○∘▪■]|\d{1,3}[.)])[ \t]")
_NAME = re.compile(
    r"((?:[A-ZÁÉÍÓÚÑ][\w.'’-]+)(?: (?:(?:de|del|la|las|los|y|van|von) ){0,2}[A-ZÁÉÍÓÚÑ][\w.'’-]*){1,5})"
    r"((?:,| / | - | @).*)?"
)
# A line that ends in one of these is half a sentence.
_UNFINISHED = re.compile(
    r"\b(?:de|del|la|el|los|las|un|una|y|o|e|en|con|por|para|a|al|su|que|muy|durante|sobre|of|the|and|or|in|with|for|to)$"
)
_HANDLE = re.compile(r"\[?@\w+|\S+@\S+\.\w+")
_TITLE_CHARACTERS = 80
_TITLE_WORDS = 10
_PICTURE_LINES = 3
_MIN_PARAGRAPHS = 20
_MIN_PICTURES = 4
_COVER_PARAGRAPHS = 6


@dataclass(frozen=True, slots=True)
class OutlineSlide:
    """A slide as far as it can be told."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A deck's slides and its author, "" where its cover names none."""

    slides: tuple[OutlineSlide, ...]
    author: str


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph and whether a picture stood before it."""

    text: str
    picture: bool


def is_outline(text: str) -> bool:
    """Say whether a text is such a deck: many short paragraphs, holes of pictures, no Markdown headings."""
    paragraphs = _paragraphs(text)
    if len(paragraphs) < _MIN_PARAGRAPHS or re.search(r"(?m)^#{1,6}[ \t]", text):
        return False
    words = sorted(len(paragraph.text.split()) for paragraph in paragraphs)
    titles = sum(_is_title(paragraph.text, "") for paragraph in paragraphs)
    pictures = sum(paragraph.picture for paragraph in paragraphs)
    return words[len(words) // 2] <= 8 and pictures >= _MIN_PICTURES and titles * 5 >= len(paragraphs)


def slides_of_outline(text: str) -> Outline:
    """Return the deck's slides in order and its author."""
    paragraphs = _paragraphs(text)
    author = _author(paragraphs)
    slides: list[OutlineSlide] = []
    titles: list[str] = []
    body: list[str] = []

    def close() -> None:
        if titles:
            *sections, last = titles
            slides.extend(_section_slides(sections))
            slides.append(OutlineSlide(without_marks(last), _body(body)))
        elif body:
            slides.append(OutlineSlide("", _body(body)))
        titles.clear()
        body.clear()

    for paragraph in paragraphs:
        is_title = _is_title(paragraph.text, author)
        # A picture under a title is that slide's body, so the next title begins another slide.
        if is_title and (body or (paragraph.picture and titles)):
            close()
        if is_title:
            titles.append(paragraph.text)
        else:
            body.append(paragraph.text)
    close()
    return Outline(tuple(slides), author)


def _paragraphs(text: str) -> list[_Paragraph]:
    paragraphs: list[_Paragraph] = []
    lines: list[str] = []
    empty = 0
    picture = False
    for line in [*text.split("\n"), ""]:
        if line.strip():
            if not lines:
                picture = empty >= _PICTURE_LINES
            lines.append(line.rstrip())
            empty = 0
            continue
        if lines:
            paragraphs.append(_Paragraph("\n".join(lines), picture))
            lines = []
        empty += 1
    return paragraphs


def _is_title(text: str, author: str) -> bool:
    line = text.strip()
    if "\n" in line or len(line) > _TITLE_CHARACTERS or len(line.split()) > _TITLE_WORDS:
        return False
    if line[-1] in ".,;:" or line.count(",") > 1 or _UNFINISHED.search(line):
        return False
    if _LIST.match(line) or _LABEL.match(line) or "://" in line or "@" in line:
        return False
    if author and line.startswith(author):
        return False
    return bool(_TITLE.fullmatch(line) and _WORD.search(line))


def _section_slides(titles: Sequence[str]) -> list[OutlineSlide]:
    """Pair titles in a row as title and subtitle; the same title twice is one."""
    names = [without_marks(title) for i, title in enumerate(titles) if i == 0 or title != titles[i - 1]]
    pairs = [names[i : i + 2] for i in range(0, len(names), 2)]
    return [OutlineSlide(pair[0], "\n".join(pair[1:])) for pair in pairs]


def _body(paragraphs: Sequence[str]) -> str:
    # One space before a list's dash is what was left of a nested item's indentation; Markdown needs two.
    text = re.sub(r"(?m)^ (?=[-*+] )", "  ", "\n\n".join(paragraphs))
    return re.sub(r"\n{3,}", "\n\n", with_markdown_tables(with_markdown_bullets(text))).strip()


def _author(paragraphs: Sequence[_Paragraph]) -> str:
    """Return the name on the cover: a line of capitalised words with an affiliation or, next to it, a handle."""
    cover = paragraphs[:_COVER_PARAGRAPHS]
    for i, paragraph in enumerate(cover):
        match = _NAME.fullmatch(one_line(paragraph.text))
        followed = i + 1 < len(cover) and _HANDLE.match(cover[i + 1].text.strip())
        if match and i > 0 and (match[2] or followed):
            return match[1]
    return ""
