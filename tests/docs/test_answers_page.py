"""Every question of the page of answers is taken as the page says; what answers say of themselves is all there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.language import language_of_question
from ingest.model import Kind
from kb.answer.modes import Known, Moment, Plan, detected, plan
from kb.model import Answer, AnswerMode, AnswerStatus, Citation, DocumentInfo, Filters, Locator, LocatorType, Passage
from tui.answer_words import MODES
from tui.json_output import answered
from tui.locale import Messages

PAGE = (Path(__file__).parents[2] / "docs" / "answers.md").read_text("utf-8")
SPEAKERS = ("Lucía Herrera", "Tomás Vidal")
COURSE = Known(SPEAKERS, ("Sesión 1", "Sesión 2", "Sesión 3"), ("2024-03-04", "2024-04-08"))


def rows(title: str, table: int = 0) -> list[list[str]]:
    """Return the cells of a table under a title, without its head."""
    _, _, below = PAGE.partition(f"\n## {title}\n")
    tables = re.findall(r"(?:^\|.*\n)+", below.partition("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in tables[table].splitlines()[2:]]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def kinds() -> list[tuple[str, str]]:
    return [(question, code(row[0])[0]) for row in rows("Kinds of answers") for question in code(row[2])]


def planned(question: str) -> Plan:
    return plan(question, AnswerMode.AUTO, language_of_question(question), Filters(), COURSE)


def test_the_page_tells_of_every_kind_of_answer_and_of_no_other() -> None:
    assert {code(row[0])[0] for row in rows("Kinds of answers")} == set(AnswerMode) == set(MODES)
    assert len(kinds()) >= 20


@pytest.mark.parametrize(("question", "mode"), kinds())
def test_a_question_is_taken_as_the_page_says(question: str, mode: str) -> None:
    assert detected(question, language_of_question(question)).value == mode


def test_what_the_page_says_of_questions_between_kinds_is_so() -> None:
    asked = code(re.sub(r"\s+", " ", PAGE.partition("`--no-llm` gives")[2].partition("## Comparisons")[0]))
    twofold, *brief, law, author = asked
    assert detected(twofold, "es") is AnswerMode.SHORT
    for words in brief:
        assert detected(f"¿Cómo funciona BPE, {words}?", "es") is AnswerMode.SHORT
    assert detected(law, "es", SPEAKERS) is detected(author, "es", SPEAKERS) is AnswerMode.SHORT
    assert detected(author, "es", ("John Firth",)) is AnswerMode.SAID


@pytest.mark.parametrize(("question", "searches"), [row[:2] for row in rows("Comparisons")])
def test_a_comparison_looks_for_what_the_page_says(question: str, searches: str) -> None:
    (asked,) = code(question)
    assert planned(asked).searches == (asked, *code(searches))


@pytest.mark.parametrize(("question", "topic", "where"), rows("What was said, by whom and when"))
def test_what_was_said_is_looked_for_where_the_page_says(question: str, topic: str, where: str) -> None:
    made = planned(code(question)[0])
    assert (made.mode, list(made.searches), made.unmet) == (AnswerMode.SAID, code(topic), ())
    told = []
    if made.filters.session:
        told.append(f"session {made.filters.session}")
    if made.filters.speaker:
        told.append(f"speaker {made.filters.speaker}")
    if made.filters.after:
        told.append(f"from {made.filters.after} to before {made.filters.before}")
    if made.moment is Moment.END:
        told.append("the last third of each transcript")
    assert ", ".join(told) == where


def test_every_status_mark_and_key_is_described() -> None:
    assert {code(row[0])[0] for row in rows("What an answer says of itself")} == set(AnswerStatus)
    said = Messages("en")
    marks = [code(row[0])[0] for row in rows("What an answer says of itself", 1)]
    assert marks == [
        "[1]",
        f"[{said.text('ask.unsupported')}]",
        said.text("answer.missing", words="«…»"),
        said.text("answer.understood", question="…"),
        said.text("cli_ask.quotes_only"),
    ]
    document = DocumentInfo("d", "a.vtt", "", Kind.TRANSCRIPT, "Clase", "", "", "", "", "es", 1, 0, "")
    passage = Passage("p", "d", 0, 0, "", Locator(LocatorType.TIME, 730, 760), "Elena G.", 0, 1, "x")
    answer = Answer("q", "t", AnswerStatus.GROUNDED, (), (Citation(1, passage, document, "x"),), "")
    shape = answered(answer, said)
    described = {code(row[0])[0]: code(row[1]) for row in rows("JSON")}
    assert set(described) == set(shape)
    assert described["citations"] == list(shape["citations"][0])
    assert described["timings"] == list(shape["timings"])
    assert (shape["citations"][0]["speaker"], shape["citations"][0]["locator"]["label"]) == (
        "Elena G.",
        "00:12:10–00:12:40",
    )
