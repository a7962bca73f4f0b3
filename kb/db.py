"""The library file: one SQLite database, a connection a thread, and its errors in our words."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import (
    DamagedLibrary,
    DiskFull,
    LibraryBusy,
    LibraryIsFolder,
    NewerLibrary,
    NotALibrary,
    StoreError,
    UnwritableLibrary,
)

if TYPE_CHECKING:
    import sqlite_utils

APPLICATION_ID = 0x52657061
"""The letters "Repa" in the file's header: how a Repaso library is told from any other SQLite file."""

BUSY_SECONDS = 10.0
"""How long a writer waits for another process before it gives up with LibraryBusy."""

_PAUSE_SECONDS = 0.02

_HEADER = b"SQLite format 3\x00"

Step = Callable[["sqlite_utils.Database"], None]


@dataclass(frozen=True, slots=True)
class MigrationSet:
    """A package's steps towards its tables, oldest first; a released step never changes. Names are the functions'."""

    name: str
    steps: tuple[Step, ...]


class Database:
    """An open library. Every thread gets its own connection; every failure is a StoreError."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        from kb.schema import MIGRATIONS

        self.path = path
        self._busy_seconds = busy_seconds
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
        self._prepare()
        try:
            self.migrate(MIGRATIONS)
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened on first use; rows are sqlite3.Row and nothing commits by itself."""
        thread = threading.current_thread()
        with self._lock:
            found = self._connections.get(thread)
        if found is not None:
            return found
        with self._errors():
            made = self._connect()
        with self._lock:
            for gone in [other for other in self._connections if not other.is_alive()]:
                self._connections.pop(gone).close()
            self._connections[thread] = made
        return made

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of the block or nothing of it, whatever interrupts it. Takes the write lock at once."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read: every query of the block sees the library at one moment, and waits for no writer."""
        with self._transaction("BEGIN") as connection:
            yield connection

    def migrate(self, migrations: MigrationSet) -> None:
        """Bring a package's tables up to date; raises NewerLibrary when the file knows steps that we do not.

        sqlite-utils records and runs the steps, each whole or not at all. They share one outer transaction, so that
        two processes that open a new library together do not run a step twice.
        """
        known = [step.__name__ for step in migrations.steps]
        with self._errors():
            if self._applied(migrations.name, known) == known:
                return
        import sqlite_utils
        from sqlite_utils.migrations import Migrations

        runner = Migrations(migrations.name)
        for step in migrations.steps:
            runner()(step)
        with self.transaction() as connection:
            self._applied(migrations.name, known)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            runner.apply(sqlite_utils.Database(connection, recursive_triggers=False, execute_plugins=False))

    def problems(self) -> tuple[str, ...]:
        """Have SQLite read every page, index and reference; return what it found wrong, in its words."""
        with self.reading() as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            lost = connection.execute("PRAGMA foreign_key_check").fetchall()
        return (*found, *(f"{row['table']} {row['rowid']} -> {row['parent']}" for row in lost))

    def close(self) -> None:
        """Close every thread's connection; a later use opens a new one."""
        with self._lock:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    def _prepare(self) -> None:
        """Make the folder of the file, and refuse what is plainly no library before SQLite touches it."""
        try:
            _refuse_others(self.path)
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnwritableLibrary(path=self.path, reason=error.strerror or str(error)) from error

    def _applied(self, name: str, known: list[str]) -> list[str]:
        tables = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"
        if not self.connection.execute(tables).fetchone()[0]:
            return []
        steps = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid"
        applied = [row["name"] for row in self.connection.execute(steps, (name,))]
        unknown = [step for step in applied if step not in known]
        if unknown:
            raise NewerLibrary(path=self.path, found=unknown[-1], known=known[-1] if known else "")
        return applied

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=self._busy_seconds,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            connection.row_factory = sqlite3.Row
            self._check_ours(connection)
            self._write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Turn the write-ahead log on; SQLite does not wait by itself where another process turns it on just now."""
        for left in range(round(self._busy_seconds / _PAUSE_SECONDS), -1, -1):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not left:
                    raise
                time.sleep(_PAUSE_SECONDS)

    def _check_ours(self, connection: sqlite3.Connection) -> None:
        # Both are read of one state: another process may be at its first migration, which writes both at once.
        connection.execute("BEGIN")
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        # A process that died between creating the file and its first migration leaves an empty database.
        if application != APPLICATION_ID and (application or tables):
            raise NotALibrary(path=self.path)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self.connection
        with self._errors():
            if connection.in_transaction:  # a block inside a block belongs to the outer one
                yield connection
                return
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite has already undone it when the disk is full
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translated(error, self.path) from error


class _InMemory(Database):
    """A library in memory, as `fill` leaves it; for one thread."""

    def __init__(self, path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
        self._fill = fill
        super().__init__(path)

    def _prepare(self) -> None:
        """Touch no file."""

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=256)
        try:
            connection.row_factory = sqlite3.Row
            self._fill(connection)
            self._check_ours(connection)
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection


def open_copy(path: Path) -> Database:
    """Return a copy in memory of the library at `path`, an empty one where there is none; the file is only read.

    Raises StoreError.
    """

    def fill(copy: sqlite3.Connection) -> None:
        try:
            _refuse_others(path)
        except OSError as error:
            raise UnwritableLibrary(path=path, reason=error.strerror or str(error)) from error
        if not path.exists():
            return
        # Opened as for writing: of a read-only one SQLite leaves files beside the library (sqlite.org/wal.html, 6).
        source = sqlite3.connect(path)
        try:
            source.execute("PRAGMA query_only = ON")
            source.backup(copy)
        finally:
            source.close()

    return _InMemory(path, fill)


def has_full_text_search() -> bool:
    """Tell whether this Python's SQLite was built with FTS5, on which the library stands."""
    connection = sqlite3.connect(":memory:")
    try:
        return any(row[0] == "ENABLE_FTS5" for row in connection.execute("PRAGMA compile_options"))
    finally:
        connection.close()


def _refuse_others(path: Path) -> None:
    """Raise NotALibrary or LibraryIsFolder for what is plainly no library; OSError where it cannot be looked at."""
    if path.is_dir():
        raise LibraryIsFolder(path=path)
    if path.exists():
        with path.open("rb") as file:
            start = file.read(len(_HEADER))
        if start and start != _HEADER:
            raise NotALibrary(path=path)


_BY_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: LibraryBusy,
    sqlite3.SQLITE_LOCKED: LibraryBusy,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_NOTADB: NotALibrary,
    sqlite3.SQLITE_CORRUPT: DamagedLibrary,
    sqlite3.SQLITE_READONLY: UnwritableLibrary,
    sqlite3.SQLITE_CANTOPEN: UnwritableLibrary,
    sqlite3.SQLITE_PERM: UnwritableLibrary,
}


def _translated(error: sqlite3.Error, path: Path) -> StoreError:
    # The low byte of SQLite's extended result code is the primary one (sqlite.org/rescode.html).
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return _BY_CODE.get(code, StoreError)(path=path, reason=str(error))
