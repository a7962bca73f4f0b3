"""Which session of its course every document belongs to, from what all of them say. Pure.

The answer depends on the documents alone, not on the order in which they came: adding one may rename the others.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import PurePath

from ingest.model import Kind
from ingest.sources.naming import SessionName, named_session

_LABELS = {"en": "Session"}
_LABEL = "Sesión"
"""What a session is called that only a file's name tells the number of, by the document's language."""

_CODE = re.compile(r"[\da-f][\da-f-]{5,}", re.IGNORECASE)
"""What a program called a file, as 5c26e23990ee94a9: no title."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document's session; absent strings are "", dates are ISO.

    `root` is the folder that the student named when adding the file at `place`. `asked` is what the student called
    the session, `configured` what a `repaso.toml` calls it, `content` what the document itself does.
    """

    id: str
    course: str
    kind: Kind
    title: str
    place: str
    root: str = ""
    language: str = ""
    asked: str = ""
    configured: str = ""
    content: str = ""
    date_configured: str = ""
    date_content: str = ""


class _Source(IntEnum):
    """Who names a session, from the one that counts least."""

    PATH = 0
    CONTENT = 1
    CONFIGURED = 2
    ASKED = 3


@dataclass(frozen=True, slots=True)
class _Named:
    """A document's session as one of its sources names it; `number` is 0 where nothing numbers it.

    `date` is the one in the names of its file and folders: sessions of one number and two dates are two.
    """

    source: _Source
    text: str
    number: int
    date: str
    informative: bool

    @property
    def order(self) -> tuple[bool, bool, int, int, str]:
        """Sorts names, the best first: a person's word, then what says more; of equals the first in the alphabet."""
        decided = self.source >= _Source.CONFIGURED
        return not decided, not self.informative, -self.source, -len(self.text), self.text


def assign(documents: Iterable[Facts]) -> dict[str, str]:
    """Return the session of each document by id.

    What the student or a `repaso.toml` says; else what the content, the file or its folders name, under the best name
    that documents of the same number in the course give it. A document of none of these has the session of the
    documents of its date, else the one session of its neighbours in the folder; the folder's name where documents of
    different kinds lie together; else its own title, and none for a study guide, which belongs to the whole course.
    """
    courses: dict[str, list[Facts]] = defaultdict(list)
    for one in documents:
        courses[one.course].append(one)
    return {id: session for course in courses.values() for id, session in _of_course(course).items()}


def said(facts: Facts) -> str:
    """Return the session that the student, a `repaso.toml` or the content names, in this order; else ""."""
    return facts.asked or facts.configured or facts.content


def alone(facts: Facts) -> str:
    """Return the session of a document as if it were the only one of its course."""
    return _of_course([facts])[facts.id]


def expected(known: Iterable[Facts], coming: Sequence[Facts]) -> dict[str, str]:
    """Return the sessions by place that documents yet to be read will likely have, where a person or a path tells."""
    everything = [*known, *coming]
    named = {
        course: _by_name([one for one in everything if one.course == course])
        for course in {one.course for one in coming}
    }
    return {one.place: named[one.course][one.id] for one in coming if one.id in named[one.course]}


def date_of(facts: Facts) -> str:
    """Return the date of a document: what the content says, a `repaso.toml`, or the name of its file or folders."""
    return facts.date_content or facts.date_configured or _of_path(facts).date


def _of_course(documents: Sequence[Facts]) -> dict[str, str]:
    sessions = _by_name(documents)
    sessions |= _by_date(documents, sessions)
    return sessions | _by_folder(documents, sessions)


def _by_name(documents: Sequence[Facts]) -> dict[str, str]:
    """Return the sessions of the documents that a person, their content or a number in their path names.

    A study guide belongs to the session of its path's number only if another document does.
    """
    held = Counter(one.place for one in documents)
    named = {one.id: found for one in documents for found in _named(one, alone_in_file=held[one.place] == 1)}
    guides = {one.id for one in documents if one.kind is Kind.STUDY_GUIDE}
    others = {found.number for id, found in named.items() if id not in guides}
    for id in guides & named.keys():
        if named[id].source is _Source.PATH and named[id].number not in others:
            del named[id]
    dates: dict[int, set[str]] = defaultdict(set)
    for found in named.values():
        dates[found.number].update({found.date} - {""})
    groups: dict[tuple[int, str], list[_Named]] = defaultdict(list)
    for found in named.values():
        groups[_key(found, dates)].append(found)
    best = {key: min(group, key=lambda found: found.order).text for key, group in groups.items()}
    return {
        id: best[_key(found, dates)] if found.number and found.source < _Source.CONFIGURED else found.text
        for id, found in named.items()
    }


