"""What a GGUF file says of itself before its weights: metadata and the list of tensors (ggml's docs/gguf.md).

Whatever the file claims, reading it takes little memory and time: counts, texts and lists are bounded, and what is
not asked for later is passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

from kb.inference.engine import EngineError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
"""Of the format; llama.cpp reads no other."""

MAX_KEYS = 4096
MAX_TENSORS = 1 << 16
MAX_ITEMS = 1 << 23
MAX_DIMENSIONS = 4
"""Far above what models have (60 keys, 2,000 tensors, 600,000 texts in lists), and far below what would hurt."""

LONGEST_TEXT = 1 << 20
LONGEST_NAME = 1 << 16
MOST_TEXT = 1 << 24
"""Bytes of one text, of one name (the format's own limit), of all texts that are kept."""

LONGEST_LIST = 1 << 40
KEPT_NUMBERS = 512
"""Of a list of numbers, as some models give one a layer, so many are kept; of a list of texts only its length."""

BLOCK = 1 << 18

_STRING, _ARRAY = 8, 9
_NUMBERS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip

TENSOR_TYPES = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66),
    17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17), 40: (64, 36),
}  # fmt: skip
"""Numbers a block and bytes a block of each type of tensor (ggml.c's type_traits, ggml-common.h); of a type that is
not here the size is not known."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A list in the metadata: its length, and its first items where they are numbers."""

    count: int
    first: tuple[float, ...] = ()


Value = int | float | bool | str | Numbers


