"""Every example of the search page finds what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.model import Document, Kind, Locator, LocatorType, Mark, Section
from kb import store
from kb.library import Library
from kb.model import Filters, SearchMode
from kb.search.query import understand
from kb.store import Place
from tui.config import LANGUAGES
from tui.locale import catalogue

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text("utf-8")
PLACES = {
    Kind.SLIDES: LocatorType.SLIDE,
    Kind.TRANSCRIPT: LocatorType.TIME,
    Kind.STUDY_GUIDE: LocatorType.QUESTION,
}


def rows(title: str) -> list[list[str]]:
    """Return the cells of the table under a title, without its head."""
    _, _, below = PAGE.partition(f"\n## {title}\n")
    table = below.partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def examples() -> Iterator[tuple[str, str]]:
    for title in ("Words and phrases", "Where to look", "What counts as the same word"):
        for row in rows(title):
            for cell in row[:2] if title == "Where to look" else row[:1]:
                yield cell.strip("`"), row[-1]


def passage(row: list[str]) -> Document:
    name, kind, session, date, speaker, place, text = row
    at = Locator(PLACES.get(Kind(kind), LocatorType.SECTION), int(place), int(place), "")
    section = Section("", at, text, marks=(Mark(0, at, speaker),) if speaker else ())
    path = f"/curso/{name}.md"
    return Document(path, "", Kind(kind), name, (section,), session=session, date=date, content_hash=name)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    made = Library.open(
        tmp_path_factory.mktemp("search") / "library.db", encoder=None, generator=None, clock=lambda: 0.0
    )
    with made.database.transaction() as db:
        for row in rows("The course of the examples"):
            store.put(db, passage(row), Place("PLN"), lambda _path: True)
    yield made
    made.close()


def test_the_page_has_examples() -> None:
    assert len(list(examples())) >= 55
    assert len(rows("The course of the examples")) == 5


@pytest.mark.parametrize(("query", "found"), list(examples()))
def test_an_example_finds_what_the_page_says(library: Library, query: str, found: str) -> None:
    hits = library.search(query, Filters(), 10, SearchMode.KEYWORD).hits
    assert {hit.document.title for hit in hits} == set(re.findall(r"\b[a-e]\b", found))


def test_the_first_of_several_words_found_is_the_passage_with_all(library: Library) -> None:
    hits = library.search("red neuronal", Filters(), 10, SearchMode.KEYWORD).hits
    assert hits[0].document.title == "c"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_the_apps_help_shows_syntax_that_is_understood(language: str) -> None:
    lines = {key: text for key, text in catalogue(language).items() if key.startswith("query_help.")}
    shown = {key: re.split(r"\s{2,}", text)[0] for key, text in lines.items()}
    plain = {"query_help.title", "query_help.words", "query_help.plain"}
    asked = [understand(query) for key, query in shown.items() if key not in plain]
    assert len(asked) >= 8
    assert all(one.condition or one.filters != Filters() or one.concepts[0].edits for one in asked)
    assert understand(shown["query_help.words"]).condition == ""
