"""The program's own language model and embedder: each one's weights live in a child process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb.errors import ModelUnavailable
from kb.inference import gloss
from kb.inference.catalog import model_path, reads_english_alone, source_of
from kb.inference.devices import driver_sees_card
from kb.inference.fingerprint import fingerprint, graphs_of
from kb.inference.footprint import CONTEXT
from kb.inference.messages import (
    AUTO_LAYERS,
    Encode,
    Encoded,
    Finished,
    Generate,
    Judge,
    Load,
    LoadEmbedder,
    LoadLanguageModel,
    Piece,
    Prefill,
    Request,
    Verdict,
)
from kb.inference.placement import CARD_FAILED
from kb.inference.process import HANG_AFTER, ModelProcess
from kb.inference.protocol import ChatPrompt, Choice, Judgement, Role, Sampling, Vectors

TEXTS_A_REQUEST = 32
"""Texts sent to an embedder at once; a few seconds of work, so that Ctrl-C is soon obeyed."""

LONGEST_TEXT = 50_000
"""Characters of a text that are sent; embedders read 128 to 8192 tokens and ignore the rest."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the last finished request cost: tokens of the prompt, those found evaluated, tokens written.

    Of the tokens that were guessed ahead, `drafted_tokens`, `accepted_tokens` were right.
    """

    prompt_tokens: int = 0
    reused_tokens: int = 0
    tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


class ChildGenerator:
    """A Generator and a Judge, able to read ahead, whose model runs in a child process."""

    def __init__(self, process: ModelProcess) -> None:
        self.process = process
        self.usage = Usage()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.process.name

    @property
    def notice(self) -> str:
        """The key of what is to be said of how the model runs ("card_failed", "no_card"), "" where nothing is."""
        ready = self.process.ready
        fell = self.process.died_loading and driver_sees_card() and ready.gpu_layers == 0
        return ready.notice or (CARD_FAILED if fell else "")

    def generate(self, prompt: ChatPrompt, sampling: Sampling) -> Iterator[str]:
        """Yield pieces of text as they come; closing the iterator cancels. Raises ModelUnavailable."""

        def build(request: int) -> Request:
            return Generate(
                request,
                prompt.system,
                prompt.user,
                sampling.max_tokens,
                sampling.temperature,
                sampling.seed,
                sampling.stop,
            )

        for reply in self.process.exchange(build):
            if isinstance(reply, Piece):
                yield reply.text
            elif isinstance(reply, Finished):
                self.usage = _usage(reply)

    def judge(self, judgement: Judgement) -> Iterator[float]:
        """Yield the texts' numbers in order as they come; closing the iterator cancels. Raises ModelUnavailable."""
        measure = judgement.measure
        answers = (measure.yes, measure.no) if isinstance(measure, Choice) else (measure.text,)
        texts = tuple(text[:LONGEST_TEXT] for text in judgement.texts)

        def build(request: int) -> Request:
            return Judge(
                request, judgement.system, judgement.before, texts, judgement.after, answers, judgement.longest
            )

        for reply in self.process.exchange(build):
            if isinstance(reply, Verdict):
                yield reply.number
            elif isinstance(reply, Finished):
                self.usage = _usage(reply)

    def warm(self) -> None:
        """Begin to load the model without waiting for it; nothing happens when it is loaded. Raises nothing."""
        self.process.warm()

    def prefill(self, prompt: ChatPrompt) -> bool:
        """Evaluate the beginning of a prompt; return whether that came to its end before anything else was asked.

        Blocks meanwhile. Raises ModelUnavailable.
        """
        replies = self.process.exchange(lambda request: Prefill(request, prompt.system, prompt.user))
        return any(isinstance(reply, Finished) for reply in replies)

    def cancel_prefill(self) -> None:
        """End what `prefill` began, from any thread; whatever else is asked of the model goes on."""
        self.process.cancel_ahead()

    def cancel(self) -> None:
        """End the running request, from any thread."""
        self.process.cancel()

    def close(self) -> None:
        """End the model's process."""
        self.process.close()


def _usage(end: Finished) -> Usage:
    return Usage(end.prompt_tokens, end.reused_tokens, end.tokens, end.drafted_tokens, end.accepted_tokens)


