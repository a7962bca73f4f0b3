from hypothesis import given
from hypothesis import strategies as st

from kb.search.duplicates import Candidate, collapsed, likeness

SLIDE = "atencion cabez consult clav valor producto escal softmax peso suma"


def candidate(number: int, words: str, document: str = "a", session: str = "") -> Candidate:
    return Candidate(number, frozenset(words.split()), document, session)


def far(one: int, other: int) -> float:
    return 0.0


def close(one: int, other: int) -> float:
    return 0.9


def test_the_same_slide_in_two_decks_is_one_hit_that_lists_the_other() -> None:
    decks = [candidate(4, SLIDE, "a"), candidate(9, "otra cosa de otra clase sobre gramatica y arboles", "a")]
    found = collapsed([*decks, candidate(7, SLIDE + " 2024", "b")], far, 10)
    assert [group.number for group in found] == [4, 9]
    assert [number for number, _ in found[0].others] == [7]
    assert found[1].others == ()


def test_a_part_of_a_passage_joins_the_whole() -> None:
    whole = candidate(1, SLIDE + " traductor decodificador maquina frase idioma corpus")
    assert likeness(whole, candidate(2, SLIDE), far) == 1.0


def test_a_summary_joins_the_talk_of_its_own_session_only_when_a_model_finds_them_near() -> None:
    talk = candidate(1, SLIDE + " hoy vemos ejemplo pizarra pregunta alumno", "charla", "Sesión 3")
    retold = "atencion cabez consult clav valor producto resum clas tema apunt"
    assert likeness(talk, candidate(2, retold, "resumen", "Sesión 3"), close) == 0.9
    assert likeness(talk, candidate(2, retold, "resumen", "Sesión 3"), far) == 0.0
    assert likeness(talk, candidate(2, retold, "resumen", "Sesión 4"), close) == 0.0
    assert likeness(talk, candidate(2, retold, "charla", "Sesión 3"), close) == 0.0


def test_short_passages_join_only_when_they_say_the_very_same() -> None:
    assert likeness(candidate(1, "graci pregunt"), candidate(2, "graci pregunt"), far) == 1.0
    assert likeness(candidate(1, "graci pregunt"), candidate(2, "graci pregunt dud"), far) == 0.0
    assert likeness(candidate(1, ""), candidate(2, ""), far) == 0.0


def test_what_comes_after_the_last_group_still_joins_the_groups_there_are() -> None:
    other = candidate(2, "arbol sintax gramatic regl frase nodo raiz hoja rama")
    found = collapsed([candidate(1, SLIDE), other, candidate(3, SLIDE)], far, 1)
    assert [(group.number, group.others) for group in found] == [(1, ((3, 1.0),))]


words = st.frozensets(st.sampled_from([f"t{n}" for n in range(20)]), max_size=20)


@given(st.lists(words, max_size=12), st.integers(0, 12))
def test_every_passage_stands_once_at_most_and_in_the_order_of_the_best(
    terms: list[frozenset[str]], most: int
) -> None:
    candidates = [Candidate(number, one, str(number), "s") for number, one in enumerate(terms)]
    groups = collapsed(candidates, close, most)
    first = [group.number for group in groups]
    everyone = first + [number for group in groups for number, _ in group.others]
    assert first == sorted(first) and len(first) <= most
    assert len(everyone) == len(set(everyone))
    assert all(group.number < number and 0 < alike <= 1 for group in groups for number, alike in group.others)
    if most >= len(terms):
        assert sorted(everyone) == list(range(len(terms)))
