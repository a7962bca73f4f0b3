"""Which session of the course the names of a file and of its folders tell of. Pure.

Precision comes first: a file that finds no session by its name is asked about in its own right, but one in the wrong
session misleads. So a number counts as a session's only beside a word for one ("Clase 3", "Tema IV", "S03"), or where
a list's numbers stand ("03 - RAG"); counts ("80 preguntas"), years, versions and exams do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from ingest.dates import MONTHS

_LONGEST = 300
"""Characters of a name that are looked at; file systems allow 255."""

_LABELS = (
    # The session itself, the week, the part of the syllabus: a class within a week is another than that of the next.
    {
        "sesion": "Sesión", "clase": "Clase", "leccion": "Lección", "session": "Session", "class": "Class",
        "lecture": "Lecture", "lesson": "Lesson", "lec": "Lecture", "lect": "Lecture",
    },
    {"semana": "Semana", "week": "Week"},
    {
        "tema": "Tema", "unidad": "Unidad", "modulo": "Módulo", "capitulo": "Capítulo", "unit": "Unit",
        "module": "Module", "chapter": "Chapter", "topic": "Topic",
    },
)  # fmt: skip
_LABEL = {word: label for labels in _LABELS for word, label in labels.items()}
_RANK = {label: rank for rank, labels in enumerate(_LABELS) for label in labels.values()}
_CODE = "Sesión"
"""What "S03" and its like are short for."""

_NUMBER = r"(?:0*(?P<digits>\d{1,2})(?![\d.,]*\d)|(?P<roman>[ivxl]{1,6}))(?![\w%])"
_WORDS = "|".join(sorted(_LABEL, key=len, reverse=True))
_WORD = re.compile(rf"(?<![a-z])(?P<word>{_WORDS})[\s.\-#]*(?:n[º°o.]\s*)?{_NUMBER}")
_SHORT = re.compile(r"^[sltcw]0(?P<digits>[1-9])(?!\w)|^[sl](?P<tens>[1-3]\d)(?!\w)")
_ONE_DIGIT = re.compile(r"^[slc](?P<digits>[1-9])(?!\w)")
_LISTED = re.compile(r"^(?:0+(?P<padded>[1-9])|(?P<plain>[1-9]|[1-3]\d|40))(?![-/.,]?\d|\w)")
# A program numbered the file: "001_3873fbd8c12d0c8d", "000012-5a0f1b2c-...".
_HASH = re.compile(r"(?<!\w)(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}(?!\w)")
_AFTER_LISTED = re.compile(r"\s+[-–—:]\s|[.):]\s|\s*$")
# "Clase 3 y 4", "clases 5-7": a stretch of sessions is none of them.
_RANGE = re.compile(r"\s*(?:[-–—/,&+]|a|al|y|e|to|and)\s*0*(\d{1,2})(?!\d|\s*[a-z])")

_YEAR = r"(?P<year>(?:19[89]|20\d)\d)"
_MONTH_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(rf"(?<!\d){_YEAR}(?P<gap>[-./ ])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}})(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?!\d)(?:[- t]\d{{4}}(?:\d\d)?(?!\d))?"),
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?P<gap>[-./ ])(?P<month>\d{{1,2}})(?P=gap){_YEAR}(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})[ -]?(?:de |of )?(?P<name>{_MONTH_NAME})(?![a-z])"
        rf"\.?,?[ -]?(?:del? )?{_YEAR}(?!\d)"
    ),
    re.compile(rf"(?<![a-z])(?P<name>{_MONTH_NAME})\.?[ -](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ -]{_YEAR}(?!\d)"),
)
_DAY_AND_MONTH = re.compile(rf"(?<!\d)(?P<day>\d{{1,2}}) (?:de |of )?(?P<name>{_MONTH_NAME})(?![a-z])")
_A_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")

_KIND_WORDS = frozenset(
    """slides slide diapositivas diapositiva diapos presentacion presentation deck pptx ppt pdf transcripcion
    transcripciones transcript transcripts transcrito transcripto subtitulos subtitles captions resumen resumenes
    summary summaries apuntes apunte notas nota notes note guia guide grabacion grabaciones recording recordings video
    videos audio zoom gmt material materiales materials recursos resources clases sesiones lecturas lectures classes
    final definitivo definitiva definitive copia copy borrador draft version ok nuevo nueva new es en esp eng spa
    """.split()  # noqa: SIM905 (a list of words is read as words)
)
_JOINTS = frozenset("de del la el las los en a y of the and for on in to".split())  # noqa: SIM905 (words, as above)
_VERSION = re.compile(r"v\d{1,3}(?:\.\d{1,3})*|\(\d{1,3}\)|rev\d{0,3}")
_BRACKETS = re.compile(r"[()\[\]{}]")
_DASHES = re.compile(r" (?:[-–—·|] ){2,}")
# "Recording.transcript", but neither "3.5" nor "fin. Otra".
_FULL_STOP = re.compile(r"(?<=[^\W\d])\.(?=[^\W\d])")
_COUNTED = re.compile(
    r"\s*(?:preguntas?|questions?|ejercicios?|exercises?|ejemplos?|examples?|formas?|maneras?|ways?|cosas|things|tips"
    r"|consejos|claves|keys|pasos|steps|temas|topics|modelos|models|horas?|hours?|minutos?|minutes?|min|dias?|days?"
    r"|semanas?|weeks?|meses|anos|years|paginas?|pages?|palabras|words|conceptos|concepts|razones|reasons|papers"
    r"|articulos|articles|problemas|problems|puntos|points|personas|people|gb|mb|bits?|k|d|x)(?!\w)"
)
_EXAM = re.compile(
    r"(?<![a-z])(?:parcial(?:es)?|examen(?:es)?|exam|midterm|quiz|test|tareas?|practicas?|homework|assignment|lab"
    r"|laboratorio|ejercicios?|proyecto|project|anexo|appendix|version|pagina|page)(?![a-z])"
)
_TENS = ("", "x", "xx", "xxx", "xl")
_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


@dataclass(frozen=True, slots=True)
class SessionName:
    """What names tell of a session: 0 and "" where they tell nothing. `date` is ISO.

    A class within a week, both numbered, has no number of its own but the title "Semana 4 · Clase 2".
    """

    number: int = 0
    title: str = ""
    date: str = ""


NOTHING = SessionName()


@dataclass(frozen=True, slots=True)
class _Named:
    """A label with its number, as "Clase" 3; a list's number has no label."""

    label: str
    number: int

    @property
    def shown(self) -> str:
        return f"{self.label} {self.number}"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one name tells: labels with numbers from left to right, a list's number, the words left, a date."""

    named: tuple[_Named, ...] = ()
    listed: int = 0
    title: str = ""
    date: str = ""
    is_kind: bool = False


