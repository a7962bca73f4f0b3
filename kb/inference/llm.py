"""A chat model in a GGUF file, run by llama.cpp; only a model's own process imports this."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp

from kb.inference.chat_template import Segment, chat_template
from kb.inference.choosing import recommended
from kb.inference.drafting import Costs
from kb.inference.engine import EngineError, StopFlag
from kb.inference.evaluation import Evaluation, Pace
from kb.inference.judging import judge
from kb.inference.messages import (
    Alive,
    Cancelled,
    Encode,
    Generate,
    Judge,
    LoadLanguageModel,
    Prefill,
    Reply,
    Request,
)
from kb.inference.opening import open_llama
from kb.inference.prefixes import NoPrefixes, Prefixes, identity
from kb.inference.thoughts import MARK_TOKENS
from kb.inference.writing import prefill, write

HURRIED, STEADY = 0.15, 2.0
"""Seconds a batch may take: of what is read ahead, so that a question that comes meanwhile waits no longer; and of a
prompt that is waited for, between two signs of life."""

FIRST_HURRIED, FIRST_STEADY = 16, 64
"""Tokens of the first batch, until the model's speed is known."""

MAX_PIECE = 1024
"""Bytes of the longest token; llama-cpp-python's own detokenize takes 32, less than some vocabularies have."""


class LanguageModel:
    """A loaded model; serves one request at a time and keeps the last prompt's evaluation for the next."""

    def __init__(self, load: LoadLanguageModel, stop: StopFlag) -> None:
        self.stop = stop
        opened = open_llama(load)
        self.llama, self.ready = opened.llama, opened.ready
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.llama.model)
        self.evaluation = Evaluation(self.llama)
        self.context = self.evaluation.room
        self.segments = chat_template(self.llama.metadata, self._text_of)
        self.sampling = recommended(self.llama.metadata)
        self.hurried, self.steady = Pace(HURRIED, FIRST_HURRIED), Pace(STEADY, FIRST_STEADY)
        self.costs = Costs()
        self.prefixes = _prefixes(load, self.ready.gpu_layers)
        self._pieces: dict[int, bytes] = {}
        self._marks = {token: text.encode() for text in MARK_TOKENS for token in self._alone(text)}
        self._abort = _abort_callback()
        llama_cpp.llama_set_abort_callback(self.llama.ctx, self._abort, stop.address)

    def run(self, request: Request) -> Iterator[Reply | Alive]:
        """Yield an answer's pieces or verdicts. Raises EngineError, reason "prompt_too_long" when it does not fit."""
        try:
            yield from self._served(request)
        except RuntimeError:
            # Any decoding that returned non-zero; aborted ones do, too.
            if not self.stop.is_set():
                raise
        if self.stop.is_set():
            yield Cancelled(request.request)

    def _served(self, request: Request) -> Iterator[Reply | Alive]:
        """Do what is asked for."""
        match request:
            case Generate():
                return write(self, request)
            case Prefill():
                return prefill(self, request)
            case Judge():
                return judge(self, request)
            case Encode():
                raise EngineError("not_an_embedder")

    def tokens(self, system: str, user: str) -> list[int]:
        """Turn a prompt into tokens; whatever the two texts say, they cannot end their frame."""
        start, end = self.frame(system)
        return start + self.plain(user) + end

    def frame(self, system: str) -> tuple[list[int], list[int]]:
        """Return the tokens of a prompt that stand before the user's text, and those after it.

        The user's text stands last of all content in every template that ends with the answer's turn.
        """
        segments = self.segments(system, ".")
        users = max(place for place, segment in enumerate(segments) if not segment.special)
        start, end = (
            [token for part in parts for token in self.tokenize(part)]
            for parts in (segments[:users], segments[users + 1 :])
        )
        return self._begun(start), end

    def tokenize(self, segment: Segment) -> list[int]:
        """Turn one segment into tokens."""
        data = segment.text.encode("utf-8", "replace")
        return list(self.llama.tokenize(data, add_bos=False, special=segment.special))

    def plain(self, text: str) -> list[int]:
        """Turn content into tokens, of which none is special."""
        return self.tokenize(Segment(text, False)) if text else []

    def special(self, text: str) -> list[int]:
        """Turn text of ours into tokens, special ones where it names them."""
        return self.tokenize(Segment(text, True))

    def ends(self, token: int) -> bool:
        """Whether a token is the model's own end of an answer."""
        return bool(llama_cpp.llama_vocab_is_eog(self.vocabulary, token))

    def bytes_of(self, token: int, marks: bool = False) -> bytes:
        """Return a token's bytes; nothing for a control token, unless it is one of `marks` and these are wanted."""
        if marks and token in self._marks:
            return self._marks[token]
        if token not in self._pieces:
            buffer = ctypes.create_string_buffer(MAX_PIECE)
            size = llama_cpp.llama_token_to_piece(self.vocabulary, token, buffer, MAX_PIECE, 0, False)
            self._pieces[token] = buffer.raw[: max(size, 0)]
        return self._pieces[token]

    def _begun(self, tokens: list[int]) -> list[int]:
        """Return a prompt's tokens with the token of the beginning, where the model wants one and has it not yet."""
        bos = llama_cpp.llama_vocab_bos(self.vocabulary)
        wanted = llama_cpp.llama_vocab_get_add_bos(self.vocabulary) and tokens[:1] != [bos]
        return [bos, *tokens] if wanted else tokens

    def _alone(self, text: str) -> list[int]:
        """Return the token that is exactly this text, if there is one."""
        tokens = self.special(text)
        return tokens if len(tokens) == 1 else []

    def _text_of(self, key: str) -> str:
        """The text of the beginning ("bos") or end ("eos") token, "" when the vocabulary has none."""
        token = (
            llama_cpp.llama_vocab_bos(self.vocabulary) if key == "bos" else llama_cpp.llama_vocab_eos(self.vocabulary)
        )
        return str(llama_cpp.llama_vocab_get_text(self.vocabulary, token).decode()) if token >= 0 else ""


def _prefixes(load: LoadLanguageModel, gpu_layers: int) -> Prefixes | NoPrefixes:
    """Return where beginnings of prompts are kept for this model, opened as it is."""
    if not load.prefixes:
        return NoPrefixes()
    opened = identity(Path(load.path), load.context, gpu_layers, llama_cpp.__version__)
    return Prefixes(Path(load.prefixes), opened)


def _abort_callback() -> Any:
    """A native function that tells llama.cpp to abort while the stop flag's string is not empty: strlen.

    llama.cpp asks before every operation of the graph, about a thousand times a token, so that a Python function
    here would cost a tenth of the speed; the C library's strlen has the shape of ggml_abort_callback on every
    common platform (pointer in, non-zero for true) and takes no lock.
    """
    library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(library.strlen, llama_cpp.ggml_abort_callback)
