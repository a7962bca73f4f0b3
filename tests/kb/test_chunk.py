from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.model import Document, Kind, Locator, LocatorType, Mark, Section
from kb import chunk

PLACE = Locator(LocatorType.SECTION, 1, 1, "A")
SENTENCE = "Una red aprende pesos con ejemplos etiquetados y mide su error al final. "


def section(text: str, **more: object) -> Section:
    return Section("A", PLACE, text, **more)  # type: ignore[arg-type]


def notes(*sections: Section) -> Document:
    return Document("/a.md", "", Kind.NOTES, "T", sections)


def words(text: str) -> int:
    return len(text.split())


texts = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from([SENTENCE, "\n\n", "```\ncode = 1\n```\n", "| a | b |\n| 1 | 2 |\n", "- punto\n", "x" * 400]),
    ),
    max_size=40,
).map("".join)


@given(texts, st.lists(st.integers(0, 3000), max_size=5))
@settings(max_examples=150, deadline=None)
def test_no_character_is_lost_wherever_the_cuts_fall(text: str, changes: list[int]) -> None:
    ends = chunk.cuts(text, changes)
    assert "".join(text[start:end] for start, end in pairwise((0, *ends))) == text
    assert list(ends) == sorted(set(ends))


@given(texts, texts)
@settings(max_examples=80, deadline=None)
def test_passages_hold_every_visible_character_of_text_and_notes_once(text: str, spoken: str) -> None:
    one = section(text, notes=spoken)
    whole = chunk.full_text(one)
    spans = list(chunk.section_spans(one))
    assert "".join(whole[start:end] for start, end in spans).split() == "".join(whole[a:b] for a, b in spans).split()
    covered = [at for start, end in spans for at in range(start, end)]
    assert len(covered) == len(set(covered))
    assert all(at in set(covered) for at, letter in enumerate(whole) if not letter.isspace())


def test_long_prose_becomes_passages_of_the_wanted_length() -> None:
    made = chunk.passages("d", notes(section(SENTENCE * 60)))
    assert len(made) > 2
    assert all(chunk.SHORTEST <= words(passage.text) <= chunk.LONGEST for passage in made)
    assert all(passage.text.endswith("final.") for passage in made)


def test_a_short_section_is_one_passage() -> None:
    (only,) = chunk.passages("d", notes(section(SENTENCE)))
    assert only.text == SENTENCE.strip()


def test_a_passage_never_crosses_a_section() -> None:
    made = chunk.passages("d", notes(section("Uno."), section("Dos."), section("   ")))
    assert [(passage.section, passage.text) for passage in made] == [(0, "Uno."), (1, "Dos.")]


def test_a_cut_prefers_the_end_of_a_paragraph() -> None:
    text = SENTENCE * 11 + "\n\n" + SENTENCE * 11
    first, second = chunk.passages("d", notes(section(text)))
    assert words(first.text) == words(second.text) == 11 * words(SENTENCE)


@pytest.mark.parametrize(
    "block",
    ["```python\n" + "x = compute(a, b)\n" * 40 + "```\n", "| modelo | puntos |\n" * 40],
    ids=["code", "table"],
)
def test_a_block_stays_whole(block: str) -> None:
    made = chunk.passages("d", notes(section(SENTENCE * 12 + "\n\n" + block + "\n" + SENTENCE * 12)))
    assert any(block.strip() in passage.text for passage in made)


def test_unbroken_text_is_cut_rather_than_kept_endless() -> None:
    made = chunk.passages("d", notes(section("palabra " * 2000), section("x" * 20_000)))
    assert max(words(passage.text) for passage in made) <= chunk.LONGEST
    assert max(len(passage.text) for passage in made) < 4000


def test_a_passage_carries_the_time_and_the_speaker_of_its_marks() -> None:
    def at(second: int) -> Locator:
        return Locator(LocatorType.TIME, second, second + 9)

    first, second = SENTENCE * 10, SENTENCE * 10
    marks = (
        Mark(0, at(0), "Ana"),
        Mark(len(SENTENCE) * 5, at(10), "Ana"),
        Mark(len(first), at(20), "Luis"),
        Mark(len(first) + len(SENTENCE) * 5, at(30), "Luis"),
    )
    ana, luis = chunk.passages("d", notes(Section("A", at(0), first + second, marks)))
    assert (ana.speaker, luis.speaker) == ("Ana", "Luis")
    assert (ana.locator.start, ana.locator.end) == (0, 19)
    assert (luis.locator.start, luis.locator.end) == (20, 39)


def test_a_short_interruption_makes_no_passage_of_its_own() -> None:
    text = SENTENCE * 6 + "¿Y eso? " + SENTENCE * 6
    start = len(SENTENCE) * 6
    marks = (Mark(0, PLACE, "Ana"), Mark(start, PLACE, "Público"), Mark(start + 8, PLACE, "Ana"))
    (only,) = chunk.passages("d", notes(section(text, marks=marks)))
    assert only.speaker == "Ana"


def test_notes_follow_the_text_as_passages_of_their_own() -> None:
    one = section("Tres viñetas.", notes="Lo que se dijo de ellas.")
    made = chunk.passages("d", notes(one))
    assert [passage.text for passage in made] == ["Tres viñetas.", "Lo que se dijo de ellas."]
    assert all(chunk.full_text(one)[p.start : p.end] == p.text for p in made)


def test_ids_depend_on_content_and_its_occurrence_alone() -> None:
    before = chunk.passages("d", notes(section("Igual."), section("Otro."), section("Igual.")))
    after = chunk.passages("d", notes(section("Nuevo."), section("IGUAL. "), section("Igual.")))
    assert before[0].id != before[2].id
    assert [after[1].id, after[2].id] == [before[0].id, before[2].id]


def test_the_context_line_leaves_out_repeats_and_gaps() -> None:
    assert chunk.context("PLN", "", "Atención", "Atención") == "PLN > Atención"
