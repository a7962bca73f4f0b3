"""A generator that keeps what every request cost."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.answers.record import Call
from kb.inference import ChatPrompt, ChildGenerator, Sampling
from kb.inference.models import Usage
from kb.inference.protocol import Judgement, Preparing


class Metered:
    """A ChildGenerator whose requests are kept in `calls`: what was asked, what came, how long it took.

    The text of a call is the user's part of the prompt; that of the system is the product's own.
    """

    def __init__(self, inner: ChildGenerator) -> None:
        self.inner = inner
        self.calls: list[Call] = []

    @property
    def name(self) -> str:
        """The model's name."""
        return self.inner.name

    @property
    def usage(self) -> Usage:
        """What the last finished request cost."""
        return self.inner.usage

    def generate(self, prompt: ChatPrompt, sampling: Sampling) -> Iterator[str]:
        """Yield pieces of text as they come; what was written is kept however it ended."""
        started = time.perf_counter()
        first = 0.0
        pieces: list[str] = []
        self.inner.usage = Usage()
        try:
            for piece in self.inner.generate(prompt, sampling):
                first = first or time.perf_counter()
                pieces.append(piece)
                yield piece
        finally:
            self._keep("generate", prompt.user, "".join(pieces), started, first)

    def judge(self, judgement: Judgement) -> Iterator[float]:
        """Yield the texts' numbers in order as they come."""
        started = time.perf_counter()
        first = 0.0
        numbers: list[float] = []
        self.inner.usage = Usage()
        try:
            for number in self.inner.judge(judgement):
                first = first or time.perf_counter()
                numbers.append(number)
                yield number
        finally:
            asked = "\n".join((judgement.before, *judgement.texts, judgement.after))
            self._keep("judge", asked, " ".join(f"{number:.4f}" for number in numbers), started, first)

    def warm(self) -> None:
        """Begin to load the model, where it can."""
        if isinstance(self.inner, Preparing):
            self.inner.warm()

    def prefill(self, prompt: ChatPrompt) -> bool:
        """Evaluate the beginning of a prompt, where the model can; say whether it was evaluated to the end."""
        if not isinstance(self.inner, Preparing):
            return False
        started = time.perf_counter()
        self.inner.usage = Usage()
        whole = self.inner.prefill(prompt)
        self._keep("prefill", prompt.user, "whole" if whole else "ended early", started, 0.0)
        return whole

    def cancel_prefill(self) -> None:
        """End what is being read ahead."""
        if isinstance(self.inner, Preparing):
            self.inner.cancel_prefill()

    def cancel(self) -> None:
        """End the running request."""
        self.inner.cancel()

    def close(self) -> None:
        """End the model's process."""
        self.inner.close()

    def taken(self) -> tuple[Call, ...]:
        """Return the calls so far and forget them."""
        taken, self.calls = tuple(self.calls), []
        return taken

    def _keep(self, what: str, prompt: str, reply: str, started: float, first: float) -> None:
        usage = self.inner.usage
        took = (time.perf_counter() - started) * 1000
        soon = (first - started) * 1000 if first else 0.0
        tokens = (usage.prompt_tokens, usage.reused_tokens, usage.tokens)
        self.calls.append(Call(what, prompt, reply, *tokens, soon, took))
