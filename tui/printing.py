"""How text reaches the screen: plain where it is piped or colour is unwanted, rich in a terminal.

Everything printed may come from a document, so all of it goes through `clean`, and rich gets `Text` objects, whose
content it never reads as markup. rich is imported here alone, and only when a terminal is there to show it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# ECMA-48 control sequences (CSI to final byte), the string sequences OSC, DCS, SOS, PM and APC where they end within
# reason, and any other escaped character.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,2048}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -~]"
)
# C0 but tab and newline, DEL, C1, and the bidirectional controls that reorder what is read (UTS 55, 4.1), surrogates.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


LONGEST = 160
"""Characters of a text that is named in passing; the whole of it is a key or a command away."""


def clean(text: str) -> str:
    """Remove everything that would command a terminal rather than be read in it."""
    return _CONTROLS.sub("", _SEQUENCES.sub("", text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """Clean and put on one line."""
    return " ".join(clean(text).split())


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text on one line, cut at a word."""
    folded = one_line(text)
    if len(folded) <= longest:
        return folded
    cut = folded[:longest]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


class Style(StrEnum):
    """What a piece of text is to the reader; a plain printer shows all alike."""

    PLAIN = ""
    STRONG = "bold"
    QUIET = "dim"
    GOOD = "green"
    DOUBT = "yellow"
    BAD = "red"
    PLACE = "cyan"


class Printer(Protocol):
    """Where a command's words go. Results go to stdout; `status` and `error` go to stderr."""

    @property
    def live(self) -> bool:
        """Whether a person watches: pieces are worth showing as they come."""
        ...

    def line(self, text: str = "", style: Style = Style.PLAIN, indent: int = 0) -> None:
        """Print a paragraph, wrapped at the terminal's width and indented by `indent` columns."""
        ...

    def marked(self, text: str, marks: Sequence[tuple[int, int]], indent: int = 0) -> None:
        """Print a paragraph with its (start, end) stretches standing out."""
        ...

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under their columns' names."""
        ...

    def piece(self, text: str) -> None:
        """Print a piece of a running text at once, without a new line."""
        ...


class PlainPrinter:
    """Prints bare text, wrapped at `width` columns; 0 leaves each paragraph on its line."""

    def __init__(self, out: IO[str], width: int = 0, live: bool = False) -> None:
        self.live = live
        self._out = out
        self._width = width

    def line(self, text: str = "", style: Style = Style.PLAIN, indent: int = 0) -> None:  # noqa: ARG002 (plain has none)
        """Print a paragraph."""
        for paragraph in clean(text).split("\n"):
            print(_wrapped(paragraph, self._width, indent), file=self._out)

    def marked(self, text: str, marks: Sequence[tuple[int, int]], indent: int = 0) -> None:  # noqa: ARG002 (no styles)
        """Print a paragraph on one line or wrapped; nothing stands out in plain text."""
        self.line(one_line(text), indent=indent)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print aligned columns, two spaces apart; nothing is cut."""
        cells = [[one_line(cell) for cell in row] for row in (columns, *rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(columns))]
        for row in cells:
            print(
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), file=self._out
            )

    def piece(self, text: str) -> None:
        """Print a piece at once."""
        self._out.write(clean(text))
        self._out.flush()


class RichPrinter:
    """Prints with colour in a terminal."""

    def __init__(self, out: IO[str]) -> None:
        from rich.console import Console

        self.live = True
        self._console: Console = Console(file=out, markup=False, highlight=False, emoji=False, soft_wrap=False)

    def line(self, text: str = "", style: Style = Style.PLAIN, indent: int = 0) -> None:
        """Print a paragraph."""
        from rich.text import Text

        self._paragraph(Text(clean(text), style=style.value), indent)

    def marked(self, text: str, marks: Sequence[tuple[int, int]], indent: int = 0) -> None:
        """Print a paragraph with its stretches in bold."""
        from rich.text import Text

        shown, done = Text(), 0
        for start, end in sorted(marks):
            shown.append(_flat(text[done:start]))
            shown.append(_flat(text[max(done, start) : end]), style="bold")
            done = max(done, end)
        shown.append(_flat(text[done:]))
        self._paragraph(shown, indent)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a borderless table, folding long cells."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        self._console.print(table)

    def _paragraph(self, text: Text, indent: int) -> None:
        """Print wrapped lines without the trailing spaces of rich's own padding."""
        width = max(20, self._console.width - indent)
        for line in text.wrap(self._console, width) or [text]:
            line.rstrip()
            line.pad_left(indent if line else 0)
            self._console.print(line, soft_wrap=True)

    def piece(self, text: str) -> None:
        """Print a piece at once."""
        self._console.file.write(clean(text))
        self._console.file.flush()


def open_printer(out: IO[str], plain: bool = False) -> Printer:
    """Return the printer that suits the stream: colour in a terminal unless NO_COLOR (no-color.org) or TERM=dumb."""
    terminal = out.isatty()
    if plain or not terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return PlainPrinter(out, shutil.get_terminal_size().columns if terminal else 0, live=terminal)
    return RichPrinter(out)


class Status:
    """What is going on, on stderr: a line that rewrites itself in a terminal; nothing when quiet or piped."""

    def __init__(self, err: IO[str], quiet: bool) -> None:
        self._err = err
        self._shown = not quiet and err.isatty()
        self._length = 0

    def show(self, text: str) -> None:
        """Replace the status line."""
        if self._shown:
            fitted = one_line(text)[: shutil.get_terminal_size().columns - 1]
            self._err.write("\r" + fitted.ljust(self._length))
            self._err.flush()
            self._length = len(fitted)

    def clear(self) -> None:
        """Remove the status line."""
        if self._shown and self._length:
            self._err.write("\r" + " " * self._length + "\r")
            self._err.flush()
            self._length = 0


def print_error(sentence: str) -> None:
    """Print one line on stderr, after the program's name."""
    sys.stderr.write(f"repaso: {one_line(sentence)}\n")


def _flat(text: str) -> str:
    """Clean a stretch and turn its line breaks to spaces, keeping the spaces at its ends."""
    return re.sub(r"\s+", " ", clean(text))


def _wrapped(paragraph: str, width: int, indent: int) -> str:
    """Indent and, given a width, wrap at words."""
    if not paragraph.strip():
        return ""
    if not width:
        return " " * indent + paragraph
    import textwrap

    return textwrap.fill(
        paragraph,
        width=max(width, indent + 20),
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
