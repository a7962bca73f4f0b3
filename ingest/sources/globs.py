"""Patterns of file names, as `clases/**/*.pdf`. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

MAGIC = frozenset("*?[")
_ANY_FOLDERS = "**"
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern by its parts: `*`, `?` and `[…]` within a name, `**` for any number of folders.

    Case does not count, nor does how an accent is encoded: macOS and Windows keep both as they please.
    """

    parts: tuple[str, ...]

    def matches(self, path: Iterable[str]) -> bool:
        """Say whether the parts of a path are matched, or the first of them: what lies in a folder that is."""
        # All the places in the pattern where the path so far may have led, so that `**` costs no second try.
        places = self._with_skipped({0})
        for name in map(_folded, path):
            places = self._with_skipped({after for place in places for after in self._after(place, name)})
            if len(self.parts) in places:
                return True
        return False

    def _after(self, place: int, name: str) -> tuple[int, ...]:
        if place == len(self.parts):
            return ()
        if self.parts[place] == _ANY_FOLDERS:
            return (place,)
        return (place + 1,) if fnmatchcase(name, self.parts[place]) else ()

    def _with_skipped(self, places: set[int]) -> set[int]:
        reached = set(places)
        for place, part in enumerate(self.parts):
            if place in reached and part == _ANY_FOLDERS:
                reached.add(place + 1)
        return reached


NO_FILE = Glob(())
"""Matches nothing: a path has a name."""


def glob_of(pattern: str) -> Glob:
    """Return a pattern relative to a folder; ValueError for one that is empty, too long, or leads out of it."""
    parts = tuple(_folded(part) for part in pattern.replace("\\", "/").split("/") if part not in ("", "."))
    if not parts or len(pattern) > _LONGEST or pattern.startswith(("/", "~")) or ".." in parts or "\0" in pattern:
        raise ValueError(f"{pattern!r} is no pattern within a folder")
    return Glob(parts)


def is_magic(name: str) -> bool:
    """Say whether a name is a pattern."""
    return not MAGIC.isdisjoint(name)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
