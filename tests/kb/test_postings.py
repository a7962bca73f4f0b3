"""Posting lists: what is counted of an analysed string, how terms are found, how several lists become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.search import merging
from kb.search.bm25 import Bm25, top
from kb.search.language import TAIL
from kb.search.merging import merge
from kb.search.postings import HEADING_WEIGHT, MOST, QUARTERS, TAIL_WEIGHT, Postings, Terms, collected

words = st.text(alphabet="abñ漢é𝄞.+", min_size=1, max_size=3)
strings = st.lists(words, max_size=6).map(" ".join)
passages = st.lists(
    st.tuples(
        st.builds("{} # {}".format, strings, strings),
        st.one_of(strings, st.builds("{} # {}".format, strings, strings)),
    ),
    max_size=12,
)


def held(postings: Postings) -> dict[str, dict[int, float]]:
    """Frequencies by term and row."""
    return {
        term: {
            row: quarters / QUARTERS
            for row, quarters in zip(*(each.tolist() for each in postings.of(term)), strict=True)
        }
        for term in postings.terms
    }


def plain(fields: Sequence[tuple[str, str]]) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for row, (heading, body) in enumerate(fields):
        count: Counter[str] = Counter()
        others: set[str] = set()
        for text, weight in ((heading, HEADING_WEIGHT), (body, 1.0)):
            order, _, tail = f" {text} ".partition(f" {TAIL} ")
            others.update(tail.split())
            for term in order.split():
                count[term] += weight
        for term in others | count.keys():
            wanted = round((count[term] or TAIL_WEIGHT) * QUARTERS) / QUARTERS
            found.setdefault(term, {})[row] = min(wanted, MOST / QUARTERS)
    return found


@given(passages)
def test_frequencies_are_counted_by_field(fields: list[tuple[str, str]]) -> None:
    assert held(collected(fields)) == plain(fields)


def test_a_word_of_the_heading_counts_more_and_one_of_the_tail_adds_no_length() -> None:
    made = collected([("gat #", "gat perr perr # de gat"), ("", "")])
    assert held(made) == {"gat": {0: HEADING_WEIGHT + 1}, "perr": {0: 2.0}, "de": {0: TAIL_WEIGHT}}
    assert made.lengths.tolist() == [HEADING_WEIGHT + 3, 0.0]


def test_a_frequency_stops_at_what_a_byte_holds() -> None:
    assert held(collected([("", "a " * 500)])) == {"a": {0: MOST / QUARTERS}}


@given(st.sets(words), words)
def test_terms_are_found_by_themselves_and_by_how_they_begin(names: set[str], wanted: str) -> None:
    terms = Terms.of(sorted(names))
    assert list(terms) == sorted(names) == [terms[at] for at in range(len(terms))]
    assert (terms.position(wanted) >= 0) == (wanted in names)
    assert all(terms[terms.position(name)] == name for name in names)
    first, last = terms.span(wanted)
    assert {terms[at] for at in range(first, last)} == {name for name in names if name.startswith(wanted)}
    assert terms.span("") == (0, len(names))


@pytest.mark.parametrize("wanted", ["\ud800", "\x00", "", "z" * 10_000, "#"])
def test_what_is_no_term_is_not_found(wanted: str) -> None:
    assert Terms.of(["a", "b"]).position(wanted) == -1
    assert collected([("", "a b")]).of(wanted)[0].tolist() == []


@given(st.lists(passages, max_size=4), st.data(), st.sampled_from([1, 3, 1 << 20]))
@settings(max_examples=200, deadline=None)
def test_merged_lists_are_those_of_the_rows_that_live(
    each: list[list[tuple[str, str]]], data: st.DataObject, at_a_time: int
) -> None:
    everything = [fields for one in each for fields in one]
    living = data.draw(st.lists(st.booleans(), min_size=len(everything), max_size=len(everything)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "AT_A_TIME", at_a_time)
        made = merge([collected(one) for one in each], np.array(living, dtype=np.bool_)).in_memory()
    wanted = collected([fields for fields, lives in zip(everything, living, strict=True) if lives])
    assert held(made) == held(wanted)
    assert made.lengths.tolist() == wanted.lengths.tolist()
    assert made.offsets.tolist() == wanted.offsets.tolist()


scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]), max_size=400)


@given(scores, st.integers(0, 20), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_best_rows_come_in_order_and_equal_ones_by_number(
    values: list[float], limit: int, random: Random, some: bool
) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    mask = [not some or random.random() < 0.5 for _ in values]
    wanted = sorted(
        (row for row, value in enumerate(values) if value and mask[row]), key=lambda r: (-values[r], order[r])
    )
    found = top(
        np.array(values, dtype=np.float32), limit, np.array(mask, dtype=np.bool_) if some else None, np.array(order)
    )
    assert found.tolist() == wanted[:limit]


def test_a_word_in_every_passage_still_counts_for_something() -> None:
    made = collected([("", "a b"), ("", "a"), ("", "a c c")])
    ranked = Bm25([made], np.ones(3, dtype=np.bool_))
    values = ranked.scores([[("a", 1.0)]]).values
    assert (values > 0).all()
    assert ranked.scores([[("zzz", 1.0)]]).most > ranked.scores([[("a", 1.0)]]).most > 0


def test_an_alternative_counts_by_its_weight_and_only_the_best_one_does() -> None:
    made = collected([("", "gat x"), ("", "cat x"), ("", "gat cat"), ("", "x x")])
    ranked = Bm25([made], np.ones(4, dtype=np.bool_))
    both = ranked.scores([[("gat", 1.0), ("cat", 0.5)]])
    assert both.values[0] == pytest.approx(2 * both.values[1])
    assert both.values[2] == pytest.approx(both.values[0])
    assert both.values[3] == 0
    again = ranked.scores([[("gat", 1.0), ("cat", 0.5)], [("gat", 1.0), ("cat", 0.5)]])
    assert again.values.tolist() == pytest.approx((2 * both.values).tolist())