def _key(found: _Named, dates: Mapping[int, set[str]]) -> tuple[int, str]:
    return found.number, found.date if len(dates[found.number]) > 1 else ""


def _named(facts: Facts, alone_in_file: bool) -> Iterator[_Named]:
    """Yield the name of a document's session, if it has one of its own or a number.

    The number of a file is that of its document, if it holds only one.
    """
    path = _of_path(facts)
    spoken = (_Source.ASKED, facts.asked), (_Source.CONFIGURED, facts.configured), (_Source.CONTENT, facts.content)
    for source, text in spoken:
        if text:
            name = _read(f"{text.replace('/', ' ')}.")
            number = name.number or (path.number if alone_in_file else 0)
            yield _Named(source, text, number, path.date, bool(name.title) or not name.number)
            return
    if path.number:
        text = f"{_LABELS.get(facts.language, _LABEL)} {path.number}"
        title = "" if _CODE.fullmatch(path.title) else path.title
        yield _Named(_Source.PATH, f"{text}. {title}" if title else text, path.number, path.date, bool(title))


def _of_path(facts: Facts) -> SessionName:
    """Return what the names of the file, of the folder that the student named, and of those between tell."""
    place, root = PurePath(facts.place), PurePath(facts.root)
    below = place.relative_to(root.parent) if facts.root and place.is_relative_to(root) else PurePath(place.name)
    return _read(str(below))


@lru_cache(maxsize=16384)
def _read(path: str) -> SessionName:
    return named_session(path)


def _by_date(documents: Sequence[Facts], sessions: Mapping[str, str]) -> dict[str, str]:
    """Return the sessions of unnamed documents whose date or path tells: the one that others of the date have.

    Else the longest title that the files of the date have in their names, or the date itself where several share it.
    """
    dates = {one.id: date_of(one) for one in documents}
    held: dict[str, set[str]] = defaultdict(set)
    for one in documents:
        if one.id in sessions:
            held[dates[one.id]].add(sessions[one.id])
    unnamed = [one for one in documents if one.id not in sessions]
    titles: dict[str, set[str]] = defaultdict(set)
    for one in unnamed:
        titles[_of_path(one).date].add(_of_path(one).title)
    sharing = Counter(_of_path(one).date or one.date_configured for one in unnamed)
    found: dict[str, str] = {}
    for one in unnamed:
        date, path = dates[one.id], _of_path(one)
        if date and len(held[date]) == 1:
            (found[one.id],) = held[date]
        elif one.kind is Kind.STUDY_GUIDE:
            continue
        elif path.date and (title := min(titles[path.date], key=lambda title: (-len(title), title))):
            found[one.id] = title
        elif path.title:
            found[one.id] = path.title
        elif date and sharing[path.date or one.date_configured] > 1:
            found[one.id] = date
    return found


def _by_folder(documents: Sequence[Facts], sessions: Mapping[str, str]) -> dict[str, str]:
    """Return the sessions of the documents that have none yet; a folder with documents further in is no session."""
    folders: dict[str, list[Facts]] = defaultdict(list)
    for one in documents:
        folders[str(PurePath(one.place).parent)].append(one)
    outer = {str(above) for folder in folders for above in PurePath(folder).parents}
    found: dict[str, str] = {}
    for folder, inside in folders.items():
        named = {sessions[one.id] for one in inside if one.id in sessions}
        together = folder not in outer and len(inside) > 1 and len({one.kind for one in inside}) == len(inside)
        for one in inside:
            if one.id in sessions:
                continue
            found[one.id] = "" if one.kind is Kind.STUDY_GUIDE else one.title
            if len(named) == 1:
                (found[one.id],) = named
            elif not named and together:
                found[one.id] = PurePath(folder).name.removesuffix(".zip")
    return found
