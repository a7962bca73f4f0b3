"""The syntax of a query as a tree of our own: Whoosh's parser reads it, with the plugins of our syntax alone. Pure.

Wildcards, boosts, ranges and any field but ours stay text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from kb.model import Filters, Kind
from kb.search.language import fold


@dataclass(frozen=True, slots=True)
class Plain:
    """Words as they come."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other."""

    text: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """Every word that begins with `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Spelt:
    """A word, or one that is at most `edits` letters from it."""

    text: str
    edits: int


@dataclass(frozen=True, slots=True)
class Field:
    """Where to search; `text` are the words it counts as where it cannot be one."""

    filters: Filters
    text: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of them (AND)."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them (OR)."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """No operator between them."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """What must not be there (NOT)."""

    node: Node


Node = Plain | Phrase | Beginning | Spelt | Field | Every | Some | Beside | Refused

_NAMES = {
    **dict.fromkeys(("kind", "tipo"), "kind"),
    **dict.fromkeys(("session", "sesion"), "session"),
    **dict.fromkeys(("speaker", "habla", "ponente"), "speaker"),
    **dict.fromkeys(("course", "curso"), "course"),
    **dict.fromkeys(("before", "antes"), "before"),
    **dict.fromkeys(("after", "desde"), "after"),
    **dict.fromkeys(("page", "pagina", "slide", "diapositiva"), "page"),
    **dict.fromkeys(("question", "pregunta"), "question"),
}
"""Every name of a field, in English and Spanish, without its accent."""

_KINDS = {
    **{name.value: name for name in Kind},
    **dict.fromkeys(("transcripts", "talk", "talks", "transcripcion", "transcripciones", "charla"), Kind.TRANSCRIPT),
    **dict.fromkeys(("slide", "deck", "diapositiva", "diapositivas", "transparencias"), Kind.SLIDES),
    **dict.fromkeys(
        ("guide", "questions", "guia", "guia de estudio", "guia_de_estudio", "preguntas"), Kind.STUDY_GUIDE
    ),
    **dict.fromkeys(("summaries", "resumen", "resumenes"), Kind.SUMMARY),
    **dict.fromkeys(("note", "apuntes", "notas"), Kind.NOTES),
}

_FIELD = rf"(?<![^\s(])(?P<text>(?i:{'|'.join(_NAMES)}|sesión|página)):(?=[\w\"])"
_PREFIX = r"(?<![\w*~])(?P<text>[^\W_]{3,})\*(?![\w*])"
_FUZZY = r"(?<=[^\W_])~(?P<maxdist>[12])?(?P<prefix>(?!))?(?=[\s)]|$)"

SYNTAX = re.compile(
    r"\"[^\"]*\w[^\"]*\""  # "a phrase"
    r"|(?<=\S)\s(?:AND|OR|NOT)\s+(?=[\w\"(¿¡-])"  # one AND other
    r"|(?<=\S)\s-(?=[^\W\d_]|\")"  # one -other
    rf"|{_PREFIX.replace('?P<text>', '')}"
    r"|(?<![\w~])[^\W\d_]{3,}" + _FUZZY.replace("?P<maxdist>", "?:").replace("(?P<prefix>(?!))?", "") + "|"
    rf"{_FIELD.replace('?P<text>', '?:')}"
)
"""What shows that a query is meant as syntax; without it, every sign in it is punctuation."""

LONGEST_PROGRAM = 1000
_DEEPEST = 6
_LARGEST = 9
"""Digits of a page or a question that are believed."""


def parse(text: str) -> Node:
    """Return the tree of a query: its words as they are where no syntax was meant, or none that makes sense."""
    if len(text) > LONGEST_PROGRAM or text.count("(") > _DEEPEST or not SYNTAX.search(text):
        return Plain(text)
    try:
        return _node(_parser().parse(text, normalize=False))
    except IndexError:  # Whoosh's answer to an operator without its operand: then it is a word
        return Plain(text)


def field(name: str, value: str) -> Filters:
    """Return what a field asks for, the empty Filters where it has no such value ("page:abc")."""
    attribute = _NAMES.get(fold(name), "")
    written = value.strip().rstrip(".,;!?")
    make = _MAKERS.get(attribute)
    return make(written) if make is not None and any(map(str.isalnum, written)) else Filters()


def _kind(value: str) -> Filters:
    found = _KINDS.get(fold(value))
    return Filters(kind=found.value) if found else Filters()


def _is_date(value: str) -> bool:
    """Say whether it is an ISO date or the beginning of one."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", value):
        return False
    year, month, day = (*map(int, value.split("-")), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _number(value: str) -> int:
    return int(value) if re.fullmatch(rf"[0-9]{{1,{_LARGEST}}}", value) else 0


_MAKERS: dict[str, Callable[[str], Filters]] = {
    "kind": _kind,
    "session": lambda value: Filters(session=value),
    "speaker": lambda value: Filters(speaker=value),
    "course": lambda value: Filters(course=value),
    "before": lambda value: Filters(before=value) if _is_date(value) else Filters(),
    "after": lambda value: Filters(after=value) if _is_date(value) else Filters(),
    "page": lambda value: Filters(page=_number(value)),
    "question": lambda value: Filters(question=_number(value)),
}


def _node(found: Any) -> Node:  # Whoosh has no types
    """Return a Whoosh query as a node."""
    from whoosh import query as q

    if isinstance(found, q.Not):
        return Refused(_node(found.query))
    if isinstance(found, q.And | q.Or):
        nodes = tuple(_node(child) for child in found)
        if type(found).__name__ == _BESIDE:
            return Beside(nodes)
        return Every(nodes) if isinstance(found, q.And) else Some(nodes)
    text = " ".join(found.words) if isinstance(found, q.Phrase) else getattr(found, "text", "")
    if getattr(found, "fieldname", _WORDS) not in (_WORDS, None):
        asked = field(found.fieldname, text)
        written = f"{found.fieldname} {text}"
        return Field(asked, written) if asked != Filters() else Plain(written)
    return _leaf(found, text)


def _leaf(found: Any, text: str) -> Node:  # Whoosh has no types
    from whoosh import query as q

    if isinstance(found, q.FuzzyTerm):
        return Spelt(text, found.maxdist)
    if isinstance(found, q.Prefix):
        return Beginning(text)
    return Phrase(text) if isinstance(found, q.Phrase) else Plain(text)


_WORDS = "terms"
_BESIDE = "_SideBySide"


@cache
def _parser() -> Any:  # Whoosh has no types
    """Return Whoosh's parser for our syntax."""
    from whoosh import query
    from whoosh.qparser import QueryParser, plugins, syntax

    class _SideBySide(query.Or):  # type: ignore[misc]  # Whoosh has no types
        """Words with no operator between them, told apart from an OR that was written."""

    class _SideBySideGroup(syntax.OrGroup):  # type: ignore[misc]  # Whoosh has no types
        qclass = _SideBySide

    operators = plugins.OperatorsPlugin(
        And=r"(?<=\s)AND(?=\s)",
        Or=r"(?<=\s)OR(?=\s)",
        Not=r"(?<=\s)(NOT(?=\s)|-(?=[^\W\d_]|\"))",
        AndMaybe=None,
        AndNot=None,
        Require=None,
    )
    ours = [
        plugins.WhitespacePlugin(),
        plugins.PhrasePlugin(),
        plugins.GroupPlugin(),
        plugins.PrefixPlugin(_PREFIX),
        plugins.FuzzyTermPlugin(_FUZZY),
        plugins.FieldsPlugin(_FIELD, remove_unknown=False),
    ]
    return QueryParser(_WORDS, schema=None, plugins=[*ours, operators], group=_SideBySideGroup)
