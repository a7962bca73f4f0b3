from hypothesis import given
from hypothesis import strategies as st

from kb.search.fusion import by_cosine, fuse

numbers = st.integers(1, 30)
keyword_scores = st.dictionaries(numbers, st.floats(0, 1))
cosines = st.dictionaries(numbers, st.floats(-1, 1))


@given(keyword_scores, cosines)
def test_scores_are_bounded_and_best_first(words: dict[int, float], meaning: dict[int, float]) -> None:
    found = fuse(words, meaning)
    assert {one.number for one in found} == words.keys() | meaning.keys()
    assert all(0 <= one.score <= 1 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(keyword_scores, cosines, st.randoms())
def test_the_order_of_arrival_does_not_matter(
    words: dict[int, float], meaning: dict[int, float], random: object
) -> None:
    def shuffled(scores: dict[int, float]) -> dict[int, float]:
        items = list(scores.items())
        random.shuffle(items)  # type: ignore[attr-defined]
        return dict(items)

    assert fuse(words, meaning) == fuse(shuffled(words), shuffled(meaning))


@given(keyword_scores, cosines, numbers, st.floats(0, 1))
def test_more_evidence_never_lowers_a_score(
    words: dict[int, float], meaning: dict[int, float], number: int, more: float
) -> None:
    def score(keyword: dict[int, float], semantic: dict[int, float]) -> float:
        return next(one.score for one in fuse(keyword, semantic) if one.number == number)

    base = {number: 0.0} | words, {number: 0.0} | meaning
    raised = max(more, base[0][number])
    assert score(base[0] | {number: raised}, base[1]) >= score(*base)
    closer = max(more, base[1][number])
    assert score(base[0], base[1] | {number: closer}) >= score(*base)


@given(keyword_scores)
def test_words_alone_keep_their_scores(words: dict[int, float]) -> None:
    assert {one.number: one.score for one in fuse(words, {}, 0.0)} == words


@given(cosines, keyword_scores)
def test_meaning_alone_is_the_cosine(meaning: dict[int, float], words: dict[int, float]) -> None:
    assert {one.number: one.score for one in by_cosine(meaning, words)} == {
        n: max(0.0, c) for n, c in meaning.items()
    }
