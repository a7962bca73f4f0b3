"""One function a table, from its row to our value, and back for what a column holds as JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from ingest.model import Mark, Role
from kb.model import DocumentInfo, Kind, Locator, LocatorType, Notice, Passage, Reading, Section


def document_info(row: sqlite3.Row) -> DocumentInfo:
    """Return a row of `documents`, with its counts, as a value."""
    return DocumentInfo(
        id=row["id"],
        path=row["path"],
        part=row["part"],
        kind=Kind(row["kind"]),
        title=row["title"],
        author=row["author"],
        url=row["url"],
        course=row["course"],
        session=row["session"],
        language=row["language"],
        passages=row["passages"],
        questions=row["questions"],
        content_hash=row["content_hash"],
        date=row["date"],
    )


def passage(row: sqlite3.Row) -> Passage:
    """Return a row of `passages` as a value."""
    return Passage(
        id=row["id"],
        document=row["document"],
        section=row["section"],
        ordinal=row["ordinal"],
        heading=row["heading"],
        locator=locator(json.loads(row["locator"])),
        speaker=row["speaker"],
        start=row["start"],
        end=row["stop"],
        text=row["text"],
        readings=readings(row["readings"]),
    )


def section(row: sqlite3.Row) -> Section:
    """Return a row of `sections` as a value."""
    marks = tuple(Mark(offset, locator(place), speaker) for offset, place, speaker in json.loads(row["marks"]))
    return Section(
        title=row["title"],
        locator=locator(json.loads(row["locator"])),
        text=row["text"],
        marks=marks,
        notes=row["notes"],
        language=row["language"],
        role=Role(row["role"]),
        terms=tuple(json.loads(row["terms"])),
        readings=readings(row["readings"]),
        original=row["original"],
        twins=tuple(json.loads(row["twins"])),
    )


def readings(stored: str) -> tuple[Reading, ...]:
    """Return readings from their JSON."""
    return tuple(Reading(start, end, text) for start, end, text in json.loads(stored)) if stored != "[]" else ()


def notice(row: sqlite3.Row) -> Notice:
    """Return a row of `notices` as a value."""
    return Notice(row["code"], row["place"], tuple((name, value) for name, value in json.loads(row["params"])))


def locator(parts: tuple[str, float, float, str]) -> Locator:
    """Return a locator from its JSON list: type, start, end, name."""
    kind, start, end, name = parts
    return Locator(LocatorType(kind), start, end, name)


def locator_parts(value: Locator) -> tuple[str, float, float, str]:
    """Return a locator as the list that JSON holds."""
    return value.type.value, value.start, value.end, value.name


def marks_json(marks: Iterable[Mark]) -> str:
    """Return a section's marks as JSON."""
    return as_json([(mark.offset, locator_parts(mark.locator), mark.speaker) for mark in marks])


def readings_json(values: Iterable[Reading]) -> str:
    """Return readings as JSON."""
    return as_json([(reading.start, reading.end, reading.text) for reading in values])


def as_json(value: object) -> str:
    """Return JSON as the columns hold it: compact, and readable with any letters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
