"""The answer to a question as it stands under it: its label, its options, its Markdown. Pure.

The options of a multiple-choice question belong to its stem where something behind them says which one is right,
because the question cannot be asked without them; a bare letter then becomes the option that it names. Options with
nothing behind them may be the answer themselves and stay in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import one_line
from ingest.kinds.lists import with_markdown_bullets, with_markdown_tables

_LABEL = re.compile(
    r"(?:#{1,6}[ \t]+|>[ \t]?)?(?P<open>[*_]{1,3})?"
    r"(?:(?i:respuestas?|resp|rta|soluci[oó]n|sol|answer|ans|solution)(?i:[ \t]+(?:correcta|correct))?"
    r"|(?P<letter>[RrAa]))"
    r"\.?(?:[ \t]*(?P<number>\d{1,4})(?!\d))?(?P<early>[*_]{1,3})?[ \t]*"
    r"(?P<mark>\.?:|\.-|\.?[ \t]*[-–—](?!\w))(?P<late>[*_]{1,3})?[ \t]*"
)
_LABEL_LINE = re.compile(
    r"(?:#{1,6}[ \t]+)?[*_]{0,3}(?i:respuesta|soluci[oó]n|answer|solution)(?i:[ \t]+(?:correcta|correct))?"
    r"[*_]{0,3}[ \t]*\n+"
)
_OPTION = re.compile(r"[ \t]*(?:[-*+][ \t]+)?\(?([a-hA-H])[ \t]*\\?[).][ \t]*(\S.*)")
_CHOICE = re.compile(r"[*_(\[]{0,3}([a-hA-H])[)\].*_]{0,3}")
_RULE = re.compile(r"\n {0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*$")
_MIN_OPTIONS = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """A question's stem and its answer."""

    stem: str
    answer: str


def tidy(lines: Sequence[str]) -> str:
    """Return an answer's lines as Markdown with whole lists and tables, without the rule that closes it."""
    text = with_markdown_tables(with_markdown_bullets("\n".join(lines)))
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n ")
    return _RULE.sub("", f"\n{text}").strip("\n ") if text.endswith(("-", "*", "_")) else text


def answered(stem: str, body: str, solution: str, number: int) -> Answered:
    """Join a stem, what stands under it and a solution that stands apart ("" for none) into question and answer."""
    options, rest = _options(body)
    label = _label(rest, number)
    if len(options) >= _MIN_OPTIONS and (label or (solution and not rest)):
        stem = " ".join([stem, *(f"{letter}) {text}" for letter, text in options.items())])
        body = rest
    elif not options:
        label = _label(body, number)
    else:
        label = 0
    found = _without_label(body, label) if label else body
    parts = [_named(part, options) for part in (found, _repeating_no(stem, solution)) if part]
    return Answered(one_line(stem), "\n\n".join(parts))


def has_answer(body: str) -> bool:
    """Say whether there is more under a question than options to choose from."""
    options, rest = _options(body)
    return bool(rest if len(options) >= _MIN_OPTIONS else body)


def _options(body: str) -> tuple[dict[str, str], str]:
    """Return the options (by lower-case letter, from "a" on) that a body begins with, and what follows them."""
    options: dict[str, str] = {}
    lines = body.split("\n")
    end = 0
    for i, line in enumerate(lines):
        match = _OPTION.fullmatch(line)
        if match and match[1].lower() == chr(ord("a") + len(options)):
            options[match[1].lower()] = match[2].strip()
            end = i + 1
        elif line.strip():
            break
    return options, "\n".join(lines[end:]).strip()


def _label(text: str, number: int) -> int:
    """Return the length of the label that an answer begins with; one that numbers another question is none."""
    alone = _LABEL_LINE.match(text)
    if alone:
        return alone.end()
    match = _LABEL.match(text)
    if match is None or (match["number"] and int(match["number"]) != number):
        return 0
    return 0 if match["letter"] and match["mark"].strip(" .") not in (":", "-") else match.end()


def _without_label(text: str, length: int) -> str:
    """Return an answer behind its label, without the emphasis that the label shared with it."""
    match = _LABEL.match(text[:length])
    rest = text[length:]
    if match and match["open"] and not match["early"] and not match["late"]:
        rest = rest.replace(match["open"], "", 1)
    return rest.strip()


def _named(answer: str, options: dict[str, str]) -> str:
    """Return the option that an answer of one letter names, else the answer."""
    match = _CHOICE.fullmatch(answer.strip())
    letter = match[1].lower() if match else ""
    return f"{letter}) {options[letter]}" if letter in options else answer


def _repeating_no(stem: str, solution: str) -> str:
    """Return a solution without the question that it may repeat first."""
    first, _, rest = solution.partition("\n")
    asked = first.strip().strip("*_ ")
    return rest.strip() if rest.strip() and asked and one_line(asked) == stem else solution
