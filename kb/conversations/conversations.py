"""The conversations of a library: kept, named, searched, removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kb.chunk import identity
from kb.conversations.model import Conversation, ConversationInfo, Turn, TurnFound, Unanswered
from kb.conversations.naming import first_name, given_title
from kb.db import Database
from kb.errors import AmbiguousConversation, ConversationNotFound, NoConversation
from kb.search.language import fold
from kb.store import conversations as store

SHORTEST_ID = 4
"""Characters of an id: enough for a student's few hundred; a longer one is taken where that is in use."""

_SIGNS_AROUND = re.compile(r"^[\W_]+|[\W_]+$")

NAMED_IN_ERROR = 5
"""Conversations that an error lists by id."""


class Conversations:
    """What was asked and answered. Usable from any thread; a method is one transaction. Raises StoreError.

    A key is an id, a title, or the beginning of one; case and accents of a title do not count. Methods that take one
    raise ConversationNotFound and AmbiguousConversation.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, turn: Turn) -> ConversationInfo:
        """Keep the first turn of a new conversation, which is named after its question."""
        with self._database.transaction() as db:
            taken = {info.id for info in store.infos(db)}
            id = _free_id(turn, taken)
            store.create(db, id, first_name(turn.question), turn.asked_at)
            return store.append(db, id, turn)

    def append(self, id: str, turn: Turn) -> ConversationInfo:
        """Keep a further turn of the conversation with this id, which is on disk when this returns."""
        with self._database.transaction() as db:
            if all(info.id != id for info in store.infos(db)):
                raise ConversationNotFound(key=id)
            return store.append(db, id, turn)

    def complete(self, id: str, turn: Turn) -> ConversationInfo:
        """Keep a turn in the place of the last one of the conversation with this id, its question yet unanswered.

        Where another turn came after that question, or an answer, the turn is kept as a further one.
        """
        with self._database.transaction() as db:
            if all(info.id != id for info in store.infos(db)):
                raise ConversationNotFound(key=id)
            asked = store.storable(turn.question), turn.asked_at
            for last in store.turns(db, id)[-1:]:
                if (last.question, last.asked_at) == asked and isinstance(last.reply, Unanswered):
                    store.drop_last(db, id)
            return store.append(db, id, turn)

    def all(self) -> tuple[ConversationInfo, ...]:
        """Return all conversations, the one with the newest turn first."""
        with self._database.reading() as db:
            return store.infos(db)

    def get(self, key: str) -> Conversation:
        """Return one conversation with its turns."""
        with self._database.reading() as db:
            info = _named(store.infos(db), key)
            return Conversation(info, store.turns(db, info.id))

    def latest(self) -> Conversation:
        """Return the conversation with the newest turn; raises NoConversation."""
        with self._database.reading() as db:
            everything = store.infos(db)
            if not everything:
                raise NoConversation()
            return Conversation(everything[0], store.turns(db, everything[0].id))

    def rename(self, key: str, title: str) -> ConversationInfo:
        """Give a conversation another name, on one line and cut where it is very long; raises EmptyTitle."""
        kept = given_title(title)
        with self._database.transaction() as db:
            info = _named(store.infos(db), key)
            return store.rename(db, info.id, kept)

    def remove(self, key: str) -> ConversationInfo:
        """Remove a conversation and its turns."""
        with self._database.transaction() as db:
            info = _named(store.infos(db), key)
            store.remove(db, info.id)
            return info

    def find(self, query: str, limit: int = 20) -> tuple[TurnFound, ...]:
        """Return the turns whose question or answer has words of a query, best first; raises EmptyQuery.

        The query is read as a search's is (docs/search.md), its fields as words.
        """
        condition = store.condition(query)
        with self._database.reading() as db:
            behind = store.is_outdated(db)
        if behind:
            with self._database.transaction() as db:
                store.reanalyse(db)
        with self._database.reading() as db:
            return store.find(db, condition, limit)


def _free_id(turn: Turn, taken: set[str]) -> str:
    """Return an id that no conversation has: the beginning of a hash, as short as can be."""
    for tried in range(len(taken) + 1):
        whole = identity(turn.asked_at, turn.question, str(tried))
        for length in range(SHORTEST_ID, len(whole) + 1):
            if whole[:length] not in taken:
                return whole[:length]
    raise AssertionError("more ids were tried than there are conversations")


def _named(everything: Sequence[ConversationInfo], key: str) -> ConversationInfo:
    """Return the one conversation that a key names: as a whole first, then by its beginning."""
    wanted = _bare(key)
    tests: tuple[Callable[[ConversationInfo], bool], ...] = (
        lambda info: info.id == wanted,
        lambda info: _bare(info.title) == wanted,
        lambda info: info.id.startswith(wanted) or _bare(info.title).startswith(wanted),
    )
    for test in tests if wanted else ():
        found = [info.id for info in everything if test(info)]
        if len(found) > NAMED_IN_ERROR:
            raise AmbiguousConversation(key=key, ids=f"{', '.join(found[:NAMED_IN_ERROR])}…")
        if len(found) > 1:
            raise AmbiguousConversation(key=key, ids=", ".join(found))
        if found:
            return next(info for info in everything if info.id == found[0])
    raise ConversationNotFound(key=key)


def _bare(name: str) -> str:
    """Return an id or a title as it is compared: nobody types a question's opening mark."""
    return _SIGNS_AROUND.sub("", fold(name))
