"""How words on a page become text: columns, lists, tables, code, running lines, titles and headings."""

from __future__ import annotations

import io

from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from ingest.formats.blocks import Page
from ingest.formats.options import ReadOptions
from ingest.formats.pdf import read_pdf
from ingest.formats.pdf.compose import Outline, compose
from ingest.formats.pdf.model import RawPage, Shape, Word
from ingest.model import Notice

LONG = "El agua baja por la ladera y mueve la rueda del molino durante toda la tarde. "
NO_OUTLINE = Outline({}, {})


def deck(orientation: str = "L") -> FPDF:
    made = FPDF(orientation=orientation, format="A4")
    made.set_auto_page_break(auto=False)
    return made


def put(
    made: FPDF, x: float, y: float, text: str, size: float = 14, style: str = "", font: str = "Helvetica"
) -> None:
    """Write one line with its top left corner at a place in millimetres."""
    made.set_font(font, style, size)
    made.set_xy(x, y)
    made.cell(0, size * 0.5, text)


def read(made: FPDF) -> tuple[Page, ...]:
    return read_pdf(bytes(made.output()), "a.pdf", ReadOptions(ocr=False)).pages


def told(made: FPDF, code: str) -> list[dict[str, str]]:
    notices: tuple[Notice, ...] = read_pdf(bytes(made.output()), "a.pdf", ReadOptions(ocr=False)).notices
    return [dict(notice.params) for notice in notices if notice.code == code]


def box(made: FPDF, x: float, y: float, lines: list[str], step: float = 8) -> None:
    for i, line in enumerate(lines):
        put(made, x, y + step * i, line)


def test_two_text_boxes_are_read_one_after_the_other() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "Dos molinos", 28)
    box(made, 20, 60, ["De agua", "Gira despacio", "Muele trigo"], 12)
    box(made, 160, 60, ["De viento", "Gira deprisa", "Muele maíz"], 12)

    (page,) = read(made)

    assert page.title == "Dos molinos"
    assert " ".join(page.text.split()) == "De agua Gira despacio Muele trigo De viento Gira deprisa Muele maíz"


def test_boxes_that_the_file_has_in_another_order_are_read_as_they_stand() -> None:
    made = deck()
    made.add_page()
    box(made, 160, 60, ["De viento", "Gira deprisa"], 8)
    put(made, 20, 170, "Al final, una nota al pie de los dos molinos y de su larga historia en la comarca")
    box(made, 20, 60, ["De agua", "Gira despacio"], 8)
    put(made, 20, 15, "Dos molinos", 28)

    (page,) = read(made)

    assert page.title == "Dos molinos"
    assert page.text.split()[:4] == ["De", "agua", "Gira", "despacio"]
    assert page.text.split()[-1] == "comarca"


def test_two_columns_of_a_paper_are_read_in_turn_even_when_written_across() -> None:
    left = [f"izquierda {i} la rueda gira despacio hoy" for i in "abcdefgh"]
    right = [f"derecha {i} la piedra muele trigo aquí" for i in "abcdefgh"]
    made = deck("P")
    made.add_page()
    for i, (one, other) in enumerate(zip(left, right, strict=True)):
        put(made, 15, 40 + 6 * i, one, 10)
        put(made, 110, 40 + 6 * i, other, 10)

    (page,) = read(made)

    assert " ".join(page.text.split()) == " ".join([*left, *right])


def test_a_table_keeps_its_rows_also_with_cells_of_two_lines_and_empty_ones() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "Resultados", 28)
    for i, row in enumerate([("Molino", "Piedras", "Año"), ("De agua", "dos", "1820"), ("De viento", "", "1790")]):
        for k, cell in enumerate(row):
            if cell:
                put(made, 20 + 70 * k, 50 + 14 * i, cell)
    put(made, 20, 92, "De marea")
    put(made, 90, 89, "tres y una")
    put(made, 90, 95, "de repuesto")
    put(made, 160, 92, "1755")
    put(made, 20, 150, "Fuente: el archivo.")

    (page,) = read(made)

    assert page.text == (
        "| Molino | Piedras | Año |\n| --- | --- | --- |\n| De agua | dos | 1820 |\n| De viento |  | 1790 |\n"
        "| De marea | tres y una de repuesto | 1755 |\n\nFuente: el archivo."
    )


def test_a_table_of_contents_is_no_table() -> None:
    made = deck("P")
    made.add_page()
    for i, line in enumerate(["La presa", "El canal", "La rueda"]):
        put(made, 15, 40 + 8 * i, f"{i + 1}. {line} {' .' * 30}")
        put(made, 150, 40 + 8 * i, str(i + 3))

    assert "|" not in read(made)[0].text


def test_lists_keep_their_levels_and_their_items_are_whole() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "La molienda", 28)
    item = "La rueda recoge el agua que baja por el canal y la lleva con su giro hasta el eje que"
    for i, (x, line) in enumerate(
        [(20, "- " + item), (24, "mueve la piedra"), (20, "- Segunda"), (35, "- Dentro"), (20, "- Tercera")]
    ):
        put(made, x, 50 + 8 * i, line)

    (page,) = read(made)

    assert page.text == f"- {item} mueve la piedra\n- Segunda\n  - Dentro\n- Tercera"


