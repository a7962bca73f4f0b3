"""The evaluated beginnings of prompts, kept between runs: a system text never changes, so it is evaluated once.

A file is checked before any of it reaches the library: what is damaged, foreign or of other tokens is removed. All of
it can be deleted at any time; only the time to evaluate it again is lost.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kb.inference.fingerprint import sampled

MAGIC = b"repaso prefix 1\n"
DIGEST = 32
"""Bytes of the checksum (BLAKE2b) between the magic and the state."""

MOST_FILES = 16
MOST_BYTES = 256 * 2**20
"""Of all kept beginnings: those used longest ago go first."""

LEAST_TOKENS = 16
"""A shorter beginning is evaluated as soon as read."""


class Prefixes:
    """The beginnings kept for one model as it is opened here, in `<folder>/<what decides them>/<tokens>`."""

    def __init__(self, folder: Path, identity: str) -> None:
        self._root = folder
        self._identity = identity
        self._folder = folder / _hash(identity.encode())[:16]

    def load(self, tokens: Sequence[int]) -> bytes:
        """Return the state of exactly these tokens, b"" where none is kept; a file that is not one is removed."""
        path = self._path(tokens)
        try:
            data = path.read_bytes()
            os.utime(path)  # used last now
        except OSError:
            return b""
        head = len(MAGIC) + DIGEST
        if data[:head] == MAGIC + self._digest(tokens, data[head:]):
            return data[head:]
        self.remove(tokens)
        return b""

    def save(self, tokens: Sequence[int], state: bytes) -> None:
        """Keep a state; does nothing where it is too large or nothing can be written there."""
        if len(state) > MOST_BYTES // 4:
            return
        path = self._path(tokens)
        draft = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(MAGIC + self._digest(tokens, state) + state)
            draft.replace(path)
            self._tidy()
        except OSError:
            # A full or read-only disk costs the time that would have been saved, and nothing else.
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def remove(self, tokens: Sequence[int]) -> None:
        """Forget one beginning."""
        with suppress(OSError):  # it is checked again, and refused again, the next time
            self._path(tokens).unlink(missing_ok=True)

    def _path(self, tokens: Sequence[int]) -> Path:
        return self._folder / _hash(_bytes(tokens))[:32]

    def _digest(self, tokens: Sequence[int], state: bytes) -> bytes:
        """Return the checksum of a state as that of these tokens of this model."""
        digest = hashlib.blake2b(self._identity.encode() + b"\0" + _bytes(tokens), digest_size=DIGEST)
        digest.update(state)
        return digest.digest()

    def _tidy(self) -> None:
        """Remove what was used longest ago, of whatever model, until few enough are left, and empty folders."""
        files = [(path, path.stat()) for path in self._root.glob("*/*") if path.is_file()]
        files.sort(key=lambda each: each[1].st_mtime, reverse=True)
        total = 0
        for number, (path, state) in enumerate(files):
            total += state.st_size
            if number >= MOST_FILES or total > MOST_BYTES:
                path.unlink(missing_ok=True)
        for folder in self._root.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


class NoPrefixes:
    """Keeps nothing: for a model that was given no folder."""

    def load(self, _tokens: Sequence[int]) -> bytes:
        """Return b"": nothing is kept."""
        return b""

    def save(self, _tokens: Sequence[int], _state: bytes) -> None:
        """Keep nothing."""

    def remove(self, _tokens: Sequence[int]) -> None:
        """Forget nothing."""


def identity(path: Path, *details: object) -> str:
    """Name a model's file and how it is opened: another file, or a changed one, has another. Raises OSError."""
    state = path.stat()
    digest = hashlib.blake2b(digest_size=16)
    for block in sampled(path):
        digest.update(block)
    return " ".join((digest.hexdigest(), str(state.st_size), str(state.st_mtime_ns), *map(str, details)))


def _bytes(tokens: Sequence[int]) -> bytes:
    return b"".join(token.to_bytes(4, "little", signed=True) for token in tokens)


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
