"""The sample study guide keeps the form that it promises: numbered questions with answers worth being asked about."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "samples" / "guia_de_estudio.md"
QUESTION = re.compile(r"^(?P<number>\d+)\. (?P<stem>¿.+\?)$", re.MULTILINE)
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
CODE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"^\|.+\|\n\|(?:-+\|)+\n(?:\|.+\|\n?)+", re.MULTILINE)
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?])\s")
SESSIONS = (
    "## Sesión 1. Del texto a los vectores",
    "## Sesión 2. Atención y Transformers",
    "## Sesión 3. Adaptar y alinear modelos grandes",
)


@pytest.fixture(scope="module")
def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def questions(guide: str) -> list[tuple[int, str, str]]:
    """Number, stem and answer of each question, headings and fenced comments kept apart."""
    starts = list(QUESTION.finditer(guide))
    ends = [later.start() for later in starts[1:]] + [len(guide)]
    return [
        (int(start["number"]), start["stem"], without_headings(guide[start.end() : end]).strip())
        for start, end in zip(starts, ends, strict=True)
    ]


def without_headings(text: str) -> str:
    """Drop the session headings but not the `#` comments of fenced code."""
    fences = [range(block.start(), block.end()) for block in CODE.finditer(text)]
    return HEADING.sub(lambda line: line[0] if any(line.start() in fence for fence in fences) else "", text)


def words(answer: str) -> int:
    """Count the words of the prose, lists and tables; code and formulas are not read as words."""
    return len(re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", FORMULA.sub(" ", CODE.sub(" ", answer))))


def first_sentence(answer: str) -> str:
    return SENTENCE_END.split(answer, maxsplit=1)[0]


def test_the_guide_has_eighty_questions_numbered_in_order(questions: list[tuple[int, str, str]]) -> None:
    assert [number for number, _, _ in questions] == list(range(1, 81))


def test_no_question_is_asked_twice(questions: list[tuple[int, str, str]]) -> None:
    stems = {stem.casefold() for _, stem, _ in questions}
    assert len(stems) == len(questions)


def test_the_three_sessions_come_in_order_and_share_the_questions(guide: str) -> None:
    places = [guide.index(heading) for heading in SESSIONS]
    assert places == sorted(places)
    shares = [len(QUESTION.findall(part)) for part in re.split("|".join(map(re.escape, SESSIONS)), guide)]
    assert shares[0] == 0
    assert all(25 <= share <= 28 for share in shares[1:]), shares


def test_every_answer_is_long_enough_to_teach_and_short_enough_to_recall(
    questions: list[tuple[int, str, str]],
) -> None:
    off = {number: words(answer) for number, _, answer in questions if not 40 <= words(answer) <= 150}
    assert not off


def test_every_answer_stays_within_150_words_with_its_code_and_formulas(
    questions: list[tuple[int, str, str]],
) -> None:
    off = {number: len(answer.split()) for number, _, answer in questions if len(answer.split()) > 150}
    assert not off


def test_every_answer_opens_with_a_sentence_that_can_stand_as_an_option(
    questions: list[tuple[int, str, str]],
) -> None:
    openings = {number: first_sentence(answer) for number, _, answer in questions}
    off = {n: s for n, s in openings.items() if not (12 <= words(s) <= 35 and s.endswith(".") and "\n" not in s)}
    assert not off


def test_no_opening_sentence_is_nearly_another(questions: list[tuple[int, str, str]]) -> None:
    openings = [(number, first_sentence(answer)) for number, _, answer in questions]
    near = [
        (one, other)
        for (one, a), (other, b) in combinations(openings, 2)
        if SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.85
    ]
    assert not near


def test_every_answer_marks_its_key_term(questions: list[tuple[int, str, str]]) -> None:
    assert not [number for number, _, answer in questions if not re.search(r"\*\*[^*\n]+\*\*", answer)]


def test_the_guide_holds_tables_code_formulas_and_both_kinds_of_list(guide: str) -> None:
    code = list(CODE.finditer(guide))
    assert len(TABLE.findall(guide)) >= 2
    assert len(code) >= 3
    assert all(block["language"] == "python" and re.search(r"^ *# ", block["body"], re.MULTILINE) for block in code)
    assert len(FORMULA.findall(guide)) >= 6
    assert re.search(r"^- ", guide, re.MULTILINE)
    assert re.search(r"^1\. (?!¿)", guide, re.MULTILINE)


def test_the_code_of_the_guide_is_python(guide: str) -> None:
    for block in CODE.finditer(guide):
        compile(block["body"], str(GUIDE), "exec")


def test_every_fence_and_display_formula_is_closed(guide: str) -> None:
    assert len(re.findall("^```", guide, re.MULTILINE)) == 2 * len(CODE.findall(guide))
    outside_code = CODE.sub("", guide)
    assert outside_code.count("$$") % 2 == 0
    assert FORMULA.sub("", outside_code).count("$") == 0
