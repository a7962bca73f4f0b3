"""The shapes that `--json` prints: a contract with scripts, one function a shape.

Absent strings are "", never null. A locator's `start` and `end` are whole numbers, but seconds for the type `time`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ingest.errors import RepasoError
from ingest.report import by_effect, warnings
from tui.locale import Messages, label

if TYPE_CHECKING:
    from ingest.model import Locator, Notice, Section
    from kb.model import (
        AddResult,
        Answer,
        Citation,
        DocumentInfo,
        DocumentView,
        Passage,
        SessionInfo,
    )
    from quizzes.model import Due, Question, Stats

Shape = dict[str, Any]


def dumps(shape: Shape, indent: int | None = 2) -> str:
    """Return UTF-8-safe JSON text: letters as they are, but lone surrogates and C1 controls escaped."""
    text = json.dumps(shape, ensure_ascii=False, indent=indent)
    return "".join(f"\\u{ord(c):04x}" if "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" else c for c in text)


def locator(place: Locator, messages: Messages) -> Shape:
    """{"type", "start", "end", "label"}."""
    timed = place.type.value == "time"
    return {
        "type": place.type.value,
        "start": place.start if timed else int(place.start),
        "end": place.end if timed else int(place.end),
        "label": label(place, messages),
    }


def notice(remark: Notice, messages: Messages) -> Shape:
    """{"code", "message", "where"}."""
    return {"code": remark.code, "message": messages.notice(remark), "where": remark.where}


def document(info: DocumentInfo) -> Shape:
    """A stored document without its text."""
    return {
        "id": info.id,
        "path": info.path,
        "part": info.part,
        "kind": info.kind.value,
        "title": info.title,
        "author": info.author,
        "url": info.url,
        "course": info.course,
        "session": info.session,
        "language": info.language,
        "passages": info.passages,
        "questions": info.questions,
    }


def session(info: SessionInfo) -> Shape:
    """{"course", "title", "documents"}."""
    return {"course": info.course, "title": info.title, "documents": info.documents}


def question(asked: Question, kind: str, messages: Messages) -> Shape:
    """A question of the bank; `kind` is its document's."""
    return {
        "id": asked.id,
        "number": asked.number,
        "stem": asked.stem,
        "answer": asked.answer,
        "origin": asked.origin.value,
        "kind": kind,
        "course": asked.course,
        "session": asked.session,
        "document": asked.document,
        "locator": locator(asked.locator, messages),
    }


def added(results: Sequence[AddResult], messages: Messages) -> Shape:
    """What became of each document that was given."""
    return {"documents": [_added(result, messages) for result in results]}


def _added(result: AddResult, messages: Messages) -> Shape:
    """One document's outcome."""
    info = result.document
    return {
        "path": result.path,
        "status": result.status.value,
        "kind": info.kind.value if info else "",
        "title": info.title if info else "",
        "course": info.course if info else "",
        "session": info.session if info else "",
        "language": info.language if info else "",
        "passages": info.passages if info else 0,
        "questions": info.questions if info else 0,
        "warnings": [notice(remark, messages) for remark in warnings(result.notices)],
        "error": error_sentence(result.error, messages) if result.error else "",
    }


def error_sentence(error: Exception, messages: Messages) -> str:
    """Return an error's sentence; an error that is not ours speaks for itself."""
    return messages.error(error) if isinstance(error, RepasoError) else f"{type(error).__name__}: {error}"


def view(shown: DocumentView, messages: Messages) -> Shape:
    """A document with everything there is to show of it."""
    return {
        "document": document(shown.info),
        "sections": [_section(section, messages) for section in shown.sections],
        "passages": [
            {"id": passage.id, "locator": locator(passage.locator, messages), "text": passage.text}
            for passage in shown.passages
        ],
        "warnings": [notice(remark, messages) for remark in warnings(shown.notices)],
    }


def report(shown: DocumentView, messages: Messages) -> Shape:
    """A document with its notices by effect, and of each section its place, language, role, terms and twins."""
    return {
        "document": document(shown.info),
        "report": {
            effect.value: [notice(remark, messages) for remark in remarks]
            for effect, remarks in by_effect(shown.notices).items()
        },
        "sections": [_described(section, messages) for section in shown.sections],
    }


def _described(part: Section, messages: Messages) -> Shape:
    return {
        "title": part.title,
        "locator": locator(part.locator, messages),
        "words": len(part.text.split()),
        "language": part.language,
        "role": part.role.value,
        "terms": list(part.terms),
        "twins": list(part.twins),
        "original": part.original,
        "readings": [reading.text for reading in part.readings],
    }


def _section(part: Section, messages: Messages) -> Shape:
    """{"title", "locator", "text", "notes"}."""
    return {"title": part.title, "locator": locator(part.locator, messages), "text": part.text, "notes": part.notes}


def passage(found: Passage, info: DocumentInfo, messages: Messages, beside: Sequence[Passage] = ()) -> Shape:
    """A passage on its own, with its document, and "neighbours" where there are some."""
    shape: Shape = {
        "passage": {
            "id": found.id,
            "document": found.document,
            "title": info.title,
            "kind": info.kind.value,
            "course": info.course,
            "session": info.session,
            "heading": found.heading,
            "speaker": found.speaker,
            "locator": locator(found.locator, messages),
            "text": found.text,
        }
    }
    if beside:
        shape["neighbours"] = [
            {"id": one.id, "locator": locator(one.locator, messages), "text": one.text} for one in beside
        ]
    return shape


def answered(answer: Answer, messages: Messages, conversation: str = "") -> Shape:
    """A checked answer with its citations; `model` is "" where quotes alone answer.

    "mode" is the kind of answer, an AnswerMode's value; "understood" is a follow-up question in words that stand
    alone, "" where the question was taken as it is; "missing" are words of it of which nothing found speaks;
    "removed" counts sentences left out since no passage says them;
    "conversation" is the id of the one it is kept in, or "".
    """
    return {
        "question": answer.question,
        "understood": answer.understood,
        "mode": answer.mode.value,
        "answer": answer.text,
        "status": answer.status.value,
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations), "supported": sentence.supported}
            for sentence in answer.sentences
        ],
        "citations": [_citation(cited, messages) for cited in answer.citations],
        "missing": list(answer.missing),
        "removed": answer.removed,
        "model": answer.model,
        "timings": {
            "search_ms": round(answer.timings.search_ms, 1),
            "first_token_ms": round(answer.timings.first_token_ms, 1),
            "total_ms": round(answer.timings.total_ms, 1),
        },
        "conversation": conversation,
    }


def _citation(cited: Citation, messages: Messages) -> Shape:
    """{"n", "passage", "document", "title", "session", "speaker", "locator", "quote"}; "speaker" may be ""."""
    return {
        "n": cited.n,
        "passage": cited.passage.id,
        "document": cited.document.id,
        "title": cited.document.title,
        "session": cited.document.session,
        "speaker": cited.passage.speaker,
        "locator": locator(cited.passage.locator, messages),
        "quote": cited.quote,
    }


def due(count: Due) -> Shape:
    """{"due", "new", "next_at"}: counts, and an ISO 8601 time or ""."""
    return {"due": count.due, "new": count.new, "next_at": count.next_at.isoformat() if count.next_at else ""}


def stats(done: Stats) -> Shape:
    """What was done so far; `remembered` is a share in [0, 1]."""
    return {
        "questions": done.questions,
        "reviewed": done.reviewed,
        "reviews": done.reviews,
        "remembered": round(done.remembered, 4),
        "per_day": [{"date": date, "reviews": count} for date, count in done.per_day],
    }
