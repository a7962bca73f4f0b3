"""How much of a deck's text comes back from its file: letters and digits recovered, slide by slide, and titles."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from benchmarks.decks.lecture import LectureSlide
from ingest.model import Document


@dataclass(frozen=True, slots=True)
class Recovery:
    """Letters and digits of the source, those recovered in order, those read that are not in it; titles likewise."""

    letters: int
    recovered: int
    added: int
    titles: int
    titles_right: int

    def __add__(self, other: Recovery) -> Recovery:
        return Recovery(
            self.letters + other.letters,
            self.recovered + other.recovered,
            self.added + other.added,
            self.titles + other.titles,
            self.titles_right + other.titles_right,
        )


NOTHING = Recovery(0, 0, 0, 0, 0)


def recovery(slides: Sequence[LectureSlide], document: Document) -> Recovery:
    """Compare each slide with what was read of it; a slide longer than its page is read from as many sections.

    A section belongs to the slide that it shares most with.
    """
    pieces: list[list[str]] = [[] for _ in slides]
    titles: list[list[str]] = [[] for _ in slides]
    for section in document.sections:
        text = letters_of(f"{section.title} {section.text}")
        at = max(range(len(slides)), key=lambda i: _shared(letters_of(f"{slides[i].title} {slides[i].text}"), text))
        pieces[at].append(f"{section.title} {section.text}")
        titles[at].append(section.title)
    found = NOTHING
    for slide, read, named in zip(slides, pieces, titles, strict=True):
        source, target = letters_of(f"{slide.title} {slide.text}"), letters_of(" ".join(read))
        same = _shared(source, target)
        right = any(letters_of(title) == letters_of(slide.title) for title in named)
        found += Recovery(len(source), same, len(target) - same, 1, int(right))
    return found


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, composed, in order: what layouts and marks do not change."""
    return "".join(char for char in unicodedata.normalize("NFC", text) if char.isalnum())


def _shared(source: str, target: str) -> int:
    matcher = SequenceMatcher(None, source, target, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())
