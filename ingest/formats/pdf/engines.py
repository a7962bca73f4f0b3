"""The libraries that read a PDF's text behind one interface; each is in a module of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from ingest.formats.pdf.model import RawPage

# A dense page of print has some 8,000 characters; more than this is a file made to be in the way.
MAX_CHARACTERS = 200_000


class PageTooLarge(Exception):
    """A page of more than MAX_CHARACTERS characters."""


class Engine(Protocol):
    """A library with a file open in it."""

    name: str

    def page(self, number: int) -> RawPage:
        """Return a page's words; pages count from 1. Raises whatever the library does on damaged bytes."""
        ...


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' remarks on sloppy files off the terminal; what matters becomes an error or a notice."""
    loggers = [logging.getLogger(name) for name in ("pypdf", "pypdfium2")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
