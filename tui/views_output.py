"""The shapes that `repaso terms`, `similar` and `align` print with --json; see tui.json_output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.json_output import Shape, locator
from tui.locale import Messages

if TYPE_CHECKING:
    from kb.model import DocumentInfo, Passage
    from kb.views.model import Similar, Term
    from kb.views.session_model import Matched, SideBySide, SlideRow, Stretch


def terms(found: Sequence[Term], messages: Messages) -> Shape:
    """A glossary; `outright` is false where a guide's answer explains a term without defining it."""
    return {
        "terms": [
            {
                "term": term.name,
                "other": term.other,
                "passages": term.passages,
                "sessions": term.sessions,
                "weight": round(term.weight, 4),
                "definitions": [
                    {**_place(one.passage, one.document, messages), "quote": one.quote, "outright": one.outright}
                    for one in term.defined
                ],
            }
            for term in found
        ]
    }


def similar(found: Similar, messages: Messages) -> Shape:
    """What is near to a passage or, where "passage" is "", to a document; `likeness` above 0 is a near-duplicate."""
    return {
        "passage": "" if found.whole else found.passage.id,
        "document": found.document.id,
        "model": found.model,
        "hits": [
            {
                **_place(one.passage, one.document, messages),
                "score": round(one.score, 4),
                "keyword_score": round(one.keyword, 4),
                "cosine": round(one.cosine, 4),
                "likeness": round(one.likeness, 4),
                "shared": list(one.shared),
                "text": one.passage.text,
            }
            for one in found.near
        ],
    }


def side_by_side(found: SideBySide, messages: Messages) -> Shape:
    """The views of a session; scores and confidences are in [0, 1], and guesses."""
    return {
        "course": found.course,
        "session": found.session,
        "model": found.model,
        "missing": [kind.value for kind in found.missing],
        "slides": [_row(row, messages) for row in found.rows],
        "beside": [_stretch(one, messages) for one in found.beside],
        "elsewhere": [_matched(one, messages) for one in found.elsewhere],
    }


def _row(row: SlideRow, messages: Messages) -> Shape:
    return {
        "document": row.document.id,
        "title": row.title,
        "locator": locator(row.locator, messages),
        "spoken": row.spoken,
        "talk": [_stretch(one, messages) for one in row.stretches],
        "questions": [_matched(one, messages) for one in row.questions],
        "summary": [_matched(one, messages) for one in row.summary],
        "unsaid": [{"text": one.text, "confidence": round(one.confidence, 4)} for one in row.unsaid],
    }


def _stretch(one: Stretch, messages: Messages) -> Shape:
    return {
        "document": one.document.id,
        "locator": locator(one.locator, messages),
        "text": one.text,
        "confidence": round(one.confidence, 4),
    }


def _matched(one: Matched, messages: Messages) -> Shape:
    return {
        "document": one.document.id,
        "title": one.title,
        "locator": locator(one.locator, messages),
        "answered_by": _place(one.passage, one.of, messages),
        "score": round(one.score, 4),
    }


def _place(passage: Passage, document: DocumentInfo, messages: Messages) -> Shape:
    """A passage by its id and where it stands."""
    return {
        "passage": passage.id,
        "document": document.id,
        "title": document.title,
        "kind": document.kind.value,
        "session": document.session,
        "locator": locator(passage.locator, messages),
    }
