"""Makes the files of a big semester from the sample course's sentences: the same files for the same number.

    python -m benchmarks.semester FOLDER [--files 2000]

Transcripts, decks, notes, guides and summaries in ten formats, in folders of sessions, as long as real ones.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "samples"
FILES_A_SESSION = 20
WORDS_A_SECOND = 2.5


@dataclass(frozen=True, slots=True)
class Writer:
    """A format and how many of a session's twenty files have it."""

    suffix: str
    share: int
    write: Callable[[Path, str, list[str]], None]


def make(folder: Path, files: int) -> None:
    """Write `files` files into folders of sessions."""
    sentences = sample_sentences()
    turns = [writer for writer in WRITERS for _ in range(writer.share)]
    for number in range(files):
        chance = random.Random(number)
        session = folder / f"Sesión {number // FILES_A_SESSION + 1:02d}"
        session.mkdir(parents=True, exist_ok=True)
        writer = turns[number % len(turns)]
        title = f"{chance.choice(TOPICS)} {number}"
        chosen = [chance.choice(sentences) for _ in range(60)]
        writer.write(session / f"{number:04d}{writer.suffix}", title, chosen)


def hour(path: Path) -> None:
    """Write the subtitles of one hour of speech."""
    chance = random.Random(1)
    sentences = sample_sentences()
    needed = int(3600 * WORDS_A_SECOND)
    said: list[str] = []
    while sum(len(sentence.split()) for sentence in said) < needed:
        said.append(chance.choice(sentences))
    _vtt(path, "Una hora de clase", said)


def text_pages(path: Path, pages: int) -> None:
    """Write a PDF of upright pages full of text, with a running header and page numbers."""
    from fpdf import FPDF

    chance = random.Random(2)
    sentences = sample_sentences()
    pdf = FPDF()
    pdf.set_auto_page_break(auto=False)
    pdf.set_font("Helvetica", size=11)
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.cell(0, 8, "Apuntes del curso", new_x="LMARGIN", new_y="NEXT")
        while pdf.get_y() < 255:
            pdf.multi_cell(0, 6, _latin(chance.choice(sentences)), new_x="LMARGIN", new_y="NEXT")
        pdf.set_y(-15)
        pdf.cell(0, 8, str(number), align="C")
    pdf.output(str(path))


