"""What can be done with what was found: why it was, what else says it, what else to search for, what was before."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from textual.events import Paste
from textual.widgets import Input, OptionList, Select

from kb.errors import LibraryBusy
from kb.model import Alike, Kind, Locator, LocatorType, PastSearch
from tui.locale import Messages
from tui.screens.query_help import help_lines
from tui.widgets.filter_bar import FilterBar
from tui.widgets.hit_list import HitList
from tui.widgets.plain_text import PlainText

from .conftest import DOCUMENTS, PASSAGES, passage

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def choices(app, name: str) -> list[tuple[str, str]]:
    return [(str(words), value) for words, value in app.screen.query_one(f"#{name}", Select)._options if words]


def reasons(app) -> str:
    return re.sub(r"\s+", " ", str(app.screen.query_one("#reasons", PlainText).content))


@SIZES
async def test_why_a_hit_is_there_takes_the_place_of_its_passage_and_follows_the_cursor(
    make_app, settle, words, size, until
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "«suma»" in reasons(app) and "(coseno) 0.50" in reasons(app))
        assert app.screen.query_one("#why").display
        assert not app.screen.query_one("#passage").display
        said = reasons(app)
        assert said.startswith("Por qué este resultado Perceptrones diapositiva 4 • «suma»")
        assert "«suma» (75 % de lo pedido): suma · tal cual" in said
        assert "No está: «ausente»" in said
        await pilot.press("down", "down")
        await until(pilot, lambda: reasons(app).startswith("Por qué este resultado Guía de estudio pregunta 1"))
        assert "Por qué este resultado" in words(app)
        await pilot.press("w")
        await settle(pilot)
        assert "Por qué este resultado" not in words(app)
        assert app.screen.query_one("#passage").display


async def test_a_w_that_is_typed_is_a_letter(make_app, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2", *"w?")
        await settle(pilot)
        assert app.screen.query_one(Input).value == "w?"
        assert len(app.screen_stack) == 1


async def test_there_is_no_why_without_a_hit(make_app, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"xyzzy", "f7")
        await settle(pilot)
        assert not app.screen.query_one("#found").has_class("explaining")


@SIZES
async def test_passages_that_say_the_same_stand_below_their_hit_and_can_be_opened(
    make_app, library, settle, words, size
) -> None:
    twin = replace(PASSAGES[0], id="p9", document="talk", locator=Locator(LocatorType.TIME, 60, 70))
    library.passages["p9"] = replace(twin, text="[b]Lo mismo[/b] \x1b[2Jdicho")
    library.alike = {"p1": (Alike(library.passages["p9"], DOCUMENTS[1], 0.9),)}
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        below = app.screen.query_one(HitList).get_option_at_index(1).prompt
        assert str(below) == "  ≈ También en: Clase grabada del lunes  00:01:00–00:01:10"
        assert "También en" in words(app)
        await pilot.press("down", "down")
        await settle(pilot)
        assert "[b]Lo mismo[/b] dicho" in words(app)
        await pilot.press("enter")
        await settle(pilot)
        assert len(app.screen_stack) == 2
        assert "[b]Lo mismo[/b] dicho" in words(app)


async def test_a_related_search_can_be_chosen(make_app, library, settle, words) -> None:
    library.related = ("Rosenblatt", "[b]x[/b]")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        assert "→ Buscar «Rosenblatt»" in words(app)
        assert "→ Buscar «[b]x[/b]»" in words(app)
        await pilot.press("down", "end", "up", "enter")
        await settle(pilot)
        query = app.screen.query_one("#query", Input)
        assert (query.value, query.has_focus) == ("Rosenblatt", True)
        assert "Clase grabada del lunes" in words(app)


async def test_filters_tell_how_many_passages_each_value_has(make_app, settle, words, until) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        assert [value for _, value in choices(app, "kind")] == [kind.value for kind in Kind]
        assert choices(app, "speaker") == []
        await pilot.press(*"una")
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.settled)
        assert choices(app, "kind") == [("Diapositivas (1)", "slides"), ("Transcripción (1)", "transcript")]
        assert choices(app, "speaker") == [("Ana Ruiz (1)", "Ana Ruiz")]
        app.screen.query_one("#speaker", Select).value = "Ana Ruiz"
        await settle(pilot)
        assert "1 resultado" in words(app)
        await until(pilot, lambda: "diapositiva 4" not in words(app))
        assert app.screen.query_one(FilterBar).filters.speaker == "Ana Ruiz"


async def test_filters_can_be_chosen_with_the_keyboard_alone(make_app, settle, words, until) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2", *"una")
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.settled)
        await pilot.press("tab", "enter")
        await settle(pilot)
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        assert app.screen.query_one(FilterBar).filters.kind == "transcript"
        await until(pilot, lambda: app.screen.found.settled and len(choices(app, "kind")) == len(Kind))
        assert "1 resultado" in words(app)
        assert choices(app, "kind")[0] == ("Transcripción (1)", "transcript")
        assert len(choices(app, "kind")) == len(Kind)


@SIZES
async def test_the_filter_that_excludes_everything_can_be_left_out(make_app, settle, words, size, until) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"Rosenblatt")
        await settle(pilot)
        app.screen.query_one("#kind", Select).value = "transcript"
        await settle(pilot)
        await pilot.press("escape", *"función")
        await until(pilot, lambda: app.screen.found.settled and app.screen.found.looser)
        await settle(pilot)
        assert "Nada en tus apuntes sobre «función»" in words(app)
        assert "Sin el filtro (tipo «Transcripción») hay 1 resultado." in words(app)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert app.screen.query_one(FilterBar).filters.kind == ""
        assert "1 resultado" in words(app)
        assert app.screen.query_one("#query", Input).value == "función"


@SIZES
async def test_what_was_searched_for_comes_back_with_the_arrow_up(make_app, library, settle, words, size) -> None:
    library.past = [PastSearch("Rosenblatt", "2026-03-01T10:00:00"), PastSearch("[b]suma[/b]\x1b[2J", "2026-02-01")]
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        await pilot.press("up")
        await settle(pilot)
        assert "Lo que ya has buscado Rosenblatt 2026-03-01 [b]suma[/b] 2026-02-01" in words(app)
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen.query_one("#query", Input).value == "Rosenblatt"
        assert "1 resultado" in words(app)
        await pilot.press("up", "escape")
        await settle(pilot)
        assert len(app.screen_stack) == 1
        assert app.screen.query_one("#query", Input).value == "Rosenblatt"


async def test_nothing_searched_yet_is_said(make_app, settle, words) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2", "up")
        await settle(pilot)
        assert "Todavía no has buscado nada." in words(app)
        await pilot.press("enter", "escape")
        await settle(pilot)
        assert app.screen.query_one("#query", Input).has_focus


async def test_a_query_is_kept_once_something_is_done_with_it(make_app, library, settle) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2", *"sum")
        await settle(pilot)
        assert library.past == []
        await pilot.press("a", "enter")
        await settle(pilot)
        assert library.past == [PastSearch("suma", "2026-03-02T12:00:00+00:00")]
        await pilot.press("enter", "escape", "escape", *"neurna")
        await settle(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert [past.query for past in library.past] == ["neurona", "suma"]


async def test_a_history_that_cannot_be_written_or_read_is_said(make_app, library, settle, words) -> None:
    library.history_error = LibraryBusy(path="library.db")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma", "enter")
        await settle(pilot)
        assert any("no se ha guardado en el historial" in note.message for note in app._notifications)
        assert "2 resultados" in words(app)
        await pilot.press("escape", "up")
        await settle(pilot)
        assert Messages("es").error(library.history_error)[:40] in words(app)


@SIZES
async def test_the_passages_of_a_document_follow_each_other(make_app, library, settle, words, size) -> None:
    for number in range(3):
        text = f"Esta es la parte {number} del tema."
        made = passage(f"n{number}", "slides", "", Locator(LocatorType.SLIDE, number + 10, number + 10), text)
        library.passages[f"n{number}"] = replace(made, ordinal=number + 5)
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"parte 1")
        await settle(pilot)
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert "parte 1 del tema" in words(app)
        await pilot.press("n")
        await settle(pilot)
        assert "diapositiva 12" in words(app)
        assert "parte 2 del tema" in words(app)
        await pilot.press("n", "p")
        await settle(pilot)
        assert "parte 1 del tema" in words(app)
        await pilot.press("left")
        await settle(pilot)
        assert "parte 0 del tema" in words(app)
        await pilot.press("p", "p", "escape")
        await settle(pilot)
        assert app.screen.query_one(HitList).has_focus


@SIZES
@pytest.mark.parametrize("language", ["es", "en"])
async def test_how_to_write_a_query_is_a_key_away(make_app, settle, words, size, language) -> None:
    app = make_app(language)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", "f6")
        await settle(pilot)
        assert len(app.screen_stack) == 2
        (_, title), (example, _), *_ = help_lines(Messages(language))
        assert title in words(app)
        assert example in words(app)
        await pilot.press("end")
        await settle(pilot)
        assert help_lines(Messages(language))[-1][1][:30] in words(app)
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen.query_one("#query", Input).has_focus


async def test_everything_speaks_the_other_language_at_once(make_app, settle, words, until) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma", "f7")
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.settled)
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert "Why this result" in words(app)
        assert "Anyone speaking" in words(app)
        assert ("Slides (1)", "slides") in choices(app, "kind")


@pytest.mark.parametrize("text", ["\x1b[2J\x07", "🙂🙂", "\u202eمرحبا", "a", "palabra " * 10_000, "[b]x[/b]", "\x00"])
async def test_whatever_is_pasted_is_searched_and_shown_as_it_is(make_app, settle, shown, text) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        app.screen.query_one("#query", Input).post_message(Paste(text))
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.is_running
        assert "\x1b" not in shown(app)


async def test_the_same_hits_are_not_drawn_again(make_app, library, settle, monkeypatch) -> None:
    library.meaning_gate.clear()
    drawn: list[OptionList] = []
    draw = HitList.set_options
    monkeypatch.setattr(HitList, "set_options", lambda self, rows: (drawn.append(self), draw(self, rows))[1])
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2", *"suma")
        await pilot.pause(0.5)
        before = len(drawn)
        assert before > 0
        library.meaning_gate.set()
        await settle(pilot)
        assert app.screen.found.settled
        assert len(drawn) == before


async def test_the_same_passages_found_by_other_words_are_marked_anew(make_app, settle) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"sum")
        await settle(pilot)
        marks = [option.prompt.spans for option in app.screen.query_one(HitList).options]
        await pilot.press("a")
        await settle(pilot)
        assert len(marks) == 2
        assert [option.prompt.spans for option in app.screen.query_one(HitList).options] != marks
