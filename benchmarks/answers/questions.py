"""Which questions are asked: a sample of a SQuAD-format file, or the pairs of benchmarks/gold/hard.json."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import squad
from benchmarks.answers.record import Asked, Kind

HARD = Path(__file__).parent.parent / "gold" / "hard.json"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question that the material nearly answers, and one half a word away that it does.

    `passage` says where: its document (a path in the material), the part, the kind of place, where in it, and words.
    """

    id: str
    change: str
    language: str
    held_out: bool
    question: str
    why: str
    twin: str
    answers: tuple[str, ...]
    passage: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many questions of each kind, and the seed that chooses them; fewer where there are fewer."""

    answerable: int
    left_out: int
    near: int
    seed: int


def pairs(path: Path = HARD) -> tuple[Pair, ...]:
    """Return the pairs of a file. Raises WrongFile and OSError."""
    try:
        entries = json.loads(path.read_text("utf-8"))
        return tuple(Pair(**{**entry, "answers": tuple(entry["answers"])}) for entry in entries)
    except (ValueError, TypeError, KeyError) as error:
        raise squad.WrongFile(f"{path}: not a file of pairs ({type(error).__name__}: {error})") from error


def of_pairs(known: Sequence[Pair], wanted: Wanted) -> tuple[Asked, ...]:
    """Return the twins and the questions of so many pairs, the same ones where the numbers are the same."""
    order = random.Random(wanted.seed).sample(list(known), len(known))
    twins = [Asked(one.id, Kind.ANSWERABLE, one.twin, one.answers, one.held_out) for one in order]
    near = [Asked(one.id, Kind.NEAR, one.question, (), one.held_out) for one in order]
    return tuple(twins[: wanted.answerable] + near[: wanted.near])


def of_squad(known: squad.Squad, wanted: Wanted) -> tuple[Asked, ...]:
    """Return the sample; questions whose article is left out are others than those that are answered, if they can be.

    Those of articles with an odd number are held out: the product's constants are chosen on the others. What is
    asked without its article comes article by article.
    """
    order = random.Random(wanted.seed).sample(list(known.questions), len(known.questions))
    possible = [one for one in order if not one.impossible]
    near = [_asked(known, one, Kind.NEAR) for one in order if one.impossible][: wanted.near]
    answerable = [_asked(known, one, Kind.ANSWERABLE) for one in possible[: wanted.answerable]]
    rest = possible[wanted.answerable :] + possible[: wanted.answerable]
    left_out = [_asked(known, one, Kind.LEFT_OUT) for one in rest[: wanted.left_out]]
    return tuple(answerable + near + sorted(left_out, key=lambda one: one.article))


def _asked(known: squad.Squad, one: squad.Question, kind: Kind) -> Asked:
    article = known.paragraphs[one.paragraph].article
    gold = one.answers if kind is Kind.ANSWERABLE else ()
    return Asked(one.id, kind, one.text, gold, bool(article % 2), article, one.paragraph)
