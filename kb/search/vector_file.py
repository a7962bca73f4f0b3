"""One model's vectors in a file beside the library, mapped into memory: a copy that can be made again at any time."""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from kb.search.arrays import sum_of
from kb.search.matrix import Numbers, Part, Vector
from kb.search.quantised import Coarse, Codes, Signs, coarse, codes, signs

HEADER_BYTES = 256

LONGEST_CHECK = 256 * 2**20
"""Bytes of vectors and codes up to which opening a file reads them all and compares their sum: a tenth of a second.
Of more, only what stands beside them is checked."""

WAIT_SECONDS = 30.0
"""How long to wait for another process that writes the same file, before doing without one."""

_MAGIC = b"repaso vectors 2"  # the number is the format's

_FILES = "vectors-*.bin"

_AT_ONCE = 4_096

_START = struct.Struct("<16s32sQ")  # magic, the model's digest, dimension
_REST = struct.Struct("<32s5Q")  # token, revision, rows, unusable, sum of vectors and codes, sum of what follows


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which vectors: a model's, with this many components, at a revision of one library."""

    model: str
    dimension: int
    revision: int
    token: str


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Vectors as they are read: passage numbers (n), unit vectors (n x d), and passages whose vector is unusable."""

    numbers: Numbers
    vectors: Vector
    unusable: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """All usable vectors at one revision, with their sum (d) and the centre of their bits (d)."""

    stamp: Stamp
    part: Part
    total: NDArray[np.float64]
    around: Vector
    unusable: Numbers


def place(folder: Path, model: str, dimension: int) -> Path:
    """Return where a model's vectors are kept in a folder; the name tells nothing of the model's."""
    digest = hashlib.blake2b(model.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return folder / _FILES.replace("*", f"{digest}-{dimension}")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other processes from writing the same file meanwhile. Raises OSError, also when one takes too long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=WAIT_SECONDS):
        yield


def in_memory(stamp: Stamp, chunks: Iterable[Chunk]) -> Kept:
    """Return chunks as one, without a file."""
    listed = list(chunks)
    nothing = np.empty(0, np.int64)
    vectors = np.concatenate([np.empty((0, stamp.dimension), np.float32), *(chunk.vectors for chunk in listed)])
    numbers = np.concatenate([nothing, *(chunk.numbers for chunk in listed)])
    unusable = np.concatenate([nothing, *(chunk.unusable for chunk in listed)])
    total = vectors.sum(axis=0, dtype=np.float64)
    around = mean(total, len(numbers))
    return Kept(stamp, Part(numbers, vectors, coarse(vectors, around)), total, around, unusable)


def write(path: Path, stamp: Stamp, chunks: Iterable[Chunk]) -> None:
    """Write chunks as a file, in one step for whoever opens it; within `alone`. Raises OSError.

    The vectors pass through as they come and are never in memory as a whole.
    """
    new = path.with_suffix(".new")  # one that a process left when it died is written over
    try:
        with new.open("w+b") as file:
            _fill(file, stamp, chunks)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        for other in path.parent.glob(_FILES):  # the vectors of a model that served before are of no use
            if other != path:
                other.unlink(missing_ok=True)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def opened(path: Path, wanted: Stamp) -> Kept | None:
    """Return what a file holds of the wanted model and dimension, None where it is missing, damaged or of another.

    Its revision may be any; whoever calls asks whether the library has been there.
    """
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
            if len(header) < HEADER_BYTES or not header.startswith(_start(wanted)):
                return None
            token, revision, rows, unusable, heavy_sum, rest_sum = _REST.unpack_from(header, _START.size)
            shape = _Shape(wanted.dimension, rows, unusable)
            if size != shape.size:
                return None
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            held = shape.arrays(mapped)
            if shape.checked and sum_of(file, HEADER_BYTES, shape.rest, np.uint32) != heavy_sum:
                return None
    except OSError:  # it is made again from the library
        return None
    if _sum(*held[2:]) != rest_sum:
        return None
    if not shape.checked and hasattr(mmap, "MADV_RANDOM"):
        # Of so many, few are read, here and there: what lies around them need not come from the disk too.
        mapped.madvise(mmap.MADV_RANDOM)
    let_go = partial(_let_go, mapped, (HEADER_BYTES + held.vectors.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE)
    part = Part(held.numbers, held.vectors, Coarse(held.signs, Codes(held.levels, held.steps)), let_go)
    stamp = replace(wanted, revision=revision, token=token.rstrip(b"\0").decode("ascii", "replace"))
    return Kept(stamp, part, held.total, held.around, held.unusable)


def _let_go(mapped: mmap.mmap, end: int) -> None:
    """Take the pages of a mapped file until `end` out of this process; the system keeps them while it has room."""
    if end and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED, 0, end)


class _Held(NamedTuple):
    """What follows the header, each array at a multiple of 8 bytes; see Part, Coarse and Kept."""

    vectors: Vector
    levels: NDArray[np.int8]
    signs: Signs
    steps: NDArray[np.float32]
    numbers: Numbers
    unusable: Numbers
    total: NDArray[np.float64]
    around: Vector


@dataclass(frozen=True, slots=True)
class _Shape:
    """How many of each there are."""

    dimension: int
    rows: int
    unusable: int

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return HEADER_BYTES + sum(_padded(count * np.dtype(kind).itemsize) for kind, count in self._counts())

    @property
    def rest(self) -> int:
        """Where in the file what follows vectors and codes begins."""
        return HEADER_BYTES + sum(_padded(count * np.dtype(kind).itemsize) for kind, count in self._counts()[:2])

    @property
    def checked(self) -> bool:
        """Whether vectors and codes are few enough to be read at each opening."""
        return self.rest <= LONGEST_CHECK

    def arrays(self, data: mmap.mmap) -> _Held:
        """Return the arrays of a mapped file, not copied."""
        found, at = [], HEADER_BYTES
        for kind, count in self._counts():
            found.append(np.frombuffer(data, kind, count, at) if count else np.empty(0, kind))
            at += _padded(count * np.dtype(kind).itemsize)
        held = _Held(*found)
        return held._replace(
            vectors=held.vectors.reshape(self.rows, self.dimension),
            levels=held.levels.reshape(self.rows, self.dimension),
            signs=held.signs.reshape(-(-self.dimension // 64), self.rows),
        )

    def _counts(self) -> tuple[tuple[type[np.generic], int], ...]:
        words = -(-self.dimension // 64)
        return (
            (np.float32, self.rows * self.dimension),
            (np.int8, self.rows * self.dimension),
            (np.uint64, self.rows * words),
            (np.float32, self.rows),
            (np.int64, self.rows),
            (np.int64, self.unusable),
            (np.float64, self.dimension),
            (np.float32, self.dimension),
        )


def _fill(file: BufferedRandom, stamp: Stamp, chunks: Iterable[Chunk]) -> None:
    file.write(bytes(HEADER_BYTES))
    listed, unfit = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    total = np.zeros(stamp.dimension, np.float64)
    for chunk in chunks:
        file.write(np.ascontiguousarray(chunk.vectors).data)
        total += chunk.vectors.sum(axis=0, dtype=np.float64)
        listed.append(chunk.numbers)
        unfit.append(chunk.unusable)
    numbers, unusable = np.concatenate(listed), np.concatenate(unfit)
    around = mean(total, len(numbers))
    _pad(file)
    rest = (*_coded(file, len(numbers), around), numbers, unusable, total, around)
    shape = _Shape(stamp.dimension, len(numbers), len(unusable))
    heavy_sum = sum_of(file, HEADER_BYTES, shape.rest, np.uint32) if shape.checked else 0
    file.seek(shape.rest)
    for array in rest:
        file.write(array.tobytes())
        _pad(file)
    counts = (stamp.token.encode(), stamp.revision, len(numbers), len(unusable), heavy_sum, _sum(*rest))
    file.seek(0)
    file.write(_start(stamp) + _REST.pack(*counts))


def _coded(file: BufferedRandom, rows: int, around: Vector) -> tuple[Signs, NDArray[np.float32]]:
    """Write the codes of the vectors that a file holds after them; return their bits and the codes' steps.

    The file is never in memory as a whole.
    """
    file.flush()
    with_vectors = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    vectors = np.frombuffer(with_vectors, np.float32, rows * len(around), HEADER_BYTES).reshape(rows, len(around))
    steps = [np.empty(0, np.float32)]
    for start in range(0, rows, _AT_ONCE):
        made = codes(vectors[start : start + _AT_ONCE])
        file.write(made.levels.data)
        steps.append(made.steps)
    _pad(file)
    return signs(vectors, around), np.concatenate(steps)


def mean(total: NDArray[np.float64], rows: int) -> Vector:
    """Return the mean of vectors (d) from their sum."""
    return (total / max(1, rows)).astype(np.float32)


def _start(stamp: Stamp) -> bytes:
    """Return how the header of a file of this format, model and dimension begins."""
    return _START.pack(_MAGIC, hashlib.sha256(stamp.model.encode("utf-8", "replace")).digest(), stamp.dimension)


def _padded(size: int) -> int:
    return -(-size // 8) * 8


def _pad(file: BinaryIO) -> None:
    file.write(bytes(-file.tell() % 8))


def _sum(*arrays: NDArray[np.generic]) -> int:
    """Return the sum of arrays' 32-bit words: quick to take, and another after any damage but a swap."""
    words = (np.ascontiguousarray(array).view(np.uint32) for array in arrays if array.size)
    return sum(int(np.add.reduce(one, axis=None, dtype=np.uint64)) for one in words) % 2**64
