"""Opens a GGUF file with llama.cpp where it fits, on a graphics card where there is one that it fits into.

Only a model's own process imports this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import llama_cpp

from kb.inference.cards import cards
from kb.inference.chat_file import chat_header
from kb.inference.cores import physical_cores
from kb.inference.engine import EngineError
from kb.inference.footprint import BATCH, footprint, shape_of, weights_of
from kb.inference.free_memory import free_memory
from kb.inference.gguf_header import Header
from kb.inference.messages import LoadLanguageModel, Ready
from kb.inference.placement import CARD_FAILED, NO_CARD, Card, choose, refuse_if_too_large


@dataclass(frozen=True, slots=True)
class Opening:
    """How llama.cpp is asked to open a file: `context` in tokens, `layers` of it on graphics cards."""

    path: str
    context: int
    threads: int
    layers: int

    @property
    def flash_attention(self) -> bool:
        """Whether attention is computed in one piece, which saves a card memory and time.

        A processor gains nothing: measured in processor time with Qwen2.5-1.5B and SmolLM2-135M, within 4 %.
        """
        return self.layers > 0


@dataclass(frozen=True, slots=True)
class Opened:
    """A loaded model, and what is said of it."""

    llama: llama_cpp.Llama
    ready: Ready


def open_llama(load: LoadLanguageModel) -> Opened:
    """Look at a file, decide where it is computed and load it. Raises EngineError with the reason why not."""
    header = chat_header(Path(load.path))
    opening = planned(load, header, cards(), free_memory())
    try:
        return Opened(_opened(opening), _said(load, opening))
    except EngineError:
        if opening.layers == 0:
            raise
    # What fails on a card is the card's until the processor fails too.
    on_processor = planned(replace(load, gpu_layers=0), header, (), free_memory())
    return Opened(_opened(on_processor), Ready(0, CARD_FAILED))


def _said(load: LoadLanguageModel, opening: Opening) -> Ready:
    """Return what is told of a model that was loaded as decided."""
    return Ready(opening.layers, NO_CARD if load.gpu_layers > 0 and opening.layers == 0 else "")


def planned(load: LoadLanguageModel, header: Header, there: Sequence[Card], free: int | None) -> Opening:
    """Decide how a file is opened on this machine. Raises EngineError, "does_not_fit"."""
    weights = weights_of(header)
    need = footprint(shape_of(header), header.bytes, load.context)
    place = choose(weights, need, there, load.gpu_layers)
    refuse_if_too_large(place.in_memory, free)
    return Opening(load.path, load.context, load.threads or physical_cores(), place.layers)


def _opened(opening: Opening) -> llama_cpp.Llama:
    """Load the file, or raise EngineError with what llama.cpp's log says about the reason."""
    with kept_log() as log:
        try:
            return llama_cpp.Llama(
                opening.path,
                n_ctx=opening.context,
                n_batch=BATCH,
                n_threads=opening.threads,
                n_threads_batch=opening.threads,
                n_gpu_layers=opening.layers,
                flash_attn=opening.flash_attention,
                verbose=False,
            )
        except (ValueError, RuntimeError) as error:
            said = "".join(log)
            raise EngineError(load_failure(said, str(error)), said[-500:]) from error


@contextmanager
def kept_log() -> Iterator[deque[str]]:
    """Within the block, keep the last lines of what llama.cpp logs; after it, drop them."""
    log: deque[str] = deque(maxlen=40)

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
    def keep(_level: int, text: bytes, _data: object) -> None:
        log.append(text.decode("utf-8", "replace"))

    llama_cpp.llama_log_set(keep, None)
    try:
        yield log
    finally:
        llama_cpp.llama_log_set(_QUIET, None)


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _QUIET(_level: int, _text: bytes, _data: object) -> None:  # noqa: N802 - a constant that llama.cpp calls
    """Drop what llama.cpp logs."""


def load_failure(log: str, error: str) -> str:
    """Tell the reason why a model could not be loaded from llama.cpp's words."""
    if "alloc" in log or "llama_context" in error:
        return "no_memory"
    return "unsupported" if "unknown model architecture" in log else "damaged"
