"""Summaries of sessions, one in a file or many."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read
from ingest.kinds.summary import SUMMARY_PARTS, part_of
from ingest.model import Kind

NAMES = [part.name for part in SUMMARY_PARTS]


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("# MOTIVATION", "MOTIVATION", ""),
        ("#### ■ WHY IT MATTERS?", "WHY IT MATTERS?", ""),
        ("**Results:**", "RESULTS", ""),
        ("## How it works", "HOW IT WORKS", ""),
        ("MOTIVATION En esta clase", "MOTIVATION", "En esta clase"),
        ("**RESULTS:** salió bien", "RESULTS", "salió bien"),
        ("## Motivación", "MOTIVATION", ""),
        ("# 5. TAKE AWAYS AND WHAT WE ARE THINKING?", NAMES[4], ""),
        ("Take aways:", NAMES[4], ""),
    ],
)
def test_a_parts_heading_is_known_in_any_shape(line: str, name: str, text: str) -> None:
    opened = part_of(line)

    assert opened is not None
    assert (opened[0].name, opened[1]) == (name, text)


@pytest.mark.parametrize(
    "line",
    [
        "- RESULTS: al menos 70 palabras",
        "Results of the test were fine",
        "# Resultados2",
        "results",
        "# Motivational talk",
        "",
    ],
)
def test_other_lines_open_no_part(line: str) -> None:
    assert part_of(line) is None


def test_a_missing_part_is_told_with_the_sessions_title(tmp_path: Path) -> None:
    path = tmp_path / "resumen.md"
    path.write_text(
        "# Sesión 9. Nieve\n\n<https://example.org/9>\n\nAutora: Nora Peña\n\n## MOTIVATION\n\nFrío.\n\n"
        "## RESULTS\n\nHielo.\n\n## WHY IT MATTERS?\n\nAgua.\n",
        encoding="utf-8",
    )

    (document,) = read(path)

    assert document.kind is Kind.SUMMARY
    assert (document.title, document.session, document.part) == ("Sesión 9. Nieve", "Sesión 9. Nieve", "")
    assert (document.url, document.author) == ("https://example.org/9", "Nora Peña")
    assert [s.title for s in document.sections] == ["MOTIVATION", "RESULTS", "WHY IT MATTERS?"]
    missing = [dict(n.params)["part"] for n in document.notices if n.code == "summary_part_missing"]
    assert missing == ["HOW IT WORKS", NAMES[4]]


def test_two_sessions_of_one_title_are_told_apart(tmp_path: Path) -> None:
    body = "".join(f"## {name}\n\nalgo\n\n" for name in NAMES)
    path = tmp_path / "a.md"
    path.write_text(f"# Nieve\n\n{body}# Nieve\n\n{body}", encoding="utf-8")

    assert [document.part for document in read(path)] == ["Nieve", "Nieve (2)"]


def test_a_session_without_any_title_takes_the_files_name(tmp_path: Path) -> None:
    path = tmp_path / "nevada.md"
    path.write_text("".join(f"## {name}\n\nalgo\n\n" for name in NAMES), encoding="utf-8")

    (document,) = read(path)

    assert (document.title, document.session) == ("nevada", "")


def test_the_parts_and_their_least_words_are_those_of_the_task() -> None:
    assert [(part.name, part.minimum_words) for part in SUMMARY_PARTS] == [
        ("MOTIVATION", 40),
        ("HOW IT WORKS", 70),
        ("RESULTS", 70),
        ("WHY IT MATTERS?", 40),
        ("TAKE AWAYS AND WHAT WE ARE THINKING?", 50),
    ]
