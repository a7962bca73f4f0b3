"""A line that takes a path: suggests what is on the disk, tab completes it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from tui.printing import clean

MOST = 2000
"""Entries of a folder that are looked at; a larger one is typed."""


class PathSuggester(Suggester):
    """Completes the last part of a path with the first entry that begins so; a folder gets its slash."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed path; the disk is read in a thread."""
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """Return the typed path with its last part completed from the disk, None where nothing begins so."""
    folder, slash, beginning = typed.rpartition("/")
    if not slash and not beginning:
        return None
    place = Path(folder + slash if slash else ".").expanduser()
    try:
        with os.scandir(place) as entries:
            found = [
                (entry.name, entry.is_dir())
                for entry, _ in zip(entries, range(MOST), strict=False)
                if entry.name.startswith(beginning) and clean(entry.name) == entry.name
            ]
    except (OSError, ValueError):
        return None
    shown = sorted(one for one in found if beginning.startswith(".") or not one[0].startswith("."))
    if not shown:
        return None
    name, is_folder = shown[0]
    return f"{folder}{slash}{name}{'/' if is_folder else ''}"


def meant_path(typed: str) -> Path:
    """Return the path that was typed, pasted or dragged in: quotes around it and escaped spaces are a shell's."""
    bare = typed.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        bare = bare[1:-1]
    path = Path(bare).expanduser()
    if "\\ " in bare and not os.path.lexists(path):
        return Path(bare.replace("\\ ", " ")).expanduser()
    return path


class PathInput(Input):
    """An input whose tab takes the suggestion, and goes on to the next field where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "key.complete")]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, suggester=PathSuggester())

    def action_complete(self) -> None:
        """Take the suggestion or leave."""
        before = self.value
        self.action_end()
        self.action_cursor_right()
        if self.value == before:
            self.screen.focus_next()
