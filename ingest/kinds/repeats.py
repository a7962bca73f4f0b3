"""Slides that a deck shows more than once: animation steps saved as pages, section slides that come back. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from ingest.clean import folded
from ingest.model import Notice, Section

_WORD = re.compile(r"\w{2,}")
# Share of a slide's different words that a fuller slide of the same title must hold for it to be a step towards that
# one; OCR reads the same line a little differently each time, which costs some words.
_CONTAINED = 0.9
# A slide of one or two different words says too little to be called a repeat of a fuller one.
_ENOUGH_WORDS = 3
# Fullest slides of one title that the others are compared with, so that a deck of one title takes no longer.
_MAX_COMPARED = 64


def without_repeats(sections: Sequence[Section]) -> tuple[tuple[Section, ...], tuple[Notice, ...]]:
    """Return the slides without those that another slide holds, and a notice for each that went.

    Of slides with the same words the first stays; of steps with the same title the fullest does. A slide whose
    notes the other does not have stays.
    """
    words = [frozenset(_WORD.findall(folded(f"{section.title} {section.text}"))) for section in sections]
    kept_for: dict[int, int] = {}
    first: dict[frozenset[str], int] = {}
    titles: dict[str, list[int]] = defaultdict(list)
    for i, section in enumerate(sections):
        same = first.setdefault(words[i], i)
        if same != i and words[i] and _may_go(section, sections[same]):
            kept_for[i] = same
        elif section.title:
            titles[folded(section.title)].append(i)
    for group in titles.values():
        kept: list[int] = []
        for i in sorted(group, key=lambda i: (-len(words[i]), i)):
            fuller = next((j for j in kept if _holds(words[j], words[i]) and _may_go(sections[i], sections[j])), None)
            if fuller is not None:
                kept_for[i] = fuller
            elif len(kept) < _MAX_COMPARED:
                kept.append(i)
    notices = tuple(_notice(sections[i], sections[_last(kept_for, i)]) for i in sorted(kept_for))
    return tuple(section for i, section in enumerate(sections) if i not in kept_for), notices


def _holds(fuller: frozenset[str], words: frozenset[str]) -> bool:
    return len(words) >= _ENOUGH_WORDS and len(words & fuller) >= _CONTAINED * len(words)


def _may_go(section: Section, kept: Section) -> bool:
    return not section.notes or section.notes == kept.notes


def _last(kept_for: dict[int, int], i: int) -> int:
    while i in kept_for:
        i = kept_for[i]
    return i


def _notice(section: Section, kept: Section) -> Notice:
    number, other = (f"{place.locator.start:g}" for place in (section, kept))
    return Notice("slide_repeated", number, (("slide", number), ("kept", other), ("title", section.title)))
