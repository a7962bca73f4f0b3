"""What is told of how a document was read."""

from __future__ import annotations

import pytest

from ingest.model import Kind, Locator, LocatorType, Notice, Reading, Role, Section
from ingest.report import Effect
from kb.model import DocumentInfo, DocumentView
from tui.json_output import report
from tui.locale import Messages
from tui.report import chapters, remark


def slide(number: int, title: str, text: str, **rest: object) -> Section:
    return Section(title, Locator(LocatorType.SLIDE, number, number), text, **rest)  # type: ignore[arg-type]


SECTIONS = (
    slide(1, "Grafos", "Clase de prueba", role=Role.COVER, language="es"),
    slide(2, "Índice", "Nodos y aristas", role=Role.AGENDA, language="es"),
    slide(3, "Nodos", "Un nodo es un punto", language="es", terms=("nodo", "grado de un nodo")),
    slide(4, "Edges", "An edge joins two nodes", language="en", original="An edge an edge joins two nodes"),
    slide(5, "Pesos", "todalared", readings=(Reading(0, 9, "toda la red"),)),
)
NOTICES = (
    Notice("slide_repeated", "4", (("slide", "4"), ("kept", "3"), ("title", "Nodos"))),
    Notice("question_missing", "", (("number", "7"),)),
)


@pytest.fixture
def view() -> DocumentView:
    info = DocumentInfo("d1", "/a.pdf", "", Kind.SLIDES, "Grafos", "", "", "C", "S", "es", 5, 0, "h")
    return DocumentView(info, SECTIONS, (), NOTICES)


def test_each_effect_has_its_chapter_and_an_empty_one_says_so(view: DocumentView) -> None:
    told = {chapter.effect: chapter.lines for chapter in chapters(view, Messages("es"))}
    assert list(told) == list(Effect)
    assert told[Effect.REPAIRED] == ("Nada.",)
    assert any("diapositiva 4" in line for line in told[Effect.DROPPED])
    assert any("número 7" in line for line in told[Effect.DOUBTED])


def test_what_was_read_is_counted(view: DocumentView) -> None:
    read = "\n".join(chapters(view, Messages("es"))[0].lines)
    assert "Secciones: 5. Palabras: 17." in read
    assert "español (3), sin decidir (1), inglés (1)" in read or "español (3), inglés (1), sin decidir (1)" in read
    assert "Portada, de la que no se pregunta: diapositiva 1." in read
    assert "Índice o agenda, de los que no se pregunta: diapositiva 2." in read
    assert "Términos clave: 2 (nodo, grado de un nodo)." in read
    assert "original guardado aparte: 1" in read
    assert "por separado: 1" in read


def test_the_place_is_said_once() -> None:
    messages = Messages("en")
    assert remark(Notice("no_such_notice", "p. 3"), messages) == "p. 3: no such notice"
    repeated = Notice("question_missing", "7", (("number", "7"),))
    assert remark(repeated, messages).count("7") == 1


def test_a_line_of_the_report_has_no_line_break() -> None:
    said = remark(Notice("question_unanswered", "a\nb", (("number", "1"), ("stem", "x\ny"))), Messages("es"))
    assert "\n" not in said


def test_the_json_report_has_every_effect_and_section(view: DocumentView) -> None:
    shape = report(view, Messages("es"))
    assert list(shape["report"]) == ["read", "repaired", "dropped", "doubted"]
    assert [notice["code"] for notice in shape["report"]["dropped"]] == ["slide_repeated"]
    assert [section["role"] for section in shape["sections"]] == ["cover", "agenda", "body", "body", "body"]
    assert shape["sections"][3]["original"] == "An edge an edge joins two nodes"
    assert shape["sections"][4]["readings"] == ["toda la red"]
