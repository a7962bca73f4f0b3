"""Decks saved as pages: each tool's slides, with the numbers that it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read
from ingest.model import Document, Kind

SECTIONS = (
    "<section><h1>Atención</h1><p>Lucía Herrera</p></section>"
    "<section><h2>Consultas</h2><ul><li class='fragment'>una</li><li>otra</li></ul>"
    "<aside class='notes'>Decirlo</aside></section>"
    "<section><h2>Claves</h2><p>x</p></section>"
)
EXPECTED = [(1, "Atención", "Lucía Herrera"), (2, "Consultas", "- una\n- otra"), (3, "Claves", "x")]
AS_DIVS = SECTIONS.replace("<section>", "<div class='slide'>").replace("</section>", "</div>")

DECKS = {
    "reveal": f"<div class='reveal'><div class='slides'>{SECTIONS}</div></div>",
    "reveal in stacks": f"<div class='reveal'><div class='slides'><section>{SECTIONS}</section></div></div>",
    "marp": "<div class='marpit'>" + SECTIONS.replace("<section>", (
        "<svg data-marpit-svg=''><foreignObject><section data-marpit-advanced-background='background'>"
        "<figure></figure></section></foreignObject><foreignObject><section data-marpit-pagination='1'>"
        "<header>PLN</header>")).replace(
        "</section><section", "<footer>pie</footer></section></foreignObject></svg><section") + "</div>",
    "slidy": f"<meta name='generator' content='HTML Slidy'><div class='background'>fondo</div>{AS_DIVS}",
    "s5": f"<div class='presentation'>{AS_DIVS}</div>",
    "impress": "<div id='impress'>" + AS_DIVS.replace("class='slide'", "class='step'") + "</div>",
    "dzslides": f"<body>{SECTIONS}<script>var Dz = {{}};</script></body>",
    "ioslides": "<slides>" + SECTIONS.replace("<section>", "<slide>").replace("</section>", "</slide>") + "</slides>",
    "webslides": f"<article id='webslides'>{SECTIONS}</article>",
}  # fmt: skip


def deck_of(folder: Path, html: str) -> Document:
    (folder / "a.html").write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    (deck,) = read(folder / "a.html")
    assert deck.kind is Kind.SLIDES
    return deck


def slides_of(deck: Document) -> list[tuple[int, str, str]]:
    return [(int(section.locator.start), section.title, section.text) for section in deck.sections]


@pytest.mark.parametrize("tool", DECKS)
def test_each_tools_slides_are_found(tmp_path: Path, tool: str) -> None:
    deck = deck_of(tmp_path, DECKS[tool])

    assert slides_of(deck) == EXPECTED
    assert deck.sections[1].notes == "Decirlo"


def test_remarks_markdown_in_a_page_is_read_as_remark_reads_it(tmp_path: Path) -> None:
    page = (
        "<textarea id='source'>class: center\n\n# Atención\n---\n# Pasos\n\n- uno\n--\n\n- &lt;b&gt;dos\n---\n# Fin"
        "</textarea><script>remark.create({{countIncrementalSlides: {}}})</script>"
    )

    assert [(n, t) for n, t, _ in slides_of(deck_of(tmp_path, page.format("true")))] == [
        (1, "Atención"),
        (3, "Pasos"),
        (4, "Fin"),
    ]
    assert [(n, t) for n, t, _ in slides_of(deck_of(tmp_path, page.format("false")))] == [
        (1, "Atención"),
        (2, "Pasos"),
        (3, "Fin"),
    ]


def test_reveals_markdown_sections_are_read(tmp_path: Path) -> None:
    page = (
        "<div class='reveal'><div class='slides'><section data-markdown><textarea data-template>## Uno\n\n- a\n\n"
        "Note: b</textarea></section><section data-markdown data-separator='^---'><script type='text/template'>## Dos"
        "\n\n---\n\n## Tres</script></section><section data-visibility='hidden'><h2>Oculta</h2></section></div></div>"
    )

    deck = deck_of(tmp_path, page)

    assert slides_of(deck) == [(1, "Uno", "- a"), (2, "Dos", ""), (3, "Tres", ""), (3, "Oculta", "")]
    assert deck.sections[0].notes == "b"
    assert [dict(n.params) for n in deck.notices] == [{"slide": "3", "title": "Oculta"}]


def test_slides_that_the_page_shows_later_are_not_hidden_text(tmp_path: Path) -> None:
    page = DECKS["reveal"].replace(
        "<section><h2>Claves", "<section hidden aria-hidden='true' style='display: none'><h2>Claves"
    )

    assert slides_of(deck_of(tmp_path, page)) == EXPECTED


def test_a_page_with_a_carousel_is_no_deck(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<p>Una página cualquiera.</p>{AS_DIVS}")

    assert read(tmp_path / "a.html")[0].kind is Kind.NOTES
