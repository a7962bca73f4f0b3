"""How far the adding of documents is, as a sentence."""

from __future__ import annotations

from pathlib import PurePath

from kb.model import AddEvent
from tui.locale import Messages

STAGES = {"read": "library.reading", "store": "library.storing"}
STAGES |= {"index": "library.indexing", "embed": "library.embedding"}


def progress_sentence(event: AddEvent, messages: Messages) -> str:
    """Say which stage of adding works on what, and how many of how many are done."""
    what = messages.text(STAGES[event.stage], item=PurePath(event.item).name)
    page = [messages.text("library.page_done", page=event.page, pages=event.pages)] if event.pages else []
    return " · ".join([what, messages.text("library.stage_done", done=event.done, total=event.total), *page])
