"""In which shape a study guide sets its questions, and where each begins and its answer starts. Pure.

Numbered ("1.", "Pregunta 3:", "### P1:", "2.3", "IV.", "a)") or not (headings, bold lines, list items, "Q:" lines or
plain lines that are questions). Every shape that a text shows is tried. The one whose questions have the most answers
wins, unless one that begins earlier has a fair share of them too: questions hold answers, and not the other way
round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.clean import folded, one_line, without_marks
from ingest.formats.markdown.read import fenced
from ingest.kinds.numbering import Group, Taken, counted, nested
from ingest.kinds.question_lines import Line, Style, numbered_lines, unnumbered_lines, without_wrapping
from ingest.kinds.session import session_of

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_PART = re.compile(r"(?i:parte|bloque|secci[oó]n|part|block|section)[ \t]+(?:\d{1,3}|[IVXL]{1,6}|[A-Z])\b.*")
# Headings of an answer, not of a group.
_ANSWERS = re.compile(
    r"(?:las? )?(?:respuestas?|soluci(?:on|ones)|answers?|solutions?)(?: .{0,40})?[:.]?"
    r"|(?:ejemplos?|notas?|examples?|notes?)[:.]?"
)
_STEM_LINES = 4
_GROUP_LINES = 12
_GROUP_TEXT = 3
_GROUP_WORDS = 15
_MIN_LETTERED = 3
# A shape that begins before the best one encloses it if it has this share of its answered questions.
_ENCLOSING = 0.3
# Numbered lines that open no paragraph are lists, unless taking them makes this many times as many questions.
_LOOSE = 1.2


@dataclass(frozen=True, slots=True)
class Question:
    """A question's line, the line behind its stem, its number, its stem, the heading it stands under and its run.

    Runs are counted from 0, one more each time that the numbering starts again. A number that is not `printed` is
    the question's place among all.
    """

    line: int
    body: int
    number: int
    stem: str
    group: str
    run: int = 0
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A text's questions in order, the lines of its group headings, and how it sets and numbers the questions."""

    questions: tuple[Question, ...] = ()
    groups: frozenset[int] = frozenset()
    style: Style = Style.DECIMAL
    form: str = "plain"


class _Text:
    """A text's lines with what every shape asks of them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.code = list(fenced(list(lines)))
        self.numbered = numbered_lines(lines, self.code)
        self.unnumbered = unnumbered_lines(lines, self.code)
        self.asking = {line.index for line in (*self.numbered, *self.unnumbered) if line.asks}
        self.headings = [(i, len(m[1]), m[2]) for i, m in self._outside(_HEADING)]
        self.named = [i for i, line in enumerate(lines) if not self.code[i] and _names_a_group(lines, i, line)]

    def _outside(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        for i, line in enumerate(self.lines):
            if not self.code[i] and (match := pattern.fullmatch(line)):
                yield i, match

    def groups(self, candidates: Sequence[Line]) -> list[Group]:
        """Return headings, not below the candidates' own level, that a question follows within a few lines."""
        asking = {line.index for line in candidates if line.asks}
        taken = {line.index for line in candidates}
        level = max((line.level for line in candidates), default=0) or 6
        headings = {i: without_marks(words) for i, depth, words in self.headings if depth <= level}
        headings |= {i: one_line(without_wrapping(self.lines[i])) for i in self.named}
        times = Counter(headings.values())
        apart = {
            i: between
            for i, name in headings.items()
            if i not in taken
            and times[name] == 1
            and not heads_an_answer(name)
            and (between := self._between(i, asking, headings.keys() - taken)) >= 0
        }
        # Text may part a group's heading from its question; that of an answer's last part does too, and lies deeper.
        depth = min((self._depth(i) for i, between in apart.items() if not between), default=0)
        first = min(asking, default=0)
        leading = (i for i, between in apart.items() if not between or i < first or self._depth(i) <= depth)
        return [Group(i, headings[i]) for i in sorted(leading)]

    def _between(self, i: int, asking: set[int], headings: Collection[int]) -> int:
        """Return how many lines of text part a heading from the question that it leads, -1 where it leads none."""
        below = (k for k in range(i + 1, min(i + _GROUP_LINES, len(self.lines))) if self.lines[k].strip())
        for between, k in zip(range(_GROUP_TEXT), below, strict=False):
            if k in asking:
                return between
            if k in headings:
                return -1
        return -1

    def _depth(self, i: int) -> int:
        """Return a heading's level, 0 for a line that is named as a group."""
        match = _HEADING.fullmatch(self.lines[i])
        return len(match[1]) if match else 0


def _names_a_group(lines: Sequence[str], i: int, line: str) -> bool:
    """Say whether a line alone in its paragraph is "Tema 2: Redes" or "Parte B", whatever marks it carries."""
    if len(line) > 200 or (i and lines[i - 1].strip()) or line.lstrip().startswith("#"):
        return False
    words = without_wrapping(line)
    named = session_of(words.rstrip(":")) or _PART.fullmatch(words)
    return bool(named) and len(words.split()) <= _GROUP_WORDS and not words.endswith((".", "?"))


def heads_an_answer(heading: str) -> bool:
    """Say whether a heading is one over an answer or a part of it ("Respuesta", "Ejemplo")."""
    return len(heading) < 100 and _ANSWERS.fullmatch(folded(heading)) is not None


