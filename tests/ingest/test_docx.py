"""Word documents as python-docx writes them, and as no program should."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.shared import Inches, Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest import read
from ingest.errors import ArchiveTooLarge, DamagedFile, IngestError
from ingest.formats.blocks import Text
from ingest.formats.docx import read_docx
from ingest.model import Kind
from ingest.read import read_bytes

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    f'xmlns:w="{W}" xmlns:m="{M}" xmlns:r="{R}" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def saved(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def written(write: Callable[[WordDocument], object]) -> Text:
    """Return what is read of a document that `write` has written in."""
    document = docx.Document()
    write(document)
    return read_docx(saved(document), "a.docx")


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], **more: str) -> bytes:
    """Return an archive whose members are what `change` makes of them; those it makes None of are gone."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
        for name, text in more.items():
            new.writestr(f"word/{name}.xml", text)
    return out.getvalue()


def with_body(body: str, declaration: str = "", **parts: str) -> bytes:
    """Return a document whose body is this XML; `parts` (footnotes, numbering, ...) are related to it by type."""
    main = f"{declaration}<w:document {NAMES}><w:body>{body}</w:body></w:document>"
    related = "".join(f'<Relationship Id="x{name}" Type="{R}/{name}" Target="{name}.xml"/>' for name in parts)
    names = set(parts)

    def change(name: str, old: bytes) -> bytes | None:
        if name == "word/document.xml":
            return main.encode()
        if name.removeprefix("word/").removesuffix(".xml") in names:
            return None
        if name != "word/_rels/document.xml.rels":
            return old
        kept = re.sub(rf'<Relationship [^>]*/(?:{"|".join(names) or "-"})"[^>]*/>', "", old.decode())
        return kept.replace("</Relationships>", f"{related}</Relationships>").encode()

    return repacked(saved(docx.Document()), change, **parts)


def of_body(body: str, **parts: str) -> Text:
    return read_docx(with_body(body, **parts), "a.docx")


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(inner: str, look: str = "") -> str:
    return f"<w:p><w:pPr>{look}</w:pPr>{inner if inner.startswith('<') else run(inner)}</w:p>"


def item(text: str, number: int, level: int = 0) -> str:
    return para(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def codes(found: Text) -> dict[str, dict[str, str]]:
    return {notice.code: dict(notice.params) for notice in found.notices}


def level(number: int, form: str, text: str, start: int = 1) -> str:
    shown = f'<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/>{shown}</w:lvl>'


NUMBERING = (
    f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}'
    f"{level(1, 'lowerLetter', '%2)')}{level(2, 'decimal', '%1.%3')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "•")}{level(1, "bullet", "o")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="2">{level(0, "decimal", "Pregunta %1:", 7)}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="3">{level(0, "upperRoman", "%1.-")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    '<w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num></w:numbering>'
)


