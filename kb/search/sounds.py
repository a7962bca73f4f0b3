"""How a Spanish word sounds, so that words written by ear are found. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

# Letters that sound alike in most of the Spanish-speaking world (RAE, Ortografía de la lengua española, 2010, I.6):
# b and v, s, z and soft c, ll and y, g and j before e and i, silent h, qu and k.
_ALIKE = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        ("ch", "\x00"),
        ("ph", "f"),
        ("h", ""),
        ("[vw]", "b"),
        ("ll", "y"),
        ("qu(?=[ei])|q|ck", "k"),
        ("c+(?=[ei])|z|x", "s"),
        ("c", "k"),
        ("g(?=[ei])", "j"),
        ("gu(?=[ei])", "g"),
        ("ñ", "n"),
        ("y(?![aeiou])", "i"),
        (r"(.)\1", r"\1"),
    )
)

_FIRST_LETTERS = ("bvw", "csz", "ckq", "gj", "yli", "xsj")


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """Return a folded word with letters that sound alike written alike."""
    for pattern, written in _ALIKE:
        word = pattern.sub(written, word)
    return word


def openings(word: str) -> tuple[str, ...]:
    """Return the word and what it may be where its first letter was written by ear: another that sounds so, an h."""
    found = [word]
    if word.startswith("h"):
        found.append(word[1:])
    elif word[:1] in "aeiou":
        found.append("h" + word)
    for letters in _FIRST_LETTERS:
        if word[:1] and word[0] in letters:
            found += [other + word[1:] for other in letters if other != word[0]]
    return tuple(dict.fromkeys(one for one in found if one))
