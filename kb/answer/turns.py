"""Who said which part of a passage, and when: one of a class may hold the words of several people. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.model import Mark
from kb import sentences
from kb.model import Citation, Hit, Locator, Passage, Reading
from kb.search.language import fold

LONGEST_QUESTION = 200
"""Characters of a question that is told with the turn after it."""


def turns(hit: Hit, marks: Sequence[Mark], speaker: str = "") -> tuple[Hit, ...]:
    """Return a hit as the turns of those who speak in it, in order; with `speaker`, only those of that one.

    `marks` are those of the passage's section; `speaker` is a part of a name, accents and case aside. Each turn is a
    passage with the id of the whole and its own text, place and speaker. Its heading says who speaks, after whose
    question, if it follows one: that is what it is about. Without marks the hit stays as it is.
    """
    wanted = fold(speaker.strip())
    if not marks:
        return (hit,) if wanted in fold(hit.passage.speaker) else ()
    return tuple(
        replace(hit, passage=turn, snippet="", highlights=())
        for turn in _turns(hit.passage, marks)
        if wanted in fold(turn.speaker)
    )


def placed(citation: Citation, marks: Sequence[Mark]) -> Citation:
    """Return a citation with the place of its quote, and whoever says it, instead of its whole passage's.

    `marks` are those of the passage's section; without any, or without a quote from the passage, nothing changes.
    Of a quote that several people say, the first is named.
    """
    passage = citation.passage
    at = passage.text.find(citation.quote) if citation.quote else -1
    if at < 0:
        return citation
    quoted = replace(passage, start=passage.start + at, text=citation.quote)
    said = next(_stretches(quoted, marks), None) if marks else None
    return citation if said is None else replace(citation, passage=_at(passage, said))


def _at(passage: Passage, said: Passage) -> Passage:
    return replace(passage, speaker=said.speaker, locator=said.locator)


def _turns(passage: Passage, marks: Sequence[Mark]) -> Iterator[Passage]:
    question = ""
    for said in _stretches(passage, marks):
        text = passage.text[said.start - passage.start : said.end - passage.start]
        start = said.start + len(text) - len(text.lstrip())
        end = said.start + len(text.rstrip())
        if start < end:
            voice = " ".join(part for part in (question, said.speaker) if part)
            question = _question(text, said.speaker)
            yield replace(
                passage,
                heading=": ".join(part for part in (passage.heading, voice) if part),
                locator=said.locator,
                speaker=said.speaker,
                start=start,
                end=end,
                text=text.strip(),
                readings=tuple(_readings(passage, start - passage.start, end - passage.start)),
            )


def _question(text: str, speaker: str) -> str:
    """Return the question that a turn ends in, with who asks it, "" where it ends otherwise."""
    last = [span.of(text) for span in sentences.split(text)][-1]
    return f"{speaker}: «{' '.join(last.split())}»" if last.endswith("?") and len(last) <= LONGEST_QUESTION else ""


def _stretches(passage: Passage, marks: Sequence[Mark]) -> Iterator[Passage]:
    """Yield the stretches of a passage by one speaker each: their ends in the section, their place, the speaker."""
    end = passage.start + len(passage.text)
    last: Passage | None = None
    for mark, following in pairwise((*marks, Mark(max(end, marks[-1].offset), marks[-1].locator))):
        begin, stop = max(mark.offset, passage.start), min(following.offset, end)
        if begin >= stop:
            continue
        if last is not None and last.speaker == mark.speaker:
            last = replace(last, end=stop, locator=_joined(last.locator, mark.locator))
            continue
        if last is not None:
            yield last
        last = replace(passage, start=begin, end=stop, speaker=mark.speaker, locator=mark.locator)
    if last is not None:
        yield last


def _joined(one: Locator, other: Locator) -> Locator:
    return one.joined(other) if one.type is other.type else one


def _readings(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    for reading in passage.readings:
        if start <= reading.start and reading.end <= end:
            yield replace(reading, start=reading.start - start, end=reading.end - start)
