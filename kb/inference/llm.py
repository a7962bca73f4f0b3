"""A chat model in a GGUF file, run by llama.cpp; only a model's own process imports this."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from kb.inference.engine import EngineError, StopFlag
from kb.inference.footprint import BATCH
from kb.inference.judging import judge
from kb.inference.messages import (
    Alive,
    Cancelled,
    Encode,
    Finished,
    Generate,
    Judge,
    LoadLanguageModel,
    Piece,
    Reply,
    Request,
)
from kb.inference.opening import open_llama
from kb.inference.stream import TextStream

PROMPT_BATCH = BATCH
"""Prompt tokens evaluated between two signs of life; also llama.cpp's own batch, so that nothing is slower for it."""

SYSTEM_MARK, USER_MARK = "\ue000system\ue001", "\ue000user\ue001"
"""Stand for the two texts while the template is rendered; the texts themselves never pass through it."""

MAX_PIECE = 1024
"""Bytes of the longest token; llama-cpp-python's own detokenize takes 32, less than some vocabularies have."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a prompt: the template's, where special tokens count, or content, where they are mere text."""

    text: str
    special: bool


class LanguageModel:
    """A loaded model; serves one request at a time and keeps the last prompt's evaluation for the next."""

    def __init__(self, load: LoadLanguageModel, stop: StopFlag) -> None:
        self.stop = stop
        opened = open_llama(load)
        self.llama, self.ready = opened.llama, opened.ready
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.llama.model)
        self.context = min(self.llama.n_ctx(), llama_cpp.llama_model_n_ctx_train(self.llama.model))
        self.segments = chat_template(self.llama.metadata, self._text_of)
        self._pieces: dict[int, bytes] = {}
        self._abort = _abort_callback()
        llama_cpp.llama_set_abort_callback(self.llama.ctx, self._abort, stop.address)

    def run(self, request: Request) -> Iterator[Reply | Alive]:
        """Yield an answer's pieces or verdicts. Raises EngineError, reason "prompt_too_long" when it does not fit."""
        if isinstance(request, Encode):
            raise EngineError("not_an_embedder")
        try:
            yield from judge(self, request) if isinstance(request, Judge) else self._answer(request)
        except RuntimeError:
            # llama-cpp-python raises this for any decoding that returned non-zero; aborted ones do, too.
            if not self.stop.is_set():
                raise
        if self.stop.is_set():
            yield Cancelled(request.request)

    def tokens(self, system: str, user: str) -> list[int]:
        """Turn a prompt into tokens; whatever the two texts say, they cannot end their frame."""
        return self.begun([token for segment in self.segments(system, user) for token in self.tokenize(segment)])

    def begun(self, tokens: list[int]) -> list[int]:
        """Return a prompt's tokens with the token of the beginning, where the model wants one and has it not yet."""
        bos = llama_cpp.llama_vocab_bos(self.vocabulary)
        wanted = llama_cpp.llama_vocab_get_add_bos(self.vocabulary) and tokens[:1] != [bos]
        return [bos, *tokens] if wanted else tokens

    def tokenize(self, segment: Segment) -> list[int]:
        """Turn one segment into tokens."""
        data = segment.text.encode("utf-8", "replace")
        return list(self.llama.tokenize(data, add_bos=False, special=segment.special))

    def plain(self, text: str) -> list[int]:
        """Turn content into tokens, of which none is special."""
        return self.tokenize(Segment(text, False)) if text else []

    def _answer(self, request: Generate) -> Iterator[Reply | Alive]:
        """Evaluate the prompt, then yield pieces and Finished; returns early when stopped."""
        prompt = self.tokens(request.system, request.user)
        if len(prompt) >= self.context:
            raise EngineError("prompt_too_long", f"{len(prompt)} tokens, {self.context} fit")
        reused = self.forget_after(prompt)
        for start in range(reused, len(prompt), PROMPT_BATCH):
            yield Alive()
            self.llama.eval(prompt[start : start + PROMPT_BATCH])
        limit = min(request.max_tokens, self.context - len(prompt))
        stream = TextStream(request.stop)
        written = 0
        for token in self._sampled(request, prompt, limit):
            if self.stop.is_set():
                return
            written += 1
            if text := stream.feed(self._bytes_of(token)):
                yield Piece(request.request, text)
            if stream.stopped:
                break
        if text := stream.flush():
            yield Piece(request.request, text)
        yield Finished(request.request, len(prompt), reused, written)

    def forget_after(self, prompt: Sequence[int]) -> int:
        """Drop from the cache what differs from the prompt; return how many of its tokens stay evaluated."""
        llama = self.llama
        known = llama.input_ids[: llama.n_tokens].tolist()
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(known, prompt, strict=False)))
        same = min(same, len(prompt) - 1)  # the last token must be evaluated: its logits choose the first new one
        memory = llama_cpp.llama_get_memory(llama.ctx)
        if same > 0 and llama_cpp.llama_memory_seq_rm(memory, 0, same, -1):
            llama.n_tokens = same
            return same
        llama.reset()  # nothing in common, or a recurrent model, whose state cannot be cut
        return 0

    def _sampled(self, request: Generate, prompt: list[int], limit: int) -> Iterator[int]:
        """Yield at most `limit` tokens up to the model's own end; the prompt is evaluated already."""
        if limit <= 0:
            return
        self.llama.set_seed(request.seed)
        tokens = self.llama.generate(prompt, temp=request.temperature, repeat_penalty=1.0)
        for count, token in enumerate(tokens, start=1):
            if llama_cpp.llama_vocab_is_eog(self.vocabulary, token):
                return
            yield token
            if count == limit:
                return

    def _bytes_of(self, token: int) -> bytes:
        """Return a token's bytes; nothing for a control token."""
        if token not in self._pieces:
            buffer = ctypes.create_string_buffer(MAX_PIECE)
            size = llama_cpp.llama_token_to_piece(self.vocabulary, token, buffer, MAX_PIECE, 0, False)
            self._pieces[token] = buffer.raw[: max(size, 0)]
        return self._pieces[token]

    def _text_of(self, key: str) -> str:
        """The text of the beginning ("bos") or end ("eos") token, "" when the vocabulary has none."""
        token = (
            llama_cpp.llama_vocab_bos(self.vocabulary) if key == "bos" else llama_cpp.llama_vocab_eos(self.vocabulary)
        )
        return str(llama_cpp.llama_vocab_get_text(self.vocabulary, token).decode()) if token >= 0 else ""


