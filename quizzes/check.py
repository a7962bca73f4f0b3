"""What is wrong with a multiple-choice item, as reasons; an item without reasons may be asked (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import combinations

from quizzes.concepts import prepare, same_concept
from quizzes.model import MultipleChoice, Question
from quizzes.nearness import Similarity
from quizzes.statement import BLANK, LONGEST
from quizzes.terms import content, focus, jaccard

NEAR_COPY = 0.85
"""Ratcliff-Obershelp ratio from which two options read as the same (difflib's `ratio`)."""
SAME_WORDS = 0.6
"""Jaccard of stemmed words from which two options say the same."""
SOME_WORDS = 0.3
"""Jaccard below which letters need not be compared, which is slow."""
SUPPORTED = 0.8
"""Share of the right option's words that must stand in the reference answer."""
LENGTH_FACTOR = 2.2
"""How much longer or shorter than all others the right option may be before its length gives it away."""


class Reason(StrEnum):
    """Why an item must not be asked."""

    BROKEN = "broken"
    NEAR_COPY = "near_copy"
    UNSUPPORTED = "unsupported"
    ALSO_TRUE = "also_true"
    REVEALS = "reveals"
    LENGTH = "length"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One reason against an item; `option` is the 0-based place of the option it is about."""

    reason: Reason
    option: int


def flaws(item: MultipleChoice, questions: Mapping[str, Question], similarity: Similarity) -> tuple[Flaw, ...]:
    """Return every flaw of an item, () when it is good. `questions` maps the ids in `item.sources`."""
    count = len(item.options)
    if count < 3 or count != len(item.sources) or not 0 <= item.correct < count or not all(item.options):
        return (Flaw(Reason.BROKEN, item.correct),)
    found = [Flaw(Reason.TOO_LONG, n) for n, option in enumerate(item.options) if len(option.split()) > LONGEST]
    found += [Flaw(Reason.NEAR_COPY, b) for a, b in combinations(range(count), 2) if near_copy(*_two(item, a, b))]
    wrong = [n for n in range(count) if n != item.correct]
    if not is_supported(item.options[item.correct], item.question):
        found.append(Flaw(Reason.UNSUPPORTED, item.correct))
    found += [Flaw(Reason.ALSO_TRUE, n) for n in wrong if _is_also_true(item, n, questions, similarity)]
    right, others = item.options[item.correct], [item.options[n] for n in wrong]
    if reveals(item.question.stem, right, others):
        found.append(Flaw(Reason.REVEALS, item.correct))
    if stands_out(right, others):
        found.append(Flaw(Reason.LENGTH, item.correct))
    return tuple(found)


def near_copy(a: str, b: str) -> bool:
    """Tell whether two options read as the same: by their words, or by their letters where they share words."""
    if a.casefold() == b.casefold():
        return True
    words = jaccard(content(a), content(b))
    if not SOME_WORDS <= words < SAME_WORDS:
        return words >= SAME_WORDS
    return SequenceMatcher(None, a.casefold(), b.casefold(), autojunk=False).ratio() >= NEAR_COPY


def is_supported(option: str, question: Question) -> bool:
    """Tell whether the reference answer says what the option says."""
    words = content(option.replace(BLANK, " "))
    return len(words & content(question.answer)) >= SUPPORTED * len(words) > 0


def reveals(stem: str, right: str, others: Sequence[str]) -> bool:
    """Tell whether matching finds the right option: it alone shares most words with the question, or it alone has
    so many blanks."""
    about = focus(stem)
    shared = max((len(about & content(other)) for other in others), default=0)
    blanks = {other.count(BLANK) for other in others}
    return len(about & content(right)) > shared or right.count(BLANK) not in blanks


def stands_out(right: str, others: Sequence[str]) -> bool:
    """Tell whether the right option is much longer, or much shorter, than every other."""
    length = len(right.split())
    lengths = [len(other.split()) for other in others]
    return length > LENGTH_FACTOR * max(lengths) or length * LENGTH_FACTOR < min(lengths)


def _two(item: MultipleChoice, a: int, b: int) -> tuple[str, str]:
    return item.options[a], item.options[b]


def _is_also_true(item: MultipleChoice, n: int, questions: Mapping[str, Question], similarity: Similarity) -> bool:
    """Tell whether a wrong option's source asks about the same concept, or the reference answer holds the option."""
    shown = content(item.options[n].replace(BLANK, " "))
    if shown and shown <= content(item.question.answer):
        return True
    source = questions.get(item.sources[n])
    if source is None:
        return False
    asked, other = prepare((item.question, source))
    return asked.question.id == other.question.id or same_concept(asked, other, similarity)
