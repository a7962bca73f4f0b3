"""Figures as a page shows them: a table for each set of questions, a column for each way of answering. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.answers.figures import Figures, Share, Spread, figures
from benchmarks.answers.record import Kind, Record, Run, Start

WIDTH, COLUMN = 46, 22


@dataclass(frozen=True, slots=True)
class Answered:
    """A run with its records."""

    run: Run
    records: tuple[Record, ...]


def tables(known: Sequence[Answered]) -> str:
    """Return a table for each data set and model; of what has held-out questions, another of those alone."""
    sets: dict[tuple[str, str, str, int], list[Answered]] = {}
    for one in (one for one in known if one.records):
        key = (one.run.data, one.run.questions, "" if one.run.method == "quotes" else one.run.model, one.run.seed)
        sets.setdefault(key, []).append(one)
    written = [table(group) for group in _with_quotes(sets)]
    return "\n\n".join(written)


def _with_quotes(sets: Mapping[tuple[str, str, str, int], list[Answered]]) -> Iterator[list[Answered]]:
    """Yield the runs of each data set and model, with the one that needs no model beside them."""
    for (data, questions, model, seed), group in sets.items():
        beside = sets.get((data, questions, "", seed), [])
        if model:
            yield [*group, *beside]
        elif not any(key[0] == data and key[1] == questions and key[3] == seed and key[2] for key in sets):
            yield group


def table(group: Sequence[Answered]) -> str:
    """Return the columns of runs over the same questions."""
    run = group[0].run
    asked = f" with questions of {run.questions}" if run.questions else ""
    model = run.model or "no language model"
    head = f"{run.data}{asked}, {model}, {run.embedder}, {run.cores} cores, seed {run.seed}"
    parts = [head, part("all questions", [(one.run.method, figures(one.records)) for one in group])]
    if any(record.asked.held_out for one in group for record in one.records):
        held_out = [(one.run.method, figures([each for each in one.records if each.asked.held_out])) for one in group]
        parts.append(part("held out alone", held_out))
    return "\n".join(parts)


def part(title: str, columns: Sequence[tuple[str, Figures]]) -> str:
    """Return one block of rows."""
    lines = [f"{title:<{WIDTH}}" + "".join(f"{name:>{COLUMN}}" for name, _ in columns)]
    rows = [dict(_rows(one)) for _, one in columns]
    for name in (name for name in _names() if any(name in one for one in rows)):
        lines.append(f"  {name:<{WIDTH - 2}}" + "".join(f"{one.get(name, '-'):>{COLUMN}}" for one in rows))
    return "\n".join(line.rstrip() for line in lines)


def _names() -> Iterator[str]:
    """Yield every row's name in the order of the page."""
    yield from ("questions asked", "failed", *KINDS.values(), *SHARES, "words an answer, median, p95")
    yield from ("evidence, ms, median, p95", *(row for start in Start for row in _timed(start)), *MODEL)


def _timed(start: Start) -> tuple[str, str]:
    return f"first word, {start}, s, median, p95", f"whole answer, {start}, s, median, p95"


def _rows(one: Figures) -> Iterator[tuple[str, str]]:
    yield "questions asked", str(one.questions)
    if one.failed:
        yield "failed", str(one.failed)
    for kind, name in KINDS.items():
        if one.refused[kind].of:
            yield name, _share(one.refused[kind])
    shares = (one.contained, one.true, one.cited, one.partial, one.unbacked)
    yield from zip(SHARES, map(_share, shares), strict=True)
    yield "words an answer, median, p95", _spread(one.words, 1)
    yield "evidence, ms, median, p95", _spread(one.evidence_ms, 1)
    for start in Start:
        for name, times in zip(_timed(start), (one.first_ms[start], one.total_ms[start]), strict=True):
            if times.of:
                yield name, _spread(times, 1000)
    if one.prompt_tokens.of:
        told = (_spread(one.prompt_tokens, 1), _number(one.reused, 2), _number(one.calls, 1), _number(one.speed, 1))
        yield from zip(MODEL, told, strict=True)


KINDS = {
    Kind.LEFT_OUT: "refused, article left out",
    Kind.NEAR: "refused, passage there without the answer",
    Kind.ANSWERABLE: "wrongly refused, answerable",
}
SHARES = (
    "answers that hold the right one",
    "sentences shown that cite the right passage",
    "sentences shown that cite any",
    "answers that are partial",
    "sentences shown as not in the notes",
)
MODEL = (
    "tokens of the prompt, median, p95",
    "of them found in the cache",
    "requests to the model an answer, mean",
    "tokens a second",
)


def _share(one: Share) -> str:
    low, high = one.interval()
    return f"{one.value:.3f} ({low:.2f} to {high:.2f})" if one.of else "-"


def _spread(one: Spread, unit: int) -> str:
    digits = 1 if unit > 1 else 0
    return f"{one.median / unit:.{digits}f}, {one.p95 / unit:.{digits}f}" if one.of else "-"


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"