def chat_template(metadata: dict[str, str], text_of: Callable[[str], str]) -> Callable[[str, str], list[Segment]]:
    """Return what turns (system, user) into segments by the model's own template.

    Raises EngineError, reason "no_chat_template" when the file has none or it cannot be used. A model that
    knows no system role gets the system text at the head of the user's.
    """
    source = metadata.get("tokenizer.chat_template", "")
    if not source:
        raise EngineError("no_chat_template")
    try:
        formatter = Jinja2ChatFormatter(source, eos_token=text_of("eos"), bos_token=text_of("bos"))
    except Exception as error:
        raise EngineError("no_chat_template", str(error)) from error
    user_only = _rendered(formatter, [_message("user", USER_MARK)], (USER_MARK,))
    both = [_message("system", SYSTEM_MARK), _message("user", USER_MARK)]
    folded = [_message("user", f"{SYSTEM_MARK}\n\n{USER_MARK}")]
    marks = (SYSTEM_MARK, USER_MARK)
    with_system = _rendered(formatter, both, marks) or _rendered(formatter, folded, marks)
    if not user_only or not with_system:
        raise EngineError("no_chat_template", "the template drops the text")

    def segments(system: str, user: str) -> list[Segment]:
        return _filled(with_system if system else user_only, {SYSTEM_MARK: system, USER_MARK: user})

    return segments


def _message(role: str, content: str) -> dict[str, str]:
    """One message as chat templates expect it."""
    return {"role": role, "content": content}


def _rendered(formatter: Any, messages: list[dict[str, str]], marks: tuple[str, ...]) -> str:
    """Render the template; "" when it refuses or any mark does not come out exactly once."""
    try:
        text = str(formatter(messages=messages).prompt)
    except Exception:  # noqa: BLE001 - templates refuse roles by raising whatever they like
        return ""
    return text if all(text.count(mark) == 1 for mark in marks) else ""


def _filled(template: str, content: dict[str, str]) -> list[Segment]:
    """Cut a rendered template at its marks and put the content there, as segments that are not special."""
    parts = [Segment(template, True)]
    for mark, text in content.items():
        parts = [piece for part in parts for piece in _split(part, mark, text)]
    return [part for part in parts if part.text]


def _split(part: Segment, mark: str, text: str) -> list[Segment]:
    """Cut one template segment at a mark; content is never searched for marks."""
    if not part.special or mark not in part.text:
        return [part]
    before, after = part.text.split(mark)
    return [Segment(before, True), Segment(text, False), Segment(after, True)]


def _abort_callback() -> Any:
    """A native function that tells llama.cpp to abort while the stop flag's string is not empty: strlen.

    llama.cpp asks before every operation of the graph, about a thousand times a token, so that a Python function
    here would cost a tenth of the speed; the C library's strlen has the shape of ggml_abort_callback on every
    common platform (pointer in, non-zero for true) and takes no lock.
    """
    library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(library.strlen, llama_cpp.ggml_abort_callback)
