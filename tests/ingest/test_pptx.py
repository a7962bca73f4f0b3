"""PowerPoint decks as python-pptx writes them, and as no program should."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches, Pt

from ingest import read
from ingest.errors import ArchiveTooLarge, DamagedFile, IngestError
from ingest.formats.blocks import Slides
from ingest.formats.pptx import read_pptx
from ingest.model import Kind, Locator, LocatorType

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
NAMES = f'xmlns:a="{A}" xmlns:p="{P}" xmlns:r="{R}" xmlns:m="{M}"'


def saved(deck: object) -> bytes:
    out = io.BytesIO()
    deck.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def deck_of(*slides: tuple[str, list[tuple[int, str]]]) -> bytes:
    """Return a deck of slides with a title and bullets of given levels."""
    deck = Presentation()
    for title, bullets in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        frame = slide.placeholders[1].text_frame
        for i, (level, words) in enumerate(bullets):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.text = words
            paragraph.level = level
    return saved(deck)


def drawn(draw: Callable[..., None], layout: int = 6) -> Slides:
    """Return what is read of a deck with one slide, drawn by `draw`."""
    deck = Presentation()
    draw(deck.slides.add_slide(deck.slide_layouts[layout]))
    return read_pptx(saved(deck), "a.pptx")


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return an archive whose members are what `change` makes of them; those it makes None of are gone."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    return out.getvalue()


def with_tree(shapes: str, declaration: str = "") -> bytes:
    """Return a deck whose one slide holds these shapes in XML."""
    slide = (
        f'{declaration}<p:sld {NAMES} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        f'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"><p:cSld><p:spTree><p:nvGrpSpPr/>'
        f"<p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:sld>"
    )
    return repacked(deck_of(("x", [])), lambda name, old: slide.encode() if name == "ppt/slides/slide1.xml" else old)


def shape(paragraphs: str, x: int = 0, y: int = 0, width: int = 1000, height: int = 1000) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" '
        f'y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/>{paragraphs}'
        "</p:txBody></p:sp>"
    )


def para(text: str, properties: str = "") -> str:
    return f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>"


def codes(found: Slides) -> list[str]:
    return [notice.code for notice in found.notices]


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    out.seek(0)
    return out


def test_a_deck_becomes_slides_with_title_bullets_and_notes(tmp_path: Path) -> None:
    deck = Presentation()
    deck.core_properties.title = "Sesión 4. Molinos de agua"
    deck.core_properties.author = "Eva Mora"
    cover = deck.slides.add_slide(deck.slide_layouts[0])
    cover.shapes.title.text = "Molinos de agua"
    cover.placeholders[1].text = "Curso de hidráulica"
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "La rueda"
    slide.placeholders[1].text = "gira despacio"
    slide.notes_slide.notes_text_frame.text = "Enseñar el vídeo."
    (tmp_path / "molinos.pptx").write_bytes(saved(deck))

    (document,) = read(tmp_path / "molinos.pptx")

    assert (document.kind, document.title, document.author) == (Kind.SLIDES, "Sesión 4. Molinos de agua", "Eva Mora")
    assert [(s.title, s.text, s.notes) for s in document.sections] == [
        ("Molinos de agua", "Curso de hidráulica", ""), ("La rueda", "- gira despacio", "Enseñar el vídeo."),
    ]  # fmt: skip
    assert document.sections[1].locator == Locator(LocatorType.SLIDE, 2, 2)
    assert document.notices == ()


VOCABULARY = ("agua", "rueda", "molino", "ñandú", "déficit", "GPT-4", "piedra", "γ", "fin")
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6).map(" ".join)


@st.composite
def bullets(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Draw bullets that go at most one level deeper at a time."""
    levels, found = 0, []
    for i in range(draw(st.integers(0, 6))):
        levels = draw(st.integers(0, levels + 1 if i else 0).map(lambda level: min(level, 4)))
        found.append((levels, draw(WORDS)))
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORDS, bullets()), min_size=1, max_size=4))
def test_titles_and_bullets_read_back_as_they_were_written(slides: list[tuple[str, list[tuple[int, str]]]]) -> None:
    found = read_pptx(deck_of(*slides), "a.pptx")

    assert [(slide.number, slide.title, slide.text) for slide in found.slides] == [
        (i, title, "\n".join(f"{'  ' * level}- {words}" for level, words in listed))
        for i, (title, listed) in enumerate(slides, start=1)
    ]
    assert found.notices == ()


