"""A study guide: questions, each with its answer, in any of the shapes that people write them in. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from ingest.clean import without_marks
from ingest.errors import WrongKind
from ingest.formats.blocks import Blocks, Table
from ingest.kinds.answers import answered, has_answer, tidy
from ingest.kinds.copied_formulas import without_copied_formulas
from ingest.kinds.guide_index import Index, index_of
from ingest.kinds.guide_shapes import Question, Shape, shape_of
from ingest.kinds.guide_text import text_of_guide
from ingest.kinds.key_terms import key_terms
from ingest.kinds.pasted import without_paste_marks
from ingest.kinds.question_lines import without_wrapping
from ingest.kinds.question_tables import Item, items_of_table, items_of_text
from ingest.kinds.session import session_of
from ingest.kinds.solutions import Joined, Part, body_lines, join, parts_of
from ingest.kinds.twins import twins_of
from ingest.model import Document, Kind, Locator, LocatorType, Notice, Section

_TITLE_WORDS = 15
_MAX_GAPS = 50


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide as far as it is read: its questions, its title, and what is to be told of it.

    `shape` is how its lines set the questions, None where they stand in a table; `lines` are those of its text
    without its index.
    """

    items: tuple[Item, ...]
    title: str = ""
    notices: tuple[Notice, ...] = ()
    shape: Shape | None = None
    lines: tuple[str, ...] = ()


def build_study_guide(blocks: Blocks, path: str) -> tuple[Document, ...]:
    """Return the one document of a guide: a section for each question, its stem as title, its answer as text.

    What was lost, repeated, joined or taken out is told. Raises WrongKind when there is no question.
    """
    guide = guide_of(blocks)
    if not guide.items:
        raise WrongKind(path=path, kind=Kind.STUDY_GUIDE)
    metadata = blocks.metadata
    items = _numbered(guide.items)
    twins = twins_of([item.stem for item in items])
    sections = tuple(_section(item, others) for item, others in zip(items, twins, strict=True))
    title = metadata.title or guide.title
    notices = (
        *blocks.notices,
        *guide.notices,
        *_counted(guide.items),
        *_gaps(items),
        *_repeats(items),
        *_unanswered(items),
        *_similar(items, twins),
    )
    document = Document(path, "", Kind.STUDY_GUIDE, title, sections, metadata.author, metadata.url, notices=notices)
    return (replace(document, session=metadata.session or session_of(title), date=metadata.date),)


def guide_of(blocks: Blocks) -> Guide:
    """Read the questions of any blocks: the rows of a table, or whatever shape a text shows."""
    if isinstance(blocks, Table):
        return Guide(items_of_table(blocks.columns, blocks.rows))
    unpasted = without_paste_marks(text_of_guide(blocks))
    single = without_copied_formulas(unpasted.text)
    guide = guide_of_text(single.text)
    marks = _some("paste_marks_removed", unpasted.count)
    return replace(guide, notices=(*marks, *_some("formulas_repeated", single.count), *guide.notices))


# A file is first recognised and then built, most often from the same text.
@lru_cache(maxsize=1)
def guide_of_text(text: str) -> Guide:
    """Read the questions of a text that is already free of marks of pasting."""
    lines = text.split("\n")
    index = index_of(lines)
    lines[index.start : index.end] = []
    parts = parts_of(lines)
    shape = shape_of(_masked(lines, parts))
    joined = join(shape, parts)
    bodies = _bodies(lines, shape, parts)
    if parts and not _are_apart(joined, bodies):
        parts, joined = (), Joined({}, ())
        shape = shape_of(lines)
        bodies = _bodies(lines, shape, parts)
    in_tables = items_of_text(text)
    if len(in_tables) > len(shape.questions):
        return Guide(in_tables, _title(lines, frozenset()))
    items = tuple(
        _item(question, body, joined.by_question.get(i, ""))
        for i, (question, body) in enumerate(zip(shape.questions, bodies, strict=True))
    )
    before = lines[: shape.questions[0].line] if shape.questions else lines
    title = _title(before, shape.groups)
    notices = (*_index(index), *_joined(joined), *_preface(before, shape.groups, title))
    return Guide(items, title, notices, shape, tuple(lines))


def _masked(lines: Sequence[str], parts: Sequence[Part]) -> list[str]:
    """Return the lines with those of solutions empty."""
    masked = list(lines)
    for part in parts:
        masked[part.start : part.end] = [""] * (part.end - part.start)
    return masked


def _are_apart(joined: Joined, bodies: Sequence[str]) -> bool:
    """Say whether most solutions have a question, and most of those questions no answer of their own."""
    found = len(joined.by_question)
    own = sum(has_answer(bodies[i]) for i in joined.by_question)
    return found > 1 and found >= len(joined.unmatched) and own * 2 <= found


