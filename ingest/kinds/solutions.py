"""Solutions that stand apart from their questions, under "Soluciones" or "Answers", found and numbered. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.formats.markdown.read import fenced
from ingest.kinds.guide_shapes import Question, Shape
from ingest.kinds.question_lines import Line, Style, numbered_lines, unnumbered_lines

_NAMES = (
    r"soluciones|solucionario|respuestas|clave(?:[ \t]+de[ \t]+(?:las[ \t]+)?respuestas)?"
    r"|hoja[ \t]+de[ \t]+respuestas"
    r"|answers|answer[ \t]+key|solutions"
)
_HEADED = re.compile(rf" {{0,3}}(#{{1,6}})[ \t]+[*_]{{0,3}}(?:{_NAMES})\b[^?]{{0,60}}", re.IGNORECASE)
_PLAIN = re.compile(
    rf"[ \t]*[*_]{{0,3}}(?:{_NAMES})(?:[ \t]+(?:correctas|modelo|sugeridas))?[ \t]*:?[*_]{{0,3}}[ \t]*:?[ \t]*",
    re.IGNORECASE,
)
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+\S")
_WORD = re.compile(r"^([ \t#*_]*)(?:respuesta|soluci[oó]n|answer|solution|r|a)[ \t]*(?=\d{1,4}\b)", re.IGNORECASE)
_ROW = re.compile(r"^[ \t]*\|[ \t]*(\d{1,4})[ \t]*\|[ \t]*([^|]*?)[ \t]*\|[ \t]*")
_KEY = re.compile(r"(\d{1,4})[ \t]*[.):=–-]{0,2}[ \t]*\(?([A-Ha-h])\)?(?=[\s,;.|]|$)")
_MAX_GAP = 5


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer printed under a number; `run` counts from 0 how often the numbering had started again."""

    number: int
    run: int
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of solutions, from their heading at `start` to before `end`, and what they say."""

    start: int
    end: int
    solutions: tuple[Solution, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """The solution of each question by its index, and the numbers of solutions that belong to none."""

    by_question: dict[int, str]
    unmatched: tuple[int, ...]


def parts_of(lines: Sequence[str]) -> tuple[Part, ...]:
    """Return the stretches of a text that hold two or more numbered solutions."""
    code = list(fenced(list(lines)))
    heads = [(i, level) for i, line in enumerate(lines) if not code[i] and (level := _head_level(line))]
    if not heads:
        return ()
    questions = {line.index for line in (*numbered_lines(lines, code), *unnumbered_lines(lines, code)) if line.asks}
    parts: list[Part] = []
    for k, (start, level) in enumerate(heads):
        if parts and start < parts[-1].end:
            continue
        limit = heads[k + 1][0] if k + 1 < len(heads) else len(lines)
        end = _end(lines, code, start, limit, level, questions)
        solutions = _solutions(lines[start + 1 : end])
        if len(solutions) > 1:
            parts.append(Part(start, end, tuple(solutions)))
    return tuple(parts)


def join(shape: Shape, parts: Sequence[Part]) -> Joined:
    """Give each solution to the question of its number that stands before it, behind the part before."""
    by_question: dict[int, str] = {}
    unmatched: list[int] = []
    since = 0
    for part in parts:
        of_part = [(i, q) for i, q in enumerate(shape.questions) if since <= q.line < part.start]
        first = of_part[0][1].run if of_part else 0
        waiting: dict[tuple[int, int], list[int]] = {}
        for i, question in reversed(of_part):
            waiting.setdefault((question.run - first, question.number), []).append(i)
        for solution in part.solutions:
            found = waiting.get((solution.run, solution.number))
            if found:
                by_question[found.pop()] = "\n".join(solution.text)
            else:
                unmatched.append(solution.number)
        since = part.end
    return Joined(by_question, tuple(unmatched))


def body_lines(question: Question, end: int, starts: Sequence[int]) -> range:
    """Return the lines under a question up to the next one's, or to solutions (`starts`, ascending)."""
    at = bisect_right(starts, question.line)
    return range(question.body, min(end, starts[at]) if at < len(starts) else end)


def _head_level(line: str) -> int:
    """Return the level of a heading of solutions, 7 for a plain line, 0 for any other line."""
    if len(line) > 200:
        return 0
    headed = _HEADED.fullmatch(line)
    if headed:
        return len(headed[1])
    return 7 if _PLAIN.fullmatch(line) else 0


def _end(lines: Sequence[str], code: Sequence[bool], start: int, limit: int, level: int, questions: set[int]) -> int:
    """Return where solutions end: at a heading, not below theirs, whose next words ask."""
    for i in range(start + 1, limit):
        match = None if code[i] or i in questions else _HEADING.match(lines[i])
        if match and len(match[1]) <= level:
            following = next((k for k in range(i + 1, limit) if lines[k].strip()), limit)
            if following in questions:
                return i
    return limit


def _solutions(lines: Sequence[str]) -> list[Solution]:
    written = [line for line in lines if line.strip()]
    keys = [match for line in written for match in _KEY.finditer(line)]
    if keys and not re.sub(r"[\s,;.|:-]", "", _KEY.sub("", "\n".join(written))):
        return [Solution(int(key[1]), 0, (key[2].lower(),)) for key in keys]
    plain = [_ROW.sub(r"\1. \2", _WORD.sub(r"\1", line)) for line in lines]
    code = list(fenced(plain))
    decimal = [line for line in numbered_lines(plain, code) if line.style is Style.DECIMAL]
    candidates = [line for line in decimal if line.form == decimal[0].form]
    own = {line.index for line in candidates}
    headings = [i for i, line in enumerate(plain) if not code[i] and i not in own and _HEADING.match(line)]
    taken = _taken(candidates, headings)
    ends = [line.index for line, _ in taken[1:]] + [len(lines)][: len(taken)]
    return [
        Solution(line.number, run, _text(line, lines, end, headings))
        for (line, run), end in zip(taken, ends, strict=True)
    ]


def _text(line: Line, lines: Sequence[str], end: int, headings: Sequence[int]) -> tuple[str, ...]:
    """Return a solution's lines without the heading of the next group at their end."""
    last = headings[at - 1] if (at := bisect_left(headings, end)) else -1
    closes = last > line.index and not any(text.strip() for text in lines[last + 1 : end])
    return (line.text, *lines[line.index + 1 : last if closes else end])


def _taken(candidates: Sequence[Line], headings: Sequence[int]) -> list[tuple[Line, int]]:
    """Return the numbered lines that are solutions, each with its run; the others are items of lists in them."""
    comes_again = _comes_again(candidates)
    taken: list[tuple[Line, int]] = []
    last = item = run = 0
    heading = 0
    for k, line in enumerate(candidates):
        fresh = False
        while heading < len(headings) and headings[heading] < line.index:
            heading, fresh = heading + 1, True
        step = line.number - last
        listed = item > 0 and line.number == item + 1
        if fresh and line.number == 1 and last > 0:
            run += 1
        elif not 1 <= step <= _MAX_GAP or (listed and (step != 1 or comes_again[k])):
            item = line.number if listed or line.number == 1 else item
            continue
        last, item = line.number, 0
        taken.append((line, run))
    return taken


def _comes_again(candidates: Sequence[Line]) -> list[bool]:
    """Say of each line whether its number comes again before the number that follows it."""
    nearest: dict[int, int] = {}
    found: list[bool] = []
    for k in range(len(candidates) - 1, -1, -1):
        number = candidates[k].number
        again, after = nearest.get(number, len(candidates)), nearest.get(number + 1, len(candidates))
        found.append(again < after)
        nearest[number] = k
    return found[::-1]
