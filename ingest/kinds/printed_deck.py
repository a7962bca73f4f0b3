"""A deck that was printed and read back by OCR: its pages, their printed numbers, its pictures' rubble. Pure.

Where the form feeds were lost, a page ends at a line that begins with one space (what was left of the form feed), at
three empty lines or more, or before a block of links that follows two (a page's links come after its text). Such
breaks are believed when the pages then end in growing numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.formats.blocks import Page
from ingest.model import Notice

_BREAK = re.compile(r"\n{4,}|\n(?= (?:[\w¿¡#]\S*[ \t]+\S|[^\W\d_]{2}\S{2}))|\n{3}(?=https?://)")
_LINK_LINE = re.compile(r"[ \t]*<?https?://\S+>?[ \t]*")
_NUMBER = re.compile(r"(?:^|[ \t]+)(\d{1,3})[ \t]*$")
_MIN_PAGES = 8
_MIN_NUMBERED = 5
# Pages whose number OCR lost, in a row, before a number is taken for something else.
_MAX_STEP = 7
_LAST_LINES = 3

_WORD = re.compile(r"[^\W\d_]{3,}")
_VOWEL = re.compile(r"[aeiouyáéíóúüàèòïAEIOUYÁÉÍÓÚÜ]")
_FIGURE = re.compile(r"\d[\d.,]*\d%?|\d%")
_FORMULA = re.compile(r"[=≈∝≤≥∈∑∫√]|\w\(\w")
_CODE = re.compile(
    r"(?m)^[ \t]*(?:import |from \w+ import|def |class |return\b|for \w+ in |if .*:$|print\()|\bself\.|\w\.\w+\("
)
# Below this share of rubble among its lines a deck is clean, and a lone letter or sign is there on purpose.
_RUBBLE_SHARE = 0.04
# Above this one it is in letters we do not know, or no text at all, and nothing is taken out.
_ALL_RUBBLE_SHARE = 0.6
# OCR knows no inverted marks: it reads them as c, ¢ or ; and as i or j before a capital.
_QUESTION = re.compile(
    r"(?<![\w¿])(?:[¢;<]c?(?=[A-ZÁÉÍÓÚ][^?\n]{0,200}\?)|c(?=[A-ZÁÉÍÓÚ][a-záéíóúñ]+\b[^?\n]{0,200}\?)|¢(?=[A-ZÁÉÍÓÚ]))"
)
_EXCLAMATION = re.compile(r"(?<!\w)[ij](?=[A-ZÁÉÍÓÚ][a-záéíóúñ]+\b(?<!Phone)(?<!Pad)[^!?\n]{0,200}!)")


_FOOT_DIGITS = re.compile(r"\n[ \t]*\d{1,2}[ \t]*\n*$")
# What OCR makes of a round bullet.
_LOST_BULLET = re.compile(r"(?m)^([ \t]*)[e«][ \t]+(?=[A-ZÁÉÍÓÚÑ])")


def is_printed_deck(text: str) -> bool:
    """Say whether the breaks of a text give pages that end in growing numbers."""
    pieces = _pieces(text)
    return len(pieces) >= _MIN_PAGES and sum(1 for _, printed in _numbered(pieces) if printed) >= _MIN_NUMBERED


def pages_of_printed_deck(text: str) -> tuple[tuple[Page, ...], tuple[Notice, ...]]:
    """Return a printed deck's pages with their printed numbers, and what was taken out."""
    return tidy_pages(_pieces(text))


def tidy_pages(pieces: Sequence[str]) -> tuple[tuple[Page, ...], tuple[Notice, ...]]:
    """Return pages of text with links given back to the page they followed, numbers read and rubble removed.

    A page without a printed number has the one before it plus one.
    """
    pieces = _with_links(pieces)
    lines = [line for piece in pieces for line in piece.split("\n") if line.strip()]
    is_ocr = _RUBBLE_SHARE * len(lines) < sum(map(is_rubble, lines)) < _ALL_RUBBLE_SHARE * len(lines)
    pages: list[Page] = []
    removed = 0
    for piece, (number, printed) in zip(pieces, _numbered(pieces), strict=True):
        text = _without_number(piece, number) if printed else piece
        if is_ocr:
            text, lost = _without_rubble(_EXCLAMATION.sub("¡", _QUESTION.sub("¿", text)))
            removed += lost
        if text.strip():
            pages.append(Page(number, re.sub(r"\n{3,}", "\n\n", text).strip("\n")))
    notices = (Notice("ocr_noise_removed", params=(("lines", str(removed)),)),) if removed else ()
    return tuple(pages), notices


def is_rubble(line: str) -> bool:
    """Say whether a line has no word of three letters with a vowel, no figure and no formula."""
    if not line.strip() or _FORMULA.search(line) or _FIGURE.search(line):
        return False
    return not any(_VOWEL.search(word) for word in _WORD.findall(line))


def _pieces(text: str) -> list[str]:
    return [piece.strip("\n") for piece in _BREAK.split(text) if piece.strip()]


def _with_links(pieces: Iterable[str]) -> list[str]:
    """Give a block of links at the head of a page to the page before: they are its targets."""
    result: list[str] = []
    for piece in pieces:
        lines = piece.strip("\n").split("\n")
        count = next((i for i, line in enumerate(lines) if not _LINK_LINE.fullmatch(line)), len(lines))
        if count and result and (count == len(lines) or not lines[count].strip()):
            links = [line.strip() for line in lines[:count] if line.strip() not in result[-1]]
            result[-1] = "\n\n".join(filter(None, (result[-1], "\n".join(links))))
            lines = lines[count:]
        if any(line.strip() for line in lines):
            result.append("\n".join(lines).strip("\n"))
    return result


def _numbered(pieces: Sequence[str]) -> list[tuple[int, bool]]:
    """Return each page's number and whether it is printed at the end of one of its last lines of text."""
    result: list[tuple[int, bool]] = []
    before = 0
    for piece in pieces:
        found = (int(match[1]) for line in _foot(piece) if (match := _NUMBER.search(line)))
        printed = next((number for number in found if before < number <= before + _MAX_STEP), 0)
        # A first page's "1." is as often a list as a number; any later page must go on from the one before.
        before = printed or before + 1
        result.append((before, bool(printed)))
    return result


def _foot(piece: str) -> list[str]:
    lines = [line for line in piece.split("\n") if line.strip() and not _LINK_LINE.fullmatch(line)]
    return lines[: -_LAST_LINES - 1 : -1]


def _without_number(piece: str, number: int) -> str:
    lines = piece.split("\n")
    for i in range(len(lines) - 1, -1, -1):
        match = _NUMBER.search(lines[i])
        if match and int(match[1]) == number:
            lines[i] = lines[i][: match.start()]
            break
    return "\n".join(lines)


def _without_rubble(text: str) -> tuple[str, int]:
    """Return a page without its rubble and how many lines went; pages with code keep every line."""
    text = _LOST_BULLET.sub(r"\1- ", text)
    # A page number of which OCR has kept a digit or two.
    text = _FOOT_DIGITS.sub("", text)
    if _CODE.search(text):
        return text, 0
    lines = text.split("\n")
    kept = [line for line in lines if not is_rubble(line) or not line.strip()]
    return "\n".join(kept), len(lines) - len(kept)
