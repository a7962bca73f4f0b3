"""A search that finds nothing learns which of its filters is the reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.model import Filters, Looser
from kb.search.looser import loosened


def counting(tried: list[tuple[str, Filters]], empty: Filters):
    """Returns a count that is 0 under any of the filters `empty` sets, whatever they ask, and else 7."""

    def count(query: str, filters: Filters) -> int:
        tried.append((query, filters))
        refused = (empty.kind and filters.kind) or (empty.speaker and filters.speaker) or "kind:" in query
        return 0 if refused else 7

    return count


def test_the_one_filter_that_excludes_everything_is_told() -> None:
    tried: list[tuple[str, Filters]] = []
    asked = Filters(course="PLN", kind="slides")
    assert loosened(counting(tried, Filters(kind="slides")), "gato", asked) == (
        Looser((("kind", "slides"),), "gato", Filters(course="PLN"), 7),
    )
    assert tried == [("gato", Filters(kind="slides")), ("gato", Filters(course="PLN"))]


def test_filters_that_exclude_everything_only_together_are_told_together() -> None:
    asked = Filters(kind="slides", speaker="Ana")
    assert loosened(counting([], asked), "gato", asked) == (
        Looser((("kind", "slides"), ("speaker", "Ana")), "gato", Filters(), 7),
    )


def test_a_field_written_in_the_query_is_a_filter_too() -> None:
    found = loosened(counting([], Filters()), 'gato kind:slides session:"Sesión 1" pardo', Filters())
    assert found == (Looser((("kind", "slides"),), 'gato session:"Sesión 1" pardo', Filters(), 7),)


def test_the_same_filter_given_twice_is_left_out_twice() -> None:
    found = loosened(counting([], Filters(kind="notes")), "kind:slides gato", Filters(kind="notes"))
    assert found == (Looser((("kind", "notes"), ("kind", "slides")), "gato", Filters(), 7),)


def test_nothing_is_tried_without_filters_or_without_words() -> None:
    tried: list[tuple[str, Filters]] = []
    count = counting(tried, Filters())
    assert loosened(count, "gato https://x kind:nada 12:30", Filters()) == ()
    assert loosened(count, "kind:slides", Filters()) == ()
    assert tried == []


@given(st.text(alphabet='ab:" ()kindslesñ\x00*-', max_size=60))
def test_no_query_is_too_strange(query: str) -> None:
    for looser in loosened(lambda _words, _filters: 1, query, Filters(kind="notes")):
        assert len(looser.query) <= len(query)
        assert looser.dropped