def test_boxes_are_read_top_to_bottom_and_column_by_column() -> None:
    places = (("abajo", 1, 6, 8, 1), ("derecha 2", 5, 4.4, 3, 1), ("izquierda", 1, 2, 3, 3.4),
              ("derecha 1", 5, 2.2, 3, 1), ("arriba", 1, 0.5, 8, 1), ("fin izquierda", 1, 8, 3, 1),
              ("fin", 1, 9.2, 3, 1), ("fin derecha", 5, 8, 3, 2.2))  # fmt: skip

    def draw(slide: object) -> None:
        for words, x, y, width, height in places:
            corners = map(Inches, (x, y, width, height))
            slide.shapes.add_textbox(*corners).text_frame.text = words  # type: ignore[attr-defined]

    assert drawn(draw).slides[0].text.split("\n\n") == [
        "arriba", "izquierda", "derecha 1", "derecha 2", "abajo", "fin izquierda", "fin", "fin derecha",
    ]  # fmt: skip


def test_without_a_title_the_topmost_big_line_is_one() -> None:
    def draw(slide: object) -> None:
        for words, y, points in (("La rueda del molino", 0.3, 36), ("El agua la mueve sin parar.", 2, 18)):
            box = slide.shapes.add_textbox(Inches(1), Inches(y), Inches(6), Inches(1))  # type: ignore[attr-defined]
            box.text_frame.text = words
            box.text_frame.paragraphs[0].runs[0].font.size = Pt(points)

    (slide,) = drawn(draw).slides
    assert (slide.title, slide.text) == ("La rueda del molino", "El agua la mueve sin parar.")


def test_tables_stand_in_their_place_with_merged_cells_once() -> None:
    def draw(slide: object) -> None:
        shapes = slide.shapes  # type: ignore[attr-defined]
        shapes.title.text = "Ruedas"
        table = shapes.add_table(3, 2, Inches(1), Inches(3), Inches(6), Inches(1)).table
        for i, words in enumerate(("tipo", "eficacia", "de corriente | baja", "30 %", "unida", "")):
            table.cell(i // 2, i % 2).text = words
        table.cell(2, 0).merge(table.cell(2, 1))
        shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(0.5)).text_frame.text = "Antes"

    assert drawn(draw, layout=5).slides[0].text == (
        "Antes\n\n| tipo | eficacia |\n| --- | --- |\n| de corriente \\| baja | 30 % |\n| unida |  |"
    )


def test_groups_are_read_together_however_deep() -> None:
    def draw(slide: object) -> None:
        shapes = slide.shapes  # type: ignore[attr-defined]
        for depth in range(30):
            group = shapes.add_group_shape()
            group.shapes.add_textbox(0, Inches(depth), Inches(3), Inches(1)).text_frame.text = f"nivel {depth}"
            shapes = group.shapes

    found = drawn(draw)
    assert sorted(found.slides[0].text.split("\n\n")) == sorted(f"nivel {depth}" for depth in range(30))


def test_a_charts_words_and_few_numbers_are_a_table() -> None:
    def draw(slide: object) -> None:
        data = CategoryChartData()
        data.categories = ["enero", "febrero"]
        data.add_series("Caudal", (4.3, 2.5))
        data.add_series("Lluvia", (10, None))
        frame = slide.shapes.add_chart(  # type: ignore[attr-defined]
            XL_CHART_TYPE.COLUMN_CLUSTERED, 0, Inches(1), Inches(5), Inches(3), data
        )
        frame.chart.has_title = True
        frame.chart.chart_title.text_frame.text = "El río en invierno"

    assert drawn(draw).slides[0].text == (
        "El río en invierno\n\n"
        "|  | Caudal | Lluvia |\n| --- | --- | --- |\n| enero | 4.3 | 10 |\n| febrero | 2.5 |  |"
    )


