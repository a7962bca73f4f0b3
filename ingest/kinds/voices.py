"""One name for each person: "ANA RUIZ", "Ana Ruiz" and "Ana" are one where nobody else could be meant. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ingest.clean import folded, one_line

_LABEL = re.compile(r"(?:speaker|hablante|orador|persona|participante|interlocutor)?[ _-]?\d+", re.IGNORECASE)


def one_name_each(speakers: Iterable[str]) -> dict[str, str]:
    """Return for each name as written the fullest form of the same name; labels such as SPEAKER_00 stay themselves.

    A short name is a longer one's when it is how that begins, and how no other begins.
    """
    times = Counter(name for name in speakers if name)
    spellings: dict[str, list[str]] = {}
    for name in times:
        spellings.setdefault(_key(name), []).append(name)
    best = {key: max(names, key=lambda name: (_is_written(name), times[name])) for key, names in spellings.items()}
    result = {}
    for name in times:
        key = _key(name)
        longer = [other for other in best if other.startswith(f"{key} ")] if not _LABEL.fullmatch(name) else []
        fullest = [other for other in longer if not any(one.startswith(f"{other} ") for one in longer)]
        result[name] = best[fullest[0]] if len(fullest) == 1 else best[key]
    return result


def _key(name: str) -> str:
    return folded(one_line(name)).strip(" .,:")


def _is_written(name: str) -> tuple[bool, bool]:
    """Order spellings: with small letters before capitals alone, with accents before those without."""
    return not (name.isupper() or name.islower()), folded(name) != name.casefold()
