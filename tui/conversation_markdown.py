"""A conversation as a page of Markdown: each question, its answer, and the sources with their place and words.

Everything said in it is data. It is escaped so that no text becomes markup, a link or HTML, in CommonMark and in
dialects that know fewer escapes: `&`, `<` and `>` are written as entities, the rest with a backslash. A program that
makes links of bare host names by itself does so with any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tui.found import cited_place
from tui.locale import Messages
from tui.plural import counted
from tui.printing import clean, one_line

if TYPE_CHECKING:
    from kb.conversations.model import Conversation, Reply, Turn, TurnCitation

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Emphasis, code, links, headings, tables, strikethrough and formulas, anywhere in a line.
_MARKUP = re.compile(r"[\\`*_{}\[\]#|~$^]|(?<=\bwww)\.|@|(?<=[a-z]):(?=//)", re.IGNORECASE)
# Lists, rules and underlined headings, at the beginning of a line.
_OPENS_BLOCK = re.compile(r"^(?:(?P<digits>\d+)(?P<mark>[.)])|(?P<sign>[-+=]))")


def page(conversation: Conversation, messages: Messages) -> str:
    """Return the page, ending in a new line."""
    about = conversation.info
    parts = [
        f"# {escaped(about.title)}",
        f"*{escaped(about_line(conversation, messages))}*",
        *(part for n, turn in enumerate(conversation.turns, start=1) for part in _turn(n, turn, messages)),
        f"---\n\n*{escaped(messages.text('conversations.exported_by'))}*",
    ]
    return "\n\n".join(parts) + "\n"


def about_line(conversation: Conversation, messages: Messages) -> str:
    """Say how many questions a conversation has and from when to when."""
    about = conversation.info
    turns = counted(messages, "conversations.turns", about.turns)
    started, changed = about.started_at[:10], about.changed_at[:10]
    key = "about_once" if started == changed else "about"
    return messages.text(f"conversations.{key}", id=about.id, turns=turns, started=started, changed=changed)


def when(asked_at: str) -> str:
    """Return an ISO time as a person reads it, to the minute."""
    return asked_at[:16].replace("T", " ")


def escaped(text: str) -> str:
    """Return a text on one line in which nothing is markup."""
    line = _MARKUP.sub(r"\\\g<0>", one_line(text))
    line = _OPENS_BLOCK.sub(
        lambda found: f"{found['digits']}\\{found['mark']}" if found["digits"] else f"\\{found['sign']}", line
    )
    return "".join(_ENTITIES.get(letter, letter) for letter in line)


def _turn(number: int, turn: Turn, messages: Messages) -> Iterator[str]:
    from kb.conversations.model import Reply

    yield f"## {number}. {escaped(turn.question)}"
    said = [when(turn.asked_at)]
    if isinstance(turn.reply, Reply):
        said.append(turn.reply.model or messages.text("conversations.quotes_only"))
    yield f"*{escaped(' · '.join(said))}*"
    if turn.understood:
        yield f"*{escaped(messages.text('conversations.understood', question=turn.understood))}*"
    if not isinstance(turn.reply, Reply):
        yield f"*{escaped(messages.text('conversations.unanswered'))}*"
        return
    yield from _answer(turn.reply, messages)
    yield from _sources(turn.reply, messages)


def _answer(reply: Reply, messages: Messages) -> Iterator[str]:
    for remark in remarks(reply, messages):
        yield f"*{escaped(remark)}*"
    for sentence in reply.sentences:
        text = _lines(sentence.text)
        if sentence.supported:
            yield f"{text} {''.join(f'[{n}]' for n in sentence.citations)}".rstrip()
        else:
            yield f"{text} *({escaped(messages.text('conversations.unsupported'))})*"


def remarks(reply: Reply, messages: Messages) -> Iterator[str]:
    """Yield what is to be known of an answer before it is read: that there is none, or only a part of one."""
    if reply.status.value == "not_found":
        yield messages.text("conversations.not_found")
    if reply.status.value == "partial":
        yield messages.text("conversations.partial")
    if reply.missing:
        yield messages.text("conversations.missing", words=", ".join(f"«{word}»" for word in reply.missing))


def _sources(reply: Reply, messages: Messages) -> Iterator[str]:
    """Yield what an answer cites with its numbers, or the nearest passages, which nothing cites."""
    if reply.citations:
        yield f"**{escaped(messages.text('conversations.sources'))}**"
        yield _listed([f"- [{one.n}] {_source(one, messages)}" for one in reply.citations])
    if reply.nearest:
        yield f"**{escaped(messages.text('ask.nearest'))}**"
        yield _listed([f"- {_source(one, messages)}" for one in reply.nearest])


def _source(cited: TurnCitation, messages: Messages) -> str:
    """Return the place of a passage and, below it, its words."""
    quote = f"\n\n  > {escaped(cited.quote)}\n" if cited.quote else ""
    return escaped(cited_place(messages, cited)) + quote


def _listed(items: Sequence[str]) -> str:
    return "\n".join(items).rstrip()


def _lines(text: str) -> str:
    """Return a text whose lines stay apart, each escaped."""
    return "  \n".join(escaped(line) for line in clean(text).split("\n") if line.strip())
