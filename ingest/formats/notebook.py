"""Jupyter notebooks (nbformat 3 and 4): prose and code in order, short outputs, and slides where cells say so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.clean import clean, one_line
from ingest.errors import DamagedFile
from ingest.formats.blocks import Metadata, Slide, Slides, Text
from ingest.formats.decode import decode
from ingest.formats.markdown.front_matter import Header, metadata_of_header, split_header
from ingest.formats.markdown.marks import without_marks_of_tools
from ingest.formats.markdown.read import fenced, with_marked_headings, without_comments
from ingest.formats.markdown.slide import Piece, slide_of
from ingest.formats.options import PLAIN, ReadOptions
from ingest.model import Notice

# What nbconvert's and RISE's slide types do; a cell without one goes on with the slide before it.
_STARTS = ("slide", "subslide")
_LEFT_OUT = "skip"
_NOTES = "notes"
_MOST_OUTPUT_LINES = 20
_MOST_OUTPUT_CHARACTERS = 1_500
_LONGEST_LANGUAGE = 20
_RULE = re.compile(r" {0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*")
_ATTACHMENT = re.compile(r"!\[([^\[\]\n]*)\]\(attachment:[^()\n]*\)")
_PICTURE_TYPES = ("image/", "application/vnd.plotly", "application/vnd.bokeh")
_PICTURES_OF_OLD = ("png", "jpeg", "svg", "pdf")

_Json = str | int | float | bool | None | list["_Json"] | dict[str, "_Json"]
_Object = dict[str, _Json]


@dataclass(slots=True)
class _Counts:
    """What was passed over in a notebook's outputs."""

    pictures: int = 0
    cut: int = 0
    errors: int = 0


@dataclass(slots=True)
class _Open:
    """A slide that is being gathered."""

    cells: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_notebook(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Text | Slides:
    """Return a notebook's cells as Markdown, or its slides where most cells have a place in a slide show.

    Raises DamagedFile when it is no notebook, UnsupportedFile when its bytes are no text.
    """
    text, notices = decode(data, path)
    notebook = _loaded(text, path)
    cells = _cells(notebook)
    counts = _Counts()
    header, cells = _header(cells)
    metadata = _metadata(notebook, header)
    language = _language(notebook)
    written = [(_slide_type(cell), _written(cell, language, counts)) for cell in cells]
    if _is_show(cells):
        slides = tuple(_slides(written))
        return Slides(slides, metadata, (*notices, *_told(counts)))
    body = "\n\n".join(text for _, text in written if text)
    return Text(body, metadata, (*notices, *_told(counts)))


def _loaded(text: str, path: str) -> _Object:
    try:
        loaded: _Json = json.loads(text)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise DamagedFile(path=path, reason=one_line(clean(str(error)))[:200]) from error
    if not isinstance(loaded, dict) or not isinstance(loaded.get("cells", loaded.get("worksheets")), list):
        raise DamagedFile(path=path, reason="cells")
    return loaded


def _cells(notebook: _Object) -> list[_Object]:
    """Return the cells; those of nbformat 3 lie in worksheets."""
    places: list[_Json] = [notebook]
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list):
        places += sheets
    lists = (place.get("cells") for place in places if isinstance(place, dict))
    return [cell for held in lists if isinstance(held, list) for cell in held if isinstance(cell, dict)]


def _header(cells: list[_Object]) -> tuple[Header, list[_Object]]:
    """Part a header in YAML, which Quarto reads from the first cell, from the cells that follow."""
    if not cells or cells[0].get("cell_type") not in ("raw", "markdown"):
        return {}, cells
    header, body = split_header(_source(cells[0]))
    return (header, [{**cells[0], "source": body}, *cells[1:]]) if header else ({}, cells)


def _metadata(notebook: _Object, header: Header) -> Metadata:
    if header:
        return metadata_of_header(header)
    held = _object(notebook.get("metadata"))
    title = held.get("title") or held.get("name")
    authors = held.get("authors")
    people = authors if isinstance(authors, list) else []
    names = (
        str(_object(person).get("name") or "") if isinstance(person, dict) else str(person) for person in people[:12]
    )
    return Metadata(
        one_line(clean(title)) if isinstance(title, str) else "", ", ".join(filter(None, map(clean, names)))
    )


def _language(notebook: _Object) -> str:
    held = _object(notebook.get("metadata"))
    named = _object(held.get("language_info")).get("name") or _object(held.get("kernelspec")).get("language")
    name = named.lower() if isinstance(named, str) else ""
    return name if re.fullmatch(rf"[a-z][\w+#-]{{0,{_LONGEST_LANGUAGE}}}", name) else "python"


