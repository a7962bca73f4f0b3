"""What became of files that were added, told in lines or as JSON."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.report import warnings
from tui.commands.invocation import Invocation
from tui.json_output import added, error_sentence
from tui.printing import Style, print_error
from tui.report import passed_over_sentence, remark

if TYPE_CHECKING:
    from kb.model import AddResult

STYLES = {"added": Style.GOOD, "updated": Style.GOOD, "unchanged": Style.QUIET}
SHOWN_WARNINGS = 5
"""Warnings of one document that are printed; the report has them all."""
SHOWN_UNCHANGED = 10
"""Up to so many unchanged documents are named; more are only counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of one run, the files of folders that were passed over, and whether it only tried."""

    results: tuple[AddResult, ...]
    passed_over: tuple[Path, ...] = ()
    dry_run: bool = False


def print_outcome(invocation: Invocation, outcome: Outcome) -> None:
    """Print a line a document, its warnings below it, and the sums; failures go to stderr.

    JSON has the documents alone; that files were passed over is then said on stderr.
    """
    if invocation.json:
        invocation.print_json(added(outcome.results, invocation.messages))
        if outcome.passed_over:
            invocation.note(passed_over_sentence(outcome.passed_over, invocation.messages))
        return
    if outcome.dry_run and not invocation.quiet:
        invocation.printer.line(invocation.text("add.dry_run"), Style.STRONG)
    counts = Counter(result.status.value for result in outcome.results)
    for result in outcome.results:
        if result.error is not None:
            sys.stdout.flush()
            print_error(error_sentence(result.error, invocation.messages))
        elif not invocation.quiet and (result.status != "unchanged" or counts["unchanged"] <= SHOWN_UNCHANGED):
            _print_result(invocation, result, outcome.dry_run)
    if not outcome.results:
        print_error(invocation.text("add.nothing"))
    if not invocation.quiet:
        _print_sums(invocation, counts, outcome.passed_over)


def _print_result(invocation: Invocation, result: AddResult, dry_run: bool) -> None:
    info, printer = result.document, invocation.printer
    if info is not None:
        sentence = invocation.text(
            f"add.{'would_be_' if dry_run else ''}{result.status.value}",
            title=info.title,
            kind=invocation.text(f"kind.{info.kind.value}"),
            passages=info.passages,
            questions=info.questions,
        )
        printer.line(sentence, STYLES[result.status.value])
    remarks = warnings(result.notices)
    for notice in remarks[:SHOWN_WARNINGS]:
        printer.line(f"! {remark(notice, invocation.messages)}", Style.DOUBT, indent=2)
    if len(remarks) > SHOWN_WARNINGS:
        key = info.id if info is not None and not dry_run else result.path
        more = invocation.text("add.more_warnings", count=len(remarks) - SHOWN_WARNINGS, key=key)
        printer.line(f"! {more}", Style.DOUBT, indent=2)


def _print_sums(invocation: Invocation, counts: Counter[str], passed_over: Sequence[Path]) -> None:
    """Print how many there are of each outcome, where there are many, and which formats were passed over."""
    if counts.total() > SHOWN_UNCHANGED:
        names = ("added", "updated", "unchanged", "failed")
        invocation.printer.line(invocation.text("add.sums", **{name: counts[name] for name in names}), Style.STRONG)
    if passed_over:
        invocation.printer.line(f"! {passed_over_sentence(passed_over, invocation.messages)}", Style.DOUBT)
