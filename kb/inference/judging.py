"""Numbers for texts from a model's probabilities, no word written; only a model's process imports this.

What the prompts of one request share is evaluated once: each goes on from the cache of the one before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from kb.inference.engine import EngineError
from kb.inference.messages import Alive, Finished, Judge, Reply, Verdict

if TYPE_CHECKING:
    from kb.inference.llm import LanguageModel

BATCH = 256
"""Tokens evaluated between two signs of life: two to three seconds' work of two cores with a model of 1.5 billion."""

LEAST_ROOM = 32
"""Tokens of a text that must fit beside its frame; a number for less would say nothing of the text."""

Logits = NDArray[np.float32]


def judge(model: LanguageModel, request: Judge) -> Iterator[Reply | Alive]:
    """Yield a Verdict for each text, then Finished; returns early when stopped.

    Raises EngineError: "prompt_too_long" when the frame leaves no room, "no_choice" when the two answers begin with
    the same token, RuntimeError when a decoding was aborted.
    """
    start, before, after = _frame(model, request)
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
        known = model.forget_after(prompt)
        prompted, reused = prompted + len(prompt) + len(written), reused + known
        numbers: list[float] = []
        for row in _evaluated(model, prompt + written, known, len(prompt) - 1):
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


def _frame(model: LanguageModel, request: Judge) -> tuple[list[int], list[int], list[int]]:
    """Return the tokens up to the user's turn, those before a text and those after it.

    The user's text stands last of all content in every template that ends with the answer's turn.
    """
    segments = model.segments(request.system, ".")
    users = max(place for place, segment in enumerate(segments) if not segment.special)
    start, end = (
        [token for part in parts for token in model.tokenize(part)]
        for parts in (segments[:users], segments[users + 1 :])
    )
    return model.begun(start), model.plain(request.before), model.plain(request.after) + end


def _evaluated(model: LanguageModel, tokens: Sequence[int], known: int, wanted: int) -> Iterator[Alive | Logits]:
    """Evaluate all but the first `known` tokens; yield the logits (vocabulary) after each from place `wanted` on.

    Only these are computed: a row of a vocabulary of 150,000 takes 600 kB and its share of the work. A row is
    llama.cpp's own memory, good until the next one is asked for.
    """
    llama = model.llama
    llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(llama.ctx), -1, known, -1)
    batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
    try:
        for start in range(known, len(tokens), BATCH):
            yield Alive()
            part = tokens[start : start + BATCH]
            batch.n_tokens = len(part)
            for place, token in enumerate(part):
                batch.token[place], batch.pos[place] = token, start + place
                batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
                batch.logits[place] = start + place >= wanted or place == len(part) - 1
            if code := llama_cpp.llama_decode(llama.ctx, batch):
                raise RuntimeError(f"llama_decode returned {code}")
            llama.input_ids[start : start + len(part)] = part
            llama.n_tokens = start + len(part)
            for place in range(max(0, wanted - start), len(part)):
                row = llama_cpp.llama_get_logits_ith(llama.ctx, place)
                yield np.ctypeslib.as_array(row, shape=(llama.n_vocab(),))
    finally:
        llama_cpp.llama_batch_free(batch)


def _log_probability(row: Logits, token: int) -> float:
    """Return the natural logarithm of a token's probability."""
    highest = float(row.max())
    return float(row[token]) - highest - math.log(float(np.exp(row - highest).sum()))


def _share(row: Logits, yes: int, no: int) -> float:
    """Return the probability of the first token among the two."""
    return 1.0 / (1.0 + math.exp(max(-700.0, min(700.0, float(row[no]) - float(row[yes])))))
