"""What expansion and spelling ask of the words that a library has."""

from __future__ import annotations

from typing import Any, Protocol

FORM = "."
"""Begins the index term of a word as it is written (folded, not stemmed), so that no stem is taken for a word."""


class Vocabulary(Protocol):
    """The index terms of a library, sorted, each with the number of passages that have it.

    `remembered` keeps what was worked out of them, for as long as they are these.
    """

    @property
    def remembered(self) -> dict[tuple[str, int], Any]:
        """Return what is kept."""
        ...

    def frequency(self, term: str) -> int:
        """Return in how many passages a term is."""
        ...

    def at_or_after(self, term: str) -> str:
        """Return the first term that is not before this one, "" where there is none."""
        ...

    def terms_beginning(self, prefix: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Return the most frequent terms that begin with a prefix, and how many passages have each."""
        ...


def form(word: str) -> str:
    """Return the index term of a folded word as it is written."""
    return FORM + word
