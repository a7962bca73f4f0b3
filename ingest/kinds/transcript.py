"""A talk's transcript: stretches of talk whose marks tell when, or in which part, each words were said, and by whom.

Timed transcripts are located in seconds. Without times a talk is often one enormous line, where line numbers help
nobody: it is counted in parts of about a minute of speech, which says how far into the recording to look. What a
machine invented, looped or glued is cleaned on the way (`ingest.kinds.machine`, `ingest.kinds.glued`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.clean import one_line
from ingest.errors import NoSpeech
from ingest.formats.blocks import Blocks, Cue, Cues, Metadata, as_text
from ingest.formats.markdown.front_matter import metadata_of, pair_of
from ingest.kinds.glued import readings, vocabulary_of
from ingest.kinds.machine import SENTENCE_END, Said, cleaned, notice, said
from ingest.kinds.session import session_of
from ingest.kinds.stamped import stamped, turn_of
from ingest.kinds.voices import one_name_each
from ingest.model import Document, Kind, Locator, LocatorType, Mark, Notice, Section

SECTION_SECONDS = 300.0
# A section waits this long for a sentence to end; unpunctuated speech is cut then.
_PATIENCE_SECONDS = 60.0
# Words a minute of a lecture (Tauroza and Allison 1990 measured 125 to 160 for lectures in English).
PART_WORDS = 150
SECTION_PARTS = 10
_PARAGRAPH_WORDS = 90
_TITLE_WORDS = 16
_VALUE_WORDS = 20

_ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]{0,3}$")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*)")


@dataclass(frozen=True, slots=True)
class Talk:
    """The sections of a talk and what was cleaned on the way to them."""

    sections: tuple[Section, ...]
    notices: tuple[Notice, ...] = ()


def build_transcript(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return the one document of a talk; a text whose lines say when they were said is a timed one.

    Raises NoSpeech when it holds nothing but what a transcriber invents where nobody speaks.
    """
    metadata = blocks.metadata
    if isinstance(blocks, Cues):
        talk = timed_talk(blocks.cues)
    else:
        metadata, lines = _header(as_text(blocks).strip().split("\n"), metadata)
        timed = stamped("\n".join(lines))
        if timed.cues:
            metadata, before = _title_line(timed.before, metadata)
            talk = timed_talk((*_cue_before(before, timed.cues), *timed.cues))
        else:
            talk = untimed_talk(_turns("\n".join(lines)))
    if talk.notices and not talk.sections:
        raise NoSpeech(path=path, words=dict(talk.notices[0].params).get("words", ""))
    title = metadata.title
    session = metadata.session or session_of(title)
    document = Document(path, "", Kind.TRANSCRIPT, title, talk.sections, metadata.author, metadata.url, session)
    return (replace(document, date=metadata.date, notices=_joined(blocks.notices, talk.notices)),)


def timed_talk(cues: Sequence[Cue]) -> Talk:
    """Return sections of about five minutes that end where a sentence does, with a mark for each cue."""
    names = one_name_each(cue.speaker for cue in cues)
    talk = [
        said(cue.text, _time(cue), names.get(cue.speaker, ""), cue.confidence, cue.silence)
        for cue in cues
        if cue.text.strip()
    ]
    kept, notices = cleaned(talk)
    groups: list[list[Said]] = []
    started = 0.0
    before = ""
    for one in kept:
        lasted = one.locator.start - started
        full = bool(groups and before) and (
            lasted >= SECTION_SECONDS + _PATIENCE_SECONDS
            or (lasted >= SECTION_SECONDS and _ENDS_SENTENCE.search(before) is not None)
        )
        if not groups or full:
            groups.append([])
            started, before = one.locator.start, ""
        groups[-1].append(one)
        before = one.text or before
    return _finished(groups, notices, names)


