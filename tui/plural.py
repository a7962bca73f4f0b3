"""Counted things in the student's language."""

from __future__ import annotations

from tui.locale import Messages


def counted(messages: Messages, key: str, count: int) -> str:
    """Return the sentence `key` for a count, or `<key>_one` for exactly one; both languages have no other plural."""
    return messages.text(f"{key}_one" if count == 1 else key, count=count)
