"""Which session of the course a title names. Pure."""

from __future__ import annotations

import re

from ingest.clean import one_line

_NAMED = re.compile(
    r"(?:sesi[oó]n|clase|lecci[oó]n|semana|unidad|tema|m[oó]dulo|cap[ií]tulo|session|lecture|lesson|class|week|unit|module)"
    r"\s+(?:n[º°.]\s*)?(?:\d{1,3}|[ivxl]{1,6})\b.*",
    re.IGNORECASE,
)


def session_of(title: str) -> str:
    """Return a title that begins with a numbered session ("Sesión 1. Vectores"), else ""."""
    title = one_line(title)
    return title if _NAMED.fullmatch(title) else ""
