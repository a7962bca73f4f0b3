"""Pages that are pictures, with and without OCR, and pictures of pages."""

from __future__ import annotations

import io
import shutil
import stat
import textwrap
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from ingest import read
from ingest.errors import DamagedFile, EmptyFile, MissingPage, ProtectedFile
from ingest.formats import ocr
from ingest.formats.options import ReadOptions
from ingest.formats.pdf import page_picture, read_pdf
from ingest.formats.pdf.pictures import MAX_SIDE
from ingest.model import Notice

WORDS = "La rueda del molino gira\ncuando baja el agua"
HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def picture(text: str = WORDS, size: tuple[int, int] = (1400, 900)) -> Image.Image:
    image = Image.new("L", size, 255)
    font = ImageFont.load_default(size=64)
    ImageDraw.Draw(image).multiline_text((80, 120), text, fill=0, font=font, spacing=30)
    return image


def deck(pages: list[tuple[str, Image.Image | None]], width: float = 297, height: float = 210) -> bytes:
    made = FPDF(orientation="L", format="A4")
    made.set_auto_page_break(auto=False)
    made.set_font("Helvetica", size=14)
    for text, image in pages:
        made.add_page()
        if image is not None:
            made.image(image, 0, 0, width, height)
        made.multi_cell(0, 8, text)
    return bytes(made.output())


LONG = "El agua baja por la ladera y mueve la rueda del molino durante toda la tarde. " * 3


def codes(notices: tuple[Notice, ...]) -> list[tuple[str, str]]:
    return [(notice.code, notice.where) for notice in notices if notice.code.startswith("page_")]


