"""Question sets in the SQuAD format: what is asked, of which paragraphs, and how they come into a library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
    """What is asked; `paragraph` is the ordinal of the one paragraph that answers, in the words of any of `answers`.

    One that is impossible was asked of its paragraph, which does not answer it.
    """

    id: str
    text: str
    paragraph: int
    answers: tuple[str, ...] = ()
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class Squad:
    """The paragraphs and questions of a file."""

    paragraphs: tuple[Paragraph, ...]
    questions: tuple[Question, ...]


class WrongFile(Exception):
    """A file is not in the SQuAD format, or two files have no question in common."""


def read(passages: Path, questions: Path | None = None, impossible: bool = False) -> Squad:
    """Return the paragraphs of one file with the questions of another of the same ids, or with its own.

    SQuAD 1 and 2 (Rajpurkar et al., arXiv 1606.05250 and 1806.03822): what is marked impossible is left out unless
    it is asked for. The answers are those of both files. Raises WrongFile and OSError.
    """
    paragraphs: list[Paragraph] = []
    asked: list[Question] = []
    for article, context, of_paragraph in _entries(passages):
        asked += [replace(one, paragraph=len(paragraphs)) for one in of_paragraph]
        paragraphs.append(Paragraph(article, context))
    if questions is not None:
        others = {one.id: one for _, _, of_paragraph in _entries(questions) for one in of_paragraph}
        asked = [_worded(one, others[one.id]) for one in asked if one.id in others]
    asked = [one for one in asked if impossible or not one.impossible]
    if not asked:
        raise WrongFile(f"{questions or passages}: no question here is about a paragraph of {passages}")
    return Squad(tuple(paragraphs), tuple(asked))


def _worded(question: Question, other: Question) -> Question:
    """Return a question in the words of another, with the answers of both."""
    return replace(question, text=other.text, answers=tuple(dict.fromkeys(question.answers + other.answers)))


def _entries(path: Path) -> Iterator[tuple[int, str, tuple[Question, ...]]]:
    """Yield the article, the text and the questions of each paragraph of a file."""
    try:
        articles = json.loads(path.read_text("utf-8"))["data"]
        for article, entry in enumerate(articles):
            for paragraph in entry["paragraphs"]:
                yield article, str(paragraph["context"]), tuple(_question(qa) for qa in paragraph["qas"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongFile(f"{path}: not in the SQuAD format ({type(error).__name__}: {error})") from error


def _question(qa: dict[str, Any]) -> Question:
    """Read one question. An impossible one's answers (SQuAD 2 calls them plausible) are none."""
    impossible = bool(qa.get("is_impossible", False))
    answers = () if impossible else tuple(dict.fromkeys(str(one["text"]) for one in qa.get("answers", ())))
    return Question(str(qa["id"]), str(qa["question"]), 0, answers, impossible)


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
