"""A real library file with hand-written study guides in it, and the sample guide as questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from kb.chunk import identity
from kb.db import Database
from kb.model import Locator, LocatorType
from quizzes.model import Origin, Question

SAMPLE_GUIDE = Path(__file__).parents[2] / "samples" / "guia_de_estudio.md"

Guide = Callable[..., str]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "library.db")
    yield opened
    opened.close()


@pytest.fixture
def put_guide(database: Database) -> Guide:
    """Store a study guide of (stem, answer) pairs, or replace it; return its document id."""

    def put(pairs: Sequence[tuple[str, str]], path: str = "guide.md", course: str = "", session: str = "") -> str:
        document = identity(course, path, "")
        with database.transaction() as connection:
            connection.execute("DELETE FROM documents WHERE id = ?", (document,))
            connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?, 0, ?, '', 'study_guide', 'Guide', '', '', 'es', ?, '')",
                (document, course, session, path, json.dumps(pairs)),
            )
            for ordinal, (stem, answer) in enumerate(pairs):
                place = json.dumps(["question", ordinal + 1, ordinal + 1, stem])
                connection.execute(
                    "INSERT INTO sections VALUES (?, ?, ?, ?, ?, '', '[]')", (document, ordinal, stem, place, answer)
                )
        return document

    return put


@pytest.fixture(scope="session")
def sample_questions() -> tuple[Question, ...]:
    """The questions of the sample guide, found by the heading lines it has: `12. ¿...?`."""
    import re

    text = SAMPLE_GUIDE.read_text(encoding="utf-8")
    heads = list(re.finditer(r"^(\d+)\. (.*\?)$", text, re.MULTILINE))
    ends = [found.start() for found in heads[1:]] + [len(text)]
    return tuple(
        question(found[2], re.sub(r"^## .*$", "", text[found.end() : end], flags=re.M).strip(), int(found[1]))
        for found, end in zip(heads, ends, strict=True)
    )


def question(stem: str, answer: str, number: int = 1, course: str = "", id: str = "") -> Question:
    return Question(
        id=id or identity("guide", stem, str(number)),
        number=number,
        stem=stem,
        answer=answer,
        origin=Origin.GUIDE,
        course=course,
        session="",
        document="guide",
        locator=Locator(LocatorType.QUESTION, number, number, stem),
        passage="",
        section=number - 1,
    )


@pytest.fixture(scope="session")
def make_question() -> Callable[..., Question]:
    return question
