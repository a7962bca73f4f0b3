"""The bank in a real library file."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kb.db import Database
from kb.errors import StoreError
from kb.model import LocatorType
from quizzes.bank import Bank, question_id
from quizzes.errors import QuestionNotFound
from quizzes.model import Grade, Question, QuizKind, Review

NOW = datetime(2026, 5, 4, 18, 30, tzinfo=UTC)
PAIRS = (
    ("¿Qué es un trigrama?", "Tres palabras seguidas."),
    ("¿Qué es un bigrama?", "Dos palabras seguidas."),
    ("¿Qué es un corpus?", "Una colección de textos."),
)


def review(question: Question, grade: Grade = Grade.GOOD, at: datetime = NOW, chosen: str = "") -> Review:
    return Review(question.id, grade, QuizKind.FLASHCARD, at, 2000, chosen)


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in database.connection.execute(query)]


@pytest.fixture
def bank(database: Database, put_guide) -> Bank:
    put_guide(PAIRS)
    bank = Bank(database)
    bank.sync()
    return bank


def test_every_question_of_a_guide_is_taken_in_with_its_number_and_place(bank: Bank) -> None:
    found = bank.questions()
    assert [(one.number, one.stem, one.answer, one.section) for one in found] == [
        (n + 1, stem, answer, n) for n, (stem, answer) in enumerate(PAIRS)
    ]
    assert (found[0].locator.type, found[0].locator.start) == (LocatorType.QUESTION, 1)
    assert all(one.passage for one in found)


def test_taking_in_the_same_guide_again_changes_nothing(bank: Bank, database: Database) -> None:
    before = database.connection.total_changes
    assert bank.sync() is False
    assert database.connection.total_changes == before


def test_an_edited_answer_keeps_the_card_and_the_reviews(bank: Bank, database: Database, put_guide) -> None:
    asked = bank.questions()[1]
    card = bank.record(review(asked))
    put_guide((PAIRS[0], (PAIRS[1][0], "Un par de palabras contiguas."), PAIRS[2]))
    assert bank.sync() is True
    assert bank.question(asked.id).answer == "Un par de palabras contiguas."
    assert bank.card(asked.id) == card
    assert rows(database, "SELECT question FROM reviews") == [(asked.id,)]


def test_case_accents_and_punctuation_of_a_stem_do_not_make_it_another_question(bank: Bank, put_guide) -> None:
    asked = bank.questions()[0]
    put_guide((("Que es un  TRIGRAMA", "Tres palabras seguidas."), *PAIRS[1:]))
    bank.sync()
    assert bank.question(asked.id).stem == "Que es un  TRIGRAMA"


def test_a_question_that_is_asked_twice_is_two_questions(bank: Bank, put_guide) -> None:
    document = put_guide((PAIRS[0], PAIRS[0]))
    bank.sync()
    assert [one.id for one in bank.questions()] == [question_id(document, PAIRS[0][0], n) for n in (1, 2)]


def test_a_removed_question_is_retired_only_if_it_was_ever_answered(bank: Bank, put_guide) -> None:
    first, second, third = bank.questions()
    bank.record(review(first))
    put_guide(PAIRS[2:])
    bank.sync()
    assert bank.questions() == (bank.question(third.id),)
    assert bank.question(first.id).stem == first.stem
    with pytest.raises(QuestionNotFound) as caught:
        bank.question(second.id)
    assert caught.value.params == {"key": second.id}


def test_a_question_that_returns_takes_its_card_up_again(bank: Bank, put_guide) -> None:
    first = bank.questions()[0]
    card = bank.record(review(first))
    put_guide(PAIRS[1:])
    bank.sync()
    put_guide(PAIRS)
    bank.sync()
    assert bank.questions()[0].id == first.id
    assert bank.card(first.id) == card


def test_reviews_outlive_their_document(bank: Bank, database: Database) -> None:
    asked = bank.questions()[0]
    bank.record(review(asked))
    with database.transaction() as connection:
        connection.execute("DELETE FROM documents")
    bank.sync()
    assert bank.questions() == ()
    assert bank.stats(NOW).reviews == 1
    assert bank.due(NOW + timedelta(days=99)).due == 0


@pytest.mark.parametrize("statement", ["DELETE FROM reviews", "UPDATE reviews SET grade = 4"])
def test_the_review_log_cannot_be_changed(bank: Bank, database: Database, statement: str) -> None:
    bank.record(review(bank.questions()[0]))
    with pytest.raises(StoreError), database.transaction() as connection:
        connection.execute(statement)
    assert rows(database, "SELECT grade FROM reviews") == [(3,)]


def test_other_kinds_of_document_give_no_questions(bank: Bank, database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("UPDATE documents SET kind = 'slides'")
    bank.sync()
    assert bank.questions() == ()


def test_a_guide_that_moves_to_another_course_takes_its_questions_along(bank: Bank, database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("UPDATE documents SET course = 'Lingüística', session = 'Sesión 2'")
    bank.sync()
    assert len(bank.questions(course="linguistica", session="SESIÓN 2")) == 3
    assert bank.questions(course="otra") == ()


def test_what_is_overdue_longest_comes_first_and_new_questions_follow_in_order(bank: Bank) -> None:
    first, second, third = bank.questions()
    bank.record(review(third, at=NOW - timedelta(days=2)))
    bank.record(review(second, at=NOW - timedelta(days=1)))
    assert bank.due_questions(NOW, 10) == (third, second, first)
    assert bank.due_questions(NOW, 1) == (third,)


def test_due_counts_what_has_come_what_is_new_and_when_the_next_comes(bank: Bank) -> None:
    first, second, _ = bank.questions()
    bank.record(review(first, at=NOW - timedelta(days=1)))
    card = bank.record(review(second, Grade.EASY, at=NOW))
    found = bank.due(NOW)
    assert (found.due, found.new, found.next_at) == (1, 1, card.due)


def test_a_recorded_card_is_read_back_as_it_was(bank: Bank) -> None:
    asked = bank.questions()[0]
    card = bank.record(review(asked, at=NOW.astimezone(timezone(timedelta(hours=-3)))))
    assert bank.card(asked.id) == card
    assert bank.card(bank.questions()[1].id) is None


def test_a_review_of_an_unknown_question_is_refused_and_leaves_nothing(bank: Bank, database: Database) -> None:
    with pytest.raises(QuestionNotFound):
        bank.record(Review("0" * 16, Grade.GOOD, QuizKind.FLASHCARD, NOW, 0))
    assert rows(database, "SELECT * FROM reviews") == []


def test_a_time_without_a_zone_is_refused(bank: Bank, database: Database) -> None:
    with pytest.raises(ValueError):
        bank.record(review(bank.questions()[0], at=NOW.replace(tzinfo=None)))
    assert rows(database, "SELECT * FROM reviews") == []


def test_stats_count_days_in_the_zone_of_the_clock(bank: Bank) -> None:
    first, second, _ = bank.questions()
    bank.record(review(first, at=datetime(2026, 5, 4, 1, 0, tzinfo=UTC)))
    bank.record(review(second, Grade.AGAIN, at=datetime(2026, 5, 4, 12, 0, tzinfo=UTC)))
    found = bank.stats(NOW.astimezone(timezone(timedelta(hours=-3))))
    assert found.per_day == (("2026-05-03", 1), ("2026-05-04", 1))
    assert (found.questions, found.reviewed, found.reviews, found.remembered) == (3, 2, 2, 0.5)


def test_an_empty_bank_has_empty_numbers(database: Database) -> None:
    bank = Bank(database)
    assert bank.sync() is False
    assert bank.due(NOW).next_at is None
    assert (bank.stats(NOW).reviews, bank.stats(NOW).remembered) == (0, 0.0)


def test_hostile_text_is_stored_as_text(database: Database, put_guide) -> None:
    stem = "¿Qué hace '); DROP TABLE questions; --?"
    put_guide(((stem, "Nada.\x1b[31m"),))
    bank = Bank(database)
    bank.sync()
    assert bank.questions()[0].stem == stem
    assert bank.questions(course="' OR 1=1 --") == ()


def test_a_review_is_on_the_disk_when_record_returns(bank: Bank, database: Database) -> None:
    """Another process records and is killed with SIGKILL before it can tidy up."""
    asked = bank.questions()[0]
    script = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from kb.db import Database\n"
        "from quizzes.bank import Bank\n"
        "from quizzes.model import Grade, QuizKind, Review\n"
        "bank = Bank(Database(Path(sys.argv[1])))\n"
        "at = datetime(2026, 5, 4, tzinfo=UTC)\n"
        "bank.record(Review(sys.argv[2], Grade.HARD, QuizKind.MULTIPLE_CHOICE, at, 777, 'una opción'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    database.close()
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", script, str(database.path), asked.id],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    with sqlite3.connect(database.path) as connection:
        assert connection.execute("SELECT question, grade, kind, elapsed_ms, chosen FROM reviews").fetchall() == [
            (asked.id, 2, "multiple_choice", 777, "una opción")
        ]
    connection.close()
    card = bank.card(asked.id)
    assert card is not None and card.reviews == 1


def test_recording_waits_for_the_disk_and_other_writes_do_not(bank: Bank, database: Database) -> None:
    seen: list[int] = []
    database.connection.set_trace_callback(
        lambda statement: (
            seen.append(int(statement.rsplit(" ", 1)[-1] == "FULL")) if "synchronous" in statement else None
        )
    )
    bank.record(review(bank.questions()[0]))
    database.connection.set_trace_callback(None)
    assert seen == [1, 0]
    assert database.connection.execute("PRAGMA synchronous").fetchone()[0] == 1


def test_two_threads_recording_at_once_both_count(bank: Bank) -> None:
    asked = bank.questions()[0]
    threads = [
        threading.Thread(target=bank.record, args=(review(asked, at=NOW + timedelta(minutes=n)),)) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    card = bank.card(asked.id)
    assert card is not None and card.reviews == 4
    assert bank.stats(NOW).reviews == 4
