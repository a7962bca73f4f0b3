"""Words of a class are told to be of whoever said them, though the passage is another's for the most part."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Mark
from kb.answer.turns import placed, turns
from kb.model import Citation, DocumentInfo, Hit, Kind, Locator, LocatorType, Passage, Reading

DOCUMENT = DocumentInfo("d", "a.vtt", "", Kind.TRANSCRIPT, "Sesión 1", "", "", "", "", "es", 9, 0, "")


def at(start: float, end: float) -> Locator:
    return Locator(LocatorType.TIME, start, end)


def hit(text: str, start: int = 0, heading: str = "", readings: tuple[Reading, ...] = ()) -> Hit:
    place = (at(0, 99), "Elena García", start, start + len(text), text, readings)
    return Hit(Passage("p1", "d", 0, 4, heading, *place), DOCUMENT, 0.5, 0.5, 0.5, text[:9], ((0, 3),))


SAID = (
    ("Elena García", "Una pila es como una de platos."),
    ("Elena García", "El último entra primero."),
    ("Marcos Prieto", "¿Y sirve para deshacer?"),
    ("Elena García", "Sirve para eso."),
)
TEXT = " ".join(text for _, text in SAID)
MARKS = tuple(Mark(TEXT.index(text), at(10 * n, 10 * n + 9), speaker) for n, (speaker, text) in enumerate(SAID))


def test_each_turn_has_its_speaker_its_minute_and_its_words() -> None:
    found = [one.passage for one in turns(hit(TEXT, heading="Pilas"), MARKS)]
    assert [one.text for one in found] == [f"{SAID[0][1]} {SAID[1][1]}", SAID[2][1], SAID[3][1]]
    assert [one.speaker for one in found] == ["Elena García", "Marcos Prieto", "Elena García"]
    assert [one.locator for one in found] == [at(0, 19), at(20, 29), at(30, 39)]
    assert [TEXT[one.start : one.end] for one in found] == [one.text for one in found]
    assert [one.heading for one in found] == [
        "Pilas: Elena García",
        "Pilas: Marcos Prieto",
        "Pilas: Marcos Prieto: «¿Y sirve para deshacer?» Elena García",
    ]
    assert {one.id for one in found} == {"p1"}


def test_only_what_one_person_said_is_kept() -> None:
    assert [one.passage.text for one in turns(hit(TEXT), MARKS, "marcos")] == [SAID[2][1]]
    assert [one.passage.text for one in turns(hit(TEXT), MARKS, "GARCIA")] == [
        f"{SAID[0][1]} {SAID[1][1]}",
        SAID[3][1],
    ]
    assert turns(hit(TEXT), MARKS, "Robledo") == ()


def test_a_passage_that_begins_within_a_turn_is_cut_where_it_begins() -> None:
    start = TEXT.index("como")
    (first, *_) = turns(hit(TEXT[start:], start), MARKS)
    assert first.passage.text.startswith("como una de platos. El último")
    assert first.passage.locator == at(0, 19)


def test_without_marks_a_passage_stays_as_it_is() -> None:
    whole = hit(TEXT)
    assert turns(whole, ()) == (whole,)
    assert turns(whole, (), "elena") == (whole,)
    assert turns(whole, (), "marcos") == ()


def test_what_is_read_otherwise_moves_with_its_turn() -> None:
    begin = TEXT.index("deshacer")
    marked = hit(TEXT, readings=(Reading(0, 3, "UNA"), Reading(begin, begin + 8, "undo")))
    (one,) = turns(marked, MARKS, "marcos")
    (reading,) = one.passage.readings
    assert one.passage.text[reading.start : reading.end] == "deshacer"


def test_the_snippet_of_the_whole_is_not_shown_as_one_persons() -> None:
    assert {(one.snippet, one.highlights) for one in turns(hit(TEXT), MARKS)} == {("", ())}


def test_a_citation_has_the_place_and_the_speaker_of_its_quote() -> None:
    def cited(quote: str) -> tuple[str, Locator]:
        passage = placed(Citation(1, hit(TEXT).passage, DOCUMENT, quote), MARKS).passage
        assert (passage.id, passage.text) == ("p1", TEXT)
        return passage.speaker, passage.locator

    assert cited("¿Y sirve para deshacer?") == ("Marcos Prieto", at(20, 29))
    assert cited("El último entra primero.") == ("Elena García", at(10, 19))
    assert cited("de platos. El último") == ("Elena García", at(0, 19))
    assert cited("primero. ¿Y sirve") == ("Elena García", at(10, 19))


def test_a_quote_that_is_not_found_changes_no_place() -> None:
    for quote, marks in (("", MARKS), ("otra cosa", MARKS), ("platos", ())):
        whole = Citation(1, hit(TEXT).passage, DOCUMENT, quote)
        assert placed(whole, marks) == whole


@given(
    st.lists(st.tuples(st.sampled_from(["", "Ana", "Luis"]), st.text("ab .\n", max_size=12)), min_size=1, max_size=8),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_turns_are_all_of_a_passages_words_in_order(said: list[tuple[str, str]], one: int, other: int) -> None:
    text, marks = "", []
    for n, (speaker, words) in enumerate(said):
        marks.append(Mark(len(text), at(n, n + 1), speaker))
        text += words
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = [each.passage for each in turns(hit(text[start:end], start), marks)]
    assert "".join("".join(each.text.split()) for each in found) == "".join(text[start:end].split())
    assert all(text[each.start : each.end] == each.text for each in found)
