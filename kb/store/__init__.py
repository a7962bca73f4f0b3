"""Documents in and out of the library: what is stored, what an edit keeps, and what is shown."""

from kb.store.files import FileRecord, assigned, facts, file_of, files, remember
from kb.store.reading import (
    document,
    document_id,
    documents,
    infos,
    notices,
    numbered,
    passage,
    passages,
    revision,
    sessions,
    token,
)
from kb.store.writing import Place, Stored, assign, place_again, put, put_file, remove, touch

__all__ = [
    "FileRecord",
    "Place",
    "Stored",
    "assign",
    "assigned",
    "document",
    "document_id",
    "documents",
    "facts",
    "file_of",
    "files",
    "infos",
    "notices",
    "numbered",
    "passage",
    "passages",
    "place_again",
    "put",
    "put_file",
    "remember",
    "remove",
    "revision",
    "sessions",
    "token",
    "touch",
]
