"""Pictures of pages read by Tesseract, where it is installed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ingest.clean import clean, one_line

if TYPE_CHECKING:
    from PIL.Image import Image

SECONDS = 25
"""How long a page may take."""
DOUBTFUL = 60.0
"""A page whose words have a lower mean confidence (per cent) is likely misread."""
_LANGUAGES = ("spa", "eng")
_ASK_SECONDS = 10
_WORD = "5"  # the level of a row of Tesseract's table that is a word


class OcrFailed(Exception):
    """Tesseract gave no text: its message says why."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of a picture, a line for each of its lines, and the mean confidence of its words in per cent."""

    text: str
    confidence: float


def languages() -> tuple[str, ...]:
    """Return which of Spanish and English the installed Tesseract reads; none where it is not installed."""
    program = shutil.which("tesseract")
    return _languages_of(program) if program else ()


@cache
def _languages_of(program: str) -> tuple[str, ...]:
    try:
        asked = subprocess.run(
            [program, "--list-langs"],
            capture_output=True,
            timeout=_ASK_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    installed = set((asked.stdout + b"\n" + asked.stderr).decode("utf-8", "replace").split())
    return tuple(language for language in _LANGUAGES if language in installed)


def recognise(image: Image, languages: tuple[str, ...], seconds: int) -> Recognised:
    """Read a picture in the given languages. Raises OcrFailed, also when it takes longer than `seconds`."""
    from pytesseract import TesseractError, TesseractNotFoundError, run_and_get_output

    try:
        table = run_and_get_output(
            image, extension="tsv", lang="+".join(languages), config="-c tessedit_create_tsv=1", timeout=seconds
        )
    except (TesseractError, TesseractNotFoundError, RuntimeError, OSError, UnicodeDecodeError) as error:
        raise OcrFailed(one_line(clean(str(error)))[:200] or type(error).__name__) from error
    return _recognised(str(table))


def _recognised(table: str) -> Recognised:
    """Return the words of Tesseract's table by lines, blocks and paragraphs apart. Raises OcrFailed for no table."""
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    lines: dict[tuple[str, str, str], list[str]] = {}
    confidences: list[float] = []
    try:
        for row in rows:
            text = clean(row["text"] or "").strip() if row["level"] == _WORD else ""
            if text:
                lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(text)
                confidences.append(float(row["conf"]))
    except (KeyError, ValueError, TypeError, csv.Error) as error:
        raise OcrFailed(type(error).__name__) from error
    pieces: list[str] = []
    before = ("", "")
    for (block, paragraph, _), words in lines.items():
        if pieces and (block, paragraph) != before:
            pieces.append("")
        pieces.append(" ".join(words))
        before = (block, paragraph)
    return Recognised("\n".join(pieces), sum(confidences) / len(confidences) if confidences else 0.0)