@dataclass(frozen=True, slots=True)
class Tensor:
    """One table of weights; `offset` in bytes from the beginning of all weights, `bytes` 0 where not known."""

    name: str
    bytes: int
    offset: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says; `bytes` is its size, `weights_at` where its weights begin."""

    metadata: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    weights_at: int
    bytes: int

    @property
    def architecture(self) -> str:
        """The kind of model, as "qwen2"; "" where the file does not say."""
        return self.text("general.architecture")

    def text(self, key: str) -> str:
        """Return a text of the metadata, "" where there is none."""
        value = self.metadata.get(key, "")
        return value if isinstance(value, str) else ""

    def number(self, key: str, default: int = 0) -> int:
        """Return a whole number of the metadata, the default where there is none."""
        value = self.metadata.get(key, default)
        return int(value) if isinstance(value, int) else default

    def count(self, key: str) -> int:
        """Return the length of a list, 0 where there is none."""
        value = self.metadata.get(key)
        return value.count if isinstance(value, Numbers) else 0

    def own(self, name: str) -> str:
        """Return the key of something that each architecture has its own of, as "qwen2.block_count"."""
        return f"{self.architecture}.{name}"


def read_header(path: Path) -> Header:
    """Read a GGUF file's header. Raises EngineError.

    Its reasons are "missing", "is_folder", "unreadable", "not_gguf", "gguf_version", "damaged" and, where tensors lie
    beyond the file's end, "truncated" with `expected` and `found` in MB (10^6 bytes).
    """
    if path.is_dir():
        raise EngineError("is_folder", str(path))
    if not path.is_file():
        raise EngineError("missing", str(path))
    try:
        size = path.stat().st_size
        with path.open("rb", buffering=BLOCK) as file:
            header = _Reading(file, size).header()
    except OSError as error:
        raise EngineError("unreadable", str(error)) from error
    needed = max((header.weights_at + tensor.offset + tensor.bytes for tensor in header.tensors), default=0)
    if needed > size:
        raise _truncated(needed, size)
    return header


def _truncated(expected: int, found: int) -> EngineError:
    return EngineError("truncated", expected=-(-expected // 10**6), found=found // 10**6)


class _Reading:
    """One file being read from its beginning; every step is checked against the file's size."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._at = 0
        self._items = 0
        self._kept = 0

    def header(self) -> Header:
        """Read all of it."""
        if self._size < len(MAGIC) or self._take(len(MAGIC)) != MAGIC:
            raise EngineError("not_gguf")
        version = self._number("<I")
        if version not in VERSIONS:
            # A big-endian file shows its version in the upper bytes.
            raise EngineError("gguf_version", str(version))
        tensors, keys = self._bounded("<Q", MAX_TENSORS), self._bounded("<Q", MAX_KEYS)
        metadata = dict(self._pair() for _ in range(keys))
        listed = tuple(self._tensor() for _ in range(tensors))
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0 or alignment > BLOCK:
            raise EngineError("damaged", "alignment")
        return Header(metadata, listed, -(-self._at // alignment) * alignment, self._size)

    def _pair(self) -> tuple[str, Value]:
        key = self._text(LONGEST_NAME)
        kind = self._whole("<I")
        if kind == _STRING:
            return key, self._text(LONGEST_TEXT)
        return key, self._list() if kind == _ARRAY else self._number(self._shape(kind))

    def _list(self) -> Numbers:
        kind = self._whole("<I")
        if kind == _STRING:
            count = self._bounded("<Q", MAX_ITEMS - self._items)
            self._items += count
            self._skip_texts(count)
            return Numbers(count)
        shape = self._shape(kind)
        each = struct.calcsize(shape)
        count = self._bounded("<Q", LONGEST_LIST)
        if self._at + count * each > self._size:
            raise _truncated(self._at + count * each, self._size)
        kept = min(count, KEPT_NUMBERS)
        first = tuple(value for (value,) in struct.iter_unpack(shape, self._take(kept * each)))
        self._skip((count - kept) * each)
        return Numbers(count, first)

    def _tensor(self) -> Tensor:
        name = self._text(LONGEST_NAME)
        dimensions = self._bounded("<I", MAX_DIMENSIONS)
        numbers = prod(self._whole("<Q") for _ in range(dimensions))
        block, size = TENSOR_TYPES.get(self._whole("<I"), (1, 0))
        return Tensor(name, -(-numbers // block) * size, self._whole("<Q"))

    def _shape(self, kind: int) -> str:
        """Return how a number of that kind is packed; a list within a list is not one of any model."""
        if kind not in _NUMBERS:
            raise EngineError("damaged", f"a value of kind {kind}")
        return _NUMBERS[kind]

    def _number(self, shape: str) -> int | float | bool:
        value: int | float | bool = struct.unpack(shape, self._take(struct.calcsize(shape)))[0]
        return value

    def _whole(self, shape: str) -> int:
        return int(self._number(shape))

    def _bounded(self, shape: str, most: int) -> int:
        count = self._whole(shape)
        if count > most:
            raise EngineError("damaged", f"{count} where at most {most} can be")
        return count

    def _text(self, longest: int) -> str:
        length = self._bounded("<Q", longest)
        self._kept += length
        if self._kept > MOST_TEXT:
            raise EngineError("damaged", "too much text")
        return self._take(length).decode("utf-8", "replace")

    def _skip_texts(self, count: int) -> None:
        """Pass over texts; a vocabulary has hundreds of thousands, so that this is a loop without calls of ours."""
        read, seek, unpack, at, size = (
            self._file.read,
            self._file.seek,
            struct.Struct("<Q").unpack,
            self._at,
            self._size,
        )
        try:
            for _ in range(count):
                (length,) = unpack(read(8))
                at += 8 + length
                if at > size:
                    raise _truncated(at, size)
                if length < BLOCK:
                    read(length)
                else:
                    seek(at)
        except struct.error as error:
            raise _truncated(size + 1, size) from error
        self._at = at

    def _take(self, length: int) -> bytes:
        """Read bytes; the caller has bounded their number."""
        data = self._file.read(length) if length <= self._size - self._at else b""
        if len(data) < length:
            raise _truncated(self._at + length, self._size)
        self._at += length
        return data

    def _skip(self, length: int) -> None:
        self._at += length
        self._file.seek(self._at)