def test_headings_paragraphs_and_marks_are_markdown(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.title = "Apuntes de molinos"
    document.core_properties.author = "Eva Mora"
    document.add_heading("La rueda", 1)
    paragraph = document.add_paragraph("La ")
    paragraph.add_run("rueda").bold = True
    paragraph.add_run(" es ")
    paragraph.add_run("muy ").italic = True
    paragraph.add_run("grande").italic = True
    paragraph.add_run(".")
    document.add_heading("Sus palas", 2)
    document.add_paragraph("Son de roble.").add_run().add_break(WD_BREAK.PAGE)
    document.sections[0].header.paragraphs[0].text = "Universidad"
    (tmp_path / "a.docx").write_bytes(saved(document))

    (found,) = read(tmp_path / "a.docx")

    assert (found.kind, found.title, found.author) == (Kind.NOTES, "Apuntes de molinos", "Eva Mora")
    assert [(section.title, section.text) for section in found.sections] == [
        ("La rueda", "La **rueda** es *muy grande*."), ("Sus palas", "Son de roble."),
    ]  # fmt: skip
    assert found.notices == ()


@pytest.mark.parametrize("name", ["Título 1", "Encabezado 1", "Heading 1", "heading 1", "titulo 1"])
def test_headings_are_known_by_their_styles_name_in_spanish_too(name: str) -> None:
    def write(document: WordDocument) -> None:
        style = document.styles.add_style("propio", WD_STYLE_TYPE.PARAGRAPH)
        style.element.find(f"{{{W}}}name").set(f"{{{W}}}val", name)
        own = document.styles.add_style("derivado", WD_STYLE_TYPE.PARAGRAPH)
        own.base_style = style
        document.add_paragraph("La rueda", "derivado")
        document.add_paragraph("gira.")

    assert written(write).text == "# La rueda\n\ngira."


def test_an_outline_level_makes_a_heading() -> None:
    assert of_body(para("La rueda", '<w:outlineLvl w:val="2"/>') + para("gira.")).text == "### La rueda\n\ngira."


def test_the_title_stands_above_the_headings() -> None:
    def write(document: WordDocument) -> None:
        document.add_heading("Molinos", 0)
        document.add_heading("La rueda", 1)
        document.add_paragraph("gira.")

    found = written(write)
    assert found.text == "# Molinos\n\n## La rueda\n\ngira."
    assert found.metadata.title == "Molinos"


def test_short_bold_or_large_paragraphs_alone_are_headings() -> None:
    def write(document: WordDocument) -> None:
        for words, points, bold in (("Molinos de agua", 20, False), ("La rueda", 11, True)):
            written_run = document.add_paragraph().add_run(words)
            written_run.font.size, written_run.bold = Pt(points), bold
            for i in range(3):
                document.add_paragraph(f"El agua baja por la ladera y mueve la rueda {i}.")
        document.add_paragraph().add_run(
            "Ojo: esto no es un título, es una advertencia que acaba en punto."
        ).bold = True

    lines = written(write).text.split("\n\n")
    assert [line for line in lines if line.startswith("#")] == ["# Molinos de agua", "## La rueda"]
    assert lines[-1].startswith("**Ojo")


def test_where_everything_is_bold_nothing_is_a_heading_for_it() -> None:
    body = "".join(para(run(f"Línea {i} del texto", "<w:b/>")) for i in range(6))

    assert "#" not in of_body(body).text


def test_automatic_numbers_are_printed_as_word_does() -> None:
    body = (
        item("¿Qué es una rueda?", 1) + para("Una máquina.") + item("¿Qué mueve?", 1) + item("Piedras.", 1, 1)
        + item("Sierras.", 1, 1) + item("de agua", 1, 2) + item("¿Cuándo?", 1) + item("Siempre.", 1, 1)
        + para("Otra vez:") + item("¿Uno?", 4) + item("¿Dos?", 4)
    )  # fmt: skip

    assert of_body(body, numbering=NUMBERING).text == (
        "1. ¿Qué es una rueda?\n\nUna máquina.\n\n2. ¿Qué mueve?\n   a) Piedras.\n   b) Sierras.\n"
        "      2.1 de agua\n"
        "3. ¿Cuándo?\n   a) Siempre.\n\nOtra vez:\n\n1. ¿Uno?\n2. ¿Dos?"
    )


def test_bullets_words_and_roman_numbers_label_items() -> None:
    body = item("agua", 2) + item("fría", 2, 1) + item("¿Qué es?", 3) + item("¿Y qué no?", 3) + item("Uno", 5)

    assert of_body(body, numbering=NUMBERING).text == (
        "- agua\n  - fría\nPregunta 7: ¿Qué es?\nPregunta 8: ¿Y qué no?\nI.- Uno"
    )


def test_a_study_guide_numbered_by_word_is_a_study_guide(tmp_path: Path) -> None:
    questions = "".join(
        item(f"¿Qué hace la pieza {i} del molino?", 1) + para(f"La pieza {i} mueve la siguiente.")
        for i in range(1, 6)
    )
    (tmp_path / "guia.docx").write_bytes(with_body(questions, numbering=NUMBERING))

    (found,) = read(tmp_path / "guia.docx")

    assert found.kind is Kind.STUDY_GUIDE
    assert [(section.locator.start, section.title, section.text) for section in found.sections] == [
        (i, f"¿Qué hace la pieza {i} del molino?", f"La pieza {i} mueve la siguiente.") for i in range(1, 6)
    ]


def test_a_numbered_heading_keeps_its_number() -> None:
    look = '<w:pStyle w:val="Heading2"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'

    assert of_body(para("La rueda", look) + para("gira."), numbering=NUMBERING).text == "## 1. La rueda\n\ngira."


def test_tables_stand_in_their_place() -> None:
    def write(document: WordDocument) -> None:
        document.add_paragraph("Antes.")
        table = document.add_table(3, 3)
        for i in range(9):
            table.cell(i // 3, i % 3).text = f"c{i}|"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "unida"
        table.cell(1, 1).merge(table.cell(1, 2)).text = "ancha"
        document.add_paragraph("Después.")

    assert written(write).text == (
        "Antes.\n\n"
        "| c0\\| | c1\\| | c2\\| |\n| --- | --- | --- |\n| unida | ancha |  |\n|  | c7\\| | c8\\| |\n\nDespués."
    )


def test_a_table_of_one_cell_is_the_frame_of_what_it_holds() -> None:
    def write(document: WordDocument) -> None:
        cell = document.add_table(1, 1).cell(0, 0)
        for i, line in enumerate(("def girar(n):", "    return n")):
            paragraph = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
            paragraph.add_run(line).font.name = "Consolas"

    assert written(write).text == "```\ndef girar(n):\n    return n\n```"


def test_code_is_fenced_and_a_word_of_it_is_between_backticks() -> None:
    def write(document: WordDocument) -> None:
        paragraph = document.add_paragraph("Llama a ")
        paragraph.add_run("girar()").font.name = "Courier New"
        paragraph.add_run(" así:")
        for line in ("# una vuelta", "", "girar(1)"):
            document.add_paragraph().add_run(line).font.name = "Courier New"
        document.add_paragraph("Fin.")

    assert written(write).text == "Llama a `girar()` así:\n\n```\n# una vuelta\n\ngirar(1)\n```\n\nFin."


def test_what_was_deleted_is_left_out_and_what_was_inserted_is_read() -> None:
    gone = '<w:del w:id="1"><w:r><w:delText>viejo </w:delText></w:r></w:del>'
    new = f'<w:ins w:id="2">{run("nuevo ")}</w:ins>'
    moved = f'<w:moveFrom w:id="3">{run("de aquí ")}</w:moveFrom><w:moveTo w:id="4">{run("a aquí ")}</w:moveTo>'
    ended = '<w:rPr><w:del w:id="5"/></w:rPr>'
    row = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{para('fila borrada')}</w:tc></w:tr></w:tbl>"

    found = of_body(
        para(run("El molino ") + gone + new + moved + run("gira.")) + para("Uno ", ended) + para("dos.") + row
    )

    assert found.text == "El molino nuevo a aquí gira.\n\nUno dos."
    assert codes(found) == {"deletions_left_out": {"count": "3", "inserted": "1"}}


def test_what_a_deleted_ending_leaves_behind_is_kept_without_a_next_paragraph() -> None:
    ended = '<w:rPr><w:del w:id="5"/></w:rPr>'
    table = f"<w:tbl><w:tr><w:tc>{para('a')}</w:tc><w:tc>{para('b')}</w:tc></w:tr></w:tbl>"

    assert of_body(para("Uno.", ended) + table + para("Dos.", ended)).text == (
        "Uno.\n\n| a | b |\n| --- | --- |\n\nDos."
    )


def test_a_frame_is_read_once() -> None:
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    notes = f'<w:footnotes {NAMES}><w:footnote w:id="1">{para("De roble.")}</w:footnote></w:footnotes>'
    box = (
        f"<w:r><w:drawing><wps:txbx><w:txbxContent>{para('En la caja.')}</w:txbxContent></wps:txbx></w:drawing></w:r>"
    )
    inner = item("uno", 1) + para(run("dos") + mark + box)

    found = of_body(f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>", numbering=NUMBERING, footnotes=notes)

    assert found.text == "1. uno\n\ndos[^1]\n\nEn la caja.\n\n[^1]: De roble."


def test_comments_and_hidden_text_are_left_out_and_counted() -> None:
    comments = f'<w:comments {NAMES}><w:comment w:id="0">{para("¿seguro?")}</w:comment></w:comments>'
    body = para(run("Gira ") + run("oculto", "<w:vanish/>") + run("siempre", '<w:vanish w:val="0"/>') + run("."))

    found = of_body(body, comments=comments)

    assert found.text == "Gira siempre."
    assert codes(found) == {"comments_left_out": {"count": "1"}, "hidden_text_left_out": {"count": "1"}}


def test_footnotes_and_endnotes_stand_at_the_end_of_their_section() -> None:
    def note(kind: str) -> str:
        inner = "".join(f'<w:{kind} w:id="{i}">{para(f"{kind} número {i}.")}</w:{kind}>' for i in (1, 2))
        return f"<w:{kind}s {NAMES}>{inner}</w:{kind}s>"

    def mark(kind: str, number: int) -> str:
        return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'

    body = (
        para(run("La rueda") + mark("footnote", 2) + run(" gira") + mark("endnote", 1) + run("."))
        + para("Fin", '<w:pStyle w:val="Heading1"/>') + para(run("Adiós") + mark("footnote", 1))
    )  # fmt: skip

    assert of_body(body, footnotes=note("footnote"), endnotes=note("endnote")).text == (
        "La rueda[^1] gira[^2].\n\n[^1]: footnote número 2.\n\n[^2]: endnote número 1.\n\n# Fin\n\nAdiós[^3]\n\n"
        "[^3]: footnote número 1."
    )


def test_formulas_are_latex_in_their_sentence_or_on_their_own() -> None:
    formula = (
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    )
    body = para(run("Vale ") + formula + run(" siempre.")) + para(f"<m:oMathPara>{formula}</m:oMathPara>")

    assert of_body(body).text == "Vale $\\frac{a}{2}$ siempre.\n\n$$\\frac{a}{2}$$"


def test_a_table_of_contents_is_left_out_and_counted() -> None:
    def char(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    field = (
        para(char("begin") + "<w:r><w:instrText> TOC \\o </w:instrText></w:r>" + char("separate") + run("La rueda 1"))
        + para("Las palas 2") + para(char("end"))
    )  # fmt: skip
    framed = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{para('Índice')}{para('La rueda 1')}</w:sdtContent></w:sdt>"
    )

    for contents, count in ((field, "3"), (framed, "2")):
        found = of_body(contents + para("La rueda gira."))
        assert found.text == "La rueda gira."
        assert codes(found) == {"contents_left_out": {"count": count}}


def test_a_field_that_never_ends_takes_nothing_with_it() -> None:
    start = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC </w:instrText></w:r>'

    assert of_body(para(start + run("La rueda")) + para("gira.")).text == "La rueda\n\ngira."


def test_links_fields_and_controls_show_what_they_show() -> None:
    begin, parting, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    code = '<w:r><w:instrText>HYPERLINK "https://example.org/a"</w:instrText></w:r>'
    field = begin + code + parting + run("leer") + end
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('elegido')}</w:sdtContent></w:sdt>"
    asked = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Haga clic')}</w:sdtContent></w:sdt>"
    symbol = '<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>'

    text = of_body(para(field + run(" y ") + control + asked + run(" ") + symbol + run(" no-") + run("va"))).text
    assert text == "[leer](https://example.org/a) y elegido α no-va"


def test_text_boxes_come_after_their_paragraph_once() -> None:
    box = f"<w:txbxContent>{para('En la caja.')}</w:txbxContent>"
    drawing = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>'
        "</mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )

    assert of_body(para(run("Antes. ") + drawing) + para("Después.")).text == "Antes.\n\nEn la caja.\n\nDespués."


def test_pictures_are_counted_and_their_descriptions_read() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(picture, "PNG")

    def write(document: WordDocument) -> None:
        document.add_paragraph("Mira:")
        for text in ("Corte de una rueda con sus palas", "image1.png"):
            picture.seek(0)
            shown = document.add_picture(picture, Inches(1))
            shown._inline.docPr.set("descr", text)

    found = written(write)
    assert found.text == "Mira:\n\nCorte de una rueda con sus palas"
    assert codes(found) == {"pictures_counted": {"count": "2"}}


WORDS = st.lists(st.sampled_from(("agua", "rueda", "ñandú", "γ", "GPT-4", "3")), min_size=1, max_size=5).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), WORDS), min_size=1, max_size=8))
def test_headings_and_paragraphs_read_back_as_they_were_written(pieces: list[tuple[int, str]]) -> None:
    def write(document: WordDocument) -> None:
        for rank, words in pieces:
            document.add_heading(words, rank) if rank else document.add_paragraph(words)

    assert written(write).text == "\n\n".join(f"{'#' * rank} {words}".strip() for rank, words in pieces)