def untimed_talk(turns: Iterable[tuple[str, str]]) -> Talk:
    """Return sections of ten parts from (speaker, text) turns; a part is about a minute of speech, counted from 1."""
    turns = list(turns)
    names = one_name_each(speaker for speaker, _ in turns)
    talk: list[Said] = []
    words = 0
    for speaker, text in turns:
        for sentence in _sentences(text):
            number = words // PART_WORDS + 1
            words += len(sentence.split())
            talk.append(said(sentence, Locator(LocatorType.SECTION, number, number), names.get(speaker, "")))
    kept, notices = cleaned(talk)
    groups: dict[int, list[Said]] = {}
    for one in kept:
        groups.setdefault((int(one.locator.start) - 1) // SECTION_PARTS, []).append(one)
    return _finished(list(groups.values()), notices, names)


def is_timed(text: str) -> bool:
    """Say whether a text's lines say when they were said, as transcription services write them."""
    return bool(stamped(text).cues)


def has_turns(text: str) -> bool:
    """Say whether most lines begin with the name of who speaks."""
    lines = [line for line in text.split("\n") if line.strip()]
    names = Counter(name for line in lines if (name := turn_of(line)[0]))
    return len(lines) >= 4 and sum(n for n in names.values() if n > 1) > len(lines) / 2


def _time(cue: Cue) -> Locator:
    return Locator(LocatorType.TIME, cue.start, cue.end)


def _finished(groups: Sequence[Sequence[Said]], notices: tuple[Notice, ...], names: dict[str, str]) -> Talk:
    """Make sections of what was said together, and find the words that run together in them."""
    sections = [_section(group) for group in _with_words(groups)]
    vocabulary = vocabulary_of(section.text for section in sections)
    result = []
    places: list[Locator] = []
    found: list[str] = []
    for section in sections:
        read = readings(section.text, vocabulary)
        offsets = [mark.offset for mark in section.marks]
        for reading in read:
            places.append(section.marks[bisect_right(offsets, reading.start) - 1].locator)
            found.append(f"{section.text[reading.start : reading.end]} → {reading.text}")
        result.append(replace(section, readings=read) if read else section)
    if found:
        notices = (*notices, notice("words_glued", str(len(found)), places, found))
    joined = [f"{name} → {one}" for name, one in names.items() if name != one]
    if joined:
        notices = (*notices, Notice("speakers_joined", params=(("names", " | ".join(joined)),)))
    return Talk(tuple(result), notices)


def _with_words(groups: Sequence[Sequence[Said]]) -> list[list[Said]]:
    """Return groups that each keep some words: one that keeps none goes with the one before it, or after."""
    joined: list[list[Said]] = []
    waiting: list[Said] = []
    for group in groups:
        if any(one.text for one in group):
            joined.append([*waiting, *group])
            waiting = []
        elif joined:
            joined[-1] += group
        else:
            waiting += group
    return joined


def _section(group: Sequence[Said]) -> Section:
    """Join what was said: a space between cues, a paragraph at a change of speaker, of part, or when it is long.

    A cue has a mark of its own; the sentences of one speaker in one part share theirs.
    """
    pieces: list[str] = []
    marks: list[Mark] = []
    length = words = 0
    before: Said | None = None
    for one in group:
        if not one.text:
            continue
        same = before is not None and _in_one_part(before, one)
        new = before is not None and not same and _begins_paragraph(before, one, words)
        gap = "" if before is None else "\n\n" if new else " "
        words = len(one.text.split()) + (0 if new else words)
        length += len(gap)
        if not same:
            marks.append(Mark(length, one.locator, one.speaker))
        pieces += (gap, one.text)
        length += len(one.text)
        before = one
    locator = group[0].locator
    for one in group[1:]:
        locator = locator.joined(one.locator)
    changed = any(one.text != one.written for one in group)
    original = " ".join(one.written for one in group) if changed else ""
    return Section("", locator, "".join(pieces), tuple(marks), original=original)


def _in_one_part(before: Said, one: Said) -> bool:
    together = (before.speaker, before.locator) == (one.speaker, one.locator)
    return together and one.locator.type is LocatorType.SECTION


def _begins_paragraph(before: Said, one: Said, words: int) -> bool:
    if before.speaker != one.speaker:
        return True
    if one.locator.type is LocatorType.SECTION and one.locator != before.locator:
        return True
    return words >= _PARAGRAPH_WORDS and _ENDS_SENTENCE.search(before.text) is not None


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences; speech without punctuation comes in runs of a part's words."""
    for sentence in SENTENCE_END.split(one_line(text)):
        words = sentence.split()
        for start in range(0, len(words), PART_WORDS):
            yield " ".join(words[start : start + PART_WORDS])


def _header(lines: Sequence[str], metadata: Metadata) -> tuple[Metadata, list[str]]:
    """Take the title from a heading on the first line, and what `Key: value` lines under it say.

    A line whose key says nothing of a file stays, and so does one whose key comes again: that is somebody speaking.
    """
    heading = _HEADING.fullmatch(lines[0])
    title = one_line(heading[1]) if heading else ""
    pairs: dict[str, str] = {}
    at = 1 if heading else 0
    keys = Counter(pair[0] for line in lines if (pair := pair_of(line)))
    while at < len(lines):
        pair = pair_of(lines[at])
        if (
            pair
            and keys[pair[0]] == 1
            and len(pair[1].split()) <= _VALUE_WORDS
            and metadata_of(dict([pair])) != Metadata()
        ):
            pairs[pair[0]] = pair[1]
        elif lines[at].strip():
            break
        at += 1
    found = metadata_of(pairs)
    known = replace(
        metadata,
        title=metadata.title or found.title or title,
        author=metadata.author or found.author,
        url=metadata.url or found.url,
        session=metadata.session or found.session,
        date=metadata.date or found.date,
    )
    return known, list(lines[at:])


def _title_line(before: Sequence[str], metadata: Metadata) -> tuple[Metadata, Sequence[str]]:
    """Take a short first line above the times for the title, where nothing else names the talk."""
    if metadata.title or not before:
        return metadata, before
    line = one_line(before[0])
    if len(line.split()) > _TITLE_WORDS or line.endswith((".", ":", ",", ";")):
        return metadata, before
    return replace(metadata, title=line), before[1:]


def _cue_before(lines: Sequence[str], cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield the lines above the first time as words from the beginning, so that none is lost."""
    words = one_line(" ".join(lines))
    if words:
        yield Cue(0.0, cues[0].start, "", words)


def _turns(text: str) -> Iterator[tuple[str, str]]:
    """Yield (speaker, words); a name counts as a speaker when it begins two lines or more."""
    lines = [line for line in text.split("\n") if line.strip()]
    names = Counter(name for line in lines if (name := turn_of(line)[0]))
    speaker = ""
    for line in lines:
        name, words = turn_of(line)
        if name and names[name] > 1:
            speaker = name
            yield speaker, words
        else:
            yield speaker, line


def _joined(before: tuple[Notice, ...], found: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """Return a format's notices and ours; what both counted is one notice with the sum."""
    sounds = [one for one in (*before, *found) if one.code == "sounds_left_out"]
    if len(sounds) < 2:
        return (*before, *found)
    total = sum(int(dict(one.params)["count"]) for one in sounds)
    rest = [one for one in (*before, *found) if one.code != "sounds_left_out"]
    return (*rest, Notice("sounds_left_out", params=(("count", str(total)),)))
