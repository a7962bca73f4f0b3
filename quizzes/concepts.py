"""Which questions ask about the same thing, so that the answer of one could be true of the other (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizzes.model import Question
from quizzes.nearness import SAME_MEANING, Similarity, word_similarity
from quizzes.statement import Form, Statement, Unstated, is_definition, state
from quizzes.terms import containment, content, focus, fold

SHARED_FOCUS = 0.6
"""Share of the shorter question's own words from which two questions overlap: kinds of one thing."""
SHARED_WORDS = 0.5
"""Share of the shorter statement's words from which it says the same."""
IN_ANSWER = 0.6
"""Share of an option's words from which the reference answer holds the option as well."""


_HOW = frozenset(["como", "how", "disena", "disenarias", "disenar", "design"])
_WHY = frozenset(["por", "why"])


class Aspect(StrEnum):
    """What a question wants to know of its concept."""

    WHAT = "what"
    HOW = "how"
    WHY = "why"
    WHICH = "which"


@dataclass(frozen=True, slots=True)
class Source:
    """A question and what its answer states."""

    question: Question
    statement: Statement | Unstated


def prepare(questions: Sequence[Question]) -> tuple[Source, ...]:
    """Return every question with its statement, in order."""
    return tuple(Source(question, state(question.stem, question.answer)) for question in questions)


def aspect(stem: str) -> Aspect:
    """Return what a question wants to know, by its first word of asking."""
    if is_definition(stem):
        return Aspect.WHAT
    words = re.findall(r"\w+", fold(stem).replace("ñ", "n"))
    first = next((word for word in words if word in _HOW or word in _WHY), "")
    if first in _HOW:
        return Aspect.HOW
    return Aspect.WHY if first else Aspect.WHICH


def same_concept(a: Source, b: Source, similarity: Similarity) -> bool:
    """Tell whether two questions are about one concept, or one about a special case of the other's."""
    pairs = [(x, y) for x in a.statement.names for y in b.statement.names]
    if any(x <= y or y <= x for x, y in pairs):
        return True
    if containment(focus(a.question.stem), focus(b.question.stem)) >= SHARED_FOCUS:
        return True
    return max(similarity(a.question, b.question), word_similarity(a.question, b.question)) >= SAME_MEANING


def may_be_true(asked: Source, other: Source, similarity: Similarity) -> bool:
    """Tell whether what `other` states could be a right answer to what is asked.

    True when both are about one concept, when what one says names the other's concept (a kind of it, a part of it),
    when both say nearly the same, or when the reference answer says it too.
    """
    if not (isinstance(asked.statement, Statement) and isinstance(other.statement, Statement)):
        return True
    if same_concept(asked, other, similarity) or names_other(asked, other):
        return True
    if asked.statement.form is Form.LIST:
        return lists_agree(asked, other)
    shown = content(other.statement.text)
    if containment(content(asked.statement.text), shown) >= SHARED_WORDS:
        return True
    return len(shown & content(asked.question.answer)) >= IN_ANSWER * len(shown)


def names_other(asked: Source, other: Source) -> bool:
    """Tell whether one of two names the concept of the other, so that it may be a kind of it.

    For a question of what something is, anywhere in either answer; else in what `other` states.
    """
    if is_definition(asked.question.stem):
        return names_concept(content(other.question.answer), asked) or names_concept(
            content(asked.question.answer), other
        )
    return isinstance(other.statement, Statement) and names_concept(content(other.statement.said), asked)


def lists_agree(asked: Source, other: Source) -> bool:
    """Tell whether two lists of labels may answer the same: both are ways to do something, or they share a label."""
    if aspect(asked.question.stem) is aspect(other.question.stem) is Aspect.HOW:
        return True
    said, other_said = (_labels(one) for one in (asked, other))
    answer = content(asked.question.answer)
    shared = any(containment(a, b) >= SHARED_WORDS for a in said for b in other_said)
    return shared or any(label and label <= answer for label in other_said)


def _labels(source: Source) -> tuple[frozenset[str], ...]:
    text = source.statement.text if isinstance(source.statement, Statement) else ""
    return tuple(content(label) for label in text.split(";"))


def names_concept(words: frozenset[str], source: Source) -> bool:
    """Tell whether a sentence's words hold a name of the source's concept."""
    return any(name <= words for name in source.statement.names)
