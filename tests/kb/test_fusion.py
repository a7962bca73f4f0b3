import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.search.fusion import Floats, best_first, bounded, fused, semantic_weight

pairs = st.lists(st.tuples(st.floats(0, 1, width=32), st.one_of(st.floats(-1, 1, width=32), st.just(float("nan")))))
weights = st.floats(0, 2)


def columns(given: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    found = np.array(given, dtype=np.float32).reshape(-1, 2)
    return found[:, 0], found[:, 1]


@given(pairs, weights)
def test_scores_stay_between_nothing_and_all(evidence: list[tuple[float, float]], weight: float) -> None:
    scores = fused(*columns(evidence), weight)
    assert ((scores >= 0) & (scores <= 1 + 1e-6)).all()


@given(pairs, weights, st.floats(0, 1, width=32))
def test_more_evidence_never_lowers_a_score(evidence: list[tuple[float, float]], weight: float, more: float) -> None:
    keyword, cosines = columns(evidence)
    before = fused(keyword, cosines, weight)
    assert (fused(np.maximum(keyword, more), cosines, weight) >= before).all()
    assert (fused(keyword, np.fmax(cosines, np.float32(more)), weight) >= before).all()


@given(pairs)
def test_without_meaning_words_keep_their_order(evidence: list[tuple[float, float]]) -> None:
    keyword, cosines = columns(evidence)
    assert np.array_equal(fused(keyword, cosines, 0.0), keyword)


def test_a_passage_without_a_vector_is_judged_by_its_words() -> None:
    assert bounded(np.array([np.nan, -0.5, 0.25, 1.01], np.float32)).tolist() == [0.0, 0.0, 0.25, 1.0]


def test_equal_scores_keep_the_order_of_their_numbers() -> None:
    order = best_first(np.array([0.5, 0.9, 0.5, 0.9], np.float32), np.array([7, 9, 3, 4]))
    assert order.tolist() == [3, 1, 2, 0]


def test_an_unknown_embedder_has_a_weight_too() -> None:
    assert 0 < semantic_weight("otro") < 1
