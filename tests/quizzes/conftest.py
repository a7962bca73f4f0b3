"""A real library file with hand-written study guides in it, and the sample guide as questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from ingest import read
from ingest.model import Document, Kind, Locator, LocatorType, Section
from kb import store
from kb.chunk import identity
from kb.db import Database
from quizzes.bank import Bank
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
    """Store a study guide of (stem, answer) pairs, or what changed of it; return its document id."""

    def put(pairs: Sequence[tuple[str, str]], path: str = "guide.md", course: str = "", session: str = "") -> str:
        sections = tuple(
            Section(stem, Locator(LocatorType.QUESTION, n, n), answer) for n, (stem, answer) in enumerate(pairs, 1)
        )
        document = Document(path, "", Kind.STUDY_GUIDE, "Guide", sections, content_hash=repr(pairs))
        with database.transaction() as connection:
            return store.put(connection, document, store.Place(course, session), lambda _: True).id

    return put


@pytest.fixture(scope="session")
def sample_questions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Question, ...]:
    """The questions of the sample guide, as the reader, the store and the bank make them."""
    database = Database(tmp_path_factory.mktemp("sample") / "library.db")
    with database.transaction() as connection:
        for document in read(SAMPLE_GUIDE):
            store.put(connection, document, store.Place("", ""), lambda _: True)
    bank = Bank(database)
    bank.sync()
    questions = bank.questions()
    database.close()
    return questions


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
