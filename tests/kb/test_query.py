from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.db import Database
from kb.errors import EmptyQuery
from kb.model import Filters
from kb.search import keyword
from kb.search.query import understand


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = Database(tmp_path_factory.mktemp("query") / "library.db")
    yield made
    made.close()


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
    ],
)
def test_a_plain_question_is_never_a_program(question: str) -> None:
    assert understand(question).condition == ""


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('lora "self attention"', '("self attent")'),
        ("modelo -perro", '(("model")) NOT ("perr")'),
        ("gato AND perro", '(("gat") AND ("perr"))'),
        ("gato OR perro", '(("gat") OR ("perr"))'),
        ("gato NOT perro", '(("gat")) NOT ("perr")'),
        ("transform* red", '("transform" *)'),
    ],
)
def test_syntax_that_was_meant_becomes_a_condition(text: str, condition: str) -> None:
    assert understand(text).condition == condition


def test_refused_words_do_not_rank_and_are_not_meant() -> None:
    query = understand("modelo -perro")
    assert query.terms == ("model",)
    assert query.text == "modelo"


@pytest.mark.parametrize("text", ["", "   ", "¿?", "—…!", "\x00", "\udcff"])
def test_a_query_of_no_word_is_refused(text: str) -> None:
    with pytest.raises(EmptyQuery):
        understand(text)


pieces = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ['"', "'", " AND ", " OR ", " NOT ", " -", "*", "(", ")", "NEAR(", "^", ":", "{", "}", "+", "gato ", "red*"]
    ),
)


@given(st.lists(pieces, max_size=25).map("".join))
@example('"' * 400)
@example("(" * 300 + "a AND b" + ")" * 300)
@example('a "' + "\x00" + 'b" -c')
@example("gato AND " * 40 + "perro")
@settings(max_examples=300, deadline=None)
def test_no_input_whatever_breaks_the_search(database: Database, text: str) -> None:
    try:
        query = understand(text)
    except EmptyQuery:
        return
    assert len(query.terms) <= 64
    with database.reading() as db:
        assert keyword.ranked(db, query, keyword.allowed(db, Filters(), query.condition), 10) == {}
