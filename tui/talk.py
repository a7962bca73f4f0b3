"""A conversation as the app holds it: what was said in it, and its turns on disk where they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.conversations.model import Conversation, Turn, Unanswered, answered_turn, exchanges
from kb.errors import ConversationNotFound

if TYPE_CHECKING:
    from kb.conversations.conversations import Conversations
    from kb.model import Answer, Exchange


class Talk:
    """One conversation. A question is in it before its answer begins, and stays unanswered if none comes.

    `id` is "" until something of it is on disk; where `kept` is false nothing ever is. `saved` says whether its last
    turn is, as far as it has come. Used by one thread at a time.
    """

    def __init__(self, kept: bool, conversation: Conversation | None = None) -> None:
        self.kept = kept
        self.id = "" if conversation is None else conversation.info.id
        self.turns = () if conversation is None else conversation.turns
        self.saved = False

    @property
    def earlier(self) -> tuple[Exchange, ...]:
        """What a further question is understood by."""
        return exchanges(self.turns)

    def ask(self, conversations: Conversations, question: str, asked_at: str) -> None:
        """Take a question in, which is on disk when this returns. Raises StoreError; it is taken in all the same.

        One without a letter or a digit, which nothing can answer, is not kept.
        """
        from ingest.language import language_of_question
        from kb.answer.followup import standalone
        from kb.answer.followup_abroad import language_in

        language = language_in(question, self.earlier, language_of_question)
        understood = standalone(question, self.earlier, language)
        turn = Turn(question, asked_at, Unanswered(), "" if understood == question else understood)
        self.turns, self.saved = (*self.turns, turn), False
        if self.kept and any(map(str.isalnum, question)):
            self.id = self._appended(conversations, turn)
            self.saved = True

    def answer(self, conversations: Conversations, answer: Answer) -> None:
        """Take in the answer of the last question, which is on disk when this returns. Raises StoreError."""
        turn = answered_turn(answer, self.turns[-1].asked_at)
        self.turns, self.saved = (*self.turns[:-1], turn), False
        if self.kept:
            self.id = self._completed(conversations, turn)
            self.saved = True

    def _appended(self, conversations: Conversations, turn: Turn) -> str:
        try:
            return (conversations.append(self.id, turn) if self.id else conversations.start(turn)).id
        except ConversationNotFound:  # it was removed meanwhile: what is said from now on is another one
            return conversations.start(turn).id

    def _completed(self, conversations: Conversations, turn: Turn) -> str:
        try:
            return (conversations.complete(self.id, turn) if self.id else conversations.start(turn)).id
        except ConversationNotFound:
            return conversations.start(turn).id
