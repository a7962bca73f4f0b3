"""Dates as people and programs write them, as ISO. Pure."""

from __future__ import annotations

import re
from datetime import date

from ingest.clean import folded

_MONTHS = (
    ("enero", "january", "ene", "jan"),
    ("febrero", "february", "feb"),
    ("marzo", "march", "mar"),
    ("abril", "april", "abr", "apr"),
    ("mayo", "may"),
    ("junio", "june", "jun"),
    ("julio", "july", "jul"),
    ("agosto", "august", "ago", "aug"),
    ("septiembre", "setiembre", "september", "sep", "sept", "set"),
    ("octubre", "october", "oct"),
    ("noviembre", "november", "nov"),
    ("diciembre", "december", "dic", "dec"),
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
"""The number of each month by its Spanish and English names, whole and short, in small letters."""

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|º|°)?\s+(?:de\s+|of\s+)?({_NAME})\b\.?,?\s+(?:del?\s+)?(\d{{4}})"
)
_MONTH_FIRST = re.compile(rf"\b({_NAME})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})")
_LONGEST = 100


def iso_date(text: str) -> str:
    """Return the first date in a short text as ISO, "" where there is none.

    "5/3/2024" is read as Spanish writes it, the day first, unless only the other order is a date.
    """
    text = folded(text[:_LONGEST])
    if match := _ISO.search(text):
        return _iso(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.search(text):
        return _iso(int(match[3]), MONTHS[match[2]], int(match[1]))
    if match := _MONTH_FIRST.search(text):
        return _iso(int(match[3]), MONTHS[match[1]], int(match[2]))
    if match := _NUMERIC.search(text):
        first, second, year = (int(part) for part in match.groups())
        return _iso(year, second, first) or _iso(year, first, second)
    return ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
