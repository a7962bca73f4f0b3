"""What a file is, told from its bytes whatever its name says, and the password of an Office file."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import tarfile
import wave
import zipfile
from importlib import import_module
from pathlib import Path

import docx
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from PIL import Image
from pptx import Presentation

from ingest import read
from ingest.errors import (
    ArchiveFile,
    DamagedFile,
    ForeignFile,
    IngestError,
    LfsPointer,
    OldOffice,
    PictureFile,
    PlaceholderFile,
    ProtectedFile,
    RichTextFile,
    SoundFile,
    UnsupportedFile,
)
from ingest.formats.options import ReadOptions
from ingest.formats.registry import format_called
from ingest.formats.sniff import refuse, sniff
from ingest.model import Kind
from ingest.report import Effect, effect_of

VTT = b"WEBVTT\n\n00:01.000 --> 00:04.000\nEl molino gira.\n"
SRT = b"1\r\n00:00:01,000 --> 00:00:04,000\r\nEl molino gira.\r\n"


def pptx_bytes() -> bytes:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "La rueda"
    slide.placeholders[1].text = "gira"
    return saved(deck)


def docx_bytes() -> bytes:
    document = docx.Document()
    document.add_heading("La rueda", 1)
    document.add_paragraph("Gira despacio toda la tarde.")
    return saved(document)


def saved(file: object) -> bytes:
    out = io.BytesIO()
    file.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def pdf_bytes() -> bytes:
    made = FPDF()
    made.set_font("Helvetica", size=12)
    made.add_page()
    made.multi_cell(0, 8, "El agua baja por la ladera.")
    return bytes(made.output())


def locked(data: bytes, password: str) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(out, form)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        file.addfile(tarfile.TarInfo("a.txt"))
    return out.getvalue()


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(100))
    return out.getvalue()


def database(folder: Path) -> bytes:
    connection = sqlite3.connect(folder / "a.db")
    connection.execute("create table molinos (nombre text)")
    connection.commit()
    connection.close()
    return (folder / "a.db").read_bytes()


def ole(stream: str) -> bytes:
    """Return what an OLE container of old Office begins with and names."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.docx", "a.md", "a", "a.xyz"])
def test_a_deck_is_a_deck_under_any_name(name: str) -> None:
    found, notices = sniff(pptx_bytes(), name, name)

    assert found == format_called("pptx")
    assert [notice.code for notice in notices] == [
        "format_mismatch" if Path(name).suffix in (".txt", ".pdf", ".docx", ".md") else "format_guessed"
    ]


@pytest.mark.parametrize(
    ("data", "name", "really"),
    [(docx_bytes(), "a.pptx", "docx"), (pdf_bytes(), "a.docx", "pdf"), (b"\n\n" + pdf_bytes(), "a.txt", "pdf"),
     (VTT, "a.txt", "subtitles"), (b"\xef\xbb\xbf" + VTT, "a.txt", "subtitles"), (SRT, "a.txt", "subtitles"),
     (SRT.decode().encode("utf-16"), "a.txt", "subtitles"), (VTT, "a.pdf", "subtitles"),
     (b"0:00:01.000,0:00:04.000\nEl molino gira.\n", "a.txt", "subtitles")],
)  # fmt: skip
def test_what_a_name_hides_is_read_as_what_it_is(data: bytes, name: str, really: str) -> None:
    found, notices = sniff(data, name, name)

    assert found == format_called(really)
    assert [(notice.code, effect_of(notice)) for notice in notices] == [("format_mismatch", Effect.REPAIRED)]
    assert dict(notices[0].params)["says"] == Path(name).suffix


@pytest.mark.parametrize(
    ("data", "really"),
    [(b"<!DOCTYPE html>\n<html><body>hola</body></html>", "html"),
     (b"\n<html lang='es'><body>x</body></html>", "html"),
     (json.dumps({"cells": [], "nbformat": 4}).encode(), "notebook"), (b'[{"titulo": "a", "texto": "b"}]', "json"),
     (b'{"titulo": "a"}\n{"titulo": "b"}\n', "json")],
)  # fmt: skip
def test_text_named_txt_that_is_another_format_is_that(data: bytes, really: str) -> None:
    if format_called(really) is None:
        pytest.skip(f"no reader of {really} here")
    assert sniff(data, "a.txt", "a.txt")[0] == format_called(really)


