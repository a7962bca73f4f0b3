"""One question asked in one of three ways, and what came back as a record."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, runtime_checkable

from benchmarks.answers.judged import MARK, refuses
from benchmarks.answers.metered import Metered
from benchmarks.answers.record import Asked, Passage, Record, Said, Start
from benchmarks.answers.shelf import Truth
from ingest.errors import RepasoError
from ingest.language import language_of_question
from kb.inference import ChatPrompt, Sampling
from kb.library import Library
from kb.model import Answer, AnswerEvent, AnswerStatus, Citation, EvidenceFound, Finished, Hit, Token
from kb.sentences import split

BEST = 3
LONGEST_ANSWER = 220
"""Passages and tokens of plain prompting."""

KEYSTROKE = 0.2
"""Seconds: 60 words of five letters a minute, quick for a student (Dhakal et al. 2018 measured a mean of 52)."""


class Method(StrEnum):
    """Who answers: the product, the product without its model, or the model with the best passages and no checks."""

    OURS = "ours"
    QUOTES = "quotes"
    PLAIN = "plain"


@runtime_checkable
class Prepares(Protocol):
    """A library that can work ahead of a question."""

    def prepare(self, question: str) -> bool:
        """Search and let the model read ahead; say whether it did to the end."""
        ...

    def cancel_preparing(self) -> None:
        """End the preparation that runs."""
        ...


PROMPTS = {
    "es": (
        "Eres un asistente que responde preguntas. Usa solo los pasajes que se dan y cita el número de cada pasaje "
        "que uses, por ejemplo [1]. Si los pasajes no contienen la respuesta, escribe: No está en los pasajes.",
        "Pregunta",
    ),
    "en": (
        "You are an assistant that answers questions. Use only the passages that are given and cite the number of "
        "each passage that you use, for example [1]. If the passages do not contain the answer, write: It is "
        "not in the passages.",
        "Question",
    ),
}
"""What plain prompting says, by language: the system's text and the question's title."""


def ask(library: Library, model: Metered, asked: Asked, method: Method, truth: Truth, start: Start) -> Record:
    """Ask, and return what came; an error of the product's own is in the record."""
    model.taken()
    typed = Typed(library, asked.text) if start is Start.TYPED else None
    if typed is not None:
        typed.type()
    started = time.perf_counter()
    record = Record(asked, start, "")
    try:
        if typed is not None:
            typed.enter()
        if method is Method.PLAIN:
            record = _plain(library, model, record, truth, started)
        else:
            events = library.ask(asked.text, use_model=method is Method.OURS)
            record = _told(events, record, truth, started)
    except RepasoError as error:
        record = replace(record, error=f"{error.code}: {error}", total_ms=_since(started))
    finally:
        if typed is not None:
            typed.end()
    return replace(record, calls=model.taken())


def _told(events: Iterable[AnswerEvent], record: Record, truth: Truth, started: float) -> Record:
    """Follow an answer of the product to its end."""
    for event in events:
        if isinstance(event, EvidenceFound):
            shown = tuple(_passages(event.citations, record.asked, truth))
            record = replace(record, evidence=shown, evidence_ms=_since(started))
        elif isinstance(event, Token) and not record.first_ms:
            record = replace(record, first_ms=_since(started))
        elif isinstance(event, Finished):
            record = _finished(event.answer, record, truth, started)
    return record


def _finished(answer: Answer, record: Record, truth: Truth, started: float) -> Record:
    return replace(
        record,
        status=answer.status.value,
        sentences=tuple(Said(one.text, one.citations, one.supported) for one in answer.sentences),
        citations=tuple(_passages(answer.citations, record.asked, truth)),
        mode=answer.mode.value,
        missing=answer.missing,
        total_ms=_since(started),
    )


def _passages(citations: Iterable[Citation], asked: Asked, truth: Truth) -> Iterator[Passage]:
    for one in citations:
        gold = truth.is_gold(asked, one.passage)
        yield Passage(one.n, one.passage.id, one.passage.heading, one.passage.text, one.quote, gold)