def _written(cell: _Object, language: str, counts: _Counts) -> str:
    """Return a cell as Markdown, "" for one without text."""
    source = clean(_source(cell)).strip("\n")
    match cell.get("cell_type"):
        case "markdown":
            return _prose(source)
        case "heading":
            level = cell.get("level")
            marks = "#" * min(max(level if isinstance(level, int) else 1, 1), 6)
            return f"{marks} {one_line(source)}" if source.strip() else ""
        case "code":
            named = cell.get("language")
            code = _fence(source, named if isinstance(named, str) and named.isalnum() else language)
            return "\n\n".join(filter(None, [code, *_outputs(cell, counts)]))
        case _:
            return ""


def _prose(source: str) -> str:
    """Return a cell's Markdown without comments, pictures' data, and rules, which part nothing here."""
    text = _ATTACHMENT.sub(r"\1", without_comments(with_marked_headings(source))[0])
    lines = without_marks_of_tools(text).split("\n")
    kept = (line for line, is_code in zip(lines, fenced(lines), strict=True) if is_code or not _RULE.fullmatch(line))
    return "\n".join(kept).strip("\n")


def _fence(code: str, language: str = "") -> str:
    if not code.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{language}\n{code}\n{ticks}"


def _outputs(cell: _Object, counts: _Counts) -> Iterator[str]:
    """Yield what a cell printed, cut where it is long; errors and what goes to the error stream are no text."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        kind = output.get("output_type")
        if kind in ("error", "pyerr"):
            counts.errors += 1
            continue
        if kind == "stream":
            text = "" if output.get("name", output.get("stream")) == "stderr" else _joined(output.get("text"))
        else:
            data = _object(output.get("data")) or output
            is_picture = any(key.startswith(_PICTURE_TYPES) or key in _PICTURES_OF_OLD for key in data)
            counts.pictures += is_picture
            text = "" if is_picture else _joined(data.get("text/plain", data.get("text")))
        shown = _shortened(text, counts)
        if shown:
            yield _fence(shown)


def _shortened(text: str, counts: _Counts) -> str:
    """Return an output's last state of each line, and no more of it than a reader would look at."""
    last = (line.rstrip("\r").rpartition("\r")[2] for line in text.strip("\n").split("\n"))
    lines = [clean(line).rstrip() for line in last]
    shown = "\n".join(lines[:_MOST_OUTPUT_LINES])[:_MOST_OUTPUT_CHARACTERS]
    if len(shown) < len("\n".join(lines)):
        counts.cut += 1
        return f"{shown}\n…"
    return shown


def _slide_type(cell: _Object) -> str:
    held = _object(_object(cell.get("metadata")).get("slideshow")).get("slide_type")
    return held if isinstance(held, str) and held != "-" else ""


def _is_show(cells: Sequence[_Object]) -> bool:
    """Say whether slides are begun, and most cells have a place in the show."""
    held = [_object(cell.get("metadata")).get("slideshow") for cell in cells]
    starts = sum(_slide_type(cell) in _STARTS for cell in cells)
    return starts >= 2 and sum(isinstance(each, dict) and "slide_type" in each for each in held) * 2 > len(cells)


def _slides(written: Sequence[tuple[str, str]]) -> Iterator[Slide]:
    number = 0
    opened = _Open()
    for kind, text in [*written, ("slide", "")]:
        if kind in _STARTS and (opened.cells or opened.notes):
            number += 1
            yield slide_of(Piece(number, "\n\n".join(opened.cells), notes="\n\n".join(opened.notes)))
            opened = _Open()
        if text and kind != _LEFT_OUT:
            (opened.notes if kind == _NOTES else opened.cells).append(text)


def _told(counts: _Counts) -> Iterator[Notice]:
    if counts.pictures:
        yield Notice("pictures_counted", params=(("count", str(counts.pictures)),))
    if counts.cut:
        yield Notice("outputs_cut", params=(("count", str(counts.cut)), ("lines", str(_MOST_OUTPUT_LINES))))
    if counts.errors:
        yield Notice("outputs_failed", params=(("count", str(counts.errors)),))


def _source(cell: _Object) -> str:
    return _joined(cell.get("source", cell.get("input")))


def _joined(value: _Json) -> str:
    """Return text that a notebook keeps whole or as a list of its lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _object(value: _Json) -> _Object:
    return value if isinstance(value, dict) else {}
