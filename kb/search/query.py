"""What a person typed becomes terms to rank by and, where syntax was clearly meant, a condition to meet. Pure.

Syntax is a quoted phrase, AND, OR and NOT in capitals between words, `-word` and `word*`. Anything else is a plain
question, whatever punctuation it has. Whoosh parses the syntax; what reaches FTS5 is built here, every term quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from kb.errors import EmptyQuery
from kb.search.language import phrase_terms, query_terms

MOST_TERMS = 64
"""Terms of a query that are searched; a longer text is a document, and its first words say what it is about."""

_LONGEST_PROGRAM = 400
_DEEPEST = 6

_SYNTAX = re.compile(
    r"\"[^\"]*\w[^\"]*\""  # "a phrase"
    r"|(?<=\S)\s(?:AND|OR|NOT)\s+(?=[\w\"(¿¡-])"  # one AND other
    r"|(?<=\S)\s-(?=[^\W\d_]|\")"  # one -other
    r"|(?<![\w*])[^\W_]{3,}\*(?![\w*])"  # pref*
)


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood: `terms` rank, `condition` (FTS5 syntax, "" for none) must hold, `text` is what it means."""

    terms: tuple[str, ...]
    condition: str
    text: str

    @property
    def any_term(self) -> str:
        """The FTS5 expression that any of the terms meets."""
        return " OR ".join(quoted(term) for term in self.terms)


def understand(text: str) -> Query:
    """Return what a query asks for; raises EmptyQuery when it has no letter or digit."""
    plain = " ".join(text.split())
    if len(plain) <= _LONGEST_PROGRAM and _SYNTAX.search(plain):
        program = _program(plain)
        if program is not None:
            return program
    terms = query_terms(plain)[:MOST_TERMS]
    if not terms:
        raise EmptyQuery(reason="")
    return Query(terms, "", plain)


def quoted(term: str) -> str:
    """Return an FTS5 string: inside quotes nothing is syntax but the quote itself (sqlite.org/fts5.html, 3.1)."""
    return '"' + term.replace('"', '""').replace("\x00", "") + '"'


def _program(text: str) -> Query | None:
    """Return the query that the syntax makes, None when it excludes everything or is nested beyond sense."""
    if text.count("(") > _DEEPEST:
        return None
    try:
        tree = _parser().parse(text, normalize=False)
    except IndexError:  # Whoosh's answer to an operator without its operand: then it is a word
        return None
    condition = _condition(tree)
    positive = " ".join(_positive(tree))
    terms = query_terms(positive)[:MOST_TERMS]
    return Query(terms, condition, positive) if condition and terms else None


def _condition(node: Any) -> str:
    """Return a Whoosh query as an FTS5 expression, "" where it demands nothing.

    Words that merely stand beside a phrase help to rank but are not demanded; beside other words any will do.
    """
    from whoosh import query as q

    if isinstance(node, q.Prefix):
        pieces = phrase_terms(node.text)
        return f"{quoted(min(pieces[-1], node.text.lower(), key=len))} *" if pieces else ""
    if isinstance(node, q.Phrase):
        return _phrase(" ".join(node.words))
    if isinstance(node, q.Term):
        return _phrase(node.text)
    if not isinstance(node, q.And | q.Or):
        return ""
    refused = [found for child in node if isinstance(child, q.Not) and (found := _condition(child.query))]
    wanted = [child for child in node if not isinstance(child, q.Not)]
    demanded = [child for child in wanted if not isinstance(child, q.Term)]
    joint = " AND " if isinstance(node, q.And) or (_side_by_side(node) and demanded) else " OR "
    chosen = demanded if joint == " AND " and _side_by_side(node) else wanted
    expressions = [expression for child in chosen if (expression := _condition(child))]
    if not expressions:
        return ""
    accepted = joint.join(f"({expression})" for expression in expressions)
    return f"({accepted}) NOT ({' OR '.join(refused)})" if refused else accepted


def _phrase(text: str) -> str:
    terms = phrase_terms(text)
    return quoted(" ".join(terms)) if terms else ""


def _positive(node: Any) -> Iterator[str]:
    """Yield the words that are asked for, not those that are refused."""
    from whoosh import query as q

    if isinstance(node, q.Phrase):
        yield from node.words
    elif isinstance(node, q.Term | q.Prefix):
        yield node.text
    elif isinstance(node, q.And | q.Or):
        for child in node:
            yield from _positive(child)


def _side_by_side(node: Any) -> bool:
    return type(node).__name__ == "_SideBySide"


@cache
def _parser() -> Any:
    """Return Whoosh's parser with the plugins of our syntax alone; wildcards, fields, boosts and ranges stay text."""
    from whoosh import query
    from whoosh.qparser import QueryParser, plugins, syntax

    class _SideBySide(query.Or):  # type: ignore[misc]
        """Words with no operator between them, told apart from an OR that was written."""

    class _SideBySideGroup(syntax.OrGroup):  # type: ignore[misc]
        qclass = _SideBySide

    operators = plugins.OperatorsPlugin(
        And=r"(?<=\s)AND(?=\s)",
        Or=r"(?<=\s)OR(?=\s)",
        Not=r"(?<=\s)(NOT(?=\s)|-(?=[^\W\d_]|\"))",
        AndMaybe=None,
        AndNot=None,
        Require=None,
    )
    simple = [plugins.WhitespacePlugin(), plugins.PhrasePlugin(), plugins.GroupPlugin(), plugins.PrefixPlugin()]
    return QueryParser("terms", schema=None, plugins=[*simple, operators], group=_SideBySideGroup)
