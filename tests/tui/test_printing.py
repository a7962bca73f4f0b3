"""Nothing a document says commands the terminal, in plain text or in colour."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.printing import PlainPrinter, RichPrinter, Status, clean, one_line, open_printer

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@given(st.text())
def test_cleaned_text_has_no_controls(text: str) -> None:
    assert not FORBIDDEN.search(clean(text))


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])))
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        ("\x1b[31mrojo\x1b[0m", "rojo"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jtext", "text"),
        ("a\x08b\x7fc", "abc"),
        ("one\r\ntwo\rthree", "one\ntwothree"),
        ("\u202etfel", "tfel"),
        ("\x1b]0;never closed", "0;never closed"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_sequences_are_removed_and_the_words_stay(dirty: str, shown: str) -> None:
    assert clean(dirty) == shown


def test_one_line_is_one_line() -> None:
    assert one_line("a\nb\r\n  c\x1b[2J") == "a b c"


def test_markup_is_printed_and_never_obeyed() -> None:
    out = Terminal()
    printer = RichPrinter(out)
    printer.line("[red]no[/red] [link=file:///etc]x[/link] :smile:")
    printer.marked("a [bold] b", [(2, 8)])
    printer.table(["[i]c[/i]"], [["[b]d[/b]"]])
    printer.piece("[u]p[/u]\x1b[31m")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    for text in (
        "[red]no[/red]",
        "[link=file:///etc]x[/link] :smile:",
        "a [bold] b",
        "[i]c[/i]",
        "[b]d[/b]",
        "[u]p[/u]",
    ):
        assert text in shown


def test_blank_lines_and_paragraphs_stay_in_colour_without_trailing_spaces() -> None:
    out = Terminal()
    printer = RichPrinter(out)
    printer.line("uno")
    printer.line()
    printer.line("dos\n\ntres", indent=2)
    printer.line("palabra " * 40, indent=4)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).split("\n")
    assert lines[:5] == ["uno", "", "  dos", "", "  tres"]
    assert all(line == line.rstrip() for line in lines)
    assert all(line.startswith("    palabra") for line in lines[5:-1])


def test_marks_that_overlap_or_pass_the_end_print_each_letter_once() -> None:
    out = Terminal()
    RichPrinter(out).marked("abcdef", [(1, 3), (2, 5), (4, 99)])
    assert re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).strip() == "abcdef"


def test_a_pipe_a_dumb_terminal_and_no_color_get_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(open_printer(Terminal()), RichPrinter)
    assert isinstance(open_printer(Terminal(), plain=True), PlainPrinter)
    assert isinstance(open_printer(io.StringIO()), PlainPrinter)
    monkeypatch.setenv("NO_COLOR", "1")
    assert isinstance(open_printer(Terminal()), PlainPrinter)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(open_printer(Terminal()), PlainPrinter)


def test_plain_text_wraps_in_a_terminal_and_not_in_a_pipe() -> None:
    piped, narrow = io.StringIO(), io.StringIO()
    words = "palabra " * 20
    PlainPrinter(piped).line(words)
    PlainPrinter(narrow, width=40).line(words, indent=4)
    assert piped.getvalue().count("\n") == 1
    assert all(len(line) <= 40 and line.startswith("    ") for line in narrow.getvalue().splitlines())


def test_plain_tables_align_and_lose_nothing() -> None:
    out = io.StringIO()
    PlainPrinter(out).table(["A", "B"], [["largo texto", "x"], ["y", "z\nw"]])
    assert out.getvalue() == "A            B\nlargo texto  x\ny            z w\n"


def test_status_is_for_terminals_alone_and_leaves_no_trace() -> None:
    silent, shown = io.StringIO(), Terminal()
    Status(silent, quiet=False).show("x")
    Status(shown, quiet=True).show("x")
    assert (silent.getvalue(), shown.getvalue()) == ("", "")
    status = Status(shown, quiet=False)
    status.show("leyendo\x1b[2J\nalgo")
    status.clear()
    assert shown.getvalue() == "\rleyendo algo\r            \r"
