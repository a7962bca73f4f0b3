"""The passages, questions and vectors that all are compared on, in plain files that any environment can read.

    python -m benchmarks.peers.corpus XQUAD.json --more FOLDER --out FOLDER [--size 20000]

The passages are those that the product cuts: of the questions' paragraphs, and, to fill up, of Spanish text in FOLDER
(.txt, .html, .md) in an order that the seed decides. Writes `passages.jsonl` (document, paragraph or -1, heading and
text of each passage), `passages.npy` (unit vectors, one row a passage), `questions.jsonl` and `questions.npy`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import platformdirs

from benchmarks import squad
from ingest.errors import IngestError
from ingest.model import Document, Kind, Locator, LocatorType, Section
from ingest.read import read
from kb import chunk
from kb.inference import open_encoder
from kb.inference.protocol import Encoder, Role, Vectors

SUFFIXES = frozenset((".txt", ".html", ".md"))

SHORTEST = 20
"""Words that a passage must have to fill up with: a menu's line or a heading alone distracts nobody."""

NO_PARAGRAPH = -1
"""Stands for the paragraph of a passage that no question is about."""

_PLACE = Locator(LocatorType.SECTION, 1, 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage: the document it comes from, the question set's paragraph it is of, its heading and its words."""

    document: str
    paragraph: int
    heading: str
    text: str

    @property
    def whole(self) -> str:
        """The words that everyone indexes and embeds: the heading's and its own."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--more", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="all-minilm-l6-v2")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    given = parser.parse_args()
    asked = squad.read(given.questions)
    pieces = gathered(asked.paragraphs, given.more, given.size, given.seed)
    if len(pieces) < given.size:
        sys.exit(f"{given.more}: {len(pieces)} different passages in all, {given.size} are wanted")
    given.out.mkdir(parents=True, exist_ok=True)
    write_lines(given.out / "passages.jsonl", map(asdict, pieces))
    write_lines(given.out / "questions.jsonl", map(asdict, asked.questions))
    encoder = open_encoder(given.model, given.cache)
    try:
        questions = [one.text for one in asked.questions]
        np.save(given.out / "questions.npy", embedded(encoder, questions, Role.QUERY))
        np.save(given.out / "passages.npy", embedded(encoder, [one.whole for one in pieces], Role.PASSAGE))
    finally:
        encoder.close()


def gathered(paragraphs: Sequence[squad.Paragraph], more: Path, size: int, seed: int) -> tuple[Piece, ...]:
    """Return the paragraphs' passages and as many others as there are up to a size, all different."""
    files = sorted(path for path in more.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    random.Random(seed).shuffle(files)
    found: dict[str, Piece] = {}
    for piece in (*_of_paragraphs(paragraphs), *_of_files(files, more)):
        found.setdefault(" ".join(piece.text.casefold().split()), piece)
        if len(found) == size:
            break
    return tuple(found.values())


def _of_paragraphs(paragraphs: Sequence[squad.Paragraph]) -> Iterator[Piece]:
    for ordinal, paragraph in enumerate(paragraphs):
        document = Document(f"/paragraph{ordinal}", "", Kind.NOTES, "", (Section("", _PLACE, paragraph.text),))
        for passage in chunk.passages(document.path, document):
            yield Piece(document.path, ordinal, "", passage.text)


def _of_files(files: Iterable[Path], root: Path) -> Iterator[Piece]:
    """Yield the Spanish passages of files; what cannot be read is told and left out."""
    for path in files:
        try:
            documents = read(path)
        except IngestError as error:
            print(f"{path.relative_to(root)}: {error.code}", file=sys.stderr)
            continue
        for document in documents:
            spanish = {number for number, one in enumerate(document.sections) if one.language == "es"}
            for passage in chunk.passages(document.path, document):
                if passage.section in spanish and len(passage.text.split()) >= SHORTEST:
                    heading = chunk.context("", "", document.title, passage.heading)
                    yield Piece(f"/{path.relative_to(root)}", NO_PARAGRAPH, heading, passage.text)


def embedded(encoder: Encoder, texts: Sequence[str], role: Role) -> Vectors:
    """Return the texts' unit vectors, telling how far it is; long and short ones are not mixed in a request."""
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    rows: list[Vectors] = []
    started = time.perf_counter()
    for at in range(0, len(texts), 256):
        rows.append(encoder.encode([texts[n] for n in order[at : at + 256]], role))
        done, took = min(at + 256, len(texts)), time.perf_counter() - started
        print(f"\r{done} of {len(texts)} {role.value} vectors, {done / took:.0f}/s", end="", file=sys.stderr)
    print(file=sys.stderr)
    vectors = np.empty((len(texts), rows[0].shape[1]), np.float32)
    vectors[order] = np.concatenate(rows)
    return vectors


def write_lines(path: Path, values: Iterable[dict[str, object]]) -> None:
    """Write JSON Lines."""
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


if __name__ == "__main__":
    main()
