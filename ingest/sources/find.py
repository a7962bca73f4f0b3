"""Which files there are to read: paths, folders, patterns and archives, with what a `repaso.toml` says of them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import IngestError, MissingFile, NestedArchive, UnreadableFile
from ingest.formats.registry import format_named
from ingest.model import Kind
from ingest.sources.folder_settings import NAME, NOTHING, FolderSettings, Said, read_settings
from ingest.sources.globs import NO_FILE, Glob, glob_of, is_magic
from ingest.sources.zip_members import SUFFIX, Listing, list_members

_JUNK = frozenset({"__macosx", "node_modules", "__pycache__", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_ENVIRONMENT = "pyvenv.cfg"
"""What every virtual environment of Python has in its folder (PEP 405)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, or the `member` of an archive. `root` is the folder that the student named, or the file's own.

    Course, session, date (ISO) and kind are what a `repaso.toml` says; "" and None where it says nothing.
    """

    path: Path
    root: Path
    member: str = ""
    course: str = ""
    session: str = ""
    date: str = ""
    kind: Kind | None = None

    @property
    def shown(self) -> str:
        """The path to name to the student: as given, an archive's member behind it."""
        return os.path.join(self.path, self.member) if self.member else str(self.path)  # noqa: PTH118 (keeps "./")

    @property
    def place(self) -> str:
        """Where the document is for good: absolute, links resolved; what the library knows it by."""
        resolved = self.path.resolve()
        return str(resolved / self.member) if self.member else str(resolved)


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that could not be looked into, or a file that cannot be read, and why."""

    path: str
    error: IngestError


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file of a folder whose format is none of ours."""

    path: Path


Found = Source | Unread | PassedOver


def find(paths: Sequence[Path]) -> tuple[Found, ...]:
    """Return what there is to read in order, each file once; a folder's files as people count (2 before 10).

    A file is taken as it is named. Of folders, patterns and archives come the files whose format is ours; others are
    passed over, and what is hidden or another program's own is left out without a word. A folder may hold nothing.
    """
    finder = _Finder()
    for path in paths:
        finder.look_at(path)
    return tuple(finder.found)


@dataclass(frozen=True, slots=True)
class _Level:
    """The settings of a folder whose path has `depth` parts."""

    settings: FolderSettings
    depth: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder or a file: as shown, its absolute path's parts, its real path, and the settings in force there."""

    shown: str
    parts: tuple[str, ...]
    real: str
    levels: tuple[_Level, ...]

    def inner(self, name: str, linked: bool = False) -> _Place:
        """Return what lies in this folder under a name; a link is followed."""
        shown = os.path.join(self.shown, name)  # noqa: PTH118 (a Path for each file takes long)
        real = os.path.realpath(shown) if linked else os.path.join(self.real, name)  # noqa: PTH118 (as above)
        return _Place(shown, (*self.parts, name), real, self.levels)

    def with_settings(self, settings: tuple[FolderSettings, ...]) -> _Place:
        """Return this folder with settings of its own."""
        own = tuple(_Level(each, len(self.parts)) for each in settings)
        return _Place(self.shown, self.parts, self.real, (*self.levels, *own))

    @property
    def said(self) -> Said:
        """What the settings say of it: of each key what the nearest folder says."""
        said = NOTHING
        for level in reversed(self.levels):
            said = said.over(level.settings.of(self.parts[level.depth :]))
        return said


