import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.db import Database
from kb.errors import EmptyQuery
from kb.model import Filters, Kind, Via
from kb.search.language import indexed
from kb.search.query import MOST_TERMS, Query, understand

TEXTS = {
    "cats": "El gato caza ratones con LoRA y self-attention.",
    "dogs": "El perro guarda la casa; su modelo es otro. Atención: ladra.",
    "nets": "Las redes neuronales aprenden con fine-tuning y un gato.",
    "heading": "Nada que ver.",
}
HEADINGS = {"heading": "Mecanismos de atención y transformers"}


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    """The index as the library has it, with a few texts."""
    made = sqlite3.connect(":memory:")
    made.execute("CREATE VIRTUAL TABLE terms USING fts5 (heading, body, tokenize = \"ascii tokenchars '.+#'\")")
    for number, (name, text) in enumerate(TEXTS.items()):
        made.execute(
            "INSERT INTO terms (rowid, heading, body) VALUES (?, ?, ?)",
            (number, indexed(HEADINGS.get(name, "")), indexed(text)),
        )
    yield made
    made.close()


def meeting(table: sqlite3.Connection, expression: str) -> set[str]:
    """Return which texts an FTS5 expression meets; all of them where it demands nothing."""
    if not expression:
        return set(TEXTS)
    names = list(TEXTS)
    return {
        names[number] for (number,) in table.execute("SELECT rowid FROM terms WHERE terms MATCH ?", (expression,))
    }


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué es LoRA?",
        "fine-tuning",
        "-lora",
        "it's 5 * 3 (or not)?",
        'dijo "',
        "C++ AND",
        "a:b^3 [x TO y] {z} NEAR(a b)",
        "**negrita** y *cursiva*",
        "temperatura -5 grados",
        "gato NOT AND perro",
        "terms MATCH 'x'; DROP TABLE passages",
        "nota: esto",
        "https://x.y/kind:slides",
        "a las 12:30",
        "page: 12",
        "¿sesión: 3?",
        "~aprox",
        "a ~ b",
        "f(x)=y* z",
        "{heading body}: gato",
        "body:gato heading : gato",
        "perro o gato y no ratón",
        "NOT perro",
    ],
)
def test_a_plain_question_is_never_a_program(question: str) -> None:
    query = understand(question)
    assert query.condition == ""
    assert query.filters == Filters()
    assert query.text == question
    assert not any(concept.prefix or concept.edits for concept in query.concepts)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('lora "self attention"', {"cats"}),
        ('"redes neuronales"', {"nets"}),
        ('"red neuronal"', {"nets"}),
        ('"neuronales redes"', set()),
        ('"gato"', {"cats", "nets"}),
        ('"gatos"', set()),
        ('"mecanismo de atención"', {"heading"}),
        ("gato -perro", {"cats", "nets"}),
        ("gato -lora", {"nets"}),
        ('gato -"redes neuronales"', {"cats"}),
        ("gato AND lora", {"cats"}),
        ("gatos AND LoRA", {"cats"}),
        ("gato OR perro", {"cats", "dogs", "nets"}),
        ("perro NOT gato", {"dogs"}),
        ("gato NOT lora", {"nets"}),
        ("transform* red", {"heading"}),
        ("neuron*", {"nets"}),
        ("neurona*", {"nets"}),
        ("redes*", {"nets"}),
        ("redesa*", set()),
        ("(gato OR perro) AND (lora OR modelo)", {"cats", "dogs"}),
        ("(gato OR perro) -modelo", {"cats", "nets"}),
        ("fine-tuning AND gato", {"nets"}),
        ("finetuning AND gato", {"nets"}),
        ("atención AND perro", {"dogs"}),
        ("el AND gato", {"cats", "nets"}),
        ("atencoin~ AND gato", {"cats", "nets"}),
        ("que -gato", {"dogs", "heading"}),
        ("kind:slides -gato", {"dogs", "heading"}),
        ("kind:slides OR gato", {"cats", "nets"}),
    ],
)
def test_syntax_that_was_meant_becomes_a_condition(table: sqlite3.Connection, text: str, found: set[str]) -> None:
    condition = understand(text).condition
    assert condition
    assert meeting(table, condition) == found


def test_words_beside_a_phrase_rank_and_are_not_demanded() -> None:
    query = understand('lora "self attention"')
    assert [concept.asked for concept in query.concepts] == ["lora", "self", "attention"]
    assert "lor" not in query.condition


def test_refused_words_do_not_rank_and_are_not_meant() -> None:
    query = understand("modelo -perro")
    assert [concept.asked for concept in query.concepts] == ["modelo"]
    assert query.text == "modelo"


