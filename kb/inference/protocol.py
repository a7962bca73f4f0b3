"""What the rest of the program asks of a language model and of an embedder, wherever they run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Role(StrEnum):
    """What a text is to the embedder; some models prefix queries and passages differently."""

    QUERY = "query"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """One turn for a chat model. `system` is the stable prefix; both are plain text, never special tokens."""

    system: str
    user: str


MODELS_OWN = -1.0
"""The temperature that a model's file recommends (GGUF's `general.sampling.temp`), 0 where it recommends none."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen: at most `max_tokens`; temperature 0 is greedy; `stop` strings end the answer."""

    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The number is P(yes) / (P(yes) + P(no)) of the answer's first token, in [0, 1]."""

    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The number is the mean natural logarithm of the probabilities of the text's tokens as the answer, at most 0.

    With a question after its passage this is the query likelihood of Sachan et al. 2022 (arXiv 2204.07496).
    """

    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model is asked of each of `texts`: the user says `before`, the text and `after`, in this order.

    All are plain text, never special tokens. Of a text at most `longest` tokens are read.
    """

    system: str
    before: str
    texts: tuple[str, ...]
    after: str
    measure: Choice | Wording
    longest: int = 256


@runtime_checkable
class Judge(Protocol):
    """A language model that gives texts numbers. One request at a time; every failure is a ModelUnavailable."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    def judge(self, judgement: Judgement) -> Iterator[float]:
        """Yield the texts' numbers in order as they come; closing the iterator cancels, a cancelled one just ends."""
        ...

    def cancel(self) -> None:
        """End the running request soon, from any thread; nothing happens when idle."""
        ...

    def close(self) -> None:
        """End the model's process."""
        ...


class Generator(Protocol):
    """A language model. One request at a time; every failure is a ModelUnavailable."""

    @property
    def name(self) -> str:
        """The model's name, shown with its answers."""
        ...

    def generate(self, prompt: ChatPrompt, sampling: Sampling) -> Iterator[str]:
        """Yield pieces of text as they come; closing the iterator cancels."""
        ...

    def cancel(self) -> None:
        """End the running generation at the next token, from any thread; nothing happens when idle."""
        ...

    def close(self) -> None:
        """End the model's process."""
        ...


@runtime_checkable
class Preparing(Protocol):
    """A generator that can work ahead of its question; what it prepared makes the next `generate` start sooner."""

    def warm(self) -> None:
        """Begin to load the model without waiting for it; nothing happens when it is loaded. Raises nothing."""
        ...

    def prefill(self, prompt: ChatPrompt) -> bool:
        """Evaluate the beginning of a prompt: its system text, and the user's as far as given.

        Return whether it was evaluated to the end: `cancel_prefill` ends it, and so does a `generate` that comes
        meanwhile. Raises ModelUnavailable.
        """
        ...

    def cancel_prefill(self) -> None:
        """End what `prefill` began, from any thread; whatever else is asked of the model goes on."""
        ...


@runtime_checkable
class Noticing(Protocol):
    """A generator that tells where its model runs otherwise than was asked for."""

    @property
    def notice(self) -> str:
        """The key of what is to be said of it, "" where nothing is."""
        ...


class Encoder(Protocol):
    """An embedder. Every failure is a ModelUnavailable."""

    @property
    def name(self) -> str:
        """The model's name, stored beside its vectors."""
        ...

    @property
    def source(self) -> str:
        """What opens the same model again: a catalogue name, a hub name or a folder."""
        ...

    def fingerprint(self) -> str:
        """Return what tells its weights from others of the same name; starts nothing. Raises ModelUnavailable."""
        ...

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return unit vectors, one row a text (n x d, float32)."""
        ...

    def close(self) -> None:
        """End the model's process."""
        ...
