"""What a model has read so far: one sequence of tokens in llama.cpp's memory; only a model's process imports this."""

from __future__ import annotations

import ctypes
import time
import weakref
from collections.abc import Sequence
from itertools import takewhile

import llama_cpp
import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]

LAST = -1
"""The place of the last row that the last batch gave."""

STEP = 16
"""Tokens; a batch has a multiple of them. llama.cpp's AVX-512 multiplies sixteen rows at once: one thread reads 31
tokens of a prompt a second eight at a time, 60 sixteen at a time, 73 in batches of 256 (Qwen2.5-1.5B, Q4_K)."""


class Evaluation:
    """The tokens that a context has evaluated; they grow by batches and are cut back to what a prompt shares."""

    def __init__(self, llama: llama_cpp.Llama) -> None:
        self._llama = llama  # its context lives as long as it does
        self.context = llama.ctx
        self._memory = llama_cpp.llama_get_memory(llama.ctx)
        self.columns = llama.n_vocab()
        self.largest = llama.n_batch
        self.room = min(llama.n_ctx(), llama_cpp.llama_model_n_ctx_train(llama.model))
        self.tokens: list[int] = []
        self.can_be_cut = not (
            llama_cpp.llama_model_is_recurrent(llama.model) or llama_cpp.llama_model_is_hybrid(llama.model)
        )
        self._batch = llama_cpp.llama_batch_init(self.largest, 0, 1)
        weakref.finalize(self, llama_cpp.llama_batch_free, self._batch)

    def keep(self, prompt: Sequence[int]) -> int:
        """Drop what differs from the prompt; return how many of its tokens stay evaluated, at most all but one.

        The last one must be evaluated anew: its logits choose the first token of the answer.
        """
        pairs = zip(self.tokens, prompt, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return self.cut(min(same, len(prompt) - 1))

    def cut(self, length: int) -> int:
        """Forget all but the first `length` tokens; return how many are left, none where no part can be forgotten."""
        if length == len(self.tokens) and length > 0:
            return length
        if length <= 0 or not llama_cpp.llama_memory_seq_rm(self._memory, 0, length, -1):
            llama_cpp.llama_memory_clear(self._memory, True)  # a recurrent model's state is one whole
            length = 0
        del self.tokens[length:]
        return length

    def extend(self, tokens: Sequence[int], wanted: int) -> None:
        """Evaluate at most `largest` more tokens, with logits for those from place `wanted` on and for the last.

        Only these are computed: a row of a vocabulary of 150,000 takes 600 kB and its share of the work. Raises
        RuntimeError when the decoding was aborted or failed; nothing of the batch counts as evaluated then.
        """
        start, batch = len(self.tokens), self._batch
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place], batch.pos[place] = token, start + place
            batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
            batch.logits[place] = place >= wanted or place == len(tokens) - 1
        if code := llama_cpp.llama_decode(self.context, batch):
            # What was evaluated before the end stays in llama.cpp's memory.
            if not llama_cpp.llama_memory_seq_rm(self._memory, 0, start, -1):
                self.cut(0)
            raise RuntimeError(f"llama_decode returned {code}")
        self.tokens.extend(tokens)

    def logits(self, place: int = LAST) -> Logits:
        """Return the row (vocabulary) after the token at a place of the last batch.

        It is llama.cpp's own memory, good until the next batch.
        """
        row = llama_cpp.llama_get_logits_ith(self.context, place)
        return np.ctypeslib.as_array(row, shape=(self.columns,))

    def saved(self) -> bytes:
        """Return the state of all tokens, to be restored by the same model in the same kind of context."""
        size = llama_cpp.llama_state_seq_get_size(self.context, 0)
        data = (ctypes.c_uint8 * size)()
        written = llama_cpp.llama_state_seq_get_data(self.context, data, size, 0)
        return bytes(memoryview(data)[:written])

    def restore(self, data: bytes, tokens: Sequence[int]) -> bool:
        """Take the state of `tokens` that `saved` gave instead of what was evaluated; False where it is refused."""
        self.cut(0)
        state = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        if llama_cpp.llama_state_seq_set_data(self.context, state, len(data), 0) == 0:
            self.cut(0)
            return False
        self.tokens.extend(tokens)
        return True


class Pace:
    """How many tokens to evaluate at once so that a batch takes about `seconds`, learnt from the batches before."""

    def __init__(self, seconds: float, first: int) -> None:
        self._seconds = seconds
        self.tokens = first

    def took(self, tokens: int, seconds: float) -> None:
        """Learn from a batch that is not too small to tell anything."""
        if tokens >= STEP:
            fitting = int(self._seconds * tokens / max(seconds, 1e-6))
            self.tokens = max(STEP, fitting // STEP * STEP)

    def timed(self, evaluation: Evaluation, tokens: Sequence[int]) -> float:
        """Evaluate a batch, with logits after its last token, and learn from it; return its seconds.

        Raises RuntimeError.
        """
        start = time.perf_counter()
        evaluation.extend(tokens, wanted=len(tokens))
        seconds = time.perf_counter() - start
        self.took(len(tokens), seconds)
        return seconds
