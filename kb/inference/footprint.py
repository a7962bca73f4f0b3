"""How much memory a language model takes, worked out from its header before any of it is loaded (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.inference.gguf_header import Header, Numbers

BATCH = 512
"""Tokens of a prompt that are evaluated at once; llama.cpp's own default."""

CONTEXT = 2048
"""Tokens that a prompt and its answer may have together, unless another number is asked for."""

CACHE_NUMBER = 2
COMPUTED_NUMBER = 4
"""Bytes: the cache of keys and values is float16, what is computed is float32."""

RUNTIME = 64_000_000
"""Bytes that Python, numpy and llama.cpp take without a model (measured on Linux)."""

_LAYER = re.compile(r"blk\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of a model that its memory follows from.

    `cache_width` is how many numbers one token leaves in the cache, over all layers.
    """

    layers: int
    width: int
    heads: int
    cache_width: int
    vocabulary: int


NO_SHAPE = Shape(0, 0, 0, 0, 0)
"""Of what is no language model."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes: the weights, the cache of a whole context, and what computing a batch needs beside them.

    `runtime` is the program's own part.
    """

    weights: int
    cache: int
    buffers: int
    runtime: int = RUNTIME

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.buffers + self.runtime


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes of a model's parts as a graphics card takes them: each layer, the output, and what stays in memory."""

    layers: tuple[int, ...]
    output: int
    kept: int


def shape_of(header: Header) -> Shape:
    """Read the shape from a header; what the file does not say counts as nothing.

    The keys are those of ggml's docs/gguf.md; a head is `width / heads` wide where the file gives no other length.
    """
    width = header.number(header.own("embedding_length"))
    layers = header.number(header.own("block_count"))
    heads = _each(header, "attention.head_count", 0, layers)
    shared = _each(header, "attention.head_count_kv", max(heads, default=0), layers)
    usual = width // max(1, max(heads, default=0))
    long = sum(header.number(header.own(f"attention.{name}_length"), usual) for name in ("key", "value"))
    vocabulary = header.number(header.own("vocab_size")) or header.count("tokenizer.ggml.tokens")
    return Shape(layers, width, max(heads, default=0), sum(shared) * long, vocabulary)


def _each(header: Header, name: str, default: int, layers: int) -> tuple[int, ...]:
    """Return a number that a header gives once or for each layer, for each layer."""
    value = header.metadata.get(header.own(name), default)
    if isinstance(value, Numbers):
        return tuple(max(0, int(number)) for number in value.first)
    # A layer more than any model has must not become a list.
    return (int(value),) * min(layers, 512) if isinstance(value, int) else ()


def footprint(shape: Shape, weights: int, context: int, batch: int = BATCH) -> Footprint:
    """Return what a model takes with weights of so many bytes and a context of so many tokens.

    Buffers are what llama.cpp sets aside for a batch: the larger of its scores over the vocabulary and of its
    attention over the context, and three times its width (its own log says so to the MB for llama and qwen2).
    """
    batch = min(batch, context)
    widest = max(shape.vocabulary, shape.heads * context) + 3 * shape.width
    return Footprint(weights, shape.cache_width * context * CACHE_NUMBER, widest * batch * COMPUTED_NUMBER)


def weights_of(header: Header) -> Weights:
    """Sort a header's tensors as llama.cpp does: numbered layers, the output, and the table of words, which stays.

    A model without an output of its own uses the table of words for it, of which the card then has a copy.
    """
    layers: dict[int, int] = {}
    output = kept = 0
    for tensor in header.tensors:
        layer = _LAYER.match(tensor.name)
        if layer:
            layers[int(layer[1])] = layers.get(int(layer[1]), 0) + tensor.bytes
        elif tensor.name.startswith("output"):
            output += tensor.bytes
        else:
            kept += tensor.bytes
    own = any(tensor.name == "output.weight" for tensor in header.tensors)
    return Weights(tuple(layers[number] for number in sorted(layers)), output if own else output + kept, kept)
