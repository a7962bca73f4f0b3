"""Answers questions on one library: search, words and models together, and what the model has read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.language import language_of_question
from ingest.model import Mark
from kb.answer.answer import NOTHING, Reading, answer_question, prepared
from kb.answer.gather import Asking, Tools
from kb.answer.lexicon import Lexicon
from kb.answer.modes import Known
from kb.answer.turns import placed
from kb.inference.protocol import Encoder, Generator, Preparing
from kb.model import AnswerEvent, Answering, Citation, EvidenceFound, Filters, Finished, Hit, Passage
from kb.search.language import stems
from kb.search.translation import stems_abroad

Find = Callable[[str, Filters, int, bool], Sequence[Hit]]
"""A query, filters, how many hits, and whether the model may look at them again."""


class Answerer:
    """Answers questions, and prepares answers while they are typed. Safe for any thread."""

    def __init__(
        self,
        find: Find,
        weigh: Callable[[Sequence[str]], Mapping[str, float]],
        known: Callable[[], Known],
        clock: Callable[[], float],
        encoder: Encoder | None,
        generator: Generator | None,
        answering: Answering,
        marks: Callable[[Passage], Sequence[Mark]],
    ) -> None:
        self._find = find
        self._lexicon = Lexicon(stems, weigh, abroad=stems_abroad)
        self._known = known
        self._clock = clock
        self._encoder = encoder
        self._generator = generator
        self._answering = answering
        self._marks = marks
        self._read = self._begun = NOTHING
        self._preparing = threading.Lock()
        self._unwanted = threading.Event()

    def answer(self, asking: Asking, use_model: bool) -> Iterator[AnswerEvent]:
        """Yield the evidence, the model's tokens and the checked answer. Raises EmptyQuery, ModelUnavailable."""
        begun, self._begun, self._read = self._begun, NOTHING, NOTHING  # the model reads something else after it
        for event in answer_question(asking, self._tools(use_model, may_rerank=use_model), begun):
            match event:
                case EvidenceFound(citations):
                    yield replace(event, citations=self._placed(citations))
                case Finished(answer):
                    yield Finished(replace(answer, citations=self._placed(answer.citations)))
                case _:
                    yield event

    def _placed(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Return the citations with the very place of each quote."""
        return tuple(placed(each, self._marks(each.passage)) for each in citations)

    def prepare(self, asking: Asking) -> bool:
        """Let the model read the evidence of a question that is still being typed; say whether it has.

        False too while another preparation goes on. Raises EmptyQuery, ModelUnavailable.
        """
        if not self._preparing.acquire(blocking=False):
            return False
        try:
            self._unwanted.clear()
            tools = self._tools(use_model=True, may_rerank=False)
            read = prepared(asking, tools, self._read, self._unwanted.is_set, self._begin)
            self._read = read or self._read
            return bool(read)
        finally:
            self._preparing.release()

    def _begin(self, reading: Reading) -> None:
        """Note what the model begins to read: an answer that comes before it is read goes on from there."""
        self._begun = reading

    def cancel_preparing(self) -> None:
        """End a preparation soon, from any thread; an answer being written goes on."""
        self._unwanted.set()
        if isinstance(self._generator, Preparing):
            self._generator.cancel_prefill()

    def warm(self) -> None:
        """Begin to load the language model without waiting for it."""
        if isinstance(self._generator, Preparing):
            self._generator.warm()

    def _tools(self, use_model: bool, may_rerank: bool) -> Tools:
        def retrieve(text: str, limit: int, filters: Filters) -> Sequence[Hit]:
            return self._find(text, filters, limit, may_rerank and self._answering.rerank)

        return Tools(
            retrieve,
            self._lexicon,
            self._clock,
            language_of_question,
            self._known,
            self._encoder,
            self._generator if use_model else None,
            self._answering,
            self._marks,
        )
