"""The values of a kept conversation. All frozen; an answer's places and quotes are copies, not references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.model import Answer, AnswerMode, AnswerStatus, DocumentInfo, Exchange, Locator, Passage, Sentence


@dataclass(frozen=True, slots=True)
class TurnCitation:
    """A numbered source as it was when the answer was given: its place in words, its locator, its exact quote.

    Of a passage that only comes near, `n` is its rank and `quote` what was shown of it. `passage` and `document` are
    ids, of which the library may know nothing any more.
    """

    n: int
    passage: str
    document: str
    title: str
    course: str
    session: str
    speaker: str
    locator: Locator
    quote: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer. `model` is "" when no language model wrote it; `missing` are words nothing spoke of.

    On NOT_FOUND there are no citations, but the `nearest` passages that were offered, best first.
    """

    text: str
    status: AnswerStatus
    mode: AnswerMode
    model: str
    sentences: tuple[Sentence, ...]
    citations: tuple[TurnCitation, ...]
    missing: tuple[str, ...] = ()
    nearest: tuple[TurnCitation, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer: it was stopped, or failed, before its end."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was typed and what came of it; `asked_at` is ISO 8601.

    `understood` is the question in words that stand alone, "" where it was taken as it is.
    """

    question: str
    asked_at: str
    reply: Reply | Unanswered
    understood: str = ""


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A conversation without its turns, of which it has `turns`; times are ISO 8601, `changed_at` the last turn's."""

    id: str
    title: str
    started_at: str
    changed_at: str
    turns: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its turns in order."""

    info: ConversationInfo
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class TurnFound:
    """A turn that a search found, and which of its conversation's turns it is, from 1."""

    info: ConversationInfo
    ordinal: int
    turn: Turn


def answered_turn(answer: Answer, asked_at: str) -> Turn:
    """Return what is kept of an answer."""
    reply = Reply(
        text=answer.text,
        status=answer.status,
        mode=answer.mode,
        model=answer.model,
        sentences=answer.sentences,
        citations=tuple(_kept(one.n, one.passage, one.document, one.quote) for one in answer.citations),
        missing=answer.missing,
        nearest=tuple(
            _kept(rank, hit.passage, hit.document, hit.snippet or hit.passage.text)
            for rank, hit in enumerate(answer.nearest, start=1)
        ),
    )
    return Turn(answer.question, asked_at, reply, answer.understood)


def _kept(n: int, passage: Passage, document: DocumentInfo, quote: str) -> TurnCitation:
    return TurnCitation(
        n=n,
        passage=passage.id,
        document=document.id,
        title=document.title,
        course=document.course,
        session=document.session,
        speaker=passage.speaker,
        locator=passage.locator,
        quote=quote,
    )


def exchanges(turns: Sequence[Turn]) -> tuple[Exchange, ...]:
    """Return turns as what a further question is understood by; an unanswered one has no answer."""
    return tuple(
        Exchange(turn.understood or turn.question, turn.reply.text if isinstance(turn.reply, Reply) else "")
        for turn in turns
    )
