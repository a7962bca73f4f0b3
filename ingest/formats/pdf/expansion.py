"""Streams of a PDF that expand to more than is reasonable, found before a library unpacks them. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

MAX_EXPANDED = 96 << 20
"""A stream of more than this many bytes is no page of a lecture; pictures, unpacked only to be drawn, may be more."""
# Deflate makes at most 1032 bytes of one (zlib's technical notes), so that short streams need not be tried.
_MAX_RATIO = 1032
# Up to this many bytes no stream does harm. In a longer one, so many of strings are more text than any page shows.
_LONG = 2 << 20
_MAX_SHOWN = 2 << 20
_START = 4096
_TYPED = bytes([*range(9, 14), *range(32, 127)])
_SHOWN = re.compile(rb"[(<][^()<>]+[)>]")
_NUMBER = re.compile(rb"(\d{1,9})\s+\d{1,5}$")
_STREAM = re.compile(rb"stream\r?\n")
_ENDING = b"endstream"
_DICTIONARY = 2048
_CHUNK = 1 << 20
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_TWICE = re.compile(rb"/Filter\s*\[(?:\s*/\w+){2,8}\s*\]")


class Stream(NamedTuple):
    """Where a stream's bytes begin and end, its dictionary, and its object's number, 0 where that is not found."""

    start: int
    end: int
    dictionary: bytes
    number: int


def expands_too_far(data: bytes) -> bool:
    """Say whether a stream packed by deflate, once or twice, unpacks past the limit; encrypted ones do not show."""
    for start, end, dictionary, _ in streams(data):
        if _PICTURE.search(dictionary):
            continue
        is_twice = bool(_TWICE.search(dictionary))
        if (end - start) * (_MAX_RATIO**2 if is_twice else _MAX_RATIO) > _LONG:
            packed = memoryview(data)[start:end]
            if _is_too_much(unpacked(packed)) or (is_twice and _is_too_much(_unpacked_twice(packed))):
                return True
    return False


def streams(data: bytes) -> Iterator[Stream]:
    """Return the streams of a file's bytes, in order."""
    at = 0
    while (match := _STREAM.search(data, at)) is not None:
        start = match.end()
        end = data.find(_ENDING, start)
        end = len(data) if end < 0 else end
        before = data[max(0, match.start() - _DICTIONARY, at) : match.start()]
        opened = max(before.rfind(b" obj"), 0)
        number = _NUMBER.search(before[max(0, opened - 20) : opened])
        yield Stream(start, end, before[opened:], int(number[1]) if number else 0)
        at = end + len(_ENDING)


def _is_too_much(chunks: Iterator[bytes]) -> bool:
    """Say whether pieces are too long together, or show too much text, which takes far more room than its bytes."""
    total = shown = 0
    for chunk in chunks:
        total += len(chunk)
        if _is_written(chunk):
            shown += sum(map(len, _SHOWN.findall(chunk)))
        if total > MAX_EXPANDED or shown > _MAX_SHOWN:
            return True
    return False


def _is_written(chunk: bytes) -> bool:
    """Say whether bytes are signs that a person could type, as a page's drawing is, and no font or picture."""
    start = chunk[:_START]
    return len(start.translate(None, _TYPED)) < len(start) / 5


def _unpacked_twice(packed: memoryview) -> Iterator[bytes]:
    inner = zlib.decompressobj()
    for chunk in unpacked(packed):
        yield from _parts(inner, chunk)


def unpacked(packed: memoryview) -> Iterator[bytes]:
    """Return what bytes packed by deflate unpack to, in pieces of at most a MiB; none for bytes that are not."""
    return _parts(zlib.decompressobj(), packed)


def _parts(unpacker: zlib._Decompress, packed: bytes | memoryview) -> Iterator[bytes]:
    """Return what bytes unpack to, in pieces of bounded size, as far as they are deflate at all."""
    try:
        part = unpacker.decompress(packed, _CHUNK)
        while part:
            yield part
            part = unpacker.decompress(unpacker.unconsumed_tail, _CHUNK)
    except zlib.error:
        return
