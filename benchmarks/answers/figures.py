"""From records to figures: refusals, what answers hold and cite, and how long they take. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from benchmarks.answers.judged import holds
from benchmarks.answers.record import Call, Kind, Record, Said, Start
from kb.model import AnswerStatus


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    of: int
    number: int

    @property
    def value(self) -> float:
        """The share in [0, 1], nan of none."""
        return self.number / self.of if self.of else math.nan

    def interval(self) -> tuple[float, float]:
        """Return where the share lies with 95 % confidence (the score interval of Wilson 1927), nan of none."""
        if not self.of:
            return math.nan, math.nan
        z, p, n = 1.96, self.value, self.of
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 95th percentile of so many numbers, nan of none."""

    of: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What the answers of one way of answering are worth.

    Of the answers given to answerable questions: `contained` those that hold a right answer in what is shown as
    supported, `true` the sentences so shown of which a cited passage is the right one, `partial` those that say that
    something is missing; `cited` the sentences so shown, of all answers given, that have a citation. `unbacked` are
    sentences that were kept and shown as not in the notes. Times are milliseconds, by how ready the model was.
    """

    questions: int
    failed: int
    refused: dict[Kind, Share]
    contained: Share
    true: Share
    cited: Share
    partial: Share
    unbacked: Share
    words: Spread
    evidence_ms: Spread
    first_ms: dict[Start, Spread]
    total_ms: dict[Start, Spread]
    prompt_tokens: Spread
    reused: float
    speed: float
    calls: float


def figures(records: Sequence[Record]) -> Figures:
    """Return the figures of one run. What failed counts nowhere else; shares are of warm answers alone."""
    whole = [one for one in records if not one.error]
    warm = [one for one in whole if one.start is Start.WARM]
    given = [one for one in warm if not refused(one)]
    right = [one for one in given if one.asked.kind is Kind.ANSWERABLE]
    sentences = [(one, said) for one in right for said in shown(one)]
    asked_model = [one for one in warm if any(call.what == "generate" for call in one.calls)]
    first_calls = [next(call for call in one.calls if call.what == "generate") for one in asked_model]
    return Figures(
        questions=len(records),
        failed=len(records) - len(whole),
        refused={kind: share(refused(one) for one in warm if one.asked.kind is kind) for kind in Kind},
        contained=share(holds(text(one), one.asked.gold) for one in right),
        true=share(is_true(one, said) for one, said in sentences),
        cited=share(bool(said.citations) for one in given for said in shown(one)),
        partial=share(one.status == AnswerStatus.PARTIAL for one in right),
        unbacked=share(not said.supported for one in given for said in one.sentences),
        words=spread([float(len(text(one).split())) for one in right]),
        evidence_ms=spread([one.evidence_ms for one in warm if one.evidence_ms]),
        first_ms={
            start: spread([one.first_ms for one in whole if one.start is start and one.first_ms]) for start in Start
        },
        total_ms={
            start: spread([one.total_ms for one in whole if one.start is start and not refused(one)])
            for start in Start
        },
        prompt_tokens=spread([float(call.prompt_tokens) for call in first_calls]),
        reused=_reused(first_calls),
        speed=_speed(first_calls),
        calls=fmean(len(one.calls) for one in asked_model) if asked_model else math.nan,
    )


def refused(record: Record) -> bool:
    """Say whether an answer says that there is none."""
    return record.status == AnswerStatus.NOT_FOUND


def shown(record: Record) -> tuple[Said, ...]:
    """Return the sentences that are shown as supported."""
    return tuple(one for one in record.sentences if one.supported)


def text(record: Record) -> str:
    """Return what is shown as supported."""
    return "\n".join(one.text for one in shown(record))


def is_true(record: Record, said: Said) -> bool:
    """Say whether one of the passages that a sentence cites is the right one."""
    return any(one.gold for one in record.citations if one.n in said.citations)


def share(outcomes: Iterable[bool]) -> Share:
    """Count what is so."""
    known = list(outcomes)
    return Share(len(known), sum(known))


def spread(numbers: Sequence[float]) -> Spread:
    """Return the median and the 95th percentile (the nearest rank)."""
    if not numbers:
        return Spread(0, math.nan, math.nan)
    rank = math.ceil(0.95 * len(numbers)) - 1
    return Spread(len(numbers), median(numbers), sorted(numbers)[rank])


def _reused(calls: Sequence[Call]) -> float:
    """Return the share of the prompts' tokens that were in the cache."""
    whole = sum(call.prompt_tokens for call in calls)
    return sum(call.reused_tokens for call in calls) / whole if whole else math.nan


def _speed(calls: Sequence[Call]) -> float:
    """Return the median of tokens a second after the first piece, of answers of ten tokens or more that came so."""
    long = [call for call in calls if call.tokens >= 10 and 0 < call.first_ms < call.total_ms]
    return median([(one.tokens - 1) * 1000 / (one.total_ms - one.first_ms) for one in long]) if long else math.nan
