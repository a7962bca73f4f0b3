"""Subtitles: WebVTT, SubRip and SBV, told apart by their timing lines, whatever the file's name says."""

from __future__ import annotations

from ingest.errors import DamagedFile
from ingest.formats.blocks import Cues
from ingest.formats.decode import decode
from ingest.formats.options import PLAIN, ReadOptions
from ingest.formats.subtitles.cues import finished
from ingest.formats.subtitles.parse import parse
from ingest.formats.subtitles.stamps import stamps_of
from ingest.model import Notice

_MOST_LINES_BEFORE = 400


def read_subtitles(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Cues:
    """Return who said what when, each caption once, with what was repaired or left out.

    Raises UnsupportedFile when the bytes are no text, DamagedFile when no cue has a time.
    """
    text, notices = decode(data, path)
    cues, broken_line = subtitles_of(text, notices)
    if not cues.cues and broken_line:
        raise DamagedFile(path=path, reason=broken_line)
    return cues


def subtitles_of(text: str, notices: tuple[Notice, ...] = ()) -> tuple[Cues, str]:
    """Return the cues of a clean text, and the first timing line that could not be read, "" for none."""
    parsed = parse(text)
    if parsed.damaged:
        notices = (*notices, _counted("cues_damaged", parsed.damaged))
    if parsed.outside:
        notices = (*notices, _counted("lines_outside_cues", parsed.outside))
    return finished(parsed.shown, parsed.metadata, notices, rolls=True), parsed.broken_line


def looks_timed(text: str) -> bool:
    """Say whether a text is subtitles: its first lines have a timing line, two where it does not say WEBVTT."""
    lines = text[:20_000].split("\n")[:_MOST_LINES_BEFORE]
    timings = sum(stamps_of(line) is not None for line in lines)
    return timings >= (1 if lines[0].startswith("WEBVTT") else 2)


def _counted(code: str, count: int) -> Notice:
    return Notice(code, params=(("count", str(count)),))
