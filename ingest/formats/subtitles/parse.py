"""A subtitle file's lines to cues as they are shown, and the header that some transcripts carry in a NOTE.

Sources: WebVTT, W3C Candidate Recommendation of 4 April 2019, sections 4 and 6; SubRip and SBV have no standard. A
SubRip cue is a number, `hh:mm:ss,mmm --> hh:mm:ss,mmm` and lines of text; one of SBV is `h:mm:ss.mmm,h:mm:ss.mmm` and
lines of text. An empty line ends a cue in all three, except where an editor left one inside.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.clean import clean, one_line
from ingest.formats.blocks import Metadata
from ingest.formats.markdown.read import metadata_of, pair_of
from ingest.formats.subtitles.shown import Line, Shown
from ingest.formats.subtitles.stamps import Stamps, is_broken, stamps_of

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")
# The tags of WebVTT and those of HTML that editors leave in SubRip; "a < b" and "List<int>" are words.
_TAG = re.compile(
    r"</?(?:[cibuvs]|ruby|rt|lang|font|span|em|strong)(?:[.\s][^<>\n]*)?/?>|<\d[\d:.,]*>", re.IGNORECASE
)
_BREAK = re.compile(r"<br[ \t]*/?>|\[br\]|\\N", re.IGNORECASE)
_STYLE = re.compile(r"\{\\[^{}\n]*\}")  # SubStation overrides such as {\an8} that editors leave in SubRip files
_IDENTIFIER = re.compile(r"\d{1,9}|[0-9a-fA-F]{8}-[0-9a-fA-F-]{20,40}(?:/[\d-]+)?")
_SKIPPED = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")


@dataclass(slots=True)
class Parsed:
    """A file's cues and header; how many cues had no time, and how many lines stand before the first cue."""

    shown: list[Shown] = field(default_factory=list)
    metadata: Metadata = field(default_factory=Metadata)
    damaged: int = 0
    outside: int = 0
    broken_line: str = ""


def parse(text: str) -> Parsed:
    """Read a clean text's cues in the file's order."""
    parsed = Parsed()
    raw: list[tuple[Stamps, list[str]]] = []
    lost = False
    for block in _blocks(text.replace("\f", "\n")):
        timings = [i for i, line in enumerate(block) if stamps_of(line) or is_broken(line)]
        lead, starts = _lead(block, timings)
        if _is_header(block[0]):
            parsed.metadata = _header(lead) if parsed.metadata == Metadata() else parsed.metadata
        elif lead and raw and not lost:
            raw[-1][1].extend(lead)
        elif lead and not lost:
            parsed.outside += len(lead)
        for timing, stop in starts:
            stamps = stamps_of(block[timing])
            lost = stamps is None
            if stamps is None:
                parsed.damaged += 1
                parsed.broken_line = parsed.broken_line or one_line(block[timing])
            else:
                raw.append((stamps, block[timing + 1 : stop]))
    parsed.shown = [Shown(stamps.start, stamps.end, tuple(_lines(lines))) for stamps, lines in raw]
    return parsed


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield stretches of lines between empty ones; a line of spaces is a line, as in the captions of YouTube."""
    block: list[str] = []
    for line in text.split("\n"):
        if line:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _lead(block: Sequence[str], timings: Sequence[int]) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the lines before a block's first cue, and (timing line, end) of each cue in it."""
    if not timings:
        alone = len(block) == 1 and _IDENTIFIER.fullmatch(block[0].strip())
        return ([] if alone else list(block)), []
    begins = [_begin(block, timing, before + 1) for before, timing in zip((-1, *timings), timings, strict=False)]
    ends = [*begins[1:], len(block)]
    return list(block[: begins[0]]), list(zip(timings, ends, strict=True))


def _begin(block: Sequence[str], timing: int, floor: int) -> int:
    """Return where a cue begins: at its identifier, which stands alone above its timing line."""
    above = timing - 1
    if above < floor:
        return timing
    first = above == 0 or not block[above - 1].strip()
    return above if _IDENTIFIER.fullmatch(block[above].strip()) or first else timing


def _is_header(line: str) -> bool:
    return line.startswith("WEBVTT") or _SKIPPED.fullmatch(line.strip()) is not None


def _header(lines: Sequence[str]) -> Metadata:
    """Read `Título:`, `Docente:` and the like from a NOTE or from the lines under WEBVTT."""
    if not lines or lines[0].startswith(("STYLE", "REGION")):
        return Metadata()
    first = lines[0].strip().removeprefix("WEBVTT").removeprefix("NOTE").lstrip(" -")
    found = (pair_of(line) for line in (first, *lines[1:]))
    return metadata_of(dict(filter(None, found)))


def _lines(lines: Sequence[str]) -> Iterator[Line]:
    """Yield a cue's lines as plain text, each with the `<v Name>` it stands under."""
    said = _VOICE.split("\n".join(lines))
    for voice, text in [("", said[0]), *zip(said[1::2], said[2::2], strict=True)]:
        speaker = one_line(plain(voice))
        for line in plain(text).split("\n"):
            if line.strip():
                yield Line(one_line(line), speaker)


def plain(text: str) -> str:
    """Return a cue's text without tags, styles and entities."""
    if "<" in text or "\\" in text or "[" in text:
        text = _STYLE.sub("", _TAG.sub("", _BREAK.sub("\n", text)).replace("\\h", " "))
    # An entity may stand for a character that a text must not have.
    return clean(html.unescape(text)) if "&" in text else text
