"""What a person typed becomes words to rank by and, where syntax was clearly meant, a condition and filters. Pure.

docs/search.md shows the syntax, kb.search.query_parser reads it. Anything else is a plain question, whatever signs it
has. What reaches FTS5 is built here, every term quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import islice

from kb.errors import EmptyQuery
from kb.model import Filters, Via
from kb.search import query_parser as tree
from kb.search.language import (
    NEAR,
    TAIL,
    Form,
    Word,
    asked_forms,
    fold,
    glued_forms,
    is_number,
    is_stop,
    joined_forms,
    phrases,
    words,
)
from kb.search.vocabulary import form

MOST_TERMS = 64
"""Words of a query that are searched; a longer text is a document, and its first words say what it is about."""

LONGEST_QUERY = 10_000
"""Characters of a query that are looked at."""

# In a question, quotation marks set a word off, as print does; they demand no phrase.
_QUESTION = re.compile(r"^\W*¿|\?\W*$")

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Alternative:
    """An index term that stands for a word of the query; `weight` is in (0, 1], `via` says how it comes in."""

    term: str
    weight: float
    via: Via


@dataclass(frozen=True, slots=True)
class Concept:
    """A word as it was asked and what may stand for it, the likeliest first.

    `prefix` is how the words of `aten*` begin, as typed, "" for an ordinary word; `edits` how many letters those of
    `atencoin~` may be off, 0 for an ordinary word. A library's vocabulary says which words those are.
    """

    asked: str
    alternatives: tuple[Alternative, ...]
    prefix: str = ""
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood: its words rank, `condition` (FTS5 syntax, "" for none) and `filters` must hold.

    `text` is what it means, without syntax. Without concepts, every passage that the filters let through is meant.
    """

    concepts: tuple[Concept, ...]
    condition: str
    filters: Filters
    text: str

    @property
    def terms(self) -> tuple[str, ...]:
        """Every alternative's term, each once, in order."""
        return tuple(dict.fromkeys(one.term for concept in self.concepts for one in concept.alternatives))

    @property
    def any_term(self) -> str:
        """The FTS5 expression that any of the terms meets."""
        return _any(self.terms)


def understand(text: str) -> Query:
    """Return what a query asks for; raises EmptyQuery when it has no letter or digit."""
    plain = " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", text[:LONGEST_QUERY])).split())
    if _QUESTION.search(plain):
        plain = " ".join(plain.replace('"', " ").split())
    filters, rest = _without_fields(tree.parse(plain), Filters())
    condition = "" if isinstance(rest, tree.Plain) else _condition(rest)
    concepts = _first(_concepts(rest))
    if filters == Filters() and not (concepts and (condition or _is_syntax(rest))):
        filters, rest, condition, concepts = Filters(), tree.Plain(plain), "", _first(_plain_concepts(plain))
    if not concepts and filters == Filters():
        raise EmptyQuery(reason="")
    return Query(concepts, condition, filters, " ".join(_meant(rest)))


def quoted(term: str) -> str:
    """Return an FTS5 string: inside quotes nothing is syntax but the quote itself (sqlite.org/fts5.html, 3.1)."""
    return '"' + term.replace('"', '""').replace("\x00", "") + '"'


def _any(terms: Iterable[str]) -> str:
    return " OR ".join(quoted(term) for term in terms)


def _is_syntax(node: tree.Node) -> bool:
    """Say whether a tree without a condition differs from its plain words all the same: it has a fuzzy word."""
    if isinstance(node, tree.Every | tree.Some | tree.Beside):
        return any(map(_is_syntax, node.nodes))
    return isinstance(node, tree.Spelt)


def _without_fields(node: tree.Node, known: Filters) -> tuple[Filters, tree.Node]:
    """Return the filters that hold for the whole query, and what is left of it.

    A field holds where it must: not among alternatives, not refused, and once. Elsewhere it is words.
    """
    if isinstance(node, tree.Field):
        both = _both(known, node.filters)
        return (known, tree.Plain(node.text)) if both is None else (both, tree.Plain(""))
    if isinstance(node, tree.Every | tree.Beside):
        kept = []
        for child in node.nodes:
            known, rest = _without_fields(child, known)
            kept.append(rest)
        return known, replace(node, nodes=tuple(kept))
    return known, _as_words(node)


def _as_words(node: tree.Node) -> tree.Node:
    """Return a tree with its fields turned into words."""
    if isinstance(node, tree.Field):
        return tree.Plain(node.text)
    if isinstance(node, tree.Refused):
        return tree.Refused(_as_words(node.node))
    if isinstance(node, tree.Every | tree.Some | tree.Beside):
        return replace(node, nodes=tuple(map(_as_words, node.nodes)))
    return node


def _both(one: Filters, other: Filters) -> Filters | None:
    """Return filters that ask for what both do, None where both ask for the same thing."""
    given = {each.name: getattr(other, each.name) for each in fields(other) if getattr(other, each.name)}
    return None if any(getattr(one, name) for name in given) else replace(one, **given)


def _condition(node: tree.Node) -> str:
    """Return a tree as an FTS5 expression, "" where it demands nothing.

    Words that merely stand beside a phrase help to rank but are not demanded; beside other words any will do. Which
    words a fuzzy one stands for only the library knows: it ranks.
    """
    if isinstance(node, tree.Plain):
        return _of_words(node.text)
    if isinstance(node, tree.Phrase):
        return _of_phrase(node.text)
    if isinstance(node, tree.Beginning):
        start = fold(node.text)
        return f"{quoted(start if start.isdigit() else form(start))} *"
    if isinstance(node, tree.Every | tree.Some | tree.Beside):
        return _of_group(node)
    return ""


