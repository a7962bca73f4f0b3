"""How a file is to be opened: what every format's reader is handed besides the bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int, bool], None]
"""Called with the pages done, the pages there are, and whether the next one goes through OCR, which takes long."""


def unseen(done: int, total: int, slow: bool) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """`password` opens protected files; `ocr` lets pictures of pages go through Tesseract, where installed."""

    password: str = ""
    ocr: bool = True
    progress: Progress = unseen


PLAIN = ReadOptions()
