"""Conversations in and out of the library, and the full-text index of their turns."""

from __future__ import annotations

import json
import sqlite3

from kb import rows
from kb.conversations.model import ConversationInfo, Reply, Turn, TurnCitation, TurnFound, Unanswered
from kb.model import AnswerMode, AnswerStatus, Sentence
from kb.search.language import ANALYSIS, asked_forms, indexed, words
from kb.search.query import quoted, understand

# The newest turn decides, not a time: clocks and their zones change.
_ALL = """SELECT conversations.*, count(turns.number) AS turns FROM conversations
    LEFT JOIN turns ON turns.conversation = conversations.id
    GROUP BY conversations.id ORDER BY max(turns.number) DESC, conversations.id"""
_ONE = """SELECT conversations.*, (SELECT count(*) FROM turns WHERE conversation = conversations.id) AS turns
    FROM conversations WHERE id = ?"""


def create(db: sqlite3.Connection, id: str, title: str, started_at: str) -> None:
    """Write a conversation without turns."""
    values = (id, storable(title), storable(started_at), storable(started_at))
    db.execute("INSERT INTO conversations (id, title, started_at, changed_at) VALUES (?, ?, ?, ?)", values)


def append(db: sqlite3.Connection, id: str, turn: Turn) -> ConversationInfo:
    """Write a turn after the others of a conversation that is there; return what the conversation now is."""
    reply = turn.reply
    answer = (
        (reply.mode.value, reply.status.value, reply.text, reply.model) if isinstance(reply, Reply) else ("",) * 4
    )
    missing = rows.as_json(reply.missing) if isinstance(reply, Reply) else "[]"
    asked = (turn.question, turn.understood, turn.asked_at, *answer, missing)
    number = db.execute(
        """INSERT INTO turns (conversation, ordinal, question, understood, asked_at, mode, status, text, model,
            missing, analysis) SELECT ?, count(*) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM turns WHERE conversation = ?""",
        (id, *map(storable, asked), ANALYSIS, id),
    ).lastrowid
    if isinstance(reply, Reply):
        _write_sentences(db, number, reply)
        _write_citations(db, number, reply)
    db.execute("INSERT INTO turn_terms (rowid, terms) VALUES (?, ?)", (number, _terms(turn)))
    db.execute("UPDATE conversations SET changed_at = ? WHERE id = ?", (storable(turn.asked_at), id))
    return _info(db.execute(_ONE, (id,)).fetchone())


def _write_sentences(db: sqlite3.Connection, number: int | None, reply: Reply) -> None:
    db.executemany(
        "INSERT INTO turn_sentences (turn, ordinal, text, citations, supported) VALUES (?, ?, ?, ?, ?)",
        [
            (number, ordinal, storable(one.text), rows.as_json(one.citations), one.supported)
            for ordinal, one in enumerate(reply.sentences)
        ],
    )