def program(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in place of Tesseract, which knows Spanish and English and otherwise does what `body` says."""
    script = folder / "tesseract"
    script.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = "--list-langs" ]; then printf "List of languages (3):\\neng\\nosd\\nspa\\n"; exit 0; fi\n'
        'echo "$@" >> ' + f"'{folder}/asked'\n" + textwrap.dedent(body)
    )
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def writes(words: list[tuple[int, str, float]]) -> str:
    """Return the body of a program that finds these words: line, text and confidence of each."""
    rows = [f"5\t1\t1\t1\t{line}\t1\t10\t10\t90\t20\t{conf}\t{text}" for line, text, conf in words]
    return "cat > \"$2.tsv\" <<'END'\n" + "\n".join([HEAD, *rows]) + "\nEND\n"


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)


def test_a_page_that_is_a_picture_needs_ocr_even_when_a_few_letters_come_out(no_tesseract: None) -> None:
    read = read_pdf(deck([(LONG, None), ("Fig. 1", picture()), (LONG, None)]), "a.pdf")

    assert codes(read.notices) == [("page_needs_ocr", "2")]
    assert "Fig. 1" in read.pages[1].title + read.pages[1].text


def test_a_page_of_drawn_letters_needs_ocr(no_tesseract: None) -> None:
    made = FPDF(orientation="L", format="A4")
    made.set_font("Helvetica", size=14)
    made.add_page()
    made.multi_cell(0, 8, LONG)
    made.add_page()
    for i in range(80):
        made.line(20 + 2 * i, 50, 22 + 2 * i, 60)

    assert codes(read_pdf(bytes(made.output()), "a.pdf").notices) == [("page_needs_ocr", "2")]


def test_a_background_on_all_pages_hides_no_text(no_tesseract: None) -> None:
    image = picture("")

    assert codes(read_pdf(deck([(f"Lámina {n}", image) for n in "abcdef"]), "a.pdf").notices) == []


def test_a_picture_beside_text_enough_is_none_to_read(no_tesseract: None) -> None:
    assert codes(read_pdf(deck([(LONG, picture(""))]), "a.pdf").notices) == []


def test_ocr_reads_the_page_and_the_report_says_in_which_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, writes([(1, "La", 96), (1, "rueda", 91), (2, "gira", 93)]), monkeypatch)
    seen: list[tuple[int, int, bool]] = []

    found = read_pdf(
        deck([(LONG, None), ("", picture())]), "a.pdf", ReadOptions(progress=lambda *step: seen.append(step))
    )

    assert found.pages[1].text == "La rueda\ngira"
    assert codes(found.notices) == [("page_read_by_ocr", "2")]
    assert dict(found.notices[-1].params)["language"] == "spa+eng"
    assert "-l spa+eng" in (tmp_path / "asked").read_text()
    assert seen == [(0, 2, False), (1, 2, False), (1, 2, True)]


def test_what_ocr_is_not_sure_of_is_doubted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, writes([(1, "rucda", 31), (1, "g1ra", 22)]), monkeypatch)

    found = read_pdf(deck([("", picture())]), "a.pdf")

    assert codes(found.notices) == [("page_read_by_ocr", "1"), ("page_ocr_doubtful", "1")]
    assert dict(found.notices[-1].params)["confidence"] == "26"


@pytest.mark.parametrize(
    "body",
    ["echo no puedo >&2; exit 1\n", "exec sleep 30\n", 'printf "nada\\n" > "$2.tsv"\n', "exit 0\n"],
    ids=["fails", "hangs", "writes no table", "writes nothing"],
)
def test_ocr_that_fails_or_hangs_is_told_and_the_other_pages_are_read(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, body, monkeypatch)
    monkeypatch.setattr(ocr, "SECONDS", 1)

    found = read_pdf(deck([(LONG, None), ("", picture())]), "a.pdf")

    assert [page.number for page in found.pages] == [1]
    assert {code for code, _ in codes(found.notices)} <= {"page_ocr_failed", "page_without_text"}
    assert codes(found.notices)


def test_ocr_that_is_not_wanted_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, writes([(1, "rueda", 96)]), monkeypatch)

    found = read_pdf(deck([(LONG, None), ("", picture())]), "a.pdf", ReadOptions(ocr=False))

    assert codes(found.notices) == [("page_is_picture", "2")]
    assert not (tmp_path / "asked").exists()


def test_ocr_that_finds_less_than_the_page_has_does_not_replace_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, writes([(1, "Fi", 96)]), monkeypatch)

    found = read_pdf(deck([("Figura del molino", picture())]), "a.pdf")

    assert "Figura del molino" in found.pages[0].title + found.pages[0].text


def test_a_scan_without_ocr_is_an_empty_file(tmp_path: Path, no_tesseract: None) -> None:
    (tmp_path / "a.pdf").write_bytes(deck([("", picture())]))

    with pytest.raises(EmptyFile):
        read(tmp_path / "a.pdf")


@pytest.mark.skipif(not ocr.languages(), reason="Tesseract with Spanish or English is not installed")
def test_tesseract_reads_a_scan(tmp_path: Path) -> None:
    found = read_pdf(deck([("", picture())]), "a.pdf")

    assert found.pages[0].text.split() == WORDS.split()
    assert codes(found.notices) == [("page_read_by_ocr", "1")]


def test_a_page_is_drawn_no_larger_than_asked_for() -> None:
    image = Image.open(io.BytesIO(page_picture(deck([(LONG, None)]), 1, (400, 120))))

    assert image.format == "PNG"
    assert image.width <= 400
    assert image.height <= 120
    assert image.convert("L").getextrema()[0] < 200


def test_a_page_is_drawn_within_a_limit_whatever_is_asked_for() -> None:
    image = Image.open(io.BytesIO(page_picture(deck([(LONG, None)]), 1, (90_000, 90_000))))

    assert max(image.size) <= MAX_SIDE


@pytest.mark.parametrize("page", [0, 2, -1])
def test_a_page_that_is_not_there_cannot_be_drawn(page: int) -> None:
    with pytest.raises(MissingPage):
        page_picture(deck([(LONG, None)]), page, (100, 100))


def test_a_page_of_a_protected_or_damaged_file_is_not_drawn_without_its_password() -> None:
    made = FPDF()
    made.add_page()
    made.set_encryption(owner_password="dueña", user_password="molino")
    data = bytes(made.output())

    assert page_picture(data, 1, (100, 100), "molino")
    with pytest.raises(ProtectedFile):
        page_picture(data, 1, (100, 100))
    with pytest.raises(DamagedFile):
        page_picture(b"hola", 1, (100, 100))
