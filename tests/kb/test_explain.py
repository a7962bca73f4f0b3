import pytest

from ingest.model import Reading
from kb.model import Via, WordFound
from kb.search.expansion import Asked
from kb.search.explain import shares, told_by, words_found
from kb.search.lookout import Lookout, Sighting
from kb.search.query import Alternative

LEARNING = Asked("learning", (Alternative("learn", 1.0, Via.SAME), Alternative("aprendizaj", 0.8, Via.TRANSLATION)))
RATE = Asked("rate", (Alternative("rate", 1.0, Via.SAME),))
EXACT = Asked("rate", (Alternative(".rate", 1.0, Via.SAME),), 0.3)


def seen(*texts: str) -> tuple[tuple[str, tuple[Sighting, ...]], ...]:
    wanted = {each.term: 1.0 for one in (LEARNING, RATE) for each in one.alternatives}
    return tuple((text, Lookout(wanted).seen(text)) for text in texts)


def test_each_word_is_told_with_the_forms_found_and_how() -> None:
    found = words_found(
        {"learning": 0.7, "rate": 0.3}, told_by((LEARNING, RATE)), seen("El aprendizaje, Aprendizaje y rates.")
    )
    assert found == (
        WordFound("learning", ("aprendizaje",), Via.TRANSLATION, 0.7),
        WordFound("rate", ("rates",), Via.FORM, 0.3),
    )


def test_a_missing_word_has_no_forms() -> None:
    (missing,) = words_found({"rate": 1.0}, told_by((RATE,)), seen("Nada de eso.", "Tampoco"))
    assert (missing.asked, missing.forms) == ("rate", ())


def test_the_heading_counts_and_so_do_readings_of_glued_words() -> None:
    (found,) = words_found(
        {"learning": 1.0},
        told_by((LEARNING,)),
        seen("delaprendizaje", "Learning"),
        (Reading(0, 14, "del aprendizaje"),),
    )
    assert set(found.forms) == {"Learning", "delaprendizaje"}
    assert found.via is Via.SAME


def test_shares_are_by_rarity_and_add_up_to_one() -> None:
    share = shares((LEARNING, RATE, EXACT), (3.0, 1.0, 2.0))
    assert share == {"learning": pytest.approx(3 / 4.6), "rate": pytest.approx(1.6 / 4.6)}
    assert shares((RATE,), (0.0,)) == {"rate": 0.0}