def _of_group(node: tree.Every | tree.Some | tree.Beside) -> str:
    refused = [found for child in node.nodes if isinstance(child, tree.Refused) and (found := _condition(child.node))]
    wanted = [child for child in node.nodes if not isinstance(child, tree.Refused)]
    demanded = [child for child in wanted if not isinstance(child, tree.Plain | tree.Spelt)]
    is_beside = isinstance(node, tree.Beside)
    if is_beside and not demanded and not refused:
        return ""
    joint = " AND " if isinstance(node, tree.Every) or (is_beside and demanded) else " OR "
    chosen = demanded if is_beside and demanded else wanted
    expressions = [expression for child in chosen if (expression := _condition(child))]
    if not expressions and not refused:
        return ""
    accepted = joint.join(f"({expression})" for expression in expressions) or quoted(TAIL)  # every passage has it
    return f"({accepted}) NOT ({' OR '.join(f'({one})' for one in refused)})" if refused else accepted


def _of_words(text: str) -> str:
    """Return what a text of one word, or of parts that stand together, is met by."""
    parts = [raw for word in words(text) for raw in word.raw if not is_stop(fold(raw))]
    if len(parts) == 1:
        return _any(one.term for one in asked_forms(parts[0]))
    joined = [one.term for word in words(text) for one in joined_forms(word)]
    return _any(dict.fromkeys((*phrases(text), *joined)))


def _of_phrase(text: str) -> str:
    """Return what a quoted text is met by: one word must stand there as it is, several in order in any form."""
    found = list(words(text))
    if len(found) == 1 and len(found[0].parts) == 1:
        part = found[0].parts[0]
        return quoted(part if part.isdigit() else form(part))
    return _of_words(text) if len(found) == 1 else _any(phrases(text))


def _meant(node: tree.Node) -> Iterator[str]:
    """Yield the words that are asked for, not those that are refused."""
    if isinstance(node, tree.Every | tree.Some | tree.Beside):
        for child in node.nodes:
            yield from _meant(child)
    elif not isinstance(node, tree.Refused) and node.text:
        yield node.text


def _concepts(node: tree.Node) -> Iterator[Concept]:
    if isinstance(node, tree.Beside):
        yield from _beside(node.nodes)
    elif isinstance(node, tree.Every | tree.Some):
        for child in node.nodes:
            yield from _concepts(child)
    elif isinstance(node, tree.Plain | tree.Phrase):
        yield from _plain_concepts(node.text)
    elif isinstance(node, tree.Beginning):
        yield Concept(f"{node.text}*", _alternatives(asked_forms(node.text)), prefix=node.text)
    elif isinstance(node, tree.Spelt):
        for concept in _plain_concepts(node.text):
            yield replace(concept, asked=f"{concept.asked}~", edits=node.edits)


def _beside(nodes: Iterable[tree.Node]) -> Iterator[Concept]:
    """Yield the concepts of neighbours; plain words side by side are one text, as they were typed."""
    together: list[str] = []
    for node in nodes:
        if isinstance(node, tree.Plain):
            together.append(node.text)
            continue
        yield from _plain_concepts(" ".join(together))
        together = []
        yield from _concepts(node)
    yield from _plain_concepts(" ".join(together))


def _plain_concepts(text: str) -> Iterator[Concept]:
    """Yield a text's words, stop words too; two that others write as one (data set) may be found as one."""
    last: Word | None = None
    held: tuple[Concept, ...] = ()
    for word in words(text):
        now = tuple(_of_word(word))
        if last is not None and _may_be_one(last, word) and text[last.end : word.start] == " ":
            glued = glued_forms(last.joined or last.parts[0] + word.parts[0], NEAR)
            held, now = _also(held, glued), _also(now, glued)
        yield from held
        last, held = word, now
    yield from held


def _may_be_one(word: Word, following: Word) -> bool:
    both = (*word.parts, *following.parts)
    return len(both) == 1 + 1 and both[0].isalpha() and both[1].isalnum() and not any(map(is_stop, both))


def _of_word(word: Word) -> Iterator[Concept]:
    """Yield a number as a whole, and otherwise each part of a word, which its joined form stands for as well."""
    joined = joined_forms(word)
    if joined and is_number(word.parts, word.joined):
        yield Concept(word.joined, _alternatives(joined))
        return
    content = [raw for raw, part in zip(word.raw, word.parts, strict=True) if not is_stop(part)]
    for raw in content or word.raw:
        yield Concept(raw, _alternatives((*asked_forms(raw), *joined)))


def _also(concepts: tuple[Concept, ...], forms: tuple[Form, ...]) -> tuple[Concept, ...]:
    added = _alternatives(forms)
    return tuple(replace(one, alternatives=_distinct((*one.alternatives, *added))) for one in concepts)


def _alternatives(forms: Iterable[Form]) -> tuple[Alternative, ...]:
    """Return forms as alternatives; the first is the word itself."""
    return _distinct(Alternative(one.term, one.weight, Via.FORM if n else Via.SAME) for n, one in enumerate(forms))


def _distinct(alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    return tuple({one.term: one for one in reversed(tuple(alternatives))}.values())[::-1]


def _first(concepts: Iterator[Concept]) -> tuple[Concept, ...]:
    """Return the first distinct concepts without stop words; the stop words where there is nothing else."""
    content: dict[tuple[str, int], Concept] = {}
    stops: dict[str, Concept] = {}
    for concept in concepts:
        key = concept.prefix or concept.alternatives[0].term, concept.edits
        if is_stop(fold(concept.asked)):
            stops.setdefault(key[0], concept)
        else:
            content.setdefault(key, concept)
        if len(content) == MOST_TERMS:
            break
    return tuple(content.values()) or tuple(islice(stops.values(), MOST_TERMS))
