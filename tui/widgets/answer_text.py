"""What an answer shows as: its sentences as Markdown, and the line that says how far it is to be trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from kb.conversations.model import Reply
from kb.model import Answer, AnswerStatus, Sentence
from tui.answer_words import mode_name
from tui.locale import Messages
from tui.printing import one_line
from tui.widgets.study_markdown import citation_mark, doubtful, foreign

_OWN_LINE = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+|#{1,6}\s+|```\w*\n|\||>\s*")
"""What begins a list item, a heading, code, a table row or a quotation: each needs a line of its own."""

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[^\n]*\n?", re.MULTILINE)
"""A line that opens or closes a block of code."""


class Stage(StrEnum):
    """How far an answer is; each has a sentence."""

    WAITING = "waiting"
    LOOKING = "looking"
    WRITING = "writing"
    CHECKING = "checking"
    STOPPED = "stopped"
    FAILED = "failed"
    CHECKED = "checked"
    UNANSWERED = "unanswered"


GOING_ON = (Stage.WAITING, Stage.LOOKING, Stage.WRITING, Stage.CHECKING)
"""Stages after which more is to come."""


def stage_sentence(stage: Stage, messages: Messages) -> str:
    """Say how far an answer is that is not finished; a failed one has said why."""
    match stage:
        case Stage.FAILED:
            return ""
        case Stage.UNANSWERED:
            return messages.text("conversations.unanswered")
        case _:
            return messages.text(f"ask.{stage.value}")


def verdict_sentence(answer: Answer | Reply, messages: Messages) -> str:
    """Say how far an answer is to be trusted, and who wrote it, as what, in what time."""
    say = messages.text
    if answer.status is AnswerStatus.NOT_FOUND:
        return say("ask.not_found")
    if not answer.model:
        return say("ask.quotes_only")
    written = [one_line(answer.model)]
    if isinstance(answer, Answer):
        written.append(say("ask.seconds", seconds=answer.timings.total_ms / 1000))
    written.append(mode_name(answer.mode, messages))
    return f"{say(f'ask.{_verdict(answer)}')}  {' · '.join(written)}"


def _verdict(answer: Answer | Reply) -> str:
    if answer.status is AnswerStatus.GROUNDED:
        return "grounded"
    if not all(sentence.supported for sentence in answer.sentences):
        return "partial"
    return "partly_answered" if answer.missing else "rest_grounded"


def shown_sentences(answer: Answer | Reply, messages: Messages) -> str:
    """Return an answer's sentences as Markdown with our marks."""
    if answer.model:
        return answer_markdown(answer.sentences, messages.text("ask.unsupported"))
    return quotes_markdown(answer.sentences)


def quotes_markdown(sentences: Sequence[Sentence]) -> str:
    """List sentences taken from notes, each with its clickable citation: they stand in no order of thought."""
    lines = []
    for sentence in sentences:
        said = foreign(sentence.text).strip()
        begins = _OWN_LINE.match(said)
        words = " ".join(said[begins.end() if begins else 0 :].split())
        lines.append(f"- {words}" + "".join(f" {citation_mark(n)}" for n in sentence.citations))
    return "\n".join(lines)


def answer_markdown(sentences: Sequence[Sentence], unsupported: str) -> str:
    """Join checked sentences as Markdown: each with its clickable citations, or struck through as said by no note.

    Code is set apart sentence by sentence, what is to be said of each below it: in code nothing can be marked.
    """
    text = ""
    for sentence, is_code in zip(sentences, _coded(sentences), strict=True):
        if is_code:
            text += _code(sentence, unsupported)
            continue
        words = foreign(sentence.text).strip()
        begins = _OWN_LINE.match(words)
        head, rest = (begins[0], words[begins.end() :]) if begins else ("", words)
        if rest.count("`") % 2:  # it would pair with one of another sentence, and hide our marks between them
            rest = rest.replace("`", "\\`")
        rest = f"{rest} {_cited(sentence)}".rstrip() if sentence.supported else f"{doubtful(rest)} ({unsupported})"
        separator = "\n" if begins else " "
        text += (separator if text and not text.endswith("\n") else "") + head + rest
    return text.strip("\n")


def _coded(sentences: Sequence[Sentence]) -> list[bool]:
    """Say which sentences are in code; where a fence is never closed, only the sentence that opens it is."""
    fences = [len(_FENCE.findall(foreign(sentence.text))) for sentence in sentences]
    coded, is_open = [], False
    for number, count in enumerate(fences):
        coded.append(is_open or count > 0)
        if count % 2:
            is_open = not is_open and any(fences[number + 1 :])
    return coded


def _code(sentence: Sentence, unsupported: str) -> str:
    code = _FENCE.sub("", foreign(sentence.text)).strip("\n")
    if not code.strip():
        return ""
    said = _cited(sentence) if sentence.supported else doubtful(f"({unsupported})")
    return f"\n\n```\n{code}\n```\n\n{said}\n\n"


def _cited(sentence: Sentence) -> str:
    return " ".join(citation_mark(n) for n in sentence.citations)