def _bodies(lines: Sequence[str], shape: Shape, parts: Sequence[Part]) -> list[str]:
    """Return what stands under each question, without group headings."""
    if not shape.questions:
        return []
    ends = [question.line for question in shape.questions[1:]] + [len(lines)]
    starts = [part.start for part in parts]
    return [
        tidy([lines[i] for i in body_lines(question, end, starts) if i not in shape.groups])
        for question, end in zip(shape.questions, ends, strict=True)
    ]


def _item(question: Question, body: str, solution: str) -> Item:
    both = answered(question.stem, body, tidy(solution.split("\n")), question.number)
    number = question.number if question.printed else 0
    return Item(number, both.stem, both.answer, question.group, question.run)


def _numbered(items: Sequence[Item]) -> tuple[Item, ...]:
    """Give questions without a printed number the one of their place."""
    return tuple(item if item.number else replace(item, number=i) for i, item in enumerate(items, start=1))


def _section(item: Item, twins: tuple[int, ...]) -> Section:
    locator = Locator(LocatorType.QUESTION, item.number, item.number, item.group)
    return Section(item.stem, locator, item.answer, terms=key_terms(item.answer, item.stem), twins=twins)


def _title(lines: Sequence[str], groups: frozenset[int]) -> str:
    """Return the heading above the first question; the first group's heading only where there is no other group.

    Where nothing is a heading, the first line does when it is short.
    """
    headings = (
        line
        for i, line in enumerate(lines)
        if line.lstrip().startswith("#") and (i not in groups or len(groups) == 1)
    )
    heading = without_marks(next(headings, ""))
    if heading:
        return heading
    first = next((i for i, line in enumerate(lines) if line.strip()), -1)
    words = without_wrapping(lines[first][:500]) if first >= 0 and first not in groups else ""
    short = len(words.split()) <= _TITLE_WORDS and not words.endswith((".", ":", "?", "|")) and "|" not in words
    return without_marks(words) if short else ""


def _some(code: str, count: int) -> tuple[Notice, ...]:
    return (Notice(code, params=(("count", str(count)),)),) if count else ()


def _index(index: Index) -> tuple[Notice, ...]:
    missing = (Notice("index_question_missing", params=(("stem", stem),)) for stem in index.missing)
    return (*_some("guide_index_skipped", index.count), *missing)


def _joined(joined: Joined) -> tuple[Notice, ...]:
    numbers = [str(number) for number in joined.unmatched]
    alone = (Notice("solution_unmatched", number, (("number", number),)) for number in numbers)
    return (*_some("solutions_joined", len(joined.by_question)), *alone)


def _preface(lines: Sequence[str], groups: frozenset[int], title: str) -> tuple[Notice, ...]:
    """Tell how many words above the first question are neither headings nor the title."""
    left = (line for i, line in enumerate(lines) if i not in groups and not line.lstrip().startswith("#"))
    words = sum(len(line.split()) for line in left if without_marks(line[:500]) != title)
    return _some("guide_preface_skipped", words)


def _counted(items: Sequence[Item]) -> tuple[Notice, ...]:
    return _some("questions_counted", sum(not item.number for item in items))


def _named(item: Item, runs: int) -> str:
    """Return a question's number, with its group's name where several questions may have it."""
    return f"{item.group}: {item.number}" if runs > 1 and item.group else str(item.number)


def _gaps(items: Sequence[Item]) -> tuple[Notice, ...]:
    """Report numbers that are missing between two of a run."""
    notices: list[Notice] = []
    runs = items[-1].run + 1
    for _, run in groupby(items, key=lambda item: item.run):
        of_run = list(run)
        present = {item.number for item in of_run}
        missing = [n for n in range(min(present), max(present)) if n not in present]
        for number in missing[:_MAX_GAPS]:
            where = _named(replace(of_run[0], number=number), runs)
            notices.append(Notice("question_missing", where, (("number", where),)))
    return tuple(notices)


def _repeats(items: Sequence[Item]) -> tuple[Notice, ...]:
    """Report numbers printed more than once in a run; another run may start again."""
    runs = items[-1].run + 1
    times = Counter((item.run, item.number) for item in items)
    first = {(item.run, item.number): item for item in reversed(items)}
    return tuple(
        Notice(
            "question_repeated", _named(first[key], runs), (("number", _named(first[key], runs)), ("times", str(n)))
        )
        for key, n in times.items()
        if n > 1
    )


def _unanswered(items: Sequence[Item]) -> tuple[Notice, ...]:
    return tuple(
        Notice("question_unanswered", str(item.number), (("number", str(item.number)), ("stem", item.stem)))
        for item in items
        if not item.answer
    )


def _similar(items: Sequence[Item], twins: Sequence[Sequence[int]]) -> tuple[Notice, ...]:
    """Report for each question the first one before it that asks nearly the same."""
    notices: list[Notice] = []
    for i, (item, others) in enumerate(zip(items, twins, strict=True)):
        if others and others[0] < i:
            other = items[others[0]]
            params = {"number": item.number, "stem": item.stem, "other": other.number, "other_stem": other.stem}
            told = tuple((name, str(value)) for name, value in params.items())
            notices.append(Notice("question_similar", str(item.number), told))
    return tuple(notices)
