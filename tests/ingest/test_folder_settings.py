"""A folder's `repaso.toml`: what it says, and that whatever else stands in it is named and never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import (
    FolderSettingsMalformed,
    FolderSettingsMisspelled,
    FolderSettingsUnknown,
    FolderSettingsWrong,
    IngestError,
    UnreadableFile,
)
from ingest.model import Kind
from ingest.sources.folder_settings import MAX_BYTES, FolderSettings, Said, read_settings, settings_of


def settings(text: str) -> FolderSettings:
    return settings_of(text.encode(), "curso/repaso.toml")


def refused(text: str) -> IngestError:
    with pytest.raises(IngestError) as caught:
        settings(text)
    assert caught.value.params["path"] == "curso/repaso.toml"
    return caught.value


def test_an_empty_file_says_nothing() -> None:
    assert settings("").of(["a.md"]) == Said()


def test_a_file_by_notepad_is_read() -> None:
    assert settings_of('\ufeffcourse = "PLN"\r\n'.encode(), "x").of(["a.md"]) == Said(course=("PLN",))


def test_every_key_of_a_pattern_is_heard() -> None:
    table = 'pattern = "a*"\nkind = "slides"\ncourse = "C"\nsession = 4\ndate = "2025-03-14"\nignore = false'
    assert settings(f"[[files]]\n{table}").of(["a.md"]) == Said(
        ("C",), ("4",), ("2025-03-14",), (Kind.SLIDES,), (False,)
    )


@pytest.mark.parametrize("date", ["2025-03-14", '"2025-03-14"', "2025-03-14T10:00:00", '" 2025-03-14 "'])
def test_a_date_is_a_date_of_toml_or_its_text(date: str) -> None:
    assert settings(f"date = {date}").of(["a"]).date == ("2025-03-14",)


@pytest.mark.parametrize(
    ("text", "key", "near"),
    [
        ('[[files]]\npattern = "*"\nkidn = "slides"', "[[files]] 1: kidn", "kind"),
        ('[[files]]\npattern = "a"\n[[files]]\npatern = "*"', "[[files]] 2: patern", "pattern"),
        ('curse = "PLN"', "curse", "course"),
        ('Course = "PLN"', "Course", "course"),
        ('[[file]]\npattern = "*"', "file", "files"),
    ],
)
def test_a_misspelled_key_is_named_with_the_one_meant(text: str, key: str, near: str) -> None:
    error = refused(text)
    assert isinstance(error, FolderSettingsMisspelled)
    assert (error.params["key"], error.params["near"]) == (key, near)


def test_a_key_that_nobody_reads_is_named_with_those_there_are() -> None:
    error = refused('universidad = "X"')
    assert type(error) is FolderSettingsUnknown
    assert error.params["known"] == "course, session, date, files"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("course = 3", "course"),
        ('course = " "', "course"),
        ("session = true", "session"),
        ("session = [1]", "session"),
        ('date = "ayer"', "date"),
        ('date = "2025-02-30"', "date"),
        ("date = 10:00:00", "date"),
        ('files = "a"', "files"),
        ("files = [1]", "files"),
        ("[[files]]", "[[files]] 1: pattern"),
        ('[[files]]\npattern = ""', "[[files]] 1: pattern"),
        ("[[files]]\npattern = 3", "[[files]] 1: pattern"),
        ('[[files]]\npattern = "../otro/*"', "[[files]] 1: pattern"),
        ('[[files]]\npattern = "/etc/*"', "[[files]] 1: pattern"),
        ('[[files]]\npattern = "*"\nkind = "slide"', "[[files]] 1: kind"),
        ('[[files]]\npattern = "*"\nignore = "sí"', "[[files]] 1: ignore"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named_with_what_was_expected(text: str, key: str) -> None:
    error = refused(text)
    assert isinstance(error, FolderSettingsWrong)
    assert error.params["key"] == key
    assert error.params["expected"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'course = "PLN"\nsession = \n', "2"),
        (b'a\nb = "\xf3"', "2"),
        (b"x = " + b"[" * 50_000, "?"),
        (b"session = " + b"9" * 5000, "?"),
        (b"#" * (MAX_BYTES + 1), "?"),
    ],
)
def test_what_is_no_toml_is_named_by_its_line(data: bytes, line: str) -> None:
    with pytest.raises(FolderSettingsMalformed) as caught:
        settings_of(data, "repaso.toml")
    assert caught.value.params["line"] == line
    assert caught.value.params["reason"]


def test_a_folder_called_so_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "repaso.toml").mkdir()
    with pytest.raises(UnreadableFile):
        read_settings(tmp_path / "repaso.toml")
    with pytest.raises(FileNotFoundError):
        read_settings(tmp_path / "no" / "repaso.toml")


def test_what_is_shown_of_a_value_cannot_reach_the_terminal() -> None:
    error = refused('date = "\\u001b[2J\\u202e' + "x" * 1000 + '"')
    assert "\x1b" not in error.params["value"]
    assert len(error.params["value"]) <= 120


@given(st.binary(max_size=80) | st.text('[]files="*\n.pattern course{}1', max_size=80).map(str.encode))
def test_any_bytes_are_settings_or_an_error_of_ours(data: bytes) -> None:
    try:
        assert isinstance(settings_of(data, "x").of(["a.md"]), Said)
    except IngestError as error:
        assert error.params["path"] == "x"


def test_the_example_on_the_page_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text("utf-8")
    example = settings(page.partition("```toml\n")[2].partition("```")[0])
    assert example.of(["guia.md"]).kind == (Kind.STUDY_GUIDE,)
    assert example.of(["semana 3", "a", "b.pdf"]).date == ("2025-03-14",)
    assert example.of(["borradores", "x.md"]).ignore == (True,)
    assert example.of(["x.md"]) == Said(course=("Procesamiento del lenguaje natural",))