def test_bullets_that_are_drawn_are_bullets() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "La molienda", 28)
    for i, line in enumerate(["Primero el trigo", "Luego la harina"]):
        made.ellipse(20, 52.3 + 12 * i, 1.6, 1.6, style="F")
        put(made, 24, 50 + 12 * i, line)

    assert read(made)[0].text == "- Primero el trigo\n- Luego la harina"


def test_code_keeps_its_lines_its_indentation_and_its_accents() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "Código", 28)
    code = ["def girar(n):", "    if n > 0:", "        return girar(n - 1)", "", "print(`n` + '´a')"]
    for i, line in enumerate(code):
        if line:
            put(made, 20, 50 + 8 * i, line, 14, font="Courier")
    put(made, 20, 120, "La llamada termina.")

    assert read(made)[0].text == "```\n" + "\n".join(code) + "\n```\n\nLa llamada termina."


def test_a_document_in_a_typewriter_font_is_no_code() -> None:
    made = deck("P")
    made.add_page()
    made.set_font("Courier", size=11)
    made.multi_cell(0, 6, LONG * 4)

    assert "```" not in read(made)[0].text


def test_words_cut_by_a_hyphen_are_joined_and_compounds_keep_theirs() -> None:
    made = deck("P")
    made.add_page()
    for i, line in enumerate(
        [
            "Con los ejemplos etiquetados de la comarca se mejora el apren-",
            "dizaje de los molineros más jóvenes, que luego hacen un fine-",
            "tuning de la piedra y comparan lo que muele.",
        ]
    ):
        put(made, 15, 40 + 6 * i, line, 12)

    (page,) = read(made)

    assert page.text == (
        "Con los ejemplos etiquetados de la comarca se mejora el aprendizaje de los molineros más jóvenes, que luego "
        "hacen un fine-tuning de la piedra y comparan lo que muele."
    )
    assert told(made, "pdf_words_rejoined") == [{"count": "2"}]


def footed(count: int, foot: str = "Eva Mora   Molinos   {n}/{count}") -> FPDF:
    made = deck()
    for n in range(1, count + 1):
        made.add_page()
        put(made, 20, 15, f"Lámina {'abcdefgh'[n - 1]}", 28)
        put(made, 20, 60, f"Texto {'abcdefgh'[n - 1]} de la lámina")
        put(made, 20, 195, foot.format(n=n, count=count), 9)
    return made


def test_footers_with_the_number_inside_are_taken_out_and_counted() -> None:
    pages = read(footed(6))

    assert [page.text for page in pages] == [f"Texto {letter} de la lámina" for letter in "abcdef"]
    assert told(footed(6), "pdf_running_removed")[0]["pages"] == "6"


def test_section_names_that_small_print_repeats_are_taken_out() -> None:
    made = deck()
    for n, section in enumerate(["Historia", "Historia", "Historia", "Piezas", "Piezas", "Piezas"]):
        made.add_page()
        put(made, 20, 4, section, 8)
        put(made, 20, 20, f"Lámina {'abcdef'[n]}", 28)
        put(made, 20, 60, f"Texto {'abcdef'[n]} de la lámina")

    assert [page.text for page in read(made)] == [f"Texto {letter} de la lámina" for letter in "abcdef"]


def test_a_page_number_goes_and_a_year_stays() -> None:
    made = deck("P")
    for n in range(1, 4):
        made.add_page()
        put(made, 15, 40, LONG[:60], 12)
        put(made, 15, 60, "El molino se cerró en", 12)
        put(made, 15, 70, "1974", 12)
        put(made, 100, 285, str(n + 10), 9)

    assert [page.text.split()[-1] for page in read(made)] == ["1974"] * 3


def test_slides_that_say_only_the_same_keep_their_words() -> None:
    made = deck()
    for _ in range(5):
        made.add_page()
        put(made, 20, 100, "Gracias")

    assert [page.title or page.text for page in read(made)] == ["Gracias"] * 5


def test_a_title_over_two_lines_is_one_and_the_text_does_not_repeat_it() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "Cómo se construye un molino", 28)
    put(made, 20, 28, "de agua en la montaña", 28)
    put(made, 20, 60, "Se elige un río.")

    (page,) = read(made)

    assert (page.title, page.text) == ("Cómo se construye un molino de agua en la montaña", "Se elige un río.")


def test_a_title_drawn_twice_for_its_shadow_is_kept_once() -> None:
    made = deck()
    made.add_page()
    put(made, 21.5, 16.5, "El canal", 28)
    put(made, 20, 15, "El canal", 28)
    put(made, 20, 60, "Lleva el agua.")

    (page,) = read(made)

    assert (page.title, page.text) == ("El canal", "Lleva el agua.")


