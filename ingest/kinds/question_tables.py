"""Questions and answers that stand in the columns of a table, or on lines "term :: definition". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import folded, one_line, without_marks
from ingest.formats.markdown.read import fenced
from ingest.kinds.lists import with_markdown_tables

_QUESTIONS_WORDS = (
    "questions frente anverso stem concepto pregunta enunciado prompt front termino p concept q term preguntas "
    "question tarjeta"
)
_QUESTIONS = frozenset(_QUESTIONS_WORDS.split())
_ANSWERS_WORDS = (
    "response respuesta significado r definition back answer solucion reverso definicion meaning solution "
    "explicacion respuestas a answers"
)
_ANSWERS = frozenset(_ANSWERS_WORDS.split())
_NUMBERS = frozenset(["n", "no", "nº", "num", "numero", "number", "#", "id", ""])
_GROUPS_WORDS = "unidad seccion modulo clase sesion mazo chapter module lecture unit tema deck capitulo topic session"
_GROUPS = frozenset(_GROUPS_WORDS.split())
_SEPARATOR = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-+:?[ \t]*\|?[ \t]*")
_CELLS = re.compile(r"(?<!\\)\|")
_CARD = re.compile(r"[ \t]*(?:[-*][ \t]+)?(\S[^\n]{1,300}?)[ \t]*(?<!:)::(?!:)[ \t]*(\S.*)")
_MIN_CARDS = 3


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its answer; `number` is 0 where none is printed, `run` as in guide_shapes.Question."""

    number: int
    stem: str
    answer: str
    group: str = ""
    run: int = 0


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column holds what; -1 where none does."""

    question: int
    answer: int
    number: int
    group: int


def items_of_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Item, ...]:
    """Return the questions in a table whose columns are named for questions and answers; none where they are not.

    Two columns without such names will do where most cells of the first ask. Other columns' cells join the answer.
    """
    named = _named(columns)
    if named is None and len(columns) == 2 and _asks([columns, *rows]):
        named, rows, columns = _Columns(0, 1, -1, -1), [columns, *rows], ("", "")
    if named is None:
        return ()
    return tuple(item for row in rows if (item := _item(columns, named, row)).stem)


def items_of_text(text: str) -> tuple[Item, ...]:
    """Return the questions in a text's Markdown tables, or on its "term :: definition" lines when most are such."""
    lines = with_markdown_tables(text).split("\n")
    code = list(fenced(lines))
    found: list[Item] = []
    i = 0
    while i + 1 < len(lines):
        if code[i] or "|" not in lines[i] or "-" not in lines[i + 1] or not _SEPARATOR.fullmatch(lines[i + 1][:2000]):
            i += 1
            continue
        end = i + 2
        while end < len(lines) and "|" in lines[end]:
            end += 1
        header = _cells(lines[i])
        width = len(header)
        rows = [[*_cells(line), *([""] * width)][:width] for line in lines[i + 2 : end]]
        found += items_of_table(header, rows)
        i = end
    return tuple(found) or _cards(lines, code)


def _cards(lines: Sequence[str], code: Sequence[bool]) -> tuple[Item, ...]:
    written = [line for line, is_code in zip(lines, code, strict=True) if line.strip() and not is_code]
    matches = [match for line in written if len(line) < 4000 and (match := _CARD.fullmatch(line))]
    if len(matches) < _MIN_CARDS or len(matches) * 2 < len(written):
        return ()
    return tuple(Item(0, without_marks(match[1]), match[2].strip()) for match in matches)


def _named(columns: Sequence[str]) -> _Columns | None:
    names = [folded(without_marks(name)).strip(" .:") for name in columns]
    question, answer = _first(names, _QUESTIONS), _first(names, _ANSWERS)
    if question < 0 or answer < 0:
        return None
    return _Columns(question, answer, _first(names, _NUMBERS), _first(names, _GROUPS))


def _first(names: Sequence[str], known: frozenset[str]) -> int:
    return next((i for i, name in enumerate(names) if name in known), -1)


def _asks(rows: Sequence[Sequence[str]]) -> bool:
    asking = sum(row[0].rstrip().endswith("?") for row in rows if row)
    return len(rows) >= _MIN_CARDS and asking * 5 >= len(rows) * 4


def _item(columns: Sequence[str], named: _Columns, row: Sequence[str]) -> Item:
    number = row[named.number].strip(" .)") if named.number >= 0 else ""
    group = one_line(row[named.group]) if named.group >= 0 else ""
    told = (named.question, named.answer, named.number, named.group)
    others = [
        f"{one_line(columns[i])}: {cell.strip()}" for i, cell in enumerate(row) if i not in told and cell.strip()
    ]
    answer = "\n\n".join(part for part in (row[named.answer].strip(), *others) if part)
    printed = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
    return Item(printed, without_marks(row[named.question]), answer, group)


def _cells(line: str) -> list[str]:
    cells = _CELLS.split(line.strip().removeprefix("|"))
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [re.sub(r"<br[ \t]*/?>", "\n", cell.replace("\\|", "|")).strip() for cell in cells]
