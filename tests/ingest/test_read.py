"""Which files are read, and what a student is told of those that are not."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from ingest import read
from ingest.errors import BlankFile, EmptyFile, IngestError, MissingFile, UnreadableFile, UnsupportedFile, WrongKind
from ingest.model import Kind
from ingest.report import CODES

ROOT = Path(__file__).parents[2]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_nothing_at_the_path_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MissingFile) as caught:
        read(tmp_path / "no.txt")

    assert caught.value.params == {"path": str(tmp_path / "no.txt")}


def test_a_folder_is_unreadable_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path)

    assert caught.value.params["reason"] == os.strerror(21)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "hola")
    path.chmod(0)

    with pytest.raises(UnreadableFile):
        read(path)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")

    with pytest.raises(UnreadableFile):
        read(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["a.xyz", "a.png", "a", "a.txt.gz"])
def test_an_unknown_ending_of_what_is_no_text_is_unsupported(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedFile):
        read(write(tmp_path, name, bytes(range(256)) * 20))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"hola\x00mundo", bytes(range(256)) * 20])
def test_a_picture_named_as_text_is_unsupported(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnsupportedFile):
        read(write(tmp_path, "foto.txt", data))


@pytest.mark.parametrize("content", ["", "   \n\t\n", "\ufeff", "\u200b\u00ad\n", "\x1b[0m", "\x0c\x0c"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".vtt", ".srt"])
def test_a_file_of_nothing_visible_is_empty(tmp_path: Path, suffix: str, content: str) -> None:
    with pytest.raises(EmptyFile):
        read(write(tmp_path, f"a{suffix}", content))


def test_subtitles_without_a_cue_are_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        read(write(tmp_path, "a.vtt", "WEBVTT\n\nNOTE nada"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_spanish_reads_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = "La lección de mañana será sobre árboles y bosques, ¿o sobre pingüinos? Traed lápiz y papel cuadriculado."

    (document,) = read(write(tmp_path, "a.txt", text.encode(encoding)))

    assert document.sections[0].text == text
    assert document.language == "es"


def test_spanish_read_in_the_wrong_encoding_once_is_set_right(tmp_path: Path) -> None:
    (document,) = read(write(tmp_path, "a.txt", "La explicación del año".encode().decode("cp1252")))

    assert document.sections[0].text == "La explicación del año"


def test_a_broken_byte_in_a_long_text_is_replaced_and_told(tmp_path: Path) -> None:
    data = "".join(f"Un párrafo con {n} eñes y más eñes. " for n in range(100)).encode() + b"\xff fin"

    (document,) = read(write(tmp_path, "a.txt", data))

    assert [notice.code for notice in document.notices] == ["bytes_replaced"]
    assert "párrafo con 7 eñes" in document.sections[0].text


def test_a_documents_path_is_absolute_and_its_title_falls_back_to_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "mis apuntes.txt", "una línea")
    monkeypatch.chdir(tmp_path)

    (document,) = read(Path("mis apuntes.txt"))

    assert document.path == str(tmp_path / "mis apuntes.txt")
    assert document.title == "mis apuntes"


def test_an_unchanged_file_has_the_same_hash_and_a_changed_one_another(tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "# Uno\n\nprimero")
    (before,) = read(path)
    (again,) = read(path)
    write(tmp_path, "a.md", "# Uno\n\nsegundo")
    (after,) = read(path)

    assert before == again
    assert before.content_hash != after.content_hash


def test_the_kind_that_is_asked_for_overrides_what_the_content_shows(tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "# Uno\n\nalgo\n\n# Dos\n\nmás")

    assert read(path)[0].kind is Kind.NOTES
    assert read(path, Kind.SLIDES)[0].kind is Kind.SLIDES
    assert [section.title for section in read(path, Kind.SLIDES)[0].sections] == ["Uno", "Dos"]


@pytest.mark.parametrize("kind", [Kind.STUDY_GUIDE, Kind.SUMMARY])
def test_a_kind_that_the_content_cannot_be_is_an_error_that_names_it(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(WrongKind) as caught:
        read(write(tmp_path, "a.txt", "solo una frase"), kind)

    assert caught.value.params["kind"] == kind.value


def test_text_files_are_read_without_loading_any_parser_library(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "# Título\n\ntexto con eñe")
    code = (
        "import sys; from pathlib import Path; from ingest import read; read(Path(sys.argv[1]));"
        "heavy = ('pypdf', 'ftfy', 'charset_normalizer', 'numpy', 'textual', 'sqlite3');"
        "print([m for m in heavy if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.md")], capture_output=True, text=True, cwd=ROOT
    )

    assert done.stdout.strip() == "[]", done.stderr


def subclasses(error: type[IngestError]) -> set[type[IngestError]]:
    return {error} | {deeper for below in error.__subclasses__() for deeper in subclasses(below)}


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_error_and_notice_has_its_sentence(language: str) -> None:
    sentences = tomllib.loads((ROOT / "tui" / "locale" / language / "ingest.toml").read_text(encoding="utf-8"))
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "ingest").rglob("*.py"))

    for error in subclasses(IngestError):
        assert sentences["error"][error.code].format_map(defaultdict(lambda: "1"))
    noticed = {
        part.split('"')[1]
        for part in source.replace("Notice(\n", "Notice(").split("Notice(")[1:]
        if part.lstrip().startswith('"')
    }
    assert noticed <= CODES
    assert set(sentences["notice"]) == CODES
    assert len(noticed) >= 10


def test_documents_are_frozen(tmp_path: Path) -> None:
    (document,) = read(write(tmp_path, "a.txt", "hola"))

    with pytest.raises(dataclasses.FrozenInstanceError):
        document.title = "otro"  # type: ignore[misc]


def test_no_bytes_at_all_are_told_from_no_text(tmp_path: Path) -> None:
    with pytest.raises(BlankFile):
        read(write(tmp_path, "a.md", ""))
    with pytest.raises(BlankFile):
        read(write(tmp_path, "a.pdf", b"  \n"))


def test_a_short_text_with_a_bell_in_it_is_a_text(tmp_path: Path) -> None:
    (document,) = read(write(tmp_path, "a.md", "# Tono\x07\n\nUn aviso\x07 con un pitido\x9b31m."))
    assert document.title == "Tono"
