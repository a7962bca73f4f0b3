"""What a format gives to a kind: text, pages, slides, cues or rows, already clean, and its header."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.model import Notice


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file's header says: "" where it says nothing, `date` as ISO. `deck`: it calls itself slides."""

    title: str = ""
    author: str = ""
    url: str = ""
    session: str = ""
    date: str = ""
    deck: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of plain text or Markdown."""

    text: str
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page's text; `number` counts from 1. `landscape` is None where the format has no page size.

    `title` is the page's heading as its type shows it (the text then does not repeat it), "" where none stands out.
    """

    number: int
    text: str
    landscape: bool | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """A file that comes in pages; those without text are absent and have a notice."""

    pages: tuple[Page, ...]
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide of a file that knows its slides; `number` counts from 1, text and notes are Markdown."""

    number: int
    title: str
    text: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Slides:
    """A deck whose file parts its slides."""

    slides: tuple[Slide, ...]
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """Words said from `start` to `end` (seconds) by `speaker`, "" where unknown.

    `confidence` is the transcriber's mean probability of a token and `silence` that of nobody having spoken; 1
    and 0 where it gave none.
    """

    start: float
    end: float
    speaker: str
    text: str
    confidence: float = 1.0
    silence: float = 0.0


@dataclass(frozen=True, slots=True)
class Cues:
    """A timed transcript, in the file's order."""

    cues: tuple[Cue, ...]
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells as text, each as long as `columns`; the columns' names are as the file has them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


Blocks = Text | Pages | Slides | Cues | Table


def as_text(blocks: Blocks) -> str:
    """Return all the text of `blocks`: pages, slides, cues and rows one after the other."""
    match blocks:
        case Text(text=text):
            return text
        case Pages(pages=pages):
            return "\n\n".join(f"{page.title}\n{page.text}".strip("\n") for page in pages)
        case Slides(slides=slides):
            return "\n\n".join(f"{slide.title}\n{slide.text}\n{slide.notes}".strip("\n") for slide in slides)
        case Cues(cues=cues):
            return "\n".join(cue.text for cue in cues)
        case Table(rows=rows):
            return "\n".join("\t".join(row) for row in rows)
