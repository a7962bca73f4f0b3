"""OpenDocument decks and texts, as odfdo writes them and in hand-made XML."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odfdo import Document, DrawPage, Frame, Header, List, Paragraph, Table

from ingest import read
from ingest.errors import ArchiveTooLarge, DamagedFile, IngestError, UnsupportedEncryption
from ingest.formats.blocks import Slides, Text
from ingest.formats.opendocument import read_odp, read_odt
from ingest.model import Kind

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
                      ("style", "style"),
                      ("presentation", "presentation"), ("svg", "svg-compatible"), ("fo", "xsl-fo-compatible"),
                      ("chart", "chart"), ("manifest", "manifest"))
) + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
FORMULA = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo>'
    '<mfrac><mi>a</mi><mi>b</mi></mfrac></mrow><annotation encoding="StarMath 5.0">x^2 = {a} over {b}</annotation>'
    "</semantics></math>"
)


def packed(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def content(body: str, styles: str = "", declaration: str = "") -> str:
    return (
        f"{declaration}<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body>{body}</office:body></office:document-content>"
    )


def odt(body: str, styles: str = "", declaration: str = "", **more: str) -> bytes:
    parts: dict[str, str | bytes] = {"mimetype": "application/vnd.oasis.opendocument.text"}
    parts["content.xml"] = content(f"<office:text>{body}</office:text>", styles, declaration)
    parts |= {name.replace("__", "/"): text for name, text in more.items()}
    return packed(parts)


def text_of(body: str, styles: str = "") -> Text:
    return read_odt(odt(body, styles), "a.odt")


def slides_of(*pages: str, styles: str = "", **objects: str) -> Slides:
    drawn = "".join(f"<draw:page>{page}</draw:page>" if not page.startswith("<draw:page") else page for page in pages)
    parts: dict[str, str | bytes] = {
        "content.xml": content(f"<office:presentation>{drawn}</office:presentation>", styles)
    }
    parts |= {f"{name}/content.xml": data for name, data in objects.items()}
    return read_odp(packed(parts), "a.odp")


def frame(inner: str, role: str = "", x: float = 0, y: float = 0, width: float = 5, height: float = 1) -> str:
    kind = f'presentation:class="{role}"' if role else ""
    place = f'svg:x="{x}cm" svg:y="{y}cm" svg:width="{width}cm" svg:height="{height}cm"'
    return f"<draw:frame {kind} {place}>{inner}</draw:frame>"


def box(words: str, role: str = "", **place: float) -> str:
    return frame(f"<draw:text-box><text:p>{words}</text:p></draw:text-box>", role, **place)


def codes(found: Text | Slides) -> dict[str, dict[str, str]]:
    return {notice.code: dict(notice.params) for notice in found.notices}


NUMBERED = (
    '<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
    "</text:list-style>"
)
MARKS = (
    '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="C" style:family="paragraph"><style:text-properties fo:font-family="Courier New"/>'
    '</style:style><style:style style:name="H" style:family="text"><style:text-properties text:display="none"/>'
    "</style:style>"
)


def test_a_text_of_odfdo_is_notes_with_its_headings_numbered_as_its_outline_says(tmp_path: Path) -> None:
    document = Document("text")
    document.body.clear()
    document.meta.title = "Apuntes de molinos"
    for element in (Header(1, "La rueda"), Paragraph("Gira despacio."), List(["agua", "viento"]),
                    Header(2, "Sus palas"), Paragraph("Son de roble.")):  # fmt: skip
        document.body.append(element)
    document.save(str(tmp_path / "a.odt"))

    (found,) = read(tmp_path / "a.odt")

    assert (found.kind, found.title) == (Kind.NOTES, "Apuntes de molinos")
    assert [(section.title, section.text) for section in found.sections] == [
        ("1. La rueda", "Gira despacio.\n\n- agua\n- viento"), ("1.1. Sus palas", "Son de roble."),
    ]  # fmt: skip


def test_a_deck_of_odfdo_becomes_slides(tmp_path: Path) -> None:
    document = Document("presentation")
    document.body.clear()
    for title, words in (("La rueda", "Gira despacio."), ("Las palas", "Son de roble.")):
        page = DrawPage(title, name=title)
        page.append(
            Frame.text_frame(title, size=("20cm", "2cm"), position=("1cm", "1cm"), presentation_class="title")
        )
        page.append(Frame.text_frame(words, size=("20cm", "8cm"), position=("1cm", "4cm")))
        document.body.append(page)
    document.save(str(tmp_path / "a.odp"))

    (found,) = read(tmp_path / "a.odp")

    assert found.kind is Kind.SLIDES
    assert [(section.title, section.text) for section in found.sections] == [
        ("La rueda", "Gira despacio."), ("Las palas", "Son de roble."),
    ]  # fmt: skip


WORDS = st.lists(st.sampled_from(("agua", "rueda", "ñandú", "γ", "GPT-4")), min_size=1, max_size=4).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3)), min_size=1, max_size=5))
def test_headings_and_lists_read_back_as_they_were_written(pieces: list[tuple[str, list[str]]]) -> None:
    document = Document("text")
    document.body.clear()
    for title, items in pieces:
        document.body.append(Header(1, title))
        document.body.append(Paragraph("Texto."))
        if items:
            document.body.append(List(items))
    out = io.BytesIO()
    document.save(out)

    expected = [
        f"# {number}. {title}\n\nTexto." + ("\n\n" + "\n".join(f"- {item}" for item in items) if items else "")
        for number, (title, items) in enumerate(pieces, start=1)
    ]
    assert read_odt(out.getvalue(), "a.odt").text == "\n\n".join(expected)


def test_a_table_of_odfdo_stands_in_its_place() -> None:
    document = Document("text")
    document.body.clear()
    table = Table("T")
    table.set_values([["tipo", "eficacia"], ["de | corriente", "30 %"]])
    for element in (Paragraph("Antes."), table, Paragraph("Después.")):
        document.body.append(element)
    out = io.BytesIO()
    document.save(out)

    assert read_odt(out.getvalue(), "a.odt").text == (
        "Antes.\n\n| tipo | eficacia |\n| --- | --- |\n| de \\| corriente | 30 % |\n\nDespués."
    )


def test_marks_links_and_spaces_are_kept() -> None:
    found = text_of(
        '<text:p>La <text:span text:style-name="B">rueda</text:span> \n  gira<text:s text:c="2"/>y'
        '<text:line-break/>vuelve: <text:a xlink:href="https://example.org/a">leer</text:a></text:p>',
        MARKS,
    )

    assert found.text == "La **rueda** gira  y\nvuelve: [leer](https://example.org/a)"


def test_numbered_lists_count_on_where_they_say_so() -> None:
    def listed(words: str, more: str = "") -> str:
        item = f"<text:list-item><text:p>{words}</text:p></text:list-item>"
        return f'<text:list text:style-name="N" {more}>{item}</text:list>'

    inner = "<text:list><text:list-item><text:p>sí</text:p></text:list-item></text:list>"
    second, third = listed("¿Dos?", "text:continue-list='l1' xml:id='l2'"), "text:continue-numbering='true'"
    body = (
        f'<text:list xml:id="l1" text:style-name="N"><text:list-item><text:p>¿Uno?</text:p>{inner}</text:list-item>'
        f"</text:list><text:p>Respuesta.</text:p>{second}{listed('¿Tres?', third)}{listed('otra vez')}"
    )

    assert text_of(body, NUMBERED).text == ("1. ¿Uno?\n   a) sí\n\nRespuesta.\n\n2. ¿Dos?\n3. ¿Tres?\n1. otra vez")


def test_code_is_fenced() -> None:
    body = "".join(
        f'<text:p text:style-name="C">{line}</text:p>' for line in ("def f():", '<text:s text:c="4"/>pass')
    )

    assert text_of(body, MARKS).text == "```\ndef f():\n    pass\n```"


def test_deleted_text_comments_and_hidden_text_are_left_out_and_counted() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>viejo</text:p></text:deletion>"
        "</text:changed-region><text:changed-region><text:insertion/></text:changed-region></text:tracked-changes>"
        '<text:p>La <text:change-start text:change-id="c"/>nueva<text:change-end text:change-id="c"/> rueda'
        "<office:annotation><text:p>¿seguro?</text:p></office:annotation>"
        '<text:span text:style-name="H"> oculta</text:span> gira.</text:p>'
    )

    found = text_of(body, MARKS)

    assert found.text == "La nueva rueda gira."
    assert codes(found) == {
        "comments_left_out": {"count": "1"},
        "hidden_text_left_out": {"count": "1"},
        "deletions_left_out": {"count": "1", "inserted": "1"},
    }


def test_footnotes_stand_at_the_end_of_their_section() -> None:
    body = (
        "<text:p>La rueda<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>De roble.</text:p>"
        '</text:note-body></text:note> gira.</text:p><text:h text:outline-level="1">Fin</text:h>'
        "<text:p>Adiós.</text:p>"
    )

    assert text_of(body).text == "La rueda[^1] gira.\n\n[^1]: De roble.\n\n# Fin\n\nAdiós."


def test_a_table_of_contents_is_left_out_and_counted() -> None:
    body = (
        "<text:table-of-content><text:index-body><text:p>La rueda 1</text:p><text:p>Fin 2</text:p></text:index-body>"
        "</text:table-of-content><text:p>Gira.</text:p>"
    )

    found = text_of(body)
    assert found.text == "Gira."
    assert codes(found) == {"contents_left_out": {"count": "2"}}


def test_formulas_are_latex_in_their_sentence() -> None:
    held = frame('<draw:object xlink:href="./Object 1"/>')
    body = f"<text:p>Vale {held} siempre.</text:p>"

    found = read_odt(odt(body, **{"Object 1__content.xml": FORMULA}), "a.odt")
    assert found.text == "Vale $x^2=\\frac{a}{b}$ siempre."


def test_slides_have_title_bullets_tables_formulas_and_notes() -> None:
    listed = (
        "<draw:text-box><text:list><text:list-item><text:p>agua</text:p><text:list><text:list-item>"
        "<text:p>fría</text:p>"
        "</text:list-item></text:list></text:list-item></text:list></draw:text-box>"
    )
    cells = "".join(
        f"<table:table-row><table:table-cell><text:p>{a}</text:p></table:table-cell><table:table-cell>"
        f"<text:p>{b}</text:p>"
        "</table:table-cell></table:table-row>"
        for a, b in (("a", "b"), ("1", "2"))
    )
    page = (
        frame(f"<table:table>{cells}</table:table><draw:image/>", y=8)
        + frame('<draw:object xlink:href="./F"/><draw:image/>', y=12) + frame(listed, "outline", y=4)
        + box("La rueda", "title") + box("Universidad", "footer", y=14)
        + f"<presentation:notes>{box('Enseñar el vídeo.', 'notes')}{box('3', 'page-number')}</presentation:notes>"
    )  # fmt: skip

    found = slides_of(page, F=FORMULA)

    (slide,) = found.slides
    assert (slide.title, slide.notes) == ("La rueda", "Enseñar el vídeo.")
    assert slide.text == "- agua\n  - fría\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n$x^2=\\frac{a}{b}$"
    assert found.notices == ()


def test_groups_hidden_slides_and_slides_of_pictures_are_told() -> None:
    hidden = (
        '<style:style style:name="dp" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>'
    )
    grouped = f"<draw:g>{box('abajo', y=3)}{box('arriba', y=1)}</draw:g>"
    picture = frame(
        "<draw:image xlink:href='http://127.0.0.1:9/x.png'/><svg:desc>Corte de una rueda vieja</svg:desc>", y=5
    )

    found = slides_of(
        f'<draw:page draw:style-name="dp">{box("La rueda", "title")}{grouped}</draw:page>', frame("<draw:image/>"),
        box("Fin", "title") + picture, styles=hidden,
    )  # fmt: skip

    assert [(slide.number, slide.title, slide.text) for slide in found.slides] == [
        (1, "La rueda", "arriba\n\nabajo"), (3, "Fin", "Corte de una rueda vieja"),
    ]  # fmt: skip
    assert [(notice.code, notice.where) for notice in found.notices] == [
        ("slide_hidden", "1"), ("slide_without_text", "2"), ("pictures_counted", ""),
    ]  # fmt: skip


def test_a_chart_is_its_title_and_its_table() -> None:
    row = "<table:table-row>{}</table:table-row>"
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    table = "".join(row.format("".join(map(cell.format, cells))) for cells in (("", "Caudal"), ("enero", "4")))
    chart = (
        f"<office:document-content {SPACES}><office:body><office:chart><chart:chart><chart:title>"
        "<text:p>El río</text:p>"
        f"</chart:title><chart:plot-area/><table:table>{table}</table:table></chart:chart>"
        "</office:chart></office:body>"
        "</office:document-content>"
    )

    (slide,) = slides_of(box("Ríos", "title") + frame('<draw:object xlink:href="./C"/>', y=3), C=chart).slides
    assert slide.text == "El río\n\n|  | Caudal |\n| --- | --- |\n| enero | 4 |"


def test_an_encrypted_file_is_told() -> None:
    manifest = (
        f'<manifest:manifest {SPACES}><manifest:file-entry manifest:full-path="content.xml">'
        "<manifest:encryption-data/>"
        "</manifest:file-entry></manifest:manifest>"
    )
    with pytest.raises(UnsupportedEncryption):
        read_odt(odt("<text:p>x</text:p>", **{"META-INF__manifest.xml": manifest}), "a.odt")


def test_no_entity_is_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secreto.txt"
    secret.write_text("CLAVE")
    declared = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    objects = "".join(
        frame(f'<draw:object xlink:href="{href}"/>')
        for href in (secret.as_uri(), "../../secreto", "http://127.0.0.1:9/")
    )

    found = read_odt(odt(f"<text:p>hola &x;</text:p><text:p>{objects}otra</text:p>", declaration=declared), "a.odt")

    assert "CLAVE" not in repr(found)
    assert "otra" in found.text
    assert "part_mended" in codes(found)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("<text:list><text:list-item>", "</text:list-item></text:list>"), ("<text:section>", "</text:section>"),
     ("<table:table><table:table-row><table:table-cell>", "</table:table-cell></table:table-row></table:table>")],
)  # fmt: skip
@pytest.mark.parametrize("depth", [30, 10_000])
def test_nesting_without_end_is_no_crash(opening: str, closing: str, depth: int) -> None:
    found = text_of(f"<text:p>Arriba.</text:p>{opening * depth}<text:p>Fondo.</text:p>{closing * depth}")

    assert found.text.startswith("Arriba.")
    assert depth > 30 or "Fondo." in found.text


def test_spans_and_groups_without_end_are_no_crash() -> None:
    spans = "<text:span>" * 240 + "hondo" + "</text:span>" * 240
    assert "hondo" in text_of(f"<text:p>{spans}</text:p>").text
    groups = "<draw:g>" * 240 + box("hondo") + "</draw:g>" * 240
    assert slides_of(box("Arriba", "title") + groups).slides[0].title == "Arriba"


@pytest.mark.parametrize("reader", [read_odt, read_odp])
@pytest.mark.parametrize("data", [b"", b"no es un zip", packed({"mimetype": "x"}), packed({"content.xml": "<x/>"})])
def test_what_is_no_document_is_damaged(reader: object, data: bytes) -> None:
    with pytest.raises(DamagedFile):
        reader(data, "a.odt")  # type: ignore[operator]


def test_a_bomb_of_zeros_is_refused() -> None:
    with pytest.raises(ArchiveTooLarge):
        read_odt(packed({"content.xml": bytes(60 << 20)}), "a.odt")


def test_a_truncated_text_gives_what_is_left_of_it_and_is_told() -> None:
    whole = content("<office:text>" + "".join(f"<text:p>Línea {i}.</text:p>" for i in range(20)) + "</office:text>")

    found = read_odt(packed({"content.xml": whole.encode()[:-300]}), "a.odt")

    assert found.text.startswith("Línea 0.\n\nLínea 1.")
    assert list(codes(found)) == ["part_mended"]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_file_with_any_bytes_changed_is_read_or_refused(draw: st.DataObject) -> None:
    item = '<text:list-item text:start-value="3"><text:p>a</text:p></text:list-item>'
    body = f'<text:list text:style-name="N">{item}</text:list>{frame(FORMULA)}'
    old = content(f"<office:text>{body}</office:text>", NUMBERED + MARKS).encode()
    start = draw.draw(st.integers(0, len(old)))
    new = old[:start] + draw.draw(st.binary(max_size=20)) + old[start + draw.draw(st.integers(0, 40)) :]
    try:
        read_odt(packed({"content.xml": new}), "a.odt")
    except IngestError as error:
        assert error.params["path"] == "a.odt"
