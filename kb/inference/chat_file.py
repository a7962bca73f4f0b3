"""Whether a GGUF file is a chat model at all, told from its header before anything of it is loaded."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from kb.errors import ModelUnavailable
from kb.inference.engine import EngineError
from kb.inference.gguf_header import Header, read_header

ENCODERS = {
    "bert", "eurobert", "gemma-embedding", "jina-bert-v2", "jina-bert-v3", "llama-embed", "modern-bert", "neo-bert",
    "nomic-bert", "nomic-bert-moe", "t5encoder",
}  # fmt: skip
"""Architectures (llama.cpp's llama-arch.cpp) that make vectors and no text."""

PARTS = {"adapter", "mmproj", "imatrix", "dataset"}
"""What `general.type` says of a file that belongs to a model and is none (ggml's docs/gguf.md)."""

_SPLIT = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")


def chat_header(path: Path) -> Header:
    """Return the header of a chat model's file, or of all the files that it was split into. Raises EngineError.

    Its reasons are those of `read_header` and "is_embedder", "part_of_model", "part_missing" (with `part`) and
    "no_chat_template".
    """
    header = read_header(path)
    if not header.architecture or header.text("general.type") in PARTS or header.architecture == "clip":
        raise EngineError("part_of_model", header.text("general.type") or header.architecture)
    # llama.cpp's pooling types: -1 not said, 0 none, 1 to 4 ways of making one vector or one score of a text.
    if header.architecture in ENCODERS or header.number(header.own("pooling_type")) > 0:
        raise EngineError("is_embedder", header.architecture)
    if not header.text("tokenizer.chat_template").strip():
        raise EngineError("no_chat_template")
    return _whole(path, header)


def refused(model: str, error: EngineError) -> ModelUnavailable:
    """Return the error that a file's refusal is to whoever named the model."""
    told = dict(zip(error.params[::2], error.params[1::2], strict=True))
    return ModelUnavailable(**{**told, "model": model, "reason": error.reason, "detail": error.detail})


def _whole(path: Path, first: Header) -> Header:
    """Return a model's header with the tensors and the size of all its files."""
    others = []
    for part in split_files(path, first)[1:]:
        if not part.is_file():
            raise EngineError("part_missing", part=part.name)
        others.append(read_header(part))
    tensors = (*first.tensors, *(tensor for other in others for tensor in other.tensors))
    return replace(first, tensors=tensors, bytes=first.bytes + sum(other.bytes for other in others))


def split_files(path: Path, header: Header) -> tuple[Path, ...]:
    """Return the files of a model: one, or those that it was split into. Raises EngineError, "part_of_model".

    llama.cpp finds the others by their names when it is given the first.
    """
    count = header.number("split.count")
    if count <= 1:
        return (path,)
    named = _SPLIT.search(path.name)
    if named is None or int(named[1]) != 1 or int(named[2]) != count:
        raise EngineError("part_of_model", path.name)
    stem = path.name[: named.start()]
    return tuple(path.with_name(f"{stem}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1))