def test_a_word_is_asked_for_by_its_stem_and_as_it_is() -> None:
    (concept,) = understand("modelos").concepts
    first, *others = concept.alternatives
    assert (first.term, first.weight, first.via) == ("model", 1.0, Via.SAME)
    assert {one.term for one in others} >= {"modelos", "modelo"}
    assert {one.via for one in others} == {Via.FORM}


def test_a_name_is_asked_for_as_it_is() -> None:
    (concept,) = understand("¿Qué es LoRA?").concepts
    assert concept.asked == "LoRA"
    assert concept.alternatives[0].term == "lora"


def test_a_word_that_begins_and_a_fuzzy_one_wait_for_the_vocabulary() -> None:
    begins, fuzzy, fuzzier = understand("transf* atencoin~ vectro~2").concepts
    assert (begins.asked, begins.prefix, begins.edits) == ("transf*", "transf", 0)
    assert (fuzzy.asked, fuzzy.prefix, fuzzy.edits) == ("atencoin~", "", 1)
    assert (fuzzier.asked, fuzzier.prefix, fuzzier.edits) == ("vectro~", "", 2)


def test_terms_are_every_alternative_once() -> None:
    query = understand("modelo modelos data set")
    assert len(set(query.terms)) == len(query.terms)
    assert {"model", "modelo", "dataset"} <= set(query.terms)
    assert query.any_term.count(" OR ") == len(query.terms) - 1


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("kind:slides", Filters(kind="slides")),
        ("tipo:diapositivas", Filters(kind="slides")),
        ("tipo:guía", Filters(kind="study_guide")),
        ('kind:"guía de estudio"', Filters(kind="study_guide")),
        ("KIND:Summary", Filters(kind="summary")),
        ("session:3", Filters(session="3")),
        ('sesión:"Sesión 3: atención"', Filters(session="Sesión 3: atención")),
        ("sesio\u0301n:3", Filters(session="3")),
        ("speaker:ana", Filters(speaker="ana")),
        ('habla:"Ana Ruiz"', Filters(speaker="Ana Ruiz")),
        ("course:PLN", Filters(course="PLN")),
        ("curso:PLN", Filters(course="PLN")),
        ("before:2024-04-01", Filters(before="2024-04-01")),
        ("antes:2024", Filters(before="2024")),
        ("after:2024-03", Filters(after="2024-03")),
        ("desde:2024-02-29", Filters(after="2024-02-29")),
        ("page:12", Filters(page=12)),
        ("slide:12,", Filters(page=12)),
        ("página:12", Filters(page=12)),
        ("diapositiva:12", Filters(page=12)),
        ("question:44", Filters(question=44)),
        ("pregunta:44", Filters(question=44)),
        ("kind:slides session:3 after:2024", Filters(kind="slides", session="3", after="2024")),
        ("kind:slides AND page:2", Filters(kind="slides", page=2)),
        ("(kind:slides session:3)", Filters(kind="slides", session="3")),
    ],
)
def test_fields_alone_are_a_query(text: str, filters: Filters) -> None:
    query = understand(text)
    assert query == Query((), "", filters, "")
    both = understand(f"{text} gato")
    assert both.filters == filters
    assert [concept.asked for concept in both.concepts] == ["gato"]
    assert both.text == "gato"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_name(kind: Kind) -> None:
    assert understand(f"kind:{kind.value}").filters == Filters(kind=kind.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("page:abc", ["page", "abc"]),
        ("page:-1", ["page", "1"]),
        ("page:0", ["page", "0"]),
        ("page:99999999999999999999", ["page", "99999999999999999999"]),
        ("before:ayer", ["before", "ayer"]),
        ("after:2024-13", ["after", "2024", "13"]),
        ("after:2023-02-29", ["after", "2023", "02", "29"]),
        ("kind:raro", ["kind", "raro"]),
        ('kind:"de todo"', ["kind"]),
        ("kind:slides OR kind:notes", ["kind", "slides", "notes"]),
    ],
)
def test_a_field_that_cannot_be_is_words(text: str, words: list[str]) -> None:
    query = understand(text)
    assert query.filters == Filters()
    assert [concept.asked for concept in query.concepts] == [
        word for word in words if word not in {"before", "after"}
    ]


def test_a_field_said_twice_holds_once() -> None:
    query = understand("page:3 page:4 gato")
    assert query.filters == Filters(page=3)
    assert [concept.asked for concept in query.concepts] == ["page", "4", "gato"]


