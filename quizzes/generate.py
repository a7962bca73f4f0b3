"""Multiple choice from a study guide: what the answer states, among what sibling answers state (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from quizzes.check import flaws, near_copy, reveals, stands_out
from quizzes.concepts import Source, aspect, may_be_true, names_other, same_concept
from quizzes.model import MultipleChoice, Question
from quizzes.nearness import Similarity
from quizzes.statement import Statement
from quizzes.terms import content, focus

MOST, FEWEST = 3, 2
"""Wrong options of an item."""
NEAREST = 6
"""How many of the best distractors the seed chooses among, so that an item is not always the same four sentences."""
_SAME_ASPECT, _SAME_NUMBER, _LIKE_LENGTH, _SHARES_WORD = 0.25, 0.2, 0.15, 0.1


class Refusal(StrEnum):
    """Why a question has no multiple choice."""

    NO_STATEMENT = "no_statement"
    FEW_DISTRACTORS = "few_distractors"
    REVEALS = "reveals"
    FLAWED = "flawed"


@dataclass(frozen=True, slots=True)
class Declined:
    """A question that is better asked as a flashcard."""

    question: Question
    reason: Refusal


def multiple_choice(
    asked: Source, siblings: Sequence[Source], similarity: Similarity, seed: int
) -> MultipleChoice | Declined:
    """Return a checked item for a question, the same one for the same arguments, or why there is none.

    `siblings` are the questions whose answers may serve as wrong options (the asked one may be among them).
    """
    if not isinstance(asked.statement, Statement):
        return Declined(asked.question, Refusal.NO_STATEMENT)
    ranked = _ranked(asked, siblings, similarity)
    rng = Random(f"{seed}:{asked.question.id}")
    chosen = _chosen(asked, ranked, similarity, rng)
    if len(chosen) < FEWEST:
        return Declined(asked.question, Refusal.FEW_DISTRACTORS)
    options = [(asked.statement.text, asked.question.id), *((_text(one), one.question.id) for one in chosen)]
    rng.shuffle(options)
    texts, sources = zip(*options, strict=True)
    item = MultipleChoice(asked.question, texts, sources.index(asked.question.id), sources)
    found = flaws(item, {one.question.id: one.question for one in siblings}, similarity)
    if any(flaw.reason == "reveals" for flaw in found):
        return Declined(asked.question, Refusal.REVEALS)
    return Declined(asked.question, Refusal.FLAWED) if found else item


def _text(source: Source) -> str:
    return source.statement.text if isinstance(source.statement, Statement) else ""


def _ranked(asked: Source, siblings: Sequence[Source], similarity: Similarity) -> list[Source]:
    """Return the siblings whose statements are wrong here but fit the question, most tempting first.

    Questions that ask the same may say what this one leaves out, so a sibling that is tied to one of them is left
    out as well, and so is one whose own twin is tied to the question.
    """
    same = [asked, *(one for one in siblings if one != asked and same_concept(asked, one, similarity))]
    tied = {name for one in siblings if names_other(asked, one) for name in one.statement.names}
    usable = [
        one
        for one in siblings
        if isinstance(one.statement, Statement)
        and isinstance(asked.statement, Statement)
        and one.statement.form is asked.statement.form
        and not near_copy(one.statement.text, asked.statement.text)
        and not may_be_true(asked, one, similarity)
        and not any(names_other(twin, one) for twin in same)
        and tied.isdisjoint(one.statement.names)
    ]
    return sorted(usable, key=lambda one: (-_fit(asked, one, similarity), one.question.id))


def _fit(asked: Source, other: Source, similarity: Similarity) -> float:
    """Return how tempting a wrong option is: nearness in meaning, and like in what would set it apart at a glance."""
    if not (isinstance(asked.statement, Statement) and isinstance(other.statement, Statement)):
        return 0.0
    longer, shorter = sorted((len(asked.statement.text), len(other.statement.text)), reverse=True)
    return (
        similarity(asked.question, other.question)
        + _SAME_ASPECT * (aspect(asked.question.stem) == aspect(other.question.stem))
        + _SAME_NUMBER * (asked.statement.plural == other.statement.plural)
        + _LIKE_LENGTH * (longer <= 2 * shorter)
        + _SHARES_WORD * bool(focus(asked.question.stem) & content(other.statement.text))
    )


def _chosen(asked: Source, ranked: Sequence[Source], similarity: Similarity, rng: Random) -> list[Source]:
    """Choose up to MOST of the best, no two alike; the last makes up for a clue that only the right one gives."""
    best = list(ranked[:NEAREST])
    rng.shuffle(best)
    chosen: list[Source] = []
    for one in (*best, *ranked[NEAREST:]):
        if len(chosen) < MOST and _differs(one, chosen, similarity):
            chosen.append(one)
    if not chosen or not _clues(asked, chosen):
        return chosen
    kept = chosen[:-1]
    others = [[*kept, one] for one in ranked if one not in kept and _differs(one, kept, similarity)]
    return min([chosen, *others], key=lambda some: _clues(asked, some))


def _clues(asked: Source, chosen: Sequence[Source]) -> int:
    """Count what would give the right option away: its words, its length, that it alone is plural."""
    texts = [_text(one) for one in chosen]
    alone = _is_plural(asked) and not any(_is_plural(one) for one in chosen)
    right = _text(asked)
    return 2 * reveals(asked.question.stem, right, texts) + 2 * stands_out(right, texts) + alone


def _is_plural(source: Source) -> bool:
    return isinstance(source.statement, Statement) and source.statement.plural


def _differs(one: Source, chosen: Sequence[Source], similarity: Similarity) -> bool:
    return not any(near_copy(_text(one), _text(two)) or same_concept(one, two, similarity) for two in chosen)
