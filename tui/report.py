"""What was read, repaired, dropped and doubted of a document, in words; the same for both front doors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.model import Role
from ingest.report import Effect, by_effect
from tui.locale import Messages, label

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.model import Notice
    from kb.model import DocumentView

SHOWN_TERMS = 12


@dataclass(frozen=True, slots=True)
class Chapter:
    """One effect's lines under its name; a line has no line break."""

    effect: Effect
    title: str
    lines: tuple[str, ...]


def chapters(view: DocumentView, messages: Messages) -> tuple[Chapter, ...]:
    """Return a chapter for each effect in order, also those with nothing to tell, which say so."""
    notices = by_effect(view.notices)
    made = []
    for effect in Effect:
        facts = list(_facts(view, messages)) if effect is Effect.READ else []
        lines = (*facts, *(remark(notice, messages) for notice in notices[effect]))
        made.append(
            Chapter(effect, messages.text(f"report.{effect.value}"), lines or (messages.text("report.none"),))
        )
    return tuple(made)


def remark(notice: Notice, messages: Messages) -> str:
    """Return a notice's sentence behind its place, unless the sentence names the place itself."""
    sentence = " ".join(messages.notice(notice).split())
    where = " ".join(notice.where.split())
    return sentence if not where or where in sentence else f"{where}: {sentence}"


def passed_over_sentence(files: Sequence[Path], messages: Messages) -> str:
    """Say how many files of other formats were left out, by the ending of their names."""
    kinds = Counter(path.suffix.lower() or path.name for path in files)
    formats = ", ".join(f"{kind} ({times})" for kind, times in kinds.most_common())
    return messages.text("add.passed_over", count=len(files), formats=formats)


def _facts(view: DocumentView, messages: Messages) -> Iterator[str]:
    """Say how much there is, in which languages, what is not asked about, and the key terms."""
    say = messages.text
    words = sum(len(section.text.split()) + len(section.notes.split()) for section in view.sections)
    yield say("report.size", sections=len(view.sections), words=words, passages=len(view.passages))
    spoken = Counter(section.language for section in view.sections)
    named = ((say(f"report.language_{code or 'unknown'}"), times) for code, times in spoken.most_common())
    yield say("report.languages", languages=", ".join(f"{name} ({times})" for name, times in named))
    for role in (Role.COVER, Role.AGENDA, Role.CLOSING):
        places = [label(section.locator, messages) for section in view.sections if section.role is role]
        if places:
            yield say(f"report.role_{role.value}", places=", ".join(places))
    terms = list(dict.fromkeys(term for section in view.sections for term in section.terms))
    if terms:
        shown = ", ".join(" ".join(term.split()) for term in terms[:SHOWN_TERMS])
        yield say("report.terms", count=len(terms), terms=shown + (" …" if len(terms) > SHOWN_TERMS else ""))
    kept = [section for section in view.sections if section.original]
    if kept:
        yield say("report.originals", count=len(kept))
    readings = sum(len(section.readings) for section in view.sections)
    if readings:
        yield say("report.readings", count=readings)
