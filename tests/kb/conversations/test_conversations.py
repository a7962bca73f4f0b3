"""Conversations are kept as they were said, found again, named and removed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.conversations.conversations import Conversations
from kb.conversations.model import Reply, Turn, TurnCitation, Unanswered, answered_turn, exchanges
from kb.conversations.naming import LONGEST_NAME, LONGEST_TITLE, first_name, given_title
from kb.db import Database
from kb.errors import (
    AmbiguousConversation,
    ConversationNotFound,
    EmptyQuery,
    EmptyTitle,
    LibraryBusy,
    NewerLibrary,
    NoConversation,
    StoreError,
    UnwritableLibrary,
)
from kb.library import Library
from kb.model import AnswerMode, AnswerStatus, Exchange, Finished, Locator, LocatorType, Sentence
from kb.schema import MIGRATIONS

CITATION = TurnCitation(
    2, "p1", "d1", "Tema 4", "PLN", "Sesión 2", "Ana Ruiz", Locator(LocatorType.TIME, 61.5, 90.0), "lo dijo «así»"
)
REPLY = Reply(
    text="LoRA entrena dos matrices pequeñas.\nNadie lo dice.",
    status=AnswerStatus.PARTIAL,
    mode=AnswerMode.EXPLAIN,
    model="smollm2-135m",
    sentences=(Sentence("LoRA entrena dos matrices pequeñas.", (2,), True), Sentence("Nadie lo dice.", (), False)),
    citations=(CITATION,),
    missing=("rango",),
)
TURN = Turn("¿Qué es LoRA?", "2026-03-02T10:11:12+01:00", REPLY)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "library.db")
    yield made
    made.close()


@pytest.fixture
def kept(database: Database) -> Conversations:
    return Conversations(database)


def said(question: str, answer: str = "Sí.", asked_at: str = "2026-03-02") -> Turn:
    reply = replace(REPLY, text=answer, sentences=(Sentence(answer, (), True),), citations=())
    return Turn(question, asked_at, reply)


def test_a_conversation_comes_back_as_it_was_said(kept: Conversations) -> None:
    info = kept.start(TURN)
    later = Turn("¿Por qué?", "2026-03-02T10:12:00+01:00", Unanswered(), "¿Por qué? (sobre LoRA)")
    assert kept.append(info.id, later).turns == 2
    found = kept.get(info.id)
    assert found.turns == (TURN, later)
    assert found.info.title == "¿Qué es LoRA?"
    assert (found.info.started_at, found.info.changed_at) == (TURN.asked_at, later.asked_at)
    assert kept.latest() == found
    assert exchanges(found.turns) == (Exchange("¿Qué es LoRA?", REPLY.text), Exchange("¿Por qué? (sobre LoRA)", ""))


def test_a_turn_is_on_disk_when_it_is_kept(kept: Conversations, database: Database) -> None:
    info = kept.start(TURN)
    other = Database(database.path)
    assert Conversations(other).get(info.id).turns == (TURN,)
    other.close()


def test_an_answer_reads_the_same_when_its_document_has_gone(library: Library, course: Path) -> None:
    library.add([course / "gatos.md"])
    answer = [event.answer for event in library.ask("¿Qué caza un gato?") if isinstance(event, Finished)][-1]
    assert answer.citations
    info = library.conversations.start(answered_turn(answer, "2026-03-02"))
    before = library.conversations.get(info.id)
    for document in library.documents():
        library.remove(document.id)
    assert library.conversations.get(info.id) == before
    reply = before.turns[0].reply
    assert isinstance(reply, Reply)
    assert reply.citations[0].quote == answer.citations[0].quote
    assert reply.citations[0].title == answer.citations[0].document.title
    assert reply.sentences == answer.sentences
    assert library.database.problems() == ()


def test_the_nearest_passages_of_a_question_without_an_answer_are_kept(library: Library, course: Path) -> None:
    library.add([course / "gatos.md"])
    asked = "¿Quién descubrió la penicilina de los gatos?"
    answer = [event.answer for event in library.ask(asked, use_model=False) if isinstance(event, Finished)][-1]
    assert (answer.status, bool(answer.nearest)) == (AnswerStatus.NOT_FOUND, True)
    info = library.conversations.start(answered_turn(answer, "2026-03-02"))
    for document in library.documents():
        library.remove(document.id)

    reply = library.conversations.get(info.id).turns[0].reply

    assert isinstance(reply, Reply)
    assert (reply.status, reply.citations) == (AnswerStatus.NOT_FOUND, ())
    assert [(one.n, one.passage, one.locator, one.quote) for one in reply.nearest] == [
        (rank, hit.passage.id, hit.passage.locator, hit.snippet) for rank, hit in enumerate(answer.nearest, start=1)
    ]
    assert {one.title for one in reply.nearest} == {hit.document.title for hit in answer.nearest}


@pytest.mark.parametrize("status", list(AnswerStatus))
def test_what_is_cited_and_what_comes_near_are_not_taken_for_each_other(
    kept: Conversations, status: AnswerStatus
) -> None:
    is_found = status is not AnswerStatus.NOT_FOUND
    cited, nearest = ((CITATION,), ()) if is_found else ((), (CITATION,))
    turn = Turn("¿Qué es LoRA?", "2026-03-02", replace(REPLY, status=status, citations=cited, nearest=nearest))
    assert kept.get(kept.start(turn).id).turns == (turn,)


def test_an_answer_takes_the_place_of_the_question_that_waited_for_it(kept: Conversations) -> None:
    first = said("uno")
    info = kept.start(first)
    kept.append(info.id, Turn(TURN.question, TURN.asked_at, Unanswered()))
    assert kept.complete(info.id, TURN).turns == 2
    assert kept.get(info.id).turns == (first, TURN)
    assert [found.turn for found in kept.find("LoRA")] == [TURN]
    assert kept.complete(info.id, TURN).turns == 3, "an answer that is there is never written over"


def test_an_answer_that_comes_after_a_later_question_replaces_nothing(kept: Conversations) -> None:
    waiting = Turn(TURN.question, TURN.asked_at, Unanswered())
    info = kept.start(waiting)
    kept.append(info.id, said("otra"))
    kept.complete(info.id, TURN)
    assert kept.get(info.id).turns == (waiting, said("otra"), TURN)
    kept.remove(info.id)
    with pytest.raises(ConversationNotFound):
        kept.complete(info.id, TURN)


def test_a_turn_that_cannot_be_written_whole_is_not_written_at_all(kept: Conversations, database: Database) -> None:
    info = kept.start(TURN)
    twice = replace(REPLY, citations=(CITATION, CITATION))
    with pytest.raises(StoreError):
        kept.append(info.id, Turn("¿Otra?", "2026", twice))
    assert kept.get(info.id).turns == (TURN,)
    assert kept.find("otra") == ()
    with pytest.raises(StoreError):
        kept.start(Turn("¿Otra?", "2026", twice))
    assert len(kept.all()) == 1


def test_the_last_conversation_is_the_one_with_the_newest_turn_whatever_the_clock_says(kept: Conversations) -> None:
    first, second = kept.start(said("uno", asked_at="2030")), kept.start(said("dos", asked_at="2020"))
    assert [info.id for info in kept.all()] == [second.id, first.id]
    kept.append(first.id, said("tres", asked_at="2010"))
    assert kept.latest().info.id == first.id
    kept.rename(second.id, "Otra")
    assert kept.latest().info.id == first.id


def test_ids_are_short_and_never_the_same(kept: Conversations) -> None:
    ids = [kept.start(TURN).id for _ in range(30)]
    assert len(set(ids)) == 30
    assert max(map(len, ids)) <= 16
    assert len(ids[0]) == 4
    assert {kept.get(id).info.id for id in ids} == set(ids)


def test_a_conversation_is_named_by_its_id_or_title_or_the_beginning_of_one(kept: Conversations) -> None:
    first, second = kept.start(said("¿Qué es LoRA?")), kept.start(said("¿Qué es BERT en español?"))
    for key in (first.id, first.id.upper(), "¿Qué es LoRA?", "que es lora", "Qué es L", f" {first.id} "):
        assert kept.get(key).info.id == first.id
    assert kept.get("que es b").info.id == second.id
    with pytest.raises(AmbiguousConversation) as ambiguous:
        kept.get("que es")
    assert set(ambiguous.value.params["ids"].split(", ")) == {first.id, second.id}
    kept.rename(second.id, "Qué es")
    assert kept.get("que es").info.id == second.id


def test_an_error_lists_a_few_of_many_ids(kept: Conversations) -> None:
    for number in range(12):
        kept.start(said(f"pregunta {number}"))
    with pytest.raises(AmbiguousConversation) as ambiguous:
        kept.remove("pregunta")
    assert ambiguous.value.params["ids"].count(",") == 4
    assert ambiguous.value.params["ids"].endswith("…")


@pytest.mark.parametrize(
    "key", ["", "  ", "nada", "%", "_", "¿?", "'; DROP TABLE turns; --", "\x00", "\ud800", "zz*"]
)
def test_an_unknown_key_finds_nothing(kept: Conversations, key: str) -> None:
    kept.start(TURN)
    for call in (kept.get, kept.remove, lambda one: kept.rename(one, "Otro")):
        with pytest.raises(ConversationNotFound):
            call(key)
    with pytest.raises(ConversationNotFound):
        kept.append(key, TURN)
    assert kept.latest().turns == (TURN,)


def test_without_conversations_there_is_no_last_one(kept: Conversations) -> None:
    assert kept.all() == ()
    with pytest.raises(NoConversation):
        kept.latest()


def test_removing_leaves_nothing_of_it_and_all_of_the_others(kept: Conversations, database: Database) -> None:
    gone, stays = kept.start(TURN), kept.start(said("¿Y los perros?"))
    assert kept.remove(gone.id).title == "¿Qué es LoRA?"
    assert [info.id for info in kept.all()] == [stays.id]
    assert kept.find("LoRA") == ()
    db = database.connection
    for table in ("turns", "turn_terms"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 1  # noqa: S608 (two names of ours)
    assert db.execute("SELECT count(*) FROM turn_citations").fetchone()[0] == 0
    assert database.problems() == ()


def test_questions_and_answers_are_found_in_any_form_of_their_words(kept: Conversations) -> None:
    first = kept.start(TURN)
    kept.append(first.id, Turn("¿Por qué?", "2026", Unanswered(), "¿Por qué? (sobre la cuantización)"))
    second = kept.start(said("¿Qué es un año?", "Los niños cumplen años."))
    assert [(found.info.id, found.ordinal) for found in kept.find("matriz pequeña")] == [(first.id, 1)]
    assert [found.turn for found in kept.find("cuantizaciones")] == [kept.get(first.id).turns[1]]
    assert [found.info.id for found in kept.find("NIÑO")] == [second.id]
    assert [found.info.id for found in kept.find("nino")] == [second.id]
    assert kept.find("cuñadas") == ()
    assert [found.info.id for found in kept.find('"dos matrices"')] == [first.id]
    assert kept.find('"matrices dos"') == ()
    assert [found.info.id for found in kept.find("cumpl*")] == [second.id]
    assert len(kept.find("LoRA OR años")) == 2
    assert len(kept.find("LoRA OR años", 1)) == 1
    assert kept.find("LoRA años", -1) == ()


def test_a_search_of_nothing_says_so(kept: Conversations) -> None:
    with pytest.raises(EmptyQuery):
        kept.find(" ¿? ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.text(alphabet=st.characters(exclude_categories=()), min_size=1, max_size=40))
def test_nothing_typed_is_syntax_for_the_index(kept: Conversations, query: str) -> None:
    if not kept.all():
        kept.start(TURN)
    for typed in (query, f'"{query}" OR {query}*', f"NEAR({query}) AND terms:{query}", f"kind:{query}"):
        try:
            found = kept.find(typed)
        except EmptyQuery:
            continue
        assert all(one.turn == TURN for one in found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=200).map(lambda one: one.replace("\0", ""))
)
def test_whatever_is_said_comes_back_letter_by_letter(kept: Conversations, text: str) -> None:
    citation = replace(
        CITATION, title=text, session=text, quote=text, locator=Locator(LocatorType.SECTION, 1, 1, text)
    )
    reply = replace(REPLY, text=text, sentences=(Sentence(text, (2,), True),), citations=(citation,), missing=(text,))
    turn = Turn(text, "2026", reply, text)
    info = kept.start(turn)
    assert kept.get(info.id).turns == (turn,)
    assert info.title
    assert "\n" not in info.title
    kept.remove(info.id)


def test_what_the_file_cannot_hold_is_left_out(kept: Conversations) -> None:
    info = kept.start(said("¿LoRA\x00 \ud800?", "a\udfffb"))
    turn = kept.get(info.id).turns[0]
    assert turn.question == "¿LoRA ?"
    assert isinstance(turn.reply, Reply)
    assert turn.reply.text == "ab"


def test_the_words_of_an_older_analysis_are_brought_up_to_date(kept: Conversations, database: Database) -> None:
    kept.start(TURN)
    with database.transaction() as db:
        db.execute("UPDATE turns SET analysis = 1")
        db.execute("UPDATE turn_terms SET terms = 'vieja'")
    assert len(kept.find("matriz")) == 1
    assert kept.find("vieja") == ()


def test_a_name_is_cut_at_a_word_and_stands_on_one_line() -> None:
    assert first_name("¿Qué\n es\tLoRA?\x1b[31m\u202e") == "¿Qué es LoRA? [31m"
    long = first_name("¿Cómo " + "aprende " * 30)
    assert len(long) <= LONGEST_NAME
    assert long.endswith("aprende…")
    assert first_name("a" * 10_000) == "a" * (LONGEST_NAME - 1) + "…"
    assert first_name("\x00") == "…"


def test_a_given_name_is_kept_on_one_line_and_within_bounds(kept: Conversations) -> None:
    info = kept.start(TURN)
    assert kept.rename(info.id, "  <b>Mi</b>\n[charla]  ").title == "<b>Mi</b> [charla]"
    assert len(kept.rename(info.id, "x" * 10_000).title) == LONGEST_TITLE
    assert kept.rename(info.id, "LoRA \ud800").title == "LoRA"
    kept.append(info.id, said("¿Otra?"))
    assert kept.get(info.id).info.title == "LoRA"
    assert given_title("你好") == "你好"
    assert given_title("🎓") == "🎓"


@pytest.mark.parametrize("title", ["", " ", "\n\t", "\x00\x1b", "\u202e", "\ud800"])
def test_a_name_in_which_nothing_can_be_read_is_refused(kept: Conversations, title: str) -> None:
    info = kept.start(TURN)
    with pytest.raises(EmptyTitle):
        kept.rename(info.id, title)
    assert kept.get(info.id).info.title == "¿Qué es LoRA?"


def test_a_locked_library_is_an_error_and_keeps_what_it_had(database: Database) -> None:
    hurried = Database(database.path, busy_seconds=0.05)
    kept = Conversations(hurried)
    kept.start(TURN)
    with database.transaction(), pytest.raises(LibraryBusy):
        kept.start(TURN)
    assert len(kept.all()) == 1
    hurried.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_library_that_may_only_be_read_is_an_error(tmp_path: Path) -> None:
    Database(tmp_path / "library.db").close()
    (tmp_path / "library.db").chmod(0o400)
    with pytest.raises(UnwritableLibrary):
        Conversations(Database(tmp_path / "library.db")).start(TURN)


@pytest.fixture
def third(tmp_path: Path, course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library as the third version left it, with documents and a remembered search."""
    monkeypatch.setattr("kb.schema.MIGRATIONS", replace(MIGRATIONS, steps=MIGRATIONS.steps[:3]))
    library = Library.open(tmp_path / "third.db", encoder=None, generator=None, clock=lambda: 0.0)
    library.add([course / "gatos.md"])
    library.remember_search("gato", "2026")
    library.close()
    monkeypatch.setattr("kb.schema.MIGRATIONS", MIGRATIONS)
    return tmp_path / "third.db"