def test_a_chart_of_many_numbers_is_told_by_its_names() -> None:
    def draw(slide: object) -> None:
        data = CategoryChartData()
        data.categories = [f"día {i}" for i in range(200)]
        data.add_series("Caudal", range(200))
        slide.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 0, Inches(5), Inches(3), data)  # type: ignore[attr-defined]

    text = drawn(draw).slides[0].text
    assert "Caudal" in text
    assert "día 0; día 1;" in text
    assert "|" not in text


def test_links_and_bold_terms_are_kept_and_programs_links_are_not() -> None:
    def draw(slide: object) -> None:
        paragraph = slide.shapes.add_textbox(0, 0, Inches(5), Inches(1)).text_frame.paragraphs[0]  # type: ignore[attr-defined]
        for words, bold, url in (("La ", False, ""), ("rue", True, ""), ("da", True, ""), (" gira: ", False, ""),
                                 ("leer", False, "https://example.org/rueda"), (" y ", False, ""),
                                 ("abrir", False, "file:///C:/Users/eva/a.docx")):  # fmt: skip
            run = paragraph.add_run()
            run.text = words
            run.font.bold = bold
            if url:
                run.hyperlink.address = url
        slide.shapes.add_textbox(0, Inches(2), Inches(5), Inches(1)).text_frame.text = "Otra línea\vpartida"  # type: ignore[attr-defined]

    assert drawn(draw).slides[0].text == (
        "La **rueda** gira: [leer](https://example.org/rueda) y abrir\n\nOtra línea\npartida"
    )


def test_lines_in_a_font_for_code_are_fenced() -> None:
    def draw(slide: object) -> None:
        frame = slide.shapes.add_textbox(0, 0, Inches(5), Inches(1)).text_frame  # type: ignore[attr-defined]
        for i, line in enumerate(("def girar(n):", "    return n * 2")):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.text = line
            paragraph.runs[0].font.name = "Courier New"

    assert drawn(draw).slides[0].text == "```\ndef girar(n):\n    return n * 2\n```"


def test_a_slide_of_pictures_alone_is_told_with_its_number() -> None:
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_picture(picture(), 0, 0)
    titled = deck.slides.add_slide(deck.slide_layouts[5])
    titled.shapes.title.text = "La presa"
    titled.shapes.add_picture(picture(), 0, 0, deck.slide_width, deck.slide_height)

    found = read_pptx(saved(deck), "a.pptx")

    assert [(slide.number, slide.title) for slide in found.slides] == [(2, "La presa")]
    assert [(notice.code, notice.where) for notice in found.notices] == [
        ("slide_without_text", "1"), ("slide_in_picture", "2"), ("pictures_counted", ""),
    ]  # fmt: skip
    assert dict(found.notices[-1].params) == {"count": "2"}


@pytest.mark.parametrize(
    ("description", "text"),
    [("Corte de una rueda con sus palas", "Corte de una rueda con sus palas"), ("image12.png", ""), ("Imagen 4", ""),
     ("Un gato\n\nDescripción generada automáticamente", ""), ("C:\\Users\\eva\\foto.png", ""), ("", "")],
)  # fmt: skip
def test_alternative_text_is_read_where_a_person_wrote_it(description: str, text: str) -> None:
    def draw(slide: object) -> None:
        slide.shapes.title.text = "La presa"  # type: ignore[attr-defined]
        shown = slide.shapes.add_picture(picture(), 0, Inches(3))  # type: ignore[attr-defined]
        shown._element.nvPicPr.cNvPr.set("descr", description)

    assert drawn(draw, layout=5).slides[0].text == text


