from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.model import Document, Kind, Locator, LocatorType, Mark, Reading, Section
from kb import chunk

PLACE = Locator(LocatorType.SECTION, 1, 1, "A")
SENTENCE = "Una red aprende pesos con ejemplos etiquetados y mide su error al final. "


def section(text: str, **more: object) -> Section:
    return Section("A", PLACE, text, **more)  # type: ignore[arg-type]


def notes(*sections: Section) -> Document:
    return Document("/a.md", "", Kind.NOTES, "T", sections)


def words(text: str) -> int:
    return len(text.split())


HOSTILE = (
    *(
        SENTENCE,
        "\n\n",
        "\r\n",
        "```\ncode = 1\n```\n",
        "~~~\n",
        "```",
        "| a | b |\n| 1 | 2 |\n",
        "- punto\n",
        "x" * 400,
    ),
    *(
        "y" * 3000,
        "学习" * 200,
        " " * 300,
        "\u00a0",
        "\u2028",
        "a. ",
        "!? ",
        "1. ",
        "...",
        "palabra " * 300,
        "x = f(a)\n" * 90,
    ),
    *(
        "| celda | otra |\n" * 60,
        "sin puntos ni comas pero con muchas palabras seguidas " * 20,
        "# Título\n",
        "\t",
        "\x0b",
    ),
)
texts = st.lists(st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE)), max_size=40).map("".join)


@given(texts, st.lists(st.integers(0, 3000), max_size=5))
@settings(max_examples=150, deadline=None)
def test_no_character_is_lost_wherever_the_cuts_fall(text: str, changes: list[int]) -> None:
    ends = chunk.cuts(text, changes)
    assert "".join(text[start:end] for start, end in pairwise((0, *ends))) == text
    assert list(ends) == sorted(set(ends))


@given(texts, texts, st.lists(st.integers(0, 3000), max_size=4))
@settings(max_examples=150, deadline=None)
def test_passages_hold_every_visible_character_of_text_and_notes_once(
    text: str, spoken: str, changes: list[int]
) -> None:
    marks = tuple(Mark(offset, PLACE, f"voz {n}") for n, offset in enumerate(sorted(changes)))
    one = section(text, notes=spoken, marks=marks)
    whole = chunk.full_text(one)
    made = chunk.passages("d", notes(one))
    covered = [at for passage in made for at in range(passage.start, passage.end)]
    assert len(covered) == len(set(covered))
    assert {at for at, letter in enumerate(whole) if not letter.isspace()} <= set(covered)
    assert all(whole[passage.start : passage.end] == passage.text != "" for passage in made)
    assert [passage.ordinal for passage in made] == list(range(len(made)))
    assert len({passage.id for passage in made}) == len(made)


@pytest.mark.parametrize(
    "unit",
    [
        "x",
        "palabra ",
        "a. ",
        "!? ",
        "a, ",
        "| a ",
        "| a |\n",
        "```\n",
        "- a\n",
        "1. ",
        "学",
        " ",
        "\n",
        "x\n",
        "~~~\n```\n",
    ],
)
def test_half_a_megabyte_of_anything_becomes_passages_of_bounded_length(unit: str) -> None:
    text = unit * (500_000 // len(unit))
    made = chunk.passages("d", notes(section(text)))
    assert "".join("".join(passage.text for passage in made).split()) == "".join(text.split())
    assert all(len(passage.text) < 8000 for passage in made)


def test_readings_go_with_their_passage_and_count_from_its_start() -> None:
    first = "Hola a todalacomunidad. "
    text = first + SENTENCE * 30 + "Adiós todalacomunidad."
    spans = [(start, start + 15) for start in (text.index("todala"), text.rindex("todala"))]
    readings = tuple(Reading(start, end, "toda la comunidad") for start, end in spans)
    made = chunk.passages("d", notes(section(text, readings=readings)))
    read = [chunk.as_read(passage.text, passage.readings) for passage in made]
    assert read[0].startswith("Hola a toda la comunidad. ")
    assert read[-1].endswith("Adiós toda la comunidad.")
    assert [len(passage.readings) for passage in made] == [1, *[0] * (len(made) - 2), 1]


@given(texts, st.lists(st.tuples(st.integers(-5, 500), st.integers(-5, 500)), max_size=6))
@settings(max_examples=100, deadline=None)
def test_readings_of_any_places_leave_the_text_around_them(text: str, places: list[tuple[int, int]]) -> None:
    readings = tuple(Reading(start, end, "leído") for start, end in places)
    for passage in chunk.passages("d", notes(section(text, readings=readings))):
        bounds = [0, *(at for one in passage.readings for at in (one.start, one.end)), len(passage.text)]
        assert bounds == sorted(bounds)
        around = [passage.text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
        assert chunk.as_read(passage.text, passage.readings) == "leído".join(around)


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
