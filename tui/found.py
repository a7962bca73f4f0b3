"""What search results say of themselves, in words: for the command line and the app alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.locale import Messages, label
from tui.plural import counted
from tui.printing import one_line, shortened

if TYPE_CHECKING:
    from kb.conversations.model import TurnCitation
    from kb.model import DocumentInfo, FacetField, Hit, Looser, Passage, SearchResult, WordFound


def place(messages: Messages, document: DocumentInfo, passage: Passage) -> str:
    """Name a passage: document, session, locator, speaker; what is not known is left out."""
    return _named(document.title, document.session, label(passage.locator, messages), passage.speaker)


def cited_place(messages: Messages, citation: TurnCitation) -> str:
    """Name the place of a kept citation, whatever has become of the passage."""
    return _named(citation.title, citation.session, label(citation.locator, messages), citation.speaker)


def _named(title: str, session: str, where: str, speaker: str) -> str:
    told = session if session.casefold() not in title.casefold() else ""
    return " · ".join(part for part in (title, told, where, speaker) if part)


def facet_value(field: FacetField | str, value: str, messages: Messages) -> str:
    """Name a value of a facet as a person would: a kind has a name in each language."""
    key = f"kind.{value}"
    return messages.text(key) if str(field) == "kind" and messages.has(key) else value


def found_line(result: SearchResult, messages: Messages) -> str:
    """Say how many were found, how many of them are shown and by what, or that there is nothing."""
    shown = len(result.hits)
    if not shown:
        return messages.text("search.none", query=shortened(result.query, 60))
    count = counted(messages, "search.count", shown)
    if result.total > shown:
        count = messages.text("search.count_of", shown=shown, count=result.total)
    return f"{count} · {messages.text(f'search.mode_{result.mode.value}')}"


def why_lines(hit: Hit, model: str, messages: Messages) -> Iterator[str]:
    """Yield why a passage was found, a sentence a line: each word, what is missing, the scores, what raised it.

    `model` names the embedder that compared meanings, "" for none.
    """
    why, say = hit.why, messages.text
    for word in why.words:
        if word.forms:
            yield _word_line(word, messages)
    missing = [one_line(word.asked) for word in why.words if not word.forms]
    if missing:
        yield say("why.missing", words=", ".join(f"«{word}»" for word in missing))
    if why.words and len(missing) == len(why.words):
        yield say("why.meaning_alone")
    if model:
        yield say("why.scores", keyword=hit.keyword_score, cosine=why.cosine, score=hit.score)
        yield say("why.model", model=one_line(model))
    else:
        yield say("why.scores_by_words", keyword=hit.keyword_score, score=hit.score)
    if why.in_heading:
        yield say("why.in_heading")
    if why.defines:
        yield say("why.defines")


def _word_line(word: WordFound, messages: Messages) -> str:
    forms = ", ".join(one_line(form) for form in word.forms)
    how = messages.text(f"why.via_{word.via.value}")
    return messages.text("why.word", asked=one_line(word.asked), forms=forms, how=how, share=100 * word.share)


def looser_line(looser: Looser, messages: Messages) -> str:
    """Say which filters to leave out, and how much that finds."""
    names = ", ".join(
        messages.text(f"filter.{name}", value=one_line(facet_value(name, value, messages)))
        for name, value in looser.dropped
    )
    key = "loosen.many_one" if looser.total == 1 else "loosen.many"
    return messages.text(key, filters=names, count=looser.total)