def test_hidden_slides_are_read_and_told() -> None:
    data = repacked(
        deck_of(("Una", [(0, "agua")]), ("Otra", [(0, "piedra")])),
        lambda name, old: old.replace(b"<p:sld ", b'<p:sld show="0" ') if name.endswith("slide2.xml") else old,
    )

    found = read_pptx(data, "a.pptx")

    assert [slide.title for slide in found.slides] == ["Una", "Otra"]
    assert [(notice.code, notice.where) for notice in found.notices] == [("slide_hidden", "2")]


def test_footers_dates_and_numbers_are_left_out() -> None:
    def holder(kind: str, text: str) -> str:
        return shape(para(text)).replace("<p:nvPr/>", f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>')

    shapes = holder("title", "La rueda") + holder("ftr", "Universidad") + holder("dt", "3/3/2024")
    shapes += holder("sldNum", "7")
    field = '<a:p><a:r><a:t>Página </a:t></a:r><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p>'

    (slide,) = read_pptx(with_tree(shapes + shape(field)), "a.pptx").slides
    assert (slide.title, slide.text) == ("La rueda", "Página")


def test_numbered_paragraphs_keep_their_numbers() -> None:
    auto = '<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr>'
    inner = '<a:pPr lvl="1"><a:buAutoNum type="alphaLcParenR" startAt="3"/></a:pPr>'
    body = (
        para("uno", auto)
        + para("dentro", inner)
        + para("más", inner)
        + para("dos", auto)
        + para("suelto")
        + para("x")
    )

    text = read_pptx(with_tree(shape(body)), "a.pptx").slides[0].text
    assert text == "1. uno\n   c) dentro\n   d) más\n2. dos\n\nsuelto\n\nx"


def test_formulas_are_latex_within_their_sentence() -> None:
    formula = (
        '<mc:AlternateContent><mc:Choice Requires="a14"><a14:m><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e>'
        "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></a14:m></mc:Choice>"
        "<mc:Fallback><a:r><a:t>no se ve</a:t></a:r></mc:Fallback></mc:AlternateContent>"
    )
    body = f"<a:p><a:r><a:t>El área </a:t></a:r>{formula}<a:r><a:t> crece</a:t></a:r></a:p>"
    whole = (
        f'<mc:AlternateContent><mc:Choice Requires="a14">{shape(body)}</mc:Choice><mc:Fallback>'
        f"{shape(para('dibujo'))}</mc:Fallback></mc:AlternateContent>"
    )

    for shapes in (shape(body + para("y más.")), whole + shape(para("y más."), y=5000)):
        assert read_pptx(with_tree(shapes), "a.pptx").slides[0].text == "El área $x^2$ crece\n\ny más."


def with_diagram(points: str, links: str) -> bytes:
    """Return a deck whose slide holds a SmartArt diagram of these points and links."""
    dgm = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    frame = (
        f'<p:graphicFrame><p:nvGraphicFramePr/><a:graphic><a:graphicData uri="{dgm}"><dgm:relIds xmlns:dgm="{dgm}" '
        'r:dm="rId90" r:lo="rId91"/></a:graphicData></a:graphic></p:graphicFrame>'
    )
    data = (
        f'<dgm:dataModel xmlns:dgm="{dgm}" xmlns:a="{A}"><dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{links}'
        "</dgm:cxnLst></dgm:dataModel>"
    )
    related = f'<Relationship Id="rId90" Type="{R}/diagramData" Target="../diagrams/data1.xml"/></Relationships>'
    deck = repacked(
        with_tree(frame),
        lambda name, old: old.replace(b"</Relationships>", related.encode()) if "slide1.xml.rels" in name else old,
    )
    out = io.BytesIO(deck)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("ppt/diagrams/data1.xml", data)
    return out.getvalue()


def point(name: str, text: str = "", kind: str = "node") -> str:
    return f'<dgm:pt modelId="{name}" type="{kind}"><dgm:t><a:bodyPr/>{para(text)}</dgm:t></dgm:pt>'


def test_a_diagrams_points_are_nested_bullets() -> None:
    points = (
        point("0", "", "doc")
        + point("b", "Moler")
        + point("a", "Recoger")
        + point("c", "Limpiar")
        + point("t", "x", "parTrans")
    )
    links = "".join(f'<dgm:cxn modelId="9" srcId="{s}" destId="{d}" srcOrd="{o}"/>' for s, d, o in
                    (("0", "b", 1), ("0", "a", 0), ("a", "c", 0)))  # fmt: skip

    assert read_pptx(with_diagram(points, links), "a.pptx").slides[0].text == "- Recoger\n  - Limpiar\n- Moler"


def test_a_diagram_that_contains_itself_ends() -> None:
    points = point("0", "", "doc") + point("a", "Moler") + point("b", "Limpiar")
    links = "".join(
        f'<dgm:cxn srcId="{s}" destId="{d}"/>' for s, d in (("0", "a"), ("a", "b"), ("b", "a"), ("a", "a"))
    )

    assert read_pptx(with_diagram(points, links), "a.pptx").slides[0].text == "- Moler\n  - Limpiar"


@pytest.mark.parametrize("kind", ["template", "slideshow", "macro"])
def test_shows_templates_and_macros_are_read_as_decks(kind: str) -> None:
    types = {
        "template": b"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "slideshow": b"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        "macro": b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    }
    old = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    data = repacked(deck_of(("Una", [(0, "agua")])), lambda name, part: part.replace(old, types[kind]))

    assert read_pptx(data, "a.pptm").slides[0].text == "- agua"


def three() -> bytes:
    return deck_of(*((f"Lámina {i}", [(0, f"agua {i}")]) for i in (1, 2, 3)))


def test_a_truncated_slide_gives_what_is_left_of_it_and_is_told() -> None:
    def cut(name: str, data: bytes) -> bytes:
        return data[: data.index("Lámina 2".encode()) + 9] if name.endswith("slide2.xml") else data

    found = read_pptx(repacked(three(), cut), "a.pptx")

    assert [slide.title for slide in found.slides] == ["Lámina 1", "Lámina 2", "Lámina 3"]
    assert [(notice.code, notice.where) for notice in found.notices] == [("slide_mended", "2")]


@pytest.mark.parametrize("rest", [b"", b"\x00\xff nada", b"<x/>", None])
def test_a_slide_that_is_rubbish_or_gone_costs_only_itself(rest: bytes | None) -> None:
    found = read_pptx(repacked(three(), lambda name, data: rest if name.endswith("slide2.xml") else data), "a.pptx")

    assert [slide.number for slide in found.slides] == [1, 3]
    assert [(notice.code, notice.where) for notice in found.notices] == [("slide_damaged", "2")]


def test_a_deck_lives_without_its_layouts_masters_and_theme() -> None:
    def only(name: str, data: bytes) -> bytes | None:
        return None if re.search("slideLayouts|slideMasters|theme|docProps|Content_Types", name) else data

    found = read_pptx(repacked(three(), only), "a.pptx")
    assert [slide.title for slide in found.slides] == ["Lámina 1", "Lámina 2", "Lámina 3"]
    assert "agua 1" in found.slides[0].text


@pytest.mark.parametrize("gone", ["ppt/presentation.xml", "_rels/.rels"])
def test_a_deck_without_its_main_part_is_damaged_and_without_its_signpost_is_not(gone: str) -> None:
    data = repacked(three(), lambda name, old: None if name == gone else old)
    if gone.startswith("ppt"):
        with pytest.raises(DamagedFile):
            read_pptx(data, "a.pptx")
    else:
        assert len(read_pptx(data, "a.pptx").slides) == 3


def test_no_entity_is_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secreto.txt"
    secret.write_text("CLAVE")
    declared = f'<!DOCTYPE p:sld [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "ye">]>'
    body = para("hola &x; &y; fin") + "<a:p><a:r><a:t>otra</a:t></a:r></a:p>"
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'

    found = read_pptx(with_tree(shape(body) + include, declared), "a.pptx")

    assert "CLAVE" not in repr(found)
    assert "otra" in found.slides[0].text
    assert "slide_mended" in codes(found)


def test_a_bomb_of_entities_is_not_expanded() -> None:
    declared = "<!DOCTYPE p:sld [<!ENTITY a0 'agua'>" + "".join(
        f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12)
    )  # fmt: skip
    found = read_pptx(with_tree(shape(para("hola &a11; fin")), declared + "]>"), "a.pptx")

    assert len(repr(found)) < 5000