def named_session(path_below_root: PurePath | str) -> SessionName:
    """Return the session that a file's name and its folders' tell of; the path is the one below the folder added."""
    *folders, name = PurePath(path_below_root).parts or ("",)
    names = [PurePath(name).stem, *(_without_zip(folder) for folder in reversed(folders))]
    years = tuple(match["year"] for each in names for match in _A_YEAR.finditer(_plain(each)[0]))
    year = years[0] if len(set(years)) == 1 else ""
    readings = [_reading(each, year) for each in names]
    found = next((reading.date for reading in readings if reading.date), "")
    number, title = _by_label(readings) or _by_list(readings) or (0, "")
    if not (number or title) and found:
        title = next(reading.title for reading in readings if reading.date)
    return SessionName(number, title, found)


def same_session(one: SessionName, other: SessionName) -> bool:
    """Say whether two names tell of one session of a course: the same number and no other date, or the same date."""
    dates_differ = bool(one.date and other.date and one.date != other.date)
    if one.number and other.number:
        return one.number == other.number and not dates_differ
    if one.date and other.date:
        return one.date == other.date
    return not (one.number or other.number) and bool(one.title) and one.title.casefold() == other.title.casefold()


def _by_label(readings: Sequence[_Reading]) -> tuple[int, str] | None:
    """Return the number and title that labels give, the file's own name first; None without labels."""
    labelled = [reading for reading in readings if reading.named]
    if not labelled:
        return None
    nearest: dict[int, _Named] = {}
    for reading in labelled:
        for named in reading.named:
            nearest.setdefault(_RANK[named.label], named)
    numbers = {named.number for named in nearest.values()}
    if len(numbers) > 1:
        return 0, " · ".join(nearest[rank].shown for rank in sorted(nearest, reverse=True))
    title = next((reading.title for reading in labelled if reading.title), "")
    return numbers.pop(), title


def _by_list(readings: Sequence[_Reading]) -> tuple[int, str] | None:
    """Return the number and title of the outermost name in a list; None without any."""
    file, *folders = readings
    for reading in (*reversed([folder for folder in folders if not folder.is_kind]), file):
        if reading.listed:
            return reading.listed, reading.title
    return None


def _reading(name: str, year: str) -> _Reading:
    plain, shown = _plain(name)
    found, plain, shown = _without_date(plain, shown, year)
    named, plain, shown = _without_labels(plain, shown)
    if named:
        title, _ = _title(shown)
        return _Reading(named, 0, title, found)
    listed, rest = (0, shown) if _HASH.search(plain) else _without_list_number(plain, shown)
    title, is_kind = _title(rest)
    return _Reading((), listed, title, found, is_kind and not title)


