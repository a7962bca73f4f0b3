"""PDFs written byte by byte: fonts that lie, files that lead back into themselves, and what unpacks to too much."""

from __future__ import annotations

import random
import zlib

import pytest
from fpdf import FPDF

from ingest.errors import DamagedFile, EmptyFile, ExpandingFile, FormFile, GarbledFile, IngestError, MissingPage
from ingest.formats.options import ReadOptions
from ingest.formats.pdf import page_picture, read_pdf
from ingest.model import Notice

QUIET = ReadOptions(ocr=False)
TALE = (
    "La rueda del molino gira despacio cuando el agua baja por la ladera y la piedra muele el trigo durante toda la "
    "tarde de invierno"
)
HELVETICA = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
CMAP = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
    b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange %s endbfrange endcmap end end"
)


def file_of(objects: list[bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + head + table + tail


def stream(data: bytes, extra: str = "", packed: bool = True) -> bytes:
    body = zlib.compress(data, 9) if packed else data
    name = "/Filter/FlateDecode" if packed else ""
    return f"<</Length {len(body)}{name}{extra}>>\nstream\n".encode() + body + b"\nendstream"


def pages(contents: list[bytes], *fonts: str, catalog: str = "", others: tuple[bytes, ...] = ()) -> bytes:
    """Return a file of pages with the fonts /F1, /F2...; `others` are objects after them all."""
    count = len(contents)
    first_font = 3 + 2 * count
    names = " ".join(f"/F{n} {first_font + n - 1} 0 R" for n in range(1, len(fonts) + 1))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
        f"<</Type/Pages/Kids[{' '.join(f'{3 + 2 * i} 0 R' for i in range(count))}]/Count {count}>>".encode(),
    ]
    for i, content in enumerate(contents):
        box = f"/Parent 2 0 R/MediaBox[0 0 700 800]/Contents {4 + 2 * i} 0 R"
        objects += [f"<</Type/Page{box}/Resources<</Font<<{names}>>>>>>".encode(), content]
    return file_of([*objects, *(font.encode() for font in fonts), *others])


def shown(text: str, font: str = "F1", size: int = 12, wide: int = 44) -> bytes:
    lines = [text[i : i + wide] for i in range(0, len(text), wide)]
    drawn = b"".join(b"(%s) Tj 0 -16 Td " % line.encode("cp1252") for line in lines)
    return stream(b"BT /%s %d Tf 50 700 Td %sET" % (font.encode(), size, drawn))


def shifted(text: str, by: int) -> str:
    return "".join(chr((ord(c) - 97 + by) % 26 + 97) if "a" <= c <= "z" else c for c in text.lower())


def drawn_font(glyphs: str) -> str:
    """Return a font drawn as pictures, whose code 97 + n stands for the nth of the glyphs."""
    names = " ".join(f"/{glyph}" for glyph in glyphs)
    return (
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 32/LastChar 122"
        f"/Widths[{'500 ' * 91}]/CharProcs<<>>/Encoding<</Type/Encoding/Differences[97 {names}]>>>>"
    )


def used(notices: tuple[Notice, ...]) -> dict[str, str]:
    found = [dict(notice.params) for notice in notices if notice.code == "pdf_text_by"]
    return {params["engine"]: params["pages"] for params in found}


def test_each_page_is_read_by_the_engine_that_gives_words_and_the_report_says_which() -> None:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    lying = drawn_font(alphabet[3:] + alphabet[:3])  # its code "a" is drawn as "d": only pypdf looks at the names
    data = pages([shown(TALE), shown(shifted(TALE, -3), "F2"), shown(TALE)], HELVETICA, lying)

    read = read_pdf(data, "a.pdf", QUIET)

    assert used(read.notices) == {"pdfium": "1, 3", "pypdf": "2"}
    assert all("molino gira despacio" in " ".join(page.text.split()) for page in read.pages)


def test_text_that_both_engines_read_well_is_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("the slower engine was opened")

    monkeypatch.setattr("ingest.formats.pdf.read.open_pypdf", refuse)

    assert used(read_pdf(pages([shown(TALE)] * 3, HELVETICA), "a.pdf", QUIET).notices) == {"pdfium": "1-3"}


@pytest.mark.parametrize("target", ["<0044>", "<E041>", "<0005>"])
def test_a_page_whose_font_has_a_wrong_map_is_left_out_and_told(target: str) -> None:
    lying = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 9 0 R>>"
    cmap = stream(CMAP % f"<41> <7A> {target}".encode(), packed=False)
    data = pages([shown(TALE), shown(TALE, "F2")], HELVETICA, lying, others=(cmap,))

    read = read_pdf(data, "a.pdf", QUIET)

    assert [page.number for page in read.pages] == [1]
    assert ("page_garbled", "2") in [(notice.code, notice.where) for notice in read.notices]


def test_a_file_of_garbled_pages_alone_is_an_error_of_its_own() -> None:
    lying = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    data = pages([shown(TALE)], lying, others=(stream(CMAP % b"<41> <7A> <0044>", packed=False),))

    with pytest.raises(GarbledFile):
        read_pdf(data, "a.pdf", QUIET)


def test_letters_of_a_tex_font_without_names_are_deciphered_and_the_report_doubts_them() -> None:
    nameless = drawn_font("").replace("/Encoding<</Type/Encoding/Differences[97 ]>>", "")
    text = r"\276Qu\351 es la clasi\034caci\363n? El o\034cio di\034cil de un \035ujo e\034ciente"
    data = pages([stream(b"BT /F1 12 Tf 50 700 Td (" + text.encode() + b") Tj ET")], nameless)

    read = read_pdf(data, "a.pdf", QUIET)

    assert read.pages[0].text == "¿Qué es la clasificación? El oficio dificil de un flujo eficiente"
    assert "pdf_letters_decoded" in [notice.code for notice in read.notices]


def test_a_word_set_letter_by_letter_is_a_word() -> None:
    spread = b"".join(b"(%s) -300 " % char.encode("cp1252") for char in "La rueda del molino")
    data = pages([stream(b"BT /F1 12 Tf 50 700 Td [" + spread + b"] TJ ET")], HELVETICA)

    assert read_pdf(data, "a.pdf", QUIET).pages[0].text == "La rueda del molino"


def test_a_form_of_adobes_says_to_print_it() -> None:
    data = pages(
        [shown("Please wait... If this message is not eventually replaced by the proper contents")],
        HELVETICA,
        catalog="/AcroForm<</XFA 6 0 R/Fields[]>>",
        others=(stream(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"></xdp:xdp>'),),
    )

    with pytest.raises(FormFile):
        read_pdf(data, "a.pdf", QUIET)


def test_scripts_and_attachments_are_not_text() -> None:
    data = pages(
        [shown(TALE)],
        HELVETICA,
        catalog="/OpenAction<</S/JavaScript/JS(app.alert\\('hola'\\))>>/Names<</EmbeddedFiles<</Names[(x) 6 0 R]>>>>",
        others=(b"<</Type/Filespec/F(x)/EF<</F 7 0 R>>>>", stream(b"secreto")),
    )

    (page,) = read_pdf(data, "a.pdf", QUIET).pages

    assert "alert" not in page.text
    assert "secreto" not in page.text


KIDS = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
LOOPS = {
    "kids of itself": [KIDS, b"<</Type/Pages/Kids[2 0 R]/Count 5>>"],
    "kids of each other": [KIDS, b"<</Type/Pages/Kids[3 0 R]/Count 5>>", b"<</Type/Pages/Kids[2 0 R]/Count 3>>"],
    "parent": [KIDS, b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>", PAGE, shown(TALE), HELVETICA.encode()],
    "contents": [KIDS, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, b"[4 0 R 4 0 R]", HELVETICA.encode()],
    "outline": [
        b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, shown(TALE),
        HELVETICA.encode(), b"<</First 7 0 R/Last 8 0 R/Count 2>>",
        b"<</Title(A)/Parent 6 0 R/Next 8 0 R/First 6 0 R/Dest[3 0 R/Fit]>>",
        b"<</Title(B)/Parent 6 0 R/Next 7 0 R>>",
    ],
    "more pages than there are": [KIDS, b"<</Type/Pages/Kids[3 0 R]/Count 15000>>", PAGE, shown(TALE),
                                  HELVETICA.encode()],
    "brackets": [KIDS, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, stream(b"[<<" * 100_000), HELVETICA.encode()],
}  # fmt: skip


@pytest.mark.parametrize("name", LOOPS)
def test_a_file_that_leads_back_into_itself_is_read_or_damaged(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = file_of(LOOPS[name])
    try:
        read = read_pdf(data, "a.pdf", QUIET)
    except IngestError as error:
        assert error.params["path"] == "a.pdf"
    else:
        assert len(read.notices) < 100
        assert read.notices
    assert capfd.readouterr() == ("", "")


def test_very_many_damaged_pages_are_told_together() -> None:
    read = read_pdf(file_of(LOOPS["more pages than there are"]), "a.pdf", QUIET)

    assert [dict(n.params) for n in read.notices if n.code == "pages_damaged"] == [
        {"count": "14999", "pages": "2-15000"}
    ]


def test_a_file_without_pages_is_empty() -> None:
    with pytest.raises(EmptyFile):
        read_pdf(file_of([KIDS, b"<</Type/Pages/Kids[]/Count 0>>"]), "a.pdf", QUIET)


@pytest.mark.parametrize(
    "content",
    [
        stream(b" " * (100 << 20)),
        stream(zlib.compress(bytes(300 << 20), 9)).replace(b"/FlateDecode", b"[/FlateDecode/FlateDecode]"),
        stream(b"BT /F1 12 Tf " + b"(muchas letras en el mismo lugar) Tj " * 200_000 + b"ET"),
    ],
    ids=["spaces", "packed twice", "text"],
)
def test_a_page_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(content: bytes) -> None:
    with pytest.raises(ExpandingFile):
        read_pdf(pages([content], HELVETICA), "a.pdf", QUIET)


def test_a_page_of_too_many_letters_is_told_and_the_others_are_read() -> None:
    many = stream(b"BT /F1 12 Tf 50 700 Td " + b"(muchas letras en el mismo lugar) Tj " * 8_000 + b"ET")

    read = read_pdf(pages([shown(TALE), many], HELVETICA), "a.pdf", QUIET)

    assert [page.number for page in read.pages] == [1]
    assert ("page_too_large", "2") in [(notice.code, notice.where) for notice in read.notices]


def drawing(objects: list[tuple[int, int]], count: int) -> bytes:
    """Return a file whose page draws object 5; each further object is a form that draws another so many times."""
    forms = [
        stream(b"/X Do " * times, f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {other} 0 R>>>>")
        for other, times in objects
    ]
    last = stream(b"0 0 m 1 1 l S", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    page = PAGE.replace(b"/Font<</F1 5 0 R>>", b"/XObject<</X 5 0 R>>")
    kids = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return file_of([KIDS, kids, page, stream(b"/X Do " * count), *forms, last])


def test_drawings_that_draw_each_other_without_end_are_refused() -> None:
    for forms in ([(5, 2)], [(6, 2), (5, 1)], [(6 + n, 10) for n in range(12)]):
        with pytest.raises(ExpandingFile):
            read_pdf(drawing(forms, 1), "a.pdf", QUIET)


def test_drawings_in_drawings_are_no_harm() -> None:
    for forms in ([(6, 3), (7, 3), (8, 3)], [(5, 1)]):
        assert [notice.where for notice in read_pdf(drawing(forms, 5), "a.pdf", QUIET).notices] == ["1"]


def test_a_large_font_is_no_text() -> None:
    font = stream(random.Random(3).randbytes(3 << 20).replace(b"\x00", b"()"), "/Length1 3000000")

    assert read_pdf(pages([shown(TALE)], HELVETICA, others=(font,)), "a.pdf", QUIET).pages


def giant_picture() -> bytes:
    image = stream(bytes(100_000), "/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceRGB"
                   "/BitsPerComponent 8")  # fmt: skip
    page = PAGE.replace(b"/Font<</F1 5 0 R>>", b"/XObject<</I 5 0 R>>")
    kids = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return file_of([KIDS, kids, page, stream(b"600 0 0 800 0 0 cm /I Do"), image])


def test_a_giant_picture_is_never_unpacked() -> None:
    with pytest.raises(MissingPage):
        page_picture(giant_picture(), 1, (800, 600))

    assert [n.code for n in read_pdf(giant_picture(), "a.pdf", QUIET).notices] == ["page_is_picture"]


def test_a_file_whose_table_of_objects_is_lost_is_read_all_the_same() -> None:
    data = pages([shown(TALE)], HELVETICA)
    cut = data[: data.index(b"xref")]

    assert "molino" in read_pdf(cut, "a.pdf", QUIET).pages[0].text


def test_bytes_changed_at_random_give_text_or_a_sentence() -> None:
    made = FPDF()
    made.set_font("Helvetica", size=12)
    for _ in range(3):
        made.add_page()
        made.multi_cell(0, 8, TALE)
    good = bytes(made.output())
    chance = random.Random(7)
    outcomes = set()
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.choice([1, 5, 40])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            outcomes.add(
                bool(read_pdf(bytes(data[: chance.choice([len(data), chance.randrange(len(data))])]), "a.pdf", QUIET))
            )
        except IngestError as error:
            outcomes.add(type(error).__name__)
    assert {True, "DamagedFile"} <= outcomes


def test_no_bytes_at_all_are_damaged() -> None:
    with pytest.raises(DamagedFile):
        read_pdf(b"", "a.pdf", QUIET)