def _plain(library: Library, model: Metered, record: Record, truth: Truth, started: float) -> Record:
    """Give the model the best passages and believe what it writes."""
    hits = library.search(record.asked.text, limit=BEST).hits
    evidence = tuple(_numbered(hits, record.asked, truth))
    record = replace(record, evidence=evidence, evidence_ms=_since(started))
    text = ""
    for piece in model.generate(plain_prompt(record.asked.text, evidence), Sampling(max_tokens=LONGEST_ANSWER)):
        text += piece
        record = replace(record, first_ms=record.first_ms or _since(started))
    refused = refuses(text)
    sentences = () if refused else plain_sentences(text, len(evidence))
    cited = {n for one in sentences for n in one.citations}
    return replace(
        record,
        status=(AnswerStatus.NOT_FOUND if refused else AnswerStatus.GROUNDED).value,
        sentences=sentences,
        citations=tuple(one for one in evidence if one.n in cited),
        total_ms=_since(started),
    )


def _numbered(hits: Iterable[Hit], asked: Asked, truth: Truth) -> Iterator[Passage]:
    for n, hit in enumerate(hits, 1):
        one = hit.passage
        yield Passage(n, one.id, one.heading, one.text, "", truth.is_gold(asked, one))


def plain_prompt(question: str, passages: Iterable[Passage]) -> ChatPrompt:
    """Return what is usually written: the numbered passages whole, then the question."""
    system, title = PROMPTS["en" if language_of_question(question) == "en" else "es"]
    listed = "\n\n".join(f"[{one.n}] {one.text}" for one in passages)
    return ChatPrompt(system, f"{listed}\n\n{title}: {question}")


def plain_sentences(text: str, passages: int) -> tuple[Said, ...]:
    """Return the sentences of a plain answer with the passages that they cite, of those that there are.

    Marks after the full stop belong to the sentence before it.
    """
    moved = re.sub(rf"([.!?])\s*((?:{MARK.pattern}\s*)+)", r" \2\1 ", text.strip())
    found = []
    for span in split(moved):
        marks = [int(n) for match in MARK.finditer(span.of(moved)) for n in match[1].split(",")]
        known = tuple(dict.fromkeys(n for n in marks if 1 <= n <= passages))
        if words := MARK.sub("", span.of(moved)).strip(" .,;:-*"):
            found.append(Said(words, known, True))
    return tuple(found)


class Typed:
    """A question typed at human speed: whenever a word is whole and nothing is prepared, its words so far are."""

    def __init__(
        self,
        library: Library,
        question: str,
        pause: Callable[[float], None] = time.sleep,
        keystroke: float = KEYSTROKE,
    ) -> None:
        """Raises TypeError where the library cannot prepare."""
        if not isinstance(library, Prepares):
            raise TypeError("this library prepares nothing while a question is typed")
        self._library: Prepares = library
        self._question = question
        self._pause = pause
        self._keystroke = keystroke
        self._latest = ""
        self._entered = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._prepare, daemon=True)

    def type(self) -> None:
        """Type to the last letter, and find the key Enter."""
        self._thread.start()
        for at, (_, after) in enumerate(pairwise(f"{self._question} "), 1):
            self._pause(self._keystroke)
            if after == " ":
                with self._changed:
                    self._latest = self._question[:at]
                    self._changed.notify()
        self._pause(self._keystroke)

    def enter(self) -> None:
        """Press Enter: what is being prepared is ended."""
        with self._changed:
            self._entered = True
            self._changed.notify()
        self._library.cancel_preparing()

    def end(self) -> None:
        """Wait for the preparation that was ended."""
        self._thread.join()

    def _prepare(self) -> None:
        prepared = ""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._entered or self._latest != prepared)  # noqa: B023 (of this turn)
                if self._entered:
                    return
                prepared = self._latest
            self._library.prepare(prepared)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
