"""A table of talks (title, transcript, author) copied from a data set's web page: each whole talk is a transcript.

Such a page starts with a triple for each column (its name, `stringlengths`, the shortest and longest), goes on with
one line for each cell, and ends with the data set's card after an empty line. Long cells are cut by the page itself:
a quoted beginning, then `(...TRUNCATED)`. A cut talk is reported, never indexed: answers from its first seconds would
pass for answers from the talk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.clean import folded, one_line
from ingest.errors import TalksTruncated
from ingest.formats.blocks import Blocks, as_text
from ingest.kinds.session import session_of
from ingest.kinds.transcript import untimed_talk
from ingest.model import Document, Kind, Notice

CUT = "(...TRUNCATED)"
_STATISTIC = re.compile(r"(?:string|list|sequence)lengths|(?:string)?classes|int\d*|float\d*|bool|string")
_BOUND = re.compile(r"-?[\d.]+[kMB]?|\d+ values")
_TITLE = ("nombre", "titulo", "title", "name", "charla", "talk")
_WORDS = ("transcripcion", "transcript", "transcription", "texto", "text")
_AUTHOR = ("autor", "autora", "author", "speaker", "ponente")


@dataclass(frozen=True, slots=True)
class _Talk:
    title: str
    words: str
    author: str

    @property
    def is_cut(self) -> bool:
        return CUT in self.words


def is_talks_page(text: str) -> bool:
    """Say whether a text is such a page: it has column statistics, one column of titles and one of transcripts."""
    names, _ = _columns(text.strip().split("\n"))
    return _place(names, _TITLE) >= 0 and _place(names, _WORDS) >= 0


def build_talks(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return a transcript for each whole talk; the first one carries the notices of those that the page cut.

    Raises TalksTruncated when the page cut them all.
    """
    talks = _talks(as_text(blocks))
    whole = [talk for talk in talks if not talk.is_cut and talk.words.strip()]
    if not whole:
        raise TalksTruncated(path=path, count=len(talks))
    cut = tuple(
        Notice("talk_truncated", talk.title, (("title", talk.title), ("author", talk.author or "?")))
        for talk in talks
        if talk.is_cut
    )
    said = [untimed_talk([("", talk.words)]) for talk in whole]
    return tuple(
        Document(
            path,
            talk.title,
            Kind.TRANSCRIPT,
            talk.title,
            words.sections,
            talk.author,
            session=session_of(talk.title) or talk.title,
            notices=(*blocks.notices, *cut, *words.notices) if number == 0 else words.notices,
        )
        for number, (talk, words) in enumerate(zip(whole, said, strict=True))
    )


def _talks(text: str) -> list[_Talk]:
    lines = text.strip().split("\n")
    names, start = _columns(lines)
    places = [_place(names, wanted) for wanted in (_TITLE, _WORDS, _AUTHOR)]
    end = next((i for i in range(start, len(lines)) if not lines[i].strip()), len(lines))
    cells = lines[start:end]
    rows = [cells[i : i + len(names)] for i in range(0, len(cells), len(names))]
    return [
        _Talk(*(_cell(row[place]) if 0 <= place < len(row) else "" for place in places))
        for row in rows
        if len(row) > max(places[:2])
    ]


def _columns(lines: list[str]) -> tuple[list[str], int]:
    """Return the columns' names in order and the index of the line after their statistics."""
    names: list[str] = []
    i = 0
    while i + 1 < len(lines) and _STATISTIC.fullmatch(lines[i + 1].strip()):
        names.append(folded(one_line(lines[i])))
        i += 2
        while i < len(lines) and _BOUND.fullmatch(lines[i].strip()):
            i += 1
    return names, i


def _place(names: list[str], wanted: tuple[str, ...]) -> int:
    return next((i for i, name in enumerate(names) if name in wanted), -1)


def _cell(text: str) -> str:
    """Return a cell's words; a title that the page cut loses the quote and the mark, a transcript keeps the mark."""
    text = one_line(text)
    if text.endswith(CUT) and "\\n" not in text:
        return text.removesuffix(CUT).removeprefix('"').strip()
    return text
