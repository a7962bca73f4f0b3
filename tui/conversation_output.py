"""What `--json` prints of conversations; a citation has the keys that it has in an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.json_output import Shape as Shape
from tui.json_output import locator
from tui.locale import Messages

if TYPE_CHECKING:
    from kb.conversations.model import Conversation, ConversationInfo, Turn, TurnCitation, TurnFound


def info(about: ConversationInfo) -> Shape:
    """{"id", "title", "started_at", "changed_at", "turns"}; times are ISO 8601."""
    return {
        "id": about.id,
        "title": about.title,
        "started_at": about.started_at,
        "changed_at": about.changed_at,
        "turns": about.turns,
    }


def conversation(shown: Conversation, messages: Messages) -> Shape:
    """A conversation with its turns."""
    return {"conversation": info(shown.info), "turns": [turn(one, messages) for one in shown.turns]}


def turn(shown: Turn, messages: Messages) -> Shape:
    """A question and its answer; where "answered" is false the rest is empty.

    "nearest" are the passages that were offered where nothing answers, "n" their rank, as a citation otherwise.
    """
    from kb.conversations.model import Reply

    reply = shown.reply if isinstance(shown.reply, Reply) else None
    return {
        "question": shown.question,
        "understood": shown.understood,
        "asked_at": shown.asked_at,
        "answered": reply is not None,
        "mode": reply.mode.value if reply else "",
        "status": reply.status.value if reply else "",
        "answer": reply.text if reply else "",
        "sentences": [
            {"text": one.text, "citations": list(one.citations), "supported": one.supported}
            for one in (reply.sentences if reply else ())
        ],
        "citations": [_citation(one, messages) for one in (reply.citations if reply else ())],
        "nearest": [_citation(one, messages) for one in (reply.nearest if reply else ())],
        "missing": list(reply.missing) if reply else [],
        "model": reply.model if reply else "",
    }


def found(query: str, turns: Sequence[TurnFound]) -> Shape:
    """The turns that a search found, best first; "turn" counts from 1."""
    from kb.conversations.model import Reply

    return {
        "query": query,
        "found": [
            {
                "conversation": info(one.info),
                "turn": one.ordinal,
                "question": one.turn.question,
                "answer": one.turn.reply.text if isinstance(one.turn.reply, Reply) else "",
                "asked_at": one.turn.asked_at,
            }
            for one in turns
        ],
    }


def _citation(cited: TurnCitation, messages: Messages) -> Shape:
    return {
        "n": cited.n,
        "passage": cited.passage,
        "document": cited.document,
        "title": cited.title,
        "session": cited.session,
        "speaker": cited.speaker,
        "locator": locator(cited.locator, messages),
        "quote": cited.quote,
    }
