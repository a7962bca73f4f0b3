"""What a `repaso.toml` says of the files of its folder and the folders below. Pure but for reading the file."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.clean import clean, one_line
from ingest.errors import (
    FolderSettingsMalformed,
    FolderSettingsMisspelled,
    FolderSettingsUnknown,
    FolderSettingsWrong,
    UnreadableFile,
)
from ingest.model import Kind
from ingest.sources.globs import Glob, glob_of

NAME = "repaso.toml"
MAX_BYTES = 1 << 20
"""A longer one was not written by hand."""

_LINE = re.compile(r"\bat line (\d+)")
_KEYS = ("course", "session", "date", "files")
_FILE_KEYS = ("pattern", "kind", "course", "session", "date", "ignore")
_KINDS = " / ".join(f'"{kind.value}"' for kind in Kind)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a file; an empty tuple where nothing is. `date` is ISO."""

    course: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    kind: tuple[Kind, ...] = ()
    ignore: tuple[bool, ...] = ()

    def over(self, other: Said) -> Said:
        """Return this, and where it says nothing, what the other says."""
        return Said(
            self.course or other.course,
            self.session or other.session,
            self.date or other.date,
            self.kind or other.kind,
            self.ignore or other.ignore,
        )


NOTHING = Said()


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """A folder's settings: what is said of all its files, and of those that a pattern matches, later ones first."""

    said: Said
    rules: tuple[tuple[Glob, Said], ...]

    def of(self, path: Sequence[str]) -> Said:
        """Return what is said of the file at `path`, the parts below the folder."""
        said = NOTHING
        for pattern, rule in self.rules:
            if pattern.matches(path):
                said = said.over(rule)
        return said.over(self.said)


def read_settings(path: Path) -> FolderSettings:
    """Read a file. Raises UnreadableFile and the errors of `settings_of`; FileNotFoundError when there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as error:
        raise UnreadableFile(path=path, reason=error.strerror or str(error)) from error
    return settings_of(data, str(path))


def settings_of(data: bytes, shown: str) -> FolderSettings:
    """Return what a file's bytes say; `shown` names it in errors.

    Raises FolderSettingsMalformed, FolderSettingsUnknown and FolderSettingsWrong.
    """
    values = _parsed(data, shown)
    _check_keys(values, _KEYS, shown, "")
    tables = values.get("files", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _wrong(shown, "files", tables, "[[files]]")
    rules = [_rule(table, shown, f"[[files]] {count}: ") for count, table in enumerate(tables, start=1)]
    return FolderSettings(_said(values, shown, ""), tuple(reversed(rules)))


def _parsed(data: bytes, shown: str) -> dict[str, object]:
    if len(data) > MAX_BYTES:
        raise FolderSettingsMalformed(path=shown, line="?", reason=f"> {MAX_BYTES >> 20} MiB")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FolderSettingsMalformed(path=shown, line=line, reason="UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:  # ValueError: a number of 5,000 digits
        found = _LINE.search(str(error))
        line_named = found[1] if found else "?"
        raise FolderSettingsMalformed(path=shown, line=line_named, reason=_short(str(error))) from error


def _check_keys(values: Mapping[str, object], known: Sequence[str], shown: str, where: str) -> None:
    for key in values:
        if key not in known:
            from difflib import get_close_matches

            near = get_close_matches(key.casefold(), known, n=1)
            listed = ", ".join(known)
            if near:
                raise FolderSettingsMisspelled(path=shown, key=where + _short(key), near=near[0], known=listed)
            raise FolderSettingsUnknown(path=shown, key=where + _short(key), known=listed)


def _rule(table: Mapping[str, object], shown: str, where: str) -> tuple[Glob, Said]:
    _check_keys(table, _FILE_KEYS, shown, where)
    pattern = table.get("pattern", "")
    try:
        if not isinstance(pattern, str):
            raise ValueError(pattern)
        glob = glob_of(pattern)
    except ValueError as error:
        raise _wrong(shown, where + "pattern", pattern, '"*.pdf", "clases/**/*.vtt"') from error
    return glob, _said(table, shown, where)


def _said(values: Mapping[str, object], shown: str, where: str) -> Said:
    return Said(
        course=_text(values, "course", shown, where),
        session=_text(values, "session", shown, where),
        date=_date(values, shown, where),
        kind=_kind(values, shown, where),
        ignore=_ignore(values, shown, where),
    )


def _text(values: Mapping[str, object], key: str, shown: str, where: str) -> tuple[str, ...]:
    if key not in values:
        return ()
    value = values[key]
    if isinstance(value, int) and not isinstance(value, bool) and key == "session":
        return (str(value),)
    text = one_line(clean(value)) if isinstance(value, str) else ""
    if not text:
        raise _wrong(shown, where + key, value, '"…"' if key == "course" else '"…", 1, 2, 3…')
    return (text,)


def _date(values: Mapping[str, object], shown: str, where: str) -> tuple[str, ...]:
    value = values.get("date", ())
    if value == ():
        return ()
    if isinstance(value, datetime.datetime):
        return (value.date().isoformat(),)
    if isinstance(value, datetime.date):
        return (value.isoformat(),)
    try:
        return (datetime.date.fromisoformat(value.strip() if isinstance(value, str) else "").isoformat(),)
    except ValueError as error:
        raise _wrong(shown, where + "date", value, "2025-03-14") from error


def _kind(values: Mapping[str, object], shown: str, where: str) -> tuple[Kind, ...]:
    if "kind" not in values:
        return ()
    value = values["kind"]
    try:
        return (Kind(value.strip().lower() if isinstance(value, str) else ""),)
    except ValueError as error:
        raise _wrong(shown, where + "kind", value, _KINDS) from error


def _ignore(values: Mapping[str, object], shown: str, where: str) -> tuple[bool, ...]:
    if "ignore" not in values:
        return ()
    value = values["ignore"]
    if not isinstance(value, bool):
        raise _wrong(shown, where + "ignore", value, "true / false")
    return (value,)


def _wrong(shown: str, key: str, value: object, expected: str) -> FolderSettingsWrong:
    return FolderSettingsWrong(path=shown, key=key, value=_short(str(value)), expected=expected)


def _short(text: str) -> str:
    return one_line(clean(text))[:120]