def test_a_library_of_the_third_version_opens_with_all_that_it_has(third: Path) -> None:
    tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('turns', 'conversations')"
    before = sqlite3.connect(third)
    assert before.execute(tables).fetchone()[0] == 0
    before.close()
    library = Library.open(third, encoder=None, generator=None, clock=lambda: 0.0)
    assert library.search("gato").hits
    assert [past.query for past in library.past_searches()] == ["gato"]
    assert library.conversations.all() == ()
    info = library.conversations.start(TURN)
    assert library.database.problems() == ()
    library.close()
    again = Library.open(third, encoder=None, generator=None, clock=lambda: 0.0)
    assert again.conversations.get(info.id).turns == (TURN,)
    again.close()


def test_a_version_without_conversations_refuses_a_library_that_has_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.schema.MIGRATIONS", replace(MIGRATIONS, steps=MIGRATIONS.steps[:3]))
    with pytest.raises(NewerLibrary) as newer:
        Database(database.path)
    assert newer.value.params["found"] == "conversations"


def test_a_trial_copy_has_the_conversations_and_changes_nothing(kept: Conversations, database: Database) -> None:
    info = kept.start(TURN)
    copy = Library.open_copy(database.path, clock=lambda: 0.0)
    copy.conversations.remove(info.id)
    copy.close()
    assert kept.get(info.id).turns == (TURN,)
