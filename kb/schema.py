"""The tables of the knowledge base, as steps that are applied once each, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.db import MigrationSet

if TYPE_CHECKING:
    import sqlite_utils


def first_tables(db: sqlite_utils.Database) -> None:
    """Documents with their sections, passages, index, vectors and the reader's remarks.

    `passages.number` is the row of the full-text index, and a trigger keeps the two together. FTS5's `ascii`
    tokenizer splits at ASCII punctuation alone, so that what kb.search.language decides is a term stays one.
    """
    for statement in _FIRST:
        db.execute(statement)


_FIRST = (
    """CREATE TABLE documents (
        id TEXT PRIMARY KEY,
        course TEXT NOT NULL,
        session TEXT NOT NULL,
        session_guessed INTEGER NOT NULL,
        path TEXT NOT NULL,
        part TEXT NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        author TEXT NOT NULL,
        url TEXT NOT NULL,
        language TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        UNIQUE (course, path, part)
    )""",
    "CREATE INDEX documents_hash ON documents (content_hash)",
    """CREATE TABLE sections (
        document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        title TEXT NOT NULL,
        locator TEXT NOT NULL,
        text TEXT NOT NULL,
        notes TEXT NOT NULL,
        marks TEXT NOT NULL,
        PRIMARY KEY (document, ordinal)
    )""",
    """CREATE TABLE notices (
        document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        code TEXT NOT NULL,
        place TEXT NOT NULL,
        params TEXT NOT NULL,
        PRIMARY KEY (document, ordinal)
    )""",
    """CREATE TABLE passages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        section INTEGER NOT NULL,
        ordinal INTEGER NOT NULL,
        heading TEXT NOT NULL,
        locator TEXT NOT NULL,
        speaker TEXT NOT NULL,
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL,
        context TEXT NOT NULL,
        text TEXT NOT NULL
    )""",
    """CREATE VIEW document_infos AS SELECT documents.*, documents.rowid AS added,
        (SELECT count(*) FROM passages WHERE document = documents.id) AS passages,
        (SELECT count(*) FROM sections WHERE document = documents.id AND kind = 'study_guide') AS questions
        FROM documents""",
    "CREATE INDEX passages_document ON passages (document, ordinal)",
    "CREATE INDEX passages_speaker ON passages (speaker)",
    """CREATE TABLE vectors (
        passage INTEGER NOT NULL REFERENCES passages (number) ON DELETE CASCADE,
        model TEXT NOT NULL,
        vector BLOB NOT NULL,
        PRIMARY KEY (model, passage)
    )""",
    "CREATE INDEX vectors_passage ON vectors (passage)",
    "CREATE VIRTUAL TABLE passage_terms USING fts5 (terms, tokenize = \"ascii tokenchars '.+#'\")",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (passage_terms, 'row')",
    """CREATE TRIGGER passages_gone AFTER DELETE ON passages BEGIN
        DELETE FROM passage_terms WHERE rowid = old.number;
    END""",
    # Counts the changes to passages and vectors, so that what is kept in memory knows when it is stale.
    "CREATE TABLE revision (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL)",
    "INSERT INTO revision (id, number) VALUES (1, 0)",
)


def files_and_sessions(db: sqlite_utils.Database) -> None:
    """Remember the files that were read; keep what each document says of its session apart from what follows of it.

    Of a session that was not guessed, the title was the content's word; anything else, the student's.
    """
    for statement in _SECOND:
        db.execute(statement)


_SECOND = (
    # What the session and the date of a document follow from: see kb.sessions.Facts.
    "ALTER TABLE documents ADD COLUMN session_asked TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE documents ADD COLUMN session_configured TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE documents ADD COLUMN session_content TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE documents ADD COLUMN date_configured TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE documents ADD COLUMN date_content TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE documents ADD COLUMN date TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE documents ADD COLUMN root TEXT NOT NULL DEFAULT ''",
    "UPDATE documents SET session_content = session WHERE NOT session_guessed AND session = title",
    "UPDATE documents SET session_asked = session WHERE NOT session_guessed AND session != title",
    "ALTER TABLE documents DROP COLUMN session_guessed",
    "ALTER TABLE sections ADD COLUMN language TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sections ADD COLUMN role TEXT NOT NULL DEFAULT 'body'",
    "ALTER TABLE sections ADD COLUMN terms TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE sections ADD COLUMN readings TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE sections ADD COLUMN original TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sections ADD COLUMN twins TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE passages ADD COLUMN readings TEXT NOT NULL DEFAULT '[]'",
    # A file as it was when it was read: with the same size, time, reader and kind it need not be read again.
    """CREATE TABLE files (
        course TEXT NOT NULL,
        place TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        reader TEXT NOT NULL,
        kind_asked TEXT NOT NULL,
        kind TEXT NOT NULL,
        documents TEXT NOT NULL,
        PRIMARY KEY (course, place)
    ) WITHOUT ROWID""",
    "CREATE INDEX files_sha256 ON files (sha256)",
)


def fields_and_stamps(db: sqlite_utils.Database) -> None:
    """Index headings apart from bodies, and stamp what is indexed with the revision it was written in.

    The stamp of a passage's terms or of a vector is the number of the revision that wrote it: what is kept outside
    the file takes in what is newer than itself. A revision's token tells apart two libraries that were copies of one.
    `analysis` is the version of kb.search.language that made a passage's terms.
    """
    for statement in _THIRD:
        db.execute(statement)


_THIRD = (
    "DROP TRIGGER passages_gone",
    "DROP TABLE vocabulary",
    "ALTER TABLE passage_terms RENAME TO old_terms",
    "CREATE VIRTUAL TABLE passage_terms USING fts5 (heading, body, tokenize = \"ascii tokenchars '.+#'\")",
    "INSERT INTO passage_terms (rowid, heading, body) SELECT rowid, '', terms FROM old_terms",
    "DROP TABLE old_terms",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (passage_terms, 'row')",
    # Which passages have gone since a revision; a number given again has a newer stamp in `passages`.
    "CREATE TABLE removed (passage INTEGER PRIMARY KEY, stamp INTEGER NOT NULL)",
    "CREATE INDEX removed_stamp ON removed (stamp)",
    """CREATE TRIGGER passages_gone AFTER DELETE ON passages BEGIN
        DELETE FROM passage_terms WHERE rowid = old.number;
        INSERT OR REPLACE INTO removed (passage, stamp)
            VALUES (old.number, (SELECT max(number) + 1 FROM revisions));
    END""",
    "ALTER TABLE passages ADD COLUMN analysis INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE passages ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX passages_stamp ON passages (stamp)",
    "CREATE INDEX passages_analysis ON passages (analysis)",
    "ALTER TABLE vectors ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX vectors_stamp ON vectors (model, stamp)",
    "CREATE TABLE revisions (number INTEGER PRIMARY KEY, token TEXT NOT NULL)",
    "INSERT INTO revisions (number, token) SELECT max(number, 1), lower(hex(randomblob(8))) FROM revision",
    "DROP TABLE revision",
    # The embedders whose vectors are here; `source` opens one again: a catalogue name, a folder or a hub name.
    # `fingerprint` tells its weights from others of the same name, "" where it is not known.
    """CREATE TABLE embedders (
        model TEXT PRIMARY KEY,
        source TEXT NOT NULL,
        dimension INTEGER NOT NULL,
        fingerprint TEXT NOT NULL DEFAULT ''
    )""",
    """INSERT INTO embedders (model, source, dimension)
        SELECT model, model, max(length(vector)) / 4 FROM vectors GROUP BY model""",
    # What was searched for, newest last; `asked_at` is ISO 8601.
    "CREATE TABLE searches (id INTEGER PRIMARY KEY, asked_at TEXT NOT NULL, query TEXT NOT NULL)",
)


def conversations(db: sqlite_utils.Database) -> None:
    """Keep what was asked and answered, with copies of what was cited: it reads the same when documents go.

    An unanswered turn has the status "". `turn_terms` has the number of its turn as its row.
    """
    for statement in _FOURTH:
        db.execute(statement)


_FOURTH = (
    """CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        started_at TEXT NOT NULL,
        changed_at TEXT NOT NULL
    )""",
    """CREATE TABLE turns (
        number INTEGER PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        question TEXT NOT NULL,
        understood TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        mode TEXT NOT NULL,
        status TEXT NOT NULL,
        text TEXT NOT NULL,
        model TEXT NOT NULL,
        missing TEXT NOT NULL,
        analysis INTEGER NOT NULL,
        UNIQUE (conversation, ordinal)
    )""",
    """CREATE TABLE turn_sentences (
        turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        text TEXT NOT NULL,
        citations TEXT NOT NULL,
        supported INTEGER NOT NULL,
        PRIMARY KEY (turn, ordinal)
    ) WITHOUT ROWID""",
    # `passage` and `document` refer to nothing: the documents may go.
    """CREATE TABLE turn_citations (
        turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        passage TEXT NOT NULL,
        document TEXT NOT NULL,
        title TEXT NOT NULL,
        course TEXT NOT NULL,
        session TEXT NOT NULL,
        speaker TEXT NOT NULL,
        locator TEXT NOT NULL,
        quote TEXT NOT NULL,
        PRIMARY KEY (turn, n)
    ) WITHOUT ROWID""",
    "CREATE INDEX turns_analysis ON turns (analysis)",
    "CREATE VIRTUAL TABLE turn_terms USING fts5 (terms, tokenize = \"ascii tokenchars '.+#'\")",
    """CREATE TRIGGER turns_gone AFTER DELETE ON turns BEGIN
        DELETE FROM turn_terms WHERE rowid = old.number;
    END""",
)

MIGRATIONS = MigrationSet("kb", (first_tables, files_and_sessions, fields_and_stamps, conversations))
"""The knowledge base's own set; quizzes bring theirs."""
