"""A talk's transcript: stretches of talk whose marks tell when, or in which part, each words were said, and by whom.

Timed transcripts are located in seconds. Without times a talk is often one enormous line, where line numbers help
nobody: it is counted in parts of about a minute of speech, which says how far into the recording to look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.clean import one_line
from ingest.formats.blocks import Blocks, Cue, Cues, as_text
from ingest.kinds.session import session_of
from ingest.model import Document, Kind, Locator, LocatorType, Mark, Section

SECTION_SECONDS = 300.0
# A section waits this long for a sentence to end; unpunctuated speech is cut then.
_PATIENCE_SECONDS = 60.0
# Words a minute of a lecture (Tauroza and Allison 1990 measured 125 to 160 for lectures in English).
PART_WORDS = 150
SECTION_PARTS = 10
_PARAGRAPH_WORDS = 90

_SOUND = re.compile(
    r"[\[(][ \t]*(?:(?:la |sound of )?(?:m[uú]sica|music|aplausos?|applause|risas?|laughter|laughs|ruido|noise"
    r"|silencio|silence|tos|cough|inaudible|ininteligible|crosstalk|blank_audio|sonido|sound))\b"
    r"[^\[\]()\n]{0,40}[\])]|[♪♫♬]+",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]{0,3}\s+")
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]{0,3}$")
_STAMPED = re.compile(
    r"[ \t]*[\[(]?(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,]\d{1,3})?[\])]?[ \t]*[-–—|:]?[ \t]*(?=\S|$)(.*)"
)
_TURN = re.compile(r"(?:\*\*)?([A-ZÁÉÍÓÚÑÜ][\w.'’-]*(?: [\w.'’-]+){0,4})(?:\*\*)?[ \t]?:(?:\*\*)?[ \t]+(\S.*)")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*)")


@dataclass(frozen=True, slots=True)
class _Said:
    """Words of one speaker from one place."""

    text: str
    locator: Locator
    speaker: str = ""


def build_transcript(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return the one document of a talk; a text whose lines begin with times is a timed one."""
    metadata = blocks.metadata
    title = metadata.title
    if isinstance(blocks, Cues):
        sections = timed_sections(blocks.cues)
    else:
        title, text = _title_of(as_text(blocks), title)
        cues = _stamped_cues(text)
        sections = timed_sections(cues) if cues else untimed_sections(_turns(text))
    session = metadata.session or session_of(title)
    document = Document(path, "", Kind.TRANSCRIPT, title, sections, metadata.author, metadata.url, session)
    return (replace(document, notices=blocks.notices),)


def timed_sections(cues: Sequence[Cue]) -> tuple[Section, ...]:
    """Return sections of about five minutes that end where a sentence does, with a mark for each cue."""
    groups: list[list[_Said]] = []
    started = 0.0
    for cue in cues:
        text = without_sounds(cue.text)
        if not text:
            continue
        said = _Said(text, Locator(LocatorType.TIME, cue.start, cue.end), cue.speaker)
        lasted = cue.start - started
        full = lasted >= SECTION_SECONDS + _PATIENCE_SECONDS or (
            lasted >= SECTION_SECONDS and groups and _ENDS_SENTENCE.search(groups[-1][-1].text)
        )
        if not groups or full:
            groups.append([])
            started = cue.start
        groups[-1].append(said)
    return tuple(_section(group) for group in groups)


