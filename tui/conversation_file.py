"""Writing a conversation to a file as Markdown: whole or not at all, and over no other file unless that is wanted."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.errors import RepasoError
from kb.conversations.model import ConversationInfo

LONGEST_NAME = 60
"""Characters of a file's name that is made of a title."""


class FileExists(RepasoError):
    """There is a file already where one was to be written; parameter `path`."""

    code = "export_exists"


class UnwritableFile(RepasoError):
    """A file cannot be written; parameters `path`, `reason`."""

    code = "export_unwritable"


def write_page(path: Path, text: str, *, over: bool) -> None:
    """Write a page; with `over` a file that is there is replaced. Raises FileExists and OSError."""
    if path.exists() and not over:
        raise FileExists(path=path)
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def file_name(info: ConversationInfo) -> str:
    """Return a name for the file of a conversation that every file system takes."""
    words = " ".join(re.sub(r"[^\w -]+", " ", info.title).split())[:LONGEST_NAME].strip()
    return f"{words or info.id}.md"
