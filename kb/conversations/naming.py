"""What a conversation is called. Pure."""

from __future__ import annotations

import re
import unicodedata

from kb.errors import EmptyTitle

LONGEST_NAME = 60
"""Characters of a name that is made of a question."""

LONGEST_TITLE = 120
"""Characters of a name that a person gave."""

# Control characters, the bidirectional controls that reorder what is read, and surrogates (general categories C).
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def first_name(question: str) -> str:
    """Return the name that a conversation has of its first question: on one line, cut at a word."""
    return _cut(_line(question), LONGEST_NAME) or "…"


def given_title(title: str) -> str:
    """Return a name that a person gave as it is kept; raises EmptyTitle where nothing of it can be read."""
    line = _line(title)
    if not any(unicodedata.category(letter)[0] in "LNPS" for letter in line):
        raise EmptyTitle()
    return _cut(line, LONGEST_TITLE)


def _line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", text)).split())


def _cut(line: str, longest: int) -> str:
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    whole = cut if line[len(cut)] == " " else cut.rpartition(" ")[0] or cut
    return whole.rstrip(" ,;:") + "…"