class ChildEncoder:
    """An Encoder whose model runs in a child process; `runs` tells how the last vectors were made (see Encoded).

    `read` turns a text into what the model can read of it.
    """

    def __init__(
        self, process: ModelProcess, source: str, fingerprint: Callable[[], str], read: Callable[[str], str] = str
    ) -> None:
        self.process = process
        self._read = read
        self._source = source
        self._fingerprint = fingerprint
        self._told = ""
        self.runs = ""

    @property
    def name(self) -> str:
        """The model's name."""
        return self.process.name

    @property
    def source(self) -> str:
        """What opens it again."""
        return self._source

    def fingerprint(self) -> str:
        """Return what its weights are known by, as they were when first asked for. Raises ModelUnavailable."""
        self._told = self._told or self._fingerprint()
        return self._told

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return unit vectors, one row a text (n x d, float32); (0 x d) for none. Raises ModelUnavailable."""
        starts = range(0, max(len(texts), 1), TEXTS_A_REQUEST)
        return np.concatenate([self._encode(texts[start : start + TEXTS_A_REQUEST], role) for start in starts])

    def _encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Encode what fits into one request."""
        sent = tuple(self._read(text[:LONGEST_TEXT]) for text in texts)
        for reply in self.process.exchange(lambda request: Encode(request, sent, role.value)):
            if isinstance(reply, Encoded) and len(reply.data) == 4 * len(sent) * reply.dimension:
                self.runs = reply.runs
                return np.frombuffer(reply.data, np.float32).reshape(len(sent), reply.dimension).copy()
        raise ModelUnavailable(model=self.name, reason="failed", detail="no vectors came back")

    def close(self) -> None:
        """End the model's process."""
        self.process.close()


def open_generator(
    model: str,
    cache: Path,
    threads: int = 0,
    *,
    context: int = CONTEXT,
    hang_after: float = HANG_AFTER,
    idle_after: float = 0.0,
    gpu_layers: int = AUTO_LAYERS,
) -> ChildGenerator:
    """Name a language model (catalogue name or path of a GGUF file); its process starts with the first request.

    `threads` 0 means one a physical core, `context` is in tokens, `gpu_layers` AUTO_LAYERS as many as fit. A process
    counts as hung after `hang_after` seconds without a sign of life, and ends after `idle_after` seconds in which
    nothing was asked (0: never). One that died while it was loading on a card is followed by one that uses none.
    Evaluated beginnings of prompts are kept in `<cache>/prefixes`. Raises nothing yet.
    """

    def load(path: Path) -> Load:
        layers = 0 if process.died_loading and driver_sees_card() else gpu_layers
        return LoadLanguageModel(str(path), threads, context, layers, str((cache / "prefixes").absolute()))

    process = ModelProcess(_name(model), lambda: model_path(model, cache).absolute(), load, hang_after, idle_after)
    return ChildGenerator(process)


def open_encoder(
    model: str, cache: Path, threads: int = 0, *, hang_after: float = HANG_AFTER, idle_after: float = 0.0
) -> ChildEncoder:
    """Name an embedder (catalogue name, hub name or path of a sentence-transformers folder), lazy like the other."""
    name = _name(model)
    english = reads_english_alone(name)

    def place() -> Path:
        return model_path(model, cache).absolute()

    def load(path: Path) -> Load:
        return LoadEmbedder(str(path), name, threads, str(graphs_of(path, cache)))

    def told() -> str:
        folder = place()
        try:
            return fingerprint(folder) + (f"+{gloss.VERSION}" if english else "")
        except NotADirectoryError as error:
            raise ModelUnavailable(model=name, reason="not_an_embedder", detail=folder) from error
        except OSError as error:
            raise ModelUnavailable(model=name, reason="unreadable", detail=error) from error

    process = ModelProcess(name, place, load, hang_after, idle_after)
    return ChildEncoder(process, source_of(model), told, gloss.glossed if english else str)


def _name(model: str) -> str:
    """A model's name as shown and stored: a path's last part without .gguf."""
    return Path(model).name.removesuffix(".gguf") or model
