"""What each key of a query costs: only what can be seen, and no new layout; the rest comes when the typing pauses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.events import Paste
from textual.widgets import Input, OptionList, Select

from kb.model import Facet, FacetField, Filters, Locator, LocatorType, SearchMode
from tui.screens.search import FRAME, HITS
from tui.tidying import MOMENT, REST
from tui.widgets.filter_bar import FilterBar
from tui.widgets.hit_list import HitList
from tui.widgets.passage_view import PassageView
from tui.widgets.plain_text import PlainText

from .conftest import passage

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


@pytest.fixture
def much(library):
    """The library with more passages of a thing than fit, and what each search was asked for."""
    asked: list[tuple[str, SearchMode, int]] = []
    search = library.search
    for number in range(30):
        made = passage(
            f"n{number}", "slides", "", Locator(LocatorType.SLIDE, number, number), f"Es la parte {number}."
        )
        library.passages[made.id] = replace(made, ordinal=number)

    def told(query, filters=Filters(), limit=10, mode=SearchMode.HYBRID, rerank=False):  # noqa: B008 (frozen)
        asked.append((query, mode, limit))
        return search(query, filters, limit, mode, rerank)

    library.search = told
    return asked


@SIZES
async def test_a_key_asks_for_the_hits_that_fit_and_a_pause_for_the_rest(
    make_app, library, much, settle, until, size
) -> None:
    library.meaning_gate.clear()
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"parte")
        hits = app.screen.query_one(HitList)
        await until(pilot, lambda: len(hits.rows) == HITS)
        assert not app.screen.found.settled
        limits = [limit for query, mode, limit in much if query == "parte" and mode is SearchMode.KEYWORD]
        assert limits == [hits.room, HITS]
        assert hits.size.height // 3 < hits.room < HITS
        library.meaning_gate.set()
        await until(pilot, lambda: app.screen.found.settled)
        assert len(hits.rows) == HITS


async def test_the_rest_is_asked_for_once_where_hits_that_say_the_same_share_a_place(
    make_app, library, much, until
) -> None:
    library.meaning_gate.clear()
    search = library.search

    def fewer(*given):
        result = search(*given)
        return replace(result, hits=result.hits[:3])

    library.search = fewer
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"parte")
        rest = ("parte", SearchMode.KEYWORD, HITS)
        await until(pilot, lambda: rest in much and app.screen.found is not None and app.screen.found.most == HITS)
        await pilot.pause(0.5)
        assert much.count(rest) == 1
        library.meaning_gate.set()


async def test_neither_a_letter_nor_other_hits_lay_the_screen_out_again(make_app, much, until) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"parte")
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.settled)
        await pilot.pause(0.5)
        line, hits = app.screen.query_one(Input), app.screen.query_one(HitList)
        line.insert_text_at_cursor(" 1")
        hits.show(app.screen.found.result.hits[1:19])
        assert not line._layout_required
        assert not hits._layout_required
        assert not app.screen._layout_required
        assert hits.virtual_size.height == 2 * 18  # still more than fit: the scrollbar stays


async def test_a_long_query_is_seen_at_its_end(make_app, settle, shown) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        app.screen.query_one(Input).post_message(Paste("palabra " * 30 + "final"))
        await settle(pilot)
        await pilot.press("x")
        assert "finalx" in shown(app)


async def test_the_list_goes_to_its_end_and_begins_anew_with_other_hits(make_app, much, settle, shown, until) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2", *"parte")
        hits = app.screen.query_one(HitList)
        await until(pilot, lambda: len(hits.rows) == HITS and app.screen.found.settled)
        await pilot.press("down", "end")
        await settle(pilot)
        assert "Es la parte 19." in shown(app)
        assert hits.show_vertical_scrollbar
        await pilot.press("escape", *"Rosenblatt")
        await until(pilot, lambda: len(hits.rows) == 1 and app.screen.found.settled)
        await settle(pilot)
        assert hits.scroll_offset.y == 0
        assert not hits.show_vertical_scrollbar
        assert "El perceptrón de Rosenblatt" in shown(app)


async def test_other_counts_in_a_closed_list_do_not_lay_the_screen_out_again(make_app, until, settle) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        kinds = app.screen.query_one("#kind", Select)
        app.screen.query_one(FilterBar).count((Facet(FacetField.KIND, (("slides", 41), ("transcript", 7))),))
        assert not kinds.query_one(OptionList)._layout_required
        assert not app.screen._layout_required
        kinds.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert kinds.query_one(OptionList).size.height == 3  # none of them, slides and transcripts
        assert "(41)" in str(kinds.query_one(OptionList).options[1].prompt)


async def test_why_a_hit_is_there_is_put_in_words_when_that_is_asked(make_app, settle) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        reasons = app.screen.query_one("#reasons", PlainText)
        await pilot.press("down", "down")
        await settle(pilot)
        assert not str(reasons.content)
        await pilot.press("f7")
        assert str(reasons.content).startswith("Por qué este resultado")
        assert "Guía de estudio" in str(reasons.content)


async def test_a_key_keeps_the_app_from_looking_for_garbage_and_a_rest_lets_it(make_app, monkeypatch, until) -> None:
    looked: list[float] = []
    looked_at_young: list[float] = []

    def collect(oldest: int = 2) -> None:
        (looked if oldest == 2 else looked_at_young).append(app._tidying._clock() - app._tidying._used)

    monkeypatch.setattr("tui.tidying.DUE", 0)
    monkeypatch.setattr("tui.tidying.YOUNG", 0)
    monkeypatch.setattr("tui.tidying.gc.collect", collect)
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2", *"una")
        await until(pilot, lambda: bool(looked))
        assert looked[0] >= REST
        assert looked_at_young[0] >= MOMENT
        used = app._tidying._used
        await pilot.press("x")
        assert app._tidying._used > used


@SIZES
async def test_the_passage_waits_for_the_typing_to_end_and_not_for_meaning(
    make_app, library, until, monkeypatch, size
) -> None:
    monkeypatch.setattr("tui.screens.search.REST", 3600)
    library.meaning_gate.clear()
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"Rosenblatt")
        passage = app.screen.query_one(PassageView)
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.asked.query == "Rosenblatt")
        await pilot.pause(0.1)
        assert passage.shown is None
        monkeypatch.setattr("tui.screens.search.REST", 0.05)
        await pilot.press(*"  a", "backspace")
        await until(pilot, lambda: passage.shown is not None and passage.shown[0].id == "p2")
        assert not app.screen.found.settled
        library.meaning_gate.set()


async def test_who_asks_at_once_why_a_hit_is_there_is_told_at_once(make_app, until, monkeypatch) -> None:
    monkeypatch.setattr("tui.screens.search.REST", 3600)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2", *"suma")
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.settled)
        await pilot.press("f7")
        assert str(app.screen.query_one("#reasons", PlainText).content).startswith("Por qué este resultado")


async def test_who_goes_to_the_hits_at_once_sees_the_passage_at_once(make_app, until, monkeypatch) -> None:
    monkeypatch.setattr("tui.screens.search.REST", 3600)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2", *"suma")
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.settled)
        passage = app.screen.query_one(PassageView)
        assert passage.shown is None
        await pilot.press("down")
        await until(pilot, lambda: passage.shown is not None and passage.shown[0].id == "p1")
        await pilot.press("down")
        await until(pilot, lambda: passage.shown[0].id == "p3")


async def test_more_hits_are_not_looked_for_by_words_where_meaning_has_joined(make_app, much, until) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2", *"parte")
        passage = app.screen.query_one(PassageView)
        await until(pilot, lambda: passage.shown is not None and app.screen.found.settled)
        await pilot.pause(0.1)
        assert ("parte", SearchMode.HYBRID, HITS) in much
        assert ("parte", SearchMode.KEYWORD, HITS) not in much


async def test_a_space_goes_on_with_the_typing(make_app, until, monkeypatch) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr("tui.screens.search.REST", 3600)
        await pilot.press("f2", *"suma")
        await until(pilot, lambda: app.screen.found is not None and app.screen.found.settled)
        before, passage = app.screen._until_rest, app.screen.query_one(PassageView)
        monkeypatch.setattr("tui.screens.search.REST", 0.05)
        await pilot.press("space")
        assert app.screen._until_rest is not before
        await until(pilot, lambda: passage.shown is not None)
        after = app.screen._until_rest
        await pilot.press("space")
        assert app.screen._until_rest is after  # nothing waits any more


async def test_the_hits_of_a_key_need_not_wait_for_the_frame_after_its_letter(make_app) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f2")
        assert app.screen._update_timer._interval == FRAME
