"""The shapes that `repaso search --json` prints; see tui.json_output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.json_output import Shape, locator
from tui.locale import Messages

if TYPE_CHECKING:
    from kb.model import Hit, PastSearch, SearchResult


def searched(result: SearchResult, messages: Messages, explain: bool = False) -> Shape:
    """A query's hits, best first; explained, also why each is one, how much was found and what else to look for."""
    shape: Shape = {
        "query": result.query,
        "took_ms": round(result.took_ms, 1),
        "mode": result.mode.value,
        "suggestion": result.suggestion,
        "hits": [
            {**hit(found, messages), **(_explained(found, messages) if explain else {})} for found in result.hits
        ],
    }
    if explain:
        shape["total"] = result.total
        shape["facets"] = [
            {"field": facet.field.value, "values": [{"value": value, "count": n} for value, n in facet.values]}
            for facet in result.facets
        ]
        shape["related"] = list(result.related)
        shape["model"] = result.model
    return shape


def _explained(found: Hit, messages: Messages) -> Shape:
    """{"why", "alike"}: `forms` of a word that is missing are empty; shares, cosine and likeness are in [0, 1]."""
    why = found.why
    return {
        "why": {
            "words": [
                {
                    "asked": word.asked,
                    "forms": list(word.forms),
                    "via": word.via.value,
                    "share": round(word.share, 4),
                }
                for word in why.words
            ],
            "cosine": round(why.cosine, 4),
            "in_heading": why.in_heading,
            "defines": why.defines,
        },
        "alike": [
            {
                "passage": other.passage.id,
                "document": other.document.id,
                "title": other.document.title,
                "kind": other.document.kind.value,
                "course": other.document.course,
                "session": other.document.session,
                "locator": locator(other.passage.locator, messages),
                "likeness": round(other.likeness, 4),
            }
            for other in found.alike
        ],
    }


def history(searches: Sequence[PastSearch]) -> Shape:
    """What was searched for, newest first."""
    return {"searches": [{"query": search.query, "asked_at": search.asked_at} for search in searches]}


def hit(found: Hit, messages: Messages) -> Shape:
    """A passage that answers a query, with its scores in [0, 1]."""
    return {
        "passage": found.passage.id,
        "document": found.document.id,
        "title": found.document.title,
        "kind": found.document.kind.value,
        "course": found.document.course,
        "session": found.document.session,
        "locator": locator(found.passage.locator, messages),
        "score": round(found.score, 4),
        "keyword_score": round(found.keyword_score, 4),
        "semantic_score": round(found.semantic_score, 4),
        "text": found.passage.text,
        "snippet": found.snippet,
    }
