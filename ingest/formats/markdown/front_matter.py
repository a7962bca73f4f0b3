"""The header of a Markdown file, YAML front matter or Pandoc's title block, and what headers say of a file."""

from __future__ import annotations

import re

from ingest.clean import one_line
from ingest.dates import iso_date
from ingest.formats.blocks import Metadata

Value = str | list["Value"] | dict[str, "Value"]
"""What YAML holds when no scalar is taken for more than text: a date or a number stays as it is written."""

Header = dict[str, Value]
"""A file's header; its keys are in lower case."""

_PAIR = re.compile(r"([A-Za-zÁÉÍÓÚáéíóúñ_-]{1,30})[ \t]*:[ \t]*(.*)")
_TITLE = ("title", "titulo", "título")
_AUTHORS = "author authors autor autora autores docente ponente speaker presenter profesor profesora instructor"
_AUTHOR = tuple(_AUTHORS.split())
_URL = ("url", "link", "enlace", "liga", "video", "vídeo")
_SESSION = ("session", "sesion", "sesión", "clase", "lecture")
_DATE = ("date", "fecha", "dia", "día", "published")
# Where a person's name stands when an author is more than a name (Quarto, Jupyter).
_NAMES = ("name", "literal", "nombre")
_MOST_LINES = 400
_MOST_CHARACTERS = 64_000
_MOST_ITEMS = 30
_DEEPEST = 6
_LONGEST_VALUE = 500


def split_header(text: str) -> tuple[Header, str]:
    """Part a file's header from its body; a beginning that only looks like one stays in the body."""
    lines = text.lstrip("\n").split("\n", _MOST_LINES)
    if lines[0].startswith("%"):
        return _title_block(text, lines)
    if lines[0].rstrip() != "---":
        return {}, text
    end = next((i for i, line in enumerate(lines[1:_MOST_LINES], start=1) if line.rstrip() in ("---", "...")), 0)
    header = header_of("\n".join(lines[1:end])) if end else {}
    return (header, "\n".join(lines[end + 1 :])) if header else ({}, text)


def header_of(head: str) -> Header:
    """Return the mapping that lines of YAML are; where they are not quite YAML, their `key: value` lines."""
    if len(head) > _MOST_CHARACTERS:
        return {}
    import yaml

    try:
        # Aliases are a way to make a small file enormous, and no header of a lecture needs them.
        if "*" in head and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(head, yaml.BaseLoader)):
            return _pairs(head)
        loaded: object = yaml.load(head, yaml.BaseLoader)  # makes text, lists and mappings only
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return _pairs(head)
    bounded = _bounded(loaded, 0)
    return {key.lower(): value for key, value in bounded.items()} if isinstance(bounded, dict) else {}


def metadata_of_header(header: Header) -> Metadata:
    """Return what a header says of its file."""
    return metadata_of({key: text_of(value) for key, value in header.items()})


def metadata_of(pairs: dict[str, str]) -> Metadata:
    """Return what `key: value` pairs (keys in lower case, Spanish or English) say of a file."""

    def first(names: tuple[str, ...]) -> tuple[str, str]:
        return next(((name, pairs[name]) for name in names if pairs.get(name)), ("", ""))

    key, session = first(_SESSION)
    # A bare number names a session only together with its key.
    session = f"{key.capitalize()} {session}" if session.isdecimal() else session
    date = iso_date(first(_DATE)[1])
    return Metadata(first(_TITLE)[1], first(_AUTHOR)[1], first(_URL)[1], session, date)


def pair_of(line: str) -> tuple[str, str] | None:
    """Return the lower-case key and the value of a `Key: value` line, or None."""
    match = _PAIR.fullmatch(line.strip())
    return (match[1].lower(), one_line(match[2]).strip("\"'")) if match else None


def text_of(value: Value) -> str:
    """Return a value as one line: the items of a list one after the other, of a mapping the person's name."""
    match value:
        case str():
            return one_line(value[:_LONGEST_VALUE])
        case list():
            return ", ".join(filter(None, map(text_of, value)))
        case _:
            named = next((value[key] for key in _NAMES if key in value), None)
            parts = (value[key] for key in ("given", "family") if key in value)
            return text_of(named) if named is not None else " ".join(filter(None, map(text_of, parts)))


def _bounded(value: object, depth: int) -> Value:
    """Return plain values only, no deeper and no longer than a header has reason to be."""
    if depth == _DEEPEST:
        return ""
    if isinstance(value, dict):
        items = list(value.items())[: _MOST_ITEMS * 4]
        return {key: _bounded(held, depth + 1) for key, held in items if isinstance(key, str)}
    if isinstance(value, list):
        return [_bounded(held, depth + 1) for held in value[:_MOST_ITEMS]]
    return value if isinstance(value, str) else ""


def _pairs(head: str) -> Header:
    """Read the `key: value` lines of a header that is no YAML, as one with a colon in its title."""
    lines = (line for line in head.split("\n") if line.strip() and not line.startswith((" ", "\t", "#", "-")))
    found = [pair_of(line) for line in lines]
    return {} if None in found else dict(filter(None, found))


def _title_block(text: str, lines: list[str]) -> tuple[Header, str]:
    """Read Pandoc's title block: lines of `% title`, `% authors`, `% date`, each going on where it is indented."""
    fields: list[str] = []
    end = 0
    while end < len(lines) - 1:
        line = lines[end]
        if line.startswith("%") and len(fields) < 3:
            fields.append(line[1:].strip())
        elif fields and line.startswith((" ", "\t")) and line.strip():
            fields[-1] = f"{fields[-1]}; {line.strip()}" if len(fields) == 2 else f"{fields[-1]} {line.strip()}"
        else:
            break
        end += 1
    if lines[end].strip() or not lines[0].startswith("% "):
        return {}, text
    title, authors, date = [*fields, "", "", ""][:3]
    names: list[Value] = [name.strip() for name in authors.split(";") if name.strip()]
    header: Header = {"title": title, "author": names, "date": date}
    return header, "\n".join(lines[end:])
