"""WebVTT and SubRip: timed cues, their speakers, and the header some transcripts carry in a NOTE.

Sources: WebVTT, W3C Candidate Recommendation of 4 April 2019, sections 4 and 6; SubRip has no standard, its shape is
a number, `hh:mm:ss,mmm --> hh:mm:ss,mmm`, lines of text and an empty line.
"""

from __future__ import annotations

import html
import re
from collections import Counter

from ingest.clean import one_line
from ingest.formats.blocks import Cue, Cues, Metadata
from ingest.formats.decode import decode
from ingest.formats.markdown import metadata_of, pair_of
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

_STAMP = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"{_STAMP}[ \t]*-{{1,2}}>[ \t]*{_STAMP}(?:[ \t].*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")
_TAG = re.compile(r"</?[A-Za-z0-9:.][^<>\n]*>")
_STYLE = re.compile(r"\{\\[^{}\n]*\}")  # SubStation overrides such as {\an8} that editors leave in SubRip files
_NAME_WORD = r"[A-ZÁÉÍÓÚÑÜ][\w.'’-]*"
_LABEL = re.compile(rf"({_NAME_WORD}(?: (?:de|del|la|von|van|{_NAME_WORD})){{0,4}})[ \t]?:[ \t]+(?=\S)")
# A label of one word that comes once may as well be an ordinary word before a colon ("Ejemplo: ...").
_ENOUGH_LABELS = 2


def read_subtitles(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Cues:
    """Return the file's cues with overlapping repeats taken out.

    Raises UnsupportedFile when the bytes are no text.
    """
    text, notices = decode(data, path)
    metadata = Metadata()
    cues: list[Cue] = []
    broken = 0
    for block in _blocks(text.replace("\f", "\n")):
        if block[0].lstrip().startswith("NOTE"):
            metadata = _header(block) if metadata == Metadata() else metadata
            continue
        timing = next((i for i, line in enumerate(block[:2]) if "->" in line), None)
        if timing is None:
            metadata = _header(block) if block[0].startswith("WEBVTT") and metadata == Metadata() else metadata
            continue
        times = _times(block[timing])
        if times is None:
            broken += 1
            continue
        cues.extend(_cues(times, block[timing + 1 :]))
    if broken:
        notices = (*notices, Notice("cues_damaged", params=(("count", str(broken)),)))
    return Cues(tuple(_without_repeats(_labelled(cues))), metadata, notices)


def _blocks(text: str) -> list[list[str]]:
    """Part the file at empty lines, and before a timing line that lacks one."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if not line.strip():
            blocks.append([])
        elif _TIMING.fullmatch(line.strip()) and any("->" in earlier for earlier in blocks[-1]):
            number = [blocks[-1].pop()] if blocks[-1][-1].strip().isdigit() else []
            blocks.append([*number, line])
        else:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _header(block: list[str]) -> Metadata:
    """Read `Título:`, `Docente:` and the like from a NOTE or from the lines under WEBVTT."""
    first = block[0].strip().removeprefix("WEBVTT").removeprefix("NOTE").lstrip(" -")
    found = (pair_of(line) for line in (first, *block[1:]))
    return metadata_of(dict(filter(None, found)))


def _times(line: str) -> tuple[float, float] | None:
    """Return a timing line's two times in seconds, or None when it has not two or they run backwards."""
    match = _TIMING.fullmatch(line.strip())
    if match is None:
        return None
    start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:8])
    return (start, end) if start <= end else None


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _cues(times: tuple[float, float], lines: list[str]) -> list[Cue]:
    """Part a cue's lines at its `<v Name>` voices, each with the cue's times; tags and entities become plain text."""
    start, end = times
    said = _VOICE.split("\n".join(lines))
    pairs = [("", said[0]), *zip(said[1::2], said[2::2], strict=True)]
    found = ((one_line(_plain(speaker)), _plain(text)) for speaker, text in pairs)
    return [Cue(start, end, speaker, text) for speaker, text in found if text]


def _plain(text: str) -> str:
    plain = html.unescape(_STYLE.sub("", _TAG.sub("", text)))
    return "\n".join(filter(None, (one_line(line).removeprefix(">> ").strip() for line in plain.split("\n"))))


def _labelled(cues: list[Cue]) -> list[Cue]:
    """Read `NAME: words` as NAME speaking, until another name comes.

    A name counts when it has two words or more, or comes twice; without any, speakers stay as they are.
    """
    labels = Counter(match[1] for cue in cues if not cue.speaker and (match := _LABEL.match(cue.text)))
    names = {label for label, times in labels.items() if times >= _ENOUGH_LABELS or " " in label}
    result: list[Cue] = []
    current = ""
    for cue in cues:
        match = None if cue.speaker else _LABEL.match(cue.text)
        if match and match[1] in names:
            current = match[1]
            result.append(Cue(cue.start, cue.end, current, cue.text[match.end() :]))
        else:
            current = "" if cue.speaker else current
            result.append(Cue(cue.start, cue.end, cue.speaker or current, cue.text))
    return result


def _without_repeats(cues: list[Cue]) -> list[Cue]:
    """Take out what rolling captions show twice: lines of the cue before, or the same cue grown longer."""
    result: list[Cue] = []
    shown: list[str] = []
    for cue in cues:
        lines = cue.text.split("\n")
        new = lines[_overlap(shown, lines) :]
        shown = lines
        if result and result[-1].speaker == cue.speaker and not new:
            result[-1] = Cue(result[-1].start, max(result[-1].end, cue.end), cue.speaker, result[-1].text)
        elif (
            result
            and len(new) == 1
            and new[0].startswith(result[-1].text + " ")
            and cue.start <= result[-1].end + 0.5
        ):
            result[-1] = Cue(result[-1].start, max(result[-1].end, cue.end), cue.speaker, new[0])
        elif new:
            result.append(Cue(cue.start, cue.end, cue.speaker, " ".join(new)))
    return result


def _overlap(before: list[str], lines: list[str]) -> int:
    """Return how many of the first `lines` are the last ones of `before`."""
    longest = min(len(before), len(lines))
    return next((n for n in range(longest, 0, -1) if before[-n:] == lines[:n]), 0)