def untimed_sections(turns: Iterable[tuple[str, str]]) -> tuple[Section, ...]:
    """Return sections of ten parts from (speaker, text) turns; a part is about a minute of speech, counted from 1."""
    parts: list[_Said] = []
    words = 0
    for speaker, text in turns:
        for sentence in _sentences(without_sounds(text)):
            number = words // PART_WORDS + 1
            words += len(sentence.split())
            if parts and parts[-1].locator.start == number and parts[-1].speaker == speaker:
                parts[-1] = replace(parts[-1], text=f"{parts[-1].text} {sentence}")
            else:
                parts.append(_Said(sentence, Locator(LocatorType.SECTION, number, number), speaker))
    groups: dict[int, list[_Said]] = {}
    for part in parts:
        groups.setdefault((int(part.locator.start) - 1) // SECTION_PARTS, []).append(part)
    return tuple(_section(group) for group in groups.values())


def is_timed(text: str) -> bool:
    """Say whether a text's lines begin with times, as transcription services write them."""
    return bool(_stamped_cues(text))


def has_turns(text: str) -> bool:
    """Say whether most lines begin with the name of who speaks."""
    lines = [line for line in text.split("\n") if line.strip()]
    names = Counter(match[1] for line in lines if (match := _TURN.match(line)))
    return len(lines) >= 4 and sum(n for n in names.values() if n > 1) > len(lines) / 2


def without_sounds(text: str) -> str:
    """Return one line of speech without what a transcriber noted of sounds, as [MÚSICA] or (risas)."""
    return one_line(_SOUND.sub(" ", text))


def _section(group: Sequence[_Said]) -> Section:
    """Join what was said: a space between cues, a paragraph at a change of speaker, of part, or when it is long."""
    text = ""
    words = 0
    marks: list[Mark] = []
    before: _Said | None = None
    pieces: list[str] = []
    length = 0
    for said in group:
        new = before is not None and (
            before.speaker != said.speaker
            or (said.locator.type is LocatorType.SECTION and said.locator != before.locator)
            or (words >= _PARAGRAPH_WORDS and _ENDS_SENTENCE.search(before.text) is not None)
        )
        gap = "" if before is None else "\n\n" if new else " "
        words = len(said.text.split()) + (0 if new else words)
        length += len(gap)
        marks.append(Mark(length, said.locator, said.speaker))
        pieces += (gap, said.text)
        length += len(said.text)
        before = said
    text = "".join(pieces)
    locator = group[0].locator
    for said in group[1:]:
        locator = locator.joined(said.locator)
    return Section("", locator, text, tuple(marks))


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences; speech without punctuation comes in runs of a part's words."""
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split()
        for start in range(0, len(words), PART_WORDS):
            yield " ".join(words[start : start + PART_WORDS])


def _title_of(text: str, title: str) -> tuple[str, str]:
    """Take the title from a heading on the first line, unless the file's header gave one."""
    lines = text.strip().split("\n")
    match = _HEADING.fullmatch(lines[0])
    return (title or one_line(match[1]), "\n".join(lines[1:])) if match else (title, text)


def _stamped_cues(text: str) -> tuple[Cue, ...]:
    """Read lines that begin with a time; lines without one go on with the words before. () when few have one."""
    starts: list[tuple[float, list[str]]] = []
    lines = [line for line in text.split("\n") if line.strip()]
    for line in lines:
        match = _STAMPED.fullmatch(line)
        if match:
            starts.append((int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]), [match[4]]))
        elif starts:
            starts[-1][1].append(line)
    times = [start for start, _ in starts]
    if len(starts) < 3 or len(starts) * 4 < len(lines) or any(a > b for a, b in pairwise(times)):
        return ()
    ends = [*times[1:], times[-1]]
    return tuple(
        Cue(start, end, turn[0], turn[1])
        for (start, said), end in zip(starts, ends, strict=True)
        if (turn := _turn(one_line(" ".join(said))))[1]
    )


def _turns(text: str) -> Iterator[tuple[str, str]]:
    """Yield (speaker, words); a name counts as a speaker when it begins two lines or more."""
    lines = [line for line in text.split("\n") if line.strip()]
    names = Counter(match[1] for line in lines if (match := _TURN.match(line)))
    speaker = ""
    for line in lines:
        name, words = _turn(line)
        if name and names[name] > 1:
            speaker = name
            yield speaker, words
        else:
            yield speaker, line


def _turn(line: str) -> tuple[str, str]:
    match = _TURN.fullmatch(line)
    return (match[1], match[2]) if match else ("", line)
