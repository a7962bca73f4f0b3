"""The index above a study guide, whose lines repeat the questions below it, so that none counts twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clean import folded, one_line

_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
_LEADING = re.compile(
    r"[ \t#>*_+•●◦▪-]*(?i:(?:pregunta|question|[pq])[ \t]*(?=\d))?"
    r"(?:[(\[]?\d{1,4}(?:\.\d{1,3}){0,3}[)\]]?\\?[.):–-]{0,3}[*_]{0,3}[ \t]+)?[*_]*"
)
_PAGE = re.compile(r"(?<!\d)\d{1,4}$")
_LEADERS = " .…·_\t"
_PAGE_WORDS = (" pág", " pag", " p")
_WORDS = re.compile(r"\w+")
_NAMES_WORDS = (
    "questions index indice sumario contenidos temario table of contents contents list of questions indice de "
    "preguntas tabla de contenidos indice general lista de preguntas contenido tabla de contenido preguntas"
)
_NAMES = frozenset(_NAMES_WORDS.split())
_MIN_ENTRIES = 3
_ENTRY_LINES = 3
# At most this share of an index may name what the guide does not have.
_MAX_MISSING = 0.34


@dataclass(frozen=True, slots=True)
class Index:
    """The lines of an index, from `start` to before `end`, how many questions it names, and those not in the guide.

    `end` is 0 where there is no index.
    """

    start: int = 0
    end: int = 0
    count: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    start: int
    end: int
    text: str
    key: str

    @property
    def asks(self) -> bool:
        return "?" in self.text


def index_of(lines: Sequence[str]) -> Index:
    """Return the stretch of lines, three questions or more, that come again below it in their order, nothing between.

    An index comes before all other questions. Under a heading that says what it is ("Índice"), two are enough.
    """
    entries = _entries(lines)
    last = {entry.key: k for k, entry in enumerate(entries) if entry.key}
    k = 0
    asked = False
    while k < len(entries):
        run = _run(entries, last, k)
        headed = k > 0 and entries[k - 1].key in _NAMES
        found = _found(run, last, k, _MIN_ENTRIES - headed) if headed or not asked else Index()
        if found.end:
            return replace(found, start=entries[k - 1].start) if headed else found
        asked = asked or any(entry.asks for entry in entries[k : k + max(1, len(run))])
        k += max(1, len(run))
    return Index()


def _found(run: Sequence[_Entry], last: dict[str, int], k: int, enough: int) -> Index:
    """Return the index that entries from the `k`-th on are, if so many of them ask and come again in order."""
    places = [last.get(entry.key, -1) for entry in run]
    again = [place >= k + len(run) for place in places]
    below = [place for place, comes in zip(places, again, strict=True) if comes]
    count = sum(comes and entry.asks for comes, entry in zip(again, run, strict=True))
    if count < enough or len(run) - len(below) > _MAX_MISSING * len(run) or below != sorted(below):
        return Index()
    missing = tuple(entry.text for comes, entry in zip(again, run, strict=True) if not comes and entry.asks)
    return Index(run[0].start, run[-1].end, count, missing)


def _run(entries: Sequence[_Entry], last: dict[str, int], start: int) -> list[_Entry]:
    """Return entries from `start` on that come again later; one that does not may stand between two that do."""
    run: list[_Entry] = []
    k = start
    seen: set[str] = set()
    while k < len(entries) and entries[k].key not in seen:
        again = last.get(entries[k].key, 0) > k
        between = bool(run) and entries[k].asks and k + 1 < len(entries) and last.get(entries[k + 1].key, 0) > k + 1
        if not again and not between:
            break
        run.append(entries[k])
        seen.add(entries[k].key)
        k += 1
    return run


def _entries(lines: Sequence[str]) -> list[_Entry]:
    """Return the written lines as what an index may name; a question left open goes on over the next lines."""
    entries: list[_Entry] = []
    i = 0
    while i < len(lines):
        if not lines[i].strip():
            i += 1
            continue
        end = i + 1
        text = lines[i]
        while text.count("¿") > text.count("?") and end < min(i + _ENTRY_LINES, len(lines)) and lines[end].strip():
            text = f"{text} {lines[end].strip()}"
            end += 1
        words = _bare(text)
        entries.append(_Entry(i, end, words, " ".join(_WORDS.findall(folded(words)))))
        i = end
    return entries


def _bare(line: str) -> str:
    """Return an entry's words without link, number, marks, dots and page."""
    if len(line) > 600:
        return ""
    text = _LINK.sub(r"\1", line.rstrip())
    leading = _LEADING.match(text)
    return one_line(_without_page(text[leading.end() :] if leading else text)).strip("*_ ")


def _without_page(text: str) -> str:
    """Return an entry without the page at its end, which dots, a tab, spaces or a question mark part from it."""
    page = _PAGE.search(text[-5:])
    if page is None:
        return text
    before = text[: len(text) - len(page[0])]
    words = next(
        (before.rstrip(" .").removesuffix(w) for w in _PAGE_WORDS if before.rstrip(" .").endswith(w)), before
    )
    rest = words.rstrip(_LEADERS)
    parted = len(words) - len(rest) > 1 or rest.endswith("?") or words.endswith("\t") or words != before
    return rest if parted else text
