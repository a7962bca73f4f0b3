"""A table of talks: each row is a transcript with its title, author, date and link. Pure.

A talk that the table cut short is told, never indexed: answers from its first seconds would pass for answers from the
whole talk.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from ingest.clean import folded, one_line
from ingest.dates import iso_date
from ingest.errors import EmptyFile, NoSpeech, TalksTruncated
from ingest.formats.blocks import Blocks, Cues, Table, Text, as_text
from ingest.formats.subtitles import looks_timed, subtitles_of
from ingest.formats.table import CUT
from ingest.formats.whisper import cues_of_json
from ingest.kinds.session import session_of
from ingest.kinds.talk_columns import ABSENT, Columns, columns_of
from ingest.kinds.talks_page import table_of_page
from ingest.kinds.transcript import build_transcript
from ingest.model import Document, Kind, Notice

_URL = re.compile(r"https?://[^\s<>\"]+")
_SLASHED = re.compile(r"\s*(\d{1,2})([-/.])(\d{1,2})([-/.]\d{4}.*)", re.DOTALL)
_COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})\s*")
_TITLE_WORDS = 8
_MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class _Talk:
    """A row's cells by what they mean; `row` counts from 1, without the header."""

    row: int
    title: str
    words: str
    timed: str
    author: str
    date: str
    url: str
    session: str

    @property
    def is_cut(self) -> bool:
        return CUT in self.words or CUT in self.timed

    @property
    def shown(self) -> str:
        """How a notice names the row."""
        return f"{self.row} «{self.title}»" if self.title else str(self.row)


def talks_of(blocks: Blocks) -> tuple[Table, Columns] | None:
    """Return the table of talks that a table is or a text was copied from, and its columns; else None."""
    table = blocks if isinstance(blocks, Table) else table_of_page(as_text(blocks), blocks.notices)
    columns = columns_of(table) if table is not None else None
    return (table, columns) if table is not None and columns is not None else None


def build_talks(table: Table, columns: Columns, path: str) -> tuple[Document, ...]:
    """Return a transcript for each whole talk; the first one carries the notices of the table and of other rows.

    Raises TalksTruncated when all talks are cut, EmptyFile when none has words.
    """
    talks = list(_talks(table, columns))
    cut = [talk for talk in talks if talk.is_cut]
    said, repeated = _once(talk for talk in talks if not talk.is_cut)
    made = [(talk, document) for talk in said if (document := _document(talk, path)).sections]
    if not made:
        raise TalksTruncated(path=path, count=len(cut)) if cut else EmptyFile(path=path)
    with_words = {talk.row for talk, _ in made}
    notices = (
        *table.notices,
        *_told_columns(table, columns),
        *(
            Notice("talk_truncated", talk.title, (("title", talk.title), ("author", talk.author or "?")))
            for talk in cut
        ),
        *_listed("rows_without_text", [talk for talk in said if talk.row not in with_words]),
        *_listed("rows_repeated", repeated),
    )
    parts = _parts([talk for talk, _ in made])
    documents = [replace(document, part=part) for (_, document), part in zip(made, parts, strict=True)]
    return (replace(documents[0], notices=(*notices, *documents[0].notices)), *documents[1:])


def markdown_of(table: Table) -> Text:
    """Return a table as Markdown (GitHub's), without its empty rows."""
    rows = [row for row in table.rows if any(row)]
    empty = len(table.rows) - len(rows)
    rule = tuple("---" for _ in table.columns)
    lines = (f"| {' | '.join(map(_one_cell, row))} |" for row in (table.columns, rule, *rows))
    notices = (*table.notices, Notice("rows_empty", params=(("count", str(empty)),))) if empty else table.notices
    return Text("\n".join(lines), table.metadata, notices)


def _talks(table: Table, columns: Columns) -> Iterator[_Talk]:
    """Yield the rows that hold anything."""
    month_first = columns.date != ABSENT and _is_month_first([row[columns.date] for row in table.rows])
    for number, row in enumerate(table.rows, start=1):
        if not any(row):
            continue

        def cell(place: int, row: Sequence[str] = row) -> str:
            return row[place] if place != ABSENT else ""

        words = cell(columns.text)
        title = one_line(cell(columns.title)) or " ".join(words[:400].split()[:_TITLE_WORDS])
        url = _URL.search(cell(columns.url))
        session = one_line(cell(columns.session)) or session_of(title) or title
        yield _Talk(
            number,
            title,
            words,
            cell(columns.timed),
            _people(cell(columns.author)),
            _date(cell(columns.date), month_first),
            url[0].rstrip(").,;") if url else "",
            session,
        )


