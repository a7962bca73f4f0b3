"""When something was said, as far as a question tells: which session, which day, which part of it. Pure.

What depends on today, as "ayer", is not told: nothing here knows what day it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ingest.dates import MONTHS
from ingest.sources.naming import named_session
from kb.answer.modes.text import Asked
from kb.model import DocumentInfo, Passage

CLASS = (
    r"(?:clases?|sesion(?:es)?|leccion|charla|conferencia|seminario|taller|semana|class|lecture|session|lesson|talk"
    r"|seminar|week)"
)
LAST = -1
"""Stands for the number of the last session."""

_ORDINALS = (
    ("primera", "primer", "first"), ("segunda", "segundo", "second"), ("tercera", "tercer", "third"),
    ("cuarta", "cuarto", "fourth"), ("quinta", "quinto", "fifth"), ("sexta", "sexto", "sixth"),
    ("septima", "septimo", "seventh"), ("octava", "octavo", "eighth"), ("novena", "noveno", "ninth"),
    ("decima", "decimo", "tenth"),
)  # fmt: skip
_CARDINALS = (
    ("uno", "una", "one"), ("dos", "two"), ("tres", "three"), ("cuatro", "four"), ("cinco", "five"), ("seis", "six"),
    ("siete", "seven"), ("ocho", "eight"), ("nueve", "nine"), ("diez", "ten"),
)  # fmt: skip
_NUMBER = {word: n for words in (_ORDINALS, _CARDINALS) for n, each in enumerate(words, 1) for word in each}
_NUMBER |= dict.fromkeys(("ultima", "ultimo", "last"), LAST)
_ORDINAL = "|".join((*(word for each in _ORDINALS for word in each), "ultima", "ultimo", "last"))
_CARDINAL = "|".join(word for each in _CARDINALS for word in each)
_LEAD = r"(?:\b(?:en|de|durante|in|during|of|from|on)\s+)?(?:\b(?:la|el|the)\s+)?"
_SESSION = re.compile(
    rf"{_LEAD}\b(?:(?P<ordinal>{_ORDINAL})\s+{CLASS}\b|{CLASS}\s+(?:n[uº°o.]*\s+)?(?:#\s*)?"
    rf"(?:(?P<digits>\d{{1,2}})(?![\w%])|(?P<cardinal>{_CARDINAL})\b))"
)
# "las clases 2 y 3", "sessions 4-6": more than one.
_RANGE = re.compile(r"\s*(?:y|e|o|a|al|and|or|to|[-–—,])\s*(?:la\s+)?(?:\d{1,2}\b|" + _CARDINAL + r")")
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAYS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|º)?\s+(?:de\s+|of\s+)?(?P<name>{_MONTH})\b"
        r"(?:,?\s+(?:del?\s+)?(?P<year>\d{4})\b)?"
    ),
    re.compile(rf"\b(?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>\d{{4}})\b)?"),
    re.compile(r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?(?![\d/])"),
)
_BEFORE_DAY = re.compile(
    rf"(?:\b(?:en|de|in|of|from)\s+)?(?:\b(?:la|the)\s+)?(?:\b{CLASS}\s+)?\b(?:el|del|de|on|of)\s+$"
)
_MOMENTS = tuple(
    (
        re.compile(rf"\b{words}(?=\W*$|\W*[,;:?.])"),
        re.compile(rf"\b{words}\s+(?:de\s+)?(?:del?|la|el|of|the|this|\s)+{CLASS}\b"),
    )
    for words in (
        r"(?:(?:al|en el|desde el)\s+(?:principio|comienzo|inicio)|al (?:empezar|comenzar)"
        r"|at the (?:very )?(?:beginning|start))",
        r"(?:(?:al|hacia el|en el)\s+(?:final|fin|cierre)|al (?:terminar|acabar)|(?:at|towards) the (?:very )?end)",
    )
)


class Moment(StrEnum):
    """Which part of a class is meant."""

    ANY = "any"
    BEGINNING = "beginning"
    END = "end"


@dataclass(frozen=True, slots=True)
class When:
    """What a question tells of when: a session's number (0: none, LAST), a day, a part of the class, and its words.

    `day` is ISO 8601: "2024-04-08", "--04-08" without a year, or "". `spans` are where the question says so; `words`
    are those of the session and of the day as typed, "" where there are none.
    """

    session: int = 0
    day: str = ""
    moment: Moment = Moment.ANY
    spans: tuple[tuple[int, int], ...] = ()
    session_words: str = ""
    day_words: str = ""


def when(asked: Asked) -> When:
    """Return when a question says that something was said; of two sessions or two days, none."""
    sessions = list(_sessions(asked))
    days = list(_days(asked))
    moment, places = _moment(asked)
    session = sessions[0] if len({number for number, _ in sessions}) == 1 else None
    day = days[0] if len({iso for iso, _ in days}) == 1 else None
    spans = [
        *places,
        *([span for _, span in sessions] if session else []),
        *([span for _, span in days] if day else []),
    ]
    return When(
        session[0] if session else 0,
        day[0] if day else "",
        moment,
        tuple(spans),
        asked.shown[slice(*session[1])] if session else "",
        asked.shown[slice(*day[1])] if day else "",
    )


def session_of(number: int, titles: Sequence[str]) -> str:
    """Return the one session title that has this number (LAST: the greatest), "" where there is none or several."""
    numbered = [(named_session(f"{title.replace('/', ' ')}.").number, title) for title in dict.fromkeys(titles)]
    wanted = max((found for found, _ in numbered), default=0) if number == LAST else number
    found = [title for of, title in numbered if of == wanted and of]
    return found[0] if len(found) == 1 else ""


def day_of(day: str, dates: Iterable[str]) -> tuple[str, str]:
    """Return a day as (after, before), ISO dates as Filters takes them; ("", "") where none of `dates` is it.

    A day without a year is the one of the dates that falls on it; of two years, none.
    """
    found = {each for each in dates if each == day or (day.startswith("--") and each[4:] == day[1:])}
    if len(found) != 1:
        return "", ""
    (only,) = found
    try:
        return only, (date.fromisoformat(only) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):  # a year alone, or the last day that there is
        return "", ""


def is_at(moment: Moment, passage: Passage, document: DocumentInfo) -> bool:
    """Say whether a passage is of that part of its document: the first or the last third of its passages."""
    if moment is Moment.ANY:
        return True
    place = 3 * passage.ordinal
    return place < document.passages if moment is Moment.BEGINNING else place >= 2 * document.passages


def _sessions(asked: Asked) -> Iterator[tuple[int, tuple[int, int]]]:
    for match in _SESSION.finditer(asked.plain):
        if not _RANGE.match(asked.plain, match.end()):
            word = match["ordinal"] or match["cardinal"]
            if number := _NUMBER[word] if word else int(match["digits"]):
                yield number, match.span()


def _days(asked: Asked) -> Iterator[tuple[str, tuple[int, int]]]:
    for pattern in _DAYS:
        for match in pattern.finditer(asked.plain):
            groups = match.groupdict()
            month = MONTHS[groups["name"]] if groups.get("name") else int(groups["month"])
            day, year = int(groups["day"]), groups.get("year") or ""
            if _is_day(int(year or 2000), month, day):
                lead = _BEFORE_DAY.search(asked.plain, 0, match.start())
                start = lead.start() if lead else match.start()
                yield f"{year or '-'}-{month:02d}-{day:02d}", (start, match.end())


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _moment(asked: Asked) -> tuple[Moment, list[tuple[int, int]]]:
    for moment, patterns in zip((Moment.BEGINNING, Moment.END), _MOMENTS, strict=True):
        if match := next((found for each in reversed(patterns) if (found := each.search(asked.plain))), None):
            return moment, [match.span()]
    return Moment.ANY, []