def test_a_bomb_of_zeros_is_refused() -> None:
    data = repacked(three(), lambda name, old: bytes(60 << 20) if name.endswith("slide2.xml") else old)

    assert len(data) < 200_000
    with pytest.raises(ArchiveTooLarge):
        read_pptx(data, "a.pptx")


def test_a_huge_picture_is_not_even_unpacked() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "La presa"
    slide.shapes.add_picture(picture(), 0, 0)
    data = repacked(saved(deck), lambda name, old: bytes(300 << 20) if name.endswith(".png") else old)

    assert read_pptx(data, "a.pptx").slides[0].title == "La presa"


@pytest.mark.parametrize("depth", [100, 10_000])
def test_groups_nested_without_end_are_no_crash(depth: int) -> None:
    group = "<p:grpSp><p:nvGrpSpPr/><p:grpSpPr/>"
    data = with_tree(shape(para("arriba"), y=-(10**6)) + group * depth + shape(para("fondo")) + "</p:grpSp>" * depth)

    found = read_pptx(data, "a.pptx")

    assert "arriba" in found.slides[0].title + found.slides[0].text
    assert depth > 200 or "fondo" in found.slides[0].title + found.slides[0].text
    assert codes(found) == (["slide_mended"] if depth > 200 else [])


def test_relations_that_lead_outside_or_in_circles_are_not_followed() -> None:
    def lead(name: str, data: bytes) -> bytes:
        if "slides/_rels" not in name:
            return data
        outside = (
            f'<Relationship Id="rIdX" Type="{R}/notesSlide" Target="http://127.0.0.1:9/n.xml" TargetMode="External"/>'
            f'<Relationship Id="rIdY" Type="{R}/notesSlide" Target="../slides/slide1.xml"/>'
            f'<Relationship Id="rIdZ" Type="{R}/slideLayout" Target="../../../../../etc/passwd"/>'
        )
        return data.replace(b"</Relationships>", outside.encode() + b"</Relationships>")

    assert [slide.title for slide in read_pptx(repacked(three(), lead), "a.pptx").slides] == [
        "Lámina 1", "Lámina 2", "Lámina 3"
    ]  # fmt: skip


