"""Documents in and out of the library: what is stored, what an edit keeps, and what is shown."""

from kb.store.files import FileRecord, assigned, facts, file_of, files, remember
from kb.store.history import forget, past
from kb.store.history import remember as remember_search
from kb.store.indexing import touch
from kb.store.reading import (
    dates,
    document,
    document_id,
    documents,
    infos,
    latest,
    marks,
    neighbours,
    notices,
    numbered,
    passage,
    passages,
    revision,
    sessions,
    speakers,
    token,
)
from kb.store.reanalysing import outdated, reanalyse
from kb.store.writing import Place, Stored, assign, place_again, put, put_file, remove

__all__ = [
    "FileRecord",
    "Place",
    "Stored",
    "assign",
    "assigned",
    "dates",
    "document",
    "document_id",
    "documents",
    "facts",
    "file_of",
    "files",
    "forget",
    "infos",
    "latest",
    "marks",
    "neighbours",
    "notices",
    "numbered",
    "outdated",
    "passage",
    "passages",
    "past",
    "place_again",
    "put",
    "put_file",
    "reanalyse",
    "remember",
    "remember_search",
    "remove",
    "revision",
    "sessions",
    "speakers",
    "token",
    "touch",
]
