"""A study guide: numbered questions, each with its answer. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.clean import one_line, without_marks
from ingest.errors import WrongKind
from ingest.formats.blocks import Blocks, Pages, as_text
from ingest.formats.markdown import without_comments
from ingest.kinds.lists import with_markdown_bullets, with_markdown_tables
from ingest.kinds.numbering import Question, questions_of
from ingest.kinds.pasted import without_paste_marks
from ingest.kinds.session import session_of
from ingest.model import Document, Kind, Locator, LocatorType, Notice, Section

_MIN_QUESTIONS = 3
# Share of a guide's lines that lie in questions and answers, and of its questions that carry a question mark.
_MIN_SHARE = 0.6
_MIN_ASKING = 0.5
_STEM_LINES = 4
_PAGE_NUMBERED = re.compile(r"\n+(?=[ \t]{0,3}\d{1,3}[.)][ \t]+\S)")
_ANSWER_LABEL = re.compile(
    r"(?:\*\*|__)?(?:respuesta|answer|r|a)(?:\*\*|__)?[ \t]*:(?:\*\*|__)?[ \t]*", re.IGNORECASE
)


def is_study_guide(text: str) -> bool:
    """Say whether most of a text is numbered questions with answers."""
    lines = text.split("\n")
    questions, _ = questions_of(lines)
    if len(questions) < _MIN_QUESTIONS:
        return False
    asking = sum("?" in question.stem or "¿" in question.stem for question in questions)
    starts = [question.line for question in questions] + [len(lines)]
    answered = sum(any(line.strip() for line in lines[a + 1 : b]) for a, b in pairwise(starts))
    share = 1 - questions[0].line / len(lines)
    return asking >= _MIN_ASKING * len(questions) and share >= _MIN_SHARE and answered * 2 >= len(questions)


def text_of_guide(blocks: Blocks) -> str:
    """Return the text in which to look for questions: a page has no empty lines, so numbers begin its paragraphs."""
    text = as_text(blocks)
    return _PAGE_NUMBERED.sub("\n\n", text) if isinstance(blocks, Pages) else text


def build_study_guide(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return the one document of a guide: a section for each question, its stem as title, its answer as text.

    Lost and repeated numbers and questions without an answer are notices. Raises WrongKind when there is no question.
    """
    text, _ = without_comments(text_of_guide(blocks))
    lines = without_paste_marks(text).split("\n")
    questions, groups = questions_of(lines)
    if not questions:
        raise WrongKind(path=path, kind=Kind.STUDY_GUIDE)
    ends = [question.line for question in questions[1:]] + [len(lines)]
    sections = tuple(_section(lines, q, end, groups) for q, end in zip(questions, ends, strict=True))
    title = blocks.metadata.title or _title(lines[: questions[0].line], groups)
    document = Document(path, "", Kind.STUDY_GUIDE, title, sections, blocks.metadata.author, blocks.metadata.url)
    session = blocks.metadata.session or session_of(title)
    notices = (*blocks.notices, *_gaps(questions), *_repeats(questions), *_unanswered(sections))
    return (replace(document, session=session, notices=notices),)


def _section(lines: Sequence[str], question: Question, end: int, groups: frozenset[int]) -> Section:
    """A question with its answer; a stem may go on over the next lines until an empty one."""
    start = question.line + 1
    stem = question.stem
    # A question mark that is open, or none yet where the next line has one: the question goes on there.
    while start < min(end, question.line + _STEM_LINES) and lines[start].strip() and _goes_on(stem, lines[start]):
        stem = f"{stem} {lines[start].strip()}"
        start += 1
    answer = "\n".join(line for i, line in enumerate(lines[start:end], start=start) if i not in groups)
    answer = with_markdown_tables(with_markdown_bullets(answer))
    answer = re.sub(r"\n{3,}", "\n\n", answer).strip().removesuffix("---").strip()
    locator = Locator(LocatorType.QUESTION, question.number, question.number, question.group)
    return Section(one_line(stem), locator, _ANSWER_LABEL.sub("", answer, count=1) if _labelled(answer) else answer)


def _goes_on(stem: str, line: str) -> bool:
    return stem.count("¿") > stem.count("?") or ("?" in line and not stem.endswith(("?", ".", ":")))


def _labelled(answer: str) -> bool:
    return _ANSWER_LABEL.match(answer) is not None


def _title(lines: Sequence[str], groups: frozenset[int]) -> str:
    """Return the heading above the first question; the first group's heading only where there is no other group."""
    headings = (
        line
        for i, line in enumerate(lines)
        if line.lstrip().startswith("#") and (i not in groups or len(groups) == 1)
    )
    return without_marks(next(headings, ""))


def _gaps(questions: Sequence[Question]) -> tuple[Notice, ...]:
    """Report numbers that are missing between two that follow each other."""
    present = {question.number for question in questions}
    last = questions[-1].number if questions else 0
    top = max(present, default=last)
    missing = [number for number in range(min(present), top) if number not in present]
    return tuple(Notice("question_missing", str(number), (("number", str(number)),)) for number in missing)


def _repeats(questions: Sequence[Question]) -> tuple[Notice, ...]:
    """Report numbers printed more than once in the same group or run of the guide; another group may start again."""
    restarts = sum(question.number == 1 for question in questions) > 1
    runs = Counter((question.group if restarts else "", question.number) for question in questions)
    return tuple(
        Notice("question_repeated", str(number), (("number", str(number)), ("times", str(times))))
        for (_, number), times in runs.items()
        if times > 1
    )


def _unanswered(sections: Sequence[Section]) -> tuple[Notice, ...]:
    return tuple(
        Notice("question_unanswered", f"{s.locator.start:g}", (("number", f"{s.locator.start:g}"), ("stem", s.title)))
        for s in sections
        if not s.text
    )
