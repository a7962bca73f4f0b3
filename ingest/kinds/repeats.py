"""Slides that a deck shows more than once: animation steps saved as pages, section slides that come back. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ingest.clean import folded
from ingest.model import Notice, Section
from ingest.steps import steps_notice

_WORD = re.compile(r"\w{2,}")
# Words, and the letters, figures and signs that tell one formula from another.
_TOKEN = re.compile(r"\w+|[=+/^<>≤≥≠∑∏∫√−]|(?<=[\w)}] )-(?= )|(?<=[\w)}])-(?=\w)")
# Share of a slide's different words that a fuller slide of the same title must hold for it to be a step towards that
# one; OCR reads the same line a little differently each time, which costs some words.
_CONTAINED = 0.9
# A slide of one or two different words says too little to be called a repeat of a fuller one, unless nothing but
# slides of its title lies between them.
_ENOUGH_WORDS = 3
# Fullest slides of one title that the others are compared with, so that a deck of one title takes no longer.
_MAX_COMPARED = 64


def without_repeats(
    sections: Sequence[Section], rough: bool = False
) -> tuple[tuple[Section, ...], tuple[Notice, ...]]:
    """Return the slides without those that another slide holds, and a notice for each run of steps or repeat.

    Of slides with the same words the first stays, or the last of a run of them; of steps with the same title the
    fullest does. A slide whose notes the other does not have stays. `rough` is for text whose letters cannot be
    relied on, as that of OCR.
    """
    pattern = _WORD if rough else _TOKEN
    words = [frozenset(pattern.findall(folded(f"{section.title} {section.text}"))) for section in sections]
    share = _CONTAINED if rough else 1.0
    kept_for = _same(sections, words)
    titles: dict[str, list[int]] = defaultdict(list)
    for i, section in enumerate(sections):
        if section.title and i not in kept_for:
            titles[folded(section.title)].append(i)
    runs = _runs(sections)
    for group in titles.values():
        kept: list[int] = []
        for i in sorted(group, key=lambda i: (-len(words[i]), i)):
            fuller = next(
                (
                    j
                    for j in kept
                    if _holds(words[j], words[i], share, leads_to=j > i and runs[i] == runs[j])
                    and _may_go(sections[i], sections[j])
                ),
                None,
            )
            if fuller is not None:
                kept_for[i] = fuller
            elif len(kept) < _MAX_COMPARED:
                kept.append(i)
    notices = tuple(_notices(sections, kept_for))
    return tuple(section for i, section in enumerate(sections) if i not in kept_for), notices


def _same(sections: Sequence[Section], words: Sequence[frozenset[str]]) -> dict[int, int]:
    """Return for each slide that says what another says, that one: the first, but of slides in a row the last.

    The steps of an animation may all hold the words that only its last step shows.
    """
    kept_for: dict[int, int] = {}
    kept: dict[frozenset[str], int] = {}
    for i, section in enumerate(sections):
        same = kept.setdefault(words[i], i)
        if same == i or not words[i]:
            continue
        if same == i - 1 and _may_go(sections[same], section):
            kept_for[same] = kept[words[i]] = i
        elif _may_go(section, sections[same]):
            kept_for[i] = same
    return kept_for


def _runs(sections: Sequence[Section]) -> list[int]:
    """Return for each slide where the run of slides with its title that it stands in begins."""
    runs: list[int] = []
    for i, section in enumerate(sections):
        goes_on = i > 0 and section.title and folded(section.title) == folded(sections[i - 1].title)
        runs.append(runs[-1] if goes_on else i)
    return runs


def _holds(fuller: frozenset[str], words: frozenset[str], share: float, leads_to: bool) -> bool:
    if leads_to and words < fuller:
        return True
    return len(words) >= _ENOUGH_WORDS and len(words & fuller) >= share * len(words)


def _may_go(section: Section, kept: Section) -> bool:
    return not section.notes or section.notes == kept.notes


def _last(kept_for: dict[int, int], i: int) -> int:
    """Return the slide that stands for `i` in the end, and let all on the way there point to it."""
    way = []
    while i in kept_for:
        way.append(i)
        i = kept_for[i]
    kept_for.update(dict.fromkeys(way, i))
    return i


def _notices(sections: Sequence[Section], kept_for: dict[int, int]) -> Iterator[Notice]:
    """Yield a notice for each run of steps right before the slide that they lead to, and for each other repeat."""
    gone = sorted(kept_for)
    at = 0
    while at < len(gone):
        start = gone[at]
        kept = _last(kept_for, start)
        end = at
        while end + 1 < len(gone) and gone[end + 1] == gone[end] + 1 and _last(kept_for, gone[end + 1]) == kept:
            end += 1
        number = int(sections[kept].locator.start)
        if kept == gone[end] + 1:
            yield steps_notice(int(sections[start].locator.start), int(sections[gone[end]].locator.start), number)
        else:
            for i in gone[at : end + 1]:
                place = f"{sections[i].locator.start:g}"
                params = (("slide", place), ("kept", str(number)), ("title", sections[i].title))
                yield Notice("slide_repeated", place, params)
        at = end + 1
