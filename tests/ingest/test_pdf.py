"""Real PDF files: decks, notes, protected, damaged and scanned ones."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from ingest import read
from ingest.errors import DamagedFile, EmptyFile, ProtectedFile
from ingest.formats.options import ReadOptions
from ingest.model import Kind, Locator, LocatorType
from ingest.report import warnings

LONG = "El agua baja por la ladera y mueve la rueda del molino durante toda la tarde. "


def pdf(pages: list[str], orientation: str = "P", **info: str) -> bytes:
    made = FPDF(orientation=orientation, format="A4")
    made.set_font("Helvetica", size=12)
    for text in pages:
        made.add_page()
        if text:
            made.multi_cell(0, 8, text)
    if info:
        made.set_title(info.get("title", ""))
        made.set_author(info.get("author", ""))
    return bytes(made.output())


def encrypted(data: bytes, password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner_password="dueña", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def save(folder: Path, data: bytes, name: str = "a.pdf") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_landscape_pages_are_slides_with_their_number_and_title(tmp_path: Path) -> None:
    data = pdf(["Molinos\nLa rueda\n- gira", "Código\nimport rueda\ndef girar(n):\n    return rueda.vuelta(n)"], "L",
               title="Sesión 3. Molinos", author="Eva Mora")  # fmt: skip

    (deck,) = read(save(tmp_path, data))

    assert (deck.kind, deck.title, deck.author, deck.session) == (
        Kind.SLIDES, "Sesión 3. Molinos", "Eva Mora", "Sesión 3. Molinos"
    )  # fmt: skip
    assert deck.sections[0].title == "Molinos"
    assert deck.sections[0].locator == Locator(LocatorType.SLIDE, 1, 1)
    assert deck.sections[1].text.startswith("```\nimport rueda\ndef girar(n):\n")


def test_upright_pages_of_prose_are_notes_located_by_page(tmp_path: Path) -> None:
    (notes,) = read(save(tmp_path, pdf([LONG * 8, LONG * 9])))

    assert notes.kind is Kind.NOTES
    assert [section.locator for section in notes.sections] == [
        Locator(LocatorType.PAGE, 1, 1), Locator(LocatorType.PAGE, 2, 2)
    ]  # fmt: skip
    assert notes.language == "es"


def test_running_headers_and_page_numbers_are_taken_out(tmp_path: Path) -> None:
    pages = [f"Curso de molinos\n{LONG * 3}\nidea {'abcdef'[i]}\nPágina {i + 1} de 6" for i in range(6)]

    (notes,) = read(save(tmp_path, pdf(pages)))

    text = "\n".join(section.text for section in notes.sections)
    assert "Curso de molinos" not in text
    assert "Página" not in text
    assert "idea f" in text


def test_a_page_without_text_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (notes,) = read(save(tmp_path, pdf([LONG * 4, "", LONG * 5])))

    assert [section.locator.start for section in notes.sections] == [1, 3]
    assert [(n.code, n.where) for n in warnings(notes.notices)] == [("page_without_text", "2")]


def test_a_file_of_pictures_alone_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        read(save(tmp_path, pdf(["", ""])))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_protected_file_opens_with_its_password_only(tmp_path: Path, algorithm: str) -> None:
    path = save(tmp_path, encrypted(pdf([LONG]), "molino", algorithm))

    for password in ("", "otra"):
        with pytest.raises(ProtectedFile):
            read(path, options=ReadOptions(password))
    assert "ladera" in read(path, options=ReadOptions("molino"))[0].sections[0].text


def test_a_file_protected_by_no_password_at_all_just_opens(tmp_path: Path) -> None:
    assert read(save(tmp_path, encrypted(pdf([LONG]), "", "RC4-128")))[0].sections


def test_a_study_guide_in_a_pdf_is_a_study_guide(tmp_path: Path) -> None:
    guide = "\n\n".join(f"{i}. ¿Qué es la pieza {i}?\n\nEs la pieza que gira {i} veces." for i in range(1, 6))

    (document,) = read(save(tmp_path, pdf([guide])))

    assert document.kind is Kind.STUDY_GUIDE
    assert [section.locator.start for section in document.sections] == [1, 2, 3, 4, 5]


def test_a_question_that_goes_over_several_lines_of_a_page_is_whole(tmp_path: Path) -> None:
    stem = "¿Qué parte del molino de agua mueve la piedra cuando el río baja con poca fuerza y la rueda apenas gira?"
    guide = "\n".join(f"{i}. {stem}\n1. El eje\n2. La rueda\nAmbas." for i in range(1, 5))

    (document,) = read(save(tmp_path, pdf([guide])))

    assert [section.title for section in document.sections] == [stem] * 4
    assert document.sections[0].text == "1. El eje\n2. La rueda\nAmbas."


@pytest.mark.parametrize("keep", [0, 9, 200, 600, -40])
def test_a_cut_file_is_damaged_or_read_never_a_crash(tmp_path: Path, keep: int) -> None:
    data = pdf([LONG])[:keep] or b"%PDF-1.7"
    try:
        documents = read(save(tmp_path, data))
    except DamagedFile as error:
        assert error.params["reason"]
    except EmptyFile:
        pass
    else:
        assert "ladera" in documents[0].sections[0].text


def test_bytes_that_are_no_pdf_are_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile):
        read(save(tmp_path, b"hola, esto no es un PDF"))


def test_nothing_is_printed_about_a_sloppy_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = pdf([LONG]).replace(b"startxref\n", b"startxref\n9")

    read(save(tmp_path, data))

    assert capfd.readouterr() == ("", "")
