"""Arrays in one file that is mapped into memory: written whole or not at all, and read only when undamaged.

The arrays come first, each at a multiple of 64 bytes; then JSON that names them, with what else the writer wants
kept; last a trailer that says where the JSON is.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from io import BufferedIOBase, BufferedRandom
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_MAGIC = b"RepasoA1"
_TRAILER = struct.Struct("<QQI8s")  # offset and length of the JSON, its CRC-32, magic
_ALIGN = 64
_TEMPORARY = ".part"
_FORGOTTEN_SECONDS = 600
_BLOCK = 1 << 22


class UnusableFile(Exception):
    """A file that is none of ours, was cut short or is damaged."""


def write(
    path: Path,
    facts: Mapping[str, object],
    shapes: Mapping[str, tuple[str, int]],
    pieces: Iterable[tuple[str, Array]],
) -> None:
    """Write a file in the place of another; raises OSError, and leaves the other as it was.

    `shapes` are the dtype and length of each array; `pieces` come in any order, each continuing the array it names.
    """
    handle, name = tempfile.mkstemp(prefix=f"{path.name}-", suffix=_TEMPORARY, dir=path.parent)
    made = Path(name)
    try:
        with open(handle, "w+b") as file:  # noqa: PTH123 (a handle is no path)
            _fill(file, facts, shapes, pieces)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    _forget_others(path)


def read(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return what was kept beside the arrays, and the arrays, read-only; raises OSError, UnusableFile."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _TRAILER.size:
            raise UnusableFile(path)
        whole = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype=np.uint8)
        offset, length, crc, magic = _TRAILER.unpack(whole[-_TRAILER.size :].tobytes())
        if magic != _MAGIC or offset + length + _TRAILER.size != size or offset % _ALIGN:
            raise UnusableFile(path)
        text = whole[offset : offset + length].tobytes()
        if zlib.crc32(text) != crc:
            raise UnusableFile(path)
        told = json.loads(text)
        if told["sum"] != sum_of(file, 0, offset):
            raise UnusableFile(path)
    return told["facts"], {
        name: whole[start : start + count * np.dtype(dtype).itemsize].view(dtype)
        for name, (dtype, count, start) in told["arrays"].items()
    }


def _fill(
    file: BufferedRandom,
    facts: Mapping[str, object],
    shapes: Mapping[str, tuple[str, int]],
    pieces: Iterable[tuple[str, Array]],
) -> None:
    cursor, end, arrays = {}, 0, {}
    for name, (dtype, count) in shapes.items():
        cursor[name], arrays[name] = end, (dtype, count, end)
        end += -(-count * np.dtype(dtype).itemsize // _ALIGN) * _ALIGN
    file.truncate(end)
    for name, piece in pieces:
        file.seek(cursor[name])
        file.write(np.ascontiguousarray(piece, dtype=shapes[name][0]).data)
        cursor[name] = file.tell()
    file.flush()
    text = json.dumps({"facts": facts, "arrays": arrays, "sum": sum_of(file, 0, end)}).encode()
    file.seek(end)
    file.write(text)
    file.write(_TRAILER.pack(end, len(text), zlib.crc32(text), _MAGIC))


def sum_of(file: BufferedIOBase, start: int, stop: int, word: type[np.unsignedinteger[Any]] = np.uint64) -> int:
    """Return the sum modulo 2^64 of a stretch of a file in words: changed by any block that is lost or zeroed.

    It is read, not mapped, so that it takes no memory. Raises OSError, also where the file ends before.
    """
    total, left = 0, stop - start
    block = np.empty(min(_BLOCK, left) // np.dtype(word).itemsize, dtype=word)
    file.seek(start)
    while left:
        count = file.readinto(block.data.cast("B")[:left])
        if not count:
            raise OSError("a file ends too soon")
        total += int(np.add.reduce(block[: count // block.itemsize], dtype=np.uint64))
        left -= count
    return total % (1 << 64)


def _forget_others(path: Path) -> None:
    """Remove what writers that were killed have left beside a file."""
    now = path.stat().st_mtime
    for other in path.parent.glob(f"{path.name}-*{_TEMPORARY}"):
        try:
            if other.stat().st_mtime < now - _FORGOTTEN_SECONDS:
                other.unlink()
        except OSError:
            continue  # another process removes it too, or holds it