def test_a_truncated_document_gives_what_is_left_of_it_and_is_told() -> None:
    body = "".join(para(f"Línea {i}.") for i in range(20))
    data = repacked(with_body(body), lambda name, old: old[: len(old) // 2] if name == "word/document.xml" else old)

    found = read_docx(data, "a.docx")

    assert found.text.startswith("Línea 0.\n\nLínea 1.")
    assert list(codes(found)) == ["part_mended"]


@pytest.mark.parametrize("rest", [None, b"", b"\x00", b"<x/>"])
def test_a_document_that_is_rubbish_or_gone_is_damaged(rest: bytes | None) -> None:
    data = repacked(with_body(para("x")), lambda name, old: rest if name == "word/document.xml" else old)

    with pytest.raises(DamagedFile):
        read_docx(data, "a.docx")


def test_a_document_lives_without_its_other_parts() -> None:
    data = repacked(with_body(para("Gira.")), lambda name, old: old if name == "word/document.xml" else None)

    assert read_docx(data, "a.docx").text == "Gira."


def test_no_entity_is_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secreto.txt"
    secret.write_text("CLAVE")
    declared = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    chunk = f'<w:altChunk r:id="x"/><w:subDoc r:id="x"/>{para(run("otra"))}'

    found = read_docx(with_body(para(run("hola &x; fin")) + chunk, declared), "a.docx")

    assert "CLAVE" not in repr(found)
    assert "otra" in found.text
    assert "part_mended" in codes(found)


def test_a_bomb_of_zeros_is_refused() -> None:
    data = repacked(with_body(para("x")), lambda name, old: bytes(60 << 20) if name == "word/document.xml" else old)

    assert len(data) < 200_000
    with pytest.raises(ArchiveTooLarge):
        read_docx(data, "a.docx")


@pytest.mark.parametrize(("opening", "closing"), [("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
                                                  ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>")])  # fmt: skip
@pytest.mark.parametrize("depth", [60, 10_000])
def test_nesting_without_end_is_no_crash(opening: str, closing: str, depth: int) -> None:
    found = of_body(para("Arriba.") + opening * depth + para("Fondo.") + closing * depth)

    assert found.text.startswith("Arriba.")
    assert depth > 60 or "Fondo." in found.text


@pytest.mark.parametrize("wrap", ["ins", "hyperlink", "smartTag"])
def test_runs_wrapped_again_and_again_are_no_crash(wrap: str) -> None:
    assert "hondo" in of_body(para(f"<w:{wrap}>" * 240 + run("hondo") + f"</w:{wrap}>" * 240)).text


def test_styles_that_are_based_on_each_other_end() -> None:
    styles = (
        f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="B"/>'
        "</w:style>"
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="B"/><w:basedOn w:val="A"/></w:style></w:styles>'
    )

    assert of_body(para("Gira.", '<w:pStyle w:val="A"/>'), styles=styles).text == "Gira."


def test_numbers_that_are_none_do_no_harm() -> None:
    body = (
        item("uno", 99) + para("dos", '<w:numPr><w:ilvl w:val="x"/><w:numId w:val="1"/></w:numPr>')
        + para("tres", '<w:outlineLvl w:val="99999999999"/>') + para(run("cuatro", '<w:sz w:val="-4"/>'))
    )  # fmt: skip
    broken = NUMBERING.replace('<w:start w:val="1"/>', '<w:start w:val="9999999999999999999"/>')

    assert of_body(body, numbering=broken).text == "uno\n\n1. dos\n\ntres\n\ncuatro"


def test_a_large_table_is_read_at_once() -> None:
    row = "<w:tr>" + f"<w:tc>{para('x')}</w:tc>" * 10 + "</w:tr>"

    assert of_body(f"<w:tbl>{row * 2000}</w:tbl>").text.count("\n") == 2000


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_document_with_any_bytes_changed_is_read_or_refused(draw: st.DataObject) -> None:
    parts = ("word/document.xml", "word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels")
    part = draw.draw(st.sampled_from(parts))

    def change(name: str, old: bytes) -> bytes:
        if name != part:
            return old
        start = draw.draw(st.integers(0, len(old)))
        return old[:start] + draw.draw(st.binary(max_size=20)) + old[start + draw.draw(st.integers(0, 40)) :]

    try:
        read_docx(repacked(WHOLE, change), "a.docx")
    except IngestError as error:
        assert error.params["path"] == "a.docx"


WHOLE = with_body(
    item("uno", 1)
    + item("dos", 1, 1)
    + f"<w:tbl><w:tr><w:tc>{para('x')}</w:tc></w:tr></w:tbl>"
    + para(run("b", "<w:b/>")),
    numbering=NUMBERING,
)


@pytest.mark.parametrize("filler", [" ", "a", "\t", "/x/", "*", "`", "[", "<w:br/>"])
def test_enormous_runs_of_one_thing_are_read(filler: str) -> None:
    inner = f'<w:r><w:t xml:space="preserve">x{filler * 100_000}y</w:t></w:r>'
    if filler.startswith("<"):
        inner = f"<w:r><w:t>x</w:t>{filler * 20_000}<w:t>y</w:t></w:r>"

    text = of_body(para(run("Antes ", "<w:b/>") + inner)).text
    assert text.startswith("**Antes**")
    assert text.endswith("y")


def test_a_question_after_the_bullets_of_an_answer_is_a_question() -> None:
    guide = docx.Document()
    for number in range(1, 5):
        guide.add_paragraph(f"¿Qué hace la pieza {number}?", style="List Number")
        guide.add_paragraph("Mueve la rueda de al lado.")
        guide.add_paragraph("Con aceite", style="List Bullet")
        guide.add_paragraph("Sin ruido", style="List Bullet")
    (document,) = read_bytes(saved(guide), "guia.docx", "/guia.docx")
    assert document.kind is Kind.STUDY_GUIDE
    assert [section.locator.start for section in document.sections] == [1, 2, 3, 4]
    assert {section.text for section in document.sections} == {
        "Mueve la rueda de al lado.\n\n- Con aceite\n- Sin ruido"
    }
