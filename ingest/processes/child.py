"""A reader's own process: `python -m ingest.processes.child MEMORY` reads requests on stdin and answers on stdout.

A parser that hangs, crashes or grows takes this process with it and nothing else. It opens the files it is told to,
holds no other, and ends with its parent.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import IngestError, ReaderCrashed, ReadMemory
from ingest.formats.options import Progress, ReadOptions
from ingest.processes import limits
from ingest.processes.messages import (
    Began,
    DrawPage,
    Failure,
    FileRead,
    Frames,
    PageDrawn,
    Pages,
    PipeClosed,
    ProtocolError,
    ReadFile,
    Reply,
    Request,
    receive,
    send,
)
from ingest.sources.zip_members import OpenArchive

FILES_PER_CHILD = 500
"""Files after which a child makes room for a new one: whatever a library leaks goes with it."""

MEMORY_TO_KEEP = 256 << 20
"""Bytes of memory beyond which a child does not live on after a file: Python gives little of it back."""

PROGRESS_EVERY = 0.1
"""Seconds between two words about pages at least."""

_MEBIBYTE = 1 << 20

Serve = Callable[[Request, Progress], Reply]


@dataclass(slots=True)
class Reader:
    """Serves requests: opens, hashes, reads, draws. Raises IngestError, or whatever a parser breaks with."""

    archive: OpenArchive

    def serve(self, request: Request, progress: Progress) -> Reply:
        """Return what a file or a page became."""
        data = self._bytes_of(request)
        if isinstance(request, DrawPage):
            from ingest.formats.pdf import page_picture

            return PageDrawn(page_picture(data, request.page, request.pixels, request.password, request.shown))
        return _file_read(data, request, progress)

    def _bytes_of(self, request: Request) -> bytes:
        from ingest.read import bytes_of

        path = Path(request.path)
        if request.member:
            return self.archive.read(path, request.member, request.shown, request.password)
        return bytes_of(path, request.shown)


def _file_read(data: bytes, request: ReadFile, progress: Progress) -> FileRead:
    from ingest.read import read_bytes

    sha256 = hashlib.sha256(data).hexdigest()
    options = ReadOptions(request.password, request.ocr, progress)
    try:
        documents = read_bytes(data, request.shown, request.place, request.kind, options)
    except IngestError as error:
        if _ran_out(error):
            raise
        return FileRead(failure=Failure.of(error), sha256=sha256)
    return FileRead(documents, sha256=sha256)


def answered(request: Request, serve: Serve, progress: Progress, memory: int) -> Reply:
    """Return the reply to a request; every way in which a parser can fail, but its process's death, is one."""
    try:
        return serve(request, progress)
    except (PipeClosed, ProtocolError):
        raise
    except Exception as error:  # noqa: BLE001 (a parser's surprise must cost its file and no other)
        if _ran_out(error):
            failure = Failure.of(ReadMemory(path=request.shown, limit=memory // _MEBIBYTE))
            return _failed(request, failure, last=True)
        known = error if isinstance(error, IngestError) else ReaderCrashed(path=request.shown, reason=_named(error))
        return _failed(request, Failure.of(known))


def _failed(request: Request, failure: Failure, last: bool = False) -> Reply:
    if isinstance(request, DrawPage):
        return PageDrawn(failure=failure, last=last)
    return FileRead(failure=failure, last=last)


def _named(error: BaseException) -> str:
    return type(error).__name__


def _ran_out(error: BaseException | None) -> bool:
    """Say whether an error is, or was made of, a refusal of memory: a format's reader may call that damage."""
    for _ in range(20):
        if error is None or isinstance(error, MemoryError):
            break
        error = error.__cause__ or error.__context__
    return isinstance(error, MemoryError)


def reporter(replies: int) -> Progress:
    """Return a progress callback that tells the parent of slow pages at once and of others now and then."""
    told = time.monotonic()

    def progress(done: int, total: int, slow: bool) -> None:
        nonlocal told
        now = time.monotonic()
        if slow or now - told >= PROGRESS_EVERY:
            told = now
            send(replies, Pages(done, total, slow))

    return progress


def run(serve: Serve, memory: int) -> None:
    """Answer requests until the parent closes the pipe, or until it is time for a fresh process."""
    requests, replies = limits.take_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limits.confine(memory)
    frames = Frames()
    for count in range(1, FILES_PER_CHILD + 1):
        request = receive(requests, frames)
        if not isinstance(request, ReadFile | DrawPage):
            raise ProtocolError(f"{type(request).__name__} is not for a child")
        limits.end_with_parent(requests)
        send(replies, Began())
        reply = answered(request, serve, reporter(replies), memory)
        tired = count == FILES_PER_CHILD or limits.peak_memory() > MEMORY_TO_KEEP
        limits.wait_for_parent(requests)
        _reply(replies, replace(reply, last=reply.last or tired), request, memory)
        if reply.last or tired:
            return


def _reply(replies: int, reply: Reply, request: Request, memory: int) -> None:
    try:
        send(replies, reply)
    except (MemoryError, ProtocolError):
        failure = Failure.of(ReadMemory(path=request.shown, limit=memory // _MEBIBYTE))
        send(replies, _failed(request, failure, reply.last))


def main(serve: Serve) -> None:
    """Run with the memory that the command line allows; end without a word when the parent has gone."""
    try:
        run(serve, int(sys.argv[1]))
    except PipeClosed:
        os._exit(0)


if __name__ == "__main__":
    main(Reader(OpenArchive()).serve)
