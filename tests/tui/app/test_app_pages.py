"""How a document was read, and its pages beside what was read of them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from ingest.errors import DamagedFile
from ingest.model import Kind, Locator, LocatorType, Notice
from kb.model import DocumentInfo, Passage
from tui.locale import Messages
from tui.screens.document import DocumentScreen
from tui.widgets.page_picture import PagePicture


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def deck(library) -> DocumentInfo:
    """A PDF of two slides."""
    info = replace(library.stored[0], id="deck", path="/apuntes/deck.pdf", kind=Kind.SLIDES, title="Grafos")
    library.stored.append(info)
    for number, text in ((1, "Un nodo es un punto."), (2, "Una arista une dos nodos.")):
        place = Locator(LocatorType.SLIDE, number, number)
        library.passages[f"s{number}"] = Passage(
            f"s{number}", "deck", number - 1, number - 1, f"Lámina {number}", place, "", 0, len(text), text
        )
    return info


async def test_r_shows_how_a_document_was_read_and_its_text_again(make_app, library, deck, settle, words) -> None:
    library.notices = (Notice("question_missing", "", (("number", "7"),)),)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(DocumentScreen(app.messages, app.services, "deck"))
        await settle(pilot)
        assert "Un nodo es un punto." in words(app)
        await pilot.press("r")
        await settle(pilot)
        text = words(app)
        assert "Informe de lectura" in text
        assert "Reparado" in text
        assert "falta esa pregunta" in text
        assert "Un nodo es un punto." not in text
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert "Reading report" in words(app)
        await pilot.press("r")
        await settle(pilot)
        assert "Un nodo es un punto." in words(app)


async def test_markup_in_a_notice_is_shown_as_it_is(make_app, library, deck, settle, words) -> None:
    library.notices = (
        Notice("slide_repeated", "1", (("slide", "1"), ("kept", "2"), ("title", "[red]a* `b` **c**"))),
    )
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(DocumentScreen(app.messages, app.services, "deck"))
        await settle(pilot)
        await pilot.press("r")
        await settle(pilot)
        assert "[red]a* `b` **c**" in words(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_pages_turn_and_say_where_the_page_is_where_none_can_be_drawn(
    make_app, library, deck, settle, words, size
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(DocumentScreen(app.messages, app.services, "deck"))
        await settle(pilot)
        await pilot.press("g")
        await settle(pilot)
        assert "Página 1 de /apuntes/deck.pdf" in words(app)
        assert "Un nodo es un punto." in words(app)
        await pilot.press("n")
        await settle(pilot)
        assert "Página 2 de /apuntes/deck.pdf" in words(app)
        assert "Una arista une dos nodos." in words(app)
        await pilot.press("p")
        await settle(pilot)
        assert "Página 1" in words(app)
    assert library.drawn == []


async def test_a_document_without_pages_offers_none(make_app, library, settle, shown) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(DocumentScreen(app.messages, app.services, library.stored[0].id))
        await settle(pilot)
        assert "g Páginas" not in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_terminal_that_shows_pictures_gets_the_page(make_app, config, library, deck, settle, size) -> None:
    library.picture = png()
    app = make_app()
    app.services.config = replace(config, pictures="kitty")
    async with app.run_test(size=size) as pilot:
        await app.push_screen(DocumentScreen(app.messages, app.services, "deck"))
        await settle(pilot)
        await pilot.press("g")
        await settle(pilot)
        assert library.drawn == [("deck", 1)]
        picture = app.screen.query_one(PagePicture).query_one("#picture")
        # The page is 4:3, and a cell about twice as high as broad.
        assert picture.size.width / (2 * picture.size.height) == pytest.approx(4 / 3, rel=0.1)
        assert picture.region.bottom <= app.screen.query_one(PagePicture).region.bottom
        await pilot.press("n")
        await settle(pilot)
        assert library.drawn == [("deck", 1), ("deck", 2)]
        assert len(app.screen.query("#picture")) == 1


async def test_a_page_that_cannot_be_drawn_is_said_and_its_text_stays(
    make_app, config, library, deck, settle, words
) -> None:
    library.picture_error = DamagedFile(path="/apuntes/deck.pdf", reason="x")
    app = make_app()
    app.services.config = replace(config, pictures="sixel")
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(DocumentScreen(app.messages, app.services, "deck"))
        await settle(pilot)
        await pilot.press("g")
        await settle(pilot)
        text = words(app)
        assert Messages("es").error(library.picture_error)[:30] in text
        assert "Un nodo es un punto." in text


async def test_a_hit_in_a_pdf_opens_with_its_page(make_app, library, deck, settle, words) -> None:
    from tui.screens.passage import PassageScreen

    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(PassageScreen(app.messages, app.services, library.passages["s2"], deck))
        await settle(pilot)
        assert "Página 2 de /apuntes/deck.pdf" in words(app)
        assert "Una arista une dos nodos." in words(app)