@pytest.mark.parametrize(
    "text",
    ["BM25 es una función.", "MZ, ID3 y RIFF son siglas.", "%PDF-1.7 es una cabecera, dijo.\n" * 3,
     "PK es una empresa.",
     "{llaves} y [corchetes]", "[1] Molinos, 1999.", '{"roto": ', "Rar! qué bien", "OTTO Dix", "1\nUno\n2\nDos",
     "El WEBVTT es un formato.", "<p>Un párrafo</p>", "[[enlace]]", "{}", "ftyp", "II. El molino", "%!bang",
     "[" * 100_000, "{\"a\":" * 50_000, "[InternetShortcut es otra cosa"],
)  # fmt: skip
def test_prose_that_begins_like_a_format_stays_text(text: str) -> None:
    assert sniff(text.encode(), "a.txt", "a.txt") == (format_called("text"), ())
    assert sniff(b"Uno\n" + text.encode(), "a.txt", "a.txt") == (format_called("text"), ())


def test_markdown_may_begin_as_it_likes() -> None:
    for data in (VTT, b"<html>\n# hola", b'[{"a": 1}]'):
        assert sniff(data, "a.md", "a.md") == (format_called("markdown"), ())


@pytest.mark.parametrize(
    ("data", "error", "what"),
    [(picture("PNG"), PictureFile, "PNG"), (picture("JPEG"), PictureFile, "JPEG"),
     (picture("GIF"), PictureFile, "GIF"), (picture("BMP"), PictureFile, "BMP"),
     (picture("TIFF"), PictureFile, "TIFF"), (picture("WEBP"), PictureFile, "WebP"),
     (b"<?xml version='1.0'?>\n<svg xmlns='x'/>", PictureFile, "SVG"), (sound(), SoundFile, "WAV"),
     (b"ID3\x04\0\0", SoundFile, "MP3"), (b"\0\0\0\x20ftypisom", SoundFile, "MP4"),
     (b"\x1a\x45\xdf\xa3\x01", SoundFile, "Matroska/WebM"), (gzip.compress(b"hola"), ArchiveFile, "gzip"),
     (bz2.compress(b"hola"), ArchiveFile, "bzip2"), (lzma.compress(b"hola"), ArchiveFile, "xz"),
     (tarred(), ArchiveFile, "tar"), (b"7z\xbc\xaf\x27\x1c\0\4", ArchiveFile, "7z"),
     (b"Rar!\x1a\x07\x01\0", ArchiveFile, "RAR"), (zipped("apuntes.txt"), ArchiveFile, "zip"),
     (zipped("xl/workbook.xml", "[Content_Types].xml"), ForeignFile, "Excel"),
     (zipped("Index/Document.iwa"), ForeignFile, "Keynote/Pages"), (b"MZ\x90\0\x03\0", ForeignFile, "EXE"),
     (b"\x7fELF\2\1", ForeignFile, "ELF"), (b"OTTO\0\x0b", ForeignFile, "OpenType"),
     (b"{\\rtf1\\ansi El molino}", RichTextFile, "RTF"),
     (ole("PowerPoint Document"), OldOffice, "PowerPoint 97-2003"),
     (ole("WordDocument"), OldOffice, "Word 97-2003"), (ole("nada"), ForeignFile, "OLE"),
     (b"[InternetShortcut]\r\nURL=https://example.org", PlaceholderFile, ".url"),
     (b"L\0\0\0\x01\x14\x02\0", PlaceholderFile, ".lnk"), (b"bplist00\xd1", PlaceholderFile, ".icloud/.plist")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.pptx", "a"])
def test_what_we_do_not_read_is_called_what_it_is(
    data: bytes, error: type[ForeignFile], what: str, name: str
) -> None:
    with pytest.raises(UnsupportedFile) as caught:
        sniff(data, name, name)
    assert type(caught.value) is error
    assert (caught.value.params["path"], caught.value.params["what"]) == (name, what)


def test_a_database_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(ForeignFile) as caught:
        sniff(database(tmp_path), "a.txt", "a.txt")
    assert caught.value.params["what"] == "SQLite"


def test_old_office_files_say_how_to_save_them(tmp_path: Path) -> None:
    path = tmp_path / "clase.ppt"
    path.write_bytes(ole("PowerPoint Document"))
    with pytest.raises(OldOffice) as caught:
        read(path)
    assert caught.value.params["save_as"] == ".pptx"


@pytest.mark.parametrize("name", ["a.pdf", "a.pptx", "a.txt", "a.vtt"])
def test_a_pointer_of_git_lfs_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n"
    )
    with pytest.raises(LfsPointer):
        read(tmp_path / name)


def test_a_placeholder_of_a_cloud_is_told_by_its_name() -> None:
    for name in (".clase.pdf.icloud", "clase.gslides"):
        with pytest.raises(PlaceholderFile):
            refuse(b'{"url": "https://example.org"}', name, name)


@pytest.mark.parametrize("name", ["apuntes", "apuntes.text", "apuntes.log", "apuntes.v2"])
def test_text_whose_name_says_nothing_is_read_as_text(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("El molino gira.\n\nEl agua lo mueve.\n", "utf-8")

    (document,) = read(tmp_path / name)

    assert document.kind is Kind.NOTES
    assert [(notice.code, effect_of(notice)) for notice in document.notices] == [("format_guessed", Effect.READ)]


def test_bytes_whose_name_says_nothing_are_unsupported(tmp_path: Path) -> None:
    (tmp_path / "apuntes").write_bytes(bytes(range(256)) * 9)
    with pytest.raises(UnsupportedFile):
        read(tmp_path / "apuntes")


def test_a_large_file_of_no_format_of_ours_is_named_from_its_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("ingest.read"), "UNKNOWN_BYTES", 100)
    (tmp_path / "clase.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(200))
    with pytest.raises(SoundFile):
        read(tmp_path / "clase.mp4")


def test_a_file_under_a_wrong_name_is_read_whole_and_told(tmp_path: Path) -> None:
    (tmp_path / "clase.pdf").write_bytes(pptx_bytes())

    (document,) = read(tmp_path / "clase.pdf")

    assert [(section.title, section.text) for section in document.sections] == [("La rueda", "- gira")]
    assert [notice.code for notice in document.notices] == ["format_mismatch"]


@pytest.mark.parametrize(("name", "data"), [("a.pptx", pptx_bytes()), ("a.docx", docx_bytes())])
def test_an_office_file_behind_a_password_is_read_with_it(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(locked(data, "ñandú 7"))

    (document,) = read(tmp_path / name, options=ReadOptions(password="ñandú 7"))

    assert document.sections[0].title == "La rueda"
    assert document.notices == ()


@pytest.mark.parametrize("password", ["", "otra"])
def test_without_its_password_an_office_file_is_protected(tmp_path: Path, password: str) -> None:
    (tmp_path / "a.docx").write_bytes(locked(docx_bytes(), "olivo"))
    with pytest.raises(ProtectedFile):
        read(tmp_path / "a.docx", options=ReadOptions(password=password))


LOCKED = locked(docx_bytes(), "olivo")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(LOCKED) - 1), st.integers(0, 255)), min_size=1, max_size=60))
def test_a_broken_encrypted_file_is_an_error_like_any_other(changes: list[tuple[int, int]]) -> None:
    data = bytearray(LOCKED)
    for at, byte in changes:
        data[at] = byte
    from ingest.formats.encrypted_office import read_encrypted

    try:
        read_encrypted(bytes(data), "a.docx", ReadOptions(password="olivo"))
    except IngestError as error:
        assert error.params["path"] == "a.docx"


def test_a_container_in_a_container_is_not_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.formats import encrypted_office

    monkeypatch.setattr(encrypted_office, "decrypted", lambda data, path, password: LOCKED)
    with pytest.raises(DamagedFile):
        encrypted_office.read_encrypted(LOCKED, "a.docx", ReadOptions(password="olivo"))


STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7", b"PAR1", b"WEBVTT", b"{",
          b"[",
          b"RIFF", b"<html", b"1\n00:00:01,000 --> 00:00:02,000\n", b"")  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=200), st.sampled_from(["a.txt", "a.pdf", "a.docx", "a", "a.md"]))
def test_any_bytes_have_a_format_or_an_error(start: bytes, rest: bytes, name: str) -> None:
    try:
        found, _ = sniff(start + rest, name, name)
    except IngestError as error:
        assert error.params["path"] == name
    else:
        assert format_called(found.name) == found
