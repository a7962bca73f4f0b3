"""Which columns hold a talk's title, words, author, date, link, session: by name, else by content. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.clean import folded, one_line
from ingest.formats.blocks import Table

ABSENT = -1

Places = dict[str, tuple[int, ...]]
"""The places of the columns that a role's words name, the most telling first."""

# What names mean, in Spanish and English, folded; in each role the most telling first. A name's words decide
# ("transcripcion_whisper", "videoTitle"), and of two roles the earlier here: "author_name" is an author.
_ROLES = {
    role: words.split()
    for role, words in (
        # A number or a key, whatever else the name says: "video_id", "text_length".
        ("measure", "id ids index indice length longitud len duracion duration count numero num size tokens palabras"
                    " caracteres chars views vistas likes score bio biografia thumbnail hash"),
        ("url", "url enlace link liga href uri vinculo"),
        ("date", "fecha date publicado published publicacion uploaded upload dia"),
        ("language", "idioma language lengua lang locale"),
        ("author", "autor autora autores author authors ponente ponentes speaker speakers presenter conferencista"
                   " docente profesor profesora teacher lecturer instructor orador oradora canal channel"),
        ("timed", "segments segmentos chunks subtitulos subtitles captions vtt srt"),
        ("text", "transcripcion transcript transcription transcripciones transcripts transcrito texto text contenido"
                 " content cuerpo body discurso speech"),
        ("course", "curso course materia asignatura"),
        ("session", "sesion session clase lecture leccion lesson semana week modulo module"),
        ("summary", "resumen summary abstract descripcion description"),
        ("title", "titulo title charla talk ponencia conferencia nombre name tema topic asunto subject video"),
    )
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-ZÁÉÍÓÚÑ])")
# Characters of a column's mean cell that only what somebody said at length reaches; and what a talk has at least when
# its column's name is all that tells.
_SPEECH, _SHORT_SPEECH = 400, 200
# So many rows of short texts under "title" and "text" are a data set, not a course's talks.
_FEW_ROWS = 50
_LONGEST_TITLE = 300
_NO_TITLE = re.compile(r"https?://\S*|[\d\s.,:/%+-]*")


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of a table's columns by what they hold, ABSENT where there is none.

    `guessed`: which columns hold the text and the title was told from their cells. `unused` are the places of the
    others that hold anything.
    """

    text: int
    title: int = ABSENT
    author: int = ABSENT
    date: int = ABSENT
    url: int = ABSENT
    session: int = ABSENT
    timed: int = ABSENT
    guessed: bool = False
    unused: tuple[int, ...] = ()


def columns_of(table: Table) -> Columns | None:
    """Return what a table's columns hold, or None when it is no table of talks."""
    lengths = [sum(len(row[place]) for row in table.rows) for place in range(len(table.columns))]
    named = _named(table.columns)

    def first(role: str) -> int:
        return next((place for place in named.get(role, ()) if lengths[place]), ABSENT)

    title = first("title") if first("title") != ABSENT else first("session")
    text = _named_text(table, named, lengths, title)
    guessed = text == ABSENT
    text = _longest_of(_unnamed(named, lengths), lengths) if guessed else text
    if text == ABSENT or (guessed and _mean(table, text) < _SPEECH):
        return None
    if title in (ABSENT, text):
        title = _guessed_title(table, [place for place in _unnamed(named, lengths) if place != text])
        guessed = guessed or title != ABSENT
    found = {role: first(role) for role in ("author", "date", "url", "session", "timed")}
    used = {text, title, *found.values()}
    unused = tuple(place for place in range(len(table.columns)) if place not in used and lengths[place])
    return Columns(text, title, **found, guessed=guessed, unused=unused)


def _named_text(table: Table, named: Places, lengths: Sequence[int], title: int) -> int:
    """Return the column that is named as the talks' words and can be: short texts are talks only in a short list."""
    for role, least in (("text", _SHORT_SPEECH), ("timed", 0), ("summary", _SHORT_SPEECH)):
        place = _longest_of(named.get(role, ()), lengths)
        listed = role == "text" and title not in (ABSENT, place) and len(table.rows) <= _FEW_ROWS
        if place != ABSENT and (listed or _mean(table, place) >= least):
            return place
    return ABSENT


def _mean(table: Table, place: int) -> float:
    """Return how many characters the cells of a column have that have any."""
    cells = [cell for row in table.rows if (cell := row[place])]
    return sum(map(len, cells)) / len(cells) if cells else 0.0


def _named(columns: Sequence[str]) -> Places:
    """Return the places of the columns whose names mean a role, the most telling first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(columns):
        words = _WORD.findall(folded(_HUMP.sub(" ", name)))
        for role, meanings in _ROLES.items():
            ranks = [meanings.index(word) for word in words if word in meanings]
            if ranks:
                found.setdefault(role, []).append((min(ranks), place))
                break
    return {role: tuple(place for _, place in sorted(places)) for role, places in found.items()}


def _longest_of(places: Iterable[int], lengths: Sequence[int]) -> int:
    """Return the first place that has a fair part of what the longest one has, ABSENT for none with any words."""
    listed = [place for place in places if lengths[place]]
    longest = max((lengths[place] for place in listed), default=0)
    return next((place for place in listed if lengths[place] * 4 >= longest), ABSENT)


def _unnamed(named: Places, lengths: Sequence[int]) -> list[int]:
    """Return the places of columns whose names say nothing, the longest first."""
    known = {place for places in named.values() for place in places}
    return sorted((place for place in range(len(lengths)) if place not in known), key=lambda place: -lengths[place])


def _guessed_title(table: Table, places: Iterable[int]) -> int:
    """Return the first of the columns with short cells, each another, that are neither numbers, dates nor links."""
    for place in sorted(places):
        cells = [cell for row in table.rows if (cell := one_line(row[place]))]
        telling = [cell for cell in cells if len(cell) <= _LONGEST_TITLE and not _NO_TITLE.fullmatch(cell)]
        if cells and len(set(telling)) * 10 >= len(cells) * 9 and len(cells) * 2 >= len(table.rows):
            return place
    return ABSENT