def test_a_word_whose_stem_is_a_stop_word_is_none() -> None:
    assert [concept.asked for concept in understand("the notes").concepts] == ["notes"]
    assert not set(understand("notes").terms) & set(indexed("this is not it").split())


def test_a_refused_field_is_no_filter() -> None:
    query = understand("gato -kind:slides")
    assert query.filters == Filters()
    assert "slides" in query.condition


@pytest.mark.parametrize("text", ["", "   ", "¿?", "—…!", "\x00", "\udcff", "🤖", '""', "-", "* ~ ()", "\u200b"])
def test_a_query_of_no_word_is_refused(text: str) -> None:
    with pytest.raises(EmptyQuery):
        understand(text)


def test_a_document_pasted_as_a_query_is_its_first_words() -> None:
    query = understand(" ".join(f"palabra{n}" for n in range(10_000)))
    assert len(query.concepts) == MOST_TERMS
    assert query.concepts[0].asked == "palabra0"


def test_an_endless_query_is_read_to_its_first_ten_thousand_letters() -> None:
    assert [concept.asked for concept in understand("gato " * 2_500 + "perro").concepts] == ["gato"]


def test_a_program_too_long_to_be_one_is_plain_words() -> None:
    assert understand("gato AND " * 150 + "perro").condition == ""
    assert understand("gato AND perro").condition


def test_what_cannot_be_seen_is_not_in_what_is_meant() -> None:
    assert understand("gato\x00 \udcffperro\x1b[31m").text == "gato perro [31m"


pieces = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ['"', "'", " AND ", " OR ", " NOT ", " -", "*", "(", ")", "NEAR(", "^", ":", "{a b}:", "+", "gato ", "red*"]
    ),
    st.sampled_from(
        [
            "kind:slides ",
            "page:",
            "session:",
            "body:",
            "col:",
            "'; DROP TABLE terms",
            "~",
            "~2",
            "🤖",
            "שלום",
            "注意力",
        ]
    ),
    st.sampled_from(
        ["\x00", "\ud800", "“", "de la ", "3,14 ", "LoRA ", "a-b_c.d/e ", "¿", "C++ ", "#", ".", " \u202e"]
    ),
)


@given(st.lists(pieces, max_size=25).map("".join))
@example('"' * 400)
@example("(" * 300 + "a AND b" + ")" * 300)
@example('a "' + "\x00" + 'b" -c')
@example("gato AND " * 40 + "perro")
@example(" OR ".join(["LoRA"] * 60))
@example(" ".join(f'"uno{n} dos tres cuatro" -x{n}' for n in range(14)))
@example("((((((a AND b) OR c) NOT d) AND e*) OR f~) kind:slides")
@example('kind:"slides" page:"12" session:"')
@example("gato~9 gato~/3 ~ gato~~ *~ ~*")
@example("x:(a b) kind:(slides) session:(a OR b)")
@settings(max_examples=400, deadline=None)
def test_no_input_whatever_breaks_the_search(table: sqlite3.Connection, text: str) -> None:
    try:
        query = understand(text)
    except EmptyQuery:
        return
    assert len(query.concepts) <= MOST_TERMS
    assert query.concepts or query.filters != Filters()
    assert all(concept.alternatives for concept in query.concepts)
    assert all(0 < one.weight <= 1 for concept in query.concepts for one in concept.alternatives)
    assert query.text.encode() is not None
    meeting(table, query.condition)
    meeting(table, query.any_term)


@given(st.text(min_size=1, max_size=400))
@settings(deadline=None)
def test_no_letter_of_a_query_reaches_fts5_outside_quotes(text: str) -> None:
    try:
        query = understand(f'{text} AND "{text}" kind:slides pre* -{text}')
    except EmptyQuery:
        return
    outside = "".join(query.condition.split('"')[::2])
    assert set(outside.replace("AND", "").replace("OR", "").replace("NOT", "")) <= set("() *")


def test_all_syntax_together_means_all_of_it(table: sqlite3.Connection) -> None:
    query = understand('kind:slides (gato OR perro*) AND "self attention" -modelo atencoin~')
    assert query.filters == Filters(kind="slides")
    assert meeting(table, query.condition) == {"cats"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = Database(tmp_path_factory.mktemp("query") / "library.db")
    yield made
    made.close()


@pytest.mark.parametrize("text", ["gato -perro", "kind:slides -perro", '"self attention"', "redes* OR gato"])
def test_a_condition_runs_on_the_librarys_own_table(database: Database, text: str) -> None:
    with database.reading() as db:
        found = db.execute(
            "SELECT rowid FROM passage_terms WHERE passage_terms MATCH ?", (understand(text).condition,)
        )
        assert found.fetchall() == []