def test_a_line_that_an_engine_gives_twice_in_one_place_is_kept_once() -> None:
    page = RawPage(1, 600, 800, tuple(
        Word(text, x + shift, x + 60 + shift, 100 + shift, 20, breaks=text == "El")
        for shift in (0.0, 3.0) for text, x in (("El", 50.0), ("canal", 120.0))
    ))  # fmt: skip

    assert compose([page], NO_OUTLINE, ()).pages[0].text == "El canal"


def test_a_number_in_huge_type_is_not_the_title_where_titles_have_a_place() -> None:
    made = deck()
    for title, figure in (("La presa", ""), ("El canal", ""), ("La harina", "Un 42 %")):
        made.add_page()
        put(made, 20, 15, title, 24)
        put(made, 20, 50, LONG[:60])
        if figure:
            put(made, 100, 90, figure, 60)

    assert [page.title for page in read(made)] == ["La presa", "El canal", "La harina"]


def test_a_bookmark_confirms_a_title_in_the_type_of_the_text() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "La presa")
    put(made, 20, 30, "Guarda el agua del río.")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(bytes(made.output()))))
    writer.add_outline_item(title="La presa", page_number=0)
    out = io.BytesIO()
    writer.write(out)

    (page,) = read_pdf(out.getvalue(), "a.pdf").pages

    assert (page.title, page.text) == ("La presa", "Guarda el agua del río.")


def test_upright_pages_have_headings_by_the_size_of_their_type() -> None:
    made = deck("P")
    made.add_page()
    put(made, 15, 20, "Apuntes de molinos", 22)
    put(made, 15, 40, "1. La presa", 15)
    put(made, 15, 52, LONG[:70], 11)
    put(made, 15, 64, "1.1 El canal", 11, "B")
    put(made, 15, 76, LONG[:70], 11)
    put(made, 15, 82, LONG[:50] + "y calla.", 11)

    (page,) = read(made)

    assert page.title == ""
    assert [line for line in page.text.split("\n") if line.startswith("#")] == [
        "# Apuntes de molinos", "## 1. La presa", "### 1.1 El canal"
    ]  # fmt: skip


def test_a_page_turned_on_its_side_is_read_as_it_runs() -> None:
    made = deck()
    made.add_page()
    put(made, 20, 15, "La presa", 28)
    put(made, 20, 60, "Guarda el agua.")
    for angle in (90, 180, 270):
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(bytes(made.output()))))
        writer.pages[0].transfer_rotation_to_content()
        writer.pages[0].rotate(angle)
        out = io.BytesIO()
        writer.write(out)

        (page,) = read_pdf(out.getvalue(), "a.pdf").pages

        assert (page.title, page.text) == ("La presa", "Guarda el agua."), angle


def test_accents_that_tex_draws_apart_are_given_to_their_letters() -> None:
    words = [("m´aquinas", 20, 80, 100), ("de", 90, 100, 100), ("ense˜nar", 110, 150, 100), ("Indice", 160, 200, 100)]
    page = RawPage(1, 600, 400, (
        *(Word(text, x0, x1, y, 12, breaks=i == 0) for i, (text, x0, x1, y) in enumerate(words)),
        Word("´", 160, 164, 97, 12),
    ))  # fmt: skip

    composed = compose([page], NO_OUTLINE, ())

    assert composed.pages[0].text == "máquinas de enseñar Índice"
    assert composed.accents == 2


PLACES = st.tuples(
    st.floats(-50, 800), st.floats(0, 90), st.floats(-50, 900), st.floats(0, 90), *(st.booleans() for _ in range(4))
)
SHAPES = st.builds(Shape, *(st.floats(-50, 800) for _ in range(4)))


@given(st.lists(PLACES, max_size=40), st.lists(SHAPES, max_size=5), st.booleans())
@settings(max_examples=80, deadline=None)
def test_words_anywhere_on_a_page_become_text_and_none_is_lost(
    places: list[tuple[float, float, float, float, bool, bool, bool, bool]], shapes: list[Shape], wide: bool
) -> None:
    words = [Word(f"w{i}w", x, x + width, *rest) for i, (x, width, *rest) in enumerate(places)]

    composed = compose([RawPage(1, 800 if wide else 500, 600, tuple(words), (), tuple(shapes))], NO_OUTLINE, ())

    text = composed.pages[0].title + composed.pages[0].text
    assert [word.text for word in words if word.text not in text] == []


MARKS = st.text(st.sampled_from("´`¨~ˆ¸-–•|#*`12ab .)(ñı\u0301\ue012"), min_size=1, max_size=6)


@given(st.lists(st.lists(st.tuples(MARKS, PLACES), max_size=15), max_size=6))
@settings(max_examples=60, deadline=None)
def test_marks_and_numbers_anywhere_on_pages_never_stop_the_reading(
    pages: list[list[tuple[str, tuple[float, float, float, float, bool, bool, bool, bool]]]],
) -> None:
    raws = [
        RawPage(n, 800, 600, tuple(Word(text, x, x + width, *rest) for text, (x, width, *rest) in words))
        for n, words in enumerate(pages, start=1)
    ]

    assert len(compose(raws, NO_OUTLINE, ()).pages) == len(pages)
