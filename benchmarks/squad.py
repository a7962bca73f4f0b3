"""Question sets in the SQuAD format: what is asked, of which paragraphs, and how they come into a library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.language import language_of
from ingest.model import Document, Kind, Locator, LocatorType, Section
from kb import store
from kb.library import Library


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text that questions are asked of; `article` counts the file's articles from 0."""

    article: int
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `paragraph` is the ordinal of the one paragraph that answers."""

    id: str
    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Squad:
    """The paragraphs and questions of a file."""

    paragraphs: tuple[Paragraph, ...]
    questions: tuple[Question, ...]


class WrongFile(Exception):
    """A file is not in the SQuAD format, or two files have no question in common."""


def read(passages: Path, questions: Path | None = None) -> Squad:
    """Return the paragraphs of one file with the questions of another of the same ids, or with its own.

    SQuAD 1 and 2 (Rajpurkar et al., arXiv 1606.05250 and 1806.03822): what is marked impossible is left out. Raises
    WrongFile and OSError.
    """
    paragraphs: list[Paragraph] = []
    asked: list[Question] = []
    for article, context, qas in _entries(passages):
        asked += [Question(id, text, len(paragraphs)) for id, text in qas.items()]
        paragraphs.append(Paragraph(article, context))
    if questions is not None:
        words = {id: text for _, _, qas in _entries(questions) for id, text in qas.items()}
        asked = [Question(one.id, words[one.id], one.paragraph) for one in asked if one.id in words]
    if not asked:
        raise WrongFile(f"{questions or passages}: no question here is about a paragraph of {passages}")
    return Squad(tuple(paragraphs), tuple(asked))


def _entries(path: Path) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Yield the article, the paragraph and, by id, the questions with an answer, of each paragraph of a file."""
    try:
        articles = json.loads(path.read_text("utf-8"))["data"]
        for article, entry in enumerate(articles):
            for paragraph in entry["paragraphs"]:
                answerable = [qa for qa in paragraph["qas"] if not qa.get("is_impossible", False)]
                yield article, str(paragraph["context"]), {str(qa["id"]): str(qa["question"]) for qa in answerable}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongFile(f"{path}: not in the SQuAD format ({type(error).__name__}: {error})") from error


def index(library: Library, paragraphs: Sequence[Paragraph]) -> dict[str, int]:
    """Store each paragraph as a document; return the ordinal of each passage's paragraph. Vectors are left to do."""
    ordinals: dict[str, int] = {}
    place = Locator(LocatorType.SECTION, 1, 1)
    with library.database.transaction() as db:
        for ordinal, paragraph in enumerate(paragraphs):
            language = language_of(paragraph.text)
            section = Section("", place, paragraph.text, language=language)
            document = Document(f"/paragraph{ordinal}", "", Kind.NOTES, "", (section,), language=language)
            made = store.put(db, document, store.Place(""), lambda _path: True)
            ordinals |= {passage.id: ordinal for passage in store.passages(db, made.id)}
    return ordinals