def test_what_a_program_called_the_deck_is_no_title() -> None:
    found = read_pptx(three(), "a.pptx")  # python-pptx's template: "PowerPoint Presentation" by Steve Canny

    assert (found.metadata.title, found.metadata.author) == ("", "")


def test_text_cannot_talk_to_the_terminal() -> None:
    found = read_pptx(with_tree(shape(para("gira&#x9b;31m ro\u202eja"))), "a.pptx")

    assert "\x9b" not in repr(found)
    assert "\u202e" not in repr(found)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_deck_with_any_bytes_changed_is_read_or_refused(draw: st.DataObject) -> None:
    parts = ("ppt/presentation.xml", "ppt/slides/slide2.xml", "ppt/_rels/presentation.xml.rels", "_rels/.rels",
             "ppt/slideMasters/slideMaster1.xml", "docProps/core.xml")  # fmt: skip
    part = draw.draw(st.sampled_from(parts))

    def change(name: str, old: bytes) -> bytes:
        if name != part:
            return old
        start = draw.draw(st.integers(0, len(old)))
        return old[:start] + draw.draw(st.binary(max_size=20)) + old[start + draw.draw(st.integers(0, 40)) :]

    try:
        found = read_pptx(repacked(THREE, change), "a.pptx")
    except IngestError as error:
        assert error.params["path"] == "a.pptx"
    else:
        assert all(1 <= slide.number <= 3 for slide in found.slides)


THREE = three()