def sample_sentences() -> list[str]:
    """Return the sentences of the sample course's guide and summaries, without Markdown's marks."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(SAMPLES.rglob("*.md")))
    lines = (re.sub(r"[*`#$|_<>\[\]-]+", " ", line).strip() for text in texts for line in text.split("\n"))
    pieces = (piece.strip() for line in lines for piece in re.split(r"(?<=[.?!])\s+", line))
    return [" ".join(piece.split()) for piece in pieces if len(piece.split()) > 6]


def _markdown(path: Path, title: str, sentences: list[str]) -> None:
    parts = [f"## Apartado {i}\n\n{' '.join(chunk)}" for i, chunk in enumerate(_chunks(sentences, 6), start=1)]
    path.write_text(f"# {title}\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")


def _deck(path: Path, title: str, sentences: list[str]) -> None:
    slides = [
        f"# {title}: parte {i}\n\n" + "\n".join(f"- {line}" for line in chunk)
        for i, chunk in enumerate(_chunks(sentences, 4))
    ]
    path.write_text("\n\n---\n\n".join(slides) + "\n", encoding="utf-8")


def _guide(path: Path, title: str, sentences: list[str]) -> None:
    questions = [
        f"{i}. ¿Qué se sabe del punto {i} de {title}?\n\n{' '.join(chunk)}"
        for i, chunk in enumerate(_chunks(sentences, 4), start=1)
    ]
    path.write_text(f"# {title}\n\n" + "\n\n".join(questions) + "\n", encoding="utf-8")


def _speech(path: Path, title: str, sentences: list[str]) -> None:
    path.write_text(f"# {title}\n\n" + " ".join(sentences * 3), encoding="utf-8")


def _vtt(path: Path, title: str, sentences: list[str]) -> None:
    cues = (f"{_stamp(start)} --> {_stamp(end)}\n{words}" for start, end, words in _timed(sentences))
    path.write_text(f"WEBVTT\n\nNOTE\nTítulo: {title}\n\n" + "\n\n".join(cues) + "\n", encoding="utf-8")


def _srt(path: Path, _title: str, sentences: list[str]) -> None:
    cues = (
        f"{i}\n{_stamp(start)} --> {_stamp(end)}\n{words}".replace(".", ",", 2)
        for i, (start, end, words) in enumerate(_timed(sentences), start=1)
    )
    path.write_text("\n\n".join(cues) + "\n", encoding="utf-8")


def _whisper(path: Path, _title: str, sentences: list[str]) -> None:
    segments = [
        {"start": start, "end": end, "text": words, "avg_logprob": -0.2, "no_speech_prob": 0.01}
        for start, end, words in _timed(sentences)
    ]
    path.write_text(json.dumps({"language": "es", "segments": segments}, ensure_ascii=False), encoding="utf-8")


def _html(path: Path, title: str, sentences: list[str]) -> None:
    body = "".join(f"<h2>Apartado</h2><p>{' '.join(chunk)}</p>" for chunk in _chunks(sentences, 6))
    head = f'<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>{title}</title></head>'
    path.write_text(f"{head}<body><main><h1>{title}</h1>{body}</main></body></html>", encoding="utf-8")


def _pptx(path: Path, title: str, sentences: list[str]) -> None:
    from pptx import Presentation

    deck = Presentation()
    for i, chunk in enumerate(_chunks(sentences, 4), start=1):
        page = deck.slides.add_slide(deck.slide_layouts[1])
        page.shapes.title.text = f"{title} {i}"
        page.placeholders[1].text_frame.text = "\n".join(chunk)
    deck.save(str(path))


def _docx(path: Path, title: str, sentences: list[str]) -> None:
    from docx import Document

    document = Document()
    document.add_heading(title, 0)
    for chunk in _chunks(sentences, 6):
        document.add_heading("Apartado", 1)
        document.add_paragraph(" ".join(chunk))
    document.save(str(path))


def _pdf(path: Path, title: str, sentences: list[str]) -> None:
    from fpdf import FPDF

    pdf = FPDF(orientation="landscape", format=(167, 297))
    for i, chunk in enumerate(_chunks(sentences, 4), start=1):
        pdf.add_page()
        pdf.set_font("Helvetica", size=26)
        pdf.multi_cell(0, 14, _latin(f"{title} {i}"), new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=15)
        for line in chunk:
            pdf.multi_cell(0, 9, "\x95 " + _latin(line), new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(path))


def _chunks(sentences: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(sentences), size):
        yield sentences[start : start + size]


def _timed(sentences: list[str]) -> Iterator[tuple[float, float, str]]:
    """Yield cues of about seven words with their times."""
    words = " ".join(sentences).split()
    for start in range(0, len(words), 7):
        piece = words[start : start + 7]
        begins = start / WORDS_A_SECOND
        yield round(begins, 3), round(begins + len(piece) / WORDS_A_SECOND, 3), " ".join(piece)


def _stamp(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{round(seconds % 1 * 1000):03d}"


def _latin(text: str) -> str:
    """Return the text in the letters of a PDF's built-in fonts."""
    return text.encode("latin-1", "ignore").decode("latin-1")


TOPICS = (
    "Tokenización",
    "Atención",
    "Transformers",
    "Recuperación",
    "Evaluación",
    "Ajuste fino",
    "Sesgos",
    "Embeddings",
)
WRITERS = (
    Writer(".md", 4, _markdown),
    Writer(".deck.md", 2, _deck),
    Writer(".guide.md", 1, _guide),
    Writer(".txt", 3, _speech),
    Writer(".vtt", 2, _vtt),
    Writer(".srt", 1, _srt),
    Writer(".json", 1, _whisper),
    Writer(".html", 1, _html),
    Writer(".pptx", 2, _pptx),
    Writer(".docx", 1, _docx),
    Writer(".pdf", 2, _pdf),
)


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.files)


if __name__ == "__main__":
    main()