class _Finder:
    """Looks into places and collects what is found, each file once."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self._known: set[str] = set()
        self._passed: set[str] = set()
        self._settings: dict[str, tuple[FolderSettings, ...]] = {}

    def look_at(self, path: Path) -> None:
        """Add what there is at a path that the student named."""
        try:
            if path.is_dir():
                self._walk(self._named(path), path)
            elif path.exists():
                self._add(self._named(path), path.parent, named=True)
            elif is_magic(str(path)):
                self._match(path)
            else:
                self.found.append(Unread(str(path), MissingFile(path=path)))
        except OSError as error:
            self._refuse(str(path), error)

    def _match(self, path: Path) -> None:
        """Add the files that a pattern matches, and all in the folders that it matches."""
        base = next((parent for parent in path.parents if not is_magic(str(parent))), Path())
        before = len(self.found)
        try:
            pattern = glob_of(str(path.relative_to(base)))
        except ValueError:  # no path within a folder, so nothing is there
            pattern = NO_FILE
        if base.is_dir():
            self._walk(self._named(base), base, pattern)
        if len(self.found) == before:
            self.found.append(Unread(str(path), MissingFile(path=path)))

    def _named(self, path: Path) -> _Place:
        """Return a place with the settings of the folders above it: a file means the same added alone or with all."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() follows links: the folders above are those named)
        levels: list[_Level] = []
        for folder in reversed(absolute.parents):
            depth = len(folder.parts)
            levels.extend(_Level(each, depth) for each in self._settings_in(str(folder), str(folder)))
        return _Place(str(path), absolute.parts, os.path.realpath(path), tuple(levels))

    def _settings_in(self, folder: str, shown: str) -> tuple[FolderSettings, ...]:
        """Return the settings in a folder, if it has any; broken ones are unread, their files are not."""
        if folder not in self._settings:
            self._settings[folder] = ()
            path = Path(shown, NAME)
            try:
                self._settings[folder] = (read_settings(path),)
            except FileNotFoundError:
                pass  # most folders have none
            except IngestError as error:
                self.found.append(Unread(str(path), error))
        return self._settings[folder]

    def _walk(self, top: _Place, root: Path, pattern: Glob | None = None) -> None:
        """Add the files below a folder, those of each folder before those of its folders; links may make circles."""
        waiting = [top]
        entered = set()
        while waiting:
            folder = waiting.pop()
            if folder.real in entered:
                continue
            entered.add(folder.real)
            try:
                with os.scandir(folder.shown) as listing:
                    entries = sorted(listing, key=lambda entry: _natural(entry.name))
            except OSError as error:
                self._refuse(folder.shown, error)
                continue
            waiting.extend(reversed(self._look_into(folder, entries, root, pattern, len(top.parts))))

    def _look_into(
        self, folder: _Place, entries: Sequence[os.DirEntry[str]], root: Path, pattern: Glob | None, depth: int
    ) -> list[_Place]:
        """Add the files of a folder; return its folders."""
        names = {entry.name for entry in entries}
        if _ENVIRONMENT in names:
            return []
        if NAME in names:
            folder = folder.with_settings(self._settings_in(str(Path(*folder.parts)), folder.shown))
        folders = []
        for entry in entries:
            if _is_junk(entry.name) or entry.name == NAME:
                continue
            place = folder.inner(entry.name, entry.is_symlink())
            if _is_folder(entry):
                folders.append(place)
            elif pattern is None or pattern.matches(place.parts[depth:]):
                self._add(place, root)
        return folders

    def _add(self, place: _Place, root: Path, named: bool = False) -> None:
        """Add a file, or an archive's; one that was not named only if its format is ours and it is not ignored."""
        said = place.said if place.levels else NOTHING
        if place.real in self._known or (said.ignore == (True,) and not named):
            return
        if not named and not _is_ours(place.shown) and not place.shown.lower().endswith(SUFFIX):
            if place.real not in self._passed:
                self._passed.add(place.real)
                self.found.append(PassedOver(Path(place.shown)))
            return
        self._known.add(place.real)
        if place.shown.lower().endswith(SUFFIX):
            self._add_members(place, root)
        else:
            self.found.append(_source(Path(place.shown), root, "", said))

    def _add_members(self, archive: _Place, root: Path) -> None:
        """Add the files of an archive, as if it were a folder."""
        path = Path(archive.shown)
        try:
            listing = list_members(path)
        except IngestError as error:
            self.found.append(Unread(archive.shown, error))
            return
        if listing.is_document:
            self.found.append(_source(path, root, "", archive.said))
            return
        self.found.extend(Unread(place, error) for place, error in listing.refused)
        levels = _levels_of(listing, archive)
        for member in sorted(listing.members, key=_member_order):
            parts = tuple(member.split("/"))
            if any(map(_is_junk, parts)) or parts[-1] == NAME:
                continue
            inside = tuple(level for prefix, level in levels if parts[: len(prefix)] == prefix)
            place = _Place(archive.shown, (*archive.parts, *parts), "", (*archive.levels, *inside))
            self._add_member(place, root, member)

    def _add_member(self, place: _Place, root: Path, member: str) -> None:
        said = place.said if place.levels else NOTHING
        if said.ignore == (True,):
            return
        path = Path(place.shown)
        if member.lower().endswith(SUFFIX):
            shown = str(path / member)
            self.found.append(Unread(shown, NestedArchive(path=shown)))
        elif _is_ours(member):
            self.found.append(_source(path, root, member, said))
        else:
            self.found.append(PassedOver(path / member))

    def _refuse(self, shown: str, error: OSError) -> None:
        self.found.append(Unread(shown, UnreadableFile(path=shown, reason=error.strerror or str(error))))


def _levels_of(listing: Listing, archive: _Place) -> tuple[tuple[tuple[str, ...], _Level], ...]:
    """Return the settings in an archive by their folder, the outermost first."""
    found = ((tuple(folder.split("/")) if folder else (), settings) for folder, settings in listing.settings)
    return tuple(
        (folder, _Level(settings, len(archive.parts) + len(folder)))
        for folder, settings in sorted(found, key=lambda each: len(each[0]))
    )


def _source(path: Path, root: Path, member: str, said: Said) -> Source:
    (course,), (session,), (date,) = said.course or ("",), said.session or ("",), said.date or ("",)
    return Source(path, root, member, course, session, date, said.kind[0] if said.kind else None)


_Order = tuple[tuple[tuple[int, str], ...], str]


def _natural(name: str) -> _Order:
    """Order names as people count: "session 2" before "session 10", and "guide.md" before "guide 2.md"."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 (a Path for each takes long)
    pieces = re.split(r"(\d+)", stem)
    return tuple((int(piece), "") if piece.isdecimal() else (0, piece.casefold()) for piece in pieces), suffix


def _member_order(member: str) -> tuple[tuple[bool, _Order], ...]:
    """Order an archive's files as a folder's: those of each folder before those of its folders."""
    *folders, name = member.split("/")
    return (*((True, _natural(folder)) for folder in folders), (False, _natural(name)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link to itself is then a file, whose reading says what is wrong


def _is_ours(name: str) -> bool:
    """Say whether a name's ending is one of a format of ours."""
    return format_named(os.path.splitext(name)[1].lower()) is not None  # noqa: PTH122 (a Path for each takes long)


def _is_junk(name: str) -> bool:
    """Say whether a file or folder of this name is hidden, a lock, or another program's own."""
    return name.startswith((".", "~$")) or name.casefold() in _JUNK
