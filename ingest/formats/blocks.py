"""What a format gives to a kind: text, pages or cues, already clean, each with what the file says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.model import Notice


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file's header says: "" where it says nothing. `deck` is whether it declares itself to be slides."""

    title: str = ""
    author: str = ""
    url: str = ""
    session: str = ""
    deck: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of plain text or Markdown."""

    text: str
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page's text; `number` counts from 1. `landscape` is None where the format has no page size."""

    number: int
    text: str
    landscape: bool | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """A file that comes in pages; those without text are absent and have a notice."""

    pages: tuple[Page, ...]
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """Words said from `start` to `end` (seconds) by `speaker`, "" where unknown."""

    start: float
    end: float
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Cues:
    """A timed transcript, in the file's order."""

    cues: tuple[Cue, ...]
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


Blocks = Text | Pages | Cues


def as_text(blocks: Blocks) -> str:
    """Return all the text of `blocks`, pages and cues one after the other."""
    match blocks:
        case Text(text=text):
            return text
        case Pages(pages=pages):
            return "\n\n".join(page.text for page in pages)
        case Cues(cues=cues):
            return "\n".join(cue.text for cue in cues)
