"""Numbers for texts from a model's probabilities, no word written; only a model's process imports this.

What the prompts of one request share is evaluated once: each goes on from the cache of the one before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kb.inference.engine import EngineError
from kb.inference.evaluation import Logits
from kb.inference.messages import Alive, Finished, Judge, Reply, Verdict

if TYPE_CHECKING:
    from kb.inference.llm import LanguageModel

BATCH = 256
"""Tokens evaluated between two signs of life: two to three seconds' work of two cores with a model of 1.5 billion."""

LEAST_ROOM = 32
"""Tokens of a text that must fit beside its frame; a number for less would say nothing of the text."""


def judge(model: LanguageModel, request: Judge) -> Iterator[Reply | Alive]:
    """Yield a Verdict for each text, then Finished; returns early when stopped.

    Raises EngineError: "prompt_too_long" when the frame leaves no room, "no_choice" when the two answers begin with
    the same token, RuntimeError when a decoding was aborted.
    """
    start, end = model.frame(request.system)
    before, after = model.plain(request.before), model.plain(request.after) + end
    answers = [model.plain(answer) for answer in request.answers]
    if not all(answers) or (len(answers) == 2 and answers[0][0] == answers[1][0]):
        raise EngineError("no_choice", " / ".join(request.answers))
    written = answers[0][:-1] if len(answers) == 1 else []
    room = model.context - len(start) - len(before) - len(after) - len(written) - 1
    if room < LEAST_ROOM:
        raise EngineError("prompt_too_long", f"{model.context - room} tokens, {model.context} fit")
    prompted = reused = 0
    for text in request.texts:
        prompt = start + before + model.plain(text)[: min(room, request.longest)] + after
        known = model.evaluation.keep(prompt)
        prompted, reused = prompted + len(prompt) + len(written), reused + known
        numbers: list[float] = []
        for row in _evaluated(model, prompt + written, len(prompt) - 1):
            if isinstance(row, Alive):
                yield row
            elif len(answers) == 1:
                numbers.append(_log_probability(row, answers[0][len(numbers)]))
            else:
                numbers.append(_share(row, answers[0][0], answers[1][0]))
        if model.stop.is_set():
            return
        yield Verdict(request.request, sum(numbers) / len(numbers))
    yield Finished(request.request, prompted, reused, 0)


def _evaluated(model: LanguageModel, tokens: Sequence[int], wanted: int) -> Iterator[Alive | Logits]:
    """Evaluate what is not evaluated yet; yield the logits (vocabulary) after each token from place `wanted` on.

    A row is llama.cpp's own memory, good until the next one is asked for.
    """
    evaluation = model.evaluation
    while (start := len(evaluation.tokens)) < len(tokens):
        yield Alive()
        part = tokens[start : start + BATCH]
        evaluation.extend(part, wanted - start)
        for place in range(max(0, wanted - start), len(part)):
            yield evaluation.logits(place)


def _log_probability(row: Logits, token: int) -> float:
    """Return the natural logarithm of a token's probability."""
    highest = float(row.max())
    return float(row[token]) - highest - math.log(float(np.exp(row - highest).sum()))


def _share(row: Logits, yes: int, no: int) -> float:
    """Return the probability of the first token among the two."""
    return 1.0 / (1.0 + math.exp(max(-700.0, min(700.0, float(row[no]) - float(row[yes])))))
