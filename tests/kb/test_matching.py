from hypothesis import given
from hypothesis import strategies as st

from kb.store.matching import Held, matched

held = st.lists(
    st.builds(
        Held,
        st.sampled_from(("", "Uno", "Dos", "Tres")),
        st.lists(st.sampled_from(("una red aprende", "un grafo", "", "otra cosa")), max_size=3).map(tuple),
    ),
    max_size=6,
)


@given(held, held)
def test_each_document_is_one_other_at_most(now: list[Held], before: list[Held]) -> None:
    found = matched(now, before)
    assert len(set(found.values())) == len(found)
    assert all(0 <= index < len(now) and 0 <= other < len(before) for index, other in found.items())


@given(held, st.randoms(use_true_random=False))
def test_in_another_order_every_document_is_found_again(before: list[Held], random: object) -> None:
    now = list(before)
    random.shuffle(now)  # type: ignore[attr-defined]
    found = matched(now, before)
    assert all(now[index] == before[found[index]] for index in range(len(now)))


def test_the_closest_is_taken_and_what_shares_too_little_is_new() -> None:
    before = [Held("a", ("uno dos tres", "cuatro")), Held("b", ("uno dos tres", "cinco seis", "mil"))]
    assert matched([Held("x", ("uno dos tres", "cinco seis", "dos mil"))], before) == {0: 1}
    assert matched([Held("x", ("cuatro", "muchas palabras nuevas aquí"))], before) == {}
