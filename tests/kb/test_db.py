import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.db import Database, MigrationSet
from kb.errors import (
    DamagedLibrary,
    DiskFull,
    LibraryBusy,
    LibraryIsFolder,
    NewerLibrary,
    NotALibrary,
    UnwritableLibrary,
)
from kb.schema import MIGRATIONS

if TYPE_CHECKING:
    import sqlite_utils


def cards(db: "sqlite_utils.Database") -> None:
    db["cards"].create({"id": int, "text": str}, pk="id")


def more_cards(db: "sqlite_utils.Database") -> None:
    db["more_cards"].create({"id": int}, pk="id")


def half_done(db: "sqlite_utils.Database") -> None:
    db["half"].create({"id": int}, pk="id")
    raise ZeroDivisionError


def tables(database: Database) -> set[str]:
    return {row["name"] for row in database.connection.execute("SELECT name FROM sqlite_master")}


def test_a_library_is_made_with_its_folders_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "library.db"
    Database(path).close()
    again = Database(path)
    assert again.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert again.connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert again.problems() == ()
    again.close()


@pytest.mark.parametrize("content", [b"just text", b"SQLite format 3\x00" + b"\x00" * 2000, b"PK\x03\x04" * 100])
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(content)
    with pytest.raises((NotALibrary, DamagedLibrary)):
        Database(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(NotALibrary):
        Database(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_library(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.touch()
    database = Database(path)
    assert "passages" in tables(database)
    database.close()


def test_a_folder_and_an_impossible_place_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(LibraryIsFolder):
        Database(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnwritableLibrary):
        Database(tmp_path / "file" / "library.db")
    with pytest.raises(UnwritableLibrary):
        Database(Path("/proc/library.db"))


def test_a_newer_library_is_refused_for_every_set_of_migrations(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    database = Database(path)
    database.migrate(MigrationSet("quizzes", (cards, more_cards)))
    database.migrate(MigrationSet(MIGRATIONS.name, (*MIGRATIONS.steps, more_cards_too)))
    with pytest.raises(NewerLibrary) as older_quizzes:
        database.migrate(MigrationSet("quizzes", (cards,)))
    assert older_quizzes.value.params["found"] == "more_cards"
    database.close()
    with pytest.raises(NewerLibrary) as older:
        Database(path)
    assert older.value.params["found"] == "more_cards_too"


def more_cards_too(db: "sqlite_utils.Database") -> None:
    db["more_cards_too"].create({"id": int}, pk="id")


def test_a_set_is_applied_once_and_grows(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    database.migrate(MigrationSet("quizzes", (cards,)))
    database.migrate(MigrationSet("quizzes", (cards,)))
    database.migrate(MigrationSet("quizzes", (cards, more_cards)))
    assert {"cards", "more_cards"} <= tables(database)
    database.close()


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    with pytest.raises(ZeroDivisionError):
        database.migrate(MigrationSet("quizzes", (half_done,)))
    assert "half" not in tables(database)
    database.migrate(MigrationSet("quizzes", (cards,)))
    database.close()


def test_an_interrupted_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    with pytest.raises(KeyboardInterrupt), database.transaction() as db:
        db.execute("INSERT INTO revisions VALUES (7, '')")
        raise KeyboardInterrupt
    assert database.connection.execute("SELECT max(number) FROM revisions").fetchone()[0] == 1
    assert not database.connection.in_transaction
    database.close()


def test_a_writer_that_waits_too_long_says_who_is_busy(tmp_path: Path) -> None:
    database, other = (Database(tmp_path / "library.db", busy_seconds=0.05) for _ in range(2))
    with database.transaction(), pytest.raises(LibraryBusy), other.transaction():
        pass
    with database.transaction(), other.reading() as db:  # readers wait for nobody
        assert db.execute("SELECT max(number) FROM revisions").fetchone()[0] == 1
    database.close()
    other.close()


def test_a_full_disk_is_told_and_undone(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    pages = database.connection.execute("PRAGMA page_count").fetchone()[0]
    database.connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(DiskFull), database.transaction() as db:
        db.execute("CREATE TABLE big (x)")
        db.execute("INSERT INTO big VALUES (zeroblob(1000000))")
    assert "big" not in tables(database)
    assert database.problems() == ()
    database.close()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    Database(path).close()
    data = bytearray(path.read_bytes())
    data[4096 : len(data)] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(DamagedLibrary):
        database = Database(path)
        with database.transaction() as db:
            db.execute("INSERT INTO documents SELECT * FROM documents")
            db.execute("SELECT * FROM passages").fetchall()
            db.execute("SELECT * FROM revisions").fetchall()


def test_every_thread_has_its_own_connection_and_dead_threads_give_theirs_back(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    seen: list[sqlite3.Connection] = []
    for _ in range(3):
        thread = threading.Thread(target=lambda: seen.append(database.connection))
        thread.start()
        thread.join()
    assert len({id(connection) for connection in (*seen, database.connection)}) == 4
    with pytest.raises(sqlite3.ProgrammingError):
        seen[0].execute("SELECT 1")
    database.close()


def test_two_processes_may_make_the_library_together(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys; from pathlib import Path; from kb.db import Database; Database(Path(sys.argv[1])).close()"
    path = str(tmp_path / "library.db")
    started = [subprocess.Popen([sys.executable, "-c", code, path]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]


OPEN_TOGETHER = """
import sys, time
from pathlib import Path
from kb.db import Database
while not Path(sys.argv[1], "go").exists():
    time.sleep(0.001)
for number in range(40):
    Database(Path(sys.argv[1], f"{number}.db")).close()
"""


def test_processes_that_make_the_same_library_at_once_all_open_it(tmp_path: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN_TOGETHER, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    (tmp_path / "go").touch()
    assert [process.communicate(timeout=120)[1] for process in started] == ["", "", ""]
