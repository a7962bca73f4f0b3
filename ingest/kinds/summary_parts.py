"""The five parts of a session's summary and the headings that open them, as the course's task sets them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import folded
from ingest.formats.markdown.read import fenced


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """A part of a session's summary, its least number of words and the other names it goes by (folded).

    `loose` names are common headings of any notes too: they count only among other parts.
    """

    name: str
    minimum_words: int
    aliases: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()


# Names and minimum words as the course's task sets them.
SUMMARY_PARTS = (
    SummaryPart("MOTIVATION", 40, ("motivacion",), ("motivaciones", "por que se hizo")),
    SummaryPart(
        "HOW IT WORKS",
        70,
        ("how does it work", "como funciona", "how it worked", "como funciono"),
        ("funcionamiento", "como se abordo", "como se hizo"),
    ),
    SummaryPart("RESULTS", 70, ("resultados",), ("resultado", "resultados obtenidos", "result")),
    SummaryPart(
        "WHY IT MATTERS?",
        40,
        ("why it matters", "why does it matter", "por que importa", "por que es importante", "por que nos importa"),
        ("importancia", "relevancia", "why is it important", "por que deberia importarnos"),
    ),
    SummaryPart(
        "TAKE AWAYS AND WHAT WE ARE THINKING?",
        50,
        (
            "take aways and what we are thinking",
            "takeaways and what we are thinking",
            "take aways",
            "takeaways",
            "take-aways",
            "take-aways and what we are thinking",
            "conclusiones y en que pensamos",
            "conclusiones y que pensamos",
            "conclusiones y en que estamos pensando",
            "conclusiones y reflexiones",
            "aprendizajes y en que pensamos",
            "que nos llevamos y en que pensamos",
            "lo que nos llevamos",
            "que nos llevamos",
            "para llevar",
        ),
        ("conclusiones", "conclusion", "reflexiones", "aprendizajes", "puntos clave", "key takeaways"),
    ),
)
_STRICT = {folded(key.rstrip("?")): part for part in SUMMARY_PARTS for key in (part.name, *part.aliases)}
_BY_NAME = _STRICT | {key: part for part in SUMMARY_PARTS for key in part.loose}
# Longest first, so that "take aways and what ..." is not read as "take aways" with text behind it.
_NAMES = sorted(_BY_NAME, key=len, reverse=True)
_DECORATION = re.compile(r"[ \t]*(?:#{1,6}[ \t]*)?[■▪●•◆►▸*_ \t]*(?:\d{1,2}[.):]\-?[ \t]+)?[*_]*")
_ITEM = re.compile(r"[ \t]*[-+*][ \t]")
_BOLD_ITEM = re.compile(r"[ \t]*[-+*][ \t]+(?=\*\*|__)")
# What the task says of a part, where its text would stand.
_REQUIREMENT = re.compile(r"(?:al menos|minimo|como minimo|at least|minimum)(?: de| of)? \d+ (?:palabras|words)")
_SEPARATOR = re.compile(r"[?*_# \t]*(?::|[-–—](?=[ \t*_]|$))")
# Headings that a reader would take for one although nothing marks them: needed only where too few are marked.
_ENOUGH_MARKED = 3
_ENOUGH_LOOSE = 4


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a part begins: its line, and the text that follows its name on that line."""

    line: int
    part: SummaryPart
    text: str
    strict: bool = True
    marked: bool = True


def headings(lines: Sequence[str]) -> list[Heading]:
    """Return the headings of parts outside code; unmarked ones only where fewer than three parts are marked."""
    is_code = fenced(list(lines))
    found = [
        heading
        for number, (line, code) in enumerate(zip(lines, is_code, strict=True))
        if not code and (heading := _heading(line, number, _stands_alone(lines, number)))
    ]
    marked = [heading for heading in found if heading.marked]
    return marked if len({heading.part.name for heading in marked}) >= _ENOUGH_MARKED else found


def is_summary(text: str) -> bool:
    """Say whether a text has at least three of the parts under headings of their own, four where names are common."""
    found = headings(text.split("\n"))
    strict = {heading.part.name for heading in found if heading.strict}
    return len(strict) >= _ENOUGH_MARKED or len({heading.part.name for heading in found}) >= _ENOUGH_LOOSE


def part_of(line: str) -> tuple[SummaryPart, str] | None:
    """Return the part that a marked line opens and the text behind its name, or None.

    List items open none unless they are bold: a list of the parts is the task's text.
    """
    heading = _heading(line, 0, alone=False)
    return (heading.part, heading.text) if heading and heading.marked else None


def _heading(line: str, number: int, alone: bool) -> Heading | None:
    """Return the heading that a line is; `alone` says that it stands between empty lines."""
    item = _BOLD_ITEM.match(line)
    line = line[item.end() :] if item else line
    if _ITEM.match(line):
        return None
    bare = _DECORATION.sub("", line, count=1)
    decorated = len(bare) < len(line.lstrip())
    asked = bare.startswith("¿")
    bare = bare.removeprefix("¿")
    plain = folded(bare[:80])
    name = next((name for name in _NAMES if plain.startswith(name)), "")
    # Folding may change the length of exotic letters; the names themselves have none.
    head, rest = bare[: len(name)], bare[len(name) :]
    if not name or folded(head) != name or (rest and rest[0].isalnum()):
        return None
    separated = _SEPARATOR.match(rest)
    text = rest[separated.end() :] if separated else rest
    text = text.lstrip("?*_#: \t") if text.strip("?*_#: \t") else ""
    if _REQUIREMENT.match(folded(text[:80])):
        return None
    part, strict = _BY_NAME[name], name in _STRICT
    asked = asked and rest.lstrip().startswith("?") and not text
    if _is_marked(head, text, decorated or asked, bool(separated)):
        return Heading(number, part, text, strict)
    if head[:1].isupper() and (separated if text else alone):
        return Heading(number, part, text, strict, marked=False)
    return None


def _is_marked(head: str, text: str, decorated: bool, separated: bool) -> bool:
    """Say whether capitals, marks or a colon make a line a heading, whatever stands around it."""
    if text:
        return head.isupper() or (decorated and separated)
    return decorated or head.isupper() or separated


def _stands_alone(lines: Sequence[str], number: int) -> bool:
    return number == 0 or not lines[number - 1].strip()