def shape_of(lines: Sequence[str]) -> Shape:
    """Return the shape of a guide's questions; one without questions where the text has none."""
    text = _Text(lines)
    shapes = [shape for shape in (*_numbered_shapes(text), *_unnumbered_shapes(text)) if shape.questions]
    if not shapes:
        return Shape()
    scores = {id(shape): _score(text, shape) for shape in shapes}
    best = max(scores.values())
    enough = [shape for shape in shapes if scores[id(shape)] >= _ENCLOSING * best]
    return min(enough, key=lambda shape: (shape.questions[0].line, -scores[id(shape)]))


def _numbered_shapes(text: _Text) -> Iterator[Shape]:
    """Yield a shape for each style and form that some line has."""
    for style in Style:
        for worded in (True, False):
            candidates = [line for line in text.numbered if line.style is style and line.form.endswith("+") is worded]
            count: Callable[[Sequence[Line], str, Sequence[Group]], list[Taken]]
            count = nested if style is Style.NESTED else counted
            for form in sorted({line.form for line in candidates if line.asks}):
                shape = _numbered_shape(text, candidates, form, count)
                if style is not Style.LETTER or _is_lettered(shape):
                    yield shape


def _numbered_shape(
    text: _Text,
    candidates: Sequence[Line],
    form: str,
    count: Callable[[Sequence[Line], str, Sequence[Group]], list[Taken]],
) -> Shape:
    strict = [line for line in candidates if line.opens or line.form[0] == "h"]
    groups = text.groups([line for line in candidates if line.form == form])
    few, many = count(strict, form, groups), count(candidates, form, groups)
    taken = many if len(many) > _LOOSE * len(few) else few
    lines = frozenset(group.line for group in groups)
    return Shape(_questions(text, taken, lines), lines, candidates[0].style, form)


def _is_lettered(shape: Shape) -> bool:
    """Say whether letters number a guide, and not the options of a question."""
    asking = sum("?" in question.stem for question in shape.questions)
    return len(shape.questions) >= _MIN_LETTERED and asking * 2 >= len(shape.questions)


def _unnumbered_shapes(text: _Text) -> Iterator[Shape]:
    """Yield a shape for each form of question without a number; of plain lines only those that open a paragraph."""
    by_form = sorted(text.unnumbered, key=lambda line: line.form)
    for form, found in groupby(by_form, key=lambda line: line.form):
        own = list(found)
        opening = [line for line in own if line.opens]
        own = opening if form == "plain" and len(own) <= _LOOSE * len(opening) else own
        # A question in a heading above the others' level is one too where it has words of its own.
        if form[0] == "h":
            own += [
                line for line in text.unnumbered if line.form < form and line.form[0] == "h" and _speaks(text, line)
            ]
            own.sort(key=lambda line: line.index)
        groups = text.groups(own)
        yield _unnumbered_shape(text, own, groups, form)


def _unnumbered_shape(text: _Text, own: Sequence[Line], groups: Sequence[Group], form: str) -> Shape:
    taken: list[Taken] = []
    entered, name = 0, ""
    for number, line in enumerate(own, start=1):
        while entered < len(groups) and groups[entered].line < line.index:
            name = groups[entered].name
            entered += 1
        taken.append(Taken(replace(line, number=number), name, 0))
    lines = frozenset(group.line for group in groups)
    return Shape(_questions(text, taken, lines), lines, Style.NONE, form)


def _speaks(text: _Text, line: Line) -> bool:
    following = _next_written(text.lines, line.index + 1, len(text.lines))
    return following < len(text.lines) and following not in text.asking and not text.lines[following].startswith("#")


def _questions(text: _Text, taken: Sequence[Taken], groups: frozenset[int]) -> tuple[Question, ...]:
    ends = [after.line.index for after in taken[1:]] + [len(text.lines)][: len(taken)]
    return tuple(_question(text, each, end, groups) for each, end in zip(taken, ends, strict=True))


def _question(text: _Text, taken: Taken, end: int, groups: frozenset[int]) -> Question:
    """Read a stem to its end: it may go on over the next lines, or begin on the one below its number."""
    lines, line = text.lines, taken.line
    body = line.index + 1
    stem = line.text
    if not stem:
        at = _next_written(lines, body, end)
        if at < end and at not in groups and not text.code[at]:
            stem, body = one_line(without_wrapping(lines[at].lstrip("# \t"))), at + 1
    # A question mark that is open, or none yet where the next line has one: the question goes on there.
    limit = min(end, body + _STEM_LINES - 1)
    while body < limit and lines[body].strip() and not text.code[body] and _goes_on(stem, lines[body]):
        stem = f"{stem} {lines[body].strip()}"
        body += 1
    if stem.count("**") % 2:
        stem = stem.replace("**", "")
    return Question(
        line.index, body, line.number, one_line(stem.strip("|")), taken.group, taken.run, line.style is not Style.NONE
    )


def _goes_on(stem: str, line: str) -> bool:
    return stem.count("¿") > stem.count("?") or (
        "?" in line and not stem.rstrip(" *_").endswith(("?", ".", ":")) and not line.lstrip().startswith(("-", "•"))
    )


def _next_written(lines: Sequence[str], start: int, end: int) -> int:
    return next((i for i in range(start, end) if lines[i].strip()), end)


def _score(text: _Text, shape: Shape) -> float:
    """Return how many questions have words of an answer right behind them, plus a little for each question."""
    ends = [question.line for question in shape.questions[1:]] + [len(text.lines)]
    answered = 0
    for question, end in zip(shape.questions, ends, strict=True):
        at = _next_written(text.lines, question.body, end)
        answered += at < end and at not in shape.groups and at not in text.asking
    return answered + 0.1 * len(shape.questions)