def _once(talks: Iterable[_Talk]) -> tuple[list[_Talk], list[_Talk]]:
    """Part talks from those that say the same as an earlier one under the same title."""
    seen: set[tuple[str, str]] = set()
    first: list[_Talk] = []
    repeated: list[_Talk] = []
    for talk in talks:
        key = folded(talk.title), f"{talk.words}\x1f{talk.timed}"
        (repeated if key in seen and talk.words else first).append(talk)
        seen.add(key)
    return first, repeated


def _document(talk: _Talk, path: str) -> Document:
    """Build a row's transcript; it has no sections where nobody says anything in it."""
    cues = _cues(talk.timed) or _cues(talk.words)
    try:
        (document,) = build_transcript(cues or Text(talk.words), path)
    except NoSpeech:
        document = Document(path, "", Kind.TRANSCRIPT, talk.title, ())
    return replace(document, title=talk.title, author=talk.author, url=talk.url, session=talk.session, date=talk.date)


def _cues(text: str) -> Cues | None:
    """Return the cues in a cell that is a subtitle file or a transcriber's JSON."""
    if looks_timed(text):
        cues, _ = subtitles_of(text)
        return cues if cues.cues else None
    if text[:1] not in ("[", "{"):
        return None
    try:
        return cues_of_json(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        return None


def _parts(talks: Sequence[_Talk]) -> list[str]:
    """Name each talk within its file by its title; equal titles also by author, date or link, else by their words.

    Where a row stands does not count, so that sorting a table changes no identity.
    """
    groups: dict[str, list[_Talk]] = defaultdict(list)
    for talk in talks:
        groups[talk.title].append(talk)
    return [_part(talk, groups[talk.title]) for talk in talks]


def _part(talk: _Talk, same_title: Sequence[_Talk]) -> str:
    if len(same_title) == 1:
        return talk.title
    for telling in ("author", "date", "url"):
        values = {getattr(other, telling) for other in same_title}
        if len(values) == len(same_title) and "" not in values:
            return f"{talk.title} ({getattr(talk, telling)})"
    said = f"{talk.words}\x1f{talk.timed}".encode("utf-8", "surrogatepass")
    return f"{talk.title} ({blake2b(said, digest_size=4).hexdigest()})"


def _told_columns(table: Table, columns: Columns) -> Iterator[Notice]:
    if columns.guessed:
        text, title = (table.columns[place] if place != ABSENT else "?" for place in (columns.text, columns.title))
        yield Notice("columns_guessed", params=(("text", text), ("title", title)))
    if columns.unused:
        yield Notice("columns_unused", params=(("columns", ", ".join(table.columns[p] for p in columns.unused)),))
    empty = sum(not any(row) for row in table.rows)
    if empty:
        yield Notice("rows_empty", params=(("count", str(empty)),))


def _listed(code: str, talks: Sequence[_Talk]) -> tuple[Notice, ...]:
    """Tell of rows in one notice that names the first of them."""
    if not talks:
        return ()
    names = ", ".join(talk.shown for talk in talks[:_MOST_LISTED]) + (", …" if len(talks) > _MOST_LISTED else "")
    return (Notice(code, params=(("count", str(len(talks))), ("rows", names))),)


def _people(text: str) -> str:
    """Return one or more names; a list written as JSON is joined by commas."""
    if text.startswith("["):
        try:
            names = json.loads(text)
        except (ValueError, RecursionError):
            names = None
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return one_line(", ".join(names))
    return one_line(text)


def _date(text: str, month_first: bool) -> str:
    """Return a cell's date as ISO: as Spanish writes it, the day first, unless its column can only be English."""
    if match := _COMPACT.fullmatch(text):
        return iso_date("-".join(match.groups()))
    slashed = _SLASHED.fullmatch(text)
    return iso_date(f"{slashed[3]}{slashed[2]}{slashed[1]}{slashed[4]}" if slashed and month_first else text)


def _is_month_first(cells: Iterable[str]) -> bool:
    """Say whether a column's dates put the month first: one has a second number above 12 and none has a first one."""
    pairs = [(int(match[1]), int(match[3])) for cell in cells if (match := _SLASHED.fullmatch(cell[:40]))]
    return any(second > 12 for _, second in pairs) and not any(first > 12 for first, _ in pairs)


def _one_cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