def _write_citations(db: sqlite3.Connection, number: int | None, reply: Reply) -> None:
    """Write what a reply cites; one that found nothing cites nothing, and the rows are its nearest passages."""
    db.executemany(
        """INSERT INTO turn_citations (turn, n, passage, document, title, course, session, speaker, locator, quote)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                *(number, one.n, one.passage, one.document),
                *map(storable, (one.title, one.course, one.session, one.speaker)),
                *(storable(rows.as_json(rows.locator_parts(one.locator))), storable(one.quote)),
            )
            for one in (reply.nearest if reply.status is AnswerStatus.NOT_FOUND else reply.citations)
        ],
    )


def drop_last(db: sqlite3.Connection, id: str) -> None:
    """Remove the last turn of a conversation."""
    db.execute("DELETE FROM turns WHERE number = (SELECT max(number) FROM turns WHERE conversation = ?)", (id,))


def infos(db: sqlite3.Connection) -> tuple[ConversationInfo, ...]:
    """Return all conversations, the one with the newest turn first."""
    return tuple(map(_info, db.execute(_ALL)))


def turns(db: sqlite3.Connection, id: str) -> tuple[Turn, ...]:
    """Return a conversation's turns in order."""
    found = db.execute("SELECT * FROM turns WHERE conversation = ? ORDER BY ordinal", (id,)).fetchall()
    return tuple(_turn(db, row) for row in found)


def rename(db: sqlite3.Connection, id: str, title: str) -> ConversationInfo:
    """Write another title; return what the conversation now is."""
    db.execute("UPDATE conversations SET title = ? WHERE id = ?", (storable(title), id))
    return _info(db.execute(_ONE, (id,)).fetchone())


def remove(db: sqlite3.Connection, id: str) -> None:
    """Remove a conversation with all that is of it."""
    db.execute("DELETE FROM conversations WHERE id = ?", (id,))


def condition(query: str) -> str:
    """Return a query as an FTS5 expression, every term quoted; one of fields alone is words. Raises EmptyQuery."""
    understood = understand(query)
    if understood.condition or understood.concepts:
        return understood.condition or understood.any_term
    forms = (form.term for word in words(query) for raw in word.raw for form in asked_forms(raw))
    return " OR ".join(map(quoted, dict.fromkeys(forms)))


def find(db: sqlite3.Connection, condition: str, limit: int) -> tuple[TurnFound, ...]:
    """Return the turns that meet an FTS5 expression, best first, the newer of equals before."""
    query = """SELECT turns.* FROM turn_terms JOIN turns ON turns.number = turn_terms.rowid
        WHERE turn_terms MATCH ? ORDER BY bm25(turn_terms), turns.number DESC LIMIT ?"""
    found = db.execute(query, (condition, max(0, limit))).fetchall()
    known = {row["conversation"]: _info(db.execute(_ONE, (row["conversation"],)).fetchone()) for row in found}
    return tuple(TurnFound(known[row["conversation"]], row["ordinal"], _turn(db, row)) for row in found)


def is_outdated(db: sqlite3.Connection) -> bool:
    """Say whether an older analysis of words indexed some turn."""
    return db.execute("SELECT 1 FROM turns WHERE analysis != ? LIMIT 1", (ANALYSIS,)).fetchone() is not None


def reanalyse(db: sqlite3.Connection) -> None:
    """Index by today's analysis what an older one indexed."""
    for row in db.execute("SELECT * FROM turns WHERE analysis != ?", (ANALYSIS,)).fetchall():
        terms = _terms(_turn(db, row))
        db.execute("UPDATE turn_terms SET terms = ? WHERE rowid = ?", (terms, row["number"]))
    db.execute("UPDATE turns SET analysis = ?", (ANALYSIS,))


def storable(text: str) -> str:
    """Return a text without what SQLite cannot hold or would cut it at: lone surrogates and NUL."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def _terms(turn: Turn) -> str:
    """Return the terms of a question and of its answer, and of what the question was understood as."""
    answer = turn.reply.text if isinstance(turn.reply, Reply) else ""
    return indexed("\n".join((storable(turn.question), storable(answer))), storable(turn.understood))


def _info(row: sqlite3.Row) -> ConversationInfo:
    return ConversationInfo(row["id"], row["title"], row["started_at"], row["changed_at"], row["turns"])


def _turn(db: sqlite3.Connection, row: sqlite3.Row) -> Turn:
    reply = _reply(db, row) if row["status"] else Unanswered()
    return Turn(row["question"], row["asked_at"], reply, row["understood"])


def _reply(db: sqlite3.Connection, row: sqlite3.Row) -> Reply:
    sentences = db.execute("SELECT * FROM turn_sentences WHERE turn = ? ORDER BY ordinal", (row["number"],))
    citations = db.execute("SELECT * FROM turn_citations WHERE turn = ? ORDER BY n", (row["number"],))
    status, cited = AnswerStatus(row["status"]), tuple(map(_citation, citations))
    is_found = status is not AnswerStatus.NOT_FOUND
    return Reply(
        text=row["text"],
        status=status,
        mode=AnswerMode(row["mode"]),
        model=row["model"],
        sentences=tuple(
            Sentence(one["text"], tuple(json.loads(one["citations"])), bool(one["supported"])) for one in sentences
        ),
        citations=cited if is_found else (),
        missing=tuple(json.loads(row["missing"])),
        nearest=() if is_found else cited,
    )


def _citation(row: sqlite3.Row) -> TurnCitation:
    return TurnCitation(
        n=row["n"],
        passage=row["passage"],
        document=row["document"],
        title=row["title"],
        course=row["course"],
        session=row["session"],
        speaker=row["speaker"],
        locator=rows.locator(json.loads(row["locator"])),
        quote=row["quote"],
    )