def _plain(name: str) -> tuple[str, str]:
    """Return a name to search, folded, and the same to show; a character here is a character there."""
    shown = unicodedata.normalize("NFC", name[:_LONGEST]).replace("_", " ")
    folded = "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter for letter in shown)
    return folded, shown


def _without_date(plain: str, shown: str, year: str) -> tuple[str, str, str]:
    """Take out the one date in a name; two are a stretch of time."""
    found: dict[str, re.Match[str]] = {}
    for pattern in (*_DATES, _DAY_AND_MONTH):
        for match in pattern.finditer(plain):
            groups = match.groupdict()
            month = MONTHS[groups["name"]] if groups.get("name") else int(groups["month"])
            iso = _iso(groups.get("year") or year, month, int(groups["day"]))
            found.setdefault(iso, match)
    found.pop("", None)
    if len(found) != 1:
        return "", plain, shown
    ((iso, match),) = found.items()
    return iso, *_cut(plain, shown, match.start(), match.end())


def _iso(year: str, month: int, day: int) -> str:
    try:
        return date(int(year), month, day).isoformat() if year else ""
    except ValueError:
        return ""


def _without_labels(plain: str, shown: str) -> tuple[tuple[_Named, ...], str, str]:
    """Take out the first label with its number, and those that follow it directly ("Semana 4 - Clase 2")."""
    found: list[_Named] = []
    start = end = 0
    for match in _WORD.finditer(plain):
        if found and plain[end : match.start()].strip(" -–—.,·"):
            break
        number = int(match["digits"]) if match["digits"] else _roman(match["roman"])
        after = _RANGE.match(plain, match.end())
        if not number or (after and int(after[1]) > number):
            return (), plain, shown
        start, end = start if found else match.start(), match.end()
        found.append(_Named(_LABEL[match["word"]], number))
    if not found:
        return _without_code(plain, shown)
    return tuple(found), *_cut(plain, shown, start, end)


def _without_code(plain: str, shown: str) -> tuple[tuple[_Named, ...], str, str]:
    """Take out "S03" where a name begins with it, and "S3" before the kind alone: S3 is a product too."""
    start = len(plain) - len(plain.lstrip())
    match = _SHORT.match(plain[start:])
    if not match:
        match = _ONE_DIGIT.match(plain[start:])
        if not match or _title(shown[start + match.end() :])[0]:
            return (), plain, shown
    number = int(next(group for group in match.groups() if group))
    return (_Named(_CODE, number),), *_cut(plain, shown, start, start + match.end())


def _without_list_number(plain: str, shown: str) -> tuple[int, str]:
    """Return the number that a name in a list begins with, 0 without one, and the rest of what is to be shown."""
    start = len(plain) - len(plain.lstrip(" -"))
    match = _LISTED.match(plain[start:])
    if not match or _EXAM.search(plain):
        return 0, shown
    rest = plain[start + match.end() :]
    sure = bool(match["padded"]) or bool(_AFTER_LISTED.match(rest) and (rest.strip() or len(match[0]) > 1))
    if not sure or _COUNTED.match(rest):
        return 0, shown
    return int(match["padded"] or match["plain"]), shown[start + match.end() :]


def _title(shown: str) -> tuple[str, bool]:
    """Return what is left of a name without words for its kind at its ends, and whether there were any."""
    text = _BRACKETS.sub(" ", _VERSION.sub(" ", shown)).strip()
    if " " not in text and text.count("-") > 1:
        text = text.replace("-", " ")  # words-written-like-this
    words = _FULL_STOP.sub(" ", text).split()
    had_kind = False
    for at in (0, -1):
        while words and (_is_kind(words[at]) or _is_joint(words[at])):
            had_kind = had_kind or _is_kind(words[at])
            del words[at]
    return _DASHES.sub(" - ", " ".join(words)).strip(" -–—.,:;·"), had_kind


def _is_kind(word: str) -> bool:
    return _plain(word.strip("-–—.,:;·"))[0] in _KIND_WORDS


def _is_joint(word: str) -> bool:
    return _plain(word)[0].strip("-–—.,:;·") in _JOINTS | {""}


def _cut(plain: str, shown: str, start: int, end: int) -> tuple[str, str]:
    return f"{plain[:start]} {plain[end:]}", f"{shown[:start]} {shown[end:]}"


def _without_zip(folder: str) -> str:
    return folder[:-4] if folder.lower().endswith(".zip") else folder


def _roman(text: str) -> int:
    """Return a Roman numeral's value up to 49; 0 for letters that are none, as "vil"."""
    for value in range(1, 50):
        tens, ones = divmod(value, 10)
        if text == _TENS[tens] + _ONES[ones]:
            return value
    return 0
